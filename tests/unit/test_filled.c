/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is filled while it is scanned (scan_fill) is what is masked behind it otherwise: the same bytes, the same counts. A
 * piece of less than some 400 bytes is read without a memo, and so nothing of it is filled at once.
 */
#include "../../user/scan/memo.h"
#include "guard_page.h"
#include "scan_feed.h"
#include "scan_text.h"
#include "scanners.h"
#include "stream_feed.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct fed want, got;
static u8 text[FED_MAX];

/* Lines with numbers of which an outline is sure, and with others; d: a digit, x: a hex digit. */
static const char *const lines[] = {
	"202d-0d-1d 12:dd:dd.ddd gw-d INFO 10.d.2d.dd GET /fhir/xxxxxxxx status=200\n",
	"dddd-dd-dd ddd.dd.d.ddd sent d messages\n",
	"ssn ddd-dd-dddd, seen 202d/0d/1d\r\n",
	"peer 1d.2d.3d.dd and 2d.1d.d.d, dd-dd-dddd\n",
	"\\202d-0d-1d and x202d-0d-1d, 202d-0d-1d\n",
	"{\"at\": 202d-0d-1d, \"n\": 1e5, \"mrn\": \"dddddddd\", \"from\": \"1d.d.d.d\"}\n",
	"202d-0d-1d https://portal.example.org/a/xxxxxxxx?at=202d-0d-1d jane.doe@example.org\n",
	"MRN: dddddddd 202d-0d-1d ddd-dd-dddd dddd dddd dddd dddd 1d.1d.1d.1d dd/dd/dddd "
	"2d.2d.2d.2d 202d-1d-0d 2dd.d.d.d seen\n",
	"202d-0d-1d\n",
	"202d-01-1d by 2dd.d.1d.d, and by 2dd.d.1d.d\n",
	/* Where the first bytes of a line end that are kept by codes. */
	"no number here, over and over, no number here, over and over, no number here, over and "
	"over, no number here, over 202d-0d-1d\n",
	"no number here, over and over, no number here, over and over, no number here, over and "
	"over, no number here, over and ov 202d-0d-1d and over, 1d.2dd.d.d\n",
	"202d-01-1d no number here, over and over, no number here, over and over, no numb"
	"er here, over and over, no number here, over an 202d-1d-1d and over\n",
	"192.168.d.dd",
	"no number here, over and over\n",
	/* One, two, three and four that are sure, next to each other or not; a batch has lines of several rules. */
	"by 1d.2d.3d.dd\n",
	"1d.1d.1d.1d 202d-0d-1d 2d.2d.2d.2d 202d-1d-0d\n",
	"202d-0d-1d/202d-1d-1d by 1d.1d.1d.1d\n",
	"of 202d-0d-1d, 202d-0d-1d, 202d-0d-1d or 202d-0d-1d seen\n",
	"202d-0d-1d,202d-0d-1d,202d-0d-1d,202d-0d-1d,202d-0d-1d\n",
};

static size_t make_line(u64 *seed, u8 *to)
{
	const char *line = lines[draw(seed, array_size(lines))];
	size_t n = strlen(line);

	for (size_t i = 0; i < n; i++) {
		bool part = i && line[i - 1] >= 'a' && line[i - 1] <= 'z' && line[i - 1] != 'd';

		to[i] = (u8)line[i];
		if (line[i] == 'd' && !part)
			to[i] = (u8)('0' + draw(seed, 10));
		else if (line[i] == 'x')
			to[i] = (u8) "0123456789abcdef"[draw(seed, 16)];
	}
	return n;
}

static size_t make_text(u64 *seed, size_t most)
{
	size_t n = 0;

	while (n + 400 < most)
		n += make_line(seed, text + n);
	return n;
}

static size_t cut_small(void *arg, size_t at)
{
	return at + 1 + draw(arg, 300);
}

static size_t cut_any(void *arg, size_t at)
{
	return at + 1 + (draw(arg, 3) ? draw(arg, 3000) : draw(arg, 30000));
}

static void same_as_in_small_pieces(struct feeder *f, u64 *seed, size_t where)
{
	size_t n = make_text(seed, 60000);

	feed_cut(f, text, n, cut_small, seed, &want);
	for (int i = 0; i < 4; i++) {
		feed_cut(f, text, n, cut_any, seed, &got);
		assert_fed_same(f, &got, &want, "in large pieces", where);
	}
	feed_whole(f, text, n, &got);
	assert_fed_same(f, &got, &want, "at once", where);
}

Test(filled, is_what_would_be_masked)
{
	const struct rule_def *defs;
	struct ruleset *rs = ruleset_builtin(&defs);
	enum isa isas[ISA_COUNT];
	u64 seed = 0xf111ed;

	for (size_t n = isas_here(isas); n-- > 0;) {
		struct feeder f;

		feeder_begin(&f, rs, NULL, FORMAT_TEXT, isas[n]);
		for (size_t round = 0; round < 10; round++)
			same_as_in_small_pieces(&f, &seed, round);
		feeder_end(&f);
	}
	ruleset_free(rs);
}

#define ALIKE 400 /* lines */

/* How many matches are returned of lines that are all alike, when the memo knows them. Nothing may be read behind the last. */
static size_t returned_of(const struct scanner *s, const char *line)
{
	struct scan_memo *m = scan_feed_memo_new();
	static struct match matches[FED_MAX];
	static u64 counts[SCAN_FILL_RULES];
	size_t len = strlen(line);
	struct guarded g = guarded_new(ALIKE * len);
	struct scan_job job = {.len = ALIKE * len,
			       .ends = true,
			       .matches = matches,
			       .cap = array_size(matches),
			       .memo = m,
			       .fill = {.digit = '1', .counts = counts}};

	for (size_t i = 0; i < ALIKE; i++)
		memcpy(text + i * len, line, len);
	for (int round = 0; round < 2; round++) {
		job.fill.text = guarded_right(&g, text, job.len, 0);
		job.text = job.fill.text;
		scan(s, &job);
	}
	guarded_free(&g);
	scan_memo_free(m);
	return job.nmatches;
}

/* However many places of a line are sure, up to four: no match of it is returned but near the text's ends. */
Test(filled, is_what_a_few_places_are_sure_of)
{
	static const char *const known[] = {
		"seen by ward 7 on 2024-01-15\n",
		"2024-01-15 seen by ward 7 from 10.1.20.11\n",
		"2024-01-15, 2024-02-15 or 2024-03-15 at ward 7\n",
		"2024-01-15 10.1.20.11 2024-02-15 10.1.20.12\n",
	};
	const struct rule_def *defs;
	struct ruleset *rs = ruleset_builtin(&defs);
	struct scanner *s = scanner_all(rs, isa_best());

	for (size_t i = 0; i < array_size(known); i++)
		cr_expect_lt(returned_of(s, known[i]), ALIKE / 4 * (i + 1), "%s", known[i]);
	/* Of what is not filled all are, and the last one ends where the text does. */
	cr_expect_eq(returned_of(s, "job ab3cd4ef seen 2feb\n"), ALIKE);
	scanner_free(s);
	ruleset_free(rs);
}

#define DEFS (SCAN_FILL_RULES + 200)

/* Puts the built-in rules behind some that defs begins with. Returns how many there are then. */
static size_t add_builtin(struct rule_def defs[DEFS], size_t others)
{
	size_t n;
	const struct rule_def *builtin = rules_builtin(&n);

	cr_assert_leq(others + n, DEFS);
	memcpy(defs + others, builtin, n * sizeof(*defs));
	return others + n;
}

/* text[0, n) at once, and in small pieces. */
static void same_at_once(struct feeder *f, size_t n, u64 *seed, const char *what)
{
	feed_cut(f, text, n, cut_small, seed, &want);
	feed_whole(f, text, n, &got);
	assert_fed_same(f, &got, &want, what, 0);
}

/* A value that goes on behind its pattern may go on over a carriage return; what it takes is its own. */
Test(filled, is_not_what_a_value_before_goes_on_over)
{
	static const struct rule_def site = {
		.name = "site",
		.class = ID_OTHER,
		.nforms = 1,
		.forms = {{.pattern = "zz[a-z]{4}", .tail = "[^;]"}},
	};
	static struct rule_def defs[DEFS];
	struct ruleset *rs;
	struct feeder f;
	u64 seed = 0x7a11;
	size_t n = 0;

	defs[0] = site;
	rs = ruleset_of(defs, add_builtin(defs, 1));
	feeder_begin(&f, rs, NULL, FORMAT_TEXT, isa_best());
	while (n < 50000) {
		int other = draw(&seed, 10) ? 0 : 1 + (int)draw(&seed, 2);

		n += (size_t)snprintf((char *)text + n, sizeof(text) - n,
				      "2024-01-%02u %s sent by 10.1.20.1%u of ward\r",
				      10 + draw(&seed, 19),
				      other == 2   ? "zzward"
				      : other == 1 ? "12:11;"
						   : "12:11",
				      draw(&seed, 10));
	}
	same_at_once(&f, n, &seed, "goes on");
	feeder_end(&f);
	ruleset_free(rs);
}

/* Rules that come late are counted by their matches. */
Test(filled, is_not_what_a_late_rule_finds)
{
	static char names[SCAN_FILL_RULES][24], patterns[SCAN_FILL_RULES][24];
	static struct rule_def defs[DEFS];
	struct ruleset *rs;
	struct feeder f;
	u64 seed = 0x1a7e;

	for (int i = 0; i < SCAN_FILL_RULES; i++) {
		snprintf(names[i], sizeof(names[i]), "site-%d", i);
		snprintf(patterns[i], sizeof(patterns[i]), "q%dq[0-9]{3}", i);
		defs[i] = (struct rule_def){.name = names[i],
					    .class = ID_OTHER,
					    .nforms = 1,
					    .forms = {{.pattern = patterns[i]}}};
	}
	rs = ruleset_of(defs, add_builtin(defs, SCAN_FILL_RULES));
	feeder_begin(&f, rs, NULL, FORMAT_TEXT, isa_best());
	for (size_t round = 0; round < 3; round++)
		same_as_in_small_pieces(&f, &seed, round);
	feeder_end(&f);
	ruleset_free(rs);
}

/* A value that is allowed stays, and what was sent already is not changed, and is not counted again. */
Test(filled, is_not_what_is_allowed)
{
	static const char *const allow[] = {"2024-01-15", "10.1.20.11", NULL};
	static struct rule_def defs[DEFS];
	size_t n = 0, nrules = add_builtin(defs, 0);
	struct ruleset *rs;
	struct feeder f;
	u64 seed = 0xa110;

	for (size_t i = 0; i < nrules; i++)
		if (!strcmp(defs[i].name, "date") || !strcmp(defs[i].name, "ipv4"))
			defs[i].allow = allow;
	rs = ruleset_of(defs, nrules);
	feeder_begin(&f, rs, NULL, FORMAT_TEXT, isa_best());
	while (n < 50000) {
		bool allowed = draw(&seed, 2);

		n += (size_t)snprintf((char *)text + n, sizeof(text) - n, "%s 12:11 sent by %s\n",
				      allowed ? "2024-01-15" : "2024-01-16",
				      draw(&seed, 2) ? "10.1.20.11" : "10.1.20.12");
	}
	same_at_once(&f, n, &seed, "allowed");
	cr_assert_not_null(memmem(got.out, got.n, "2024-01-15", 10));
	cr_assert_null(memmem(got.out, got.n, "2024-01-16", 10));
	feeder_end(&f);
	ruleset_free(rs);
}

/* Some lines, of which the first `known` bytes came before; then a line that the idle timer cuts at `at`, and more lines. */
static void feed_idly(struct feeder *f, const u8 *bytes, size_t n, size_t known, size_t at,
		      size_t piece, struct fed *fed)
{
	feed_begin(f, fed);
	cr_assert_eq(feed_bytes(f, bytes, known), 0);
	cr_assert_eq(feed_bytes(f, bytes + known, at), 0);
	cr_assert_eq(feed_idle(f), 0);
	for (size_t i = known + at; i < n; i += piece)
		cr_assert_eq(feed_bytes(f, bytes + i, i + piece < n ? piece : n - i), 0);
	cr_assert_eq(feed_finish(f), 0);
}

Test(filled, is_not_what_was_sent)
{
	static const char line[] = "2024-01-15 12:11:12.609 sent by 10.1.20.113 of ward\n";
	const struct rule_def *defs;
	struct ruleset *rs = ruleset_builtin(&defs);
	size_t n = 0, known = 100 * (sizeof(line) - 1);
	struct feeder f;

	for (; n + sizeof(line) < 12000; n += sizeof(line) - 1)
		memcpy(text + n, line, sizeof(line) - 1);
	feeder_begin(&f, rs, NULL, FORMAT_TEXT, isa_best());
	for (size_t at = 1; at < 2 * sizeof(line); at++) {
		feed_idly(&f, text, n, known, at, 250, &want);
		feed_idly(&f, text, n, known, at, n, &got);
		cr_assert_eq(got.n, n);
		assert_fed_same(&f, &got, &want, "idle", at);
	}
	feeder_end(&f);
	ruleset_free(rs);
}

#define LINES 60

/* A line so often; it ends with n bytes of padding. Returns how long it is. */
static size_t say(const char *line, size_t padding, u8 *to)
{
	size_t n = 0;

	for (int i = 0; i < LINES; i++) {
		memcpy(to + n, line, strlen(line));
		n += strlen(line);
		memset(to + n, '.', padding);
		n += padding;
		to[n++] = '\n';
	}
	return n / LINES;
}

static const char line[] = "2024-01-15 12:11:12.609 sent by 10.1.20.113 of ward";
static const char filled[] = "1111-11-11 12:11:12.609 sent by 11.1.11.111 of ward";

/* Scans lines of some padding once more, and fills them from `from` on. Returns how many matches that were. */
static u64 fill_again(const struct scanner *s, struct scan_job *job, u8 *copy, size_t padding,
		      size_t from)
{
	u64 counts[SCAN_FILL_RULES] = {0}, seen = 0, digits = 0;

	say(line, padding, copy);
	job->fill = (struct scan_fill){copy, from, '1', counts};
	scan(s, job);
	for (size_t i = 0; i < SCAN_FILL_RULES; i++) {
		seen += counts[i] / SCAN_FILLED;
		digits += counts[i] % SCAN_FILLED;
		cr_assert_eq(job->filled >> i & 1, counts[i] > 0);
	}
	cr_assert_eq(digits, seen / 2 * (8 + 8));
	cr_assert_eq(job->nmatches + seen, 2 * LINES);
	return seen;
}

/* Lines of some numbers are known: all but the last ones are filled, and what was filled is not returned. */
static void fills_all_but_the_last(const struct scanner *s, size_t padding)
{
	static u8 copy[LINES * LINE_ROOM];
	static struct match matches[sizeof(copy) + 1];
	size_t len = say(line, padding, copy), from = 5 * len + 7, m = 0, last = 0;
	struct scan_job job = {
		.text = copy, .len = LINES * len, .matches = matches, .cap = array_size(matches)};

	cr_assert_eq(scan_memo_new(&job.memo), 0);
	scan(s, &job); /* learnt, and as nothing is to be filled, nothing is */
	say(line, padding, text);
	say(filled, padding, text + job.len);
	cr_assert_eq(memcmp(copy, text, job.len), 0);
	cr_assert_eq(job.nmatches, 2 * LINES);
	cr_assert_gt(fill_again(s, &job, copy, padding, from), LINES);
	for (size_t at = 0; at < job.len; at += len) {
		if (!memcmp(copy + at, text + job.len, len)) {
			last = at;
			cr_assert_geq(at, from);
			continue;
		}
		cr_assert_eq(memcmp(copy + at, text, len), 0);
		cr_assert_eq(matches[m].from, at);
		cr_assert_eq(matches[m + 1].to, at + 43);
		m += 2;
	}
	cr_assert_leq(last + len, job.len - SCRIM_WINDOW - SCRIM_LOOKBACK);
	cr_assert_eq(fill_again(s, &job, copy, padding, last), 2);
	scan_memo_free(job.memo);
}

Test(filled, is_all_but_what_may_be_looked_back_at)
{
	const struct rule_def *defs;
	struct ruleset *rs = ruleset_builtin(&defs);
	enum isa isas[ISA_COUNT];

	for (size_t n = isas_here(isas); n-- > 0;) {
		struct scanner *s = scanner_all(rs, isas[n]);

		fills_all_but_the_last(s, 0);
		fills_all_but_the_last(s, 100);
		for (size_t padding = 250; padding < 268; padding++)
			fills_all_but_the_last(s, padding);
		scanner_free(s);
	}
	ruleset_free(rs);
}
