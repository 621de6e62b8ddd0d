/* SPDX-License-Identifier: BSD-2-Clause */
/* 16 bytes at a time. Of what came with SSE4.2 only popcnt is used; the rest is older. */
#ifndef SCAN_VEC_SSE42_H
#define SCAN_VEC_SSE42_H

#include <nmmintrin.h>
#include <scrim/base.h>

#define ISA_BANKS SSE42_BANKS
#define WIDTH     16

typedef u8 vec __attribute__((vector_size(WIDTH)));

static inline vec vec_table(const u8 table[16])
{
	return (vec)_mm_loadu_si128((const __m128i *)table);
}

static inline vec vec_lookup(vec table, vec index)
{
	return (vec)_mm_shuffle_epi8((__m128i)table, (__m128i)index);
}

static inline u64 vec_bits(vec mask)
{
	return (u32)_mm_movemask_epi8((__m128i)mask);
}

#include "vec_shuffle.h"

#endif
