/* SPDX-License-Identifier: BSD-2-Clause */
/* Contract 6: a stream never holds back more than SCRIM_WINDOW bytes, and does hold that many. */
#include "stream_feed.h"
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct fed fed;

/* The most that is held of a stream that comes byte by byte. */
static size_t most_held(const struct rule_def *def, enum frame_format format, const char *text)
{
	struct ruleset *rs = NULL;
	struct feeder f;
	struct err e = {0};
	size_t most = 0;

	cr_assert_eq(ruleset_compile(def, 1, &rs, &e), 0, "%s", e.text);
	feeder_begin(&f, rs, NULL, format, ISA_SCALAR);
	feed_begin(&f, &fed);
	for (const char *p = text; *p; p++) {
		cr_assert_eq(feed_bytes(&f, (const u8 *)p, 1), 0);
		if (stream_held(&f.stream) > most)
			most = stream_held(&f.stream);
	}
	cr_assert_eq(feed_finish(&f), 0);
	cr_assert_eq(fed.rows[0].matches, 1);
	feeder_end(&f);
	ruleset_free(rs);
	return most;
}

/* A rule whose pattern is n digits. */
static struct rule_def digits(char pattern[16], size_t n, enum guard after, const char *tail)
{
	snprintf(pattern, 16, "[0-9]{%zu}", n);
	return (struct rule_def){.name = "digits",
				 .class = ID_OTHER,
				 .nforms = 1,
				 .forms = {{.pattern = pattern, .after = after, .tail = tail}}};
}

/* n digits, a dot and a space. */
static void write_digits(char *text, size_t n)
{
	memset(text, '7', n);
	strcpy(text + n, ". ");
}

Test(held, is_at_most_the_window_before_any_guard)
{
	char pattern[16], text[SCRIM_WINDOW + 4];

	for (int g = GUARD_DIGIT; g <= GUARD_GROUP; g++) {
		size_t longest = g < GUARD_DECIMAL ? SCRIM_WINDOW : SCRIM_WINDOW - 1;
		struct rule_def def = digits(pattern, longest + 1, (enum guard)g, NULL);
		struct ruleset *rs = NULL;
		unsigned int column = 0;
		struct err e = {0};

		cr_expect_eq(ruleset_compile(&def, 1, &rs, &e), -EINVAL, "guard %d", g);
		cr_expect_eq(pattern_check(pattern, (enum guard)g, &column, &e), -EINVAL);
		cr_expect_eq(column, 6);
		cr_expect(strstr(e.text, g < GUARD_DECIMAL ? "the limit is 256"
							   : "the limit is 255 with this guard"),
			  "guard %d: %s", g, e.text);
		def = digits(pattern, longest, (enum guard)g, NULL);
		write_digits(text, longest);
		cr_expect_eq(most_held(&def, FORMAT_TEXT, text), SCRIM_WINDOW, "guard %d", g);
	}
}

Test(held, is_at_most_the_window_before_a_tail)
{
	char pattern[16], text[SCRIM_WINDOW + 4];
	struct rule_def def = digits(pattern, SCRIM_WINDOW, GUARD_NONE, "[0-9]");

	write_digits(text, SCRIM_WINDOW);
	cr_expect_eq(most_held(&def, FORMAT_TEXT, text), SCRIM_WINDOW);
}

/* A field is held while it may yet be a value that is allowed. */
Test(held, is_at_most_the_window_in_a_field)
{
	static const char *const fields[] = {"PID-5", NULL};
	static char allowed[SCRIM_WINDOW + 1], text[2 * SCRIM_WINDOW];
	const char *const allow[] = {allowed, NULL};
	const struct rule_def def = {
		.name = "name", .class = ID_NAME, .fields = fields, .allow = allow};

	memset(allowed, 'A', SCRIM_WINDOW);
	snprintf(text, sizeof(text), "MSH|^~\\&|a\rPID|||||%sB\r", allowed);
	cr_expect_eq(most_held(&def, FORMAT_HL7, text), SCRIM_WINDOW);
}
