/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a form of include/scrim/rules.h matches, asked of PCRE2. Guards become assertions around the
 * pattern:
 *
 *      before = digit, after = decimal      (?<![0-9])(?:PATTERN)(?![0-9])(?!\.[0-9])
 *
 * Where the first match begins pcre2_match says, compiled to machine code, for it is the same for any
 * matcher; how long the longest there is pcre2_dfa_match; which part the group took pcre2_match,
 * held to both ends.
 */
#ifndef PROOF_PCRE2_JUDGE_H
#define PROOF_PCRE2_JUDGE_H

#include <scrim/rules.h>

struct pcre2_judge;

/* Of def its pattern and its guards. The test fails if PCRE2 refuses it. */
struct pcre2_judge *pcre2_judge_new(const struct form_def *def);
void pcre2_judge_free(struct pcre2_judge *j);

/*
 * The leftmost, there the longest, match in a line (without its newline) from `from` on, as line[*p,
 * *e). False if there is none.
 */
bool pcre2_judge_next(struct pcre2_judge *j, const u8 *line, size_t len, size_t from, size_t *ret_p,
		      size_t *ret_e);

/*
 * The part of a match match[0, len) that is to be masked. False if PCRE2 gave up (its limit of
 * backtracking).
 */
bool pcre2_judge_part(struct pcre2_judge *j, const u8 *match, size_t len, size_t *ret_from,
		      size_t *ret_to);

#endif
