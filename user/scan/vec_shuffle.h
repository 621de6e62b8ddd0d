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
 * There are few classes for many kinds of bytes, so what a byte's lower half alone rules out is
 * taken out of that again. A class is looked up by both halves of a byte: a shuffle has room for
 * two rows of sixteen bytes that share their upper half, one in the low four bits, one in the high
 * four.
 *
 * A vec_*.h includes this behind what is its own: WIDTH, the type vec of that many bytes,
 * ISA_BANKS, and
 *
 *     vec_table(table)       sixteen entries, for vec_lookup()
 *     vec_lookup(t, index)   the entries of the indexes: below 16, or NO_ENTRY, for which it gives 0
 *     vec_bits(mask)         a bit for each byte of a mask; in a mask they are 0 or 0xff
 *
 * All else is said in operators on vectors.
 */
#ifndef SCAN_VEC_SHUFFLE_H
#define SCAN_VEC_SHUFFLE_H

#include <string.h>

#include "list_bits.h"

#define QUICK_BANK 0    /* none: no place is left to quick forms alone */
#define CHUNK      2048 /* bytes whose classes are kept at a time, a multiple of 64 */
#define NO_ENTRY   0x80 /* index of a lookup */

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

/* What the shapes need to know of a chunk's bytes, from 63 on. */
struct classified {
	u8 class[64 + CHUNK + 64], low[64 + CHUNK + 64];
};

/* The 64 bytes from i on are text[from, from + n), n <= 64, and behind it nothing. */
static inline void classify64(const struct class_tables *t, const struct prefilter *pf,
			      const struct scan_job *job, size_t from, size_t n,
			      struct classified *to, size_t i)
{
	const u8 *text = job->text + from;
	u8 copy[64];

	if (n < 64) {
		memcpy(copy, text, n);
		text = copy;
	}
	for (size_t part = 0; part < 64; part += WIDTH) {
		vec bytes = vec_load(text + part);

		vec_store(to->class + i + part, classes_of(t, bytes));
		vec_store(to->low + i + part, bytes & vec_all(0x0f));
	}
	if (n < 64) {
		memset(to->class + i + n, job->ends ? pf->class['\n'] : pf->wild, 64 - n);
		memset(to->low + i + n, job->ends ? '\n' % 16 : NO_ENTRY, 64 - n);
	}
}

/* What a byte fits at each place by its class, and does not by its lower half. */
struct shape_tables {
	vec class[ISA_BANKS][NEAR_DEPTH], not_low[ISA_BANKS][NEAR_DEPTH];
};

static inline void shape_tables(const struct prefilter *pf, struct shape_tables *ret_tables)
{
	for (int i = 0; i < NEAR_DEPTH; i++) {
		for (int bank = 0; bank < ISA_BANKS; bank++) {
			ret_tables->class[bank][i] = vec_table(pf->fits_class[bank][i]);
			ret_tables->not_low[bank][i] = vec_table(pf->not_low[bank][i]);
		}
	}
}

/* Which shapes of the first banks fit, where `class` and `low` are of the bytes before each match. */
static inline __attribute__((always_inline)) void fit_places(const struct shape_tables *t,
							     const u8 *class, const u8 *low,
							     int banks, vec ret_fit[ISA_BANKS])
{
	vec fit[ISA_BANKS];

#pragma GCC unroll 4
	for (int bank = 0; bank < ISA_BANKS; bank++)
		fit[bank] = vec_all(bank < banks ? 0xff : 0);
#pragma GCC unroll 8
	for (int i = 0; i < NEAR_DEPTH; i++) {
		vec by_class = vec_load(class + i), by_low = vec_load(low + i);

#pragma GCC unroll 4
		for (int bank = 0; bank < banks; bank++) {
			fit[bank] &= vec_lookup(t->class[bank][i], by_class);
			fit[bank] &= ~vec_lookup(t->not_low[bank][i], by_low);
		}
	}
#pragma GCC unroll 4
	for (int bank = 0; bank < ISA_BANKS; bank++)
		ret_fit[bank] = fit[bank];
}

/* shapes_fit() of n bytes, where the first banks have shapes. */
static inline __attribute__((always_inline)) void words_fit(const struct shape_tables *tables,
							    const struct classified *c, size_t n,
							    int banks, struct fits *to)
{
	const vec anchor = vec_all(BANK0_ANCHOR), zone = vec_all(BANK0_ZONED);
	const vec plain = vec_all(BANK0_PLAIN);

	for (size_t w = 0; w < (n + 63) / 64; w++) {
		u64 none = 0, zoned = 0, anchors = 0;

		for (size_t part = 0; part < 64; part += WIDTH) {
			size_t place = 64 + 64 * w + part;
			vec fit[ISA_BANKS], any = vec_all(0);

			fit_places(tables, c->class + place - 1, c->low + place - 1, banks, fit);
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
}

/*
 * Where shapes fit text[at, at + n), n <= CHUNK: bit i of word w for a match that begins at
 * at + 64 w + i (candidates; zoned, if a label stands before), or an anchor there.
 */
static inline void shapes_fit(const struct prefilter *pf, const struct scan_job *job, size_t at,
			      size_t n, struct fits *to)
{
	const struct class_tables t = class_tables(pf);
	u8 before = at ? job->text[at - 1] : '\n';
	struct shape_tables tables;
	struct classified c;

	shape_tables(pf, &tables);
	c.class[63] = pf->class[before];
	c.low[63] = before % 16;
	for (size_t i = 0; i < n + NEAR_DEPTH; i += 64) {
		size_t left = at + i < job->len ? job->len - at - i : 0;

		classify64(&t, pf, job, at + i, left < 64 ? left : 64, &c, 64 + i);
	}
	/* Few rules leave banks empty. */
	if (pf->banks == 1)
		words_fit(&tables, &c, n, 1, to);
	else
		words_fit(&tables, &c, n, ISA_BANKS, to);
	if (n % 64) {
		to->candidates[n / 64] &= ~(~0ULL << n % 64);
		to->zoned[n / 64] &= ~(~0ULL << n % 64);
		to->anchors[n / 64] &= ~(~0ULL << n % 64);
	}
}

/* A bit for each is_letter(). */
static inline u64 letters_of(vec bytes)
{
	vec low = bytes | vec_all(0x20);
	vec gaps = vec_equal(low, vec_all(0xe2)), high = vec_over(vec_all(0), bytes);

	return vec_bits(vec_at_most(low - vec_all('a'), 25) | (high & ~gaps));
}

/* Both halves of a chunk's bytes, from WIDTH on. */
struct halves {
	u8 low[WIDTH + CHUNK + WIDTH], high[WIDTH + CHUNK + WIDTH];
};

static inline void halve(struct halves *to, size_t i, vec bytes)
{
	/* It is written here, not read. */
	/* cppcheck-suppress ctuuninitvar */
	vec_store(to->low + i, bytes & vec_all(0x0f));
	vec_store(to->high + i, bytes >> 4);
}

/* Adds to `some` where the heaps of a bank fit: one bank's tables all stay in registers. */
static inline void heaps_fit(const struct label_filter *lf, int bank, const struct halves *halves,
			     size_t n, u64 *some)
{
	const u64 all = ~0ULL >> (64 - WIDTH);
	vec low[HEAP_PLACES], high[HEAP_PLACES];

#pragma GCC unroll 6
	for (int k = 0; k < HEAP_PLACES; k++) {
		low[k] = vec_table(lf->low[bank][k]);
		high[k] = vec_table(lf->high[bank][k]);
	}
	for (size_t i = 0; i < n; i += WIDTH) {
		vec fit = vec_all(0xff);

#pragma GCC unroll 6
		for (size_t k = 0; k < HEAP_PLACES; k++) {
			fit &= vec_lookup(low[k], vec_load(halves->low + WIDTH - 1 + i - k));
			fit &= vec_lookup(high[k], vec_load(halves->high + WIDTH - 1 + i - k));
		}
		some[i / 64] |= (vec_bits(vec_equal(fit, vec_all(0))) ^ all) << i % 64;
	}
}

/* Where a label may have ended before text[at, at + n): bit i of word w for at + 64 w + i. */
static inline void labels_fit(const struct label_filter *lf, const struct scan_job *job, size_t at,
			      size_t n, u64 *ends)
{
	u64 letters[CHUNK / 64] = {0}, before = at && is_letter(job->text[at - 1]);
	size_t back = at < WIDTH ? at : WIDTH;
	struct halves halves;
	u8 edge[WIDTH];

	memset(edge, '\n', sizeof(edge));
	memcpy(edge + WIDTH - back, job->text + at - back, back);
	halve(&halves, 0, vec_load(edge));
	for (size_t i = 0; i < n; i += WIDTH) {
		const u8 *p = job->text + at + i;
		vec bytes;

		if (n - i < WIDTH)
			p = memcpy(edge, p, n - i);
		bytes = vec_load(p);
		halve(&halves, WIDTH + i, bytes);
		letters[i / 64] |= letters_of(bytes) << i % 64;
	}
	memset(ends, 0, (n + 63) / 64 * sizeof(*ends));
	for (int bank = 0; bank < lf->banks; bank++)
		heaps_fit(lf, bank, &halves, n, ends);
	for (size_t w = 0; w < (n + 63) / 64; w++) {
		ends[w] &= ~(letters[w] & (letters[w] << 1 | before));
		before = letters[w] >> 63;
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
