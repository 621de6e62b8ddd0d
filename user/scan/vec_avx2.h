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

/* The shuffle gives 0 where the index's top bit is set. */
static inline vec vec_row(vec bytes, u8 row)
{
	const __m256i upper = _mm256_set1_epi8((char)(row << 4)), over = _mm256_set1_epi8(0x70);

	return (vec)_mm256_adds_epu8(_mm256_xor_si256((__m256i)bytes, upper), over);
}

static inline u64 vec_bits(vec mask)
{
	return (u32)_mm256_movemask_epi8((__m256i)mask);
}

static inline vec vec_pick(vec mask, vec x, vec y)
{
	return (vec)_mm256_blendv_epi8((__m256i)y, (__m256i)x, (__m256i)mask);
}

#include "vec_shuffle.h"

#endif
