/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The zones behind labels, where values of theirs may begin: forms that need a label are asked about
 * nowhere else.
 *
 *    Tel. is: 330 555 0142        behind a label, and behind what may stand between it and its
 *       ▲▲▲ ▲▲▲                   value
 */
#ifndef SCAN_ZONES_H
#define SCAN_ZONES_H

#include <scrim/base.h>

#define ZONES 512 /* that are known at a time */

struct zone {
	u32 from, to; /* its first place, and behind its last one */
	u64 places;   /* bit k: from + k + 1 is one */
	u64 sets;     /* of labels, as in struct label_index */
};

struct zones {
	struct zone zone[ZONES]; /* in the order of `from`; those before the first are past */
	size_t first, n;
};

/* Forgets the zones that end before place p. */
static inline void zones_drop(struct zones *zs, size_t p)
{
	size_t kept = 0;

	for (size_t i = 0; i < zs->n; i++)
		if (zs->zone[i].to > p)
			zs->zone[kept++] = zs->zone[i];
	zs->n = kept;
	zs->first = 0;
}

/*
 * Of which sets a label stands before place p; places are asked about in ascending order.
 *   near  by distance: the sets that look so far
 */
static inline u64 zones_sets(struct zones *zs, const u64 *near, size_t p)
{
	u64 sets = 0;

	while (zs->first < zs->n && zs->zone[zs->first].to <= p)
		zs->first++;
	for (size_t i = zs->first; i < zs->n && zs->zone[i].from <= p; i++) {
		const struct zone *z = &zs->zone[i];
		size_t distance = p - z->from;

		if (p < z->to && (!distance || z->places >> (distance - 1) & 1))
			sets |= z->sets & near[distance];
	}
	return sets;
}

/* What of `bits`, the first of which is at `from`, falls into the word whose bit 0 is at `place`. */
static inline u64 bits_at(u64 bits, size_t from, size_t place)
{
	if (from >= place)
		return from - place < 64 ? bits << (from - place) : 0;
	return place - from < 64 ? bits >> (place - from) : 0;
}

/* Marks the places of a zone in the words of a text of n places at `at`. */
static inline void zone_mark(u64 *words, size_t at, size_t n, const struct zone *z)
{
	for (size_t w = z->from > at ? (z->from - at) / 64 : 0; 64 * w < n && at + 64 * w < z->to;
	     w++)
		words[w] |= bits_at(1, z->from, at + 64 * w) |
			    bits_at(z->places, z->from + 1, at + 64 * w);
}

#endif
