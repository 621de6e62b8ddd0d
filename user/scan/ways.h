/* SPDX-License-Identifier: BSD-2-Clause */
/* Which of a set's lines has a hash, without a branch: which one it is, is hard to guess. */
#ifndef SCAN_WAYS_H
#define SCAN_WAYS_H

#include "memo.h"
#ifdef __AVX2__
#include <immintrin.h>
#endif

/* The first of a set's tags that is `hash`, or any if there is none. */
static inline size_t first_way(const u64 tags[MEMO_WAYS], u64 hash)
{
	_Static_assert(MEMO_WAYS == 8, "a vector of 64 bytes, or two of 32");
#if defined(__AVX512F__)
	unsigned int ways = _mm512_cmpeq_epi64_mask(_mm512_loadu_si512(tags),
						    _mm512_set1_epi64((long long)hash));

	return (size_t)__builtin_ctz(ways | 1U << MEMO_WAYS) % MEMO_WAYS;
#elif defined(__AVX2__)
	const __m256i all = _mm256_set1_epi64x((long long)hash);
	unsigned int ways = 1U << MEMO_WAYS;

	for (size_t i = 0; i < MEMO_WAYS; i += 4) {
		__m256i four = _mm256_loadu_si256((const __m256i *)(tags + i));
		__m256d is = _mm256_castsi256_pd(_mm256_cmpeq_epi64(four, all));

		ways |= (unsigned int)_mm256_movemask_pd(is) << i;
	}
	return (size_t)__builtin_ctz(ways) % MEMO_WAYS;
#else
	size_t way = 0;

	for (size_t i = MEMO_WAYS; i-- > 0;)
		way = tags[i] == hash ? i : way;
	return way;
#endif
}

#endif
