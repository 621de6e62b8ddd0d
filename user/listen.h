/* SPDX-License-Identifier: BSD-2-Clause */
/* All listening sockets of the daemon, and which worker serves which. */
#ifndef SCRIM_LISTEN_H
#define SCRIM_LISTEN_H

#include <scrim/config.h>

/* A socket, of one worker. */
struct listen_socket {
	unsigned int listener, worker;
	int fd;
};

struct listen {
	const struct config *config;
	size_t n;
	struct listen_socket *sockets;
};

/*
 * Opens the sockets: for each worker one per address in mode proxy, else one per family.
 *   c  borrowed until listen_close(); memory is its
 * Returns 0, or negative with e set (call listen_close() all the same).
 */
int listen_open(struct listen *l, struct config *c, unsigned int nworkers, struct err *e);

/* Gives the sockets of modes local and gateway to the kernel's side. */
int listen_steer(const struct listen *l, struct kern *k, struct err *e);

/* What a worker serves, in c's memory; *ret_n of them. */
struct io_listener *listen_worker(const struct listen *l, struct config *c, unsigned int worker,
				  size_t *ret_n);

void listen_close(struct listen *l);

#endif
