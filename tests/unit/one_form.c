/* SPDX-License-Identifier: BSD-2-Clause */
#include "one_form.h"
#include <criterion/criterion.h>
#include <string.h>

struct ruleset *one_form(const struct form_def *def)
{
	struct rule_def rule = {.name = "one", .class = ID_OTHER, .forms = {*def}, .nforms = 1};
	struct ruleset *rs = NULL;
	struct err e = {0};

	cr_assert_eq(ruleset_compile(&rule, 1, &rs, &e), 0, "%s: %s", def->pattern, e.text);
	return rs;
}

struct ruleset *one_pattern(const char *pattern)
{
	return one_form(&(struct form_def){.pattern = pattern});
}

void automaton_ends(const struct dfa *d, const u8 *text, size_t len, size_t p, bool *ends)
{
	u16 state = 1;

	memset(ends, 0, SCRIM_WINDOW + 1);
	for (size_t i = p; i < len && state; i++) {
		state = d->trans[state * d->nclasses + d->class[text[i]]];
		cr_assert_lt(state, d->nstates);
		if (!state)
			break;
		cr_assert_leq(i - p, SCRIM_WINDOW, "a path longer than the window");
		if (d->accept[state])
			ends[i + 1 - p] = true;
	}
}
