/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parts of masking share: the policy's insides, and a thread's working memory. */
#ifndef MASK_PRIVATE_H
#define MASK_PRIVATE_H

#include <scrim/arena.h>
#include <scrim/mask.h>

struct policy {
	const struct ruleset *rs;
	struct scanner *scanner;         /* NULL: no rule has a pattern */
	struct arena arena;              /* owns `allowed` */
	const struct value_set *allowed; /* whatever rule finds it; NULL: none */
	bool allows;                     /* it, or a rule that is on, allows anything */
	struct frame_map *map;
};

/* What a chunk adds to a rule's row. */
struct tally {
	u64 matches, masked_bytes, released, idle, allowed;
};

struct mask_scratch {
	size_t cap; /* matches */
	struct match *matches;
	struct scan_memo *memo;
	u64 touched[RULE_MAX / 64]; /* a bit for each rule of which any of these may not be zero */
	struct tally tally[RULE_MAX];
	u64 rejected[RULE_MAX];
	u64 filled[SCAN_FILL_RULES];
};

/* A rule's tally, to add to. */
static inline struct tally *tally_of(struct mask_scratch *w, u16 rule)
{
	w->touched[rule / 64] |= 1ULL << rule % 64;
	return &w->tally[rule];
}

/* Whether the policy leaves a value that the rule found as it is. */
bool policy_allows(const struct policy *p, u16 rule, const u8 *value, size_t len);
/* The longest value of a rule that it may leave; 0: none. */
size_t policy_allows_max(const struct policy *p, u16 rule);

/* Adds what was counted to the rows, relaxed, and clears it. */
void tally_flush(struct mask_scratch *w, struct mask_counters to);

#endif
