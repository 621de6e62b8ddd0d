/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Contenders side by side over texts, rules or chunks: the form of all that bench-scan measures.
 *
 *                  point 0    point 1    point 2
 *      series 0    cell       cell       cell       a cell is a contender, a chunk size, a text
 *      series 1    cell       cell       cell
 *
 * Every cell's output is compared before any is timed. Rounds are interleaved: each times every
 * cell once, and begins with another series.
 */
#ifndef BENCH_GRID_H
#define BENCH_GRID_H

#include "drive.h"

#define ROUNDS_MAX 9
#define POINTS_MAX 12
#define SERIES_MAX 16

struct cell {
	struct contender c;
	size_t chunk;
	const struct text *text;
	double rate[ROUNDS_MAX]; /* GB/s */
	u64 matches;
};

struct grid {
	const char *name, *title;
	const char *axis; /* what differs from point to point */
	struct point {
		char label[24];
		double at; /* where it stands on the axis of a plot */
	} point[POINTS_MAX];
	const char *series[SERIES_MAX];
	struct cell cell[SERIES_MAX][POINTS_MAX];
	double copy[ROUNDS_MAX]; /* memcpy in the same rounds, GB/s */
	size_t npoints, nseries;
	int rounds;
};

/* What masking a text by some rules gives, as the first contender said it. */
struct outcome {
	const struct text *text;
	const struct ruleset *rules;
	u8 *out;
	u64 matches;
	double rejected; /* candidates a validator refused, per KB; of scrim */
	bool ours, theirs;
	bool framed; /* there is nobody else to reach it */
};

/* Of all grids: whoever masks the same text by the same rules must give the same. */
struct outcomes {
	struct outcome v[64];
	size_t n;
};

/* Another point; its index. */
size_t grid_point(struct grid *g, double at, const char *fmt, ...) printf_like(3, 4);
/* The series of this name, a new one if there is none; its index. */
size_t grid_series(struct grid *g, const char *name);
void grid_set(struct grid *g, size_t series, size_t point, const struct contender *c, size_t chunk,
	      const struct text *text);
/* The index of a series that must be there. */
size_t grid_find(const struct grid *g, const char *name);

/* Runs every cell once; dies unless all give the same bytes and count the same values. */
void grid_check(struct grid *g, struct drive *d, struct outcomes *o);
/* Dies unless every outcome was reached both by scrim and by another library, where any reads such a text. */
void outcomes_judged(const struct outcomes *o);
const struct outcome *outcome_find(const struct outcomes *o, const struct text *text,
				   const struct ruleset *rules);

/* Times all cells in g->rounds rounds; each cell for `seconds` at least. */
void grid_race(struct grid *g, struct drive *d, double seconds);

/* Of the rounds of a cell, or of memcpy. */
struct figure {
	double median, low, high;
};
struct figure figure_of(const double *rounds, int n);
/* How far the rounds lie apart, in percent of the median. */
double figure_spread(const struct figure *f);

#endif
