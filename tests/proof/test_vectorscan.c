/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Vectorscan is a second outside judge of the built-in rules, on texts full of values and near misses.
 *
 *   ends      Given a bare pattern it reports every place where a match of it ends, wherever that
 *             began. So does an automaton started anew at each place.
 *   matches   Held to where it is started, it is asked at each place, and again behind each match
 *             that was chosen; with guards, labels and checks that gives what scan() finds.
 *
 * bench/peer.c goes on from there to the same masked bytes.
 */
#include "one_form.h"
#include "oracle.h"
#include "scan_feed.h"
#include "scan_text.h"
#include "scanners.h"
#include "site_maker.h"
#include <criterion/criterion.h>
#include <hs/hs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_LEN    3000
#define FORMS_MAX   256
#define PATTERN_MAX 2048

/* By form: whether a match ends at text[e). */
static bool theirs[FORMS_MAX][TEXT_LEN + 1], ours[FORMS_MAX][TEXT_LEN + 1];

static const char *pattern_of(const struct ruleset *rs, const struct rule_def *defs, u16 form)
{
	u16 rule = rs->forms[form].rule;

	return defs[rule].forms[form - rs->rules[rule].first_form].pattern;
}

/* Without HS_FLAG_SINGLEMATCH and without start of match: all ends. Held to the begin of a text, or not. */
static hs_database_t *compile(const struct ruleset *rs, const struct rule_def *defs, bool held)
{
	static char texts[FORMS_MAX][PATTERN_MAX];
	const char *patterns[FORMS_MAX];
	unsigned int flags[FORMS_MAX] = {0}, ids[FORMS_MAX];
	hs_compile_error_t *error = NULL;
	hs_database_t *db = NULL;

	cr_assert_leq(rs->nforms, FORMS_MAX);
	for (u16 i = 0; i < rs->nforms; i++) {
		const char *pattern = pattern_of(rs, defs, i);
		bool fold = !strncmp(pattern, "(?i)", 4);
		int n = snprintf(texts[i], PATTERN_MAX, held ? "^(?:%s)" : "%s",
				 pattern + (fold ? 4 : 0));

		cr_assert_lt(n, PATTERN_MAX);
		patterns[i] = texts[i];
		flags[i] = fold ? HS_FLAG_CASELESS : 0;
		ids[i] = i;
	}
	cr_assert_eq(hs_compile_multi(patterns, flags, ids, rs->nforms, HS_MODE_BLOCK, NULL, &db,
				      &error),
		     HS_SUCCESS, "%s", error ? error->message : "");
	return db;
}

static int on_end(unsigned int form, unsigned long long from, unsigned long long to,
		  unsigned int flags, void *context)
{
	(void)from;
	(void)flags;
	(void)context;
	theirs[form][to] = true;
	return 0;
}

static int on_end_here(unsigned int form, unsigned long long from, unsigned long long to,
		       unsigned int flags, void *context)
{
	size_t *at = context;

	(void)form;
	(void)from;
	(void)flags;
	if (*at == to)
		*at = SIZE_MAX;
	return *at == SIZE_MAX;
}

/*
 * Whether a match of a form ends at text[e) by the judge held to each place where it may begin. Vectorscan 5.4.9 overlooks
 * an end now and then that it sees if it is started nearby: then this counts.
 */
static bool ends_held(const struct ruleset *rs, const struct rule_def *defs, u16 form,
		      const u8 *text, size_t e)
{
	const char *pattern = pattern_of(rs, defs, form);
	bool fold = !strncmp(pattern, "(?i)", 4);
	size_t most = rs->forms[form].dfa.max;
	char held[PATTERN_MAX];
	hs_scratch_t *scratch = NULL;
	hs_compile_error_t *error;
	hs_database_t *db;
	bool ends = false;

	snprintf(held, sizeof(held), "^(?:%s)", pattern + (fold ? 4 : 0));
	cr_assert_eq(
		hs_compile(held, fold ? HS_FLAG_CASELESS : 0, HS_MODE_BLOCK, NULL, &db, &error),
		HS_SUCCESS);
	cr_assert_eq(hs_alloc_scratch(db, &scratch), HS_SUCCESS);
	for (size_t p = e > most ? e - most : 0; p < e && !ends; p++) {
		size_t at = e - p;

		hs_scan(db, (const char *)text + p, (unsigned int)(TEXT_LEN - p), 0, scratch,
			on_end_here, &at);
		ends = at == SIZE_MAX;
	}
	hs_free_scratch(scratch);
	hs_free_database(db);
	return ends;
}

static void find_ours(const struct form *f, const u8 *text, bool *at)
{
	bool ends[SCRIM_WINDOW + 1];

	for (size_t p = 0; p < TEXT_LEN; p++) {
		automaton_ends(&f->dfa, text, TEXT_LEN, p, ends);
		for (size_t e = 1; e <= f->dfa.max; e++)
			if (ends[e])
				at[p + e] = true;
	}
}

static void judge(const struct ruleset *rs, const struct rule_def *defs, hs_database_t *db,
		  hs_scratch_t *scratch, const u8 *text, size_t *ends)
{
	memset(theirs, 0, sizeof(theirs));
	memset(ours, 0, sizeof(ours));
	cr_assert_eq(hs_scan(db, (const char *)text, TEXT_LEN, 0, scratch, on_end, NULL),
		     HS_SUCCESS);
	for (u16 i = 0; i < rs->nforms; i++) {
		find_ours(&rs->forms[i], text, ours[i]);
		for (size_t e = 0; e <= TEXT_LEN; e++) {
			bool judged = theirs[i][e];

			if (ours[i][e] != judged)
				judged = ends_held(rs, defs, i, text, e);
			cr_assert_eq(ours[i][e], judged,
				     "%s: an end at %zu behind '%.*s' is %s's alone",
				     pattern_of(rs, defs, i), e, (int)(e < 40 ? e : 40),
				     text + e - (e < 40 ? e : 40), ours[i][e] ? "ours" : "theirs");
			ends[i] += ours[i][e];
		}
	}
}

/* Words of all forms, one after another from *next on, each by itself or grown into the next. */
static void words_text(u64 *seed, const struct ruleset *rs, size_t *next, u8 *text)
{
	u8 word[SCRIM_WINDOW];

	for (size_t at = 0; at < TEXT_LEN;) {
		const struct form *f = &rs->forms[(*next)++ % rs->nforms];
		size_t n = dfa_word(seed, &f->dfa, draw(seed, 8) == 0, word, sizeof(word));

		n = n < TEXT_LEN - at ? n : TEXT_LEN - at;
		memcpy(text + at, word, n);
		at += n;
		if (at < TEXT_LEN && draw(seed, 4))
			text[at++] = (u8) " \n1-"[draw(seed, 4)];
	}
}

Test(vectorscan, agrees_on_the_ends_of_builtin_forms, .timeout = 300)
{
	static const char *const alphabets[] = {
		"0123456789--/. ",
		"01 -()+.xet",
		"abc.@@-_%1\x80",
		"0129-/. JanFebMrchAy,of stndrh",
	};
	const struct rule_def *defs;
	struct ruleset *rs = ruleset_builtin(&defs);
	hs_scratch_t *scratch = NULL;
	size_t ends[FORMS_MAX] = {0}, next = 0;
	u64 seed = 0x7ec7;
	hs_database_t *db;
	u8 text[TEXT_LEN];

	if (hs_valid_platform() != HS_SUCCESS)
		cr_skip_test("Vectorscan does not run on this CPU");
	db = compile(rs, defs, false);
	cr_assert_eq(hs_alloc_scratch(db, &scratch), HS_SUCCESS);
	for (int round = 0; round < 12; round++) {
		scan_text_dense(&seed, text, TEXT_LEN);
		judge(rs, defs, db, scratch, text, ends);
		words_text(&seed, rs, &next, text);
		judge(rs, defs, db, scratch, text, ends);
	}
	for (size_t i = 0; i < array_size(alphabets); i++) {
		scan_text_random(&seed, alphabets[i], text, TEXT_LEN);
		judge(rs, defs, db, scratch, text, ends);
	}
	for (u16 i = 0; i < rs->nforms; i++)
		cr_assert_gt(ends[i], 5, "the texts have too few of %s", pattern_of(rs, defs, i));
	hs_free_scratch(scratch);
	hs_free_database(db);
	ruleset_free(rs);
}

/* --- matches ---------------------------------------------------------------------------------- */

/* What begins at a place, asked once for all forms. */
struct held {
	hs_database_t *db;
	hs_scratch_t *scratch;
	const u8 *text;
	size_t p;
	bool ends[FORMS_MAX][SCRIM_WINDOW + 1];
};

static int on_held(unsigned int form, unsigned long long from, unsigned long long to,
		   unsigned int flags, void *context)
{
	struct held *h = context;

	(void)from;
	(void)flags;
	h->ends[form][to] = true;
	return 0;
}

static void held_ends(void *arg, u16 form, const u8 *text, size_t len, size_t p, bool *ends)
{
	struct held *h = arg;
	size_t n = len - p < SCRIM_WINDOW ? len - p : SCRIM_WINDOW;

	if (h->text != text || h->p != p) {
		memset(h->ends, 0, sizeof(h->ends));
		cr_assert_eq(hs_scan(h->db, (const char *)text + p, (unsigned int)n, 0, h->scratch,
				     on_held, h),
			     HS_SUCCESS);
		h->text = text;
		h->p = p;
	}
	memcpy(ends, h->ends[form], sizeof(h->ends[form]));
}

/* Examples of all rules, without their brackets, some bytes changed. Returns how many bytes. */
static size_t examples_text(u64 *seed, const struct ruleset *rs, const struct rule_def *defs,
			    u8 *text)
{
	size_t at = 0;

	for (;;) {
		const struct rule_def *def = &defs[draw(seed, rs->nrules)];
		size_t n = 0, line = at;

		while (def->examples && def->examples[n])
			n++;
		if (!n)
			continue;
		for (const char *c = def->examples[draw(seed, (u32)n)]; *c; c++) {
			if (at == TEXT_LEN)
				return line;
			if (*c != '[' && *c != ']')
				text[at++] = (u8)*c;
		}
		if (draw(seed, 4) == 0 && at > line)
			text[line + draw(seed, (u32)(at - line))] =
				(u8) "0123-. @aZ:"[draw(seed, 11)];
		if (at < TEXT_LEN)
			text[at++] = (u8) "\n\n ,;"[draw(seed, 5)];
	}
}

static void judge_matches(struct held *h, const struct ruleset *rs, const struct rule_def *defs,
			  struct scanner *const *s, size_t n, const u8 *text, size_t len,
			  u64 *count)
{
	static struct found want, got;

	h->text = NULL;
	memset(want.rejected, 0, sizeof(want.rejected));
	want.n = oracle_scan_by(held_ends, h, rs, defs, NULL, text, len, want.m, array_size(want.m),
				want.rejected);
	for (size_t i = 0; i < n; i++) {
		scan_whole(s[i], text, len, &got);
		assert_same(&got, &want, isa_name(scanner_isa(s[i])), len);
	}
	for (size_t i = 0; i < want.n; i++)
		count[want.m[i].rule]++;
}

Test(vectorscan, agrees_on_the_matches_of_builtin_rules)
{
	const struct rule_def *defs;
	struct ruleset *rs = ruleset_builtin(&defs);
	static struct held h;
	struct scanner *s[ISA_COUNT];
	enum isa isas[ISA_COUNT];
	size_t n = isas_here(isas);
	u64 seed = 0x5ca9, count[RULE_MAX] = {0};
	u8 text[TEXT_LEN];

	if (hs_valid_platform() != HS_SUCCESS)
		cr_skip_test("Vectorscan does not run on this CPU");
	h.db = compile(rs, defs, true);
	cr_assert_eq(hs_alloc_scratch(h.db, &h.scratch), HS_SUCCESS);
	for (size_t i = 0; i < n; i++)
		s[i] = scanner_all(rs, isas[i]);
	for (int round = 0; round < 150; round++) {
		size_t len = examples_text(&seed, rs, defs, text);

		judge_matches(&h, rs, defs, s, n, text, len, count);
		scan_text_dense(&seed, text, TEXT_LEN);
		judge_matches(&h, rs, defs, s, n, text, TEXT_LEN, count);
	}
	for (u16 i = 0; i < rs->nrules; i++)
		cr_assert(!rs->rules[i].nforms || count[i] > 20, "too few of %s: %llu",
			  rs->rules[i].name, (unsigned long long)count[i]);
	for (size_t i = 0; i < n; i++)
		scanner_free(s[i]);
	hs_free_scratch(h.scratch);
	hs_free_database(h.db);
	ruleset_free(rs);
}
