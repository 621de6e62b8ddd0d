/* SPDX-License-Identifier: BSD-2-Clause */
/* Where lines begin, once for every ISA: behind its line_ends() and first_bit(). */
#ifndef SCAN_ENDS_GENERIC_H
#define SCAN_ENDS_GENERIC_H

#include "memo.h"

#define FIND_BLOCKS 4 /* of 64 bytes, that are looked at in one go */
#define BEGINS_ROOM (1 + BATCH_LINES + 64 * FIND_BLOCKS)

/*
 * Adds where lines begin behind those that end by the bits of 64 bytes, at which the first would begin: mostly one at most.
 * Returns what is behind them.
 */
static inline u32 *begins_add(u64 ends, u32 first, u32 *to)
{
	u32 *behind = to + __builtin_popcountll(ends);

	*to++ = first + (u32)first_bit(ends);
	for (u64 more = ends & (ends - 1); more; more &= more - 1)
		*to++ = first + (u32)__builtin_ctzll(more);
	return behind;
}

/*
 * Finds where the lines end that text[0, room) begins with, up to BATCH_LINES. It does not read them as it goes: where
 * one begins would be known late, each time.
 *   ret_begins  where each begins, and behind them where the last one ends
 */
static inline size_t find_lines(const struct line_reader *r, const u8 *text, size_t room,
				u32 ret_begins[BEGINS_ROOM])
{
	u32 *to = ret_begins + 1, *const most = to + BATCH_LINES;
	size_t at = 0;

	ret_begins[0] = 0;
	for (; to < most && room - at >= 64 * FIND_BLOCKS; at += 64 * FIND_BLOCKS) {
#pragma GCC unroll 4
		for (u32 i = 0; i < FIND_BLOCKS; i++)
			to = begins_add(line_ends(r, text + at + 64 * i, 64), (u32)at + 64 * i + 1,
					to);
	}
	for (; to < most && at < room; at += 64)
		to = begins_add(line_ends(r, text + at, room - at), (u32)at + 1, to);
	return (size_t)((to < most ? to : most) - ret_begins) - 1;
}

#endif
