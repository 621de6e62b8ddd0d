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

#define CHUNK 2048 /* bytes whose classes are kept at a time, a multiple of 64 */

/* Rows 2 and 3, 4 and 5, 6 and 7 of ASCII; the other rows are of one class each. */
struct class_tables {
	__m256i low[3], high[3], rows;
};

static inline __m256i twice(const u8 *table)
{
	return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)table));
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
		memset(to + n, job->ends ? pf->class['\n'] : CLASS_WILD, 64 - n);
}

/*
 * Where shapes fit text[at, at + n), n <= CHUNK: bit i of word w for a match that begins at
 * at + 64 w + i (candidates), or an anchor there.
 */
static inline void shapes_fit(const struct prefilter *pf, const struct scan_job *job, size_t at,
			      size_t n, u64 *candidates, u64 *anchors)
{
	const __m256i anchor = _mm256_set1_epi8((char)(1 << SHAPE_ANCHOR)),
		      zero = _mm256_setzero_si256();
	const struct class_tables t = class_tables(pf);
	u8 classes[64 + CHUNK + 64]; /* from 63 on */
	u8 *first = classes + 64;    /* of text[at] */
	__m256i places[SHAPE_DEPTH];

	first[-1] = pf->class[at ? job->text[at - 1] : '\n'];
	for (size_t i = 0; i < n + SHAPE_DEPTH; i += 64) {
		size_t left = at + i < job->len ? job->len - at - i : 0;

		classify64(&t, pf, job, at + i, left < 64 ? left : 64, first + i);
	}
	for (int i = 0; i < SHAPE_DEPTH; i++)
		places[i] = twice(pf->fits_class[i]);
	for (size_t w = 0; w < (n + 63) / 64; w++) {
		u64 none = 0, anch = 0;

		for (int half = 0; half < 64; half += 32) {
			const u8 *c = first + 64 * w + half - 1;
			__m256i fit = _mm256_set1_epi8(-1);

			for (int i = 0; i < SHAPE_DEPTH; i++)
				fit = _mm256_and_si256(
					fit, _mm256_shuffle_epi8(
						     places[i],
						     _mm256_loadu_si256((const __m256i *)(c + i))));
			anch |= (u64)(u32)_mm256_movemask_epi8(fit) << half;
			none |= (u64)(u32)_mm256_movemask_epi8(
					_mm256_cmpeq_epi8(_mm256_andnot_si256(anchor, fit), zero))
				<< half;
		}
		candidates[w] = ~none;
		anchors[w] = anch;
	}
	if (n % 64) {
		candidates[n / 64] &= ~(~0ULL << n % 64);
		anchors[n / 64] &= ~(~0ULL << n % 64);
	}
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
