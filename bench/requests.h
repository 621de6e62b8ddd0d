/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests and replies over a few connections.
 *
 *   requests.c  schedule ─▶ client ══▶ relay ══▶ echo.c   a reply is its request as it arrived
 *                             ▲ compare, latency ◀═══════┘
 *
 * Request i goes over connection i mod n and carries message i mod (corpus / size), so what any
 * byte of any connection must be follows from its position alone, and no request has to be kept.
 */
#ifndef BENCH_REQUESTS_H
#define BENCH_REQUESTS_H

#include "measure.h"

#define SIZE_MAX_BYTES  65536
#define CONNECTIONS_MAX 1024

/* The server's end of a connection. */
struct echo {
	int fd;
	u32 have, sent; /* of the request, of the reply */
	u8 *message;    /* size bytes */
};

/* The server: takes whole requests of `size` bytes and sends each back. */
struct server {
	int epoll, listener;
	u32 size;
	unsigned int n;
	struct echo echo[CONNECTIONS_MAX];
};

/* The pointers of its events, by which the loop knows them from a client's. */
static inline bool server_owns(const struct server *s, const void *what)
{
	return (const char *)what >= (const char *)s && (const char *)what < (const char *)(s + 1);
}
void server_open(struct server *s, int epoll, u16 port, u32 size);
void server_event(struct server *s, void *what, u32 events);

#endif
