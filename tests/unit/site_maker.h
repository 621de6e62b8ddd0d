/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rules as a site might write them, made up from a seed: the whole pattern language, guards,
 * labels, validators; and texts that hit them, made by walking their automata.
 */
#ifndef TEST_SITE_MAKER_H
#define TEST_SITE_MAKER_H

#include <scrim/rules.h>

#define SITE_FORMS      3 /* at most, of a rule */
#define SITE_PATTERN    160
#define SITE_LABELS_MAX 4

struct site_form {
	char pattern[SITE_PATTERN];
	const char *labels[SITE_LABELS_MAX + 1], *unless[2];
};

struct site {
	size_t n;
	struct rule_def defs[RULE_MAX];
	char names[RULE_MAX][16];
	struct site_form forms[RULE_MAX][SITE_FORMS];
};

/* A pattern that pattern_check() accepts before any guard, into text[SITE_PATTERN]. */
void site_pattern(u64 *seed, char *text);
/* n rules, freed by free(). */
struct site *site_new(u64 *seed, size_t n);

/*
 * Fills text[0, len) with what forms of rs match, their labels before it, one byte changed now
 * and then, often without anything between; and with words and separators.
 */
void site_text(u64 *seed, const struct site *site, const struct ruleset *rs, u8 *text, size_t len);

/* A word that d accepts, or the longest way through it; at most `room` bytes. Returns its length. */
size_t dfa_word(u64 *seed, const struct dfa *d, bool longest, u8 *word, size_t room);

#endif
