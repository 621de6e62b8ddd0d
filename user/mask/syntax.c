/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What stands around a value is still to be read when the value is masked: a number of JSON stays a
 * number, and an escape whose last characters the value seems to begin with stays an escape.
 */
#include "syntax.h"
#include "fill.h"
#include <string.h>

static u8 *skip_digits(u8 *p, const u8 *end)
{
	while (p < end && *p >= '0' && *p <= '9')
		p++;
	return p;
}

u8 *syntax_exponent(const u8 *text, u8 *from, const u8 *to)
{
	u8 *e = skip_digits(from, to), *rest = e + 1;
	const u8 *colon;

	if (e == from || e == to || (*e | 0x20) != 'e')
		return NULL;
	if (rest < to && (*rest == '-' || *rest == '+'))
		rest++;
	colon = syntax_behind_colon(text, from);
	if (rest == to || skip_digits(rest, to) < to || !colon)
		return NULL;
	colon = syntax_blanks(text, colon - 1);
	return colon > text && colon[-1] == '"' ? e : NULL;
}

size_t syntax_escape(const u8 *text, const u8 *from, const u8 *to)
{
	size_t slashes = 0, n = 1;

	while (slashes < 8 && from - text > (ptrdiff_t)slashes &&
	       from[-1 - (ptrdiff_t)slashes] == '\\')
		slashes++;
	if (slashes % 2 == 0)
		return 0;
	if (*from != 'u')
		return memchr("bfnrt", *from, 5) != NULL;
	while (n < 5 && from + n < to && fill_is_hex(from[n]))
		n++;
	return n == 5 ? n : 0;
}

bool syntax_percent(const u8 *text, const u8 *from, const u8 *to)
{
	return from > text && from[-1] == '%' && to - from >= 2 && fill_is_hex(from[0]) &&
	       fill_is_hex(from[1]);
}

void syntax_hex(u8 *digits)
{
	for (int i = 0; i < 2; i++) {
		if (digits[i] == 'X')
			digits[i] = 'A';
		else if (digits[i] == 'x')
			digits[i] = 'a';
	}
}
