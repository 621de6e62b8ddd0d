/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where labels may end, for many bytes at a time: labels are rare, so forms that need one are
 * asked only in the zone behind what may be the end of one.
 *
 *      Patient M R N   n u m b e r   i s   1 2 3 4 5 6
 *            3 2 1 0                              places of "mrn"
 *                  |<----- zone: `distance` --->|
 *
 * The labels are put on eight heaps such that their sets of bytes grow least; what fits a heap
 * is looked up in a table of the last four bytes, and only then among the labels.
 */
#include "prefilter.h"
#include <string.h>

#define HEAPS 8
#define MANY  6 /* bytes at a place */

struct heap {
	bool at[HEAP_PLACES][256];
};

/* How many tails fit a heap, weighed by how common their bytes are. */
static float heap_size(const struct heap *h)
{
	float size = 1;

	for (int k = 0; k < HEAP_PLACES; k++) {
		struct mass m = {0};

		for (unsigned int c = 0; c < 256; c++)
			if (h->at[k][c])
				mass_add(&m, (u8)c);
		size *= m.of[0] + m.of[1] + m.of[2];
	}
	return size;
}

static struct heap joined(const struct heap *a, const struct heap *b)
{
	struct heap both = *a;

	for (int k = 0; k < HEAP_PLACES; k++)
		for (unsigned int c = 0; c < 256; c++)
			both.at[k][c] |= b->at[k][c];
	return both;
}

/* Puts the two of HEAPS + 1 together that grow least, the last in the place of what is free. */
static void join_cheapest(struct heap *heaps, float *sizes)
{
	size_t best_i = 0, best_j = 1;
	float least = 0, growth;
	struct heap both;

	for (size_t i = 0; i <= HEAPS; i++) {
		for (size_t j = i + 1; j <= HEAPS; j++) {
			both = joined(&heaps[i], &heaps[j]);
			growth = heap_size(&both) - sizes[i] - sizes[j];
			if ((i == 0 && j == 1) || growth < least) {
				least = growth;
				best_i = i;
				best_j = j;
			}
		}
	}
	heaps[best_i] = joined(&heaps[best_i], &heaps[best_j]);
	sizes[best_i] = heap_size(&heaps[best_i]);
	heaps[best_j] = heaps[HEAPS];
	sizes[best_j] = sizes[HEAPS];
}

/* The vector code tells these apart by their upper half only. */
static void make_alike(u8 *fits, unsigned int from, unsigned int to)
{
	u8 any = 0;

	for (unsigned int c = from; c < to; c++)
		any |= fits[c];
	memset(fits + from, any, to - from);
}

/* A set by the lower bits of its bytes. */
static u64 lower_bits(const bool *set, unsigned int mask)
{
	u64 bits = 0;

	for (unsigned int c = 0; c < 256; c++)
		bits |= (u64)set[c] << (c & mask);
	return bits;
}

static void add_tails(struct label_filter *lf, bool places[LABEL_PLACES][256])
{
	u64 x = lower_bits(places[1], 63), y = lower_bits(places[2], 31);
	u64 z = lower_bits(places[3], 31), w = lower_bits(places[4], 31);

	const bool brief = __builtin_popcountll(z) > MANY;

	for (u64 i = x; i; i &= i - 1) {
		for (u64 j = y; j; j &= j - 1) {
			unsigned int xx = (unsigned int)__builtin_ctzll(i);
			unsigned int yy = (unsigned int)__builtin_ctzll(j);

			if (brief)
				lf->brief[xx][yy] |= (u32)z;
			for (u64 k = brief ? 0 : z; k; k &= k - 1)
				lf->tails[tail_hash(xx, yy, (unsigned int)__builtin_ctzll(k))] |=
					(u32)w;
		}
	}
}

void label_filter_build(struct label_filter *lf, const struct label_index *x)
{
	struct heap heaps[HEAPS + 1];
	float sizes[HEAPS + 1];
	bool places[LABEL_PLACES][256];
	size_t n = 0;

	memset(lf, 0, sizeof(*lf));
	for (size_t i = 0; label_index_tail(x, i, places); i++) {
		memcpy(heaps[n].at, places, sizeof(heaps[n].at));
		add_tails(lf, places);
		sizes[n] = heap_size(&heaps[n]);
		if (n == HEAPS)
			join_cheapest(heaps, sizes);
		else
			n++;
	}
	for (int k = 0; k < HEAP_PLACES; k++) {
		for (size_t h = 0; h < n; h++)
			for (unsigned int c = 0; c < 256; c++)
				lf->fits[k][c] |= (u8)(heaps[h].at[k][c] << h);
		make_alike(lf->fits[k], 0, 0x20);
		make_alike(lf->fits[k], 0x80, 0x100);
	}
}
