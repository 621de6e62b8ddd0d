/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Texts made to be the worst for the scanner. What its automata read is bounded as scan.h says:
 * each place is asked about once by each form at most, and no form reads more than its longest
 * match and a byte there. A stream in pieces asks again about one place for each piece, no more.
 * That each call looks labels up behind each byte once at most, scan_feed() asserts.
 */
#include "scan_feed.h"
#include "scan_text.h"
#include "scanners.h"
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

/* What all forms together may read at a place. */
static u64 bound_at_a_place(const struct ruleset *rs)
{
	u64 sum = 0;

	for (u16 i = 0; i < rs->nforms; i++) {
		cr_assert_leq(rs->forms[i].dfa.max, SCRIM_WINDOW);
		sum += rs->forms[i].dfa.max + 1u;
	}
	return sum;
}

/* At once, and in pieces of `finest` bytes and more. */
static void judge(const struct ruleset *rs, const struct scanner *s, const u8 *text, size_t finest,
		  const char *what)
{
	u64 place = bound_at_a_place(rs);

	scan_whole(s, text, TEXT_LEN, &found);
	cr_assert_leq(found.walked, place * TEXT_LEN, "%s: %s, at once", isa_name(scanner_isa(s)),
		      what);
	for (size_t every = finest; every < 300; every = every * 5 + 2) {
		u64 pieces = TEXT_LEN / every + 2;

		/* A piece asks again about the one place that was not decided, and about new ones. */
		scan_feed(s, text, TEXT_LEN, cut_every, &every, &found);
		cr_assert_leq(found.walked, place * (TEXT_LEN + pieces), "%s: %s, every %zu",
			      isa_name(scanner_isa(s)), what, every);
	}
}

static void fill(u8 *text, const void *piece, size_t n)
{
	for (size_t i = 0; i < TEXT_LEN; i++)
		text[i] = n ? ((const u8 *)piece)[i % n] : 0;
}

/* The longest that each form can take, without its last byte: asked for to the end, in vain. */
static void judge_near_misses(const struct ruleset *rs, const struct scanner *s, u64 *seed)
{
	u8 word[SCRIM_WINDOW + 1], text[TEXT_LEN];

	for (u16 i = 0; i < rs->nforms; i++) {
		size_t n = dfa_word(seed, &rs->forms[i].dfa, true, word, SCRIM_WINDOW);

		cr_assert_eq(n, rs->forms[i].dfa.max);
		fill(text, word, n);
		judge(rs, s, text, 7, "the longest of a form");
		word[n - 1] = '\n';
		fill(text, word, n);
		judge(rs, s, text, 7, "the longest of a form, its last byte wrong");
	}
}

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

		for (size_t k = 0; k < array_size(runs); k++) {
			fill(text, runs[k], strlen(runs[k]));
			judge(rs, s, text, 1, runs[k]);
		}
		judge_near_misses(rs, s, &seed);
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

		for (size_t k = 0; k < array_size(runs); k++) {
			fill(text, runs[k], strlen(runs[k]));
			judge(rs, s, text, 1, runs[k]);
		}
		scanner_free(s);
	}
	ruleset_free(rs);
}
