/* SPDX-License-Identifier: BSD-2-Clause */
/* Bits of a word as a list of places, without vectors. */
#ifndef SCAN_LIST_BITS_H
#define SCAN_LIST_BITS_H

#include <scrim/base.h>

/*
 * Writes the places of bits, from `place` on, to `to`, where there is room for LIST_ROOM more: two are
 * written whether there are as many or not, because how many is hard to guess. Returns how many
 * there are.
 */
#define LIST_ROOM 4
static inline size_t list_bits(u64 bits, size_t place, u16 *to)
{
	size_t n = (size_t)__builtin_popcountll(bits);

	for (size_t k = 0; k < 2; k++, bits &= bits - 1)
		to[k] = (u16)(place + (size_t)__builtin_ctzll(bits | 1ULL << 63));
	for (size_t k = 2; k < n; k++, bits &= bits - 1)
		to[k] = (u16)(place + (size_t)__builtin_ctzll(bits));
	return n;
}

#endif
