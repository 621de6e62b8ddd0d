/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Outlines of lines, 64 bytes at a time. A line is translated to codes (outline_codes) once, and these are held against
 * those of an outline:
 *
 *      line      j  o  b     f  6  2  6
 *      codes     j  o  b    12  0  0  0         where they are not the same, and not less than a 13 either: it is no such
 *      outline   j  o  b    13 13 13 13         line
 */
#ifndef SCAN_OUTLINE_AVX512_H
#define SCAN_OUTLINE_AVX512_H

#include "memo.h"
#include "ways.h"

/* The block at `at` of a text of n bytes, zeros behind them. */
static inline __m512i some_block(const u8 *text, size_t n, size_t at)
{
	return _mm512_maskz_loadu_epi8(n > at ? lowest(n - at) : 0, text + at);
}

/*
 * The blocks of a line of CODED_ROOM bytes at most; there is no branch on how many it has, which is hard to guess. What
 * is behind it is not read.
 */
static inline void two_blocks(const u8 *text, size_t len, __m512i ret_v[2])
{
	ret_v[0] = _mm512_maskz_loadu_epi8(_bzhi_u64(~0ULL, (unsigned int)len), text);
	ret_v[1] = _mm512_maskz_loadu_epi8(lowest(len > 64 ? len - 64 : 0), text + 64);
}

/* What a compiler takes for no constant: those it would make anew at each use. */
static inline __m512i kept(__m512i v)
{
	__asm__("" : "+v"(v));
	return v;
}

/* The code of a byte of an outline, which tells by itself whether letters may stand for it. */
static inline void outline_code(u8 c, u8 *ret_code, u8 *ret_letters)
{
	*ret_code = c == ANY_HEX ? CODE_HEX : c < 128 ? outline_codes[c] : c;
	*ret_letters = 0;
}

/* What reading a line takes. */
struct line_reader {
	/* By the low half of a byte: that byte, if one ends a line, else one that has another low half. */
	__m512i ends;
	__m512i codes[2]; /* outline_codes */
	__m512i top, hex;
	__m128i key; /* of the scanner */
};

static inline struct line_reader line_reader(u8 other, u64 key)
{
	_Alignas(16) u8 ends[16] = {1};

	ends['\n' % 16] = '\n';
	ends[other % 16] = other;
	return (struct line_reader){
		.ends = kept(_mm512_broadcast_i32x4(_mm_load_si128((const __m128i *)ends))),
		.codes = {kept(_mm512_load_si512(outline_codes)),
			  kept(_mm512_load_si512(outline_codes + 64))},
		.top = kept(_mm512_set1_epi8((char)0x80)),
		.hex = kept(_mm512_set1_epi8(CODE_HEX)),
		.key = _mm_set1_epi64x((long long)key),
	};
}

/* A block by codes. */
static inline __m512i coded(const struct line_reader *r, __m512i v)
{
	__mmask64 ascii = _mm512_testn_epi8_mask(v, r->top);

	return _mm512_mask2_permutex2var_epi8(r->codes[0], v, ascii, r->codes[1]);
}

/* The rough outline of a block by codes. */
static inline __m512i rough(const struct line_reader *r, __m512i codes)
{
	return _mm512_max_epu8(codes, r->hex);
}

/*
 * What the rounds over its blocks have left, the line's length and the key, as 64 bits: two more rounds of AES, for in one a byte
 * changes four others only. Nothing hangs on it but how soon a line is found.
 */
static inline u64 hash_end(const struct line_reader *r, __m512i v, u64 n)
{
	__m256i four =
		_mm256_aesenc_epi128(_mm512_castsi512_si256(v), _mm512_extracti64x4_epi64(v, 1));
	__m128i two =
		_mm_aesenc_si128(_mm256_castsi256_si128(four), _mm256_extracti128_si256(four, 1));

	two = _mm_aesenc_si128(two, _mm_cvtsi64_si128((long long)n));
	two = _mm_aesenc_si128(two, r->key);
	return (u64)_mm_cvtsi128_si64(two) | 1ULL << 63;
}

/* Where lines end in the first 64 of n bytes: a bit for a byte. */
static inline u64 line_ends(const struct line_reader *r, const u8 *text, size_t n)
{
	__m512i v = kept(n < 64 ? some_block(text, n, 0) : _mm512_loadu_si512(text));

	return _mm512_cmpeq_epi8_mask(_mm512_shuffle_epi8(r->ends, v), v);
}

/* Keeps the codes of a line's first bytes. */
static inline void keep_codes(struct line *line, __m512i first, __m512i second)
{
	_mm512_store_si512(line->coded, first);
	_mm512_store_si512(line->coded + 64, second);
}

/*
 * Finds the codes of a line of CODED_ROOM bytes at most, where and how long it is being known, and returns the hash of its
 * rough outline. Most have two blocks, and whether one would do is hard to guess.
 */
static inline u64 line_read(const struct line_reader *r, const u8 *end, struct line *line)
{
	__m512i v[2];

	(void)end; /* nothing behind the line is read */
	two_blocks(line->text, line->len, v);
	v[0] = coded(r, v[0]);
	v[1] = coded(r, v[1]);
	keep_codes(line, v[0], v[1]);
	return hash_end(r, _mm512_aesenc_epi128(rough(r, v[0]), rough(r, v[1])), line->len);
}

/* The same of a longer one. */
static __attribute__((noinline)) u64 long_line_read(const struct line_reader *r, struct line *line)
{
	__m512i state = _mm512_setzero_si512();

	keep_codes(line, coded(r, _mm512_loadu_si512(line->text)),
		   coded(r, _mm512_loadu_si512(line->text + 64)));
	for (size_t at = 0; at < line->len; at += 64)
		state = _mm512_aesenc_epi128(
			state, rough(r, coded(r, some_block(line->text, line->len, at))));
	return hash_end(r, state, line->len);
}

/* Where codes are not what that part of an outline says that is at `at`. */
static inline u64 codes_differ(const struct line_reader *r, const struct memo_line *l,
			       __m512i codes, size_t at)
{
	__m512i outline = _mm512_load_si512(l->coded + at);
	__mmask64 hex = _mm512_cmpeq_epi8_mask(outline, r->hex);

	return _mm512_cmpneq_epi8_mask(_mm512_mask_max_epu8(codes, hex, codes, r->hex), outline);
}

/* line_fits() behind the bytes that are kept by codes. */
static __attribute__((noinline)) bool rest_fits(const struct line_reader *r,
						const struct memo_line *l, const struct line *line)
{
	u64 differ = 0;

	for (size_t at = CODED_ROOM; at < line->len; at += 64)
		differ |= codes_differ(r, l, coded(r, some_block(line->text, line->len, at)), at);
	return !differ;
}

/* Whether a line, as long as l, is one that the outline of l stands for. */
static inline bool line_fits(const struct line_reader *r, const struct memo_line *l,
			     const struct line *line)
{
	u64 differ = codes_differ(r, l, _mm512_load_si512(line->coded), 0) |
		     codes_differ(r, l, _mm512_load_si512(line->coded + 64), 64);

	return !differ && (line->len <= CODED_ROOM || rest_fits(r, l, line));
}

/* 64 if there is none: compilers know no such function, and would take a branch. */
static inline size_t first_bit(u64 bits)
{
	return _tzcnt_u64(bits);
}

#endif
