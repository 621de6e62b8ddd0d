/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * With which patterns of digits a form may match at a place of an outline: those of all texts of the outline with which its
 * automaton is not dead within SPOT_SEEN bytes, and no others. All of them are tried here, byte by byte.
 */
#include "../../user/scan/memo_study.h"
#include "one_form.h"
#include "scan_text.h"
#include "scanners.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

struct tried {
	const struct dfa *d;
	const u8 *outline;
	size_t len;
	u64 patterns;
};

/* All that the n bytes of `pattern`, which led to `state`, may go on with. */
static void try_on(struct tried *t, u16 state, unsigned int pattern, size_t n)
{
	u8 bytes[22];

	if (n == SPOT_SEEN || n == t->len || t->d->accept[state]) {
		for (unsigned int other = 0; other < 1 << SPOT_SEEN; other++)
			if (!((other ^ pattern) & ((1U << n) - 1)))
				t->patterns |= 1ULL << other;
		return;
	}
	for (size_t i = 0, each = outline_bytes(t->outline[n], bytes); i < each; i++) {
		u16 next = dfa_step(t->d, state, bytes[i]);
		unsigned int digit = outline_may_be(ANY_DIGIT, bytes[i]);

		if (next)
			try_on(t, next, pattern | digit << n, n + 1);
	}
}

/* What the scanner finds at the begin of the outline; the texts are tried at the same place. */
static u64 found(const struct scanner *s, const u8 *outline, size_t len)
{
	struct study y = {.s = s, .bytes = outline, .len = len};

	return form_patterns(&y, &s->forms[0], 0);
}

static void holds_for(const char *pattern)
{
	struct ruleset *rs = one_pattern(pattern);
	struct scanner *s = scanner_all(rs, isa_best());
	u64 seed = 0x9a1;
	int some = 0;

	for (int round = 0; round < 400; round++) {
		struct tried t = {.d = &rs->forms[0].dfa};
		u8 outline[12];

		t.len = 1 + draw(&seed, sizeof(outline));
		for (size_t i = 0; i < t.len; i++)
			outline[i] = (u8) "111100-ax"[draw(&seed, 9)];
		outline[t.len - 1] = draw(&seed, 4) ? '\n' : outline[t.len - 1];
		t.outline = outline;
		try_on(&t, DFA_START, 0, 0);
		cr_assert_eq(found(s, outline, t.len), t.patterns, "%s at %.*s", pattern,
			     (int)t.len, outline);
		some += t.patterns && ~t.patterns;
	}
	cr_assert_gt(some, 20, "%s: %d", pattern, some);
	scanner_free(s);
	ruleset_free(rs);
}

Test(memo_walk, patterns_are_those_of_texts)
{
	static const char *const patterns[] = {
		/* Two letters, each with its own digits. */
		"(?i)(?:a[de]\\d{2}-?\\d{4}|b[x1]\\d{2}-?[0-9a-z]{4})",
		"[12]\\d?feb\\d{2}",
		"b\\d{2,4}c?",
		"\\d{3}-[a-f]\\d|[a-f]{2}-\\d",
	};

	for (size_t i = 0; i < array_size(patterns); i++)
		holds_for(patterns[i]);
}

/*
 * A pattern that is in more states at once than are followed: 80 after two digits, of which the first and the last lead to
 * letters. Then more patterns may be said to match, and none less.
 */
Test(memo_walk, no_pattern_is_lost_in_many_states)
{
	static const u8 outline[] = "00111111\n", hex[] = "11111111\n";
	static char pattern[1024];
	struct ruleset *rs;
	struct scanner *s;
	size_t n = 0;

	for (int i = 0; i < 80; i++) {
		char code[5];

		snprintf(code, sizeof(code), "%04d", 37 * i);
		for (int k = 0; k < 4 && (i < 16 || i >= 64); k++)
			if (k % 2 == i / 64)
				code[k] = (char)('a' + i % 6);
		n += (size_t)snprintf(pattern + n, sizeof(pattern) - n, "%s%02d%s", i ? "|" : "", i,
				      code);
	}
	rs = one_pattern(pattern);
	s = scanner_all(rs, isa_best());
	for (int which = 0; which < 2; which++) {
		struct tried t = {.d = &rs->forms[0].dfa,
				  .outline = which ? hex : outline,
				  .len = sizeof(hex) - 1};

		try_on(&t, DFA_START, 0, 0);
		cr_assert_eq(t.patterns & ~found(s, t.outline, t.len), 0);
		cr_assert_geq(__builtin_popcountll(t.patterns), 3);
	}
	scanner_free(s);
	ruleset_free(rs);
}

/* Hexadecimal ids are seldom looked at for the countries of IBANs, whose letters and digits are not in any order. */
Test(memo_walk, letters_behind_a_countrys_digits_are_of_others)
{
	const struct rule_def *defs;
	struct ruleset *rs = ruleset_builtin(&defs);
	struct scanner *s = scanner_all(rs, isa_best());
	const u8 outline[] = "11111111111111111111\n";
	const unsigned int digits_behind = 0x3c, letters_last = 0x0c;
	u64 patterns = 0;

	for (u16 i = 0; i < s->nforms; i++) {
		struct study y = {.s = s, .bytes = outline, .len = sizeof(outline) - 1};

		if (!strcmp(rs->rules[s->forms[i].form->rule].name, "iban") &&
		    !s->forms[i].form->labels)
			patterns |= form_patterns(&y, &s->forms[i], 0);
	}
	cr_assert(patterns >> digits_behind & 1);
	cr_assert_not(patterns >> letters_last & 1);
	scanner_free(s);
	ruleset_free(rs);
}
