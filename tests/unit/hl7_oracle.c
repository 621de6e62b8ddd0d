/* SPDX-License-Identifier: BSD-2-Clause */
#include "hl7_oracle.h"
#include <criterion/criterion.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct oracle {
	const struct ruleset *rs;
	const bool *enabled;
	enum hl7_reader reader;
	const u8 *stream;
	struct hl7_byte *bytes;
	u32 values;
	/* of the message */
	bool framed;
	u8 separator, component, repetition, escape, line_end;
	/* A segment with the ADD segments behind it: where its bytes are in the stream. */
	size_t *at, n;
};

static bool is_line_end(u8 c)
{
	return c == '\r' || c == '\n';
}

static bool is_head(const u8 *p, size_t len)
{
	return len > 3 &&
	       (!strncasecmp((const char *)p, "MSH", 3) ||
		!strncasecmp((const char *)p, "FHS", 3) || !strncasecmp((const char *)p, "BHS", 3));
}

static u8 byte_of(const struct oracle *o, size_t i)
{
	return o->stream[o->at[i]];
}

/* The rule that has a selector which begins as `text`, or is it; -1: none. */
static int rule_with(const struct oracle *o, const char *text, bool whole)
{
	size_t n = strlen(text) + whole; /* with the NUL */

	for (u16 i = 0; i < o->rs->nrules; i++) {
		const char *const *f = o->rs->rules[i].fields;

		if (o->enabled && !o->enabled[i])
			continue;
		for (; f && *f; f++)
			if (!strncmp(*f, text, n))
				return i;
	}
	return -1;
}

/* The rule that names the place. component 0: the field. */
static int rule_of(const struct oracle *o, const char *segment, unsigned int field,
		   unsigned int component)
{
	char selector[32];

	snprintf(selector, sizeof(selector), component ? "%s-%u.%u" : "%s-%u", segment, field,
		 component);
	return rule_with(o, selector, true);
}

static bool has_components(const struct oracle *o, const char *segment, unsigned int field)
{
	char selector[32];

	snprintf(selector, sizeof(selector), "%s-%u.", segment, field);
	return rule_with(o, selector, false) >= 0;
}

static void mark(struct oracle *o, size_t from, size_t to, enum run_kind kind, int rule)
{
	for (size_t i = from; i < to; i++) {
		/* What ADD goes on with is a run of its own. */
		if (i == from || o->at[i] != o->at[i - 1] + 1)
			o->values++;
		o->bytes[o->at[i]] = (struct hl7_byte){
			.kind = (u8)kind,
			.escape = o->escape,
			.rule = (u16)rule,
			.value = o->values,
		};
	}
}

/* text: what no rule names is free text, each component by itself. */
static void mark_components(struct oracle *o, const char *segment, unsigned int field, size_t from,
			    size_t to, bool text)
{
	unsigned int component = 1;
	size_t begin = from;
	int rule;

	for (size_t i = from; i <= to; i++) {
		bool again = i < to && o->repetition && byte_of(o, i) == o->repetition;

		if (i < to && !again && byte_of(o, i) != o->component)
			continue;
		rule = rule_of(o, segment, field, component);
		if (rule >= 0)
			mark(o, begin, i, RUN_FIELD, rule);
		else if (text)
			mark(o, begin, i, RUN_TEXT, 0);
		begin = i + 1;
		component = again ? 1 : component + 1;
	}
}

/* "TX" of "TX", "tx " or "TX^..." */
static void type_of(const struct oracle *o, size_t from, size_t to, char *ret_type)
{
	size_t n = 0;

	while (from < to && !isalnum(byte_of(o, from)))
		from++;
	while (from < to && n < 3 && isalnum(byte_of(o, from)))
		ret_type[n++] = (char)toupper(byte_of(o, from++));
	ret_type[n] = '\0';
}

static void mark_field(struct oracle *o, const char *segment, unsigned int field, size_t from,
		       size_t to, const char *type)
{
	int rule = rule_of(o, segment, field, 0);
	bool text = !strcmp(segment, "NTE") && field == 3;

	if (!strcmp(segment, "OBX") && field == 5)
		text = !strcmp(type, "TX") || !strcmp(type, "FT") || !strcmp(type, "ST") ||
		       !strcmp(type, "ED");
	if (rule >= 0)
		mark(o, from, to, RUN_FIELD, rule);
	else if (has_components(o, segment, field))
		mark_components(o, segment, field, from, to, text);
	else if (text)
		mark(o, from, to, RUN_TEXT, 0);
}

/* The segment that was collected. */
static void mark_segment(struct oracle *o)
{
	char segment[4] = {0}, type[4] = "";
	unsigned int field = 1;
	size_t begin = 4;

	for (int i = 0; i < 3 && o->n > 3; i++)
		segment[i] = (char)toupper(byte_of(o, (size_t)i));
	if (o->n > 3 && byte_of(o, 3) == o->separator) {
		for (size_t i = 4; i <= o->n; i++) {
			if (i < o->n && byte_of(o, i) != o->separator)
				continue;
			mark_field(o, segment, field, begin, i, type);
			if (field == 2)
				type_of(o, begin, i, type);
			begin = i + 1;
			field++;
		}
	}
	o->n = 0;
}

/* Reads the separators off MSH at [from, end of the content). */
static void read_head(struct oracle *o, size_t from, size_t end)
{
	size_t n = 0;
	u8 *encoding[3] = {&o->component, &o->repetition, &o->escape};

	o->separator = o->stream[from + 3];
	o->component = o->repetition = o->escape = 0;
	for (size_t i = from + 4; i < end && o->stream[i] != o->separator; i++, n++) {
		if (is_line_end(o->stream[i]))
			break;
		if (n < 3)
			*encoding[n] = o->stream[i];
	}
	if (n == 1 && o->separator != '~' && o->component != '~')
		o->repetition = '~';
	for (size_t i = from; i < end; i++) {
		if (is_line_end(o->stream[i])) {
			o->line_end = o->stream[i];
			break;
		}
	}
}

static bool ends_line(const struct oracle *o, size_t i, size_t begin, bool head)
{
	u8 c = o->stream[i];

	switch (o->reader) {
	case READ_CR:
		return c == '\r';
	case READ_LF:
		return c == '\n';
	case READ_EITHER:
		return is_line_end(c);
	case READ_CONTROL:
		return is_line_end(c) || c == '\f' || c == 0x1d || c == 0x1e;
	default:
		break;
	}
	if (head)
		return is_line_end(c);
	/* In a file a blank line parts messages, whatever it is made of. */
	return c == o->line_end ||
	       (!o->framed && i > begin && is_line_end(c) && is_line_end(o->stream[i - 1]));
}

static bool blank_before_name(const struct oracle *o, u8 c)
{
	return is_line_end(c) || (o->reader != READ_AS_FRAMED && (isspace(c) || c < ' '));
}

/* One frame's content, or a file's. */
static void mark_content(struct oracle *o, size_t from, size_t end)
{
	size_t to;

	while (from < end) {
		bool head, add;

		if (blank_before_name(o, o->stream[from])) {
			from++;
			continue;
		}
		head = is_head(o->stream + from, end - from);
		/* By itself it is a marker between the field and the rest of it. */
		add = end - from > 3 && !strncasecmp((const char *)o->stream + from, "ADD", 3) &&
		      (o->stream[from + 3] == o->separator || ends_line(o, from + 3, from, head));
		if (!add)
			mark_segment(o);
		if (head)
			read_head(o, from, end);
		for (to = from; to < end && !ends_line(o, to, from, head); to++)
			;
		for (size_t i = from + (add ? 4 : 0); i < to; i++)
			o->at[o->n++] = i;
		from = to;
	}
	mark_segment(o);
}

void hl7_oracle(const struct ruleset *rs, const bool *enabled, enum hl7_reader reader,
		const u8 *stream, size_t len, struct hl7_byte *ret_bytes)
{
	struct oracle o = {.rs = rs,
			   .enabled = enabled,
			   .reader = reader,
			   .stream = stream,
			   .bytes = ret_bytes,
			   .at = malloc((len + 1) * sizeof(*o.at))};
	size_t p = 0, end;

	cr_assert_not_null(o.at);
	memset(ret_bytes, 0, len * sizeof(*ret_bytes));
	while (p < len) {
		if (is_line_end(stream[p])) {
			p++;
			continue;
		}
		o.framed = stream[p] == 0x0b;
		for (end = p; o.framed && end < len && stream[end] != 0x1c; end++)
			;
		o.separator = 0;
		mark_content(&o, p + o.framed, o.framed ? end : len);
		p = o.framed ? end + 1 : len;
	}
	free(o.at);
}

/* What of value[0, len), an escape with both its ends, stays: its length, or 0: it is none. */
static size_t kept(const u8 *value, size_t len)
{
	static const char *const commands[] = {".br", ".sp", ".fi", ".nf",
					       ".in", ".ti", ".sk", ".ce"};
	char body[32] = {0};
	size_t digits, sign;

	if (len < 3 || len > 20)
		return 0;
	memcpy(body, value + 1, len - 2);
	for (size_t i = 0; i < len - 2; i++)
		if ((u8)body[i] < ' ')
			return 0;
	if (len == 3 && strchr("FSTREPHN", body[0]))
		return len;
	for (size_t i = 0; i < array_size(commands); i++) {
		if (strncmp(body, commands[i], 3) != 0)
			continue;
		sign = body[3] == '+' || body[3] == '-';
		digits = strspn(body + 3 + sign, "0123456789");
		if (3 + sign + digits == len - 2 && sign + digits <= 3)
			return len;
	}
	if (strchr("XCM", body[0]) && strspn(body + 1, "0123456789abcdefABCDEF") == len - 3)
		return 2;
	return body[0] == 'Z' ? 2 : 0;
}

static bool fill_one(u8 *c, bool data)
{
	bool replaced = isalnum(*c) || *c >= 0x80;

	if (data && isxdigit(*c))
		*c = '4';
	else if (isdigit(*c))
		*c = '1';
	else if (isupper(*c))
		*c = 'X';
	else if (replaced)
		*c = 'x';
	return replaced;
}

size_t oracle_fill(u8 *value, size_t len, u8 escape, bool *ret_filled)
{
	size_t n = 0, i = 0, close, keep;

	while (i < len) {
		ret_filled[i] = false;
		keep = 0;
		if (escape && value[i] == escape) {
			for (close = i + 1; close < len && value[close] != escape; close++)
				;
			if (close < len)
				keep = kept(value + i, close - i + 1);
		}
		if (!keep) {
			ret_filled[i] = fill_one(&value[i], false);
			n += ret_filled[i++];
			continue;
		}
		for (size_t k = i; k <= close; k++) {
			ret_filled[k] = k >= i + keep && k < close && fill_one(&value[k], true);
			n += ret_filled[k];
		}
		i = close + 1;
	}
	return n;
}
