/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What scan() finds, on each ISA: the oracle's matches and rejected counts, however the text
 * is cut.
 */
#include "one_form.h"
#include "oracle.h"
#include "scan_feed.h"
#include "scan_text.h"
#include "scanners.h"
#include "share.h"
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

static struct found want, got;

static struct ruleset *builtin(const struct rule_def **ret_defs)
{
	struct ruleset *rs = NULL;
	struct err e = {0};
	size_t n;

	*ret_defs = rules_builtin(&n);
	cr_assert_eq(ruleset_compile(*ret_defs, n, &rs, &e), 0, "%s", e.text);
	return rs;
}

static struct scanner *scanner_of(const struct ruleset *rs, const bool *enabled, enum isa isa)
{
	struct scanner *s = NULL;

	cr_assert_eq(scanner_new(rs, enabled, isa, &s), 0);
	cr_assert_eq(scanner_isa(s), isa);
	return s;
}

static void oracle_whole(const struct ruleset *rs, const struct rule_def *defs, const bool *enabled,
			 const u8 *text, size_t len, struct found *ret_found)
{
	memset(ret_found->rejected, 0, sizeof(ret_found->rejected));
	ret_found->n = oracle_scan(rs, defs, enabled, text, len, ret_found->m,
				   array_size(ret_found->m), ret_found->rejected);
}

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

	return at + (r < 70 ? r / 10 : r * 3);
}

/* The built-in rules, and a scanner of all of them for every ISA this CPU has. */
struct setup {
	const struct rule_def *defs;
	struct ruleset *rs;
	struct scanner *scanners[ISA_COUNT];
	size_t n;
};

static void set_up(struct setup *su)
{
	su->rs = builtin(&su->defs);
	su->n = 0;
	for (int i = 0; i < ISA_COUNT; i++)
		if (isa_usable((enum isa)i))
			su->scanners[su->n++] = scanner_of(su->rs, NULL, (enum isa)i);
}

static void tear_down(struct setup *su)
{
	while (su->n > 0)
		scanner_free(su->scanners[--su->n]);
	ruleset_free(su->rs);
}

/* The oracle is asked once, each scanner held against it. */
static void compare_with_oracle(const struct setup *su, const u8 *text, size_t len, size_t where)
{
	oracle_whole(su->rs, su->defs, NULL, text, len, &want);
	cr_assert_geq(want.n, len / 200);
	for (size_t i = 0; i < su->n; i++) {
		scan_whole(su->scanners[i], text, len, &got);
		assert_same(&got, &want, isa_name(scanner_isa(su->scanners[i])), where);
	}
}

Test(scan, finds_what_the_oracle_finds)
{
	struct setup su;
	u64 seed = 0x5eed;
	u8 text[4000];

	set_up(&su);
	for (size_t round = 0; round < share_of(6); round++) {
		size_t len = 100 + draw(&seed, sizeof(text) - 100);

		scan_text_dense(&seed, text, len);
		compare_with_oracle(&su, text, len, round);
	}
	tear_down(&su);
}

/* With a few of the rules, other vectors have shapes than with all: some have none, and are not looked at. */
Test(scan, few_rules_find_what_the_oracle_finds, .timeout = 300)
{
	const struct rule_def *defs;
	struct ruleset *rs = builtin(&defs);
	size_t found = 0;
	u64 seed = 0xfe3;
	u8 text[600];

	for (size_t round = 0; round < share_of(6); round++) {
		bool enabled[RULE_MAX] = {false};

		for (u32 n = 1 + draw(&seed, round % 2 ? 6 : 24); n > 0; n--)
			enabled[draw(&seed, rs->nrules)] = true;
		scan_text_dense(&seed, text, sizeof(text));
		oracle_whole(rs, defs, enabled, text, sizeof(text), &want);
		found += want.n;
		for (int i = 0; i < ISA_COUNT; i++) {
			struct scanner *s;

			if (!isa_usable((enum isa)i))
				continue;
			s = scanner_of(rs, enabled, (enum isa)i);
			scan_whole(s, text, sizeof(text), &got);
			assert_same(&got, &want, isa_name((enum isa)i), round);
			scanner_free(s);
		}
	}
	cr_assert_geq(found, share_sees(4));
	ruleset_free(rs);
}

/* One label as it may be written, with something between it and a value. */
static size_t labelled_value(u64 *seed, const char *label, u8 *to)
{
	static const char *const between[] = {" ",         ": ", "#", "=", " is ",
					      " number (", "\n", "/", "",  " | "};
	static const char *const values[] = {"123-45-6789", "12345",    "A1234567", "1234567893",
					     "555-0123",    "10.2.0.1", "83712"};
	const char *gap = between[draw(seed, array_size(between))];
	const char *value = values[draw(seed, array_size(values))];
	bool upper = draw(seed, 3) == 0;
	size_t n = 0;

	for (label += *label == '='; *label; label++) {
		if (*label == ' ' && draw(seed, 2))
			continue;
		to[n++] = (u8)(*label == ' ' ? '-' : upper ? toupper(*label) : *label);
	}
	n += (size_t)sprintf((char *)to + n, "%s%s", gap, value);
	to[n++] = " x\n"[draw(seed, 3)];
	return n;
}

/* What differs from punctuation as a small letter does from a capital is another byte. */
static void change_punctuation(u64 *seed, u8 *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ispunct(text[i]) && draw(seed, 2))
			text[i] ^= 0x20;
}

/* Label upon label, far more than a scanner knows one by one; a value now and then. */
Test(scan, nothing_but_labels)
{
	static const char *const labels[] = {"MRN:", "SSN ", "Tel:", "ZIP ", "DL#", "Lic:", "DOB "};
	struct setup su;
	u64 seed = 0x20e5;
	u8 text[6000];

	set_up(&su);
	for (size_t round = 0; round < share_of(3); round++) {
		size_t len = 0;

		while (len + 100 < share_of(sizeof(text))) {
			len += (size_t)sprintf((char *)text + len, "%s",
					       labels[draw(&seed, array_size(labels))]);
			if (draw(&seed, 10) == 0)
				len += labelled_value(
					&seed, labels[draw(&seed, array_size(labels))], text + len);
		}
		compare_with_oracle(&su, text, len, round);
	}
	tear_down(&su);
}

/* A form that needs a label is found behind each of its labels, however that is written. */
Test(scan, labels)
{
	size_t len = 0, texts = 0, room = share() > 1 ? 600 : 3896;
	struct setup su;
	u64 seed = 0x1abe1;
	u8 text[4096];

	set_up(&su);
	for (u16 i = 0; i < su.rs->nforms; i++) {
		const struct rule *r = &su.rs->rules[su.rs->forms[i].rule];
		const struct form_def *f = &su.defs[su.rs->forms[i].rule].forms[i - r->first_form];
		const char *const *sets[] = {f->labels, f->unless};

		for (size_t k = 0; k < 2; k++) {
			for (size_t l = 0; sets[k] && sets[k][l]; l++) {
				size_t from = len;

				len += labelled_value(&seed, sets[k][l], text + len);
				change_punctuation(&seed, text + from, strlen(sets[k][l]));
				len += labelled_value(&seed, sets[k][l], text + len);
				if (len < room)
					continue;
				if (texts++ % share() == 0)
					compare_with_oracle(&su, text, len, texts);
				len = 0;
			}
		}
	}
	compare_with_oracle(&su, text, len, texts);
	tear_down(&su);
}

static void splits(enum isa isa)
{
	const struct rule_def *defs;
	struct ruleset *rs = builtin(&defs);
	struct scanner *s = scanner_of(rs, NULL, isa);
	u64 seed = 0xfeed;
	size_t len = share_of(3000);
	u8 text[3000];

	for (size_t round = 0; round < share_of(3); round++) {
		scan_text_dense(&seed, text, len);
		scan_whole(s, text, len, &want);
		cr_assert_gt(want.n, len / 60);
		for (size_t at = 1; at < len; at++) {
			scan_feed(s, text, len, cut_at, &at, &got);
			assert_same(&got, &want, "cut at", at);
		}
		for (size_t every = 1; every < 300; every += 1 + every / 2) {
			scan_feed(s, text, len, cut_every, &every, &got);
			assert_same(&got, &want, "cut every", every);
		}
		for (size_t i = 0; i < 50; i++) {
			scan_feed(s, text, len, cut_somewhere, &seed, &got);
			assert_same(&got, &want, "cut", i);
		}
	}
	scanner_free(s);
	ruleset_free(rs);
}

/* Every ISA this CPU has, one test each. */
ParameterizedTestParameters(scan, no_cut_matters)
{
	static enum isa isas[ISA_COUNT];
	size_t n = isas_here(isas);

	return cr_make_param_array(enum isa, isas, n);
}

ParameterizedTest(enum isa *isa, scan, no_cut_matters)
{
	splits(*isa);
}
