/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What scanning and masking cost: scrim on every ISA this CPU has, Vectorscan, memcpy.
 *
 *   scan REPORT.json CLEAN MIX DIGITS
 *
 * CLEAN is log text without a value, MIX the clinical mix, DIGITS text full of near misses. All
 * contenders look for the built-in rules, mask with `fill`, and must give the same bytes. Chunks
 * are refilled from the corpus before each pass, as a receive would; that is timed apart and not
 * counted. Runs of all contenders are interleaved on one core; figures are medians.
 */
#include "race.h"
#include "site_rules.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SMALL 256

static struct text text_read(const char *name)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	struct text t;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) || !st.st_size)
		die("%s cannot be read, or is empty", name);
	t.len = (size_t)st.st_size;
	t.p = memory(t.len);
	for (size_t at = 0; at < t.len;) {
		ssize_t n = read(fd, t.p + at, t.len - at);

		if (n <= 0)
			die("%s: %s", name, strerror(errno));
		at += (size_t)n;
	}
	close(fd);
	return t;
}

/* The last core this process may use: the first one serves most interrupts. */
static void pin(void)
{
	cpu_set_t set, one;

	CPU_ZERO(&one);
	if (sched_getaffinity(0, sizeof(set), &set))
		die("sched_getaffinity: %s", strerror(errno));
	for (int i = CPU_SETSIZE - 1; i >= 0; i--) {
		if (CPU_ISSET(i, &set)) {
			CPU_SET(i, &one);
			break;
		}
	}
	if (sched_setaffinity(0, sizeof(one), &one))
		die("sched_setaffinity: %s", strerror(errno));
}

static void add(struct race *r, struct contender c, size_t chunk, bool compared)
{
	r->lane[r->n++] = (struct lane){.c = c, .chunk = chunk, .compared = compared};
}

static struct ruleset_pair compile(const struct rule_def *defs, size_t n)
{
	struct ruleset_pair r = {.defs = defs, .enabled = calloc(n, sizeof(bool))};
	struct err e = {""};

	if (!r.enabled || ruleset_compile(defs, n, &r.rs, &e))
		die("rules: %s", e.text);
	/* What only names fields has nothing to do with text. */
	for (size_t i = 0; i < n; i++)
		r.enabled[i] = defs[i].nforms > 0;
	return r;
}

static void add_all(struct race *r, enum isa best)
{
	static struct rule_def site[SITE_RULES];
	struct ruleset_pair builtin, five, fifty;
	const struct rule_def *defs;
	struct err e = {""};
	struct contender c;
	size_t n;

	defs = rules_builtin(&n);
	builtin = compile(defs, n);
	site_rules(site);
	five = compile(site, 5);
	fifty = compile(site, SITE_RULES);
	for (int isa = (int)best; isa >= 0; isa--) {
		if (!isa_usable((enum isa)isa))
			continue;
		if (contender_scrim(&builtin, isa_name((enum isa)isa), (enum isa)isa, CHUNK, &c,
				    &e))
			die("%s", e.text);
		add(r, c, CHUNK, true);
	}
	if (contender_vectorscan(&builtin, STREAM, PEER_STREAM, &c, &e))
		die("%s", e.text);
	add(r, c, CHUNK, true);
	if (contender_vectorscan(&builtin, "vectorscan block", PEER_BLOCK, &c, &e))
		die("%s", e.text);
	add(r, c, CHUNK, true);
	if (contender_scrim(&builtin, SMALL_CHUNKS, best, SMALL, &c, &e))
		die("%s", e.text);
	add(r, c, SMALL, true);
	if (contender_scrim(&five, RULES_5, best, CHUNK, &c, &e))
		die("%s", e.text);
	add(r, c, CHUNK, false);
	if (contender_scrim(&fifty, RULES_50, best, CHUNK, &c, &e))
		die("%s", e.text);
	add(r, c, CHUNK, false);
}

int main(int argc, char **argv)
{
	static struct race r = {.corpus = {[CLEAN] = {.name = "clean", .empty = true},
					   [MIX] = {.name = "mix"},
					   [DIGITS] = {.name = "digits", .empty = true}}};
	enum isa best;
	struct err e;

	if (argc != 2 + NCORPORA) {
		fprintf(stderr, "usage: scan REPORT.json CLEAN MIX DIGITS\n");
		return 2;
	}
	if (isa_choose(NULL, &best, &e))
		die("%s", e.text);
	pin();
	for (int k = 0; k < NCORPORA; k++)
		r.corpus[k].text = text_read(argv[2 + k]);
	r.slots = memory((CHUNK / SMALL) * (SCRIM_HEADROOM + SMALL) + SCRIM_HEADROOM + CHUNK);
	add_all(&r, best);
	race_compare(&r);
	for (int i = 0; i < ROUNDS; i++)
		race_round(&r, i);
	race_report(&r, argv[1]);
	return 0;
}
