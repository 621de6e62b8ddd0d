/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a memo of lines is for: lines that are known cost less, for each scanner, whatever comes first; and what it
 * does not do: learn at any price, or keep words of lines that came once.
 */
#include "../../user/scan/memo.h"
#include "../../user/scan/outline_vec.h"
#include "scan_feed.h"
#include "scanners.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct found got;

/* Has numbers that some rules ask about, and values of none. */
static const char in_vain[] =
	"2024-13-45 12:11:12.609 lab 4 sent 7 Elm reports, 5 of 9 May be late\n";

static size_t no_cut(void *arg, size_t at)
{
	(void)arg;
	(void)at;
	return SIZE_MAX;
}

static u64 walked_of(const struct scanner *s, struct scan_memo *m, const char *line)
{
	char text[10 * LINE_ROOM + 1] = "";

	for (int i = 0; i < 10; i++)
		strcat(text, line);
	scan_feed_memo(s, m, (const u8 *)text, strlen(text), no_cut, NULL, &got);
	return got.walked;
}

Test(memo_known, spares_what_a_known_line_cannot_match)
{
	const struct rule_def *defs;
	struct ruleset *rs = ruleset_builtin(&defs);
	struct scanner *s = scanner_all(rs, isa_best());
	struct scan_memo *m = scan_feed_memo_new();
	u64 without = walked_of(s, NULL, in_vain);

	walked_of(s, m, in_vain);
	cr_assert_lt(walked_of(s, m, in_vain), without);
	scan_memo_free(m);
	scanner_free(s);
	ruleset_free(rs);
}

/* Lines that a scanner of other rules, or the one before a reload, has learnt are learnt anew. */
Test(memo_known, is_of_use_to_each_scanner)
{
	static const char line[] = "2024-13-45 12:11:12.609 lab 4 sent 7 Elm reports to 5 of 9\n";
	const struct rule_def *defs;
	struct ruleset *rs = ruleset_builtin(&defs);
	struct scanner *one = scanner_all(rs, isa_best()), *two = scanner_all(rs, isa_best());
	struct scan_memo *m = scan_feed_memo_new();
	u64 without = walked_of(one, NULL, line);

	walked_of(one, m, line);
	walked_of(two, m, line);
	cr_assert_lt(walked_of(one, m, line), without);
	cr_assert_lt(walked_of(two, m, line), without);
	scan_memo_free(m);
	scanner_free(one);
	scanner_free(two);
	ruleset_free(rs);
}

/* What learning costs is known, and has a limit. */
Test(memo_known, gives_up_on_a_line_that_costs_too_much)
{
	const struct rule_def *defs;
	struct ruleset *rs = ruleset_builtin(&defs);
	struct scanner *s = scanner_all(rs, isa_best());
	struct memo_line l;
	u8 line[LINE_ROOM];

	for (size_t i = 0; i < sizeof(line); i++)
		line[i] = i % 9 ? ANY_HEX : (u8) "-.: "[i / 9 % 4];
	line[sizeof(line) - 1] = '\n';
	cr_assert_leq(memo_learn(s, line, sizeof(line), &l), LEARN_MOST + LEARN_MOST / 8);
	cr_assert_eq(l.state, LINE_UNFIT);
	scanner_free(s);
	ruleset_free(rs);
}

static size_t learning_costs(const struct scanner *s, u8 byte)
{
	struct memo_line l;
	u8 line[LINE_ROOM];

	memset(line, byte, sizeof(line));
	line[sizeof(line) - 1] = '\n';
	return memo_learn(s, line, sizeof(line), &l);
}

static const struct rule_def beds[] = {
	{.name = "bed",
	 .class = ID_OTHER,
	 .nforms = 1,
	 .forms = {{.pattern = "#\\d{5}",
		    .labels = (const char *const[]){"bed", "cafe", NULL},
		    .distance = RULE_MAX_DISTANCE}}},
	{.name = "ward",
	 .class = ID_OTHER,
	 .nforms = 1,
	 .forms = {{.pattern = "#\\d{5}",
		    .labels = (const char *const[]){"bed", "cafe", "aisle", "code", "grade", NULL},
		    .distance = RULE_MAX_DISTANCE}}},
};

/* Where hex digits may make a label, each is looked for, and what may lead on from it, though nothing can match there. */
Test(memo_known, counts_looks_for_labels)
{
	size_t costs[array_size(beds)];

	for (size_t i = 0; i < array_size(beds); i++) {
		struct ruleset *rs = ruleset_of(&beds[i], 1);
		struct scanner *s = scanner_all(rs, isa_best());

		costs[i] = learning_costs(s, ANY_HEX);
		cr_assert_gt(costs[i], 2 * learning_costs(s, '-'));
		scanner_free(s);
		ruleset_free(rs);
	}
	cr_assert_gt(costs[1], costs[0]);
}

/* Lines that come again, but so many that they cannot all be learnt, cost less without. */
Test(memo_known, sleeps_where_lines_are_seen_again_and_not_known)
{
	const struct rule_def *defs;
	struct ruleset *rs = ruleset_builtin(&defs);
	struct scanner *s = scanner_all(rs, isa_best());
	struct scan_memo *m = scan_feed_memo_new();
	static u8 text[48 * 1024];

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (u8)in_vain[i % (sizeof(in_vain) - 1)];
	m->credit = -(ssize_t)sizeof(text);
	scan_feed_memo(s, m, text, sizeof(text), no_cut, NULL, &got);
	cr_assert_gt(m->asleep, 0);
	scan_memo_free(m);
	m = scan_feed_memo_new();
	scan_feed_memo(s, m, text, sizeof(text), no_cut, NULL, &got);
	cr_assert_eq(m->asleep, 0);
	scan_memo_free(m);
	scanner_free(s);
	ruleset_free(rs);
}

/* What a text's line is expected to be. */
static struct memo_line *expected(struct scan_memo *m, const struct scanner *s, const char *text)
{
	const struct line_reader r = line_reader('\n', s->memo_key);
	struct line line = {.text = (const u8 *)text, .len = strlen(text)};
	u64 hash = line.len > CODED_ROOM ? long_line_read(&r, &line)
					 : line_read(&r, line.text + line.len, &line);
	size_t set = memo_set(hash);

	return memo_line_at(m, set, first_way(m->tag[set], hash));
}

/* Ids are hex digits at nearly any of which something might match. */
Test(memo_known, knows_lines_of_ids)
{
	static const char *const lines[] = {
		"req 2a9df6c0-55b6-41d5-87a1-7e86ec9f6d01 of "
		"97f65d3c-6d5c-4f55-9f1d-2d6c0bb8a3ee\n",
		"{\"trace\":\"4bf92f3577b34da6a3ce929d0e0e4736\",\"span\":\"00f067aa0ba902b7\"}\n",
		"commit 371c17149d4395366b321fdaeeb97572a1b2c3d4 was built\n",
		"device fe80:0000:0000:0000:0202:42ff:fe34:7890 at 02:42:00:1f:77:03\n"};
	const struct rule_def *defs;
	struct ruleset *rs = ruleset_builtin(&defs);
	struct scanner *s = scanner_all(rs, ISA_SCALAR);
	struct scan_memo *m = scan_feed_memo_new();

	for (size_t i = 0; i < array_size(lines); i++) {
		walked_of(s, m, lines[i]);
		cr_assert_eq(expected(m, s, lines[i])->state, LINE_KNOWN, "%s", lines[i]);
	}
	scan_memo_free(m);
	scanner_free(s);
	ruleset_free(rs);
}

/* Two ids of which now the one has no letters, now the other: what stands for both needs no more learning. */
Test(memo_known, learns_mixtures_of_ids_at_once)
{
	static const char one[] = "job 31415926 of bed f626bc41 was sent, and nothing else\n";
	static const char two[] = "job f626bc41 of bed 31415926 was sent, and nothing else\n";
	static const char none[] = "job 31415926 of bed 27182818 was sent, and nothing else\n";
	static const char both[] = "job f626bc41 of bed 0badcafe was sent, and nothing else\n";
	const struct rule_def *defs;
	struct ruleset *rs = ruleset_builtin(&defs);
	struct scanner *s = scanner_all(rs, ISA_SCALAR);
	struct scan_memo *m = scan_feed_memo_new();
	ssize_t credit;

	walked_of(s, m, one);
	walked_of(s, m, two);
	credit = m->credit;
	walked_of(s, m, none);
	walked_of(s, m, both);
	cr_assert_geq(m->credit, credit);
	cr_assert_eq(expected(m, s, both)->state, LINE_KNOWN);
	scan_memo_free(m);
	scanner_free(s);
	ruleset_free(rs);
}

static void id_line(char line[LINE_ROOM + 1], char digit)
{
	memset(line, digit, LINE_ROOM - 1);
	memcpy(line, "key ", 4);
	strcpy(line + LINE_ROOM - 1, "\n");
	line[10] = '7';
}

/* Where it costs too much to learn what stands for all, what is known stays known, and it is tried once. */
Test(memo_known, keeps_what_is_known_where_more_is_unfit)
{
	char digits[LINE_ROOM + 1], hex[LINE_ROOM + 1];
	const struct rule_def *defs;
	struct ruleset *rs = ruleset_builtin(&defs);
	struct scanner *s = scanner_all(rs, ISA_SCALAR);
	struct scan_memo *m = scan_feed_memo_new();
	u64 walked;
	ssize_t credit;

	id_line(digits, '3');
	id_line(hex, 'c');
	walked_of(s, m, digits);
	cr_assert_eq(expected(m, s, digits)->state, LINE_KNOWN);
	walked = walked_of(s, m, digits);
	walked_of(s, m, hex);
	credit = m->credit;
	walked_of(s, m, hex);
	cr_assert_geq(m->credit, credit);
	cr_assert_eq(walked_of(s, m, digits), walked);
	cr_assert_geq(m->credit, credit);
	cr_assert_eq(expected(m, s, digits)->state, LINE_KNOWN);
	scan_memo_free(m);
	scanner_free(s);
	ruleset_free(rs);
}

/* What is unfit may come to stand in front of what is known, and stand for all of its lines, too: then they are put in order. */
Test(memo_known, expects_what_is_known_before_what_is_unfit)
{
	char digits[LINE_ROOM + 1], hex[LINE_ROOM + 1];
	const struct rule_def *defs;
	struct ruleset *rs = ruleset_builtin(&defs);
	struct scanner *s = scanner_all(rs, ISA_SCALAR);
	struct scan_memo *m = scan_feed_memo_new();
	struct memo_line *first;
	u64 *tags;

	id_line(digits, '3');
	id_line(hex, 'c');
	first = expected(m, s, digits);
	tags = m->tag[(first - &m->line[0][0]) / MEMO_WAYS];
	/* One that may go, and no other room. */
	tags[0] = 1;
	walked_of(s, m, digits);
	cr_assert_eq(expected(m, s, digits), first + 1);
	for (size_t way = 2; way < MEMO_WAYS; way++) {
		tags[way] = 2;
		first[way].used = true;
	}
	walked_of(s, m, hex);
	cr_assert_eq(tags[0], tags[1]);
	cr_assert_eq(first[1].state, LINE_UNFIT);
	cr_assert_eq(expected(m, s, digits), first);
	cr_assert_eq(first->state, LINE_KNOWN);
	scan_memo_free(m);
	scanner_free(s);
	ruleset_free(rs);
}

/* Where digits are at nearly all spots of an id, to ask at each costs more than to do without. */
Test(memo_known, gives_up_on_a_line_that_is_crowded)
{
	static const char ids[] = "a5b3c3d1:e8f0:b5c8d1e6a6f:AD:c7e6f0a2:f2d3:acbdefa4bcd:AD:"
				  "b7e7a7c7:f6d2:f6e9a4b5d6c:AD\n";
	static const char crowded[] = "25237351:1840:35685126162:AD:47469082:5263:01326884222:AD:"
				      "27470787:0642:96291465767:AD\n";
	const struct rule_def *defs;
	struct ruleset *rs = ruleset_builtin(&defs);
	struct scanner *s = scanner_all(rs, ISA_SCALAR);
	struct scan_memo *m = scan_feed_memo_new();

	walked_of(s, m, ids);
	cr_assert_eq(expected(m, s, ids)->state, LINE_KNOWN);
	for (int i = 0; i < 4; i++)
		walked_of(s, m, ids);
	cr_assert_eq(expected(m, s, ids)->state, LINE_KNOWN);
	for (int i = 0; i < 4; i++)
		walked_of(s, m, crowded);
	cr_assert_eq(expected(m, s, ids)->state, LINE_UNFIT);
	scan_memo_free(m);
	scanner_free(s);
	ruleset_free(rs);
}

/* Of two outlines of one rough outline that comes first which stands for both, however they came. */
Test(memo_known, expects_the_wider_outline)
{
	static const char digits[] = "job 31415926 of ward 3 was sent, and nothing else was\n";
	static const char hex[] = "job f626bc41 of ward 3 was sent, and nothing else was\n";
	const struct rule_def *defs;
	struct ruleset *rs = ruleset_builtin(&defs);
	struct scanner *s = scanner_all(rs, ISA_SCALAR);

	for (int first = 0; first < 2; first++) {
		struct scan_memo *m = scan_feed_memo_new();

		walked_of(s, m, first ? hex : digits);
		cr_assert_eq(expected(m, s, hex)->state, LINE_KNOWN);
		walked_of(s, m, first ? digits : hex);
		cr_assert_eq(expected(m, s, hex)->outline[4], ANY_HEX);
		scan_memo_free(m);
	}
	scanner_free(s);
	ruleset_free(rs);
}

/* Names of letters that stay as they are where lines are kept by codes. */
Test(memo_known, keeps_no_word_of_a_line_that_came_once)
{
	static const char *const lines[] = {
		"a line of Morrowtyn, seen once and long enough to be worth a look",
		"and of Istormunn, which is another one, and nothing like the first",
		"and a third of Lurkinson, as no line before it ever was in here"};
	char many[1200] = "";
	const struct rule_def *defs;
	struct ruleset *rs = ruleset_builtin(&defs);
	struct scanner *s = scanner_all(rs, isa_best());
	struct scan_memo *m = scan_feed_memo_new();

	for (int i = 0; i < 9; i++)
		snprintf(many + strlen(many), sizeof(many) - strlen(many), "%c%s\n", 'g' + i,
			 lines[i % 3]);
	scan_feed_memo(s, m, (const u8 *)many, strlen(many), no_cut, NULL, &got);
	for (const char *const *name =
		     (const char *const[]){"Morrowtyn", "Istormunn", "Lurkinson", NULL};
	     *name; name++)
		cr_assert_null(memmem(m, sizeof(*m), *name, strlen(*name)), "%s", *name);
	scan_memo_free(m);
	scanner_free(s);
	ruleset_free(rs);
}
