/* SPDX-License-Identifier: BSD-2-Clause */
/* Outlines of lines, 64 bytes at a time. */
#ifndef SCAN_OUTLINE_AVX512_H
#define SCAN_OUTLINE_AVX512_H

#include "memo.h"

static const _Alignas(64) u8 bytes_by_value[128] = {
#define TEN(n) n, n + 1, n + 2, n + 3, n + 4, n + 5, n + 6, n + 7, n + 8, n + 9
	TEN(0),   TEN(10),  TEN(20), TEN(30), TEN(40), TEN(50), TEN(60), TEN(70), TEN(80), TEN(90),
	TEN(100), TEN(110), 120,     121,     122,     123,     124,     125,     126,     127,
#undef TEN
};

/* The block at `at` of a text of n bytes, zeros behind them. */
static inline __m512i some_block(const u8 *text, size_t n, size_t at)
{
	return _mm512_maskz_loadu_epi8(n > at ? lowest(n - at) : 0, text + at);
}

/* The first two blocks of a text; mostly they are there as a whole. */
static inline void two_blocks(const u8 *text, size_t room, __m512i ret_v[2])
{
	if (room >= 128) {
		ret_v[0] = _mm512_loadu_si512(text);
		ret_v[1] = _mm512_loadu_si512(text + 64);
	} else {
		ret_v[0] = some_block(text, room, 0);
		ret_v[1] = some_block(text, room, 64);
	}
}

/* What reading a line takes, in registers for all of a batch: from constants they would be made anew for each line. */
struct line_reader {
	__m512i newline, other; /* what ends a line */
	__m512i rough[2];       /* by byte, of ASCII: itself, or the blank that a hex digit is */
	__m512i blank, top, zero, nine;
};

static inline struct line_reader line_reader(u8 other)
{
	const __m512i blank = _mm512_set1_epi8(ANY_HEX);
	struct line_reader r = {
		.newline = _mm512_set1_epi8('\n'),
		.other = _mm512_set1_epi8((char)other),
		.blank = blank,
		.top = _mm512_set1_epi8((char)0x80),
		.zero = _mm512_set1_epi8('0'),
		.nine = _mm512_set1_epi8(9),
	};

	r.rough[0] =
		_mm512_mask_mov_epi8(_mm512_load_si512(bytes_by_value), 0x3ffULL << '0', blank);
	r.rough[1] = _mm512_mask_mov_epi8(_mm512_load_si512(bytes_by_value + 64),
					  0x3fULL << ('A' - 64) | 0x3fULL << ('a' - 64), blank);
	return r;
}

/* Finds what block i of a line has of hex digits, of those bytes that are in it; returns it as the rough outline has it. */
static inline __m512i block_read(const struct line_reader *r, __m512i v, u64 in, size_t i,
				 struct line *line)
{
	__m512i rough = _mm512_permutex2var_epi8(r->rough[0], v, r->rough[1]);

	/* The lookup takes seven bits of a byte: what is no ASCII keeps its eighth. */
	rough = _mm512_ternarylogic_epi64(rough, v, r->top, 0xf8);
	rough = _mm512_maskz_mov_epi8(in, rough);
	line->digits[i] = _mm512_mask_cmple_epu8_mask(in, _mm512_sub_epi8(v, r->zero), r->nine);
	line->hex[i] = _mm512_cmpeq_epi8_mask(rough, r->blank);
	return rough;
}

/*
 * What the rounds over its blocks have left, and the line's length, as 64 bits: two more rounds of AES, for in one a byte
 * changes four others only. Nothing hangs on it but how soon a line is found.
 */
static inline u64 hash_end(__m512i v, u64 n)
{
	const __m128i key = _mm_cvtsi64_si128((long long)n);
	__m256i four =
		_mm256_aesenc_epi128(_mm512_castsi512_si256(v), _mm512_extracti64x4_epi64(v, 1));
	__m128i two =
		_mm_aesenc_si128(_mm256_castsi256_si128(four), _mm256_extracti128_si256(four, 1));

	two = _mm_aesenc_si128(_mm_aesenc_si128(two, key), key);
	return (u64)_mm_cvtsi128_si64(two) | 1ULL << 63;
}

/* Where a line ends: a bit for a byte. */
static inline u64 line_ends(const struct line_reader *r, __m512i v)
{
	return _mm512_cmpeq_epi8_mask(v, r->newline) | _mm512_cmpeq_epi8_mask(v, r->other);
}

/* The bits up to the lowest of those set, and with it; all if there is none. */
static inline u64 up_to(u64 ends)
{
	return ends ^ (ends - 1);
}

/* line_read() for a line that does not end in its first two blocks. */
static __attribute__((noinline)) u64 long_line_read(const struct line_reader *r, const u8 *text,
						    size_t room, struct line *line)
{
	__m512i state = _mm512_setzero_si512();
	u64 ends = 0;
	size_t i;

	line->len = 0;
	for (i = 0; 64 * i < room && i < LINE_BLOCKS && !ends; i++) {
		__m512i v = some_block(text, room, 64 * i);
		u64 in;

		ends = line_ends(r, v);
		in = up_to(ends);
		state = _mm512_aesenc_epi128(state, block_read(r, v, in, i, line));
	}
	if (!ends)
		return 0;
	line->len = 64 * i - 63 + (size_t)__builtin_ctzll(ends);
	line->digits[i] = 0;
	return hash_end(state, line->len);
}

/*
 * Finds how long the line is that text[0, room) begins with, with what ends it, and what it has of hex digits; returns
 * the hash of its rough outline. A length of 0: it has no end, or is longer than LINE_ROOM. Most have two blocks at most,
 * and whether one would do is hard to guess.
 */
static inline u64 line_read(const struct line_reader *r, const u8 *text, size_t room,
			    struct line *line)
{
	__m512i v[2], first, second;
	u64 ends[2], in[2];

	two_blocks(text, room, v);
	ends[0] = line_ends(r, v[0]);
	ends[1] = line_ends(r, v[1]);
	if (!(ends[0] | ends[1]))
		return long_line_read(r, text, room, line);
	in[0] = up_to(ends[0]);
	in[1] = ends[0] ? 0 : up_to(ends[1]);
	line->len = (size_t)(__builtin_popcountll(in[0]) + __builtin_popcountll(in[1]));
	first = block_read(r, v[0], in[0], 0, line);
	second = block_read(r, v[1], in[1], 1, line);
	line->digits[2] = 0;
	return hash_end(_mm512_aesenc_epi128(first, second), line->len);
}

/* Where block i of a line, v, is not what the outline of l may stand for. */
static inline u64 block_differs(const struct memo_line *l, __m512i v, const struct line *line,
				size_t i)
{
	u64 same = l->behind[i] | (line->digits[i] & l->digit_blanks[i]) |
		   (line->hex[i] & l->hex_blanks[i]);

	return ~same & _mm512_cmpneq_epi8_mask(v, _mm512_load_si512(l->outline + 64 * i));
}

/* Whether a line, as long as l, is one that the outline of l stands for; text[0, room) begins with it. */
static inline bool line_fits(const struct memo_line *l, const u8 *text, size_t room,
			     const struct line *line)
{
	__m512i v[2];
	u64 differ;

	two_blocks(text, room, v);
	differ = block_differs(l, v[0], line, 0) | block_differs(l, v[1], line, 1);
	for (size_t i = 2; 64 * i < line->len; i++)
		differ |= block_differs(l, some_block(text, room, 64 * i), line, i);
	return !differ;
}

/* The first of a set's tags that is `hash`, or any if there is none. */
static inline size_t first_way(const u64 tags[MEMO_WAYS], u64 hash)
{
	_Static_assert(MEMO_WAYS == 4, "a vector of 32 bytes");
	const __m256i is = _mm256_cmpeq_epi64(_mm256_loadu_si256((const __m256i *)tags),
					      _mm256_set1_epi64x((long long)hash));
	unsigned int ways = (unsigned int)_mm256_movemask_pd(_mm256_castsi256_pd(is));

	return (size_t)__builtin_ctz(ways | 1U << MEMO_WAYS) % MEMO_WAYS;
}

/* What a set for each of eight places, a bit for c % 64, says of the bytes of a line's two blocks at `at`. */
static inline __m512i bytes_in(const u64 sets[EIGHT_PLACES], __m512i at, const __m512i v[2])
{
	__m512i bytes = _mm512_permutex2var_epi8(v[0], at, v[1]);

	return _mm512_srlv_epi64(_mm512_load_si512(sets),
				 _mm512_and_si512(bytes, _mm512_set1_epi64(63)));
}

/*
 * Those places of a line, a bit for each, at which something may match by place_digits. Eight of them are looked at
 * whether there are as many or not: how many is hard to guess.
 */
static inline u32 places_left(const struct memo_line *l, const u8 *text, size_t room,
			      const struct line *line)
{
	const __m512i digits =
		_mm512_maskz_loadu_epi64(lowest(LINE_BLOCKS + 1) & 0xff, line->digits);
	const __m512i seen = _mm512_set1_epi64((1U << PLACE_SEEN) - 1), one = _mm512_set1_epi64(1);
	const struct place_digits *d = l->digits;
	__m512i v[2];
	u32 left = 0;
	size_t i = 0;

	two_blocks(text, room, v);
	_Static_assert(BEGINS_SEEN == 128, "two blocks");
	do {
		__m512i at = _mm512_cvtepu16_epi64(_mm_load_si128((const __m128i *)(l->at + i)));
		__m512i word = _mm512_srli_epi64(at, 6);
		__m512i here = _mm512_shrdv_epi64(
			_mm512_permutexvar_epi64(word, digits),
			_mm512_permutexvar_epi64(_mm512_add_epi64(word, one), digits), at);
		__m512i pattern = _mm512_srlv_epi64(_mm512_load_si512(d->pattern),
						    _mm512_and_si512(here, seen));
		__m512i before = bytes_in(d->before, _mm512_sub_epi64(at, one), v);
		__m512i begin = bytes_in(d->begin, at, v);

		/* All three have to have it. */
		left |= (u32)_mm512_test_epi64_mask(
				_mm512_ternarylogic_epi64(pattern, before, begin, 0x80), one)
			<< i;
		i += EIGHT_PLACES;
		d++;
	} while (i < l->nplaces);
	return left;
}

#endif
