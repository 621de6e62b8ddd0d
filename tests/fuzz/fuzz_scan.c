/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scanner across instruction sets: RULES STEP TEXT. RULES 0 is the built-in ones, others are made-up
 * rules of a site. All ISAs find the same, at once and STEP bytes at a time, and with a memo that has seen
 * the text before.
 */
#include "fuzz.h"
#include "scan_feed.h"
#include "scanners.h"
#include "site_maker.h"
#include <string.h>

#define SITES    6
#define TEXT_MAX 4000

struct contender {
	struct site *site; /* NULL: the built-in rules */
	struct ruleset *rs;
	struct scanner *scanner[ISA_COUNT];
	size_t n;
};

static void make(struct contender *c, u64 seed)
{
	const struct rule_def *defs;
	enum isa isas[ISA_COUNT];
	size_t n = 1 + 7 * seed;

	c->site = seed ? site_new(&seed, n) : NULL;
	c->rs = c->site ? ruleset_of(c->site->defs, n) : ruleset_builtin(&defs);
	c->n = isas_here(isas);
	for (size_t i = 0; i < c->n; i++)
		c->scanner[i] = scanner_all(c->rs, isas[i]);
}

static size_t cut_every(void *arg, size_t at)
{
	return at + *(size_t *)arg;
}

static bool same(const struct found *a, const struct found *b)
{
	return a->n == b->n && !memcmp(a->m, b->m, a->n * sizeof(a->m[0])) &&
	       !memcmp(a->rejected, b->rejected, sizeof(a->rejected));
}

/* Long pieces: of short ones no memo is made. */
static void check_memo(const struct scanner *s, const u8 *data, size_t size, size_t step,
		       const struct found *want)
{
	static struct found got;
	size_t piece = 400 + 8 * step;
	struct scan_memo *m;

	fuzz_check(!scan_memo_new(&m), "out of memory");
	for (int i = 0; i < 3; i++) {
		scan_feed_memo(s, m, data, size, cut_every, &piece, &got);
		fuzz_check(same(&got, want), "with a memo it finds something else");
	}
	scan_memo_free(m);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct contender contenders[SITES];
	static struct found want, got;
	struct contender *c;
	size_t step;

	if (size < 2 || size > TEXT_MAX)
		return 0;
	c = &contenders[data[0] % SITES];
	if (!c->rs)
		make(c, data[0] % SITES);
	step = 1u + data[1];
	data += 2;
	size -= 2;
	scan_whole(c->scanner[0], data, size, &want);
	for (size_t i = 0; i < c->n; i++) {
		scan_whole(c->scanner[i], data, size, &got);
		fuzz_check(same(&got, &want), isa_name(scanner_isa(c->scanner[i])));
		scan_feed(c->scanner[i], data, size, cut_every, &step, &got);
		fuzz_check(same(&got, &want), "in pieces it finds something else");
		check_memo(c->scanner[i], data, size, step, &want);
	}
	return 0;
}
