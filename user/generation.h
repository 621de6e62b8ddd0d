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
	struct config *config;
	struct engine *engine;
	struct io_ruleset rules; /* by the listeners of config */
};

/*
 * Compiles the rules.
 *   c  the caller's, to be freed after *ret_g is, by generation_free()
 * Returns 0, or negative with e set.
 */
int generation_new(struct config *c, struct generation **ret_g, struct err *e);

/* Compiles the policies and takes the rows of counters. 0, or negative with e set. */
int generation_roles(struct generation *g, struct kern *k, struct err *e);

/* NULL is allowed. */
void generation_free(struct generation *g);

#endif
