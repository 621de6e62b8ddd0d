/* SPDX-License-Identifier: BSD-2-Clause */
/* Masking what a descriptor gives, to standard output. */
#ifndef SCRIM_FILTER_H
#define SCRIM_FILTER_H

#include <scrim/engine.h>

struct filter;

/*
 *   format  an enum frame_format, or -1: by each stream's first bytes
 *   chunk   bytes read at a time
 * Returns 0, or negative with e set.
 */
int filter_new(struct engine *engine, const struct config_policy *policy, int format, size_t chunk,
	       struct filter **ret_f, struct err *e);

/* One stream to its end. 0, or negative with e set: what was said to be refused is not written. */
int filter_run(struct filter *f, int fd, struct err *e);

/* What ran, and the counts of all streams so far. */
void filter_report(const struct filter *f, FILE *to);

void filter_free(struct filter *f);

#endif
