/* SPDX-License-Identifier: BSD-2-Clause */
/* `fill` on sixteen bytes at once: digits become 1, letters X and x. Matches come by the million. */
#ifndef MASK_FILL_SIXTEEN_H
#define MASK_FILL_SIXTEEN_H

#include <emmintrin.h>
#include <scrim/base.h>

/* 0xff for each byte of v in [from, to]: with `from` taken off, those are the least. */
static inline __m128i fill_between(__m128i v, char from, char to)
{
	__m128i past = _mm_sub_epi8(v, _mm_set1_epi8(from));

	return _mm_cmpeq_epi8(_mm_min_epu8(past, _mm_set1_epi8((char)(to - from))), past);
}

/* Fills v; *ret_filled: 0xff for each byte replaced. */
static inline __m128i fill_sixteen(__m128i v, __m128i *ret_filled)
{
	__m128i digits = fill_between(v, '0', '9'), upper = fill_between(v, 'A', 'Z');
	__m128i lower =
		_mm_or_si128(fill_between(v, 'a', 'z'), _mm_cmplt_epi8(v, _mm_setzero_si128()));
	__m128i filled = _mm_or_si128(_mm_or_si128(digits, upper), lower);
	__m128i with = _mm_or_si128(_mm_or_si128(_mm_and_si128(digits, _mm_set1_epi8('1')),
						 _mm_and_si128(upper, _mm_set1_epi8('X'))),
				    _mm_and_si128(lower, _mm_set1_epi8('x')));

	*ret_filled = filled;
	return _mm_or_si128(_mm_andnot_si128(filled, v), with);
}

/* How many bytes of each half are 0xff: the low in *ret_low. Returns the high. */
static inline size_t fill_count(__m128i filled, size_t *ret_low)
{
	__m128i sums = _mm_sad_epu8(_mm_sub_epi8(_mm_setzero_si128(), filled), _mm_setzero_si128());

	*ret_low = (size_t)_mm_cvtsi128_si32(sums);
	return (size_t)_mm_cvtsi128_si32(_mm_srli_si128(sums, 8));
}

/*
 * As mask_fill(), for at most FILL_ROOM bytes where that many may be written: what is behind the
 * value is written as it was.
 */
#define FILL_ROOM 16
static inline size_t fill_roomy(u8 *p, size_t len)
{
	static const u8 part[32] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	};
	const __m128i v = _mm_loadu_si128((const __m128i *)p);
	const __m128i mine = _mm_loadu_si128((const __m128i *)(part + FILL_ROOM - len));
	__m128i filled, with = fill_sixteen(v, &filled);
	size_t high, low;

	filled = _mm_and_si128(filled, mine);
	with = _mm_xor_si128(v, _mm_and_si128(_mm_xor_si128(v, with), mine));
	_mm_storeu_si128((__m128i *)p, with);
	high = fill_count(filled, &low);
	return high + low;
}

#endif
