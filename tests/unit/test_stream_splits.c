/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Contract 1: segmentation never matters. However a stream is cut, the same bytes come out and the
 * same counts; nothing is held in the end, nothing is released early.
 *
 *   records up to 16 KiB    every cut in two; byte by byte; in pieces of many sizes
 *   beyond                  every cut in two within NEAR bytes of a changed byte or of structure,
 *                           and SEEDED ones anywhere
 *
 * Of each a share, where one is asked for.
 */
#include "hl7_text.h"
#include "share.h"
#include "stream_feed.h"
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHORT  (16 * 1024)
#define NEAR   512
#define SEEDED 10000

static struct fed want, got;
static u8 text[FED_MAX];

static size_t cut_at(void *arg, size_t at)
{
	return at < *(size_t *)arg ? *(size_t *)arg : SIZE_MAX;
}

static size_t cut_every(void *arg, size_t at)
{
	return at + *(size_t *)arg;
}

static size_t cut_somewhere(void *arg, size_t at)
{
	u32 r = draw(arg, 100);

	return at + 1 + (r < 70 ? r / 10 : r * 3);
}

/* Every ISA this CPU has, one test each. */
static struct criterion_test_params isas(void)
{
	static enum isa list[ISA_COUNT];
	size_t n = 0;

	for (int i = 0; i < ISA_COUNT; i++)
		if (isa_usable((enum isa)i))
			list[n++] = (enum isa)i;
	return cr_make_param_array(enum isa, list, n);
}

static void cut_in_two(struct feeder *f, size_t len, size_t at, const char *what)
{
	feed_cut(f, text, len, cut_at, &at, &got);
	assert_fed_same(f, &got, &want, what, at);
}

static void cut_small(struct feeder *f, size_t len, const char *what)
{
	u64 seed = 0xc0de;

	for (size_t every = len > SHORT ? share() : 1; every < 400; every += 1 + every / 2) {
		feed_cut(f, text, len, cut_every, &every, &got);
		assert_fed_same(f, &got, &want, what, every);
	}
	for (int i = 0; i < 3; i++) {
		feed_cut(f, text, len, cut_somewhere, &seed, &got);
		assert_fed_same(f, &got, &want, what, (size_t)i);
	}
}

/* text[0, len) cut everywhere. */
static void splits(struct feeder *f, size_t len, const char *what)
{
	feed_whole(f, text, len, &want);
	cr_assert_eq(fed_let_go(f, &want), 0);
	cr_assert_leq(len, SHORT);
	for (size_t at = 1; at < len; at++)
		cut_in_two(f, len, at, what);
	cut_small(f, len, what);
}

/* Of rules with many forms, what each finds and refuses; of all, their own examples come besides. */
static const struct {
	const char *rule, *text;
} examples[] = {
	{"ssn", "his number is 123-45-6789. 000-12-3456"},
	{"ssn", "SSN: 123456789, x 234 56 7890 and 345.67.8901"},
	{"npi", "NPI: 1234567893, provider id 1234567890"},
	{"card", "4111111111111111, 4111-1111-1111-1111, 3782 822463 10005; 4111111111111112"},
	{"mrn", "MRN: 123456, mrn=A1234567, chart no AB12345, \"patient_id\": \"PT0001234\""},
	{"mrn", "Medical Record Number is HX-12345678, MRN HXA-1234, MRN HXA1234, MRN H-1234"},
	{"phone", "212-555-0123, (212) 555-0123, 1-800-555-0199, +1 (212) 555-0123"},
	{"phone", "+44 20 7946 0958, 0049 30 1234567, 212 555 0123 ext. 4567"},
	{"phone", "Tel: 555-0123; 089 72 63 41 office, (32) 484-557 (mobile)"},
	{"phone", "030/1234567, 070-123 45 67, (0)2 1234 5678; 8 (495) 123-45-67"},
	{"email", "<jane.doe+x@mail.example.org> jos\xc3\xa9@ex\xc3\xa4mple.de a@b"},
	{"ipv4", "from 10.2.0.1 to 192.168.1.254, version 1.2.3.4, 1.2.3.999"},
	{"date", "1970-01-15, 1/15/1970, 20240229101530.123, 15-01-24, 14 March 2024"},
	{"date", "31 may, the 3rd of September, March 14, 2024; May 2024; 2023-02-29"},
	{"zip", "Springfield, IL 62704-1234, Boise, ID 83702, zip code: 12345"},
};

/* One rule alone, in text and in HL7. */
struct alone {
	u16 rule;
	struct feeder text, hl7;
};

static void alone_begin(struct alone *a, const struct ruleset *rs, u16 rule, enum isa isa)
{
	bool enabled[RULE_MAX] = {false};

	a->rule = rule;
	enabled[rule] = true;
	feeder_begin(&a->text, rs, enabled, FORMAT_TEXT, isa);
	feeder_begin_beside(&a->hl7, &a->text, enabled, FORMAT_HL7, isa);
}

static void alone_end(struct alone *a)
{
	feeder_end(&a->text);
	feeder_end(&a->hl7);
}

/* A line with values of the rule, cut everywhere, as text and in two HL7 fields. */
static void splits_alone(struct alone *a, const char *line)
{
	size_t len = strlen(line);

	memcpy(text, line, len);
	splits(&a->text, len, line);
	cr_assert_gt(want.rows[a->rule].matches, 0, "%s", line);
	len = (size_t)snprintf((char *)text, sizeof(text),
			       "MSH|^~\\&|A\rOBX|1|TX|X||%s|\rNTE|||%s\r", line, line);
	splits(&a->hl7, len, line);
	cr_assert_gt(want.rows[a->rule].matches, 1, "%s", line);
}

/* Segments with values of a rule by field, cut everywhere. */
static void splits_by_field(struct alone *a, const char *segments)
{
	size_t len = (size_t)snprintf((char *)text, sizeof(text), "MSH|^~\\&|A\r%s", segments);

	splits(&a->hl7, len, segments);
	cr_assert_gt(want.rows[a->rule].matches, 0, "%s", segments);
}

/* The examples of a rule, each with `end` behind it, without their brackets. */
static void own_examples(const struct rule_def *def, char end, char *line, size_t cap)
{
	size_t n = 0;

	for (const char *const *x = def->examples; x && *x; x++) {
		for (const char *c = *x; *c && n + 2 < cap; c++)
			if (*c != '[' && *c != ']')
				line[n++] = *c;
		line[n++] = end;
	}
	line[n] = 0;
}

ParameterizedTestParameters(splits, each_rule_alone)
{
	return isas();
}

ParameterizedTest(enum isa *isa, splits, each_rule_alone)
{
	const struct rule_def *defs;
	struct ruleset *rs = builtin_rules(&defs);
	size_t tried = 0;

	for (u16 i = 0; i < rs->nrules; i++) {
		struct alone alone;
		char line[SHORT / 2];

		own_examples(&defs[i], defs[i].nforms ? ';' : '\r', line, sizeof(line));
		cr_assert(*line, "no example of %s", defs[i].name);
		if (i % share())
			continue;
		alone_begin(&alone, rs, i, *isa);
		if (defs[i].nforms)
			splits_alone(&alone, line);
		else
			splits_by_field(&alone, line);
		for (size_t k = 0; k < array_size(examples); k++) {
			if (strcmp(defs[i].name, examples[k].rule) != 0)
				continue;
			splits_alone(&alone, examples[k].text);
			tried++;
		}
		alone_end(&alone);
	}
	cr_assert(share() > 1 || tried == array_size(examples));
	ruleset_free(rs);
}

/* What a record of the corpus of cases is: tests/cases, wherever the test is started. */
static size_t read_case(const char *path)
{
	FILE *file = fopen(path, "rb");
	size_t len;

	cr_assert_not_null(file, "%s", path);
	len = fread(text, 1, sizeof(text), file);
	cr_assert_lt(len, sizeof(text), "%s", path);
	fclose(file);
	return len;
}

ParameterizedTestParameters(splits, cases)
{
	return isas();
}

ParameterizedTest(enum isa *isa, splits, cases)
{
	const struct rule_def *defs;
	struct ruleset *rs = builtin_rules(&defs);
	struct feeder f[FORMAT_COUNT];
	glob_t g;

	feeders_begin(f, rs, *isa);
	cr_assert_eq(glob("tests/cases/*/in", 0, NULL, &g), 0, "start it in the top directory");
	cr_assert_gt(g.gl_pathc, 20);
	for (size_t i = 0; i < g.gl_pathc; i += share()) {
		size_t len = read_case(g.gl_pathv[i]);

		/* The long ones have a test of their own. */
		for (int k = 0; k < FORMAT_COUNT && len <= 2048; k++)
			splits(&f[k], len, g.gl_pathv[i]);
	}
	globfree(&g);
	feeders_end(f);
	ruleset_free(rs);
}

ParameterizedTestParameters(splits, made_up_hl7)
{
	return isas();
}

ParameterizedTest(enum isa *isa, splits, made_up_hl7)
{
	const struct rule_def *defs;
	struct ruleset *rs = builtin_rules(&defs);
	u64 seed = 0x417;
	struct feeder f;
	u64 matches = 0;

	feeder_begin(&f, rs, NULL, FORMAT_HL7, *isa);
	for (size_t round = 0; round < share_of(24); round++) {
		size_t len = hl7_text(&seed, round & 1, text, 1024);

		len += hl7_text(&seed, round & 1, text + len, 1024);
		splits(&f, len, "made up HL7");
		cr_assert_eq(want.reason, 0);
		matches += fed_matches(&f, &want);
		/* One that is refused, or is not. */
		len = hl7_text_mutate(&seed, text, len);
		splits(&f, len, "mutated HL7");
	}
	cr_assert_gt(matches, share_sees(200));
	feeder_end(&f);
	ruleset_free(rs);
}

ParameterizedTestParameters(splits, made_up_text)
{
	return isas();
}

ParameterizedTest(enum isa *isa, splits, made_up_text)
{
	const struct rule_def *defs;
	struct ruleset *rs = builtin_rules(&defs);
	u64 seed = 0x7e47;
	struct feeder f;

	feeder_begin(&f, rs, NULL, FORMAT_TEXT, *isa);
	scan_text_dense(&seed, text, share_of(3000));
	splits(&f, share_of(3000), "made up text");
	cr_assert_gt(fed_matches(&f, &want), share_sees(50));
	scan_text_random(&seed, "0123456789-. /@:ab\n\xc3\xa9", text, share_of(1500));
	splits(&f, share_of(1500), "random text");
	feeder_end(&f);
	ruleset_free(rs);
}

/* Whether a byte within NEAR of at was changed, or is structure. */
static bool *near_something(size_t len, enum frame_format format)
{
	bool *near = calloc(len, sizeof(*near));

	cr_assert_not_null(near);
	for (size_t i = 0; i < len; i++) {
		bool structure = format == FORMAT_HL7 && strchr("|^~\\&\r\x0b\x1c", text[i]);

		if (want.out[i] == text[i] && !structure && text[i] != '\n')
			continue;
		for (size_t k = i < NEAR ? 0 : i - NEAR; k < len && k <= i + NEAR; k++)
			near[k] = true;
	}
	return near;
}

/* text[0, len), beyond SHORT: near what matters, and SEEDED times anywhere. */
static void splits_long(struct feeder *f, size_t len, enum frame_format format, const char *what)
{
	u64 seed = 0x10f6;
	bool *near;

	feed_whole(f, text, len, &want);
	cr_assert(!want.reason && want.n == len);
	cr_assert_gt(fed_matches(f, &want), 0);
	near = near_something(len, format);
	for (size_t at = 1; at < len; at += share())
		if (near[at])
			cut_in_two(f, len, at, what);
	for (size_t i = 0; i < share_of(SEEDED); i++)
		cut_in_two(f, len, 1 + draw(&seed, (u32)len - 1), what);
	free(near);
	cut_small(f, len, what);
}

/* text[0, len), many short lines: as streams of some of them each. It is used up. */
static void splits_by_lines(struct feeder *f, size_t len, const char *what)
{
	size_t n = 0;

	while (len > 0) {
		size_t some = len < 1500 ? len : 1500;

		while (some < len && text[some - 1] != '\n')
			some++;
		if (n++ % share() == 0)
			splits(f, some, what);
		len -= some;
		memmove(text, text + some, len);
	}
}

/* Mostly plain, so that the cuts near what matters are few enough; the head of it is not. */
static size_t long_text(void)
{
	u64 seed = 0x1009;
	size_t n = 0;

	scan_text_dense(&seed, text, 300);
	for (n = 300; n < SHORT + 200; n++)
		text[n] = (u8) "lorem ipsum dolor sit amet "[n % 27];
	n += (size_t)sprintf((char *)text + n, " SSN 123-45-6789, call 212-555-0123\n");
	return n;
}

static size_t long_hl7(void)
{
	size_t n = (size_t)sprintf((char *)text, "\x0bMSH|^~\\&|A\rPID|1||12^^^H||DOE^J\\T\\E\r"
						 "OBX|1|TX|X||MRN: A1234567 ");

	for (; n < SHORT + 200; n++)
		text[n] = (u8) "lorem ipsum dolor sit amet "[n % 27];
	return n +
	       (size_t)sprintf((char *)text + n, " SSN 123-45-6789|\rNTE|1||jane@x.org\r\x1c\r");
}

ParameterizedTestParameters(splits, long_records)
{
	return isas();
}

ParameterizedTest(enum isa *isa, splits, long_records)
{
	const struct rule_def *defs;
	struct ruleset *rs = builtin_rules(&defs);
	struct feeder f[FORMAT_COUNT];

	feeders_begin(f, rs, *isa);
	splits_long(&f[FORMAT_TEXT], long_text(), FORMAT_TEXT, "long text");
	splits_long(&f[FORMAT_HL7], long_hl7(), FORMAT_HL7, "long HL7");
	feeders_end(f);
	ruleset_free(rs);
}

ParameterizedTestParameters(splits, long_cases)
{
	return isas();
}

ParameterizedTest(enum isa *isa, splits, long_cases)
{
	const struct rule_def *defs;
	struct ruleset *rs = builtin_rules(&defs);
	u64 seed = 0xca5e;
	struct feeder f;
	size_t len;

	feeder_begin(&f, rs, NULL, FORMAT_TEXT, *isa);
	len = read_case("tests/cases/text-many-values/in");
	splits_by_lines(&f, len, "text-many-values");
	len = read_case("tests/cases/text-many-values/in");
	feed_whole(&f, text, len, &want);
	cut_small(&f, len, "text-many-values");
	len = read_case("tests/cases/text-long-line/in");
	cr_assert_gt(len, SHORT);
	feed_whole(&f, text, len, &want);
	for (size_t i = 0; i < share_of(60); i++)
		cut_in_two(&f, len, 1 + draw(&seed, (u32)len - 1), "text-long-line");
	cut_small(&f, len, "text-long-line");
	feeder_end(&f);
	ruleset_free(rs);
}
