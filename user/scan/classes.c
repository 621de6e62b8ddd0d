/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes by class, so that a byte's fit can be looked up in registers: 16 entries are a shuffle.
 *
 * Bytes that fit the same shapes at the same places begin in one class; control bytes share a
 * class from the begin, and so do bytes over 0x7f (the vector code tells them apart by their
 * upper half only). While there are too many, the two classes are put together that let
 * through least: a class fits what any of its bytes fits. Which two that may be is told by how common bytes
 * are (rate.c); of the best few, by what the shapes then find on the page.
 */
#include "classes.h"
#include <errno.h>
#include <float.h>
#include <string.h>

#define CLOSE 8 /* pairs that are looked at on the page */

static struct fit fit_of(const struct prefilter *pf, unsigned int c)
{
	struct fit fit;

	for (int bank = 0; bank < BANKS; bank++)
		for (int i = 0; i < SHAPE_DEPTH; i++)
			fit.of[bank][i] = pf->fits[bank][i][c];
	return fit;
}

static void fit_join(struct fit *fit, const struct fit *other)
{
	for (int bank = 0; bank < BANKS; bank++)
		for (int i = 0; i < SHAPE_DEPTH; i++)
			fit->of[bank][i] |= other->of[bank][i];
}

static bool alike(const struct classes *cs, const struct fit *fit, unsigned int c,
		  unsigned int other)
{
	return !memcmp(&cs->class[cs->of[other]].fit, fit, sizeof(*fit)) &&
	       (other >= 0x20 && other < 0x80) && (c >= 0x20 && c < 0x80);
}

/* Which byte's class c goes into without a choice, or c itself. */
static unsigned int companion(const struct classes *cs, const struct fit *fit, unsigned int c)
{
	if (c < 0x20 || c >= 0x80)
		return c < 0x20 ? 0 : 0x80;
	for (unsigned int other = 0x20; other < c; other++)
		if (alike(cs, fit, c, other))
			return other;
	return c;
}

static void class_take(struct class *class, u8 c)
{
	class->bytes[class->n++] = c;
}

static void divide(struct classes *cs, const struct prefilter *pf)
{
	for (unsigned int c = 0; c < 256; c++) {
		struct fit fit = fit_of(pf, c);
		unsigned int with = companion(cs, &fit, c);

		cs->of[c] = (u8)(with == c ? cs->n++ : cs->of[with]);
		fit_join(&cs->class[cs->of[c]].fit, &fit);
		class_take(&cs->class[cs->of[c]], (u8)c);
	}
}

/* The masses of all sets, as the classes are now. */
struct sums {
	struct mass at[SHAPES][SHAPE_DEPTH];
	float rate[SHAPES];
};

/* Adds m to place i of those of a bank's shapes that are in `fit`. */
static void add(struct sums *sums, int bank, int i, unsigned int fit, const struct mass *m)
{
	for (; fit; fit &= fit - 1)
		mass_sum(&sums->at[8 * bank + __builtin_ctz(fit)][i], m);
}

/* Of what needs a label, little is asked. */
static float weighed(const struct classes *cs, const struct mass *at, int s)
{
	return masses_rate(at, cs->depth) * (s == SHAPE_ZONED ? 0.02f : 1);
}

static void sum_up(const struct classes *cs, struct sums *ret_sums)
{
	memset(ret_sums, 0, sizeof(*ret_sums));
	for (unsigned int c = 0; c < 256; c++) {
		const struct fit *fit = &cs->class[cs->of[c]].fit;

		for (int bank = 0; bank < BANKS; bank++)
			for (int i = 0; i < cs->depth; i++)
				add(ret_sums, bank, i,
				    class_lets_through(cs, c, bank, i, fit->of[bank][i]),
				    &cs->mass[c]);
	}
	for (int s = 0; s < SHAPES; s++)
		ret_sums->rate[s] = weighed(cs, ret_sums->at[s], s);
}

/* The mass of those bytes of a class that shape s lets through at place i if their class fits. */
static void grow(const struct classes *cs, const struct class *class, int s, int i, struct mass *m)
{
	for (unsigned int n = 0; n < class->n; n++)
		if (class_lets_through(cs, class->bytes[n], s / 8, i, 1U << s % 8))
			mass_sum(m, &cs->mass[class->bytes[n]]);
}

/* The masses of shape s, in `at`, if a and b are put together. Returns its rate then. */
static float together(const struct classes *cs, int s, const struct class *a, const struct class *b,
		      struct mass at[SHAPE_DEPTH])
{
	for (int i = 0; i < cs->depth; i++) {
		bool x = a->fit.of[s / 8][i] >> s % 8 & 1, y = b->fit.of[s / 8][i] >> s % 8 & 1;

		if (y && !x)
			grow(cs, a, s, i, &at[i]);
		if (x && !y)
			grow(cs, b, s, i, &at[i]);
	}
	return weighed(cs, at, s);
}

/* How much more shape s finds if a and b are put together. */
static float more(const struct classes *cs, const struct sums *now, int s, const struct class *a,
		  const struct class *b)
{
	struct mass at[SHAPE_DEPTH];

	memcpy(at, now->at[s], sizeof(at));
	return together(cs, s, a, b, at) - now->rate[s];
}

/* They will be. */
static void sums_join(const struct classes *cs, struct sums *now, const struct class *a,
		      const struct class *b)
{
	for (int bank = 0; bank < BANKS; bank++) {
		for (unsigned int m = classes_grown(cs, bank, a, b); m; m &= m - 1) {
			int s = 8 * bank + __builtin_ctz(m);

			now->rate[s] = together(cs, s, a, b, now->at[s]);
		}
	}
}

static float loss(const struct classes *cs, const struct sums *now, const struct class *a,
		  const struct class *b)
{
	float sum = 0;

	for (int bank = 0; bank < BANKS; bank++)
		for (unsigned int m = classes_grown(cs, bank, a, b); m; m &= m - 1)
			sum += more(cs, now, 8 * bank + __builtin_ctz(m), a, b);
	return sum;
}

static void join(struct classes *cs, unsigned int i, unsigned int j)
{
	fit_join(&cs->class[i].fit, &cs->class[j].fit);
	for (unsigned int k = 0; k < cs->class[j].n; k++)
		class_take(&cs->class[i], cs->class[j].bytes[k]);
	cs->class[j] = cs->class[--cs->n];
	for (unsigned int k = 0; k < cs->n; k++)
		cs->loss[j][k] = cs->loss[k][j] = cs->loss[cs->n][k];
	for (unsigned int c = 0; c < 256; c++) {
		if (cs->of[c] == j)
			cs->of[c] = (u8)i;
		else if (cs->of[c] == cs->n)
			cs->of[c] = (u8)j;
	}
}

/* What class i would lose with any other of the first n. */
static void weigh(struct classes *cs, const struct sums *now, unsigned int i, unsigned int n)
{
	for (unsigned int j = 0; j < n; j++)
		if (j != i)
			cs->loss[i][j] = cs->loss[j][i] =
				loss(cs, now, &cs->class[i], &cs->class[j]);
}

/* The CLOSE pairs that lose least, by how common bytes are: i < j of each, the best first. */
static unsigned int find_close(const struct classes *cs, unsigned int pairs[CLOSE][2])
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < cs->n; i++) {
		for (unsigned int j = i + 1; j < cs->n; j++) {
			unsigned int at = n < CLOSE ? n : CLOSE - 1;

			if (n == CLOSE && cs->loss[i][j] >= cs->loss[pairs[at][0]][pairs[at][1]])
				continue;
			n += n < CLOSE;
			for (; at && cs->loss[pairs[at - 1][0]][pairs[at - 1][1]] > cs->loss[i][j];
			     at--)
				memcpy(pairs[at], pairs[at - 1], sizeof(pairs[at]));
			pairs[at][0] = i;
			pairs[at][1] = j;
		}
	}
	return n;
}

/* What others lose with each other is not weighed anew: it changes little. */
static void join_cheapest(struct classes *cs, struct sums *now)
{
	unsigned int pairs[CLOSE][2], n = find_close(cs, pairs), best = 0;
	float least = FLT_MAX, loss;

	for (unsigned int k = 0; k < n; k++) {
		loss = class_view_loss(cs, &cs->class[pairs[k][0]], &cs->class[pairs[k][1]], least);
		if (loss < least) {
			least = loss;
			best = k;
		}
	}
	class_view_join(cs, &cs->class[pairs[best][0]], &cs->class[pairs[best][1]]);
	sums_join(cs, now, &cs->class[pairs[best][0]], &cs->class[pairs[best][1]]);
	join(cs, pairs[best][0], pairs[best][1]);
	weigh(cs, now, pairs[best][0], cs->n);
}

static void cut_for_shuffles(struct prefilter *pf)
{
	for (unsigned int i = 0; i < 3; i++) {
		const u8 *rows = pf->class + 16 * (2 * i + 2);

		for (unsigned int low = 0; low < 16; low++)
			pf->class_low[i][low] = (u8)(rows[low] | rows[16 + low] << 4);
		pf->class_high[i][2 * i + 2] = 0x0f;
		pf->class_high[i][2 * i + 3] = 0xf0;
	}
	for (unsigned int high = 0; high < 16; high++)
		pf->class_rows[high] = high < 2 || high >= 8 ? pf->class[16 * high] : 0;
}

/* By the lower half of a byte alone. */
static void look_low(struct prefilter *pf)
{
	memset(pf->not_low, 0xff, sizeof(pf->not_low));
	for (int bank = 0; bank < BANKS; bank++)
		for (int i = 0; i < SHAPE_DEPTH; i++)
			for (unsigned int c = 0; c < 256; c++)
				pf->not_low[bank][i][c % 16] &= (u8)~pf->fits[bank][i][c];
}

int classes_choose(struct prefilter *pf, const struct pages *pages, unsigned int n)
{
	struct classes cs = {.depth = n <= CLASSES_CUT ? NEAR_DEPTH : SHAPE_DEPTH,
			     .pf = pf,
			     .view = class_view_new(pages)};
	struct sums now;

	if (!cs.view)
		return -ENOMEM;
	if (n <= CLASSES_CUT)
		look_low(pf);
	for (unsigned int c = 0; c < 256; c++)
		mass_add(&cs.mass[c], (u8)c);
	divide(&cs, pf);
	sum_up(&cs, &now);
	for (unsigned int i = 0; i < cs.n && cs.n >= n; i++)
		weigh(&cs, &now, i, i);
	if (cs.n >= n)
		class_view_all(&cs);
	while (cs.n >= n)
		join_cheapest(&cs, &now);
	class_view_free(cs.view);
	memcpy(pf->class, cs.of, sizeof(cs.of));
	pf->wild = (u8)cs.n;
	for (int bank = 0; bank < BANKS; bank++) {
		for (int i = 0; i < SHAPE_DEPTH; i++) {
			u8 *fits = pf->fits_class[bank][i];

			for (unsigned int c = 0; c < cs.n; c++)
				fits[c] = cs.class[c].fit.of[bank][i];
			fits[pf->wild] = 0xff;
		}
	}
	if (n <= CLASSES_CUT)
		cut_for_shuffles(pf);
	return 0;
}
