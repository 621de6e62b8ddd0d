/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A version of what is masked for whom: a configuration, compiled, with its roles and their rows
 * of counters. The workers mask under the last one they were given; an older one lives until no
 * connection has a record under it.
 */
#ifndef SCRIM_GENERATION_H
#define SCRIM_GENERATION_H

#include "roles.h"

struct generation {
	u32 version; /* 1 at the start, one more with each reload */
	struct generation *older;
	struct config *config;
	struct engine *engine;
	struct io_ruleset rules; /* by the listeners the daemon was started with */
};

/*
 * Compiles the rules.
 *   c  the caller's, to be freed after *ret_g is, by generation_free()
 * Returns 0, or negative with e set.
 */
int generation_new(struct config *c, struct generation **ret_g, struct err *e);

/*
 * Compiles the policies and takes the rows of counters.
 *   base  whose listeners the rules are by; g's configuration has each of them, by name
 * Returns 0, or negative with e set.
 */
int generation_roles(struct generation *g, const struct config *base, struct kern *k,
		     struct err *e);

/* NULL is allowed. */
void generation_free(struct generation *g);

#endif
