/* SPDX-License-Identifier: BSD-2-Clause */
/* All listening sockets of the daemon, and which worker serves which with what. */
#ifndef SCRIM_LISTEN_H
#define SCRIM_LISTEN_H

#include "roles.h"

/* What a socket is to the kernel's side. */
struct listen_place {
	unsigned int listener, role;
	bool steered;
};

struct listen {
	size_t n; /* sockets of each worker */
	unsigned int nworkers;
	struct listen_place *places;  /* by socket */
	struct io_listener **workers; /* by worker, then by socket */
};

/*
 * Compiles the roles and opens the sockets: in mode proxy one per address, which picks the role by
 * itself; else one per role and family. Memory is c's; the descriptors are closed by listen_close().
 * Returns 0, or negative with e set (call listen_close() all the same).
 */
int listen_open(struct listen *l, struct config *c, struct engine *g, struct kern *k,
		unsigned int nworkers, struct err *e);

/* Gives the sockets of modes local and gateway to the kernel's side. */
int listen_steer(const struct listen *l, struct kern *k, struct err *e);

void listen_close(struct listen *l);

#endif
