/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The zones behind labels, where forms that need them are asked about: which labels they are behind.
 *
 *    Tel: 330 555 0142   MRN 00418827
 *        ├──── phone ────────┤
 *                           ├──── mrn ────────┤
 */
#ifndef SCAN_ZONES_H
#define SCAN_ZONES_H

#include <scrim/base.h>

#define ZONES 32 /* that are known one by one */

struct zone {
	size_t from, to;
	u64 sets; /* of labels, as in struct label_index */
};

struct zones {
	struct zone zone[ZONES]; /* in the order of `from`; those before the first are past */
	size_t first, n;
};

/* Where there are too many, the last one grows: it lets through too much, and none too little. */
static inline void zones_keep(struct zones *zs, const struct zone *z)
{
	struct zone *last = &zs->zone[ZONES - 1];

	if (zs->n < ZONES) {
		zs->zone[zs->n++] = *z;
		return;
	}
	last->to = z->to > last->to ? z->to : last->to;
	last->sets |= z->sets;
}

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

/* Of which sets a label may stand before place p; places are asked about in ascending order. */
static inline u64 zones_sets(struct zones *zs, size_t p)
{
	u64 sets = 0;

	while (zs->first < zs->n && zs->zone[zs->first].to <= p)
		zs->first++;
	for (size_t i = zs->first; i < zs->n && zs->zone[i].from <= p; i++)
		sets |= zs->zone[i].to > p ? zs->zone[i].sets : 0;
	return sets;
}

/* Bits [from, to) of the word whose bit 0 is at `place`. */
static inline u64 range(size_t place, size_t from, size_t to)
{
	u64 bits = ~0ULL;

	if (to <= place || from >= place + 64 || from >= to)
		return 0;
	if (from > place)
		bits &= ~0ULL << (from - place);
	if (to < place + 64)
		bits &= ~(~0ULL << (to - place));
	return bits;
}

/* A zone from `from` to `to` in the words of a text of n places at `at`. */
static inline void open_zone(u64 *zone, size_t at, size_t n, size_t from, size_t to)
{
	for (size_t w = from > at ? (from - at) / 64 : 0; 64 * w < n && at + 64 * w < to; w++)
		zone[w] |= range(at + 64 * w, from, to);
}

#endif
