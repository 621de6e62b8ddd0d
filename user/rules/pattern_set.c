/* SPDX-License-Identifier: BSD-2-Clause */
/* Sets of bytes as a pattern writes them: \d \w \s, \x41, \., and [a-z]. No set holds a newline. */
#include "pattern.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void add_range(struct byteset *s, u8 from, u8 to)
{
	for (unsigned int c = from; c <= to; c++)
		byteset_add(s, (u8)c);
}

static void invert(struct byteset *s)
{
	for (size_t i = 0; i < array_size(s->w); i++)
		s->w[i] = ~s->w[i];
	byteset_remove(s, '\n');
}

void byteset_fold(struct byteset *s)
{
	for (u8 c = 'a'; c <= 'z'; c++) {
		u8 upper = (u8)(c - 'a' + 'A');

		if (byteset_has(s, c))
			byteset_add(s, upper);
		else if (byteset_has(s, upper))
			byteset_add(s, c);
	}
}

/* \d \w \s and their opposites; false for any other letter. */
static bool named_set(char letter, struct byteset *s)
{
	switch (letter | 0x20) {
	case 'd':
		add_range(s, '0', '9');
		break;
	case 'w':
		add_range(s, '0', '9');
		add_range(s, 'A', 'Z');
		add_range(s, 'a', 'z');
		byteset_add(s, '_');
		break;
	case 's':
		byteset_add(s, ' ');
		byteset_add(s, '\t');
		break;
	default:
		return false;
	}
	if (isupper((unsigned char)letter))
		invert(s);
	return true;
}

/* \xHH, ps->p at the 'x'. */
static int hex_byte(struct parser *ps, u8 *ret_c)
{
	const char *x = ps->p;
	char digits[3] = {0};

	if (!isxdigit((unsigned char)x[1]) || !isxdigit((unsigned char)x[2]))
		return parser_fail(ps, x - 1, "\\x takes two hexadecimal digits: \\x41");
	memcpy(digits, x + 1, 2);
	*ret_c = (u8)strtoul(digits, NULL, 16);
	if (*ret_c == '\n')
		return parser_fail(ps, x - 1, "a pattern never matches a newline; leave it out");
	ps->p += 3;
	return 0;
}

int pattern_escape(struct parser *ps, struct byteset *ret_set)
{
	const char *at = ps->p - 1;
	char c = *ps->p;
	u8 hex;

	*ret_set = (struct byteset){0};
	if (c == 'x') {
		if (hex_byte(ps, &hex))
			return -EINVAL;
		byteset_add(ret_set, hex);
		return 0;
	}
	if (c == 't' || c == 'r') {
		byteset_add(ret_set, c == 't' ? '\t' : '\r');
	} else if (c == 'n') {
		return parser_fail(ps, at, "a pattern never matches a newline; leave it out");
	} else if (c == 'b' || c == 'B' || c == 'A' || c == 'z' || c == 'Z' || c == 'G') {
		return parser_fail(ps, at,
				   "\\%c asks for a boundary; say that with before: and after:", c);
	} else if (isdigit((unsigned char)c)) {
		return parser_fail(ps, at, "\\%c: no back-references; for a byte write \\xHH", c);
	} else if (isalpha((unsigned char)c)) {
		if (!named_set(c, ret_set))
			return parser_fail(
				ps, at, "\\%c is unknown; there are \\d \\w \\s \\t \\r \\xHH", c);
	} else if (ispunct((unsigned char)c) || c == ' ') {
		byteset_add(ret_set, (u8)c);
	} else {
		return parser_fail(
			ps, at,
			"nothing that can be escaped after '\\'; for the byte itself write \\\\");
	}
	ps->p++;
	return 0;
}

/* One member: a byte (ret_c >= 0), or a whole set as \d (ret_c < 0). */
static int class_member(struct parser *ps, int *ret_c, struct byteset *ret_set)
{
	const char *at = ps->p;
	u8 c = (u8)*ps->p++;

	*ret_set = (struct byteset){0};
	*ret_c = c;
	if (c == '\\') {
		char name = *ps->p;

		if (pattern_escape(ps, ret_set))
			return -EINVAL;
		*ret_c = -1;
		if (strchr("dwsDWS", name))
			return 0;
		for (int i = 0; i < 256; i++)
			if (byteset_has(ret_set, (u8)i))
				*ret_c = i;
		return 0;
	}
	if (c == '\n')
		return parser_fail(ps, at, "a pattern never matches a newline; leave it out");
	if (c >= 0x80)
		return parser_fail(ps, at, "only ASCII inside [ ]; write (?:x|y) or \\xHH");
	if (c == '[' && (*ps->p == ':' || *ps->p == '.' || *ps->p == '='))
		return parser_fail(ps, at, "no [:classes:]; write \\d, \\w or a range such as a-z");
	byteset_add(ret_set, c);
	return 0;
}

/* "-z" behind the member `from`; ps->p at the '-'. */
static int class_range(struct parser *ps, const char *at, int from, struct byteset *s)
{
	struct byteset end;
	int to;

	ps->p++;
	if (class_member(ps, &to, &end))
		return -EINVAL;
	if (from < 0 || to < 0)
		return parser_fail(ps, at,
				   "a range needs a byte at both ends; write \\- for a dash");
	if (to < from)
		return parser_fail(ps, at, "the range runs backwards; write the lower byte first");
	add_range(s, (u8)from, (u8)to);
	byteset_remove(s, '\n');
	return 0;
}

int pattern_class(struct parser *ps, struct byteset *ret_set)
{
	const char *open = ps->p - 1, *at;
	struct byteset one, s = {0};
	bool negated = *ps->p == '^';
	int c;

	if (negated)
		ps->p++;
	if (*ps->p == ']')
		return parser_fail(ps, ps->p, "an empty class; for the bracket itself write \\]");
	while (*ps->p != ']') {
		if (!*ps->p)
			return parser_fail(ps, open,
					   "'[' is never closed; for the bracket itself write \\[");
		at = ps->p;
		if (class_member(ps, &c, &one))
			return -EINVAL;
		if (*ps->p == '-' && ps->p[1] && ps->p[1] != ']') {
			if (class_range(ps, at, c, &s))
				return -EINVAL;
			continue;
		}
		for (size_t i = 0; i < array_size(s.w); i++)
			s.w[i] |= one.w[i];
	}
	ps->p++;
	if (ps->fold)
		byteset_fold(&s);
	if (negated)
		invert(&s);
	if (!(s.w[0] | s.w[1] | s.w[2] | s.w[3]))
		return parser_fail(ps, open, "the class holds no byte; leave the part out");
	*ret_set = s;
	return 0;
}
