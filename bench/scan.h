/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench-scan: what it has, and in which order it goes.
 *
 *   scan.c    texts, options ─▶ race.c    built-in rules, all contenders, all corpora
 *                               sweeps.c  density, rules, chunk, ISA
 *             grids ─▶ grid.c   same bytes? how fast?
 *                   ─▶ scan_report.c  tables, ratios, JSON ─▶ plot  a plot of each sweep
 */
#ifndef BENCH_SCAN_H
#define BENCH_SCAN_H

#include "grid.h"

enum corpus { CLEAN, UNIQUE, MIX, DIGITS, MISSES, NCORPORA };
enum sweep { DENSITY, RULES, CHUNKS, ISAS, NSWEEPS };
enum peer_name { STREAM, BLOCK, PCRE2, NPEERS };

#define DENSITIES 5

/* scrim on its best ISA and all its peers, by the same rules. */
struct team {
	struct contender scrim, peer[NPEERS];
};

struct bench {
	struct drive drive;
	struct outcomes outcomes;
	enum isa best;
	char scrim[32]; /* how scrim on its best ISA is called */
	int rounds, sweep_rounds;
	double seconds; /* of a sample, at least */
	struct text corpus[NCORPORA];
	struct text density[DENSITIES]; /* none, 1 in 10 KB ... nothing but values */
	struct text mix;  /* a part of the corpus, as long as the texts of the sweeps */
	struct text site; /* the same with values of the site's rules */
	struct text hl7;  /* messages in MLLP frames */
	struct ruleset_pair builtin;
	struct team team; /* by the built-in rules */
	struct grid race, sweep[NSWEEPS];
};

extern const char *const corpus_names[NCORPORA];
extern const char *const peer_names[NPEERS];

/* Compiled; each call compiles anew. Like all of the following they die on an error. */
struct ruleset_pair rules_of_scrim(void);
struct ruleset_pair rules_of_site(size_t n);
/* The same rules, those that name fields with them. */
struct ruleset_pair rules_of_hl7(const struct ruleset_pair *builtin);
/* Contenders live as long as the program. */
struct contender scrim_reading(const struct ruleset_pair *r, enum frame_format format, enum isa isa,
			       const char *name);
/* As text. */
struct contender scrim_on(const struct ruleset_pair *r, enum isa isa, const char *name);
struct contender peer_of(const struct ruleset_pair *r, enum peer_name peer);
struct team team_of(const struct bench *b, const struct ruleset_pair *r);

/* Names of series that a ratio asks for. */
#define SMALL_CHUNKS "256-byte chunks"
#define RULES_5      "5 site rules"
#define RULES_50     "50 site rules"

/* Fill in b->race and b->sweep; nothing is run. */
void race_make(struct bench *b);
void sweeps_make(struct bench *b);

/* Prints the tables and the ratios, and writes all of it to the file `name`. */
void scan_report(const struct bench *b, const char *name);

#endif
