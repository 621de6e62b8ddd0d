/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A memo of lines changes nothing but the time: lines that are alike but for digits and hex digits, over and
 * over, cut anywhere, give what they give without one, on each ISA; with any scanner, and when scanners come
 * and go. What is said of an outline's labels holds for every text that it is of.
 */
#include "../../user/scan/memo.h"
#include "scan_feed.h"
#include "scan_text.h"
#include "scanners.h"
#include "site_maker.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT 6000

static struct found want, got;

/* \1 is a digit, \2 a hex digit, everything else stands for itself. */
static const char *const parts[] = {
	"\1\1\1-\1\1-\1\1\1\1",
	"\1\1\1\1\1\1\1\1\1",
	"\1\1.\1\1.\1\1\1.\1",
	"\1\1\1\1-\1\1-\1\1",
	"\1\1:\1\1:\1\1.\1\1\1",
	"\2\2\2\2\2\2\2\2",
	"\2\2\2\2\2\2\2\2-\2\2\2\2-\2\2\2\2-\2\2\2\2",
	"\2\2\2\2\2\2\2\2-\1\1\1\1-\2\2\2\2-\1\1\1\1-\2\2\2\2\2\2\2\2\2\2\2\2",
	"\2\2:\1\1:\2\2:\2\2:\1\1:\2\2",
	"\2\1\1\1\1\1\1\1\1",
	"\1\1\1\1\1\1\1\1",
	"\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2",
	"\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2",
	"\2\2\2",
	"\2",
	"\1",
	"\1\1",
	"\1\1\1",
	"\1\1\1\1\1\1\1\1\1\1",
	"\1\1\1\1 \1\1\1\1 \1\1\1\1 \1\1\1\1",
	"MRN\1\1\1\1\1\1\1",
	"MRN: ",
	"mrn is ",
	"SSN no ",
	"SSN code\1",
	"SSN: \2\2",
	"DEA: ",
	"DEA\2\2",
	"de\2",
	"dea no\2 ",
	"DEA BF\1\1\1\1\1\1\1",
	"AB\1\1\1\1\1\1\1",
	"MRN be\2 \1\1\1\1\1\1",
	"Patient: John Smith",
	"name: Ann Lee",
	"Dr. Jos\xc3\xa9 Mart\xc3\xadn",
	"\1\1 Elm St",
	"PO Box \1\1\1",
	"Springfield, IL \1\1\1\1\1",
	"ZIP \1\1\1\1\1",
	"jane.doe\1@mail.example.org",
	"(\1\1\1) \1\1\1-\1\1\1\1",
	"+\1 \1\1\1 \1\1\1 \1\1\1\1",
	"Acct #\1\1\1\1\1\1\1\1",
	"acct: \2\2\2\2\2\2\2\2",
	"id",
	"ward",
	" ",
	" ",
	" ",
	": ",
	", ",
	".",
	"-",
	"/",
	"\"",
	"=",
	"\t",
	" | ",
	"</td><td>",
	"<b>",
	"<a id=\"\1\">",
	"\\H\\",
	"\xc2\xa0",
	"\xe2\x80\x93",
	"GB\1\1WEST\1\1\1\1\1\1\1\1\1\1\1\1\1\1",
	"\1\1 March \1\1\1\1",
	"March \1\1, \1\1\1\1",
	"DOB \1\1/\1\1/\1\1\1\1",
	"seen 202\1-01-1\1",
	"from 10.\1\1.2\1\1.\1",
	"http://\2\2.example.org/\1",
	"code",
	"\2\2:\2\2:\2\2:\2\2:\2\2:\2\2",
	"value \1.\1",
	"no",
	"plate",
	"abc \1\1\1",
	"1HGCM8\1\1\1\1A\1\1\1\1\1\1",
};

/* A line of some parts, now and then one that is too long; digits and hex digits are still to be drawn. */
static size_t make_template(u64 *seed, u8 *line, size_t room)
{
	size_t n = 0, count = draw(seed, 12) ? 1 + draw(seed, 9) : 100;

	while (count-- > 0) {
		const char *part = parts[draw(seed, array_size(parts))];

		if (n + strlen(part) + 2 > room)
			break;
		memcpy(line + n, part, strlen(part));
		n += strlen(part);
		if (draw(seed, 3))
			line[n++] = ' ';
	}
	line[n++] = draw(seed, 6) ? '\n' : '\r';
	return n;
}

/* A line of a template, its blanks filled in. */
static void fill_in(u64 *seed, const u8 *template, size_t n, u8 *to)
{
	for (size_t i = 0; i < n; i++)
		to[i] = template[i] == 1   ? (u8)('0' + draw(seed, 10))
			: template[i] == 2 ? (u8) "0123456789abcdefABCDEFdea"[draw(seed, 25)]
					   : template[i];
}

/* Lines of few templates; the last one has no end, mostly. */
static size_t make_text(u64 *seed, u8 *text)
{
	u8 template[12][LINE_ROOM + 40];
	size_t len[12], n = 0;

	for (size_t i = 0; i < 12; i++)
		len[i] = make_template(seed, template[i], sizeof(template[i]));
	for (;;) {
		size_t i = draw(seed, 12);

		if (n + len[i] > TEXT)
			break;
		fill_in(seed, template[i], len[i], text + n);
		n += len[i];
	}
	return n - draw(seed, 40);
}

static size_t cut_somewhere(void *arg, size_t at)
{
	u32 r = draw(arg, 100);

	return at + 1 + (r < 30 ? r : r < 90 ? 10 * r : 8000);
}

static void compare(const struct scanner *s, struct scan_memo *m, const u8 *text, size_t len,
		    u64 *seed, size_t where)
{
	scan_whole(s, text, len, &want);
	for (int i = 0; i < 3; i++) {
		scan_feed_memo(s, m, text, len, cut_somewhere, seed, &got);
		assert_same(&got, &want, isa_name(scanner_isa(s)), where);
	}
}

static void same_with_a_memo(enum isa isa, struct scan_memo *m, int rounds)
{
	const struct rule_def *defs;
	struct ruleset *rs = ruleset_builtin(&defs);
	struct scanner *s = scanner_all(rs, isa);
	u64 seed = 0x5eed0 + (u64)isa;
	u8 text[TEXT];

	for (int round = 0; round < rounds; round++)
		compare(s, m, text, make_text(&seed, text), &seed, (size_t)round);
	scanner_free(s);
	ruleset_free(rs);
}

Test(memo, changes_no_match_and_no_count)
{
	struct scan_memo *m = scan_feed_memo_new();
	enum isa isas[ISA_COUNT];

	for (size_t n = isas_here(isas); n-- > 0;)
		same_with_a_memo(isas[n], m, 40);
	scan_memo_free(m);
}

/* --- rules of a site --------------------------------------------------------------------------- */

/* Variants of a text of some lines: other digits, now and then another hex letter. */
static size_t make_variants(u64 *seed, const u8 *lines, size_t len, u8 *text)
{
	size_t n = 0;

	for (; n + len <= TEXT; n += len) {
		for (size_t i = 0; i < len; i++) {
			u8 c = lines[i];

			if ((u8)(c - '0') < 10)
				c = (u8)('0' + draw(seed, 10));
			else if ((u8)((c | 0x20) - 'a') < 6 && !draw(seed, 4))
				c = (u8)((c & 0x20) | (u8) "ABCDEF"[draw(seed, 6)]);
			text[n + i] = c;
		}
	}
	return n;
}

Test(memo, changes_nothing_for_rules_of_a_site, .timeout = 300)
{
	struct scan_memo *m = scan_feed_memo_new();
	u64 seed = 0x517e2;
	u8 lines[300], text[TEXT];
	size_t matches = 0;

	/* Scanners come and go, their rules are other ones, and the memo stays. */
	for (size_t round = 0; round < 60; round++) {
		struct site *site = site_new(&seed, 1 + round % 7);
		struct ruleset *rs = ruleset_of(site->defs, 1 + round % 7);
		struct scanner *s = scanner_all(rs, isa_best());

		site_text(&seed, site, rs, lines, sizeof(lines));
		for (size_t i = 50 + draw(&seed, 50); i < sizeof(lines); i += 30 + draw(&seed, 99))
			lines[i] = '\n';
		compare(s, m, text, make_variants(&seed, lines, sizeof(lines), text), &seed, round);
		matches += want.n;
		scanner_free(s);
		ruleset_free(rs);
		free(site);
	}
	cr_assert_gt(matches, 2000);
	scan_memo_free(m);
}

/* Labels that look like hex digits, or have digits, next to values that do; and some that differ by a bit. */
static const struct rule_def hexed[] = {
	{.name = "bed",
	 .class = ID_OTHER,
	 .nforms = 2,
	 .forms = {{.pattern = "[0-9a-f]{3}",
		    .labels = (const char *const[]){"bed", "dea no", "=FACE", "a1", "cab 5", NULL},
		    .distance = 12},
		   {.pattern = "[A-F]{2}\\d",
		    .labels = (const char *const[]){"bed", "cafe bed", "n\xc3\xa9", "n\xc3\x89",
						    "id[", "id{", NULL},
		    .distance = 30,
		    .before = GUARD_WORD,
		    .after = GUARD_WORD}}},
	{.name = "free",
	 .class = ID_OTHER,
	 .nforms = 1,
	 .forms = {{.pattern = "\\d{2}[.-]\\d{2}",
		    .unless = (const char *const[]){"bed", "ad", "2b", NULL},
		    .distance = 16,
		    .before = GUARD_NUMBER,
		    .after = GUARD_TOKEN}}},
};

/* An address, which has a quick way, and labels that forbid it and look like hex digits. */
static struct rule_def address(void)
{
	const struct rule_def *defs;
	struct rule_def found = {.name = NULL};
	size_t n;

	defs = rules_builtin(&n);
	for (size_t i = 0; i < n; i++)
		if (!strcmp(defs[i].name, "ipv4"))
			found = defs[i];
	cr_assert(found.name && found.forms[0].quick);
	found.forms[0].unless = hexed[1].forms[0].unless;
	found.forms[0].distance = hexed[1].forms[0].distance;
	found.examples = NULL;
	return found;
}

Test(memo, knows_labels_in_blanks)
{
	static const char *const words[] = {
		"bed",  "BED",  "Bed",   "face",      "FACE",      "dea", "no",   "be",
		"is",   "code", "cab",   "ad",        "a",         "de",  "5",    "1",
		"2b",   "f00",  "12.34", "56-78",     "abc",       "AB7", "cafe", "x",
		"ward", "id",   "a1",    "n\xc3\xa9", "n\xc3\x89", "id[", "id{",  "10.2.0.30"};
	struct rule_def defs[] = {hexed[0], hexed[1], address()};
	struct ruleset *rs = ruleset_of(defs, array_size(defs));
	struct scanner *s = scanner_all(rs, isa_best());
	struct scan_memo *m = scan_feed_memo_new();
	u64 seed = 0xbed;
	u8 lines[200], text[TEXT];
	size_t matches = 0;

	for (size_t round = 0; round < 1500; round++) {
		size_t n = 0;

		while (n < 180) {
			const char *word = words[draw(&seed, array_size(words))];

			memcpy(lines + n, word, strlen(word));
			n += strlen(word);
			if (draw(&seed, 4))
				lines[n++] = (u8) "  :=-_.\n"[draw(&seed, 8)];
		}
		lines[n++] = '\n';
		compare(s, m, text, make_variants(&seed, lines, n, text), &seed, round);
		matches += want.n;
	}
	cr_assert_gt(matches, 100000);
	scan_memo_free(m);
	scanner_free(s);
	ruleset_free(rs);
}

/* Two places of a line where the same may match: the one behind a label, the other behind what may be one. */
Test(memo, tells_what_is_a_label_from_what_may_be_one)
{
	const struct rule_def bed[] = {
		{.name = "bed",
		 .class = ID_OTHER,
		 .nforms = 1,
		 .forms = {{.pattern = "\\d{5}",
			    .labels = (const char *const[]){"ward", "bed", NULL},
			    .distance = 1}}}};
	static const char lines[] = "ward 12345 b1d 12345\nward 12345 b2d 12345\n"
				    "ward 12345 b3d 12345\nward 12345 bed 12345\n";
	struct ruleset *rs = ruleset_of(bed, array_size(bed));
	struct scanner *s = scanner_all(rs, isa_best());
	struct scan_memo *m = scan_feed_memo_new();
	u64 seed = 5;
	char text[TEXT] = "";

	for (int i = 0; i < 60; i++)
		strcat(text, lines);
	compare(s, m, (const u8 *)text, strlen(text), &seed, 0);
	cr_assert_eq(want.n, 60 * 5);
	scan_memo_free(m);
	scanner_free(s);
	ruleset_free(rs);
}

/* "\r" ends a line, unless a pattern goes on over it. */
Test(memo, lets_a_match_go_over_a_carriage_return)
{
	static const struct rule_def over[] = {{.name = "over",
						.class = ID_OTHER,
						.nforms = 1,
						.forms = {{.pattern = "x\\d[^a]y"}}}};
	struct ruleset *rs = ruleset_of(over, 1);
	struct scanner *s = scanner_all(rs, isa_best());
	struct scan_memo *m = scan_feed_memo_new();
	u8 text[] = "abc x1\ryz and so on, and on, and on, and on, and on, until it is long\n"
		    "abc x2\ryz and so on, and on, and on, and on, and on, until it is long\n"
		    "abc x3\ryz and so on, and on, and on, and on, and on, until it is long\n";
	u64 seed = 1;

	compare(s, m, text, sizeof(text) - 1, &seed, 0);
	cr_assert_eq(want.n, 3);
	scan_memo_free(m);
	scanner_free(s);
	ruleset_free(rs);
}

/* A date of which its quick way is sure is none where the form of another group makes it longer. */
Test(memo, asks_all_groups_where_one_is_sure)
{
	static const struct rule_def longer = {
		.name = "longer",
		.class = ID_OTHER,
		.nforms = 1,
		.forms = {{.pattern = "\\d{4}-\\d{2}-\\d{2}/\\d{2}"}}};
	const struct rule_def *builtin;
	struct rule_def defs[RULE_MAX];
	struct ruleset *rs;
	struct scanner *s;
	struct scan_memo *m = scan_feed_memo_new();
	char text[TEXT] = "";
	size_t n, len = 0;
	u64 seed = 1;

	builtin = rules_builtin(&n);
	memcpy(defs, builtin, n * sizeof(*defs));
	defs[n] = longer;
	rs = ruleset_of(defs, n + 1);
	s = scanner_all(rs, isa_best());
	for (u32 i = 0; i < 80; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"at 2024-02-1%u/%02u of ward %u, and more of it\n",
					draw(&seed, 10), draw(&seed, 100), draw(&seed, 10));
	compare(s, m, (const u8 *)text, len, &seed, 0);
	cr_assert_eq(want.n, 80);
	cr_expect_eq(want.m[0].to - want.m[0].from, 13);
	scan_memo_free(m);
	scanner_free(s);
	ruleset_free(rs);
}
