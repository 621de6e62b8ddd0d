/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes by class, so that a byte's fit can be looked up in registers: 16 entries are a shuffle.
 *
 * Bytes that fit the same shapes at the same places begin in one class; control bytes share a
 * class from the begin, and so do bytes over 0x7f (the vector code tells them apart by their
 * upper half only). While there are too many, the two classes are put together that let
 * through least: a class fits what any of its bytes fits.
 */
#include "prefilter.h"
#include <float.h>
#include <string.h>

struct class
{
	u64 fits[BANKS];
	struct mass mass;
};

struct classes {
	unsigned int n;
	struct class class[256];
	u8 of[256]; /* by byte */
};

static bool alike(const struct classes *cs, const u64 *fits, unsigned int c, unsigned int other)
{
	return !memcmp(cs->class[cs->of[other]].fits, fits, BANKS * sizeof(*fits)) &&
	       (other >= 0x20 && other < 0x80) && (c >= 0x20 && c < 0x80);
}

/* Which byte's class c goes into without a choice, or c itself. */
static unsigned int companion(const struct classes *cs, const u64 *fits, unsigned int c)
{
	if (c < 0x20 || c >= 0x80)
		return c < 0x20 ? 0 : 0x80;
	for (unsigned int other = 0x20; other < c; other++)
		if (alike(cs, fits, c, other))
			return other;
	return c;
}

static void divide(struct classes *cs, const struct prefilter *pf)
{
	for (unsigned int c = 0; c < 256; c++) {
		unsigned int with;
		u64 fits[BANKS];

		for (int bank = 0; bank < BANKS; bank++)
			fits[bank] = pf->fits[bank][c];
		with = companion(cs, fits, c);
		cs->of[c] = (u8)(with == c ? cs->n++ : cs->of[with]);
		for (int bank = 0; bank < BANKS; bank++)
			cs->class[cs->of[c]].fits[bank] |= fits[bank];
		mass_add(&cs->class[cs->of[c]].mass, (u8)c);
	}
}

/* The masses of all sets, as the classes are now. */
struct sums {
	struct mass at[SHAPES][SHAPE_DEPTH];
	float rate[SHAPES];
};

static void add(struct sums *sums, int bank, u64 fits, const struct mass *m)
{
	for (; fits; fits &= fits - 1) {
		int bit = __builtin_ctzll(fits);

		for (int kind = 0; kind < BYTE_KINDS; kind++)
			sums->at[8 * bank + bit % 8][bit / 8].of[kind] += m->of[kind];
	}
}

/* Of what needs a label, little is asked. */
static float weighed(const struct mass at[SHAPE_DEPTH], int s)
{
	return masses_rate(at) * (s == SHAPE_ZONED ? 0.02f : 1);
}

static void sum_up(const struct classes *cs, struct sums *ret_sums)
{
	memset(ret_sums, 0, sizeof(*ret_sums));
	for (unsigned int k = 0; k < cs->n; k++)
		for (int bank = 0; bank < BANKS; bank++)
			add(ret_sums, bank, cs->class[k].fits[bank], &cs->class[k].mass);
	for (int s = 0; s < SHAPES; s++)
		ret_sums->rate[s] = weighed(ret_sums->at[s], s);
}

/* How much more shape s finds if a class fits these places, too. */
static float more(const struct sums *now, int s, u64 new_a, const struct mass *a, u64 new_b,
		  const struct mass *b)
{
	struct mass at[SHAPE_DEPTH];

	memcpy(at, now->at[s], sizeof(at));
	for (int i = 0; i < SHAPE_DEPTH; i++)
		for (int kind = 0; kind < BYTE_KINDS; kind++)
			at[i].of[kind] += (float)(new_a >> (8 * i) & 1) * a->of[kind] +
					  (float)(new_b >> (8 * i) & 1) * b->of[kind];
	return weighed(at, s) - now->rate[s];
}

/*
 * How much more the shapes find if a and b are put together. Each shape only adds to it: at `most`
 * it is enough.
 */
static float loss(const struct sums *now, const struct class *a, const struct class *b, float most)
{
	float sum = 0;

	for (int s = 0; s < SHAPES && sum < most; s++) {
		u64 new_a = (b->fits[s / 8] & ~a->fits[s / 8]) >> s % 8 & 0x0101010101010101ULL;
		u64 new_b = (a->fits[s / 8] & ~b->fits[s / 8]) >> s % 8 & 0x0101010101010101ULL;

		if (new_a | new_b)
			sum += more(now, s, new_a, &a->mass, new_b, &b->mass);
	}
	return sum;
}

static void join(struct classes *cs, unsigned int i, unsigned int j)
{
	for (int bank = 0; bank < BANKS; bank++)
		cs->class[i].fits[bank] |= cs->class[j].fits[bank];
	for (int kind = 0; kind < BYTE_KINDS; kind++)
		cs->class[i].mass.of[kind] += cs->class[j].mass.of[kind];
	cs->class[j] = cs->class[--cs->n];
	for (unsigned int c = 0; c < 256; c++) {
		if (cs->of[c] == j)
			cs->of[c] = (u8)i;
		else if (cs->of[c] == cs->n)
			cs->of[c] = (u8)j;
	}
}

static void join_cheapest(struct classes *cs)
{
	unsigned int best_i = 0, best_j = 1;
	struct sums now;
	float least, l;

	sum_up(cs, &now);
	least = loss(&now, &cs->class[0], &cs->class[1], FLT_MAX);
	for (unsigned int i = 0; i < cs->n; i++) {
		for (unsigned int j = i + 1; j < cs->n; j++) {
			l = loss(&now, &cs->class[i], &cs->class[j], least);
			if (l < least) {
				least = l;
				best_i = i;
				best_j = j;
			}
		}
	}
	join(cs, best_i, best_j);
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

void classes_choose(struct prefilter *pf, unsigned int n)
{
	struct classes cs = {0};

	divide(&cs, pf);
	while (cs.n >= n)
		join_cheapest(&cs);
	memcpy(pf->class, cs.of, sizeof(cs.of));
	pf->wild = (u8)cs.n;
	for (int bank = 0; bank < BANKS; bank++) {
		for (int i = 0; i < SHAPE_DEPTH; i++) {
			u8 *fits = pf->fits_class[bank][i];

			for (unsigned int c = 0; c < cs.n; c++)
				fits[c] = (u8)(cs.class[c].fits[bank] >> (8 * i));
			fits[pf->wild] = 0xff;
		}
	}
	if (n <= CLASSES_CUT)
		cut_for_shuffles(pf);
}
