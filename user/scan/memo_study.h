/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An outline while it is learnt where something may match in it (memo_learn.c), by which form (memo_walk.c), and what is sure
 * (memo_sure.c).
 */
#ifndef SCAN_MEMO_STUDY_H
#define SCAN_MEMO_STUDY_H

#include "memo.h"

/* An outline, and the sets of labels of which one stands before each of its places: may stand, does. */
struct study {
	const struct scanner *s;
	const u8 *bytes;
	size_t len;
	u64 sets[LINE_ROOM], sure[LINE_ROOM];
	u64 ended[LINE_ROOM];  /* sets of labels that may end before a place */
	u64 gap[LINE_ROOM];    /* and where they do, what label_may_gap() says of what follows */
	u8 variant[LINE_ROOM]; /* the outline, for who changes a byte and puts it back */
	/* Sets of labels of which one may stand before place `at` if a certain byte does, as far as they are known. */
	struct {
		size_t at;
		u64 known[4]; /* a bit for each byte */
		u64 sets[256];
	} behind;
	u64 need[GROUPS_MAX]; /* forms of a group that need a label which the scanner's index has */
	size_t work;          /* that was done so far */
};

/* Whether the form may match from p on, in some line of that outline. */
bool form_may_match(struct study *y, const struct scan_form *sf, size_t p);

/* The patterns of digits in its first SPOT_SEEN bytes with which it may, as spot_digits has them: a bit for each. */
u64 form_patterns(struct study *y, const struct scan_form *sf, size_t p);

/* The hex digits with which it may, and those that may stand behind its first byte, as spot_digits has them. */
u64 form_begins(struct study *y, const struct scan_form *sf, size_t p);
u64 form_seconds(struct study *y, const struct scan_form *sf, size_t p);

/* Finds of which places that were learnt a match is sure. */
void find_sure(struct study *y, struct memo_line *l);

#endif
