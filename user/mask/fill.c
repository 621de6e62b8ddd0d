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
#include <string.h>

#define EACH     0x0101010101010101ULL /* times a byte: eight of it */
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

/* What of x, eight bytes of 0 to 0x7f, is in [from, to]: the top bit of each. */
static u64 between(u64 x, u8 from, u8 to)
{
	return (x + (0x80u - from) * EACH) & ~(x + (0x7fu - to) * EACH) & 0x80 * EACH;
}

/* 0xff for each byte whose top bit is set. */
static u64 whole(u64 tops)
{
	return (tops >> 7) * 0xff;
}

/* The same for eight bytes at a time; *ret_filled: the top bits of those replaced. */
static u64 fill_eight(u64 x, u64 *ret_filled)
{
	u64 over = x & 0x80 * EACH, ascii = x & 0x7f * EACH;
	u64 digits = between(ascii, '0', '9') & ~over, upper = between(ascii, 'A', 'Z') & ~over;
	u64 lower = between(ascii, 'a', 'z') | over;

	*ret_filled = digits | upper | lower;
	return (x & ~whole(*ret_filled)) | (whole(digits) & '1' * EACH) |
	       (whole(upper) & 'X' * EACH) | (whole(lower) & 'x' * EACH);
}

static size_t count_tops(u64 tops)
{
	return (tops >> 7) * EACH >> 56;
}

size_t mask_fill(u8 *p, size_t len)
{
	size_t n = 0, i = 0;
	u64 x, filled;

	for (; i + 8 <= len; i += 8) {
		memcpy(&x, p + i, 8);
		x = fill_eight(x, &filled);
		memcpy(p + i, &x, 8);
		n += count_tops(filled);
	}
	if (i == len)
		return n;
	if (len < 8) {
		for (; i < len; i++) {
			u8 c = fill_byte(p[i]);

			p[i] = c ? c : p[i];
			n += c != 0;
		}
		return n;
	}
	/* The last eight, of which the first have been counted, and stay as they are. */
	memcpy(&x, p + len - 8, 8);
	x = fill_eight(x, &filled);
	memcpy(p + len - 8, &x, 8);
	return n + count_tops(filled >> (8 * (8 - (len - i))) << (8 * (8 - (len - i))));
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
