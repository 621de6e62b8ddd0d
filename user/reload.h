/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading the configuration again while connections are open: rules, policies and roles may be
 * others then. What else has changed is refused, and nothing is done.
 *
 *   read ─▶ compare ─▶ compile ─▶ rows ─▶ kernel's side ─▶ workers go over ─▶ older ones freed,
 *        └──────────── a fault: all is as it was ────────────┘                       once unused
 */
#ifndef SCRIM_RELOAD_H
#define SCRIM_RELOAD_H

#include "generation.h"
#include "worker.h"

struct reload {
	const char *file;
	const struct config *base; /* what the daemon was started with */
	struct kern *kern;
	struct worker *workers;
	unsigned int nworkers;
	struct generation *now; /* with those before it that are still in use: ->older */
};

/*
 * Reads the file again. All workers have gone over to it when this returns 0; or after five seconds,
 * if one is stuck.
 *   errors  gets a line for each fault
 * Returns 0, or -EINVAL: nothing has changed.
 */
int reload_run(struct reload *r, FILE *errors);

/* Frees the generations that no record is under any more. To be called now and then. */
void reload_sweep(struct reload *r);

/* Frees all; the workers have ended. */
void reload_end(struct reload *r);

#endif
