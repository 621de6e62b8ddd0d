/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rules of a site: any pattern, any number of them, together. What scan() finds is the oracle's on
 * each ISA, at once and in pieces; and the law of overlaps in examples, with few rules and with so
 * many that they fill several groups.
 */
#include "oracle.h"
#include "scan_feed.h"
#include "scan_text.h"
#include "scanners.h"
#include "share.h"
#include "site_maker.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_LEN 500

static struct found want, got;

/* What was seen, so that a generator gone dull is noticed. */
struct seen {
	size_t matches, rejected, parts, forms;
};

static size_t cut_somewhere(void *arg, size_t at)
{
	u32 r = draw(arg, 100);

	return at + 1 + (r < 70 ? r / 10 : r * 3);
}

static void judge_text(struct scanner *const *scanners, size_t nscanners, u64 *seed, const u8 *text,
		       size_t len, size_t round)
{
	for (size_t i = 0; i < nscanners; i++) {
		scan_whole(scanners[i], text, len, &got);
		assert_same(&got, &want, isa_name(scanner_isa(scanners[i])), round);
		for (int cuts = 0; cuts < 2; cuts++) {
			scan_feed(scanners[i], text, len, cut_somewhere, seed, &got);
			assert_same(&got, &want, "in pieces, round", round);
		}
	}
}

static void count(const struct ruleset *rs, struct seen *seen)
{
	seen->matches += want.n;
	seen->forms += rs->nforms;
	for (u16 i = 0; i < rs->nrules; i++)
		seen->rejected += want.rejected[i];
	for (size_t i = 0; i < want.n; i++)
		seen->parts +=
			want.m[i].mask_to - want.m[i].mask_from < want.m[i].to - want.m[i].from;
}

static void judge_site(u64 *seed, size_t nrules, size_t texts, size_t len, struct seen *seen)
{
	struct site *site = site_new(seed, nrules);
	struct ruleset *rs = ruleset_of(site->defs, nrules);
	struct scanner *scanners[ISA_COUNT];
	enum isa isas[ISA_COUNT];
	size_t n = isas_here(isas);
	u8 text[TEXT_LEN];

	for (size_t i = 0; i < n; i++)
		scanners[i] = scanner_all(rs, isas[i]);
	for (size_t t = 0; t < texts; t++) {
		site_text(seed, site, rs, text, len);
		memset(want.rejected, 0, sizeof(want.rejected));
		want.n = oracle_scan(rs, site->defs, NULL, text, len, want.m, array_size(want.m),
				     want.rejected);
		count(rs, seen);
		judge_text(scanners, n, seed, text, len, t);
	}
	for (size_t i = 0; i < n; i++)
		scanner_free(scanners[i]);
	ruleset_free(rs);
	free(site);
}

Test(scan_site, a_few_rules_find_what_the_oracle_finds, .timeout = 300)
{
	struct seen seen = {0};
	u64 seed = 0x517e;

	for (size_t round = 0; round < share_of(90); round++)
		judge_site(&seed, 1 + round % 9, 3, TEXT_LEN, &seen);
	cr_assert_gt(seen.matches, share_sees(4500));
	cr_assert_gt(seen.rejected, share_sees(450));
	cr_assert_gt(seen.parts, share_sees(100));
}

Test(scan_site, many_rules_find_what_the_oracle_finds, .timeout = 300)
{
	static const size_t rules[] = {20, 31, 32, 40, 63, 64, 65, 100, 129, 200, RULE_MAX};
	struct seen seen = {0};
	u64 seed = 0x9a0;

	for (size_t i = 0; i < array_size(rules); i += share())
		judge_site(&seed, rules[i], 2, rules[i] > 70 ? 150 : 300, &seen);
	cr_assert_gt(seen.matches, share_sees(500));
	cr_assert_gt(seen.rejected, share_sees(50));
	cr_assert_gt(seen.forms, share_sees(10 * 64));
}

/* --- the law of overlaps ---------------------------------------------------------------------- */

#define SPAN_MAX 8
#define CASE_MAX 3

struct span_want {
	u32 from, to;
	u16 rule;
};

/* Patterns in order of precedence; "luhn:" in front asks for that validator. */
struct overlap {
	const char *what, *text;
	const char *patterns[CASE_MAX];
	size_t n;
	struct span_want want[SPAN_MAX];
};

static const struct overlap overlaps[] = {
	{"leftmost before longer", "abcdefg", {"bcdefg", "abc"}, 1, {{0, 3, 1}}},
	{"reading goes on behind a match",
	 "abcbcdabc",
	 {"bcd", "abc"},
	 3,
	 {{0, 3, 1}, {3, 6, 0}, {6, 9, 1}}},
	{"longest at one place", "xabcx", {"ab", "abc", "a"}, 1, {{1, 4, 1}}},
	{"longest of one pattern", "aaaaaaa", {"a{2,3}"}, 2, {{0, 3, 0}, {3, 6, 0}}},
	{"order among equals", "x12345x", {"[0-9]{5}", "\\d{5}", "12345"}, 1, {{1, 6, 0}}},
	{"a refused one hides no shorter one",
	 "4111111111111112",
	 {"luhn:\\d{16}", "\\d{4}"},
	 4,
	 {{0, 4, 1}, {4, 8, 1}, {8, 12, 1}, {12, 16, 1}}},
	{"a refused one hides no later one",
	 "14111111111111111 ",
	 {"luhn:1\\d{16}", "luhn:4\\d{15}"},
	 1,
	 {{1, 17, 1}}},
	{"a shorter end is tried when the longest is refused",
	 "41111111111111112",
	 {"luhn:4\\d{15,16}"},
	 1,
	 {{0, 16, 0}}},
	{"a refused one hides no equal one of a later rule",
	 "4111111111111112",
	 {"luhn:\\d{16}", "\\d{16}"},
	 1,
	 {{0, 16, 1}}},
};

/* A rule whose pattern is not in any of the texts. */
static void never(struct rule_def *def, size_t i)
{
	static char names[RULE_MAX][16];

	snprintf(names[i], sizeof(names[i]), "never-%zu", i);
	*def = (struct rule_def){.name = names[i],
				 .class = ID_OTHER,
				 .nforms = 1,
				 .forms = {{.pattern = "\\x01[a-z]{3}"}}};
}

static void judge_spans(const struct overlap *o, size_t apart, const struct scanner *s)
{
	scan_whole(s, (const u8 *)o->text, strlen(o->text), &got);
	cr_assert_eq(got.n, o->n, "%s: %zu matches", o->what, got.n);
	for (size_t i = 0; i < o->n; i++)
		cr_assert(got.m[i].from == o->want[i].from && got.m[i].to == o->want[i].to &&
				  got.m[i].rule == apart * (o->want[i].rule + 1u) - 1,
			  "%s: match %zu is [%u, %u) of rule %u", o->what, i, got.m[i].from,
			  got.m[i].to, got.m[i].rule);
}

/* The case's rules among others that find nothing: `apart` rules from one to the next. */
static void judge_overlap(const struct overlap *o, size_t apart)
{
	static const char *const names[CASE_MAX] = {"first", "second", "third"};
	static struct rule_def defs[RULE_MAX];
	enum isa isas[ISA_COUNT];
	size_t n = 0, nisas = isas_here(isas);
	struct ruleset *rs;
	struct scanner *s;

	for (size_t k = 0; k < CASE_MAX && o->patterns[k]; k++) {
		bool luhn = !strncmp(o->patterns[k], "luhn:", 5);

		for (size_t i = 1; i < apart; i++, n++)
			never(&defs[n], n);
		defs[n++] = (struct rule_def){
			.name = names[k],
			.class = ID_OTHER,
			.nforms = 1,
			.forms = {{.pattern = o->patterns[k] + (luhn ? 5 : 0),
				   .validate = luhn ? "luhn" : NULL}},
		};
	}
	rs = ruleset_of(defs, n);
	for (size_t i = 0; i < nisas; i++) {
		s = scanner_all(rs, isas[i]);
		judge_spans(o, apart, s);
		scanner_free(s);
	}
	ruleset_free(rs);
}

/* Side by side, and each in a group of its own. */
Test(scan_site, overlaps_leftmost_longest_then_order, .timeout = 300)
{
	for (size_t k = 0; k < array_size(overlaps); k++) {
		judge_overlap(&overlaps[k], 1);
		judge_overlap(&overlaps[k], 70);
	}
}
