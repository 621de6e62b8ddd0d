/* SPDX-License-Identifier: BSD-2-Clause */
/* Where lines begin, once for every ISA: behind its line_ends() and first_bit(). */
#ifndef SCAN_ENDS_GENERIC_H
#define SCAN_ENDS_GENERIC_H

#include "memo.h"

#define FIND_BLOCKS 4 /* of 64 bytes, that are looked at in one go */
#define BEGINS_ROOM (1 + BATCH_LINES + 64 * FIND_BLOCKS)

/* Adds where lines begin behind those that end by the bits of the 64 bytes at `at`: mostly one at most. Returns how many. */
static inline size_t begins_add(u64 ends, size_t at, u32 *to)
{
	*to++ = (u32)(at + 1 + first_bit(ends));
	for (u64 more = ends & (ends - 1); more; more &= more - 1)
		*to++ = (u32)(at + 1 + (size_t)__builtin_ctzll(more));
	return (size_t)__builtin_popcountll(ends);
}

/*
 * Finds where the lines end that text[0, room) begins with, up to BATCH_LINES. It does not read them as it goes: where
 * one begins would be known late, each time.
 *   ret_begins  where each begins, and behind them where the last one ends
 */
static inline size_t find_lines(const struct line_reader *r, const u8 *text, size_t room,
				u32 ret_begins[BEGINS_ROOM])
{
	size_t n = 0, at = 0;

	ret_begins[0] = 0;
	for (; n < BATCH_LINES && room - at >= 64 * FIND_BLOCKS; at += 64 * FIND_BLOCKS) {
#pragma GCC unroll 4
		for (size_t i = 0; i < FIND_BLOCKS; i++)
			n += begins_add(line_ends(r, text + at + 64 * i, 64), at + 64 * i,
					ret_begins + n + 1);
	}
	for (; n < BATCH_LINES && at < room; at += 64)
		n += begins_add(line_ends(r, text + at, room - at), at, ret_begins + n + 1);
	return n < BATCH_LINES ? n : BATCH_LINES;
}

#endif
