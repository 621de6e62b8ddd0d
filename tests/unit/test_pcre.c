/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PCRE2 is the outside judge: of all lengths at which a pattern can match at a place
 * (pcre2_dfa_match gives them all), and of the part a group took (pcre2_match, held to both
 * ends). Automaton and oracle must both agree with it, on generated patterns and texts.
 *
 * All ends, also those that a greedy repeat would jump over: hence PCRE2_NO_AUTO_POSSESS.
 * PCRE2's classes may hold a newline and ours never do, so it is given a line at a time.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "one_form.h"
#include "oracle.h"
#include <criterion/criterion.h>
#include <pcre2.h>
#include <string.h>

#define PATTERNS 800
#define TEXTS    24
#define TEXT_LEN 48

/* A generator of patterns: numbers from a seed (xorshift), and where to write. */
struct maker {
	u64 seed;
	char pattern[512];
	size_t len;
	bool marked;
};

static u32 draw(struct maker *m, u32 below)
{
	m->seed ^= m->seed << 13;
	m->seed ^= m->seed >> 7;
	m->seed ^= m->seed << 17;
	return (u32)(m->seed >> 20) % below;
}

static void add(struct maker *m, const char *s)
{
	size_t n = strlen(s);

	cr_assert_lt(m->len + n, sizeof(m->pattern));
	memcpy(m->pattern + m->len, s, n + 1);
	m->len += n;
}

static void make_choice(struct maker *m, unsigned int depth);

static void make_atom(struct maker *m, unsigned int depth)
{
	static const char *const simple[] = {"a",    "b",      "B",      "1",       "-",
					     "\\d",  "\\w",    "\\s",    ".",       "\\.",
					     "[ab]", "[^a]",   "[a-c1]", "[^\\d-]", "\\x62",
					     "\\D",  "[A-Cx]", "\\W",    "\xc3\xa9"};
	u32 kind = draw(m, depth ? 10 : 7);

	if (kind < 7) {
		add(m, simple[draw(m, array_size(simple))]);
		return;
	}
	if (kind == 9 && !m->marked) {
		m->marked = true;
		add(m, "(");
	} else {
		add(m, "(?:");
	}
	make_choice(m, depth - 1);
	add(m, ")");
}

static void make_sequence(struct maker *m, unsigned int depth)
{
	static const char *const repeats[] = {"?", "{2}", "{1,3}", "{0,2}", "{0,1}", "{2,4}"};
	u32 n = 1 + draw(m, 3);

	for (u32 i = 0; i < n; i++) {
		/* A repeat of a bare UTF-8 character is one of its last byte in PCRE2 without UTF. */
		size_t at = m->len;

		make_atom(m, depth);
		if ((u8)m->pattern[at] < 0x80 && draw(m, 3) == 0)
			add(m, repeats[draw(m, array_size(repeats))]);
	}
}

static void make_choice(struct maker *m, unsigned int depth)
{
	make_sequence(m, depth);
	while (depth && draw(m, 4) == 0) {
		add(m, "|");
		make_sequence(m, depth);
	}
}

static void make_pattern(struct maker *m)
{
	do {
		m->len = 0;
		m->marked = false;
		if (draw(m, 6) == 0)
			add(m, "(?i)");
		make_choice(m, 3);
	} while (pattern_check(m->pattern, GUARD_NONE, NULL, NULL));
}

static void make_text(struct maker *m, u8 *text)
{
	static const char bytes[] = "aaabbbABc1122-. \tx_\n\xc3\xa9";

	for (size_t i = 0; i < TEXT_LEN; i++)
		text[i] = (u8)bytes[draw(m, sizeof(bytes) - 1)];
}

/* What was seen, so that a generator gone dull is noticed. */
struct seen {
	size_t matches, groups;
};

static void judge_group(const struct form *f, const pcre2_code *re, pcre2_match_data *md,
			const char *pattern, const u8 *text, size_t len, struct seen *seen)
{
	size_t from, to, *ov = pcre2_get_ovector_pointer(md);
	int rc = pcre2_match(re, text, len, 0, PCRE2_ANCHORED | PCRE2_ENDANCHORED, md, NULL);

	form_masked_part(f, text, len, &from, &to);
	cr_assert_gt(rc, 0, "%s: PCRE2 does not match its own span", pattern);
	if (rc < 2) {
		cr_assert(from == 0 && to == len, "%s: nothing marked, yet %zu-%zu", pattern, from,
			  to);
		return;
	}
	seen->groups++;
	cr_assert(from == ov[2] && to == ov[3], "%s on '%.*s': %zu-%zu, PCRE2 %zu-%zu", pattern,
		  (int)len, text, from, to, ov[2], ov[3]);
}

/* All that can match at text[p] of a line that ends at `end`. */
static void judge_place(const struct form *f, const pcre2_code *re, pcre2_match_data *md,
			const char *pattern, const u8 *text, size_t p, size_t end,
			struct seen *seen)
{
	bool automaton[SCRIM_WINDOW + 1], oracle[SCRIM_WINDOW + 1], judge[SCRIM_WINDOW + 1] = {0};
	size_t *ov = pcre2_get_ovector_pointer(md);
	int workspace[4096], rc;

	automaton_ends(&f->dfa, text, TEXT_LEN, p, automaton);
	oracle_ends(pattern, text, TEXT_LEN, p, oracle);
	rc = pcre2_dfa_match(re, text + p, end - p, 0, PCRE2_ANCHORED, md, NULL, workspace,
			     array_size(workspace));
	cr_assert(rc > 0 || rc == PCRE2_ERROR_NOMATCH, "%s: PCRE2 says %d", pattern, rc);
	for (int i = 0; i < rc; i++)
		judge[ov[2 * i + 1]] = true;
	cr_assert(!memcmp(automaton, judge, sizeof(judge)), "%s on '%.*s' at %zu: automaton",
		  pattern, TEXT_LEN, text, p);
	cr_assert(!memcmp(oracle, judge, sizeof(judge)), "%s on '%.*s' at %zu: oracle", pattern,
		  TEXT_LEN, text, p);
	for (size_t e = 1; e <= SCRIM_WINDOW; e++) {
		if (!judge[e])
			continue;
		seen->matches++;
		judge_group(f, re, md, pattern, text + p, e, seen);
	}
}

static void judge_text(const struct form *f, const pcre2_code *re, pcre2_match_data *md,
		       const char *pattern, const u8 *text, struct seen *seen)
{
	for (size_t p = 0; p < TEXT_LEN; p++) {
		const u8 *nl = memchr(text + p, '\n', TEXT_LEN - p);

		judge_place(f, re, md, pattern, text, p, nl ? (size_t)(nl - text) : TEXT_LEN, seen);
	}
}

Test(pcre, agrees_on_ends_and_groups, .timeout = 120)
{
	pcre2_match_data *md = pcre2_match_data_create(SCRIM_WINDOW + 2, NULL);
	struct maker m = {.seed = 0x5eed};
	struct seen seen = {0};

	for (int i = 0; i < PATTERNS; i++) {
		struct ruleset *rs;
		pcre2_code *re;
		size_t offset;
		int error;

		make_pattern(&m);
		rs = one_pattern(m.pattern);
		re = pcre2_compile((const u8 *)m.pattern, m.len, PCRE2_NO_AUTO_POSSESS, &error,
				   &offset, NULL);
		cr_assert_not_null(re, "%s: PCRE2 refuses it: %d", m.pattern, error);
		for (int t = 0; t < TEXTS; t++) {
			u8 text[TEXT_LEN];

			make_text(&m, text);
			judge_text(&rs->forms[0], re, md, m.pattern, text, &seen);
		}
		pcre2_code_free(re);
		ruleset_free(rs);
	}
	pcre2_match_data_free(md);
	cr_assert_gt(seen.matches, 20000);
	cr_assert_gt(seen.groups, 2000);
}
