/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing a message and, beside it, the truth: where each field and each planted value lies. */
#include "hl7.h"
#include <stdio.h>
#include <string.h>

static void put(struct msg *m, char c)
{
	buf_put(&m->b, &c, 1);
}

static void note_range(struct buf *to, size_t from, size_t end, const struct msg *m)
{
	buf_printf(to, "%s{\"at\":%zu,\"len\":%zu,\"where\":\"%s-%u\"", to->len ? "," : "", from,
		   end - from, m->segment, m->field);
}

static void field_end(struct msg *m)
{
	if (!m->field || m->b.len == m->field_from)
		return;
	note_range(&m->fields, m->field_from, m->b.len, m);
	buf_str(&m->fields, "}");
}

/* MSH-1 is the separator itself, and no separator stands between it and MSH-2. */
void seg(struct msg *m, const char *name)
{
	snprintf(m->segment, sizeof(m->segment), "%s", name);
	buf_str(&m->b, name);
	m->field = 0;
	if (!strcmp(name, "MSH")) {
		m->field = 1;
		m->field_from = m->b.len;
	}
}

void at(struct msg *m, u32 n)
{
	if (n <= m->field)
		die("%s-%u is written after %s-%u", m->segment, n, m->segment, m->field);
	field_end(m);
	for (; m->field < n; m->field++)
		put(m, m->seps->field);
	m->field_from = m->b.len;
}

void seg_end(struct msg *m)
{
	field_end(m);
	m->field = 0;
	buf_str(&m->b, m->style.segment_end);
}

void comp(struct msg *m, u32 n)
{
	while (n--)
		put(m, m->seps->component);
}

void sub(struct msg *m)
{
	put(m, m->seps->sub);
}

void rep(struct msg *m)
{
	put(m, m->seps->repetition);
}

void raw(struct msg *m, const char *s)
{
	buf_str(&m->b, s);
}

void escape(struct msg *m, const char *what)
{
	put(m, m->seps->escape);
	raw(m, what);
	put(m, m->seps->escape);
}

static void text_n(struct msg *m, const char *s, size_t len)
{
	const struct hl7_separators *x = m->seps;

	for (; len--; s++) {
		if (*s == x->field)
			escape(m, "F");
		else if (*s == x->component)
			escape(m, "S");
		else if (*s == x->sub)
			escape(m, "T");
		else if (*s == x->repetition)
			escape(m, "R");
		else if (*s == x->escape)
			escape(m, "E");
		else
			put(m, *s);
	}
}

void text(struct msg *m, const char *s)
{
	text_n(m, s, strlen(s));
}

static void plant_n(struct msg *m, const char *kind, bool covered, const char *value, size_t len)
{
	const size_t from = m->b.len;

	text_n(m, value, len);
	note_range(&m->values, from, m->b.len, m);
	buf_printf(&m->values, ",\"kind\":\"%s\",\"covered\":%s,\"value\":", kind,
		   covered ? "true" : "false");
	buf_json(&m->values, m->b.p + from, m->b.len - from);
	buf_str(&m->values, "}");
}

void plant(struct msg *m, const char *kind, const char *value)
{
	plant_n(m, kind, true, value, strlen(value));
}

void field(struct msg *m, u32 n, const char *s)
{
	at(m, n);
	text(m, s);
}

void field_shape(struct msg *m, u32 n, const char *as)
{
	char out[VALUE_MAX];

	shape(&m->r, as, out);
	field(m, n, out);
}

void field_day(struct msg *m, u32 n, struct day d)
{
	at(m, n);
	buf_printf(&m->b, "%u%02u%02u", d.year, d.month, d.day);
}

static void note_put(struct sink *s, const struct value_kind *k, const char *t, size_t len)
{
	struct msg *m = (struct msg *)s;

	if (k && k->plants)
		plant_n(m, k->plants, k->covered, t, len);
	else
		text_n(m, t, len);
}

void note(struct msg *m, const char *template)
{
	m->sink.put = note_put;
	expand(template, &m->r, &m->p, &m->sink);
}
