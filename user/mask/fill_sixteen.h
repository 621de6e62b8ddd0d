/* SPDX-License-Identifier: BSD-2-Clause */
/* `fill` on sixteen bytes at once: digits become 1, letters X and x. Matches come by the million. */
#ifndef MASK_FILL_SIXTEEN_H
#define MASK_FILL_SIXTEEN_H

#include <scrim/sixteen.h>

#define FILL_DIGIT '1'

/* A mask of the bytes of v in [from, to]: with `from` taken off, those are the least. */
static inline sixteen fill_between(sixteen v, u8 from, u8 to)
{
	return (sixteen)(v - from <= sixteen_all((u8)(to - from)));
}

/* Fills v; *ret_filled: a mask of the bytes replaced. */
static inline sixteen fill_sixteen(sixteen v, sixteen *ret_filled)
{
	sixteen digits = fill_between(v, '0', '9'), upper = fill_between(v, 'A', 'Z');
	sixteen lower = fill_between(v, 'a', 'z') | (sixteen)((sixteen_signed)v < 0);

	*ret_filled = digits | upper | lower;
	return (v & ~*ret_filled) | (digits & FILL_DIGIT) | (upper & 'X') | (lower & 'x');
}

#define FILL_ROOM 16

/* A mask of the first len bytes. */
static inline sixteen fill_first(size_t len)
{
	static const u8 part[2 * FILL_ROOM] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	};

	return sixteen_load(part + FILL_ROOM - len);
}

/*
 * As mask_fill(), for at most FILL_ROOM bytes where that many may be written: what is behind the
 * value is written as it was.
 */
static inline size_t fill_roomy(u8 *p, size_t len)
{
	const sixteen v = sixteen_load(p), mine = fill_first(len);
	sixteen filled, with = fill_sixteen(v, &filled);
	size_t high, low;

	sixteen_store(p, v ^ ((v ^ with) & mine));
	high = sixteen_count(filled & mine, &low);
	return high + low;
}

/* The same of a value that has digits and no letters. */
static inline size_t fill_digits(u8 *p, size_t len)
{
	const sixteen v = sixteen_load(p), digits = fill_between(v, '0', '9') & fill_first(len);
	size_t high, low;

	sixteen_store(p, v ^ ((v ^ FILL_DIGIT) & digits));
	high = sixteen_count(digits, &low);
	return high + low;
}

/* Whether one of len bytes, of FILL_ROOM that may be read, is the letter of an exponent. */
static inline bool fill_has_e(const u8 *p, size_t len)
{
	return sixteen_bits((sixteen)((sixteen_load(p) | 0x20) == 'e')) & ((1U << len) - 1);
}

#endif
