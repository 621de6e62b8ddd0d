/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 32 bytes at a time. First each byte's class, 4 bits; then, for each place of the shapes, a
 * shuffle turns the class of the byte there into the shapes it fits:
 *
 *     text       M  R  N  :  1  2  3
 *     class      3  3  3  5  1  1  1           kept in `classes`, a byte each
 *     fits       at[0][class[p - 1]] & at[1][class[p]] & at[2][class[p + 1]] & ...
 *
 * A class is looked up by both halves of a byte. A shuffle has room for two rows of sixteen
 * bytes that share their upper half: one in the low four bits, one in the high four.
 */
#ifndef SCAN_VEC_AVX2_H
#define SCAN_VEC_AVX2_H

#include <immintrin.h>
#include <string.h>

#include "list_bits.h"

#define ISA_BANKS   AVX2_BANKS
#define QUICK_BANK  0    /* none: no place is left to quick forms alone */
#define CHUNK       2048 /* bytes whose classes are kept at a time, a multiple of 64 */
#define LABEL_CHUNK (32 + CHUNK + 32)
#define TAIL_PLACES 4 /* of HEAP_PLACES: each costs six shuffles */

/* Rows 2 and 3, 4 and 5, 6 and 7 of ASCII; the other rows are of one class each. */
struct class_tables {
	__m256i low[3], high[3], rows;
};

static inline __m256i twice(const u8 *table)
{
	return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)table));
}

static inline u64 bits_of(__m256i tops)
{
	return (u32)_mm256_movemask_epi8(tops);
}

static inline struct class_tables class_tables(const struct prefilter *pf)
{
	struct class_tables t;

	for (int i = 0; i < 3; i++) {
		t.low[i] = twice(pf->class_low[i]);
		t.high[i] = twice(pf->class_high[i]);
	}
	t.rows = twice(pf->class_rows);
	return t;
}

static inline __m256i classes_of(const struct class_tables *t, __m256i bytes)
{
	const __m256i nibble = _mm256_set1_epi8(0x0f);
	__m256i low = _mm256_and_si256(bytes, nibble);
	__m256i high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), nibble);
	__m256i both = _mm256_setzero_si256();

#pragma GCC unroll 3
	for (int i = 0; i < 3; i++)
		both = _mm256_or_si256(both,
				       _mm256_and_si256(_mm256_shuffle_epi8(t->low[i], low),
							_mm256_shuffle_epi8(t->high[i], high)));
	both = _mm256_and_si256(_mm256_or_si256(both, _mm256_srli_epi16(both, 4)), nibble);
	return _mm256_or_si256(both, _mm256_shuffle_epi8(t->rows, high));
}

/* Classes of text[from, from + n), n <= 64, and of nothing up to 64: to[0, 64). */
static inline void classify64(const struct class_tables *t, const struct prefilter *pf,
			      const struct scan_job *job, size_t from, size_t n, u8 *to)
{
	const u8 *text = job->text + from;
	u8 copy[64];

	if (n < 64) {
		memcpy(copy, text, n);
		text = copy;
	}
	for (int i = 0; i < 64; i += 32)
		_mm256_storeu_si256((__m256i *)(to + i),
				    classes_of(t, _mm256_loadu_si256((const __m256i *)(text + i))));
	if (n < 64)
		memset(to + n, job->ends ? pf->class['\n'] : pf->wild, 64 - n);
}

/*
 * Where shapes fit text[at, at + n), n <= CHUNK: bit i of word w for a match that begins at
 * at + 64 w + i (candidates; zoned, if a label stands before), or an anchor there.
 */
static inline void shapes_fit(const struct prefilter *pf, const struct scan_job *job, size_t at,
			      size_t n, struct fits *to)
{
	const __m256i anchor = _mm256_set1_epi8((char)BANK0_ANCHOR);
	const __m256i plain = _mm256_set1_epi8(BANK0_PLAIN), zero = _mm256_setzero_si256();
	const struct class_tables t = class_tables(pf);
	u8 classes[64 + CHUNK + 64]; /* from 63 on */
	u8 *first = classes + 64;    /* of text[at] */
	__m256i places[ISA_BANKS][NEAR_DEPTH];

	first[-1] = pf->class[at ? job->text[at - 1] : '\n'];
	for (size_t i = 0; i < n + NEAR_DEPTH; i += 64) {
		size_t left = at + i < job->len ? job->len - at - i : 0;

		classify64(&t, pf, job, at + i, left < 64 ? left : 64, first + i);
	}
	for (int i = 0; i < NEAR_DEPTH; i++)
		for (int bank = 0; bank < ISA_BANKS; bank++)
			places[bank][i] = twice(pf->fits_class[bank][i]);
	for (size_t w = 0; w < (n + 63) / 64; w++) {
		u64 none = 0, zoned = 0, anchors = 0;

		for (int half = 0; half < 64; half += 32) {
			const u8 *c = first + 64 * w + half - 1;
			__m256i fit[ISA_BANKS], any = zero;

#pragma GCC unroll 4
			for (int bank = 0; bank < ISA_BANKS; bank++)
				fit[bank] = _mm256_set1_epi8(-1);
#pragma GCC unroll 8
			for (int i = 0; i < NEAR_DEPTH; i++) {
				__m256i class = _mm256_loadu_si256((const __m256i *)(c + i));

#pragma GCC unroll 4
				for (int bank = 0; bank < ISA_BANKS; bank++)
					fit[bank] = _mm256_and_si256(
						fit[bank],
						_mm256_shuffle_epi8(places[bank][i], class));
			}
#pragma GCC unroll 4
			for (int bank = 0; bank < ISA_BANKS; bank++) {
				u8 *fits = to->fit[bank] + 64 * w + half;

				_mm256_storeu_si256((__m256i *)fits, fit[bank]);
				any = bank ? _mm256_or_si256(any, fit[bank])
					   : _mm256_and_si256(plain, fit[bank]);
			}
			anchors |=
				bits_of(_mm256_cmpgt_epi8(_mm256_and_si256(fit[0], anchor), zero))
				<< half;
			anchors |= bits_of(fit[0]) << half;
			zoned |= bits_of(_mm256_slli_epi16(fit[0], 7 - SHAPE_ZONED)) << half;
			none |= bits_of(_mm256_cmpeq_epi8(any, zero)) << half;
		}
		to->candidates[w] = ~none;
		to->others[w] = ~0ULL;
		to->zoned[w] = zoned;
		to->anchors[w] = anchors;
	}
	if (n % 64) {
		to->candidates[n / 64] &= ~(~0ULL << n % 64);
		to->zoned[n / 64] &= ~(~0ULL << n % 64);
		to->anchors[n / 64] &= ~(~0ULL << n % 64);
	}
}

/* Rows 2 to 7 of ASCII at a place of label_filter; what control bytes, and those over 0x7f, fit. */
struct label_tables {
	__m256i rows[TAIL_PLACES][6], control[TAIL_PLACES], high[TAIL_PLACES];
};

static inline struct label_tables label_tables(const struct label_filter *lf)
{
	struct label_tables t;

#pragma GCC unroll 4
	for (int k = 0; k < TAIL_PLACES; k++) {
#pragma GCC unroll 6
		for (int r = 0; r < 6; r++)
			t.rows[k][r] = twice(lf->fits[0][k] + 16 * (r + 2));
		t.control[k] = _mm256_set1_epi8((char)lf->fits[0][k]['\n']);
		t.high[k] = _mm256_set1_epi8((char)lf->fits[0][k][0x80]);
	}
	return t;
}

/*
 * What each byte fits at each place. A shuffle gives 0 where the index's top bit is set: with
 * 0x70 added, that is where the byte is not of the row.
 */
static inline void label_places(const struct label_tables *t, __m256i bytes, u8 (*to)[LABEL_CHUNK],
				size_t at)
{
	const __m256i control = _mm256_cmpgt_epi8(_mm256_set1_epi8(' '), bytes),
		      high = _mm256_cmpgt_epi8(_mm256_setzero_si256(), bytes);
	__m256i fit[TAIL_PLACES];

#pragma GCC unroll 4
	for (int k = 0; k < TAIL_PLACES; k++)
		fit[k] = _mm256_blendv_epi8(_mm256_and_si256(control, t->control[k]), t->high[k],
					    high);
#pragma GCC unroll 6
	for (int r = 0; r < 6; r++) {
		__m256i index = _mm256_adds_epu8(
			_mm256_xor_si256(bytes, _mm256_set1_epi8((char)(16 * (r + 2)))),
			_mm256_set1_epi8(0x70));

#pragma GCC unroll 4
		for (int k = 0; k < TAIL_PLACES; k++)
			fit[k] = _mm256_or_si256(fit[k], _mm256_shuffle_epi8(t->rows[k][r], index));
	}
#pragma GCC unroll 4
	for (int k = 0; k < TAIL_PLACES; k++)
		_mm256_storeu_si256((__m256i *)(to[k] + at), fit[k]);
}

/* A bit for each is_letter(). */
static inline u64 letters_of(__m256i bytes)
{
	__m256i low = _mm256_or_si256(bytes, _mm256_set1_epi8(0x20));
	__m256i past = _mm256_sub_epi8(low, _mm256_set1_epi8('a'));
	__m256i gaps = _mm256_cmpeq_epi8(low, _mm256_set1_epi8((char)0xe2));
	__m256i ascii = _mm256_cmpeq_epi8(_mm256_min_epu8(past, _mm256_set1_epi8(25)), past);

	return bits_of(_mm256_or_si256(ascii, _mm256_andnot_si256(gaps, bytes)));
}

/* Where a label may have ended before text[at, at + n): bit i of word w for at + 64 w + i. */
static inline void labels_fit(const struct label_filter *lf, const struct scan_job *job, size_t at,
			      size_t n, u64 *ends)
{
	const struct label_tables t = label_tables(lf);
	const __m256i zero = _mm256_setzero_si256();
	u8 fits[TAIL_PLACES][LABEL_CHUNK], edge[32]; /* from 32 on: text[at] */
	u64 letters, before = at && is_letter(job->text[at - 1]);
	size_t back = at < 32 ? at : 32;

	memset(edge, '\n', sizeof(edge));
	memcpy(edge + 32 - back, job->text + at - back, back);
	label_places(&t, _mm256_loadu_si256((const __m256i *)edge), fits, 0);
	memset(ends, 0, (n + 63) / 64 * sizeof(*ends));
	for (size_t i = 0; i < n; i += 32) {
		const u8 *p = job->text + at + i;
		__m256i bytes;

		if (n - i < 32)
			p = memcpy(edge, p, n - i);
		bytes = _mm256_loadu_si256((const __m256i *)p);
		label_places(&t, bytes, fits, 32 + i);
		ends[i / 64] |= letters_of(bytes) << i % 64;
	}
	if (n % 64 && n % 64 <= 32)
		memset(fits[0] + 32 + n / 64 * 64 + 32, 0, 32);
	for (size_t i = 0; i < n; i += 64) {
		u64 none = 0;

		for (size_t half = 0; half < 64; half += 32) {
			__m256i fit = _mm256_set1_epi8(-1);

#pragma GCC unroll 4
			for (size_t k = 0; k < TAIL_PLACES; k++)
				fit = _mm256_and_si256(
					fit, _mm256_loadu_si256((const __m256i *)(fits[k] + 31 + i +
										  half - k)));
			none |= bits_of(_mm256_cmpeq_epi8(fit, zero)) << half;
		}
		letters = ends[i / 64];
		ends[i / 64] = ~none & ~(letters & (letters << 1 | before));
		before = letters >> 63;
	}
	if (n % 64)
		ends[n / 64] &= ~(~0ULL << n % 64);
}

static inline const u8 *find_control(const u8 *p, const u8 *end, u8 c)
{
	const __m256i vc = _mm256_set1_epi8((char)c), last = _mm256_set1_epi8(' ' - 1);

	for (; end - p >= 32; p += 32) {
		__m256i v = _mm256_loadu_si256((const __m256i *)p);
		__m256i hit = _mm256_or_si256(_mm256_cmpeq_epi8(v, vc),
					      _mm256_cmpeq_epi8(_mm256_min_epu8(v, last), v));
		u32 mask = (u32)_mm256_movemask_epi8(hit);

		if (mask)
			return p + __builtin_ctz(mask);
	}
	while (p < end && *p >= ' ' && *p != c)
		p++;
	return p;
}

#endif
