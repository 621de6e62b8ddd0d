/* SPDX-License-Identifier: BSD-2-Clause */
/* A ruleset of a single form, for tests that look at one form at a time. */
#ifndef TEST_ONE_FORM_H
#define TEST_ONE_FORM_H

#include <scrim/rules.h>

/* Compiles def as the only form of a rule; the test fails if it is refused. */
struct ruleset *one_form(const struct form_def *def);
/* The same of a bare pattern. */
struct ruleset *one_pattern(const char *pattern);

/* Which e the automaton accepts text[p, p + e) for, as oracle_ends() says it. */
void automaton_ends(const struct dfa *d, const u8 *text, size_t len, size_t p, bool *ends);

#endif
