/* SPDX-License-Identifier: BSD-2-Clause */
/* The labels of many forms, as they are looked up together: label_index_build.c sorts them, label_index.c looks. */
#ifndef RULES_LABEL_INDEX_H
#define RULES_LABEL_INDEX_H

#include "label.h"

/*
 * A label of some sets. Its head is what stands before its tail, up to the next space: most labels that have the same tail are
 * told apart by it.
 *
 *      p a t i e n t _ n u m b e r
 *      head          spaced  tail
 */
struct indexed {
	struct label label;
	u64 sets;
	u64 head, mask;
	bool spaced;
};

/*
 * The last bytes, up to a space, that labels have in common, without case: many end in "number".
 * They are looked at first.
 */
struct tail {
	u64 bytes, mask;
	u16 first, n; /* labels */
	u8 letters;   /* as many as it has bytes: then it is exact. Else 0 */
};

/* Tails by the last two bytes, of each the lower five bits. */
#define PAIRS 1024

/* All labels of the sets, each once. */
struct label_index {
	u16 distance;                    /* the longest */
	u64 near[RULE_MAX_DISTANCE + 1]; /* by distance: the sets that look so far */
	u16 distances[64];               /* by set */
	u16 n, ntails;
	bool ends[256];       /* by byte, in lower case: some label ends in it */
	u32 before[32];       /* by the lower five bits of a last byte: those of a byte before it */
	u32 first[PAIRS + 1]; /* by pair: where its part of `listed` begins */
	struct tail *listed;  /* tails that may end in the pair */
	struct tail *tails;
	struct indexed labels[]; /* in the order of tails */
};

static inline unsigned int pair_of(u8 last, u8 before)
{
	return (last & 31u) << 5 | (before & 31u);
}

#endif
