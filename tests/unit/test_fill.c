/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `fill`: the same length, and what stands in its format still stands: numbers in JSON, UTF-8,
 * escapes of HL7, separators.
 */
#include "../../user/mask/fill.h"
#include "hl7_oracle.h"
#include "hl7_text.h"
#include "scanners.h"
#include "stream_feed.h"
#include <criterion/criterion.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct fed got;

static const struct {
	const char *value, *filled;
	size_t n; /* replaced */
} values[] = {
	{"", "", 0},
	{"\"\"", "\"\"", 0},
	{"DOE^JANE q.", "XXX^XXXX x.", 8},
	{"123-45-6789", "111-11-1111", 9},
	{"Jos\xc3\xa9", "Xxxxx", 5},
	{"\\F\\\\S\\\\T\\\\R\\\\E\\\\P\\\\H\\\\N\\", "\\F\\\\S\\\\T\\\\R\\\\E\\\\P\\\\H\\\\N\\", 0},
	{"O\\T\\NEIL", "X\\T\\XXXX", 5},
	{"\\.br\\\\.sp3\\\\.in+4\\\\.ti-10\\\\.ce\\", "\\.br\\\\.sp3\\\\.in+4\\\\.ti-10\\\\.ce\\",
	 0},
	/* No command of the standard, or no number of lines. */
	{"\\.id123456789\\", "\\.xx111111111\\", 11},
	{"\\.sp123456789\\", "\\.xx111111111\\", 11},
	{"\\X4A414E45\\", "\\X44444444\\", 8},
	{"\\C2842\\\\M1A2B3C\\", "\\C4444\\\\M444444\\", 10},
	{"\\Zname 7!\\", "\\Zx4x4 4!\\", 5},
	{"\\XJANE\\", "\\XXXXX\\", 5},
	/* Behind a stray escape character is a name. */
	{"\\SMITH", "\\XXXXX", 5},
	{"\\", "\\", 0},
	{"a\\", "x\\", 1},
	{"\\\\", "\\\\", 0},
	{"\\S\\MITH\\", "\\S\\XXXX\\", 4},
	{"\\AB\\T\\", "\\XX\\T\\", 2},
	{"\\f\\", "\\x\\", 1},
	/* As long as an escape may be, and longer. */
	{"\\X4A414E454A414E454\\", "\\X44444444444444444\\", 17},
	{"\\X4A414E454A414E454A\\", "\\X1X111X111X111X111X\\", 19},
};

Test(fill, values)
{
	for (size_t i = 0; i < array_size(values); i++) {
		char copy[64];
		struct fill_job job = {.p = (u8 *)copy,
				       .len = strlen(values[i].value),
				       .escape = '\\',
				       .ends = true};
		struct filled f;

		strcpy(copy, values[i].value);
		cr_assert_eq(fill_escaped(&job, &f), job.len);
		cr_expect_str_eq(copy, values[i].filled, "%s: %s", values[i].value, copy);
		cr_expect_eq(f.all, values[i].n, "%s: %zu", values[i].value, f.all);
		cr_expect_eq(f.now, f.all);
	}
}

/* In pieces and at once, the oracle's and no byte more; what is held is at most FILL_HELD. */
Test(fill, pieces_are_the_oracles)
{
	u64 seed = 0xf111;

	for (int round = 0; round < 20000; round++) {
		u8 want[64], value[64];
		bool replaced[64];
		size_t len = 1 + draw(&seed, sizeof(value) - 1), at = 0, end = 0, n = 0, all;

		scan_text_random(&seed, round & 1 ? "\\\\\\XTSF.brspin+-1239aZ" : "\\X4A.br3\xc3Z",
				 value, len);
		memcpy(want, value, len);
		all = oracle_fill(want, len, '\\', replaced);
		while (at < len) {
			struct fill_job job = {.escape = '\\'};
			struct filled f;
			size_t decided;

			end += 1 + draw(&seed, 7);
			end = end < len ? end : len;
			job.len = end - at;
			job.ends = end == len;
			job.p = malloc(job.len); /* so that it is no longer than it is */
			cr_assert_not_null(job.p);
			memcpy(job.p, value + at, job.len);
			decided = fill_escaped(&job, &f);
			memcpy(value + at, job.p, decided);
			free(job.p);
			at += decided;
			n += f.all;
			cr_assert(at <= end && end - at <= FILL_HELD && (!job.ends || at == len));
		}
		cr_assert_arr_eq(value, want, len, "round %d", round);
		cr_assert_eq(n, all);
	}
}

/* What was sent is looked at, not changed, not counted as replaced now. */
Test(fill, sent_bytes_stay)
{
	char copy[] = "\\.br\\JANE";
	struct fill_job job = {.p = (u8 *)copy, .len = 9, .sent = 6, .escape = '\\', .ends = true};
	struct filled f;

	cr_assert_eq(fill_escaped(&job, &f), 9);
	cr_assert_str_eq(copy, "\\.br\\JXXX");
	cr_assert_eq(f.all, 4);
	cr_assert_eq(f.now, 3);
}

/* The byte after the number at p, or NULL: RFC 8259 section 6. */
static const char *json_number(const char *p)
{
	p += *p == '-';
	if (!isdigit((u8)*p) || (*p == '0' && isdigit((u8)p[1])))
		return NULL;
	p += strspn(p, "0123456789");
	if (*p == '.') {
		if (!isdigit((u8)p[1]))
			return NULL;
		p += 1 + strspn(p + 1, "0123456789");
	}
	return p;
}

/* A string, or a number, with its key. */
static const char *json_member(const char *p)
{
	for (int i = 0; i < 2; i++) {
		if (*p != '"')
			return i ? json_number(p) : NULL;
		for (p++; *p != '"'; p++)
			if (!*p)
				return NULL;
		p++;
		if (!i && strncmp(p, ": ", 2) != 0)
			return NULL;
		p += i ? 0 : 2;
	}
	return p;
}

static bool json_line(const char *p)
{
	if (*p++ != '{')
		return false;
	do {
		p = json_member(p + (*p == ','));
	} while (p && *p == ',');
	return p && !strcmp(p, "}\n");
}

Test(fill, json_stays_json)
{
	static const char *const keys[] = {"ssn",  "mrn",  "phone", "zip", "npi",
					   "date", "card", "email", "dob", "count"};
	static const char *const members[] = {"123456789",
					      "62704",
					      "1234567893",
					      "4111111111111111",
					      "20240229",
					      "19530728",
					      "5550123",
					      "-12.75",
					      "0.5",
					      "0",
					      "\"123-45-6789\"",
					      "\"jane@example.org\"",
					      "\"1953-07-28\"",
					      "\"A1234567\"",
					      "\"(212) 555-0123\""};
	const struct rule_def *defs;
	struct ruleset *rs = builtin_rules(&defs);
	u64 seed = 0x750, matches = 0;
	struct feeder f;

	feeder_begin(&f, rs, NULL, FORMAT_TEXT, isa_best());
	for (int round = 0; round < 2000; round++) {
		char line[512];
		size_t n = (size_t)sprintf(line, "{");

		for (u32 k = 1 + draw(&seed, 6); k; k--)
			n += (size_t)sprintf(
				line + n, "\"%s\": %s%s", keys[draw(&seed, array_size(keys))],
				members[draw(&seed, array_size(members))], k > 1 ? "," : "}\n");
		cr_assert(json_line(line), "%s", line);
		feed_whole(&f, (u8 *)line, n, &got);
		cr_assert_eq(got.n, n);
		got.out[n] = '\0';
		cr_assert(json_line((char *)got.out), "%s became %s", line, (char *)got.out);
		matches += fed_matches(&f, &got);
	}
	cr_assert_gt(matches, 2000);
	feeder_end(&f);
	ruleset_free(rs);
}

/* RFC 3629, as far as leads and their continuations go. */
static bool is_utf8(const u8 *p, size_t len)
{
	for (size_t i = 0; i < len;) {
		size_t n = p[i] < 0x80   ? 1
			   : p[i] < 0xc2 ? 0
			   : p[i] < 0xe0 ? 2
			   : p[i] < 0xf0 ? 3
					 : 4;

		if (!n || p[i] > 0xf4 || n > len - i)
			return false;
		for (size_t k = 1; k < n; k++)
			if ((p[i + k] & 0xc0) != 0x80)
				return false;
		i += n;
	}
	return true;
}

/* Pieces with characters of two to four bytes, in lines of `line` bytes or a little more. */
static size_t utf8_text(u64 *seed, size_t line, u8 *text, size_t cap)
{
	static const char *const pieces[] = {"\xc3\xa9",
					     "\xe6\x97\xa5",
					     "\xf0\x9f\x98\x80",
					     "@",
					     "x.org",
					     "jane",
					     " ",
					     "123-45-6789",
					     "MRN: A12345",
					     "\n",
					     "\xc3\xbc@\xc3\xa4.de",
					     "."};
	/* Longer than an address is looked for in front of its @, which may be inside of a character. */
	bool run = draw(seed, 2);
	size_t n = 0;

	while (n < cap - 16) {
		size_t most = run && draw(seed, 40) ? 3 : array_size(pieces);
		const char *piece = pieces[draw(seed, (u32)most)];

		memcpy(text + n, piece, strlen(piece));
		n += strlen(piece);
		if (n / line != (n - strlen(piece)) / line)
			text[n++] = '\n';
	}
	return n;
}

/* Lines too short for the longest address, and such as hold some of them. */
Test(fill, utf8_stays_valid)
{
	static const size_t lines[] = {48, 300, SIZE_MAX};
	const struct rule_def *defs;
	struct ruleset *rs = builtin_rules(&defs);
	enum isa isas[ISA_COUNT];
	size_t n = isas_here(isas);
	u8 text[1024];

	for (size_t i = 0; i < n; i++) {
		u64 seed = 0x8f8, matches[array_size(lines)] = {0};
		struct feeder f;

		feeder_begin(&f, rs, NULL, FORMAT_TEXT, isas[i]);
		for (size_t round = 0; round < 1200; round++) {
			size_t kind = round % array_size(lines);
			size_t len = utf8_text(&seed, lines[kind], text, sizeof(text));

			cr_assert(is_utf8(text, len));
			feed_whole(&f, text, len, &got);
			cr_assert_eq(got.n, len);
			cr_assert(is_utf8(got.out, len), "%s, lines of %zu, round %zu",
				  isa_name(isas[i]), lines[kind], round);
			matches[kind] += fed_matches(&f, &got);
		}
		for (size_t kind = 0; kind < array_size(lines); kind++)
			cr_assert_gt(matches[kind], 500);
		feeder_end(&f);
	}
	ruleset_free(rs);
}

/* In HL7: no separator, line end or empty value is touched, nor comes to be. */
Test(fill, hl7_structure_stays)
{
	const struct rule_def *defs;
	struct ruleset *rs = builtin_rules(&defs);
	static u8 text[2048];
	u64 seed = 0x417;
	struct feeder f;

	feeder_begin(&f, rs, NULL, FORMAT_HL7, isa_best());
	for (int round = 0; round < 300; round++) {
		size_t len = hl7_text(&seed, round & 1, text, sizeof(text)), i = 0;

		feed_whole(&f, text, len, &got);
		cr_assert(!got.reason && got.n == len);
		while (i < len && (text[i] == got.out[i] ||
				   ((isalnum(text[i]) || text[i] >= 0x80) && isalnum(got.out[i]))))
			i++;
		cr_assert_eq(i, len, "round %d: byte %zu is %02x, was %02x", round, i, got.out[i],
			     text[i]);
	}
	feeder_end(&f);
	ruleset_free(rs);
}
