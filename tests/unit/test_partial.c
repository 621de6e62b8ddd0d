/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The idle timer's questions, scan_partial() and scan_holder(), about what a stream holds: tails of
 * texts, cut anywhere and left undecided by scan().
 *
 *   scan_partial  finds the oracle's matches of the text as if it ended there; and of each place
 *                 outside of them, the first form that has begun there, may go on behind the end
 *                 and has reached its commit point. Nothing else.
 *   scan_holder   names the rule of the first form that may still match where the tail begins.
 */
#include "one_form.h"
#include "oracle.h"
#include "scan_text.h"
#include "scanners.h"
#include "site_maker.h"
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_LEN 160

struct tail {
	const struct ruleset *rs;
	const struct rule_def *defs;
	const struct scanner *scanner;
	const u8 *text;
	size_t start, len;
};

static bool committed(const struct form_def *def, const u8 *value, size_t len)
{
	size_t digits = 0;

	for (size_t i = 0; i < len; i++)
		digits += value[i] >= '0' && value[i] <= '9';
	switch (def->commit_unit) {
	case COMMIT_NEVER:
		return false;
	case COMMIT_DIGITS:
		return digits >= def->commit;
	case COMMIT_BYTES:
		return len >= def->commit;
	case COMMIT_PAST:
		return memchr(value, def->commit, len) != NULL;
	}
	return false;
}

static bool may_begin(const struct tail *t, u16 i, size_t p)
{
	const struct form *f = &t->rs->forms[i];

	return form_guard_before(f, t->text, p) && form_labelled(f, t->text, p);
}

/* Whether the pattern of form i could take another byte after text[p, len). */
static bool goes_on(const struct tail *t, u16 i, size_t p)
{
	const struct dfa *d = &t->rs->forms[i].dfa;
	u16 s = 1;

	for (size_t at = p; at < t->len && s; at++)
		s = d->trans[s * d->nclasses + d->class[t->text[at]]];
	for (u16 c = 0; s && c < d->nclasses; c++)
		if (d->trans[s * d->nclasses + c])
			return true;
	return false;
}

/* Whether the pattern of form i has an end whose guard the bytes to come decide over. */
static bool waits(const struct tail *t, u16 i, size_t p)
{
	const struct form *f = &t->rs->forms[i];
	bool ends[SCRIM_WINDOW + 1];

	automaton_ends(&f->dfa, t->text, t->len, p, ends);
	for (size_t e = 1; e <= SCRIM_WINDOW; e++)
		if (ends[e] && form_guard_after(f, t->text, p + e, t->len, false) == -EAGAIN)
			return true;
	return false;
}

static const struct form_def *def_of(const struct tail *t, u16 i)
{
	u16 rule = t->rs->forms[i].rule;

	return &t->defs[rule].forms[i - t->rs->rules[rule].first_form];
}

/* The first form with a part at p to be masked, or nforms. */
static u16 partial_at(const struct tail *t, size_t p)
{
	u16 i = 0;

	while (i < t->rs->nforms && !(committed(def_of(t, i), t->text + p, t->len - p) &&
				      may_begin(t, i, p) && goes_on(t, i, p)))
		i++;
	return i;
}

/* What scan_partial() must find, from the definition. */
static size_t partial_slowly(const struct tail *t, struct match *want, size_t cap)
{
	struct match all[TEXT_LEN];
	size_t n = 0, k = 0;
	size_t nall =
		oracle_scan(t->rs, t->defs, NULL, t->text, t->len, all, array_size(all), NULL);
	u16 form;

	while (k < nall && all[k].from < t->start)
		cr_assert_leq(all[k++].to, t->start, "decided, and yet not");
	for (size_t p = t->start; p < t->len;) {
		size_t next = p + 1;

		cr_assert_lt(n + 1, cap);
		form = partial_at(t, p);
		if (k < nall && all[k].from == p) {
			next = all[k].to;
			want[n++] = all[k++];
		}
		if (form < t->rs->nforms)
			want[n++] = (struct match){
				.from = (u32)p,
				.to = (u32)t->len,
				.mask_from = (u32)p,
				.mask_to = (u32)t->len,
				.rule = t->rs->forms[form].rule,
				.form = form,
			};
		p = next;
	}
	return n;
}

/* The rule of the first form that may still match from the tail's begin on. */
static u16 holder_slowly(const struct tail *t)
{
	u16 i = 0;

	while (i < t->rs->nforms &&
	       !(may_begin(t, i, t->start) && (goes_on(t, i, t->start) || waits(t, i, t->start))))
		i++;
	cr_assert_lt(i, t->rs->nforms, "held for nobody's sake");
	return t->rs->forms[i].rule;
}

struct seen {
	size_t tails, matches, parts;
};

static void judge_tail(const struct tail *t, struct seen *seen)
{
	struct match want[2 * SCRIM_WINDOW], got[2 * SCRIM_WINDOW];
	size_t n = partial_slowly(t, want, array_size(want));

	cr_assert_eq(scan_partial(t->scanner, t->text, t->start, t->len, got, array_size(got)), n);
	for (size_t i = 0; i < n; i++) {
		cr_assert(!memcmp(&got[i], &want[i], sizeof(want[i])),
			  "[%u, %u) of rule %u, not [%u, %u) of rule %u", got[i].from, got[i].to,
			  got[i].rule, want[i].from, want[i].to, want[i].rule);
		if (want[i].to == t->len)
			seen->parts++;
		else
			seen->matches++;
	}
	cr_assert_eq(scan_holder(t->scanner, t->text, t->start, t->len), holder_slowly(t));
	/* No more is written than there is room for. */
	if (n > 1) {
		memset(got, 0xee, sizeof(got));
		cr_assert_eq(scan_partial(t->scanner, t->text, t->start, t->len, got, n - 1),
			     n - 1);
		cr_assert_eq(got[n - 1].form, 0xeeee);
	}
	seen->tails++;
}

/* Every cut of a text that leaves something undecided; memory ends at the cut. */
static void judge_cuts(const struct ruleset *rs, const struct rule_def *defs,
		       const struct scanner *s, const u8 *text, size_t every, struct seen *seen)
{
	struct match matches[TEXT_LEN + 1];

	for (size_t len = 1; len <= TEXT_LEN; len += every) {
		u8 *copy = malloc(len);
		struct scan_job job = {
			.text = copy, .len = len, .matches = matches, .cap = array_size(matches)};

		memcpy(copy, text, len);
		scan(s, &job);
		if (job.decided < len)
			judge_tail(&(struct tail){rs, defs, s, copy, job.decided, len}, seen);
		free(copy);
	}
}

Test(partial, builtin_tails_by_the_definition, .timeout = 300)
{
	const struct rule_def *defs;
	struct ruleset *rs = ruleset_builtin(&defs);
	struct seen seen = {0};
	enum isa isas[ISA_COUNT];
	size_t n = isas_here(isas);
	u64 seed = 0x1d1e;
	u8 text[TEXT_LEN];

	for (size_t round = 0; round < 10; round++) {
		struct scanner *s = scanner_all(rs, isas[round % n]);

		scan_text_dense(&seed, text, TEXT_LEN);
		judge_cuts(rs, defs, s, text, 3, &seen);
		scanner_free(s);
	}
	cr_assert_gt(seen.tails, 200);
	cr_assert_gt(seen.parts, 100);
	cr_assert_gt(seen.matches, 5);
	ruleset_free(rs);
}

Test(partial, tails_of_site_rules_by_the_definition, .timeout = 300)
{
	struct seen seen = {0};
	enum isa isas[ISA_COUNT];
	size_t n = isas_here(isas);
	u64 seed = 0x5171;
	u8 text[TEXT_LEN];

	for (size_t round = 0; round < 30; round++) {
		struct site *site = site_new(&seed, 1 + round % 6);
		struct ruleset *rs = ruleset_of(site->defs, site->n);
		struct scanner *s = scanner_all(rs, isas[round % n]);

		site_text(&seed, site, rs, text, TEXT_LEN);
		judge_cuts(rs, site->defs, s, text, 7, &seen);
		scanner_free(s);
		ruleset_free(rs);
		free(site);
	}
	cr_assert_gt(seen.tails, 200);
	cr_assert_gt(seen.parts, 100);
}

/* Rules for the examples: one with a check digit, one with an '@', one that wants its end. */
static const struct rule_def example_defs[] = {
	{.name = "never", .nforms = 1, .forms = {{.pattern = "zzz"}}},
	{.name = "card",
	 .nforms = 1,
	 .forms = {{.pattern = "\\d{16}",
		    .validate = "luhn",
		    .before = GUARD_DECIMAL,
		    .after = GUARD_DECIMAL,
		    .commit_unit = COMMIT_DIGITS,
		    .commit = 6}}},
	{.name = "mail",
	 .nforms = 1,
	 .forms = {{.pattern = "[a-z]{1,20}@[a-z.]{2,20}",
		    .commit_unit = COMMIT_PAST,
		    .commit = '@'}}},
	{.name = "hex",
	 .nforms = 1,
	 .forms = {{.pattern = "X[a-f0-9]{8}", .commit_unit = COMMIT_BYTES, .commit = 5}}},
	{.name = "shy", .nforms = 1, .forms = {{.pattern = "#[G-N]{8}", .after = GUARD_WORD}}},
};

enum { NEVER, CARD, MAIL, HEX, SHY };

/* What is masked of the tail that scan() leaves, a '*' for each byte; and for whom it is held. */
static const struct {
	const char *text, *masked;
	u16 holder;
} examples[] = {
	{"x 41111", "x 41111", CARD},
	{"x 411111", "x ******", CARD},
	{"x 4111111111111111", "x ****************", CARD},
	{"x 4111111111111111.", "x ****************.", CARD},
	{"x 4111111111111112", "x 4111111111111112", CARD}, /* wrong, whatever follows */
	{"x 4111111111111112.", "x 4111111111111112.", CARD},
	{"to jane", "to jane", MAIL},
	{"to jane@", "to *****", MAIL},
	{"to jane@x.org", "to **********", MAIL},
	{"at Xabc", "at Xabc", HEX},
	{"at Xabc0", "at *****", HEX},
	{"no #HIJKLMN", "no #HIJKLMN", SHY},
	{"no #HIJKLMNG", "no *********", SHY},
};

Test(partial, examples)
{
	struct ruleset *rs = ruleset_of(example_defs, array_size(example_defs));
	struct scanner *s = scanner_all(rs, ISA_SCALAR);

	for (size_t i = 0; i < array_size(examples); i++) {
		const u8 *text = (const u8 *)examples[i].text;
		size_t len = strlen(examples[i].text), n;
		struct match m[2 * SCRIM_WINDOW];
		char masked[64];
		struct scan_job job = {
			.text = text, .len = len, .matches = m, .cap = array_size(m)};

		scan(s, &job);
		cr_assert_eq(job.nmatches, 0, "%s", examples[i].text);
		cr_assert_lt(job.decided, len, "%s", examples[i].text);
		n = scan_partial(s, text, job.decided, len, m, array_size(m));
		memcpy(masked, examples[i].text, len + 1);
		for (size_t k = 0; k < n; k++)
			memset(masked + m[k].mask_from, '*', m[k].mask_to - m[k].mask_from);
		cr_assert_str_eq(masked, examples[i].masked);
		cr_assert_eq(scan_holder(s, text, job.decided, len), examples[i].holder, "%s",
			     examples[i].text);
	}
	scanner_free(s);
	ruleset_free(rs);
}
