/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Texts made to be the worst for the scanner. What its automata read is bounded as scan.h says: each
 * place is asked about once, by those forms at most that can begin there, and no form reads more than
 * until its automaton is dead. A stream in pieces asks again about one place for each piece, no more.
 * A memo of lines changes none of that; what it costs to learn a line has its own bound.
 * That each call looks labels up behind each byte once at most, scan_feed() asserts.
 */
#include "../../user/scan/memo.h"
#include "scan_feed.h"
#include "scan_text.h"
#include "scanners.h"
#include "share.h"
#include "site_maker.h"
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_LEN 2100 /* more than a batch of the scanner */

static struct found found;

/* Put behind each other until the text is full. */
static const char *const runs[] = {
	"1",
	"12",
	"9",
	"0",
	"1-",
	"1 ",
	"1.",
	"12-",
	"123-45-678 ",
	"000-12-3456 ",
	"123-45-6789",
	"4111111111111112",
	"4111 1111 1111 1112 ",
	"1234567890123456789 ",
	"@",
	"a@",
	"@a",
	"a",
	"a.",
	"a.b@",
	"a@b",
	"a@b.",
	"a@bbb.ccc ",
	"aaaaaaaaaaaaaaa@@@",
	"x@y@z.",
	"\x80",
	"\xc3\xa9@",
	"+",
	"+1",
	"+44 1 ",
	"+4 (1) ",
	"(212) ",
	"(",
	"00",
	"001 ",
	"1.2.3.",
	"1.2.3.4.",
	"999.999.999.999 ",
	"2023-02-29 ",
	"20239999",
	"19001301",
	"14MAR",
	"March 99 ",
	"Mar Mar ",
	"1st of ",
	"31 of Dec",
	"ssn ",
	"ssn 1",
	"mrn a",
	"mrn 1-",
	"mrn A1234567 ",
	"zip 1234",
	"tel 1 ",
	"AL 1",
	"no no no no no no no 1 ",
	"number is the 1",
	"- - - - - - - - 1",
	"MRNMRN1",
	"MRN:",
	"mrnMrn",
	"DlDl",
	"SSN no 1 ",
	"Tel. is: ",
	"MRN                                                            ",
	"v1.2.3.4 ",
	"\n",
	"1\n",
	"\r",
	"",
};

static size_t cut_every(void *arg, size_t at)
{
	return at + *(size_t *)arg;
}

/* The bytes that form sf's automaton reads from text[p] on: whole blocks of 8, at most its longest match and one. */
static u64 reads(const struct scan_form *sf, const u8 *text, size_t p, size_t len)
{
	const struct dfa *d = &sf->form->dfa;
	size_t n = 0, there = len - p;
	u16 state = 1;

	while (state && n < there)
		state = d->trans[state * d->nclasses + d->class[text[p + n++]]];
	n = (n + 7) / 8 * 8;
	n = n < there ? n : there;
	return n <= d->max ? n : d->max + 1u;
}

/* What the forms that can begin at p, by the bytes there and before, read there in all: each once. */
static u64 may_read(const struct scanner *s, const struct scan_job *job, size_t p)
{
	u64 sum = 0;

	for (u16 g = 0; g < s->ngroups; g++) {
		const struct group *group = &s->groups[g];
		u64 forms = p ? group_before(group, job->text, p) : ~0ULL;

		for (size_t k = 0; k < FILTER_DEPTH && p + k < job->len; k++)
			forms &= group->at[k][job->text[p + k]];
		for (; forms; forms &= forms - 1) {
			size_t i = g * (size_t)GROUP_FORMS + (size_t)__builtin_ctzll(forms);

			if (form_labelled(s->forms[i].form, job->text, p))
				sum += reads(&s->forms[i], job->text, p, job->len);
		}
	}
	return sum;
}

/* How near the calls for a text came to what they may read. */
struct cost {
	u64 walked, most;
};

/*
 * What a call read, against all places that it may have asked about: those outside of matches, with the first one
 * that is undecided.
 */
static void watch(void *arg, const struct scanner *s, const struct scan_job *job)
{
	struct cost *cost = arg;
	size_t i = 0;
	u64 most = 0;

	for (size_t p = job->start; p < job->len && p <= job->decided; p++) {
		most += may_read(s, job, p);
		if (i < job->nmatches && p == job->matches[i].from)
			p = job->matches[i++].to - 1;
	}
	cr_assert_leq(job->walked, most, "%s: %llu bytes read of %zu", isa_name(scanner_isa(s)),
		      (unsigned long long)job->walked, job->len);
	cost->walked += job->walked;
	cost->most += most;
}

/* At once, and in pieces of `finest` bytes and more. Returns whether to read twice as much would be too much. */
static bool judge(const struct scanner *s, const u8 *text, size_t finest)
{
	struct cost whole = {0}, pieces = {0};
	struct scan_feeding how = {.watch = watch, .arg = &whole};
	size_t every = TEXT_LEN;

	scan_feed_watched(s, &how, text, TEXT_LEN, cut_every, &every, &found);
	how.arg = &pieces;
	for (every = finest; every < 300; every = every * 5 + 2)
		scan_feed_watched(s, &how, text, TEXT_LEN, cut_every, &every, &found);
	return 2 * whole.walked > whole.most;
}

static void fill(u8 *text, const void *piece, size_t n)
{
	for (size_t i = 0; i < TEXT_LEN; i++)
		text[i] = n ? ((const u8 *)piece)[i % n] : 0;
}

/* The longest that a form can take, without its last byte: asked for to the end, in vain. Of every third form. */
static size_t judge_near_misses(const struct ruleset *rs, const struct scanner *s, size_t first,
				u64 *seed)
{
	u8 word[SCRIM_WINDOW + 1], text[TEXT_LEN];
	size_t bad = 0;

	for (size_t i = first; i < rs->nforms; i += 3) {
		size_t n = dfa_word(seed, &rs->forms[i].dfa, true, word, SCRIM_WINDOW);

		cr_assert_eq(n, rs->forms[i].dfa.max);
		fill(text, word, n);
		bad += judge(s, text, 7);
		word[n - 1] = '\n';
		fill(text, word, n);
		bad += judge(s, text, 7);
	}
	return bad;
}

/*
 * Measured: 8.3 bytes at most, for "001 ". Where forms may begin but are seldom asked, as in a run of
 * digits, may_read() leaves far more.
 */
#define WALKED_MOST 24 /* for a byte of runs[] */

Test(scan_worst, builtin_rules_stay_in_their_bound, .timeout = 300)
{
	const struct rule_def *defs;
	struct ruleset *rs = ruleset_builtin(&defs);
	enum isa isas[ISA_COUNT];
	size_t n = isas_here(isas);
	u8 text[TEXT_LEN];
	u64 seed = 0xbad;

	for (size_t i = 0; i < n; i++) {
		struct scanner *s = scanner_all(rs, isas[i]);
		size_t bad = 0;

		for (size_t k = 0; k < array_size(runs); k++) {
			fill(text, runs[k], strlen(runs[k]));
			bad += judge(s, text, k % share() ? 37 : 1);
			scan_whole(s, text, TEXT_LEN, &found);
			cr_assert_leq(found.walked, WALKED_MOST * TEXT_LEN, "%s: %s",
				      isa_name(isas[i]), runs[k]);
		}
		bad += judge_near_misses(rs, s, i % 3, &seed);
		cr_assert_gt(bad, 6, "%s: the bound says little", isa_name(isas[i]));
		scanner_free(s);
	}
	ruleset_free(rs);
}

/* Forms that differ in nothing that a filter sees, and that all go on to the window's end. */
Test(scan_worst, long_forms_stay_in_their_bound, .timeout = 300)
{
	static const char *const patterns[] = {
		"a{1,255}b",     "[ab]{1,255}c",           "(?:ab?){128}",
		"\\w{100,255}-", "[^@]{1,200}@[^@]{1,55}", "[^@]{0,200}@@{1,55}",
		"a{256}",        "[a@]{0,250}#",
	};
	struct rule_def defs[array_size(patterns)] = {0};
	static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
	enum isa isas[ISA_COUNT];
	size_t n = isas_here(isas);
	struct ruleset *rs;
	u8 text[TEXT_LEN];

	for (size_t i = 0; i < array_size(patterns); i++)
		defs[i] = (struct rule_def){.name = names[i],
					    .class = ID_OTHER,
					    .nforms = 1,
					    .forms = {{.pattern = patterns[i]}}};
	rs = ruleset_of(defs, array_size(defs));
	for (size_t i = 0; i < n; i++) {
		struct scanner *s = scanner_all(rs, isas[i]);
		size_t bad = 0;

		for (size_t k = 0; k < array_size(runs); k++) {
			fill(text, runs[k], strlen(runs[k]));
			bad += judge(s, text, k % share() ? 37 : 1);
		}
		cr_assert_gt(bad, 5, "%s: the bound says little", isa_name(isas[i]));
		scanner_free(s);
	}
	ruleset_free(rs);
}

/* --- with a memo ------------------------------------------------------------------------------ */

/* What was paid for may be learnt, and the last line may cost more than is left (memo.h). */
#define DEBT_MOST (LEARN_MOST + LEARN_MOST / 8)

/* Over and over, so that it is known in the end. */
static void judge_memo(const struct scanner *s, struct scan_memo *memo, const u8 *text)
{
	struct cost cost = {0};
	struct scan_feeding how = {.memo = memo, .watch = watch, .arg = &cost};
	size_t every = TEXT_LEN;

	for (int round = 0; round < 3; round++) {
		scan_feed_watched(s, &how, text, TEXT_LEN, cut_every, &every, &found);
		cr_assert_geq(memo->credit, -(ssize_t)DEBT_MOST);
	}
}

/* Lines of `line` bytes that are all the same. */
static void fill_lines(u8 *text, size_t line, const char *piece)
{
	size_t n = strlen(piece);

	for (size_t i = 0; i < TEXT_LEN; i++)
		text[i] = i % line == line - 1 ? '\n' : n ? (u8)piece[i % line % n] : 0;
}

Test(scan_worst, lines_that_are_known_stay_in_their_bound, .timeout = 300)
{
	const struct rule_def *defs;
	struct ruleset *rs = ruleset_builtin(&defs);
	enum isa isas[ISA_COUNT];
	size_t n = isas_here(isas);
	u8 text[TEXT_LEN];

	for (size_t i = 0; i < n; i++) {
		struct scanner *s = scanner_all(rs, isas[i]);
		struct scan_memo *memo = scan_feed_memo_new();
		ssize_t credit = memo->credit;

		for (size_t k = 0; k < array_size(runs); k++) {
			fill_lines(text, 60 + k, runs[k]);
			judge_memo(s, memo, text);
		}
		cr_assert_lt(memo->credit, credit, "nothing was learnt");
		scan_memo_free(memo);
		scanner_free(s);
	}
	ruleset_free(rs);
}

/* Hex digits with something between, at other places in each line: the dearest there is to learn. */
static void fill_dear(u64 *seed, u8 *text)
{
	for (size_t i = 0; i < TEXT_LEN; i++)
		text[i] = draw(seed, 9) ? (u8) "0123456789abcdef"[draw(seed, 16)]
					: (u8) "-.: "[draw(seed, 4)];
	for (size_t i = 299; i < TEXT_LEN; i += 300)
		text[i] = '\n';
}

Test(scan_worst, learning_costs_what_was_paid_for, .timeout = 300)
{
	const struct rule_def *defs;
	struct ruleset *rs = ruleset_builtin(&defs);
	struct scanner *s = scanner_all(rs, isa_best());
	struct scan_memo *memo = scan_feed_memo_new();
	u8 text[TEXT_LEN];
	u64 seed = 0xdea1;

	/* The credit for a beginning is used up in no time. */
	for (int round = 0; memo->credit > 0; round++) {
		cr_assert_lt(round, 100);
		fill_dear(&seed, text);
		judge_memo(s, memo, text);
	}
	for (int round = 0; round < 20; round++) {
		fill_dear(&seed, text);
		judge_memo(s, memo, text);
	}
	cr_assert_leq(memo->credit, 0);
	scan_memo_free(memo);
	scanner_free(s);
	ruleset_free(rs);
}
