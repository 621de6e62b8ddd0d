/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values that a rule allows: which they are, that such a match still takes its bytes from all
 * others, and that contracts 1 and 3 hold for them, in text and in fields.
 */
#include "one_form.h"
#include "stream_feed.h"
#include <criterion/criterion.h>
#include <errno.h>
#include <scrim/arena.h>
#include <stdio.h>
#include <string.h>

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static const struct value_set *set_of(struct arena *a, const char *const *allow,
				      const char *const *except)
{
	const struct value_set *set = NULL;
	struct err e = {0};

	cr_assert_eq(value_set_build(a, allow, except, &set, &e), 0, "%s", e.text);
	return set;
}

static bool has(const struct value_set *set, const char *value)
{
	return value_set_has(set, (const u8 *)value, strlen(value));
}

Test(allow, a_value_counts_whole_and_in_any_case)
{
	struct arena a = {0};
	const struct value_set *set =
		set_of(&a, LIST("212-555-0100", "Help@Example.org", "\xc3\x89"),
		       LIST("T[0-9]{2}|U.{1,3}"));
	static const char *const in[] = {
		"212-555-0100", "help@example.org", "HELP@EXAMPLE.ORG", "T12", "U12",
		"Uabc",         "\xc3\x89"};
	static const char *const out[] = {"",
					  "212-555-010",
					  "1212-555-0100",
					  "help@example.or",
					  "help@example.org.",
					  "t12",
					  "T123",
					  "T1",
					  "xT12",
					  "U",
					  "\xc3\xa9",
					  "2125550100"};

	for (size_t i = 0; i < array_size(in); i++)
		cr_expect(has(set, in[i]), "%s", in[i]);
	for (size_t i = 0; i < array_size(out); i++)
		cr_expect_not(has(set, out[i]), "%s", out[i]);
	cr_expect_eq(value_set_max(set), 16);
	cr_expect_null(set_of(&a, NULL, NULL));
	arena_free(&a);
}

Test(allow, many_values_are_told_apart)
{
	static char texts[1000][8];
	const char *list[501] = {NULL};
	const struct value_set *set;
	struct arena a = {0};

	for (int i = 0; i < 1000; i++)
		snprintf(texts[i], sizeof(texts[i]), "%d", i * 7919 % 99991);
	for (int i = 0; i < 500; i++)
		list[i] = texts[2 * i];
	set = set_of(&a, list, NULL);
	for (int i = 0; i < 1000; i++)
		cr_assert_eq(has(set, texts[i]), i % 2 == 0, "%s", texts[i]);
	arena_free(&a);
}

Test(allow, what_cannot_be_a_value_is_refused)
{
	static char longest[SCRIM_WINDOW + 2];
	const struct value_set *set = NULL;
	struct arena a = {0};
	struct err e = {0};

	memset(longest, 'a', SCRIM_WINDOW + 1);
	cr_assert_eq(value_set_build(&a, LIST(""), NULL, &set, &e), -EINVAL);
	cr_assert_eq(value_set_build(&a, LIST("a\nb"), NULL, &set, &e), -EINVAL);
	cr_assert_eq(value_set_build(&a, LIST(longest), NULL, &set, &e), -EINVAL);
	cr_assert(strstr(e.text, "1 to 256 bytes"), "%s", e.text);
	cr_assert_eq(value_set_build(&a, NULL, LIST("ab+"), &set, &e), -EINVAL);
	cr_assert(strstr(e.text, "column 3: '+' has no bound"), "%s", e.text);
	cr_assert_eq(value_set_build(&a, NULL, LIST("[ab]{1,200}a[ab]{11}"), &set, &e), -E2BIG);
	cr_assert_null(set);
	arena_free(&a);
}

static const struct {
	const char *pattern, *validate;
	const char *takes[3], *refuses[4];
} parts[] = {
	{"\\d{15,16}", "luhn", {"4111111111111111"}, {"4111111111111112", "41111111111111", ""}},
	{"a(b{1,3}c?)d", NULL, {"b", "bbbc", "bb"}, {"c", "bbbb", "abd", "bcd"}},
	{"(?:x(a|bc)|y(?:z))", NULL, {"a", "bc"}, {"b", "yz", "abc", "xa"}},
	{"(?:(\\d[a-z])-?)", NULL, {"1a"}, {"1a2b", "1", "a"}},
};

Test(allow, what_a_form_can_mask)
{
	for (size_t i = 0; i < array_size(parts); i++) {
		struct ruleset *rs = one_form(&(struct form_def){.pattern = parts[i].pattern,
								 .validate = parts[i].validate});

		for (size_t k = 0; k < array_size(parts[i].takes) && parts[i].takes[k]; k++)
			cr_expect(form_may_mask(&rs->forms[0], (const u8 *)parts[i].takes[k],
						strlen(parts[i].takes[k])),
				  "%s: %s", parts[i].pattern, parts[i].takes[k]);
		for (size_t k = 0; k < array_size(parts[i].refuses) && parts[i].refuses[k]; k++)
			cr_expect_not(form_may_mask(&rs->forms[0], (const u8 *)parts[i].refuses[k],
						    strlen(parts[i].refuses[k])),
				      "%s: %s", parts[i].pattern, parts[i].refuses[k]);
		ruleset_free(rs);
	}
}

/* --- in streams ------------------------------------------------------------------------------- */

static const struct rule_def defs[] = {
	{.name = "short",
	 .class = ID_OTHER,
	 .nforms = 1,
	 .forms = {{.pattern = "[A-Z]{2}-\\d{2,6}", .commit_unit = COMMIT_BYTES, .commit = 4}},
	 .allow = LIST("AB-1234", "CD-12"),
	 .except = LIST("ZZ-\\d{3}")},
	/* Would find the same, and more within. */
	{.name = "later",
	 .class = ID_OTHER,
	 .nforms = 2,
	 .forms = {{.pattern = "[A-Z]{2}-\\d{2,6}"}, {.pattern = "\\d{4}"}}},
	{.name = "marked",
	 .class = ID_OTHER,
	 .nforms = 1,
	 .forms = {{.pattern = "<([a-z]{1,9})>"}},
	 .allow = LIST("open")},
	/* What goes on behind the pattern is another value. */
	{.name = "long",
	 .class = ID_OTHER,
	 .nforms = 1,
	 .forms = {{.pattern = "L-\\d{3}", .tail = "[0-9]"}},
	 .allow = LIST("L-000")},
	{.name = "field",
	 .class = ID_NAME,
	 .fields = LIST("PID-5", "PID-3.1"),
	 .allow = LIST("DOE^TEST", "a\\T\\b"),
	 .except = LIST("TST\\d{3,6}")},
};

static struct fed want, got;

static void begin(struct feeder *f, enum frame_format format, struct ruleset **ret_rs)
{
	struct err e = {0};

	cr_assert_eq(ruleset_compile(defs, array_size(defs), ret_rs, &e), 0, "%s", e.text);
	feeder_begin(f, *ret_rs, NULL, format, ISA_SCALAR);
}

static const struct {
	enum frame_format format;
	const char *in, *want;
	u64 matches[array_size(defs)], allowed[array_size(defs)];
} streams[] = {
	{FORMAT_TEXT,
	 "AB-1234 ab-1234 AB-12345 CD-12 CD-123 ZZ-123 ZZ-12 QQ-1234",
	 "AB-1234 ab-1111 XX-11111 CD-12 XX-111 ZZ-123 XX-11 XX-1111",
	 {4, 1, 0, 0},
	 {3, 0, 0, 0}},
	{FORMAT_TEXT, "<open> <opens> <Open>", "<open> <xxxxx> <Open>", {0, 0, 1}, {0, 0, 1}},
	{FORMAT_HL7,
	 "MSH|^~\\&|a\rPID|1||TST123^^^H~TST12^^^H~TST1234567^^^H||DOE^TEST\rPID|||tst123||doe^"
	 "test^\r",
	 "MSH|^~\\&|a\rPID|1||TST123^^^H~XXX11^^^H~XXX1111111^^^H||DOE^TEST\rPID|||xxx111||xxx^"
	 "xxxx^\r",
	 {0, 0, 0, 0, 4},
	 {0, 0, 0, 0, 2}},
	{FORMAT_HL7,
	 "MSH|^~\\&|a\rPID|||TST123|\"\"|a\\T\\b\rPID|||||a\\T\\bc\rPID|||TST123",
	 "MSH|^~\\&|a\rPID|||TST123|\"\"|a\\T\\b\rPID|||||x\\T\\xx\rPID|||TST123",
	 {0, 0, 0, 0, 1},
	 {0, 0, 0, 0, 3}},
	{FORMAT_TEXT,
	 "L-000 L-00012 L-123 L-0001\nL-000\n1L-000",
	 "L-000 X-11111 X-111 X-1111\nL-000\n1L-000",
	 {0, 0, 0, 3},
	 {0, 0, 0, 3}},
	/* It stands right behind a value that could have gone on and has not. */
	{FORMAT_TEXT,
	 "L-123L-000 L-1234<open> L-123<open>",
	 "X-111L-000 X-1111<open> X-111<open>",
	 {0, 0, 0, 3},
	 {0, 0, 2, 1}},
};

Test(allow, streams_leave_such_values_however_they_are_cut)
{
	for (size_t i = 0; i < array_size(streams); i++) {
		const u8 *in = (const u8 *)streams[i].in;
		size_t len = strlen(streams[i].in);
		struct ruleset *rs = NULL;
		struct feeder f;

		begin(&f, streams[i].format, &rs);
		feed_all_cuts(&f, in, len, streams[i].in, &want);
		want.out[want.n] = '\0';
		cr_expect_str_eq((char *)want.out, streams[i].want, "%s", (char *)want.out);
		for (size_t k = 0; k < array_size(defs); k++) {
			cr_expect_eq(want.rows[k].matches, streams[i].matches[k], "%zu: %s %llu", i,
				     defs[k].name, want.rows[k].matches);
			cr_expect_eq(want.rows[k].allowed, streams[i].allowed[k], "%zu: %s %llu", i,
				     defs[k].name, want.rows[k].allowed);
		}
		feeder_end(&f);
		ruleset_free(rs);
	}
}

/* Idle at `at`: a part of a field may yet be something else, and is masked. */
static const struct {
	enum frame_format format;
	const char *before, *idle, *after, *rest;
} flushes[] = {
	{FORMAT_TEXT, "x AB-1234", "AB-1234", " y", " y"},
	{FORMAT_TEXT, "x AB-12345", "XX-11111", " y", " y"},
	{FORMAT_TEXT, "x AB-123", "XX-111", "4 y", "4 y"},
	{FORMAT_TEXT, "x L-000", "L-000", " y", " y"},
	{FORMAT_TEXT, "x L-000", "L-000", "12 y", "11 y"},
	{FORMAT_HL7, "MSH|^~\\&|a\rPID|||T", "X", "ST123|\r", "ST123|\r"},
	{FORMAT_HL7, "MSH|^~\\&|a\rPID|||TST123", "XXX111", "4|\r", "4|\r"},
	{FORMAT_HL7, "MSH|^~\\&|a\rPID|||||a\\T", "x\\T", "\\b\r", "\\b\r"},
	{FORMAT_HL7, "MSH|^~\\&|a\rPID|||||b\\T\\c", "x\\T\\x", "d\r", "x\r"},
	{FORMAT_HL7, "MSH|^~\\&|a\rPID|||||a\\T\\b", "x\\T\\x", "c\r", "x\r"},
};

Test(allow, what_is_flushed_before_it_is_known_to_be_allowed_is_masked)
{
	for (size_t i = 0; i < array_size(flushes); i++) {
		struct ruleset *rs = NULL;
		struct feeder f;
		size_t n;

		begin(&f, flushes[i].format, &rs);
		feed_begin(&f, &got);
		feed_bytes(&f, (const u8 *)flushes[i].before, strlen(flushes[i].before));
		n = got.n;
		feed_idle(&f);
		got.out[got.n] = '\0';
		cr_expect_str_eq((char *)got.out + n, flushes[i].idle, "%zu: %s", i,
				 (char *)got.out + n);
		cr_expect_eq(fed_let_go(&f, &got), strlen(flushes[i].idle), "%zu", i);
		n = got.n;
		feed_bytes(&f, (const u8 *)flushes[i].after, strlen(flushes[i].after));
		feed_finish(&f);
		got.out[got.n] = '\0';
		cr_expect_str_eq((char *)got.out + n, flushes[i].rest, "%zu: %s", i,
				 (char *)got.out + n);
		feeder_end(&f);
		ruleset_free(rs);
	}
}
