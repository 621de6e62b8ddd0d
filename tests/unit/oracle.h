/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The definition of a match (include/scrim/rules.h), written slowly: the judge of the automata
 * and of every scanner.
 */
#ifndef TEST_ORACLE_H
#define TEST_ORACLE_H

#include <scrim/rules.h>
#include <scrim/scan.h>

/*
 * Which e (relative to text + p) the pattern matches text[p, p + e) for, as flags ends[0 ..
 * SCRIM_WINDOW]. The pattern must be one that pattern_check() accepts.
 */
void oracle_ends(const char *pattern, const u8 *text, size_t len, size_t p, bool *ends);

/*
 * The same of form `form`, said by somebody else; arg is the test's. Forms are asked in order at a
 * place, and places in order.
 */
typedef void (*ends_fn)(void *arg, u16 form, const u8 *text, size_t len, size_t p, bool *ends);

/*
 * All matches of a whole text.
 *   defs      what rs was compiled from, in that order
 *   enabled   rs->nrules flags, or NULL: all
 *   matches   room for `cap`; the test fails if it is not enough (len is always enough)
 *   rejected  by rule, += as scan.h says; may be NULL
 * Returns how many.
 */
size_t oracle_scan(const struct ruleset *rs, const struct rule_def *defs, const bool *enabled,
		   const u8 *text, size_t len, struct match *matches, size_t cap, u64 *rejected);

/* The same, but what the patterns match comes from `ends`. */
size_t oracle_scan_by(ends_fn ends, void *arg, const struct ruleset *rs,
		      const struct rule_def *defs, const bool *enabled, const u8 *text, size_t len,
		      struct match *matches, size_t cap, u64 *rejected);

#endif
