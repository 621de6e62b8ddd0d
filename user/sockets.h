/* SPDX-License-Identifier: BSD-2-Clause */
/* The listening sockets of a listener, one set for each worker. */
#ifndef SCRIM_SOCKETS_H
#define SCRIM_SOCKETS_H

#include <scrim/config.h>

/*
 * Mode proxy: a listening socket on an address, shared with those of other workers.
 *   limits  for io_socket_prepare()
 *   first   the first worker's: finds out whether another program has the port
 * Returns a descriptor; -EADDRINUSE, -EACCES, -EADDRNOTAVAIL, -EAFNOSUPPORT... with e set.
 */
int socket_listen(const struct config_listener *l, const union io_addr *at,
		  const struct io_limits *limits, bool first, struct err *e);

/*
 * Modes local and gateway: a listening socket that only the kernel's side leads anybody to, on
 * the loopback address and a port of the kernel's choice.
 */
int socket_steered(const struct config_listener *l, int family, const struct io_limits *limits,
		   struct err *e);

/* "10.0.0.1:80", "[::1]:80" */
struct address_text {
	char text[64];
};
struct address_text address_print(const union io_addr *a);

#endif
