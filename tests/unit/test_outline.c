/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a line looks like to a memo: which of its bytes are blanks, where it has digits, and what those digits say of
 * the spots at which something may match.
 *
 * It is three programs: this file alone is about the code of all vectors, test_outline_avx2.c and test_outline_avx512.c
 * about those that have more.
 */
#ifdef OUTLINE_AVX512
#include "../../user/scan/scanner.h"
#include "../../user/scan/vec_avx512.h"
/* behind it: */
#include "../../user/scan/outline_avx512.h"
/* behind both: */
#include "../../user/scan/spots_avx2.h"
#elif defined(OUTLINE_AVX2)
#include "../../user/scan/scanner.h"
#include "../../user/scan/vec_avx2.h"
/* behind it: */
#include "../../user/scan/outline_vec.h"
/* behind both: */
#include "../../user/scan/spots_avx2.h"
#else
#include "../../user/scan/outline_vec.h"
/* behind it: */
#include "../../user/scan/spots_vec.h"
#endif
/* behind both: */
#include "../../user/scan/ends_generic.h"
#include "scan_text.h"
#include "scanners.h"
#include <criterion/criterion.h>
#include <string.h>

#ifdef OUTLINE_AVX512
static void need_isa(void)
{
	if (!isa_usable(ISA_AVX512))
		cr_skip_test("this CPU has no AVX-512 (VBMI, VBMI2, VAES)");
}

TestSuite(outline, .init = need_isa);
#elif defined(OUTLINE_AVX2)
static void need_isa(void)
{
	if (!isa_usable(ISA_AVX2))
		cr_skip_test("this CPU has no AVX2");
}

TestSuite(outline, .init = need_isa);
#endif

static void outline(const char *text, const char *want_outline)
{
	size_t n = strlen(text);
	u8 to[LINE_ROOM];

	memset(to, 0xff, sizeof(to));
	outline_of((const u8 *)text, n, to);
	cr_assert_eq(memcmp(to, want_outline, n), 0, "%s: %.*s", text, (int)n, to);
	for (size_t i = n; i < sizeof(to); i++)
		cr_assert_eq(to[i], 0);
}

Test(outline, blanks)
{
	outline("in 12:11:12.609 job f626bc41 of 7\n", "in 00:00:00.000 job 11111111 of 0\n");
	outline("deadbeef 1234 beef1 1beef x1y\n", "11111111 0000 11111 11111 x0y\n");
	/* Letters alone are a run where they are no part of a word. */
	outline("a/fe/12 fed/feed-Ade bedside cafes\n", "1/11/00 111/1111-111 bedside cafes\n");
	outline("cache3 1st 0xfe bag_ace\n", "cach11 0st 0xfe bag_111\n");
	outline("\xc3\xa9"
		"e ae\xc3\xa9\n",
		"\xc3\xa9"
		"e ae\xc3\xa9\n");
	outline("\n", "\n");
	/* Over blocks. */
	outline("0123456789 123456789 123456789 123456789 123456789 123456789 1ab4cd9 0a\n",
		"0000000000 000000000 000000000 000000000 000000000 000000000 1111111 11\n");
	outline("---------- --------- --------- --------- --------- --------- -abca-\n",
		"---------- --------- --------- --------- --------- --------- -1111-\n");
	outline("---------- --------- --------- --------- --------- --------- -xyab-\n",
		"---------- --------- --------- --------- --------- --------- -xyab-\n");
}

/* Many runs that are joined are one: whether one of them happens to have no letter makes no difference. */
Test(outline, joined_runs)
{
	outline("req 12345678-1234-4234-b234-12345678901f ok\n",
		"req 11111111-1111-1111-1111-111111111111 ok\n");
	outline("02:42:0a:1f:77:03 12-34-56-7c-9a\n", "11:11:11:11:11:11 11-11-11-11-11\n");
	outline("fe80:0000:0000:0000:0202:42ff:3456:7890\n",
		"1111:1111:1111:1111:1111:1111:1111:1111\n");
	/* Too few, no letter among them, or not joined by the same. */
	outline("12-34-5e-7f 12-34-56-78-90 12-34-5e-78-90\n",
		"00-00-11-11 00-00-00-00-00 00-00-11-00-00\n");
	outline("12-34:5a-78-9f-11 1.2.3.4e.5f\n", "00-00:11-00-11-00 0.0.0.11.11\n");
	outline("12-34--5a-78-9f-11\n", "00-00--11-00-11-00\n");
	/* Where they end, others begin. */
	outline("-1-2-3-e-f: 2 and 5-6-7-8-9-\n", "-1-1-1-1-1: 0 and 0-0-0-0-0-\n");
	outline("1-2-3-e-f:2 1-2-3-e 4-5-a-b-c\n", "1-1-1-1-1:0 0-0-0-1 1-1-1-1-1\n");
	/* A date, and what follows it. */
	outline("wrote backup-2014-10-28-02-16-07-full.tar\n",
		"wrote backup-0000-00-00-00-00-00-full.tar\n");
	outline("file-2014-10-28-02-error 2014-10-28-02-16-be\n",
		"file-0000-00-00-00-error 0000-00-00-00-00-11\n");
	outline("2014-10-28-02-16-be-x1-ca\n", "0000-00-00-00-00-11-x0-11\n");
}

/* Reads the line that text[0, room) begins with; a length of 0: it has no end, or is too long to be remembered. */
static u64 read_line(const u8 *text, size_t room, u8 other, struct line *ret_line)
{
	const struct line_reader r = line_reader(other, 0);
	u32 begins[BEGINS_ROOM];

	ret_line->len = 0;
	if (!find_lines(&r, text, room, begins) || begins[1] > LINE_ROOM)
		return 0;
	ret_line->text = text;
	ret_line->len = begins[1];
	return ret_line->len > CODED_ROOM ? long_line_read(&r, ret_line)
					  : line_read(&r, text + room, ret_line);
}

/* A line's first bytes are kept by codes. */
static size_t seen_bytes(const struct line *line)
{
	return line->len < CODED_ROOM ? line->len : CODED_ROOM;
}

/* The code that c has if it stands for itself. */
static u8 code_of(u8 c)
{
	u8 code, more;

	outline_code(c, &code, &more);
	return code;
}

/* All digits have one code, and nothing else has it. */
static bool has_digit(const struct line *line, size_t i)
{
	return line->coded[i] == code_of(ANY_DIGIT);
}

static bool is_over(const struct line *line)
{
	for (size_t i = line->len; i < CODED_ROOM; i++)
		if (line->coded[i] != code_of(0))
			return false;
	return true;
}

static size_t random_line(u64 *seed, u8 *line)
{
	static const char alphabet[] =
		"0123456789abcdefABCDEFgzGZ/:@`[{ -.\xc3\xa9\x00\xb0\xe1\x01\x0c\x0e\x0f\x10";
	size_t n = 1 + draw(seed, LINE_ROOM);

	for (size_t i = 0; i < n; i++)
		line[i] = (u8)alphabet[draw(seed, sizeof(alphabet) - 1)];
	return n;
}

Test(outline, line_is_read)
{
	u8 text[LINE_ROOM + 64];
	u64 seed = 0x11e;

	for (int round = 0; round < 2000; round++) {
		size_t n = random_line(&seed, text);
		struct line line = {0};

		text[n - 1] = draw(&seed, 2) ? '\n' : '\r';
		memset(text + n, '7', 64); /* of the next line */
		memset(&line, 0xff, sizeof(line));
		read_line(text, n + draw(&seed, 64), '\r', &line);
		cr_assert_eq(line.len, n);
		for (size_t i = 0; i < seen_bytes(&line); i++) {
			cr_assert_eq(has_digit(&line, i), outline_may_be(ANY_DIGIT, text[i]));
			if (!has_digit(&line, i))
				cr_assert_eq(line.coded[i], code_of(text[i]));
		}
		cr_assert(is_over(&line));
	}
}

/* Where lines begin, many or few in a block; all that a batch takes, and what is behind it is left. */
Test(outline, lines_are_found)
{
	const struct line_reader r = line_reader('\r', 0);
	u8 text[4096 + 64];
	u64 seed = 0xf1d;

	for (int round = 0; round < 500; round++) {
		size_t n = draw(&seed, sizeof(text) + 1), found, k = 0, most = 1 + draw(&seed, 200);
		u32 begins[BEGINS_ROOM];

		for (size_t i = 0; i < n; i++)
			text[i] = draw(&seed, (u32)most)
					  ? (u8) "x\n\x1a\x8a\x0b\x1d"[draw(&seed, 6)]
					  : '\r';
		if (most > 1)
			for (size_t i = 0; i < n; i++)
				text[i] = text[i] == '\n' && draw(&seed, (u32)most) ? 'y' : text[i];
		found = find_lines(&r, text, n, begins);
		cr_assert_eq(begins[0], 0);
		for (size_t i = 0; i < n && k < BATCH_LINES; i++)
			if (text[i] == '\n' || text[i] == '\r')
				cr_assert_eq(begins[++k], i + 1);
		cr_assert_eq(found, k);
	}
}

Test(outline, line_has_an_end)
{
	u8 text[LINE_ROOM + 64];
	struct line line;

	memset(text, 'x', sizeof(text));
	read_line(text, sizeof(text), '\n', &line);
	cr_assert_eq(line.len, 0);
	text[LINE_ROOM] = '\n';
	read_line(text, sizeof(text), '\n', &line);
	cr_assert_eq(line.len, 0);
	for (size_t n = LINE_ROOM; n > 0; n--) {
		text[n - 1] = '\n';
		read_line(text, sizeof(text), '\n', &line);
		cr_assert_eq(line.len, n);
		read_line(text, n, '\n', &line);
		cr_assert_eq(line.len, n);
		read_line(text, n - 1, '\n', &line);
		cr_assert_eq(line.len, 0);
	}
}

static void take(const u8 *text, size_t n, struct memo_line *l)
{
	u8 outline[LINE_ROOM];

	outline_of(text, n, outline);
	memo_line_begin(l, outline, n, outline_code);
}

static bool fits(const struct memo_line *l, const u8 *text)
{
	const struct line_reader r = line_reader('\n', 0);
	struct line line;

	read_line(text, l->len, '\n', &line);
	return line.len == l->len && line_fits(&r, l, &line);
}

/* Hex digits alone have codes below CODE_HEX, digits the same one, and no two others share one. */
Test(outline, codes_are_told_apart)
{
	bool taken[128] = {false};

	for (unsigned int c = 0; c < 128; c++) {
		u8 code = outline_codes[c];
		bool digit = outline_may_be(ANY_DIGIT, (u8)c);

		cr_assert_lt(code, 128);
		cr_expect_eq(code < CODE_HEX, outline_may_be(ANY_HEX, (u8)c), "%#x", c);
		cr_expect_neq(code, CODE_HEX, "%#x", c);
		cr_expect_eq(!code, digit, "%#x", c);
		cr_expect(digit || !taken[code], "%#x", c);
		taken[code] = true;
	}
}

/* Every byte, at a blank of each kind. */
Test(outline, line_fits_with_each_byte)
{
	static struct memo_line l;

	for (int hex = 0; hex < 2; hex++) {
		for (unsigned int c = 0; c < 256; c++) {
			u8 text[] = "id c0ffee00c0ffee of 4711 was seen\n";
			size_t i = hex ? 6 : 20;

			take(text, sizeof(text) - 1, &l);
			text[i] = (u8)c;
			if (c != '\n')
				cr_expect_eq(fits(&l, text), outline_may_be(l.outline[i], (u8)c),
					     "%#x", c);
		}
	}
}

/* A line fits an outline if each of its bytes does, and then both have the same hash. */
Test(outline, line_fits)
{
	static struct memo_line l;
	u8 text[LINE_ROOM];
	u64 seed = 0xf17;

	for (int round = 0; round < 2000; round++) {
		size_t n = random_line(&seed, text);
		struct line line;
		u64 hash;

		text[n - 1] = '\n';
		hash = read_line(text, n, '\n', &line);
		take(text, n, &l);
		cr_assert(fits(&l, text));
		for (int change = 0; change < 30; change++) {
			size_t i = n > 1 ? draw(&seed, (u32)n - 1) : 0;
			u8 was = text[i];
			bool may;

			text[i] = (u8) "09afAFgG/:@`\xb0\xb9\xe1\xc6\x0c\x0d\x0e\x0f\x10"[draw(
				&seed, 21)];
			may = outline_may_be(l.outline[i], text[i]);
			cr_assert_eq(fits(&l, text), may);
			if (may)
				cr_assert_eq(read_line(text, n, '\n', &line), hash);
			text[i] = was;
		}
	}
}

/* Which places are left, whatever stands around the line: digits, most of all. */
static u64 places_around(const struct memo_line *l, const char *text, char around)
{
	char roomy[1 + 2 * LINE_ROOM + SPOTS_BEHIND];
	struct line line;

	memset(roomy, around, sizeof(roomy));
	memcpy(roomy + 1, text, l->len);
	read_line((const u8 *)roomy + 1, l->len, '\n', &line);
	return spots_left(l, &line, (const u8 *)roomy + 1);
}

/* At how many places of a line something may match by its digits, by what was learnt of another of its outline. */
static int left_in(const struct scanner *s, const char *learnt, const char *text)
{
	static struct memo_line l;
	u64 left;

	take((const u8 *)learnt, strlen(learnt), &l);
	cr_assert(fits(&l, (const u8 *)text));
	memo_learn(s, l.outline, l.len, &l);
	cr_assert_eq(l.state, LINE_KNOWN);
	left = places_around(&l, text, '\0');
	cr_assert_eq(places_around(&l, text, '7'), left, "%s", text);
	cr_assert_eq(places_around(&l, text, 'x'), left, "%s", text);
	return __builtin_popcountll(left);
}

static int left_of(const struct scanner *s, const char *text)
{
	return left_in(s, text, text);
}

Test(outline, tells_dates_from_other_hex_digits)
{
	const struct rule_def *defs;
	struct ruleset *rs = ruleset_builtin(&defs);
	struct scanner *s = scanner_all(rs, isa_best());

	cr_assert_eq(left_of(s, "job ab3cd4ef of ward 3 was sent\n"), 0);
	cr_assert_gt(left_of(s, "job 2feb2024 was sent\n"), 0);
	/* At the line's end, and so the pattern goes on behind it. */
	cr_assert_gt(left_of(s, "seen 2feb\n"), 0);
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

Test(outline, tells_by_a_places_first_digit)
{
	const struct rule_def *defs;
	struct ruleset *rs = ruleset_builtin(&defs);
	struct scanner *s = scanner_all(rs, isa_best());
	const char *card = "was paid by 4111111111111111 or so\n";

	cr_assert_eq(left_of(s, card), 1);
	cr_assert_eq(left_in(s, card, "was paid by 9111111111111111 or so\n"), 0);
	cr_assert_eq(left_in(s, card, "was paid by 5211111111111111 or so\n"), 1);
	scanner_free(s);
	ruleset_free(rs);
}

/* In a run of hex digits six digits are a date only behind "edd", which it may have, too. */
Test(outline, tells_by_the_byte_before)
{
	const struct rule_def *defs;
	struct ruleset *rs = ruleset_builtin(&defs);
	struct scanner *s = scanner_all(rs, isa_best());
	const char *id = "seen was 1addd240201b of ward\n";
	int others = left_in(s, id, "seen was 1addc240201b of ward\n");

	cr_assert_eq(left_in(s, id, id), others + 1);
	cr_assert_eq(left_in(s, id, "seen was 1aedd240201b of ward\n"), others + 1);
	/* Or behind "edd" and the small word "be". */
	id = "seen, edd bd240201b of ward\n";
	cr_assert_eq(left_in(s, id, "seen, edd be240201b of ward\n"), left_in(s, id, id) + 1);
	scanner_free(s);
	ruleset_free(rs);
}

/* What stands behind a digit and a dash is part of a number; that of a date is seen in its outline. */
Test(outline, tells_by_what_stands_before)
{
	const struct rule_def *defs;
	struct ruleset *rs = ruleset_builtin(&defs);
	struct scanner *s = scanner_all(rs, isa_best());

	cr_assert_eq(left_of(s, "of 2024-02-01 45 messages\n"), 1);
	cr_assert_eq(left_of(s, "of 2024 02-01 45 messages\n"), 1);
	cr_assert_eq(left_of(s, "of 2024 02 01 45 messages\n"), 2);
	scanner_free(s);
	ruleset_free(rs);
}
