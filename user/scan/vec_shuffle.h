/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The prefilter for CPUs whose shuffle looks up a vector of bytes at once in a table of sixteen:
 * AVX2, SSE4.2, NEON. First each byte's class, 4 bits; then, for each place of the shapes, a
 * shuffle turns the class of the byte there into the shapes it fits:
 *
 *     text       M  R  N  :  1  2  3
 *     class      3  3  3  5  1  1  1           kept in `classes`, a byte each
 *     fits       at[0][class[p - 1]] & at[1][class[p]] & at[2][class[p + 1]] & ...
 *
 * A class is looked up by both halves of a byte. A shuffle has room for two rows of sixteen
 * bytes that share their upper half: one in the low four bits, one in the high four.
 *
 * A vec_*.h includes this behind what is its own: WIDTH, the type vec of that many bytes,
 * ISA_BANKS, and
 *
 *     vec_table(table)       sixteen entries, for vec_lookup()
 *     vec_lookup(t, index)   the entries of the indexes, all below 16
 *     vec_row(bytes, row)    indexes for vec_lookup() where a byte's upper half is `row`; elsewhere
 *                            it gives 0 for them
 *     vec_bits(mask)         a bit for each byte of a mask; in a mask they are 0 or 0xff
 *     vec_pick(mask, x, y)   x where the mask is set, y elsewhere
 *
 * All else is said in operators on vectors.
 */
#ifndef SCAN_VEC_SHUFFLE_H
#define SCAN_VEC_SHUFFLE_H

#include <string.h>

#include "list_bits.h"

#define QUICK_BANK  0    /* none: no place is left to quick forms alone */
#define CHUNK       2048 /* bytes whose classes are kept at a time, a multiple of 64 */
#define LABEL_CHUNK (WIDTH + CHUNK + WIDTH)
#define TAIL_PLACES 4 /* of HEAP_PLACES: each costs six shuffles */

/* The same bytes as signed ones, and as pairs. */
typedef signed char vec_signed __attribute__((vector_size(WIDTH)));
typedef u16 vec_pairs __attribute__((vector_size(WIDTH)));

static inline vec vec_load(const u8 *p)
{
	vec v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline void vec_store(u8 *p, vec v)
{
	memcpy(p, &v, sizeof(v));
}

static inline vec vec_all(u8 c)
{
	return c - (vec){0};
}

static inline vec vec_equal(vec x, vec y)
{
	return (vec)(x == y);
}

/* Where x > y, as signed numbers: no byte over 0x7f is over another. */
static inline vec vec_over(vec x, vec y)
{
	return (vec)((vec_signed)x > (vec_signed)y);
}

static inline vec vec_at_most(vec x, u8 c)
{
	return (vec)(x <= vec_all(c));
}

/* Where none of these bits is set, a bit. */
static inline u64 bits_without(vec x, vec bits)
{
	return vec_bits(vec_equal(x & bits, vec_all(0)));
}

/* Rows 2 and 3, 4 and 5, 6 and 7 of ASCII; the other rows are of one class each. */
struct class_tables {
	vec low[3], high[3], rows;
};

static inline struct class_tables class_tables(const struct prefilter *pf)
{
	struct class_tables t;

	for (int i = 0; i < 3; i++) {
		t.low[i] = vec_table(pf->class_low[i]);
		t.high[i] = vec_table(pf->class_high[i]);
	}
	t.rows = vec_table(pf->class_rows);
	return t;
}

static inline vec classes_of(const struct class_tables *t, vec bytes)
{
	const vec nibble = vec_all(0x0f);
	vec low = bytes & nibble, high = bytes >> 4, both = vec_all(0);

#pragma GCC unroll 3
	for (int i = 0; i < 3; i++)
		both |= vec_lookup(t->low[i], low) & vec_lookup(t->high[i], high);
	both = (both | (vec)((vec_pairs)both >> 4)) & nibble;
	return both | vec_lookup(t->rows, high);
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
	for (int i = 0; i < 64; i += WIDTH)
		vec_store(to + i, classes_of(t, vec_load(text + i)));
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
	const vec anchor = vec_all(BANK0_ANCHOR), zone = vec_all(BANK0_ZONED);
	const vec plain = vec_all(BANK0_PLAIN);
	const struct class_tables t = class_tables(pf);
	u8 classes[64 + CHUNK + 64]; /* from 63 on */
	u8 *first = classes + 64;    /* of text[at] */
	vec places[ISA_BANKS][NEAR_DEPTH];

	first[-1] = pf->class[at ? job->text[at - 1] : '\n'];
	for (size_t i = 0; i < n + NEAR_DEPTH; i += 64) {
		size_t left = at + i < job->len ? job->len - at - i : 0;

		classify64(&t, pf, job, at + i, left < 64 ? left : 64, first + i);
	}
	for (int i = 0; i < NEAR_DEPTH; i++)
		for (int bank = 0; bank < ISA_BANKS; bank++)
			places[bank][i] = vec_table(pf->fits_class[bank][i]);
	for (size_t w = 0; w < (n + 63) / 64; w++) {
		u64 none = 0, zoned = 0, anchors = 0;

		for (int part = 0; part < 64; part += WIDTH) {
			const u8 *c = first + 64 * w + part - 1;
			vec fit[ISA_BANKS], any = vec_all(0);

#pragma GCC unroll 4
			for (int bank = 0; bank < ISA_BANKS; bank++)
				fit[bank] = vec_all(0xff);
#pragma GCC unroll 8
			for (int i = 0; i < NEAR_DEPTH; i++) {
				vec class = vec_load(c + i);

#pragma GCC unroll 4
				for (int bank = 0; bank < ISA_BANKS; bank++)
					fit[bank] &= vec_lookup(places[bank][i], class);
			}
#pragma GCC unroll 4
			for (int bank = 0; bank < ISA_BANKS; bank++) {
				vec_store(to->fit[bank] + 64 * w + part, fit[bank]);
				any |= bank ? fit[bank] : plain & fit[bank];
			}
			anchors |= bits_without(fit[0], anchor) << part;
			zoned |= bits_without(fit[0], zone) << part;
			none |= vec_bits(vec_equal(any, vec_all(0))) << part;
		}
		to->candidates[w] = ~none;
		to->others[w] = ~0ULL;
		to->zoned[w] = ~zoned;
		to->anchors[w] = ~anchors;
	}
	if (n % 64) {
		to->candidates[n / 64] &= ~(~0ULL << n % 64);
		to->zoned[n / 64] &= ~(~0ULL << n % 64);
		to->anchors[n / 64] &= ~(~0ULL << n % 64);
	}
}

/* Rows 2 to 7 of ASCII at a place of label_filter; what control bytes, and those over 0x7f, fit. */
struct label_tables {
	vec rows[TAIL_PLACES][6], control[TAIL_PLACES], high[TAIL_PLACES];
};

static inline struct label_tables label_tables(const struct label_filter *lf)
{
	struct label_tables t;

#pragma GCC unroll 4
	for (int k = 0; k < TAIL_PLACES; k++) {
#pragma GCC unroll 6
		for (int r = 0; r < 6; r++)
			t.rows[k][r] = vec_table(lf->fits[0][k] + 16 * (r + 2));
		t.control[k] = vec_all(lf->fits[0][k]['\n']);
		t.high[k] = vec_all(lf->fits[0][k][0x80]);
	}
	return t;
}

/* What each byte fits at each place. */
static inline void label_places(const struct label_tables *t, vec bytes, u8 (*to)[LABEL_CHUNK],
				size_t at)
{
	const vec control = vec_over(vec_all(' '), bytes), high = vec_over(vec_all(0), bytes);
	vec fit[TAIL_PLACES];

#pragma GCC unroll 4
	for (int k = 0; k < TAIL_PLACES; k++)
		fit[k] = vec_pick(high, t->high[k], control & t->control[k]);
#pragma GCC unroll 6
	for (int r = 0; r < 6; r++) {
		vec index = vec_row(bytes, (u8)(r + 2));

#pragma GCC unroll 4
		for (int k = 0; k < TAIL_PLACES; k++)
			fit[k] |= vec_lookup(t->rows[k][r], index);
	}
#pragma GCC unroll 4
	for (int k = 0; k < TAIL_PLACES; k++)
		vec_store(to[k] + at, fit[k]);
}

/* A bit for each is_letter(). */
static inline u64 letters_of(vec bytes)
{
	vec low = bytes | vec_all(0x20);
	vec gaps = vec_equal(low, vec_all(0xe2)), high = vec_over(vec_all(0), bytes);

	return vec_bits(vec_at_most(low - vec_all('a'), 25) | (high & ~gaps));
}

/* Where a label may have ended before text[at, at + n): bit i of word w for at + 64 w + i. */
static inline void labels_fit(const struct label_filter *lf, const struct scan_job *job, size_t at,
			      size_t n, u64 *ends)
{
	const struct label_tables t = label_tables(lf);
	u8 fits[TAIL_PLACES][LABEL_CHUNK], edge[WIDTH]; /* from WIDTH on: text[at] */
	u64 letters, before = at && is_letter(job->text[at - 1]);
	size_t back = at < WIDTH ? at : WIDTH, whole = (n + WIDTH - 1) / WIDTH * WIDTH;

	memset(edge, '\n', sizeof(edge));
	memcpy(edge + WIDTH - back, job->text + at - back, back);
	label_places(&t, vec_load(edge), fits, 0);
	memset(ends, 0, (n + 63) / 64 * sizeof(*ends));
	for (size_t i = 0; i < n; i += WIDTH) {
		const u8 *p = job->text + at + i;
		vec bytes;

		if (n - i < WIDTH)
			p = memcpy(edge, p, n - i);
		bytes = vec_load(p);
		label_places(&t, bytes, fits, WIDTH + i);
		ends[i / 64] |= letters_of(bytes) << i % 64;
	}
	for (size_t i = whole; i % 64; i += WIDTH)
		vec_store(fits[0] + WIDTH + i, vec_all(0));
	for (size_t i = 0; i < n; i += 64) {
		u64 none = 0;

		for (size_t part = 0; part < 64; part += WIDTH) {
			vec fit = vec_all(0xff);

#pragma GCC unroll 4
			for (size_t k = 0; k < TAIL_PLACES; k++)
				fit &= vec_load(fits[k] + WIDTH - 1 + i + part - k);
			none |= vec_bits(vec_equal(fit, vec_all(0))) << part;
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
	for (; end - p >= WIDTH; p += WIDTH) {
		vec v = vec_load(p);
		u64 hits = vec_bits(vec_equal(v, vec_all(c)) | vec_at_most(v, ' ' - 1));

		if (hits)
			return p + __builtin_ctzll(hits);
	}
	while (p < end && *p >= ' ' && *p != c)
		p++;
	return p;
}

#endif
