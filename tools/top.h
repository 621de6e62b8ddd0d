/* SPDX-License-Identifier: BSD-2-Clause */
/* What the pinned counters grow by: a copy of them before, a copy after, and the difference. */
#ifndef SCRIM_TOP_H
#define SCRIM_TOP_H

#include <scrim/kern.h>

#define TOP_VALUES 6

/* The tables, in the order in which they are printed. */
enum top_table { TOP_LISTENERS, TOP_RULES, TOP_FLOW, TOP_TABLES };

/* How a table's rows are laid out: names first, then counters. */
struct top_layout {
	const char *name;
	size_t size, rows; /* bytes of a row, how many */
	size_t nnames;
	const char *names[2]; /* what its names are of */
	size_t nvalues;
	const char *values[TOP_VALUES];   /* as the rows call them */
	const char *headings[TOP_VALUES]; /* over a column, per second */
};
extern const struct top_layout top_layouts[TOP_TABLES];

/* A row that is in use, and by how much its counters grew. */
struct top_row {
	const char *names[2]; /* in the later sample */
	u64 values[TOP_VALUES];
};

/* A copy of all counters at a moment. */
struct top_sample;

/* Both NULL: no memory. Freed with free(). */
struct top_sample *top_sample_new(void);
/* Overwrites s. 0, or negative with e set, as kern_view_open(). */
int top_sample_take(struct top_sample *s, const char *instance, struct err *e);
bool top_sample_alive(const struct top_sample *s); /* a daemon was */
const char *top_sample_version(const struct top_sample *s);

/*
 * The rows of a table in use at `after`, in the table's order. A row that is not at the same place
 * before has grown from nothing, and so has one whose counters went back: the maps were made anew.
 *   ret_rows  room for as many as the layout says
 * Returns how many.
 */
size_t top_grown(const struct top_sample *before, const struct top_sample *after,
		 enum top_table table, struct top_row *ret_rows);

#endif
