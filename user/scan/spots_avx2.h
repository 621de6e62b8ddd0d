/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which spots of a line are left, with AVX2 or more: four at a time. Of each, eight bytes are a number of 64 bits:
 *
 *      what stands before, the first byte, the second one, four more, and one that is not asked about
 */
#ifndef SCAN_SPOTS_AVX2_H
#define SCAN_SPOTS_AVX2_H

#include "memo.h"

static inline __m256i eight_bytes_of_four(const u8 *text, const struct memo_spot at[4])
{
	__m128i low = _mm_loadu_si64(text + at[0].at), high = _mm_loadu_si64(text + at[2].at);
	u64 second, fourth;

	memcpy(&second, text + at[1].at, sizeof(second));
	memcpy(&fourth, text + at[3].at, sizeof(fourth));
	return _mm256_set_m128i(_mm_insert_epi64(high, (long long)fourth, 1),
				_mm_insert_epi64(low, (long long)second, 1));
}

/* Which of four sets have the bit of that number. */
static inline __m256i in_sets(const u64 sets[4], __m256i numbers)
{
	return _mm256_srlv_epi64(_mm256_loadu_si256((const __m256i *)sets), numbers);
}

/* spots_left() of the four from the i-th on. Of a byte c, c % 64 is what a set is asked about. */
static inline u64 four_left(const struct memo_line *l, size_t i, const u8 *text)
{
	const struct spot_digits *d = &l->digits[i / FOUR_SPOTS];
	const __m256i bits = _mm256_set1_epi64x(0x20100804020100), low = _mm256_set1_epi64x(63);
	__m256i v = eight_bytes_of_four(text - 1, l->spots + i);
	__m256i over = _mm256_sub_epi8(v, _mm256_set1_epi8('0'));
	__m256i digits = _mm256_cmpeq_epi8(_mm256_min_epu8(over, _mm256_set1_epi8(9)), over);
	__m256i here = _mm256_sad_epu8(_mm256_and_si256(digits, bits), _mm256_setzero_si256());
	__m256i left;

	_Static_assert(SPOT_SEEN == 6, "as many bits");
	left = in_sets(d->pattern, here);
	left = _mm256_and_si256(left, in_sets(d->before, _mm256_and_si256(v, low)));
	v = _mm256_srli_epi64(v, 8);
	left = _mm256_and_si256(left, in_sets(d->begin, _mm256_and_si256(v, low)));
	v = _mm256_srli_epi64(v, 8);
	left = _mm256_and_si256(left, in_sets(d->second, _mm256_and_si256(v, low)));
	left = _mm256_slli_epi64(left, 63);
	return (u64)(u32)_mm256_movemask_pd(_mm256_castsi256_pd(left)) << i;
}

/*
 * Those spots of a line, a bit for each, at which something may match by spot_digits.
 *   text  the line, with a byte before it and SPOTS_BEHIND behind: what they are does not matter
 */
static inline u64 spots_left(const struct memo_line *l, const struct line *line, const u8 *text)
{
	u64 left = four_left(l, 0, text);

	(void)line;
	for (size_t i = FOUR_SPOTS; i < l->nspots; i += FOUR_SPOTS)
		left |= four_left(l, i, text);
	return left;
}

#endif
