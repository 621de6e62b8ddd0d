/* SPDX-License-Identifier: BSD-2-Clause */
/* All listening sockets of the daemon, and which worker serves which. */
#ifndef SCRIM_LISTEN_H
#define SCRIM_LISTEN_H

#include <scrim/config.h>

/* A socket, of one worker. */
struct listen_socket {
	unsigned int listener, role, worker; /* role: as roles_socket() says it */
	bool listens;
	bool inherited;
	bool spare; /* of an old daemon with more workers or roles: only what waits in its queue comes */
	int fd;
};

/* A socket that another daemon had. Its listener may have another name by now, so it goes by this. */
struct listen_inherited {
	char way[SCRIM_NAME_LEN]; /* listen_way() */
	enum io_mode mode;
	bool used; /* it is a listen_socket's now */
	int fd;
};

struct listen {
	const struct config *config;
	size_t n;
	struct listen_socket *sockets;
	u32 taken_over;        /* a bit for each listener that inherited a socket */
	struct io_gate *gates; /* by listener */
};

/* How many sockets a worker has at most. */
size_t listen_places(const struct config *c);

/*
 * Opens the sockets: for each worker one per address in mode proxy, which does not listen yet; else
 * one per family and role, to which nobody is led yet.
 *   c     borrowed until listen_close(); memory is its
 *   from  n sockets that are used where they fit, instead of new ones
 * Returns 0, or negative with e set (call listen_close() all the same).
 */
int listen_open(struct listen *l, struct config *c, unsigned int nworkers,
		struct listen_inherited *from, size_t n, struct err *e);

/* Those of mode proxy that do not listen yet do from here on. 0, or negative with e set. */
int listen_begin(struct listen *l, struct err *e);

/* By what clients come to a listener's sockets: "INTERFACE:PORT", or ":PORT". */
void listen_way(const struct config_listener *l, char to[SCRIM_NAME_LEN]);

/*
 * For the time until everything is taken over: gives the kernel's side, for each place of a default
 * role, an inherited socket, its own or another one's. Who is led to a place meanwhile waits where the
 * other daemon accepts him, too. Listeners that inherited none get nothing. 0, or negative with e set.
 */
int listen_stand_in(const struct listen *l, struct kern *k, struct err *e);

/*
 * Gives the sockets of modes local and gateway to the kernel's side.
 *   taken_over  those of listeners that inherited some; else those of the others
 */
int listen_steer(const struct listen *l, struct kern *k, bool taken_over, struct err *e);

/* What a worker serves, in c's memory; *ret_n of them. */
struct io_listener *listen_worker(const struct listen *l, struct config *c, unsigned int worker,
				  size_t *ret_n);

void listen_close(struct listen *l);

#endif
