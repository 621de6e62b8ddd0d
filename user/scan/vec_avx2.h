/* SPDX-License-Identifier: BSD-2-Clause */
/* 32 bytes at a time: each half of the vector has its own copy of a table. */
#ifndef SCAN_VEC_AVX2_H
#define SCAN_VEC_AVX2_H

#include <immintrin.h>
#include <scrim/base.h>

#define ISA_BANKS AVX2_BANKS
#define WIDTH     32

typedef u8 vec __attribute__((vector_size(WIDTH)));

static inline vec vec_table(const u8 table[16])
{
	return (vec)_mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)table));
}

static inline vec vec_lookup(vec table, vec index)
{
	return (vec)_mm256_shuffle_epi8((__m256i)table, (__m256i)index);
}

static inline u64 vec_bits(vec mask)
{
	return (u32)_mm256_movemask_epi8((__m256i)mask);
}

#include "vec_shuffle.h"

#endif
