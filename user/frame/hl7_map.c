/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Selectors ("PID-5", "PID-3.1") of the enabled rules into a table by segment, with the places
 * where people write text added.
 */
#include "hl7.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SEGMENTS_MAX 256 /* that have selectors */

/* HL7 v2 chapter 7: OBX-5 holds text where OBX-2 says so. */
static const struct hl7_segment texts[] = {
	{.name = {'O', 'B', 'X'}, .text = 5, .typed = 2},
	{.name = {'N', 'T', 'E'}, .text = 3},
};
static const char *const text_names[array_size(texts)] = {"OBX-5", "NTE-3"};

/* They carry the frame, and what an acknowledgement is matched by. */
static const char fixed[][HL7_NAME + 1] = {"MSH", "MSA", "FHS", "BHS", "FTS", "BTS"};

/* A selector as read. */
struct selector {
	const char *segment;
	u8 field;     /* 1... */
	u8 component; /* 0: the whole field */
	u16 rule;
};

const char *hl7_text_field(size_t i)
{
	return i < array_size(text_names) ? text_names[i] : NULL;
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* A number from 1 to 255 at *at, which moves behind it; 0 if there is none. */
static u8 read_number(const char **at)
{
	unsigned int n = 0;
	const char *p = *at;

	while (*p >= '0' && *p <= '9' && n <= 255)
		n = 10 * n + (unsigned int)(*p++ - '0');
	*at = p;
	return n <= 255 ? (u8)n : 0;
}

static int read_selector(const char *text, struct selector *ret_s, struct err *e)
{
	struct selector s = {.segment = text};
	const char *at = text + HL7_NAME + 1;

	if (strlen(text) < HL7_NAME + 2 || text[HL7_NAME] != '-' || !is_upper(text[0]))
		goto malformed;
	for (int i = 1; i < HL7_NAME; i++)
		if (!is_upper(text[i]) && (text[i] < '0' || text[i] > '9'))
			goto malformed;
	s.field = read_number(&at);
	if (s.field && *at == '.') {
		at++;
		s.component = read_number(&at);
		if (!s.component)
			goto malformed;
	}
	if (!s.field || *at)
		goto malformed;
	for (size_t i = 0; i < array_size(fixed); i++)
		if (!memcmp(text, fixed[i], HL7_NAME))
			return err_set(e, EINVAL,
				       "field `%s`: %s never changes: frames and acknowledgements "
				       "stand on it",
				       text, fixed[i]);
	*ret_s = s;
	return 0;
malformed:
	return err_set(
		e, EINVAL,
		"field `%.40s`: write segment, field and, if need be, component, each from 1 "
		"to 255, such as `PID-5` or `PID-11.1`",
		text);
}

/* All selectors of the enabled rules, in the order of the rules. */
static int read_all(const struct ruleset *rs, const bool *enabled, struct selector *ret_list,
		    struct err *e)
{
	size_t n = 0;
	int r;

	for (u16 i = 0; i < rs->nrules; i++) {
		const char *const *f = enabled && !enabled[i] ? NULL : rs->rules[i].fields;

		for (; f && *f; f++, n++) {
			r = read_selector(*f, &ret_list[n], e);
			if (r)
				return r;
			ret_list[n].rule = i;
		}
	}
	return 0;
}

static size_t count_all(const struct ruleset *rs, const bool *enabled)
{
	size_t n = 0;

	for (u16 i = 0; i < rs->nrules; i++) {
		const char *const *f = enabled && !enabled[i] ? NULL : rs->rules[i].fields;

		for (; f && *f; f++)
			n++;
	}
	return n;
}

/* The segment of that name among n, made if it is not there; NULL: too many. */
static struct hl7_segment *segment_of(struct hl7_segment *segments, u16 *n, const char *name)
{
	for (u16 i = 0; i < *n; i++)
		if (hl7_same_name(segments[i].name, name))
			return &segments[i];
	if (*n == SEGMENTS_MAX)
		return NULL;
	memcpy(segments[*n].name, name, HL7_NAME);
	return &segments[(*n)++];
}

/* Whether a field is named as a whole, and how many of its components are: what the n selectors say of s. */
static void count_selectors(const struct hl7_segment *s, struct hl7_field *fields,
			    const struct selector *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct hl7_field *f = &fields[list[i].field];

		if (!hl7_same_name(s->name, list[i].segment))
			continue;
		if (list[i].component)
			f->n++;
		else if (!f->whole)
			*f = (struct hl7_field){.whole = true, .rule = list[i].rule, .n = f->n};
	}
}

/* The components that they name: of two of a number the first one counts. */
static void take_components(const struct hl7_segment *s, struct hl7_field *fields,
			    struct hl7_component *components, const struct selector *list, size_t n)
{
	u16 first = 0;

	for (unsigned int k = 0; k <= s->last; k++) {
		fields[k].first = first;
		first = (u16)(first + fields[k].n);
		fields[k].n = 0;
	}
	for (size_t i = 0; i < n; i++) {
		struct hl7_field *f = &fields[list[i].field];

		if (list[i].component && hl7_same_name(s->name, list[i].segment))
			components[f->first + f->n++] =
				(struct hl7_component){list[i].component, list[i].rule};
	}
}

static int build_segment(struct arena *a, struct hl7_segment *s, const struct selector *list,
			 size_t n)
{
	struct hl7_field *fields = arena_array(a, UINT8_MAX + 1, sizeof(*fields));
	struct hl7_component *components;
	size_t ncomponents = 0;

	if (!fields)
		return -ENOMEM;
	s->fields = fields;
	s->last = s->text;
	for (size_t i = 0; i < n; i++) {
		if (!hl7_same_name(s->name, list[i].segment))
			continue;
		s->last = list[i].field > s->last ? list[i].field : s->last;
		ncomponents += list[i].component != 0;
	}
	components = arena_array(a, ncomponents + 1, sizeof(*components));
	if (!components)
		return -ENOMEM;
	s->components = components;
	count_selectors(s, fields, list, n);
	take_components(s, fields, components, list, n);
	fields[s->text].text = s->text != 0;
	for (unsigned int k = s->last + 1u; k-- > 0;) {
		const struct hl7_field *f = &fields[k];
		bool matters = f->whole || f->text || f->n || k == s->typed || k == s->last;

		fields[k].matters = matters ? (u8)k : f[1].matters;
	}
	return 0;
}

static int build(struct frame_map *m, const struct selector *list, size_t n, struct err *e)
{
	struct hl7_segment *segments = arena_array(&m->arena, SEGMENTS_MAX, sizeof(*segments));
	struct hl7_fields *all = arena_alloc(&m->arena, sizeof(*all));

	if (!segments || !all)
		return err_set(e, ENOMEM, "out of memory");
	*all = (struct hl7_fields){.segments = segments};
	for (; all->nsegments < array_size(texts); all->nsegments++)
		segments[all->nsegments] = texts[all->nsegments];
	for (size_t i = 0; i < n; i++)
		if (!segment_of(segments, &all->nsegments, list[i].segment))
			return err_set(e, EINVAL, "fields of more than %d segments", SEGMENTS_MAX);
	for (u16 k = 0; k < all->nsegments; k++)
		if (build_segment(&m->arena, &segments[k], list, n))
			return err_set(e, ENOMEM, "out of memory");
	m->fields = all;
	return 0;
}

int hl7_compile(struct frame_map *m, const struct ruleset *rs, const bool *enabled, struct err *e)
{
	size_t n = count_all(rs, enabled);
	struct selector *list = calloc(n + 1, sizeof(*list));
	int r;

	if (!list || n > UINT16_MAX) {
		free(list);
		return err_set(e, ENOMEM, "out of memory");
	}
	r = read_all(rs, enabled, list, e);
	if (!r)
		r = build(m, list, n, e);
	free(list);
	return r;
}

const struct hl7_segment *hl7_segment_find(const struct hl7_fields *f, const u8 *name)
{
	for (u16 i = 0; i < f->nsegments; i++)
		if (hl7_same_name(f->segments[i].name, name))
			return &f->segments[i];
	return NULL;
}
