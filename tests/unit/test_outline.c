/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a line looks like to a memo: which of its bytes are blanks, where it has digits, and what those digits say of
 * the places at which something may match.
 */
#include "../../user/scan/outline_vec.h"
#include "scanners.h"
#include <criterion/criterion.h>
#include <string.h>

static void outline(const char *text, const char *want_outline)
{
	size_t n = strlen(text);
	u64 digits[LINE_BLOCKS + 1];
	u8 to[LINE_ROOM];

	memset(digits, 0xff, sizeof(digits));
	outline_of((const u8 *)text, n, n, to, digits);
	cr_assert_eq(memcmp(to, want_outline, strlen(text)), 0, "%s: %.*s", text, (int)strlen(text),
		     to);
	for (size_t i = n; i % 64; i++)
		cr_assert_eq(to[i], 0);
	for (size_t i = 0; i < OUTLINE_SIZE(n) + 64; i++)
		cr_assert_eq(digits[i / 64] >> i % 64 & 1,
			     i < n && text[i] >= '0' && text[i] <= '9');
}

Test(outline, blanks)
{
	outline("in 12:11:12.609 job f626bc41 of 7\n", "in 00:00:00.000 job 11111111 of 0\n");
	outline("deadbeef 1234 beef1 1beef x1y\n", "11111111 0000 11111 11111 x0y\n");
	/* Letters alone are a run where they are no part of a word. */
	outline("a/fe/12 fed/feed-Ade bedside cafes\n", "1/11/00 111/1111-111 bedside cafes\n");
	outline("cache3 1st 0xfe bag_ace \xc3\xa9"
		"e\n",
		"cach11 0st 0xfe bag_111 \xc3\xa9"
		"1\n");
	outline("\n", "\n");
	/* What a run has in an earlier block counts, what it has in a later one does not. */
	outline("0123456789 123456789 123456789 123456789 123456789 123456789 1ab4cd9 0a\n",
		"0000000000 000000000 000000000 000000000 000000000 000000000 1111111 11\n");
	outline("---------- --------- --------- --------- --------- --------- -abca-\n",
		"---------- --------- --------- --------- --------- --------- -ab11-\n");
	outline("---------- --------- --------- --------- --------- --------- -xyab-\n",
		"---------- --------- --------- --------- --------- --------- -xyab-\n");
	outline("---------- --------- --------- --------- --------- --------- -12ab-\n",
		"---------- --------- --------- --------- --------- --------- -0011-\n");
}

/* At how many places of a line, learnt by an outline of it, something may match by where it has digits. */
static int left_of(const struct scanner *s, const char *line)
{
	static struct memo_line learnt;
	u64 digits[LINE_BLOCKS + 1];
	u8 to[LINE_ROOM];
	size_t n = strlen(line);

	outline_of((const u8 *)line, n, n, to, digits);
	memo_learn(s, to, n, &learnt);
	cr_assert_eq(learnt.state, LINE_KNOWN);
	return __builtin_popcount(places_left(&learnt, digits));
}

Test(outline, tells_dates_from_other_hex_digits)
{
	const struct rule_def *defs;
	struct ruleset *rs = ruleset_builtin(&defs);
	struct scanner *s = scanner_all(rs, isa_best());

	cr_assert_eq(left_of(s, "job ab3cd4ef of ward 3 was sent\n"), 0);
	cr_assert_gt(left_of(s, "job 2feb2024 was sent\n"), 0);
	/* Of one outline, 63 bytes on, so that the digits lie in two words. */
	cr_assert_eq(left_of(s, "--------- --------- --------- --------- --------- --------- --"
				"ab3cd4ef\n"),
		     0);
	cr_assert_gt(left_of(s, "--------- --------- --------- --------- --------- --------- --"
				"2feb2024\n"),
		     0);
	scanner_free(s);
	ruleset_free(rs);
}
