/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 64 bytes at a time, as vec_shuffle.h does with fewer; but a lookup by byte is one instruction
 * (two registers hold the 128 entries of ASCII), and one by class may tell 64 of them apart.
 */
#ifndef SCAN_VEC_AVX512_H
#define SCAN_VEC_AVX512_H

#include <immintrin.h>
#include <string.h>

#define ISA_BANKS  AVX512_BANKS
#define QUICK_BANK (ISA_BANKS - 1) /* the shapes of forms with a quick way */
#define CHUNK      2048            /* bytes whose classes are kept at a time, a multiple of 64 */

/* A table by byte; all over 0x7f have the same entry. */
struct byte_table {
	__m512i low, high, over;
};

static inline struct byte_table byte_table(const u8 table[256])
{
	return (struct byte_table){
		.low = _mm512_loadu_si512(table),
		.high = _mm512_loadu_si512(table + 64),
		.over = _mm512_set1_epi8((char)table[0x80]),
	};
}

static inline __m512i look_up(const struct byte_table *t, __m512i bytes)
{
	return _mm512_mask_mov_epi8(_mm512_permutex2var_epi8(t->low, bytes, t->high),
				    _mm512_movepi8_mask(bytes), t->over);
}

/* Entries of a table by class; it is read where it is. */
static inline __m512i by_class(__m512i classes, const u8 table[CLASSES])
{
	return _mm512_permutexvar_epi8(classes, _mm512_load_si512(table));
}

/* x & y & z */
static inline __m512i and3(__m512i x, __m512i y, __m512i z)
{
	return _mm512_ternarylogic_epi64(x, y, z, 0x80);
}

/* The lowest n bits. */
static inline u64 lowest(size_t n)
{
	return _bzhi_u64(~0ULL, n < 64 ? (unsigned int)n : 64);
}

/* Which shapes fit the 64 bytes whose classes begin behind `classes`: of the first banks, `plain` of them, and if `quick` the last. */
static inline __attribute__((always_inline)) void fit_banks(const struct prefilter *pf,
							    const u8 *classes, int plain,
							    bool quick, __m512i ret_fit[ISA_BANKS])
{
#pragma GCC unroll 8
	for (int bank = 0; bank < ISA_BANKS; bank++)
		ret_fit[bank] = bank < plain || (quick && bank == QUICK_BANK)
					? _mm512_set1_epi8(-1)
					: _mm512_setzero_si512();
#pragma GCC unroll 10
	for (int k = 0; k < SHAPE_DEPTH; k += 2) {
		__m512i c = _mm512_loadu_si512(classes + k);
		__m512i next = _mm512_loadu_si512(classes + 1 + k);

#pragma GCC unroll 8
		for (int bank = 0; bank < ISA_BANKS; bank++)
			if (bank < plain || (quick && bank == QUICK_BANK))
				ret_fit[bank] =
					and3(ret_fit[bank], by_class(c, pf->fits_class[bank][k]),
					     by_class(next, pf->fits_class[bank][k + 1]));
	}
}

/* shapes_fit() of n bytes whose classes begin behind `classes`, where some banks have shapes. */
static inline __attribute__((always_inline)) void words_fit(const struct prefilter *pf,
							    const u8 *classes, size_t n, int banks,
							    bool quick, struct fits *to)
{
	const __m512i anchors = _mm512_set1_epi8((char)BANK0_ANCHOR);
	const __m512i zoned = _mm512_set1_epi8(BANK0_ZONED), plain = _mm512_set1_epi8(BANK0_PLAIN);

	for (size_t i = 0; i < n; i += 64) {
		__m512i fit[ISA_BANKS], any;

		fit_banks(pf, classes + i, banks, quick, fit);
		any = _mm512_and_si512(fit[0], plain);
#pragma GCC unroll 8
		for (int bank = 0; bank < ISA_BANKS; bank++) {
			_mm512_storeu_si512(to->fit[bank] + i, fit[bank]);
			if (bank && bank != QUICK_BANK)
				any = _mm512_or_si512(any, fit[bank]);
		}
		to->others[i / 64] = _mm512_test_epi8_mask(any, any);
		any = _mm512_or_si512(any, fit[QUICK_BANK]);
		to->anchors[i / 64] = _mm512_test_epi8_mask(fit[0], anchors);
		to->zoned[i / 64] = _mm512_test_epi8_mask(fit[0], zoned);
		to->candidates[i / 64] = _mm512_test_epi8_mask(any, any);
	}
}

/*
 * Where shapes fit text[at, at + n), n <= CHUNK: bit i of word w for a match that begins at
 * at + 64 w + i (candidates; zoned, if a label stands before), or an anchor there.
 */
static inline void shapes_fit(const struct prefilter *pf, const struct scan_job *job, size_t at,
			      size_t n, struct fits *to)
{
	const struct byte_table class = byte_table(pf->class);
	const __m512i nothing = _mm512_set1_epi8((char)(job->ends ? pf->class['\n'] : pf->wild));
	u8 classes[64 + CHUNK + 64]; /* from 63 on */

	classes[63] = pf->class[at ? job->text[at - 1] : '\n'];
	for (size_t i = 0; i < n + SHAPE_DEPTH; i += 64) {
		u64 there = lowest(at + i < job->len ? job->len - at - i : 0);
		__m512i bytes = _mm512_maskz_loadu_epi8(there, job->text + at + i);

		_mm512_storeu_si512(classes + 64 + i,
				    _mm512_mask_mov_epi8(nothing, there, look_up(&class, bytes)));
	}
	/* Few rules leave banks empty. */
	if (pf->banks == 1 && !pf->quick)
		words_fit(pf, classes + 63, n, 1, false, to);
	else if (pf->banks == 1)
		words_fit(pf, classes + 63, n, 1, true, to);
	else if (pf->banks <= 3)
		words_fit(pf, classes + 63, n, 3, true, to);
	else
		words_fit(pf, classes + 63, n, QUICK_BANK, true, to);
	if (n % 64) {
		to->candidates[n / 64] &= lowest(n % 64);
		to->zoned[n / 64] &= lowest(n % 64);
		to->anchors[n / 64] &= lowest(n % 64);
	}
}

/* A bit for each is_letter(). */
static inline u64 letters_of(__m512i bytes)
{
	__m512i low = _mm512_or_si512(bytes, _mm512_set1_epi8(0x20));
	__m512i past = _mm512_sub_epi8(low, _mm512_set1_epi8('a'));

	return _mm512_mask_cmpneq_epu8_mask(_mm512_movepi8_mask(bytes), low,
					    _mm512_set1_epi8((char)0xe2)) |
	       _mm512_cmple_epu8_mask(past, _mm512_set1_epi8(25));
}

/* Leaves those bits of n places, whose classes end before `classes`, where a heap of the first banks fits. */
static inline __attribute__((always_inline)) void
heaps_fit(const struct label_filter *lf, const u8 *classes, size_t n, int banks, u64 *ends)
{
	for (size_t i = 0; i < n; i += 64) {
		__m512i c[HEAP_PLACES], any = _mm512_setzero_si512();

#pragma GCC unroll 6
		for (size_t k = 0; k < HEAP_PLACES; k++)
			c[k] = _mm512_loadu_si512(classes - 1 + i - k);
#pragma GCC unroll 4
		for (int bank = 0; bank < banks; bank++) {
			__m512i fit = and3(by_class(c[0], lf->fits_class[bank][0]),
					   by_class(c[1], lf->fits_class[bank][1]),
					   by_class(c[2], lf->fits_class[bank][2]));

			fit = and3(fit, by_class(c[3], lf->fits_class[bank][3]),
				   by_class(c[4], lf->fits_class[bank][4]));
			/* any | (fit & the last) */
			any = _mm512_ternarylogic_epi64(
				any, fit, by_class(c[5], lf->fits_class[bank][5]), 0xf8);
		}
		ends[i / 64] &= _mm512_test_epi8_mask(any, any);
	}
}

/* Where a label may have ended before text[at, at + n), n <= CHUNK: bit i of word w for at + 64 w + i. */
static inline void labels_fit(const struct label_filter *lf, const struct scan_job *job, size_t at,
			      size_t n, u64 *ends)
{
	const struct byte_table class = byte_table(lf->class);
	u8 classes[64 + CHUNK]; /* from 64 - HEAP_PLACES on */
	u64 letters, before = at && is_letter(job->text[at - 1]);

	for (size_t k = 1; k <= HEAP_PLACES; k++)
		classes[64 - k] = lf->class[at < k ? '\n' : job->text[at - k]];
	for (size_t i = 0; i < n; i += 64) {
		__m512i bytes = _mm512_maskz_loadu_epi8(lowest(n - i), job->text + at + i);

		_mm512_storeu_si512(classes + 64 + i, look_up(&class, bytes));
		letters = letters_of(bytes);
		ends[i / 64] = ~(letters & (letters << 1 | before));
		before = letters >> 63;
	}
	if (lf->banks == 1)
		heaps_fit(lf, classes + 64, n, 1, ends);
	else
		heaps_fit(lf, classes + 64, n, HEAP_BANKS, ends);
	if (n % 64)
		ends[n / 64] &= lowest(n % 64);
}

/*
 * Writes the places of bits, from `place` on, to `to`, where there is room for LIST_ROOM more: 32
 * are written whether there are as many or not. Returns how many there are.
 */
#define LIST_ROOM 64
static inline size_t list_bits(u64 bits, size_t place, u16 *to)
{
	static const u8 counted[64] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12,
				       13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25,
				       26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38,
				       39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51,
				       52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
	const __m512i at = _mm512_maskz_compress_epi8(bits, _mm512_loadu_si512(counted));
	const __m512i from = _mm512_set1_epi16((short)place);
	size_t n = (size_t)__builtin_popcountll(bits);

	_mm512_storeu_si512(
		to, _mm512_add_epi16(from, _mm512_cvtepu8_epi16(_mm512_castsi512_si256(at))));
	if (n > 32)
		_mm512_storeu_si512(
			to + 32, _mm512_add_epi16(from, _mm512_cvtepu8_epi16(
								_mm512_extracti64x4_epi64(at, 1))));
	return n;
}

static inline const u8 *find_control(const u8 *p, const u8 *end, u8 c)
{
	const __m512i vc = _mm512_set1_epi8((char)c), space = _mm512_set1_epi8(' ');

	for (; p < end; p += 64) {
		u64 there = lowest((size_t)(end - p));
		__m512i v = _mm512_maskz_loadu_epi8(there, p);
		u64 hit = _mm512_mask_cmpeq_epi8_mask(there, v, vc) |
			  _mm512_mask_cmplt_epu8_mask(there, v, space);

		if (hit)
			return p + __builtin_ctzll(hit);
	}
	return end;
}

#endif
