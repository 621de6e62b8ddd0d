/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How much bulk is received at a time where it is masked: as much as a big buffer takes, for the more it is the less the
 * kernel's part costs; but while it is masked the worker's other connections wait, and so it is no more than what takes
 * about a millisecond. How long that is depends on what the bytes are.
 */
#ifndef IO_TURN_H
#define IO_TURN_H

#include <scrim/base.h>

#define TURN_NS    1000000
#define TURN_LEAST (32U << 10)

/* What a direction begins with. most: bytes of a big buffer. */
static inline u32 turn_first(u32 most)
{
	return most < TURN_LEAST ? most : most / 4 > TURN_LEAST ? most / 4 : TURN_LEAST;
}

/* The next turn, where len bytes, `turn` at most, took so long to mask. Few of them say nothing of more. */
static inline u32 turn_next(u32 turn, u32 most, u32 len, u64 ns)
{
	if (ns > TURN_NS && turn > TURN_LEAST)
		return turn / 2;
	if (ns < TURN_NS / 3 && turn < most && len >= turn / 4 * 3)
		return turn * 2;
	return turn;
}

#endif
