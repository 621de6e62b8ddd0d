/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The roles of a listener ready for the workers: policy compiled, rows of counters at hand; and what
 * the kernel's side is told of them.
 *
 *   SYN ─▶ kernel: network ─▶ socket, and so the backlog     of the role's name at the start
 *   accepted ─▶ worker: ruleset, network ─▶ policy           of the version it is under
 *
 * The worker does not take the role from the socket: who came before a reload may have waited at
 * one that is another role's by now, and must not be masked by less than that version says.
 */
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
 * The socket that a role's clients are led to, as kern_set_socket() counts them: 0 the default role's.
 *   at_start  of the configuration the daemon was started with: a role that it does not have has no
 *             socket of its own, and goes with the default one
 */
unsigned int roles_socket(const struct config_listener *at_start, const char *name);

/*
 * Tells the kernel's side where the clients of now's roles are led to; before the first call, to the
 * default role's socket.
 *   at_start  whose listeners and sockets the kernel's side has
 * Returns 0, or negative with e set: call it again with what is to hold.
 */
int roles_steer(const struct config *at_start, const struct config *now, struct kern *k,
		struct err *e);

/*
 * The role of a client, by the longest of the networks that hold its address: an io_ruleset's
 * role_of(), roles being a struct roles. Cost: the networks of all roles.
 */
const struct io_role *roles_of(const void *roles, const union io_addr *client);

#endif
