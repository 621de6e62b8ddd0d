/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scanner against PCRE2: generated patterns, one to some dozens of them in a ruleset, each with
 * guards, and for each ruleset texts of a line that hit them or nearly do. Every span and every
 * masked part that scan() gives, with each ISA, is what PCRE2 makes of the same patterns.
 *
 *   SCRIM_SEED=n      other patterns and texts
 *   SCRIM_SECONDS=n   goes on for that long with more of them
 *
 * PCRE2's \s holds \r, \f and \v besides ours: the texts have none of these.
 */
#include "pcre2_judge.h"
#include "scan_text.h"
#include "scanners.h"
#include "site_maker.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PATTERNS 2000
#define TEXTS    10000
#define LINE_MAX 48
#define RULES    24 /* of a ruleset, at most */
#define WORDS    24 /* of a form, that texts are made of */

struct words {
	u8 text[WORDS][LINE_MAX];
	size_t len[WORDS];
};

/* A ruleset, its patterns for PCRE2, and texts for it, line by line. */
struct round {
	size_t n;
	char patterns[RULES][SITE_PATTERN], names[RULES][8];
	struct rule_def defs[RULES];
	struct ruleset *rs;
	struct pcre2_judge *judges[RULES];
	struct words words[RULES];
	u8 text[TEXTS * LINE_MAX];
	size_t len, ends[TEXTS];
	struct match want[TEXTS * LINE_MAX], got[TEXTS * LINE_MAX + 1];
	size_t nwant;
};

/* So that a generator gone dull is noticed. */
struct seen {
	size_t patterns, pairs, matches, parts, gave_up;
};

static void make_rules(struct round *r, u64 *seed, size_t n)
{
	r->n = n;
	for (size_t i = 0; i < n; i++) {
		site_pattern(seed, r->patterns[i]);
		snprintf(r->names[i], sizeof(r->names[i]), "r%zu", i);
		r->defs[i] = (struct rule_def){
			.name = r->names[i],
			.class = ID_OTHER,
			.nforms = 1,
			.forms = {{.pattern = r->patterns[i],
				   .before = (enum guard)draw(seed, GUARD_GROUP + 1),
				   .after = (enum guard)draw(seed, GUARD_GROUP + 1)}}};
		r->judges[i] = pcre2_judge_new(&r->defs[i].forms[0]);
	}
	r->rs = ruleset_of(r->defs, n);
	for (size_t i = 0; i < n; i++)
		for (size_t w = 0; w < WORDS; w++)
			r->words[i].len[w] =
				dfa_word(seed, &r->rs->forms[i].dfa, draw(seed, 8) == 0,
					 r->words[i].text[w], LINE_MAX / 2);
}

static void free_rules(struct round *r)
{
	for (size_t i = 0; i < r->n; i++)
		pcre2_judge_free(r->judges[i]);
	ruleset_free(r->rs);
}

static size_t put_noise(u64 *seed, u8 *to, size_t max)
{
	static const char bytes[] = "aaxbABX01122..--  :#/@_,%$\t\x80\xc3\xa9\xff";
	size_t n = draw(seed, (u32)max + 1);

	static const char *const gaps[] = {
		"\xc2\xa0", "\xe2\x80\x93", "\xc2\xb5", "\xe2\x88\x92", "0 ",
		"1) ",      "/4",           "-1",       ":0",           "0 12345678901.234-56:"};

	for (size_t i = 0; i < n; i++)
		to[i] = (u8)bytes[draw(seed, sizeof(bytes) - 1)];
	if (n >= 3 && draw(seed, 8) == 0) {
		const char *gap = gaps[draw(seed, array_size(gaps))];

		if (strlen(gap) <= n)
			memcpy(to + n - strlen(gap), gap, strlen(gap));
	}
	return n;
}

static size_t put_word(struct round *r, u64 *seed, u8 *to, size_t max)
{
	const struct words *words = &r->words[draw(seed, (u32)r->n)];
	u32 w = draw(seed, WORDS);
	size_t n = words->len[w] < max ? words->len[w] : max;

	memcpy(to, words->text[w], n);
	if (n && draw(seed, 4) == 0)
		put_noise(seed, to + draw(seed, (u32)n), 1);
	return n;
}

static void make_texts(struct round *r, u64 *seed)
{
	r->len = 0;
	for (size_t t = 0; t < TEXTS; t++) {
		u8 *line = r->text + r->len;
		size_t n = put_noise(seed, line, draw(seed, 3) ? 2 : LINE_MAX / 2);

		for (u32 k = draw(seed, 3); k > 0; k--) {
			n += put_word(r, seed, line + n, LINE_MAX - 2 - n);
			n += put_noise(seed, line + n, n < LINE_MAX - 4 ? draw(seed, 4) : 0);
		}
		for (size_t i = 0; i < n; i++)
			if (line[i] == '\r' || line[i] == '\f' || line[i] == '\v')
				line[i] = '=';
		r->len += n;
		r->ends[t] = r->len;
		r->text[r->len++] = '\n';
	}
}

/* The next match of each pattern; p is SIZE_MAX when there is none. */
struct next {
	size_t p, e;
};

static void ask(struct round *r, size_t i, const u8 *line, size_t len, size_t from,
		struct next *next)
{
	if (!pcre2_judge_next(r->judges[i], line, len, from, &next->p, &next->e))
		next->p = SIZE_MAX;
}

static void chosen(struct round *r, size_t i, const u8 *line, const struct next *next,
		   struct seen *seen)
{
	size_t from, to, at = (size_t)(line - r->text) + next->p;
	struct match *m = &r->want[r->nwant++];

	*m = (struct match){.from = (u32)at,
			    .to = (u32)(at + next->e - next->p),
			    .rule = (u16)i,
			    .form = (u16)i};
	if (pcre2_judge_part(r->judges[i], line + next->p, next->e - next->p, &from, &to)) {
		m->mask_from = (u32)(at + from);
		m->mask_to = (u32)(at + to);
		seen->parts += m->mask_from != m->from || m->mask_to != m->to;
	} else {
		seen->gave_up++;
	}
}

/* Leftmost, then longest, then the rule's order; and on behind it. */
static void judge_line(struct round *r, const u8 *line, size_t len, struct seen *seen)
{
	struct next next[RULES];

	for (size_t i = 0; i < r->n; i++)
		ask(r, i, line, len, 0, &next[i]);
	for (;;) {
		size_t best = 0, end;

		for (size_t i = 1; i < r->n; i++)
			if (next[i].p < next[best].p ||
			    (next[i].p == next[best].p && next[i].e > next[best].e))
				best = i;
		if (next[best].p == SIZE_MAX)
			return;
		chosen(r, best, line, &next[best], seen);
		end = next[best].e;
		for (size_t i = 0; i < r->n; i++)
			if (next[i].p < end)
				ask(r, i, line, len, end, &next[i]);
	}
}

static void judge(struct round *r, struct seen *seen)
{
	size_t from = 0;

	r->nwant = 0;
	for (size_t t = 0; t < TEXTS; t++) {
		judge_line(r, r->text + from, r->ends[t] - from, seen);
		from = r->ends[t] + 1;
	}
	seen->patterns += r->n;
	seen->pairs += r->n * TEXTS;
	seen->matches += r->nwant;
}

static void differ(const struct round *r, const struct match *got, const struct match *want,
		   const char *isa)
{
	const struct match *first = !got || (want && want->from < got->from) ? want : got;
	size_t t = 0, from;

	while (r->ends[t] < first->from)
		t++;
	from = t ? r->ends[t - 1] + 1 : 0;
	for (size_t i = 0; i < r->n; i++)
		printf("rule %zu: %s, guards %d and %d\n", i, r->patterns[i],
		       r->defs[i].forms[0].before, r->defs[i].forms[0].after);
	if (got)
		printf("%s: [%u, %u), masked [%u, %u), rule %u\n", isa, got->from, got->to,
		       got->mask_from, got->mask_to, got->rule);
	if (want)
		printf("PCRE2: [%u, %u), masked [%u, %u), rule %u\n", want->from, want->to,
		       want->mask_from, want->mask_to, want->rule);
	cr_assert_fail("differ on '%.*s', which begins at %zu", (int)(r->ends[t] - from),
		       r->text + from, from);
}

static bool same(const struct match *got, const struct match *want)
{
	return got->from == want->from && got->to == want->to && got->rule == want->rule &&
	       (!want->mask_to ||
		(got->mask_from == want->mask_from && got->mask_to == want->mask_to));
}

static void compare(struct round *r, enum isa isa)
{
	struct scanner *s = scanner_all(r->rs, isa);
	struct scan_job job = {.text = r->text,
			       .len = r->len,
			       .ends = true,
			       .matches = r->got,
			       .cap = array_size(r->got)};

	scan(s, &job);
	for (size_t i = 0; i < job.nmatches || i < r->nwant; i++) {
		const struct match *got = i < job.nmatches ? &r->got[i] : NULL;
		const struct match *want = i < r->nwant ? &r->want[i] : NULL;

		if (!got || !want || !same(got, want))
			differ(r, got, want, isa_name(isa));
	}
	scanner_free(s);
}

static u64 number(const char *name, u64 otherwise)
{
	const char *value = getenv(name);

	return value && *value ? strtoull(value, NULL, 10) : otherwise;
}

Test(pcre2, agrees_on_spans_and_masked_parts)
{
	static const size_t sizes[] = {1, 2, 1, 5, 1, 12, 3, RULES};
	static struct round r;
	time_t until = time(NULL) + (time_t)number("SCRIM_SECONDS", 0);
	u64 seed = number("SCRIM_SEED", 0x9c4e2);
	enum isa isas[ISA_COUNT];
	size_t n = isas_here(isas), said = 0;
	struct seen seen = {0};

	for (size_t i = 0; seen.patterns < PATTERNS || time(NULL) < until; i++) {
		make_rules(&r, &seed, sizes[i % array_size(sizes)]);
		make_texts(&r, &seed);
		judge(&r, &seen);
		for (size_t k = 0; k < n; k++)
			compare(&r, isas[k]);
		free_rules(&r);
		if (seen.patterns < said)
			continue;
		printf("%zu patterns on %d texts each: %zu matches, %zu with a marked part\n",
		       seen.patterns, TEXTS, seen.matches, seen.parts);
		said = seen.patterns + PATTERNS / 2;
	}
	printf("%zu patterns, %zu pairs of a pattern and a text, %zu matches, %zu with a marked "
	       "part; "
	       "PCRE2 gave up on %zu\n",
	       seen.patterns, seen.pairs, seen.matches, seen.parts, seen.gave_up);
	cr_assert_gt(seen.matches, seen.pairs / 40);
	cr_assert_gt(seen.parts, seen.matches / 100);
	cr_assert_lt(seen.gave_up, seen.matches / 1000);
}
