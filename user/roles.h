/* SPDX-License-Identifier: BSD-2-Clause */
/* The roles of a listener ready for the workers: policy compiled, rows of counters at hand. */
#ifndef SCRIM_ROLES_H
#define SCRIM_ROLES_H

#include <scrim/engine.h>

struct roles {
	const struct config_listener *listener;
	struct io_role *roles; /* as listener->roles */
};

/*
 * Compiles the policies and takes the rows.
 *   ret_roles  memory is c's; what it points to is the engine's and the kernel side's
 * Returns 0, or negative with e set.
 */
int roles_new(struct config *c, const struct config_listener *l, struct engine *g, struct kern *k,
	      struct roles *ret_roles, struct err *e);

/*
 * The role of a client, by the longest of the networks that hold its address: an io_ruleset's
 * role_of(), roles being a struct roles. Cost: the networks of all roles.
 */
const struct io_role *roles_of(const void *roles, const union io_addr *client);

#endif
