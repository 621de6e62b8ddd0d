/* SPDX-License-Identifier: BSD-2-Clause */
/* All contenders over the corpora: what the ratios are made of. */
#include "scan.h"
#include "site_rules.h"

#include <stdlib.h>
#include <string.h>

#define SMALL 256

const char *const corpus_names[NCORPORA] = {
	[CLEAN] = "clean",   [UNIQUE] = "unique", [MIX] = "mix",
	[DIGITS] = "digits", [MISSES] = "misses",
};
const char *const peer_names[NPEERS] = {
	[STREAM] = "Vectorscan, stream", [BLOCK] = "Vectorscan, block", [PCRE2] = "PCRE2, JIT"};

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

struct ruleset_pair rules_of_scrim(void)
{
	const struct rule_def *defs;
	size_t n;

	defs = rules_builtin(&n);
	return compile(defs, n);
}

struct ruleset_pair rules_of_hl7(const struct ruleset_pair *builtin)
{
	struct ruleset_pair r = *builtin;

	r.enabled = calloc(r.rs->nrules, sizeof(bool));
	if (!r.enabled)
		die("no memory");
	for (u16 i = 0; i < r.rs->nrules; i++)
		r.enabled[i] = !strcmp(r.rs->rules[i].group, "builtin");
	return r;
}

struct ruleset_pair rules_of_site(size_t n)
{
	static struct rule_def site[SITE_RULES];

	site_rules(site);
	return compile(site, n);
}

struct contender scrim_reading(const struct ruleset_pair *r, enum frame_format format, enum isa isa,
			       const char *name)
{
	struct contender c;
	struct err e = {""};

	if (contender_scrim(r, name, format, isa, CHUNK, &c, &e))
		die("%s", e.text);
	return c;
}

struct contender scrim_on(const struct ruleset_pair *r, enum isa isa, const char *name)
{
	return scrim_reading(r, FORMAT_TEXT, isa, name);
}

struct contender peer_of(const struct ruleset_pair *r, enum peer_name peer)
{
	static const enum peer_mode mode[NPEERS] = {
		[STREAM] = PEER_STREAM, [BLOCK] = PEER_BLOCK, [PCRE2] = PEER_PCRE2};
	struct contender c;
	struct err e = {""};

	if (contender_peer(r, peer_names[peer], mode[peer], &c, &e))
		die("%s: %s", peer_names[peer], e.text);
	return c;
}

struct team team_of(const struct bench *b, const struct ruleset_pair *r)
{
	struct team t = {.scrim = scrim_on(r, b->best, b->scrim)};

	for (int i = 0; i < NPEERS; i++)
		t.peer[i] = peer_of(r, (enum peer_name)i);
	return t;
}

static void add(struct bench *b, const char *name, const struct contender *c, size_t chunk)
{
	size_t series = grid_series(&b->race, name);

	for (size_t k = 0; k < NCORPORA; k++)
		grid_set(&b->race, series, k, c, chunk, &b->corpus[k]);
}

/* A site's rules, and Vectorscan to judge them. */
static void add_site(struct bench *b, size_t n, const char *name, const char *judge)
{
	struct ruleset_pair site = rules_of_site(n);
	struct contender c = scrim_on(&site, b->best, name);

	add(b, name, &c, CHUNK);
	c = peer_of(&site, STREAM);
	add(b, judge, &c, CHUNK);
}

void race_make(struct bench *b)
{
	struct contender c;

	b->race = (struct grid){
		.name = "corpora", .title = "Scan and mask", .axis = "text", .rounds = b->rounds};
	for (size_t k = 0; k < NCORPORA; k++)
		grid_point(&b->race, (double)k, "%s", corpus_names[k]);
	add(b, b->scrim, &b->team.scrim, CHUNK);
	for (int isa = ISA_COUNT - 1; isa >= 0; isa--) {
		if (!isa_usable((enum isa)isa) || (enum isa)isa == b->best)
			continue;
		c = scrim_on(&b->builtin, (enum isa)isa, isa_name((enum isa)isa));
		add(b, c.name, &c, CHUNK);
	}
	for (int i = 0; i < NPEERS; i++)
		add(b, peer_names[i], &b->team.peer[i], CHUNK);
	c = scrim_on(&b->builtin, b->best, SMALL_CHUNKS);
	add(b, SMALL_CHUNKS, &c, SMALL);
	add_site(b, 5, RULES_5, "5, Vectorscan");
	add_site(b, SITE_RULES, RULES_50, "50, Vectorscan");
}
