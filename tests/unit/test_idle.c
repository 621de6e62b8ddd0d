/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Contract 3, the idle flush: the held tail goes out at once, masked where the commit point is
 * passed, else as it is; what follows is decided as if it had not been sent; both are counted,
 * byte by byte.
 */
#include "hl7_text.h"
#include "scanners.h"
#include "stream_oracle.h"
#include <criterion/criterion.h>
#include <string.h>

#define CAP 2048

static struct fed want, got;
static u8 text[CAP];
static bool filled[CAP];

/* Idle at `at`, by hand: what goes out then, and in all. */
static const struct {
	enum frame_format format;
	const char *rule; /* that is counted */
	const char *before, *idle, *after, *rest;
	u64 released, masked; /* bytes of `idle` */
} flushes[] = {
	/* SSN: four digits commit; three are released, and the value is masked when it completes. */
	{FORMAT_TEXT, "ssn", "is 123-45-", "111-11-", "6789.", "1111.", 0, 7},
	{FORMAT_TEXT, "ssn", "is 123-4", "111-1", "5-6789.", "1-1111.", 0, 5},
	/* It does not complete: what follows stays as it is. */
	{FORMAT_TEXT, "ssn", "is 123-45-", "111-11-", "67 mg", "67 mg", 0, 7},
	/* A whole value that only waits for what guards it. */
	{FORMAT_TEXT, "ssn", "is 123-45-6789", "111-11-1111", " x", " x", 0, 11},
	/* An address commits once it is past its @. */
	{FORMAT_TEXT, "email", "to jane.doe", "jane.doe", "@x.org ok", "@x.xxx ok", 8, 0},
	{FORMAT_TEXT, "email", "to jane.doe@", "xxxx.xxx@", "x.org ok", "x.xxx ok", 0, 9},
	/* A value that goes on behind its pattern, while something longer may yet begin before it. */
	{FORMAT_TEXT, "mrn", "is x.MRN-1234567890123456789012345678901234567890123456",
	 "x.MRN-1111111111111111111111111111111111111111111111", "78.", "11.", 0, 46},
	/* The letter of an escape of JSON is no part of a value. */
	{FORMAT_TEXT, "mrn", "{\"a\":\"MRN:\\n123456", "n111111", "\"}", "\"}", 1, 6},
	/* A field: an escape that is not closed yet. */
	{FORMAT_HL7, "hl7-name", "MSH|^~\\&\rPID|1||||O\\T", "\\T", "\\NEIL\r", "\\XXXX\r", 2, 0},
	{FORMAT_HL7, "hl7-name", "MSH|^~\\&\rPID|1||||O\\", "\\", "SMITH\r", "XXXXX\r", 1, 0},
	{FORMAT_HL7, "hl7-name", "MSH|^~\\&\rPID|1||||O\\SMI", "\\XXX", "TH\r", "XX\r", 0, 4},
};

Test(idle, goes_out_masked_past_the_commit_point)
{
	const struct rule_def *defs;
	struct ruleset *rs = builtin_rules(&defs);
	struct feeder feeders[FORMAT_COUNT];

	feeders_begin(feeders, rs, isa_best());
	for (size_t i = 0; i < array_size(flushes); i++) {
		u16 rule = 0;
		size_t n;
		struct feeder *f = &feeders[flushes[i].format];

		while (strcmp(rs->rules[rule].name, flushes[i].rule) != 0)
			cr_assert_lt(++rule, rs->nrules);
		feed_begin(f, &got);
		cr_assert_eq(
			feed_bytes(f, (const u8 *)flushes[i].before, strlen(flushes[i].before)), 0);
		n = got.n;
		feed_idle(f);
		got.out[got.n] = '\0';
		cr_expect_str_eq((char *)got.out + n, flushes[i].idle, "%zu: %s", i,
				 (char *)got.out + n);
		cr_expect_eq(got.rows[rule].released, flushes[i].released, "%zu: %llu", i,
			     got.rows[rule].released);
		cr_expect_eq(got.rows[rule].idle, flushes[i].masked, "%zu: %llu", i,
			     got.rows[rule].idle);
		n = got.n;
		cr_assert_eq(feed_bytes(f, (const u8 *)flushes[i].after, strlen(flushes[i].after)),
			     0);
		feed_finish(f);
		got.out[got.n] = '\0';
		cr_expect_str_eq((char *)got.out + n, flushes[i].rest, "%zu: %s", i,
				 (char *)got.out + n);
	}
	feeders_end(feeders);
	ruleset_free(rs);
}

/*
 * Of a stream that was left idle: sent[i] says which bytes went out by it. All others are what
 * they would have been; a sent one is itself or filled. Values found are the same, bytes masked
 * those that were not sent.
 */
static void check(const struct feeder *f, size_t len, const bool *sent, const char *what, size_t at)
{
	u64 masked_want = 0, masked_got = 0, sent_filled = 0;

	cr_assert_eq(got.n, len);
	cr_assert_eq(got.reason, want.reason);
	cr_assert_eq(fed_let_go(f, &got), got.early, "%s, idle at %zu: %lu counted, %lu sent", what,
		     at, (unsigned long)fed_let_go(f, &got), (unsigned long)got.early);
	for (size_t i = 0; i < len; i++) {
		u8 c = text[i];

		sent_filled += sent[i] && filled[i];
		mask_fill(&c, 1);
		if (sent[i])
			cr_assert(got.out[i] == text[i] || got.out[i] == c || got.out[i] == '4',
				  "%s, idle at %zu: byte %zu is %02x", what, at, i, got.out[i]);
		else
			cr_assert_eq(got.out[i], want.out[i],
				     "%s, idle at %zu: byte %zu is %02x, not %02x", what, at, i,
				     got.out[i], want.out[i]);
	}
	for (u16 k = 0; k < f->rs->nrules; k++) {
		const struct scrim_rule_row *g = &got.rows[k], *w = &want.rows[k];

		cr_assert(g->matches == w->matches && g->rejected == w->rejected,
			  "%s, idle at %zu: %s has %llu matches, %llu rejected, not %llu, %llu",
			  what, at, f->rs->rules[k].name, g->matches, g->rejected, w->matches,
			  w->rejected);
		masked_got += g->masked_bytes;
		masked_want += w->masked_bytes;
	}
	cr_assert_eq(masked_got + sent_filled, masked_want, "%s, idle at %zu", what, at);
}

static void idle_sent(struct feeder *f, bool *sent)
{
	size_t n = got.n;

	feed_idle(f);
	for (; n < got.n; n++)
		sent[n] = true;
}

/* text[0, len): idle once, and twice, at every place; then after every byte. */
static u64 idle_everywhere(struct feeder *f, size_t len, const char *what)
{
	bool sent[CAP];
	u64 early = 0;

	for (size_t at = 1; at < len; at++) {
		memset(sent, 0, sizeof(sent));
		feed_begin(f, &got);
		cr_assert_eq(feed_bytes(f, text, at), 0);
		idle_sent(f, sent);
		early += got.early;
		if (at & 1) {
			u64 before = fed_let_go(f, &got);

			feed_idle(f);
			cr_assert_eq(fed_let_go(f, &got), before, "idle twice");
		}
		cr_assert_eq(feed_bytes(f, text + at, len - at), 0);
		feed_finish(f);
		check(f, len, sent, what, at);
		stream_drop(&f->stream);
	}
	memset(sent, 0, sizeof(sent));
	feed_begin(f, &got);
	for (size_t at = 0; at < len; at++) {
		cr_assert_eq(feed_bytes(f, text + at, 1), 0);
		idle_sent(f, sent);
	}
	feed_finish(f);
	check(f, len, sent, what, len);
	stream_drop(&f->stream);
	return early;
}

Test(idle, text_at_every_byte)
{
	const struct rule_def *defs;
	struct ruleset *rs = builtin_rules(&defs);
	u64 seed = 0x1d1e, early = 0;
	struct feeder f;

	feeder_begin(&f, rs, NULL, FORMAT_TEXT, isa_best());
	for (int round = 0; round < 6; round++) {
		size_t len = 200 + draw(&seed, 600);

		scan_text_dense(&seed, text, len);
		stream_oracle(rs, defs, FORMAT_TEXT, text, len, &want, filled);
		early += idle_everywhere(&f, len, "text");
	}
	cr_assert_gt(early, 1000);
	feeder_end(&f);
	ruleset_free(rs);
}

Test(idle, hl7_at_every_byte)
{
	const struct rule_def *defs;
	struct ruleset *rs = builtin_rules(&defs);
	u64 seed = 0x1d17, early = 0;
	struct feeder f;

	feeder_begin(&f, rs, NULL, FORMAT_HL7, isa_best());
	for (int round = 0; round < 30; round++) {
		size_t len = hl7_text(&seed, round & 1, text, 700);

		stream_oracle(rs, defs, FORMAT_HL7, text, len, &want, filled);
		early += idle_everywhere(&f, len, "HL7");
	}
	cr_assert_gt(early, 1000);
	feeder_end(&f);
	ruleset_free(rs);
}

/* Where nothing is held, nothing happens. */
Test(idle, nothing_held_nothing_sent)
{
	const struct rule_def *defs;
	struct ruleset *rs = builtin_rules(&defs);
	struct feeder f;

	feeder_begin(&f, rs, NULL, FORMAT_TEXT, isa_best());
	feed_begin(&f, &got);
	feed_idle(&f);
	cr_assert_eq(feed_bytes(&f, (const u8 *)"plain.\n", 7), 0);
	feed_idle(&f);
	cr_assert_eq(got.early, 0);
	feed_finish(&f);
	cr_assert_eq(fed_let_go(&f, &got), 0);
	feeder_end(&f);
	ruleset_free(rs);
}
