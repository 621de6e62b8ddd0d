/* SPDX-License-Identifier: BSD-2-Clause */
/* A form's quick way, held against its pattern, guard and validator. */
#ifndef TESTS_QUICKLY_H
#define TESTS_QUICKLY_H

#include "one_form.h"
#include "oracle.h"
#include "scan_text.h"
#include "share.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define QUICK_TEXT 96

/* The longest match of def at the begin of a text, 0 if there is none, QUICK_REFUSED if all are refused. */
static inline size_t slowly(const struct form_def *def, const struct form *f, const u8 *text)
{
	bool ends[SCRIM_WINDOW + 1];
	size_t none = 0;

	oracle_ends(def->pattern, text, QUICK_TEXT, 0, ends);
	for (size_t e = QUICK_READ; e > 0; e--) {
		if (!ends[e] || form_guard_after(f, text, e, QUICK_TEXT, true) != 1)
			continue;
		if (!f->validate || f->validate(text, e))
			return e;
		none = QUICK_REFUSED;
	}
	return none;
}

static inline quick_fn quick_of(const struct form_def *def)
{
	return def->quick ? def->quick : def->brief;
}

/* The form of the built-in rules whose quick way finds `sample`. */
static inline const struct form_def *quick_form(const char *sample)
{
	const struct rule_def *defs;
	u8 text[QUICK_READ + 1] = {0};
	size_t n;

	defs = rules_builtin(&n);
	snprintf((char *)text, sizeof(text), "%-*s", QUICK_READ, sample);
	for (size_t i = 0; i < n; i++)
		for (u16 k = 0; k < defs[i].nforms; k++)
			if (quick_of(&defs[i].forms[k]) &&
			    quick_of(&defs[i].forms[k])(text) == strlen(sample))
				return &defs[i].forms[k];
	cr_assert_fail("no quick way finds '%s'", sample);
	return NULL;
}

/*
 * Holds a quick way against the slow one, on texts that begin with a value, up to three of its bytes drawn anew.
 *   percent_found, percent_refused  how much of what is found or refused it is to see at least
 */
static inline void agree(const struct form_def *def, void (*make)(u64 *seed, char *to, size_t cap),
			 u64 seed, size_t percent_found, size_t percent_refused)
{
	static const char alphabet[] = "0123456789012345.-/: T\nv";
	struct ruleset *rs = one_form(def);
	size_t found = 0, whole = 0, refused = 0, refusals = 0, quickly, truly;
	u8 text[QUICK_TEXT + 1];

	for (size_t i = 0; i < share_of(200000); i++) {
		u32 changes = draw(&seed, 4);
		size_t len;

		scan_text_random(&seed, alphabet, text, QUICK_TEXT);
		make(&seed, (char *)text, QUICK_TEXT);
		len = strlen((char *)text);
		text[len] = (u8)alphabet[draw(&seed, sizeof(alphabet) - 1)];
		for (u32 k = 0; k < changes; k++)
			text[draw(&seed, QUICK_READ)] =
				(u8)alphabet[draw(&seed, sizeof(alphabet) - 1)];
		quickly = quick_of(def)(text);
		truly = slowly(def, &rs->forms[0], text);
		cr_assert(!quickly || quickly == truly, "%.*s: %zu quickly, %zu truly", QUICK_TEXT,
			  text, quickly, truly);
		whole += truly && truly != QUICK_REFUSED;
		found += quickly && quickly != QUICK_REFUSED;
		refusals += truly == QUICK_REFUSED;
		refused += quickly == QUICK_REFUSED;
	}
	/* The form has other ways to be written, but this is the commonest. */
	cr_expect_gt(whole, share_sees(5000), "%zu", whole);
	cr_expect_geq(100 * found, percent_found * whole, "%zu of %zu", found, whole);
	cr_expect_gt(refusals, share_sees(5000), "%zu", refusals);
	cr_expect_geq(100 * refused, percent_refused * refusals, "%zu of %zu", refused, refusals);
	ruleset_free(rs);
}

#endif
