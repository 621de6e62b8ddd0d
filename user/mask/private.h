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
	bool touched; /* any of these is not zero */
	struct tally tally[RULE_MAX];
	u64 rejected[RULE_MAX];
};

/* Whether the policy leaves a value that the rule found as it is. */
bool policy_allows(const struct policy *p, u16 rule, const u8 *value, size_t len);
/* The longest value of a rule that it may leave; 0: none. */
size_t policy_allows_max(const struct policy *p, u16 rule);

/* Puts nothing in the tallies. */
void tally_clear(struct mask_scratch *w, const struct policy *p);
/* Adds them to the rows, relaxed, and clears them. */
void tally_flush(struct mask_scratch *w, const struct policy *p, struct mask_counters to);

#endif
