/* SPDX-License-Identifier: BSD-2-Clause */
/* Outlines of lines, 64 bytes at a time. */
#ifndef SCAN_OUTLINE_AVX512_H
#define SCAN_OUTLINE_AVX512_H

#include "memo.h"
#include "outline_bits.h"

/* A block of a line that ends before its byte n: what it is in the outline. */
static inline __m512i outline_block(const u8 *text, size_t n, struct run_before *before)
{
	const __m512i v = _mm512_maskz_loadu_epi8(lowest(n), text);
	const __m512i letter =
		_mm512_sub_epi8(_mm512_or_si512(v, _mm512_set1_epi8(0x20)), _mm512_set1_epi8('a'));
	struct block_bits bits = {
		.digits = _mm512_cmple_epu8_mask(_mm512_sub_epi8(v, _mm512_set1_epi8('0')),
						 _mm512_set1_epi8(9)),
		.letters = _mm512_cmple_epu8_mask(letter, _mm512_set1_epi8(5)),
		.others = _mm512_cmple_epu8_mask(_mm512_sub_epi8(letter, _mm512_set1_epi8(6)),
						 _mm512_set1_epi8(19)),
	};
	u64 hex = hex_runs(&bits, before);

	return _mm512_mask_mov_epi8(
		_mm512_mask_mov_epi8(v, bits.digits, _mm512_set1_epi8(ANY_DIGIT)), hex,
		_mm512_set1_epi8(ANY_HEX));
}

/* What a block, times what it is by itself, adds to the hash. */
static inline __m512i hash_block(__m512i block, __m512i key)
{
	const __m512i v = _mm512_xor_si512(block, key);

	return _mm512_mul_epu32(v, _mm512_srli_epi64(v, 32));
}

/* The sum of all lanes; the compiler's own adds signed numbers. */
static inline u64 add_lanes(__m512i v)
{
	__m256i four = _mm256_add_epi64(_mm512_castsi512_si256(v), _mm512_extracti64x4_epi64(v, 1));
	__m128i two =
		_mm_add_epi64(_mm256_castsi256_si128(four), _mm256_extracti128_si256(four, 1));

	return (u64)_mm_cvtsi128_si64(_mm_add_epi64(two, _mm_srli_si128(two, 8)));
}

/* The outline of a line of n bytes, at most LINE_ROOM; returns its hash. Most have one block or two. */
static inline u64 outline_of(const u8 *text, size_t n, size_t room, u8 *to)
{
	static const u64 factors[8] = {
		0x9e3779b97f4a7c15, 0x6a09e667f3bcc909, 0x3243f6a8885a308d, 0xbb67ae8584caa73b,
		0xb7e151628aed2a6b, 0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x1f83d9abfb41bd6b,
	};
	const __m512i odd = _mm512_loadu_si512(factors);
	__m512i key = _mm512_add_epi64(odd, odd), block, sum;
	struct run_before before = {0};
	u64 hash;

	(void)room; /* a masked load reads no more than it is told to */

	block = outline_block(text, n, &before);
	_mm512_storeu_si512(to, block);
	sum = hash_block(block, odd);
	block = outline_block(text + (n > 64 ? 64 : 0), n > 64 ? n - 64 : 0, &before);
	_mm512_storeu_si512(to + 64, block);
	sum = _mm512_add_epi64(sum, hash_block(block, key));
	for (size_t i = 128; i < n; i += 64) {
		block = outline_block(text + i, n - i, &before);
		_mm512_storeu_si512(to + i, block);
		key = _mm512_add_epi64(key, odd);
		sum = _mm512_add_epi64(sum, hash_block(block, key));
	}
	hash = (add_lanes(sum) ^ n) * 0x9e3779b97f4a7c15;
	return (hash ^ hash >> 32) | 1ULL << 63;
}

/* Whether the outlines of two lines of n bytes are the same. */
static inline bool outline_same(const u8 *x, const u8 *y, size_t n)
{
	__mmask64 differ =
		_mm512_cmpneq_epi8_mask(_mm512_loadu_si512(x), _mm512_loadu_si512(y)) |
		_mm512_cmpneq_epi8_mask(_mm512_loadu_si512(x + 64), _mm512_loadu_si512(y + 64));

	for (size_t i = 128; i < n; i += 64)
		differ |= _mm512_cmpneq_epi8_mask(_mm512_loadu_si512(x + i),
						  _mm512_loadu_si512(y + i));
	return !differ;
}

/* Where '\n' or `other` stands in text[0, n), n <= 64: a bit for a byte. */
static inline u64 line_ends(const u8 *text, size_t n, u8 other)
{
	const __m512i v = _mm512_maskz_loadu_epi8(lowest(n), text);

	return _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('\n')) |
	       _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8((char)other));
}

#endif
