/* SPDX-License-Identifier: BSD-2-Clause */
/* What a sure_fn says of all texts of an outline whose numbers are in ranges is what the quick way says of each of them. */
#include "../../user/rules/builtin.h"
#include "scan_text.h"
#include <criterion/criterion.h>
#include <scrim/outline.h>
#include <scrim/rules.h>
#include <stdio.h>
#include <string.h>

#define TEXT 48

/* The k-th form of the built-in rules that has a sure_fn, or NULL. */
static const struct form_def *sure_form(size_t k)
{
	const struct rule_def *defs;
	size_t n;

	defs = rules_builtin(&n);
	for (size_t i = 0; i < n; i++)
		for (u16 f = 0; f < defs[i].nforms; f++)
			if (defs[i].forms[f].sure && !k--)
				return &defs[i].forms[f];
	return NULL;
}

/* Whether the numbers of a text are in their ranges, one after the other. */
static bool in_ranges(const struct sure_ranges *r, const u8 *text)
{
	for (size_t i = 0; i < 4; i++) {
		u64 number = 0;

		for (size_t k = 4; k-- > 0;)
			number = number << 8 | text[r->from[4 * i + k]];
		if (number < r->low[i] || number > (u64)r->low[i] + r->span[i])
			return false;
	}
	return true;
}

/* An outline that is, or nearly is, that of a value, and what follows. */
static void make_outline(u64 *seed, u8 to[TEXT])
{
	static const char *const values[] = {"0000-00-00",  "0000/00/00",     "000-00-0000",
					     "000 00 0000", "000.00.0000",    "0.00.000.00",
					     "00.0.0.0",    "000.000.000.000"};
	static const char *const behind[] = {" ", "T00:", "0", ".0", ". ", "-", "1", ".1", "/00"};
	char outline[TEXT + 1];

	snprintf(outline, sizeof(outline), "%s%s%-*s", values[draw(seed, array_size(values))],
		 behind[draw(seed, array_size(behind))], TEXT, " sent 00");
	memcpy(to, outline, TEXT);
	if (!draw(seed, 4))
		to[draw(seed, 18)] = (u8) "01-. "[draw(seed, 5)];
}

/* A text of an outline, many of its digits low, as values have them. */
static void make_text(u64 *seed, const u8 outline[TEXT], u8 to[TEXT])
{
	for (size_t k = 0; k < TEXT; k++) {
		u8 bytes[22];
		size_t n = outline_bytes(outline[k], bytes);

		to[k] = bytes[draw(seed, n > 3 && draw(seed, 4) ? 3 : (u32)n)];
	}
}

Test(sure, each_text_is_what_it_says)
{
	const struct form_def *def;
	u64 seed = 0x5e;
	size_t k;

	for (k = 0; (def = sure_form(k)); k++) {
		size_t in = 0;

		for (int round = 0; round < 200000; round++) {
			u8 outline[TEXT], text[TEXT];
			struct sure_ranges r;

			make_outline(&seed, outline);
			if (!def->sure(outline, &r))
				continue;
			make_text(&seed, outline, text);
			if (!in_ranges(&r, text))
				continue;
			in++;
			cr_assert_eq(def->quick(text), r.len, "%.*s", TEXT, text);
		}
		cr_expect_gt(in, 100, "%s: %zu", def->pattern, in);
	}
	cr_expect_eq(k, 3);
}

/* And it is sure of nearly all that there are. */
Test(sure, is_sure_of_most)
{
	static const struct {
		const char *outline, *text;
		bool sure;
	} cases[] = {
		{"0000-00-00 ", "2024-02-28 ", true},     {"0000-00-00 ", "1880-12-01 ", true},
		{"0000-00-00 ", "2024-02-29 ", false}, /* the quick way knows */
		{"0000-00-00 ", "1879-12-01 ", false},    {"0000-00-00 ", "2024-13-01 ", false},
		{"00.0.000.000 ", "10.0.255.199 ", true}, {"00.0.000.000 ", "10.0.256.199 ", false},
		{"000-00-0000 ", "123-45-6789 ", true},   {"000-00-0000 ", "666-45-6789 ", false},
	};

	for (size_t i = 0; i < array_size(cases); i++) {
		u8 outline[TEXT], text[TEXT];
		bool sure = false;

		snprintf((char *)outline, sizeof(outline), "%-40s", cases[i].outline);
		snprintf((char *)text, sizeof(text), "%-40s", cases[i].text);
		for (size_t k = 0; sure_form(k); k++) {
			struct sure_ranges r;

			sure |= sure_form(k)->sure(outline, &r) && in_ranges(&r, text);
		}
		cr_expect_eq(sure, cases[i].sure, "%s", cases[i].text);
	}
}
