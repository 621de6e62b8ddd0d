/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What reaches over a match's ends: the tail of a value longer than its pattern (contract 6), and
 * characters of UTF-8 that a match begins or ends in the middle of (contract 5); on every split.
 */
#include "stream_feed.h"
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

static const struct rule_def defs[] = {
	{.name = "token",
	 .class = ID_OTHER,
	 .nforms = 1,
	 .forms = {{.pattern = "T-[0-9A-Z]{2,6}",
		    .tail = "[0-9A-Z.]",
		    .commit_unit = COMMIT_BYTES,
		    .commit = 3}}},
	{.name = "pair",
	 .class = ID_OTHER,
	 .nforms = 2,
	 .forms = {{.pattern = "P(\\d{2})\\d"}, {.pattern = "#\\d{2}"}}},
	{
		.name = "bytes",
		.class = ID_OTHER,
		.nforms = 2,
		.forms = {{.pattern = "<[^>]{3}", .before = GUARD_NONE},
			  {.pattern = "[\\x80-\\xbf]=\\d"}},
	},
	{.name = "cut",
	 .class = ID_OTHER,
	 .nforms = 3,
	 .forms = {{.pattern = "H\\d{2}", .tail = "[^ ]"},
		   {.pattern = "K\\d{2}", .tail = "[a-z\\xe2]"},
		   {.pattern = "L\\d\\xc3", .tail = "[a-z]"}}},
};

static struct fed want, got;

static const struct {
	enum frame_format format;
	const char *in, *want;
	u64 matches[array_size(defs)], masked[array_size(defs)];
} streams[] = {
	/* Below the limit, at it, behind it; the class ends it, and so does the line. */
	{FORMAT_TEXT,
	 "T-AB T-ABCDEF T-ABCDEFG.H-I\nT-ABCDEFGH\nIJ",
	 "X-XX X-XXXXXX X-XXXXXXX.X-I\nX-XXXXXXXX\nIJ",
	 {4},
	 {3 + 7 + 9 + 9}},
	/* Other values within it count by themselves, and do not end it; what stands around does. */
	{FORMAT_TEXT,
	 "T-ABCDEFP123GH.P12 #12 T-ABCDEF#12GH P123",
	 "X-XXXXXXX111XX.X11 #11 X-XXXXXX#11GH P113",
	 {2, 4},
	 {7 + 1 + 1 + 2 + 3 + 7, 2 + 2 + 2 + 2}},
	/* A run of a format with fields ends it, too. */
	{FORMAT_HL7,
	 "MSH|^~\\&|a\rNTE|1||T-ABCDEFG|H\rNTE|1||T-ABCDEFGH\rNTE|2||IJ\r",
	 "MSH|^~\\&|a\rNTE|1||X-XXXXXXX|H\rNTE|1||X-XXXXXXXX\rNTE|2||IJ\r",
	 {2},
	 {8 + 9}},
	/* A character that a match ends in is masked whole; one it begins in is left. */
	{FORMAT_TEXT,
	 "<ab\xc3\xa9> <a\xe2\x82\xac> <\xe2\x82\xac>",
	 "<xxxx> <xxxx> <xxx>",
	 {0},
	 {0, 0, 4 + 4 + 3}},
	{FORMAT_TEXT, "<ab\xf0\x9f\x98\x80\x80", "<xxxxxx\x80", {0}, {0, 0, 6}},
	{FORMAT_TEXT,
	 "\xc3\xa9=1 \xe2\x82\xac=2 \xe2\x82=3 \x80=4",
	 "\xc3\xa9=1 \xe2\x82\xac=1 \xe2\x82=1 x=1",
	 {0},
	 {0, 0, 5}},
	/* Of one that a tail has begun to mask the rest is masked, by whatever: no match leaves it. */
	{FORMAT_TEXT,
	 "H12\xe2\x80\x91=3z K12\xe2\x80\x91z\xe2\x80\x91=3z\x80",
	 "X11xxx=1x X11xxxxxxx=1z\x80",
	 {0},
	 {0, 0, 2 + 2, 6 + 9}},
	/* A tail goes on behind the character that its match ends in. */
	{FORMAT_TEXT,
	 "L1\xc3\xa9"
	 "ab C",
	 "X1xxxx C",
	 {0, 0, 0, 1},
	 {0, 0, 0, 6}},
	/* No UTF-8: each byte by itself. */
	{FORMAT_TEXT, "<ab\xe9 <abc\xe9\xe9\xa0", "<xxx <xxx\xe9\xe9\xa0", {0}, {0, 0, 6}},
};

static struct ruleset *compiled(void)
{
	struct ruleset *rs = NULL;
	struct err e = {0};

	cr_assert_eq(ruleset_compile(defs, array_size(defs), &rs, &e), 0, "%s", e.text);
	return rs;
}

Test(tail, streams_are_masked_to_their_values_ends_however_they_are_cut)
{
	struct ruleset *rs = compiled();

	for (size_t i = 0; i < array_size(streams); i++) {
		const u8 *in = (const u8 *)streams[i].in;
		size_t len = strlen(streams[i].in);
		struct feeder f;

		feeder_begin(&f, rs, NULL, streams[i].format, ISA_SCALAR);
		feed_all_cuts(&f, in, len, streams[i].in, &want);
		want.out[want.n] = '\0';
		cr_expect_str_eq((char *)want.out, streams[i].want, "%zu: %s", i, (char *)want.out);
		for (size_t k = 0; k < array_size(defs); k++) {
			if (streams[i].matches[k])
				cr_expect_eq(want.rows[k].matches, streams[i].matches[k],
					     "%zu: %s %llu", i, defs[k].name, want.rows[k].matches);
			cr_expect_eq(want.rows[k].masked_bytes, streams[i].masked[k],
				     "%zu: %s %llu", i, defs[k].name, want.rows[k].masked_bytes);
		}
		feeder_end(&f);
	}
	ruleset_free(rs);
}

/* Matches side by side that each have a byte of a character, of what is no UTF-8, too. */
Test(tail, a_character_in_several_matches_is_masked_whole_however_it_is_cut)
{
	static const struct rule_def each = {
		.name = "each",
		.class = ID_OTHER,
		.nforms = 2,
		.forms = {{.pattern = "[\\x80-\\xff]", .tail = "[0-9]"},
			  {.pattern = "[\\x80-\\xff]=(\\d)"}},
	};
	static const char in[] = "a\xe2\xe2\x80\x91"
				 "1 \xf0\x9f\x98\x80\xc3\xa9\xa9 \xc3\xa9=1";
	struct ruleset *rs = NULL;
	struct feeder f;

	cr_assert_eq(ruleset_compile(&each, 1, &rs, NULL), 0);
	feeder_begin(&f, rs, NULL, FORMAT_TEXT, ISA_SCALAR);
	feed_all_cuts(&f, (const u8 *)in, sizeof(in) - 1, "characters", &want);
	want.out[want.n] = '\0';
	cr_expect_str_eq((char *)want.out, "axxxx1 xxxxxxx xx=1", "%s", (char *)want.out);
	feeder_end(&f);
	ruleset_free(rs);
}

/* Idle behind each byte, from the commit point on. */
Test(tail, an_idle_stream_masks_its_tail)
{
	struct ruleset *rs = compiled();
	static const char in[] = "T-ABCDEFGHP12345T-6789 x";
	struct feeder f;

	feeder_begin(&f, rs, NULL, FORMAT_TEXT, ISA_SCALAR);
	for (size_t at = 3; at < sizeof(in) - 1; at++) {
		feed_begin(&f, &got);
		feed_bytes(&f, (const u8 *)in, at);
		feed_idle(&f);
		feed_bytes(&f, (const u8 *)in + at, sizeof(in) - 1 - at);
		feed_finish(&f);
		got.out[got.n] = '\0';
		cr_expect_str_eq((char *)got.out, "X-XXXXXXXXX11111X-1111 x", "%zu: %s", at,
				 (char *)got.out);
	}
	feeder_end(&f);
	ruleset_free(rs);
}

Test(tail, a_tail_is_a_class)
{
	static const char *const wrong[] = {"ab", "[a-z]{2}", "[a-z", ""};

	for (size_t i = 0; i < array_size(wrong); i++) {
		struct rule_def def = {.name = "one",
				       .class = ID_OTHER,
				       .nforms = 1,
				       .forms = {{.pattern = "ab", .tail = wrong[i]}}};
		struct ruleset *rs = NULL;
		struct err e = {0};

		cr_expect_eq(ruleset_compile(&def, 1, &rs, &e), -EINVAL, "%s", wrong[i]);
		cr_expect(strstr(e.text, "tail"), "%s", e.text);
	}
}
