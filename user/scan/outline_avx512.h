/* SPDX-License-Identifier: BSD-2-Clause */
/* Outlines of lines, 64 bytes at a time. */
#ifndef SCAN_OUTLINE_AVX512_H
#define SCAN_OUTLINE_AVX512_H

#include "memo.h"
#include "outline_bits.h"

/* A block of a line that ends before its byte n: what it is in the outline, and where it has digits. */
static inline __m512i outline_block(const u8 *text, size_t n, struct run_before *before,
				    u64 *ret_digits)
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

	*ret_digits = bits.digits;
	return _mm512_mask_mov_epi8(
		_mm512_mask_mov_epi8(v, bits.digits, _mm512_set1_epi8(ANY_DIGIT)), hex,
		_mm512_set1_epi8(ANY_HEX));
}

/*
 * What the rounds over its blocks have left, and the line's length, as 64 bits: two more rounds of AES, for in one a byte
 * changes four others only. Nothing hangs on it but how soon a line is found.
 */
static inline u64 hash_end(__m512i v, u64 n)
{
	const __m128i key = _mm_set_epi64x(0x6a09e667f3bcc909, (long long)n);
	__m256i four =
		_mm256_aesenc_epi128(_mm512_castsi512_si256(v), _mm512_extracti64x4_epi64(v, 1));
	__m128i two =
		_mm_aesenc_si128(_mm256_castsi256_si128(four), _mm256_extracti128_si256(four, 1));

	two = _mm_aesenc_si128(_mm_aesenc_si128(two, key), key);
	return (u64)_mm_cvtsi128_si64(two);
}

/* The outline of a line of n bytes, at most LINE_ROOM; returns its hash. Most have one block or two. */
static inline u64 outline_of(const u8 *text, size_t n, size_t room, u8 *to,
			     u64 ret_digits[LINE_BLOCKS + 1])
{
	struct run_before before = {0};
	__m512i block, state;

	(void)room; /* a masked load reads no more than it is told to */

	state = outline_block(text, n, &before, ret_digits);
	_mm512_storeu_si512(to, state);
	block = outline_block(text + (n > 64 ? 64 : 0), n > 64 ? n - 64 : 0, &before,
			      ret_digits + 1);
	ret_digits[2] = 0;
	_mm512_storeu_si512(to + 64, block);
	state = _mm512_aesenc_epi128(state, block);
	for (size_t i = 128; i < n; i += 64) {
		block = outline_block(text + i, n - i, &before, ret_digits + i / 64);
		ret_digits[i / 64 + 1] = 0;
		_mm512_storeu_si512(to + i, block);
		state = _mm512_aesenc_epi128(state, block);
	}
	return hash_end(state, n) | 1ULL << 63;
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

/* Where '\n' or `other` stands: a bit for a byte. */
static inline u64 line_ends(__m512i v, u8 other)
{
	return _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('\n')) |
	       _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8((char)other));
}

/*
 * How long the line is that text[0, room) begins with, with what ends it: '\n' or `other`. 0: it has no end, or
 * is longer than LINE_ROOM. Most have two blocks at most, and whether one would do is hard to guess.
 */
static inline size_t line_length(const u8 *text, size_t room, u8 other)
{
	size_t i = 0;

	if (room >= 128) {
		u64 first = line_ends(_mm512_loadu_si512(text), other);
		u64 second = line_ends(_mm512_loadu_si512(text + 64), other);

		if (first | second)
			return first ? (size_t)__builtin_ctzll(first) + 1
				     : (size_t)__builtin_ctzll(second) + 65;
		i = 128;
	}
	for (; i < room && i < LINE_ROOM; i += 64) {
		u64 ends = line_ends(_mm512_maskz_loadu_epi8(lowest(room - i), text + i), other);

		if (ends)
			return i + (size_t)__builtin_ctzll(ends) + 1;
	}
	return 0;
}

/*
 * Those places of a line, a bit for each, at which something may match by where the line has digits. Eight of them
 * are looked at whether there are as many or not: how many is hard to guess.
 */
static inline u32 places_left(const struct memo_line *l, const u64 digits[LINE_BLOCKS + 1])
{
	const __m512i line = _mm512_maskz_loadu_epi64(lowest(LINE_BLOCKS + 1) & 0xff, digits);
	const __m512i seen = _mm512_set1_epi64((1U << PLACE_SEEN) - 1), one = _mm512_set1_epi64(1);
	const struct place_digits *d = l->digits;
	u32 left = 0;
	size_t i = 0;

	do {
		__m512i at = _mm512_cvtepu16_epi64(_mm_loadu_si128((const __m128i *)(l->at + i)));
		__m512i word = _mm512_srli_epi64(at, 6);
		__m512i here = _mm512_shrdv_epi64(
			_mm512_permutexvar_epi64(word, line),
			_mm512_permutexvar_epi64(_mm512_add_epi64(word, one), line), at);
		__m512i first = _mm512_srlv_epi64(_mm512_loadu_si512(d->first),
						  _mm512_and_si512(here, seen));
		__m512i second = _mm512_srlv_epi64(
			_mm512_loadu_si512(d->second),
			_mm512_and_si512(_mm512_srli_epi64(here, PLACE_SEEN), seen));

		left |= (u32)_mm512_test_epi64_mask(_mm512_and_si512(first, second), one) << i;
		i += EIGHT_PLACES;
		d++;
	} while (i < l->nplaces);
	return left;
}

#endif
