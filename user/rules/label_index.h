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
	u8 nhead; /* bytes of it */
	bool spaced;
	bool whole; /* head and tail are all of it, and letters of ASCII of any case */
};

/*
 * The last bytes, up to a space, that labels have in common, without case: many end in "number".
 * They are looked at first.
 */
struct tail {
	u64 bytes, mask;
	u32 first, n; /* labels */
	u32 heads;    /* into label_index.heads; 0: these labels are few */
	u8 letters;   /* as many as it has bytes: then it is exact. Else 0 */
};

/* Labels of a tail by the last byte of their heads: those of a key from first[key]. */
#define HEAD_KEYS 33
struct heads_of {
	u32 first[HEAD_KEYS + 1];
};

/* Tails by a key of their last bytes: those of k from listed[first[k]]. */
struct tails_by {
	const u32 *first;
	const struct tail *listed;
};

/* The last two bytes, of each the lower five bits. */
#define PAIRS 1024
/* The last four, as a hash. */
#define FOURS_BITS 10

/* All labels of the sets, each once. */
struct label_index {
	u16 distance;                    /* the longest */
	u64 near[RULE_MAX_DISTANCE + 1]; /* by distance: the sets that look so far */
	u16 distances[64];               /* by set */
	u32 n, ntails, nheads;
	bool ends[256]; /* by byte, in lower case: some label ends in it */
	u32 before[32]; /* by the lower five bits of a last byte: those of a byte before it */
	struct tails_by pairs;  /* all of them */
	struct tails_by fours;  /* those of four bytes and more */
	struct tails_by others; /* the others, by pairs */
	struct heads_of *heads;
	struct tail *tails;
	struct indexed labels[]; /* in the order of tails, and of heads */
};

static inline unsigned int pair_of(u8 last, u8 before)
{
	return (last & 31u) << 5 | (before & 31u);
}

/* Of eight bytes, the last one on top. */
static inline u32 four_of(u64 bytes)
{
	return (u32)(bytes >> 32 & 0x1f1f1f1f) * 0x9e3779b1U >> (32 - FOURS_BITS);
}

/* Of the last byte of a head; 0 is for labels that have none. */
static inline unsigned int head_key(u64 head)
{
	return 1 + (head >> 56 & 31);
}

#endif
