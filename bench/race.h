/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench-scan as a race: lanes (a contender and its chunk size), corpora, rounds, figures.
 *
 *   scan.c  the lanes ─▶ race.c  same bytes? how fast? ─▶ scan_report.c  table, ratios, JSON
 */
#ifndef BENCH_RACE_H
#define BENCH_RACE_H

#include "contender.h"

#define ROUNDS 9
#define CHUNK  (64 * 1024) /* the longest chunk of a lane, bytes */

enum corpus_id { CLEAN, MIX, DIGITS, NCORPORA };

struct text {
	u8 *p;
	size_t len;
};

struct corpus {
	const char *name;
	struct text text;
	bool empty;      /* no value in it: nothing may be found or changed */
	u64 matches;     /* found by lane 0 */
	double rejected; /* by lane 0: candidates that a validator refused, per KB */
};

/* A contender in the race. */
struct lane {
	struct contender c;
	size_t chunk;
	bool compared;                 /* its output must be that of lane 0 */
	double rate[NCORPORA][ROUNDS]; /* GB/s */
};

/* Names of lanes that a ratio asks for; lane 0 is scrim on its best ISA. */
#define STREAM       "vectorscan stream"
#define SMALL_CHUNKS "256-byte chunks"
#define RULES_5      "5 site rules"
#define RULES_50     "50 site rules"

struct race {
	struct corpus corpus[NCORPORA];
	struct lane lane[10];
	size_t n;
	double copy[ROUNDS], refill[ROUNDS]; /* GB/s */
	u8 *slots;                           /* the chunks, each with its head room */
};

void printf_like(1, 2) __attribute__((noreturn)) die(const char *fmt, ...);
/* len zeroed bytes that are really there; dies without. */
void *memory(size_t len);

/* Runs every compared lane over every corpus once; dies unless all give the same bytes. */
void race_compare(struct race *r);
/* A round: memcpy, then every lane over every corpus; each round begins with another lane. */
void race_round(struct race *r, int round);

/* Prints the table and the ratios, and writes them to the file `name`. */
void race_report(const struct race *r, const char *name);

#endif
