/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The whole way of a stream: what comes out is what the oracles say, byte by byte and count by
 * count; and what is refused gives nothing, counts nothing and leaves nothing.
 */
#include "hl7_text.h"
#include "scanners.h"
#include "stream_oracle.h"
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct fed want, got;
static u8 text[8192];
static bool filled[8192];

static size_t cut_somewhere(void *arg, size_t at)
{
	u32 r = draw(arg, 100);

	return at + 1 + (r < 70 ? r / 10 : r * 3);
}

Test(stream, text_is_what_the_oracles_say)
{
	const struct rule_def *defs;
	struct ruleset *rs = builtin_rules(&defs);
	u64 seed = 0x57e4, matches = 0;
	struct feeder f;

	feeder_begin(&f, rs, NULL, FORMAT_TEXT, isa_best());
	for (int round = 0; round < 4; round++) {
		size_t len = 500 + draw(&seed, 2500);

		scan_text_dense(&seed, text, len);
		stream_oracle(rs, defs, FORMAT_TEXT, text, len, &want, filled);
		feed_cut(&f, text, len, cut_somewhere, &seed, &got);
		assert_fed_same(&f, &got, &want, "text", (size_t)round);
		matches += fed_matches(&f, &got);
	}
	cr_assert_gt(matches, 100);
	feeder_end(&f);
	ruleset_free(rs);
}

Test(stream, hl7_is_what_the_oracles_say)
{
	const struct rule_def *defs;
	struct ruleset *rs = builtin_rules(&defs);
	u64 seed = 0x57e5, fields = 0, texts = 0;
	struct feeder f;

	feeder_begin(&f, rs, NULL, FORMAT_HL7, isa_best());
	for (int round = 0; round < 120; round++) {
		size_t len = hl7_text(&seed, round & 1, text, 1024);

		len += hl7_text(&seed, round & 1, text + len, 1024);
		stream_oracle(rs, defs, FORMAT_HL7, text, len, &want, filled);
		feed_cut(&f, text, len, cut_somewhere, &seed, &got);
		assert_fed_same(&f, &got, &want, "HL7", (size_t)round);
		for (u16 i = 0; i < rs->nrules; i++)
			*(rs->rules[i].fields ? &fields : &texts) += got.rows[i].matches;
	}
	cr_assert_gt(fields, 500);
	cr_assert_gt(texts, 50);
	feeder_end(&f);
	ruleset_free(rs);
}

static size_t cut_never(void *arg, size_t at)
{
	(void)arg;
	(void)at;
	return sizeof(text);
}

/* What was remembered of lines is not needed for any of it. */
Test(stream, forgets)
{
	const char line[] = "12:00:01 job 7f3a of 10.2.3.4: SSN 123-45-6789\n";
	const struct rule_def *defs;
	struct ruleset *rs = builtin_rules(&defs);
	size_t len = 0;
	struct feeder f;

	while (len + sizeof(line) <= sizeof(text)) {
		memcpy(text + len, line, sizeof(line) - 1);
		len += sizeof(line) - 1;
	}
	feeder_begin(&f, rs, NULL, FORMAT_TEXT, isa_best());
	feed_cut(&f, text, len, cut_never, NULL, &want);
	cr_assert_eq(fed_matches(&f, &want), 2 * len / (sizeof(line) - 1));
	mask_scratch_forget(f.scratch);
	mask_scratch_forget(f.scratch);
	feed_cut(&f, text, len, cut_never, NULL, &got);
	assert_fed_same(&f, &got, &want, "forgotten", 0);
	feeder_end(&f);
	ruleset_free(rs);
}

static void assert_masks(struct feeder *f, const char *in, const char *out)
{
	feed_whole(f, (const u8 *)in, strlen(in), &got);
	got.out[got.n] = '\0';
	cr_assert_str_eq((char *)got.out, out);
}

/* Policies made beside each other mask by their own rules, and one goes without the others. */
Test(stream, policies_share_no_more_than_the_same_rules)
{
	const struct rule_def *defs;
	struct ruleset *rs = builtin_rules(&defs);
	bool most[RULE_MAX], all[RULE_MAX];
	struct feeder first, same, fewer;

	for (u16 i = 0; i < rs->nrules; i++) {
		all[i] = true;
		most[i] = strcmp(rs->rules[i].name, "email") != 0;
	}
	feeder_begin(&first, rs, NULL, FORMAT_TEXT, isa_best());
	feeder_begin_beside(&same, &first, all, FORMAT_HL7, isa_best());
	feeder_begin_beside(&fewer, &first, most, FORMAT_TEXT, isa_best());
	assert_masks(&first, "SSN 123-45-6789, a@x.org\n", "SSN 111-11-1111, x@x.xxx\n");
	feeder_end(&first);
	assert_masks(&same, "MSH|^~\\&|A\rNTE|1||a@x.org\r", "MSH|^~\\&|A\rNTE|1||x@x.xxx\r");
	assert_masks(&fewer, "SSN 123-45-6789, a@x.org\n", "SSN 111-11-1111, a@x.org\n");
	feeder_end(&fewer);
	assert_masks(&same, "MSH|^~\\&|A\rNTE|1||a@x.org\r", "MSH|^~\\&|A\rNTE|1||x@x.xxx\r");
	feeder_end(&same);
	ruleset_free(rs);
}

/* What scanner_is_of() takes for the same is what scanner_new() would make. */
Test(stream, a_scanner_is_of_its_rules_alone)
{
	static const char *const fields[] = {"PID-5", NULL};
	static const struct rule_def defs[] = {
		{.name = "a", .class = ID_OTHER, .nforms = 1, .forms = {{.pattern = "aa"}}},
		{.name = "field", .class = ID_OTHER, .fields = fields},
		{.name = "b", .class = ID_OTHER, .nforms = 1, .forms = {{.pattern = "bb"}}},
	};
	static const bool of[][array_size(defs)] = {
		{true, true, true}, {true, false, true}, {true, true, false}, {false, false, true}};
	static const bool alike[array_size(of)][array_size(of)] = {
		{true, true}, {true, true}, {[2] = true}, {[3] = true}};
	struct ruleset *rs = ruleset_of(defs, array_size(defs));
	struct ruleset *other = ruleset_of(defs, array_size(defs));

	for (size_t i = 0; i < array_size(of); i++) {
		struct scanner *s = NULL;

		cr_assert_eq(scanner_new(rs, of[i], ISA_SCALAR, &s), 0);
		for (size_t k = 0; k < array_size(of); k++)
			cr_expect_eq(scanner_is_of(s, rs, of[k], ISA_SCALAR), alike[i][k],
				     "%zu %zu", i, k);
		cr_expect_eq(scanner_is_of(s, rs, NULL, ISA_SCALAR), i < 2);
		cr_expect_not(scanner_is_of(s, other, of[i], ISA_SCALAR));
		cr_expect_not(scanner_is_of(s, rs, of[i], (enum isa)(ISA_SCALAR + 1)));
		scanner_free(s);
	}
	ruleset_free(rs);
	ruleset_free(other);
}

/* A rule that is not enabled neither masks nor counts; a row that is NULL is not counted. */
Test(stream, rules_and_rows_left_out)
{
	const struct rule_def *defs;
	struct ruleset *rs = builtin_rules(&defs);
	const char in[] = "SSN 123-45-6789, jane@example.org\n";
	bool enabled[RULE_MAX];
	struct feeder f;

	for (u16 i = 0; i < rs->nrules; i++)
		enabled[i] = strcmp(rs->rules[i].name, "email") != 0;
	feeder_begin(&f, rs, enabled, FORMAT_TEXT, isa_best());
	feed_begin(&f, &got);
	for (u16 i = 0; i < rs->nrules; i++)
		f.rows[i] = NULL;
	cr_assert_eq(feed_bytes(&f, (const u8 *)in, strlen(in)), 0);
	cr_assert_eq(feed_finish(&f), 0);
	cr_assert_eq(fed_matches(&f, &got), 0);
	got.out[got.n] = '\0';
	cr_assert_str_eq((char *)got.out, "SSN 111-11-1111, jane@example.org\n");
	feeder_end(&f);
	ruleset_free(rs);
}

#define MSH "\x0bMSH|^~\\&|A\r"

/* Streams that are refused; `given` are bytes of accepted chunks before it, one each. */
static const struct {
	enum frame_format format;
	int reason;
	const char *before, *refused;
} refusals[] = {
	{FORMAT_TEXT, FLOW_TLS, "\x16", "\x03\x01 SSN 123-45-6789"},
	{FORMAT_TEXT, FLOW_COMPRESSED, "", "\x1f\x8b SSN 123-45-6789"},
	{FORMAT_HL7, FLOW_TLS, "", "\x16\x03\x01"},
	{FORMAT_HL7, FLOW_HL7_NO_MSH, "", "PID|1||123456789||DOE^JANE\r"},
	{FORMAT_HL7, FLOW_HL7_SEPARATOR, "\x0b", "MSHA^~\\&\r"},
	{FORMAT_HL7, FLOW_HL7_FRAME, MSH "PID|1||1||DOE\r\x1c\r", "DOE^JANE"},
	/* Values before the fault in the same chunk are neither given nor counted. */
	{FORMAT_HL7, FLOW_HL7_SEGMENT, MSH "PID|1||1||DOE",
	 "^JANE\rNTE|1||SSN 123-45-6789\rno segment\r"},
	/* Bytes are held, of a text and of an escape in a field. */
	{FORMAT_HL7, FLOW_HL7_SEGMENT, MSH "NTE|1||SSN 123-45", "-6789\r \r"},
	{FORMAT_HL7, FLOW_HL7_FRAME, MSH "PID|1||1||O\\T", "\\NEIL\x0b"},
};

Test(stream, refused_gives_nothing_and_stays)
{
	const struct rule_def *defs;
	struct ruleset *rs = builtin_rules(&defs);
	struct feeder feeders[FORMAT_COUNT];
	bool held = false;

	feeders_begin(feeders, rs, isa_best());
	for (size_t i = 0; i < array_size(refusals); i++) {
		const u8 *before = (const u8 *)refusals[i].before;
		const u8 *chunk = (const u8 *)refusals[i].refused;
		size_t len = strlen(refusals[i].before);
		struct feeder *f = &feeders[refusals[i].format];

		feed_begin(f, &got);
		if (len)
			cr_assert_eq(feed_bytes(f, before, len), 0, "case %zu", i);
		held |= stream_held(&f->stream) > 0;
		/* Asserts all of it. */
		cr_assert_eq(feed_bytes(f, chunk, strlen(refusals[i].refused)),
			     -(int)refusals[i].reason, "case %zu: %d", i, got.reason);
		cr_assert_leq(got.n, len);
		stream_drop(&f->stream);
	}
	cr_assert(held);
	feeders_end(feeders);
	ruleset_free(rs);
}

/* An end inside a frame: what is held goes out masked, and the reason is told. */
Test(stream, unfinished_gives_the_rest)
{
	const struct rule_def *defs;
	struct ruleset *rs = builtin_rules(&defs);
	const char in[] = MSH "NTE|1||SSN 123-45-6789";
	struct feeder f;

	feeder_begin(&f, rs, NULL, FORMAT_HL7, isa_best());
	feed_begin(&f, &got);
	cr_assert_eq(feed_bytes(&f, (const u8 *)in, strlen(in)), 0);
	cr_assert_gt(stream_held(&f.stream), 0);
	cr_assert_eq(feed_finish(&f), -FLOW_HL7_UNFINISHED);
	got.out[got.n] = '\0';
	cr_assert_str_eq((char *)got.out, MSH "NTE|1||SSN 111-11-1111");
	feeder_end(&f);
	ruleset_free(rs);
}

/* A stream that is dropped with bytes held frees them (the leak check), and can be dropped again. */
Test(stream, dropped_while_holding)
{
	const struct rule_def *defs;
	struct ruleset *rs = builtin_rules(&defs);
	struct feeder f;

	feeder_begin(&f, rs, NULL, FORMAT_TEXT, isa_best());
	feed_begin(&f, &got);
	cr_assert_eq(feed_bytes(&f, (const u8 *)"SSN 123-45", 10), 0);
	cr_assert_gt(stream_held(&f.stream), 0);
	stream_drop(&f.stream);
	cr_assert_eq(stream_held(&f.stream), 0);
	stream_drop(&f.stream);
	feeder_end(&f);
	ruleset_free(rs);
}

/* An idle stream costs nothing: no carry is kept at a line's end, nor at a segment's. */
Test(stream, nothing_kept_at_a_records_end)
{
	const struct rule_def *defs;
	struct ruleset *rs = builtin_rules(&defs);
	const char *const in[] = {"SSN 123-45-6789\n",
				  MSH "PID|1||1||DOE\rNTE|1||SSN 123-45-6789\r"};

	for (int i = 0; i < 2; i++) {
		struct feeder f;

		feeder_begin(&f, rs, NULL, i ? FORMAT_HL7 : FORMAT_TEXT, isa_best());
		feed_begin(&f, &got);
		cr_assert_eq(feed_bytes(&f, (const u8 *)in[i], strlen(in[i])), 0);
		cr_assert_null(f.stream.carry);
		cr_assert_eq(got.n, strlen(in[i]));
		stream_drop(&f.stream);
		feeder_end(&f);
	}
	ruleset_free(rs);
}
