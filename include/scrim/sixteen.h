/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sixteen bytes at once, as every CPU that scrim is built for has them: SSE2 on x86-64, NEON on
 * arm64. Most of it is the compiler's: operators on vectors, where a comparison gives a mask, a
 * byte of 0 or 0xff for each. What operators cannot say is here.
 */
#ifndef SCRIM_SIXTEEN_H
#define SCRIM_SIXTEEN_H

#include <scrim/base.h>
#include <string.h>

#if defined(__aarch64__)
#include <arm_neon.h>
#else
#include <immintrin.h>
#endif

typedef u8 sixteen __attribute__((vector_size(16)));
typedef signed char sixteen_signed __attribute__((vector_size(16)));

/* The bytes at p, which need not be aligned. */
static inline sixteen sixteen_load(const u8 *p)
{
	sixteen v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline void sixteen_store(u8 *p, sixteen v)
{
	memcpy(p, &v, sizeof(v));
}

/* c sixteen times. */
static inline sixteen sixteen_all(u8 c)
{
	return c - (sixteen){0};
}

/* Its bytes in another order: byte i is v[from[i]]. */
static inline sixteen sixteen_shuffle(sixteen v, sixteen from)
{
#if defined(__SSSE3__)
	return (sixteen)_mm_shuffle_epi8((__m128i)v, (__m128i)from);
#elif defined(__clang__) /* which the fuzzers are built by, and has no such function */
	sixteen to;

	for (int i = 0; i < 16; i++)
		to[i] = v[from[i] % 16];
	return to;
#else
	return __builtin_shuffle(v, from);
#endif
}

/* A bit for each byte of a mask, the lowest for byte 0. */
static inline unsigned int sixteen_bits(sixteen mask)
{
#if defined(__aarch64__)
	const uint8x16_t weights = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
	uint8x16_t sums = vandq_u8((uint8x16_t)mask, weights);

	for (int i = 0; i < 3; i++) /* of neighbours, until a half is one byte */
		sums = vpaddq_u8(sums, sums);
	return vgetq_lane_u16(vreinterpretq_u16_u8(sums), 0);
#else
	return (unsigned int)_mm_movemask_epi8((__m128i)mask);
#endif
}

/* A bit for each decimal digit. */
static inline unsigned int sixteen_digits(sixteen v)
{
	return sixteen_bits((sixteen)(v - '0' <= 9));
}

/* How many bytes of a mask are set: of the low half in *ret_low. Returns how many of the high. */
static inline size_t sixteen_count(sixteen mask, size_t *ret_low)
{
#if defined(__aarch64__)
	const uint8x16_t ones = (uint8x16_t)(0 - mask);

	*ret_low = vaddv_u8(vget_low_u8(ones));
	return vaddv_u8(vget_high_u8(ones));
#else
	const __m128i ones = (__m128i)(0 - mask), sums = _mm_sad_epu8(ones, _mm_setzero_si128());

	*ret_low = (unsigned int)_mm_cvtsi128_si32(sums);
	return (unsigned int)_mm_extract_epi16(sums, 4);
#endif
}

#endif
