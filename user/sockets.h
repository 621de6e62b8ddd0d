/* SPDX-License-Identifier: BSD-2-Clause */
/* The listening sockets of a listener, one set for each worker. */
#ifndef SCRIM_SOCKETS_H
#define SCRIM_SOCKETS_H

#include <scrim/config.h>

/*
 * Mode proxy: a socket on an address, shared with those of other workers. Who dials is refused, or
 * comes to the others, until socket_begin().
 *   first  the first worker's: finds out whether another program has the port
 * Returns a descriptor; -EADDRINUSE, -EACCES, -EADDRNOTAVAIL, -EAFNOSUPPORT... with e set.
 */
int socket_open(const struct config_listener *l, const union io_addr *at, bool first,
		struct err *e);

/*
 * It listens from here on; connections inherit from it what it has by then. 0, or negative with e set.
 */
int socket_begin(const struct config_listener *l, int fd, struct err *e);

/*
 * Modes local and gateway: a listening socket that only the kernel's side leads anybody to, on
 * the loopback address and a port of the kernel's choice.
 */
int socket_steered(const struct config_listener *l, int family, struct err *e);

/* "10.0.0.1:80", "[::1]:80" */
struct address_text {
	char text[64];
};
struct address_text address_print(const union io_addr *a);

#endif
