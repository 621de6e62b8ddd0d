/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The honest peer: a plain epoll relay, and the same one masking with Vectorscan.
 *
 *   epoll_relay LISTEN_PORT UPSTREAM_PORT BUFFER_BYTES [mask]
 *
 *   readable ─▶ recv into the one buffer ─▶ peer_feed ─▶ send ─▶ what the socket does not take is
 *               (all connections share it)  (mask only)          kept, and reading stops meanwhile
 *
 * With `mask` the client's direction goes through bench/peer.h with the rules of group `builtin`:
 * the bytes it sends are scrim's. What peer.h holds goes out with the next bytes or at the end; it
 * has no idle timer, which a bulk stream never needs. It serves until it is killed.
 */
#include "peer.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

struct pair;

struct direction {
	struct pair *pair;
	int in, out;
	struct peer *peer; /* NULL: nothing is masked */
	u8 *rest;       /* what `out` has not taken, size + SCRIM_HEADROOM bytes; NULL: never yet */
	size_t at, end; /* of it */
	bool ended, shut;
};

struct pair {
	struct direction dir[2]; /* an event's pointer is the direction that reads that socket */
	struct pair *next;       /* in relay.closed */
};

struct relay {
	int epoll, listener;
	struct sockaddr_in upstream;
	struct peer *peer; /* NULL: masks nothing */
	u8 *buffer;        /* with head room in front */
	size_t size;
	struct pair *closed; /* freed when the turn's events are through */
};

static void relay_watch(struct relay *r, int op, struct direction *d, u32 events)
{
	struct epoll_event ev = {.events = events, .data.ptr = d};

	if (epoll_ctl(r->epoll, op, d->in, &ev))
		abort();
}

/* What both sockets of a pair wait for now. A socket is watched by the direction that reads it. */
static void pair_watch(struct relay *r, struct pair *p, int op)
{
	for (int i = 0; i < 2; i++) {
		const struct direction *reads = &p->dir[i], *writes = &p->dir[!i];
		u32 events = 0;

		if (!reads->ended && reads->at == reads->end)
			events |= EPOLLIN;
		if (writes->at < writes->end)
			events |= EPOLLOUT;
		relay_watch(r, op, &p->dir[i], events);
	}
}

static void pair_close(struct relay *r, struct pair *p)
{
	for (int i = 0; i < 2; i++) {
		if (p->dir[i].in < 0)
			return; /* it has been closed in this turn already */
		close(p->dir[i].in);
		p->dir[i].in = -1;
	}
	p->next = r->closed;
	r->closed = p;
}

static void relay_free_closed(struct relay *r)
{
	while (r->closed) {
		struct pair *p = r->closed;

		r->closed = p->next;
		for (int i = 0; i < 2; i++) {
			peer_free(p->dir[i].peer);
			free(p->dir[i].rest);
		}
		free(p);
	}
}

/* Sends; what is not taken is kept. False: the connection is broken. */
static bool direction_send(struct relay *r, struct direction *d, const u8 *p, size_t len)
{
	ssize_t n = len ? send(d->out, p, len, MSG_NOSIGNAL | MSG_DONTWAIT) : 0;

	if (n < 0 && errno != EAGAIN)
		return false;
	n = n < 0 ? 0 : n;
	if ((size_t)n == len)
		return true;
	if (!d->rest)
		d->rest = malloc(SCRIM_HEADROOM + r->size);
	if (!d->rest)
		return false;
	d->at = 0;
	d->end = len - (size_t)n;
	memcpy(d->rest, p + n, d->end);
	pair_watch(r, d->pair, EPOLL_CTL_MOD);
	return true;
}

/* Passes the end on when all before it is sent; the second end closes both sockets. */
static void direction_settle(struct relay *r, struct direction *d)
{
	struct pair *p = d->pair;

	if (!d->ended || d->at < d->end || d->shut)
		return;
	shutdown(d->out, SHUT_WR);
	d->shut = true;
	if (p->dir[0].shut && p->dir[1].shut)
		pair_close(r, p);
}

static void on_readable(struct relay *r, struct direction *d)
{
	ssize_t n = recv(d->in, r->buffer, r->size, MSG_DONTWAIT);
	struct span out = {.p = r->buffer, .len = n > 0 ? (size_t)n : 0};
	bool good = n >= 0 || errno == EAGAIN;

	if (n > 0 && d->peer)
		good = !peer_feed(d->peer, r->buffer, (size_t)n, &out);
	if (!n) {
		d->ended = true;
		if (d->peer)
			good = !peer_finish(d->peer, r->buffer, &out);
		pair_watch(r, d->pair, EPOLL_CTL_MOD);
	}
	if (!good || !direction_send(r, d, out.p, out.len))
		pair_close(r, d->pair);
	else
		direction_settle(r, d);
}

static void on_writable(struct relay *r, struct direction *d)
{
	ssize_t n = send(d->out, d->rest + d->at, d->end - d->at, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n < 0 && errno != EAGAIN) {
		pair_close(r, d->pair);
		return;
	}
	d->at += n > 0 ? (size_t)n : 0;
	if (d->at < d->end)
		return;
	pair_watch(r, d->pair, EPOLL_CTL_MOD);
	direction_settle(r, d);
}

static void on_accept(struct relay *r)
{
	int client = accept4(r->listener, NULL, NULL, SOCK_CLOEXEC), one = 1, server;
	struct pair *p = calloc(1, sizeof(*p));

	server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (client < 0 || !p || server < 0 ||
	    connect(server, (void *)&r->upstream, sizeof(r->upstream)) ||
	    (r->peer && peer_like(r->peer, &p->dir[0].peer))) {
		close(client);
		close(server);
		free(p);
		return;
	}
	setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	p->dir[0] =
		(struct direction){.pair = p, .in = client, .out = server, .peer = p->dir[0].peer};
	p->dir[1] = (struct direction){.pair = p, .in = server, .out = client};
	pair_watch(r, p, EPOLL_CTL_ADD);
}

static void on_event(struct relay *r, struct direction *d, u32 events)
{
	struct direction *writes;

	if (!d) {
		on_accept(r);
		return;
	}
	writes = &d->pair->dir[d == &d->pair->dir[0]];
	if (d->in >= 0 && (events & EPOLLOUT))
		on_writable(r, writes);
	if (d->in >= 0 && (events & EPOLLERR))
		pair_close(r, d->pair);
	if (d->in >= 0 && (events & (EPOLLIN | EPOLLHUP)) && !d->ended && d->at == d->end)
		on_readable(r, d);
}

static void relay_run(struct relay *r)
{
	struct epoll_event ev[64];

	for (;;) {
		int n = epoll_wait(r->epoll, ev, (int)array_size(ev), -1);

		for (int i = 0; i < n; i++)
			on_event(r, ev[i].data.ptr, ev[i].events);
		relay_free_closed(r);
	}
}

static int relay_open(struct relay *r, u16 port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct epoll_event ev = {.events = EPOLLIN};
	int one = 1;

	r->buffer = calloc(1, SCRIM_HEADROOM + r->size);
	if (!r->buffer)
		return -ENOMEM;
	r->buffer += SCRIM_HEADROOM;
	r->epoll = epoll_create1(EPOLL_CLOEXEC);
	r->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(r->listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(r->listener, (void *)&a, sizeof(a)) || listen(r->listener, 128) ||
	    epoll_ctl(r->epoll, EPOLL_CTL_ADD, r->listener, &ev))
		return -errno;
	return 0;
}

/* A peer with the rules of group builtin, as scrim's policy in bench/relay has them. */
static int relay_rules(struct relay *r, struct err *e)
{
	struct ruleset *rs;
	size_t n;
	const struct rule_def *defs = rules_builtin(&n);
	bool *enabled = calloc(n, sizeof(bool));
	int ret;

	if (!enabled)
		return err_set(e, ENOMEM, "no memory");
	for (size_t i = 0; i < n; i++)
		enabled[i] = defs[i].nforms && !strcmp(defs[i].group, "builtin");
	ret = ruleset_compile(defs, n, &rs, e);
	return ret ? ret : peer_new(defs, rs, enabled, PEER_STREAM, &r->peer, e);
}

int main(int argc, char **argv)
{
	struct relay r = {0};
	struct err e = {""};
	int ret = 0;

	if (argc < 4 || argc > 5 || (argc == 5 && strcmp(argv[4], "mask"))) {
		fprintf(stderr,
			"usage: epoll_relay LISTEN_PORT UPSTREAM_PORT BUFFER_BYTES [mask]\n");
		return 2;
	}
	r.upstream = (struct sockaddr_in){.sin_family = AF_INET,
					  .sin_port = htons((u16)atoi(argv[2])),
					  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	r.size = strtoul(argv[3], NULL, 10);
	if (argc == 5)
		ret = relay_rules(&r, &e);
	if (!ret)
		ret = relay_open(&r, (u16)atoi(argv[1]));
	if (ret) {
		fprintf(stderr, "epoll_relay: %s\n", *e.text ? e.text : strerror(-ret));
		return 1;
	}
	relay_run(&r);
	return 0;
}
