/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `fill`, and what it leaves alone in HL7 (v2.8.2 chapter 2, section 2.7):
 *
 *     \F\ \S\ \T\ \R\ \E\ \P\ \H\ \N\     separators as data, highlighting: kept
 *     \.br\ \.sp3\ \.in+4\                formatting: kept
 *     \X0D0A\ \C2842\ \M1A2B3C\ \Z..\      data: the kind is kept, the data replaced
 *
 * Only what is closed is an escape; "\SMITH" is a name behind a stray backslash.
 */
#include "fill.h"
#include <scrim/mask.h>

#define BODY_MAX (FILL_HELD - 2) /* between the two escape characters; of data as long as it is */

static u8 fill_byte(u8 c)
{
	if (c >= '0' && c <= '9')
		return '1';
	if (c >= 'A' && c <= 'Z')
		return 'X';
	if ((c >= 'a' && c <= 'z') || c >= 0x80)
		return 'x';
	return 0; /* stays */
}

size_t mask_fill(u8 *p, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		u8 c = fill_byte(p[i]);

		if (c) {
			p[i] = c;
			n++;
		}
	}
	return n;
}

static bool is_hex(u8 c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* ".br", ".sp3", ".in+4" */
static bool is_formatting(const u8 *p, size_t len)
{
	size_t i = 3;

	if (len < 3 || p[0] != '.')
		return false;
	for (size_t k = 1; k < 3; k++)
		if ((p[k] | 0x20) < 'a' || (p[k] | 0x20) > 'z')
			return false;
	if (i < len && (p[i] == '+' || p[i] == '-'))
		i++;
	for (; i < len; i++)
		if (p[i] < '0' || p[i] > '9')
			return false;
	return true;
}

/*
 * What stands at p, p[0] being the escape character. Returns the length of the escape with both
 * its ends, *ret_keep bytes of which stay; 0: no escape; len + 1: it is not closed yet.
 */
static size_t escape_at(const u8 *p, size_t len, u8 escape, size_t *ret_keep)
{
	size_t n = 1;
	bool data;

	while (n < len && n <= BODY_MAX && p[n] != escape && p[n] >= ' ')
		n++;
	if (n == len && n <= BODY_MAX)
		return len + 1;
	if (n == len || n == 1 || p[n] != escape)
		return 0;
	data = p[1] == 'X' || p[1] == 'C' || p[1] == 'M' || p[1] == 'Z';
	for (size_t i = 2; i < n && p[1] != 'Z'; i++)
		data &= is_hex(p[i]);
	*ret_keep = 0;
	if (is_formatting(p + 1, n - 1))
		*ret_keep = n;
	else if (n == 2 && (p[1] == 'F' || p[1] == 'S' || p[1] == 'T' || p[1] == 'R' ||
			    p[1] == 'E' || p[1] == 'P' || p[1] == 'H' || p[1] == 'N'))
		*ret_keep = n;
	else if (data)
		*ret_keep = 2;
	return *ret_keep ? n + 1 : 0;
}

size_t fill_escaped(u8 *p, size_t len, u8 escape, bool ends, size_t *ret_filled)
{
	size_t i = 0, keep = 0, n;

	*ret_filled = 0;
	if (!escape) {
		*ret_filled = mask_fill(p, len);
		return len;
	}
	while (i < len) {
		n = p[i] == escape ? escape_at(p + i, len - i, escape, &keep) : 0;
		if (n > len - i && !ends)
			return i;
		if (n && n <= len - i) {
			/* Hexadecimal data becomes hexadecimal digits. */
			for (size_t k = keep; k < n - 1; k++)
				p[i + k] = is_hex(p[i + k]) ? '4' : fill_byte(p[i + k]) ?: p[i + k];
			*ret_filled += n - 1 - keep;
			i += n;
			continue;
		}
		*ret_filled += mask_fill(p + i, 1);
		i++;
	}
	return len;
}
