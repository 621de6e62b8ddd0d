/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Quick ways (rules.h): where a quick_fn says how long a match is, or that it is refused, the form's pattern, guard
 * and validator say the same, and it says so for what it was made for; where a never_fn says that nothing is
 * there, they find nothing, and nothing to refuse. Neither reads a byte too many.
 */
#include "guard_page.h"
#include "one_form.h"
#include "oracle.h"
#include "quickly.h"
#include "scan_feed.h"
#include "scan_text.h"
#include "scanners.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define TEXT QUICK_TEXT

static void make_date(u64 *seed, char *to, size_t cap)
{
	char c = "-/.x"[draw(seed, draw(seed, 4) ? 2 : 4)];

	snprintf(to, cap, "%04u%c%02u%c%02u", 1870 + draw(seed, 240), c, draw(seed, 14),
		 draw(seed, 20) ? c : '/', draw(seed, 33));
}

static void make_address(u64 *seed, char *to, size_t cap)
{
	const u32 most = draw(seed, 2) ? 256 : 300;

	snprintf(to, cap, "%u.%u.%u.%u", draw(seed, most), draw(seed, most), draw(seed, most),
		 draw(seed, draw(seed, 2) ? most : 10));
}

static void make_ssn(u64 *seed, char *to, size_t cap)
{
	static const u32 areas[] = {0, 666, 900, 899, 1};
	char c = "-- ."[draw(seed, 4)];

	snprintf(to, cap, "%03u%c%02u%c%04u",
		 draw(seed, 2) ? draw(seed, 1000) : areas[draw(seed, 5)], c,
		 draw(seed, draw(seed, 4) ? 100 : 1), c, draw(seed, draw(seed, 4) ? 10000 : 1));
}

/* Of n digits, at most 16, mostly with the right check digit, of an issuer or not. */
static void card_digits(u64 *seed, u8 *digits, size_t n)
{
	static const char *const heads[] = {"4",    "51",   "2221", "34", "6011",
					    "3600", "5018", "8200", "1"};
	const char *head = heads[draw(seed, array_size(heads))];
	unsigned int sum = 0;

	for (size_t i = 0; i < n; i++)
		digits[i] = i < strlen(head) ? (u8)(head[i] - '0') : (u8)draw(seed, 10);
	for (size_t i = 0; i + 1 < n; i++) {
		unsigned int d = digits[i] * ((n - i) % 2 ? 1u : 2u);

		sum += d > 9 ? d - 9 : d;
	}
	if (draw(seed, 3))
		digits[n - 1] = (u8)((10 - sum % 10) % 10);
}

static void make_card(u64 *seed, char *to, size_t cap)
{
	u8 digits[16];
	size_t n = draw(seed, 2) ? 16 : 11 + draw(seed, 6);

	card_digits(seed, digits, n);
	cr_assert_lt(n, cap);
	for (size_t i = 0; i < n; i++)
		to[i] = (char)('0' + digits[i]);
	to[n] = 0;
}

static void make_card_groups(u64 *seed, char *to, size_t cap)
{
	char c = "-- ."[draw(seed, 4)];
	u8 digits[16];

	card_digits(seed, digits, 16);
	cr_assert_lt(20, cap);
	for (size_t i = 0; i < 16; i++)
		to[i + i / 4] = (char)('0' + digits[i]);
	to[4] = to[9] = to[14] = c;
	to[19] = 0;
}

Test(quick, ssn)
{
	agree(quick_form("123-45-6789"), make_ssn, 3, 90, 90);
}

Test(quick, card)
{
	/* Digits often follow here, and 17 are not looked at. */
	agree(quick_form("4111111111111111"), make_card, 4, 50, 50);
}

Test(quick, card_groups)
{
	agree(quick_form("4111-1111-1111-1111"), make_card_groups, 5, 50, 50);
}

Test(quick, date)
{
	agree(quick_form("2024-02-29"), make_date, 1, 80, 80);
}

Test(quick, address)
{
	agree(quick_form("192.0.2.35"), make_address, 2, 90, 90);
}

Test(quick, every_day)
{
	const struct form_def *def = quick_form("2024-02-29");
	struct ruleset *rs = one_form(def);
	u8 text[TEXT + 1];
	size_t days = 0;

	for (unsigned int y = 1870; y < 2110; y++) {
		for (unsigned int m = 0; m < 20; m++) {
			for (unsigned int d = 0; d < 40; d++) {
				snprintf((char *)text, sizeof(text), "%04u-%02u-%02u%*s", y, m, d,
					 TEXT - 10, "");
				cr_assert_eq(def->quick(text), slowly(def, &rs->forms[0], text),
					     "%.10s", text);
				days += def->quick(text) == 10;
			}
		}
	}
	/* 1880 to 2099, of which 1900 is no leap year. */
	cr_expect_eq(days, 220 * 365 + 55 - 1, "%zu", days);
	ruleset_free(rs);
}

/* What stands where a street or a date may begin, as lines of a log and of a letter have it. */
static void make_words(u64 *seed, char *to, size_t cap)
{
	static const char *const behind[] = {" ",  " ",   " ",      "-",    "",
					     "A ", "st ", "th of ", " of ", ", "};
	static const char *const words[] = {"INFO",   "Oak",  "W",    "Mar", "may",  "dec",
					    "SEP",    "1st",  "22nd", "3rd", "rows", "O'Hara",
					    "County", "Road", "Rte",  "Box", "HWY",  "192",
					    "B.",     "Ave",  "10:45"};
	static const char *const between[] = {" ", ", ", " ", ",", "-", ".", "", "\xc2\xa0"};

	snprintf(to, cap, "%u%s%s%s%s%s%s", draw(seed, draw(seed, 2) ? 32 : 200000),
		 behind[draw(seed, array_size(behind))], words[draw(seed, array_size(words))],
		 between[draw(seed, array_size(between))], words[draw(seed, array_size(words))],
		 between[draw(seed, array_size(between))], words[draw(seed, array_size(words))]);
}

/* Numbers behind a label, or something else behind the first. */
static void make_values(u64 *seed, char *to, size_t cap)
{
	static const char *const heads[] = {"", "", "", "AC-", "ab"};
	static const char *const values[] = {"4711882", "123456789", "02115", "1003000126",
					     "555-1234"};
	static const char *const between[] = {", ",  ",", "/", " / ",  " and ", "\",\"", ", and ",
					      " & ", " ", "|", " of ", "-",     "\": ",  ",\"x\":"};
	const char *head = heads[draw(seed, array_size(heads))];
	const char *value = values[draw(seed, array_size(values))];
	size_t n = (size_t)snprintf(to, cap, "%s%s", head, value);

	for (u32 more = draw(seed, 3); more > 0; more--)
		n += (size_t)snprintf(to + n, cap - n, "%s%s%s",
				      between[draw(seed, array_size(between))],
				      draw(seed, 8) ? head : "", draw(seed, 8) ? value : "12");
}

/* What forms that only their first bytes tell apart begin with, a byte of it changed now and then. */
static void make_sample(u64 *seed, char *to, size_t cap)
{
	static const char *const samples[] = {
		"123&nbsp;45-6789",
		"4111%201111 1111 1111",
		"02%2f29%2F2024 at",
		"2024\\u00ad02\\u00ad29 at",
		"14&nbsp;March 2024",
		"September\xc2\xa0"
		"14, 2024",
		"212\xe2\x80\x91"
		"555-0123",
		"(212)&nbsp;555-0123, (212) 555%200123",
		"+44&nbsp;20 7946 0958",
		"030%20123456 and",
		"https:\\/\\/example.org\\/x",
		"jane.doe%40mail.example.org of",
		"jane@example.org%40example.org",
		"a012345678901234567890123456789012345678901234567890123456789-0123@example.org",
		"1003000126^Tesk^Odette^M",
		"1003000126^O'Dorrin^N\xc3\xa9lia",
		"1003000126^Tesk^-a^Mb",
		"March 14, 2024",
		"Sept. 2024 and",
		"JULY-5-24 and",
		"Maribel 14, 2024",
		"Aug/5/2024 and",
	};
	size_t n = (size_t)snprintf(to, cap, "%s", samples[draw(seed, array_size(samples))]);

	if (!draw(seed, 2))
		to[draw(seed, (u32)n)] = "aB1 ^@%&-."[draw(seed, 10)];
}

/* An id that begins as an IBAN does. */
static void make_id(u64 *seed, char *to, size_t cap)
{
	static const char letters[] = "abcdefABCDEFgNx";

	snprintf(to, cap, "%c%c%02u%08x%08x", letters[draw(seed, sizeof(letters) - 1)],
		 letters[draw(seed, sizeof(letters) - 1)], draw(seed, 100), draw(seed, 1u << 31),
		 draw(seed, 1u << 31));
}

/* Whether f has a match at the begin of the text that its guard lets stand, valid or not. */
static bool any_end(const struct form_def *def, const struct form *f, const u8 *text)
{
	bool ends[SCRIM_WINDOW + 1];

	oracle_ends(def->pattern, text, TEXT, 0, ends);
	for (size_t e = 1; e <= TEXT; e++)
		if (ends[e] && form_guard_after(f, text, e, TEXT, true) != 0)
			return true;
	return false;
}

/* The k-th form of the built-in rules that has a never_fn, or NULL. */
static const struct form_def *never_form(size_t k)
{
	const struct rule_def *defs;
	size_t n;

	defs = rules_builtin(&n);
	for (size_t i = 0; i < n; i++)
		for (u16 f = 0; f < defs[i].nforms; f++)
			if (defs[i].forms[f].never && !k--)
				return &defs[i].forms[f];
	return NULL;
}

/* Holds a never_fn against its form's pattern. Returns how often it said that nothing is there. */
static size_t nothing_is_there(const struct form_def *def, u64 seed)
{
	static void (*const make[])(u64 *seed, char *to, size_t cap) = {
		make_words, make_words, make_values, make_sample, make_id};
	struct ruleset *rs = one_form(def);
	size_t begins = 0, nevers = 0;
	u8 text[TEXT + 1];

	for (size_t i = 0; i < share_of(36000); i++) {
		bool there;

		scan_text_random(&seed, "0123 ABab.,-", text, TEXT);
		make[draw(&seed, array_size(make))](&seed, (char *)text, TEXT);
		text[strlen((char *)text)] = ' ';
		if (!draw(&seed, 4))
			text[draw(&seed, QUICK_READ)] = (u8) "0 aB-,\xe2\xc3#"[draw(&seed, 9)];
		there = any_end(def, &rs->forms[0], text);
		begins += there;
		if (!def->never(text))
			continue;
		nevers++;
		cr_assert(!there, "%s: '%.*s' is one", def->pattern, TEXT, text);
	}
	cr_expect_geq(begins, share_sees(11), "%s: %zu", def->pattern, begins);
	ruleset_free(rs);
	return nevers;
}

Test(quick, nothing_is_there)
{
	const struct form_def *def;
	size_t k = 0, nevers;

	for (; (def = never_form(k)); k++) {
		nevers = nothing_is_there(def, k + 1);
		cr_expect_gt(nevers, share_sees(500), "%s: %zu", def->pattern, nevers);
	}
	cr_expect_geq(k, 5, "%zu", k);
}

Test(quick, reads_what_is_there)
{
	static const char *const samples[] = {
		"2024-02-29",          "255.255.255.255", "123-45-6789", "4111111111111111",
		"4111-1111-1111-1111", "02/29/2024",      "29.02.2024",  "20240229101530",
		"912-70-1234",         "1234567893"};
	struct guarded g = guarded_new(QUICK_READ);

	for (size_t i = 0; i < array_size(samples); i++) {
		const struct form_def *def = quick_form(samples[i]);
		u8 text[QUICK_READ + 1], *at;

		snprintf((char *)text, sizeof(text), "%-*s", QUICK_READ, samples[i]);
		at = guarded_right(&g, text, QUICK_READ, ' ');
		cr_expect_eq(quick_of(def)(at), strlen(samples[i]));
		memset(text, '1', QUICK_READ);
		at = guarded_right(&g, text, QUICK_READ, '1');
		cr_expect_eq(quick_of(def)(at), 0);
	}
	for (size_t i = 0; i < 5 * QUICK_READ; i++) {
		u8 text[QUICK_READ + 3];

		snprintf((char *)text, sizeof(text), "7 OOOOOOOOOOOOOOOOOOOOOOO ");
		text[i % QUICK_READ] = (u8) ",1 A."[i / QUICK_READ];
		for (size_t k = 0; never_form(k); k++)
			never_form(k)->never(guarded_right(&g, text, QUICK_READ, ' '));
		memset(text, '1', i % QUICK_READ);
		for (size_t k = 0; never_form(k); k++)
			never_form(k)->never(guarded_right(&g, text, QUICK_READ, ' '));
	}
	guarded_free(&g);
}

/* A quick match does not hide that another form's match at its place was refused. */
Test(quick, refusals_are_counted)
{
	static const char text[] = "a visit on 2024-02-29, and nothing else in this line\n";
	struct rule_def defs[2] = {
		{.name = "date", .nforms = 1, .forms = {*quick_form("2024-02-29")}},
		{.name = "four", .nforms = 1, .forms = {{.pattern = "\\d{4}", .validate = "luhn"}}},
	};
	static struct found got;
	struct ruleset *rs;
	struct err e;

	cr_assert_eq(ruleset_compile(defs, 2, &rs, &e), 0);
	for (int i = 0; i < ISA_COUNT; i++) {
		struct scanner *s;

		if (!isa_usable((enum isa)i))
			continue;
		s = scanner_all(rs, (enum isa)i);
		scan_whole(s, (const u8 *)text, sizeof(text) - 1, &got);
		cr_expect_eq(got.n, 1);
		cr_expect_eq(got.rejected[1], 1, "%s", isa_name((enum isa)i));
		scanner_free(s);
	}
	ruleset_free(rs);
}
