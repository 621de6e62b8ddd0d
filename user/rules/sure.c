/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the quick ways of dates, addresses and SSNs (quick_fn) say of every text of an outline, as long as a few of its
 * digits are in a range. What is in none is asked about by the quick way itself.
 *
 *      0000-00-00      1880 to 2099, 01 to 12, 01 to 28: ten bytes
 *      00.00.00.000    the last of these up to 255: twelve bytes
 */
#include "validate.h"
#include <scrim/outline.h>
#include <scrim/rules.h>
#include <string.h>

/* Four digits, or fewer with the last one for those that lack, are in order as text is. */
static u32 number(const char bytes[4])
{
	return (u32)(u8)bytes[0] << 24 | (u32)(u8)bytes[1] << 16 | (u32)(u8)bytes[2] << 8 |
	       (u8)bytes[3];
}

/*
 * Asks for n digits from `at` on, 2 to 4, to be from..to; both are of four bytes, those behind the digits the least, or
 * the most, that a byte may be.
 */
static void ask(struct sure_ranges *r, size_t i, size_t at, size_t n, const char from[4],
		const char to[4])
{
	for (size_t k = 0; k < 4; k++)
		r->from[4 * i + 3 - k] = (u8)(at + (k < n ? k : n - 1));
	r->low[i] = number(from);
	r->span[i] = number(to) - r->low[i];
}

/* Nothing is asked. */
static struct sure_ranges any(size_t len)
{
	struct sure_ranges r = {.len = (u8)len};

	memset(r.span, 0xff, sizeof(r.span));
	return r;
}

/* Whether text of which that is the outline has its digits where the sample has them, and two bytes behind them none. */
static bool is_like(const u8 *outline, const char *sample)
{
	size_t n = strlen(sample);

	return !memcmp(outline, sample, n) && outline[n] != ANY_DIGIT && outline[n] != ANY_HEX &&
	       (outline[n] != '.' || (outline[n + 1] != ANY_DIGIT && outline[n + 1] != ANY_HEX));
}

bool sure_date(const u8 *outline, struct sure_ranges *ret)
{
	if (!is_like(outline, "0000-00-00") && !is_like(outline, "0000/00/00"))
		return false;
	*ret = any(10);
	ask(ret, 0, 0, 4, "1880", "2099");
	ask(ret, 1, 5, 2, "01\0\0", "12\xff\xff");
	ask(ret, 2, 8, 2, "01\0\0", "28\xff\xff");
	return true;
}

bool sure_ssn(const u8 *outline, struct sure_ranges *ret)
{
	if (!is_like(outline, "000-00-0000") && !is_like(outline, "000 00 0000") &&
	    !is_like(outline, "000.00.0000"))
		return false;
	*ret = any(11);
	/* There are higher areas, but 666 is none. */
	ask(ret, 0, 0, 3, "001\0", "665\xff");
	ask(ret, 1, 4, 2, "01\0\0", "99\xff\xff");
	ask(ret, 2, 7, 4, "0001", "9999");
	return true;
}

bool sure_ipv4(const u8 *outline, struct sure_ranges *ret)
{
	/* Blanks of digits are digits, and 000 is an octet. */
	size_t len = quick_ipv4(outline), digits = 0, octet = 0;

	if (!len || len == QUICK_REFUSED || memchr(outline, ANY_HEX, len + 2))
		return false;
	*ret = any(len);
	for (size_t i = 0; i <= len; i++) {
		if (i < len && outline[i] != '.') {
			digits++;
			continue;
		}
		if (digits == 3)
			ask(ret, octet, i - 3, 3, "000\0", "255\xff");
		octet++;
		digits = 0;
	}
	return true;
}
