/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rules as a site writes them: as many as a large one has, of many shapes, some with labels.
 */
#ifndef BENCH_SITE_RULES_H
#define BENCH_SITE_RULES_H

#include <scrim/rules.h>

#define SITE_RULES 50

/* Fills in SITE_RULES rules of 13 shapes, every fifth with a label. Static storage. */
void site_rules(struct rule_def defs[SITE_RULES]);

/*
 * Plants values into lines of a text, the rules in turn: at a line's end about every `every` bytes, so
 * that any number of the rules finds some.
 *   rs   the rules as compiled, all of them
 *   to   room for `len` bytes, which are written
 *   from len bytes; its end is cut off for what is planted
 */
void site_text(const struct ruleset *rs, const u8 *from, size_t len, size_t every, u8 *to);

#endif
