/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Going on to the server: make the socket, take the client's address in a gateway, connect,
 * give up in time. Nothing is received from the client before the server has answered.
 */
#include "worker.h"
#include <errno.h>
#include <unistd.h>

static enum scrim_flow connect_reason(int err)
{
	switch (err) {
	case ECONNREFUSED:
		return FLOW_UPSTREAM_REFUSED;
	case ETIMEDOUT:
		return FLOW_UPSTREAM_TIMEOUT;
	case EADDRINUSE:
	case EADDRNOTAVAIL:
		return FLOW_SOURCE_PORT;
	case EHOSTUNREACH:
	case ENETUNREACH:
	case ENETDOWN:
	case EACCES:
	case EPERM:
		return FLOW_UPSTREAM_UNREACHABLE;
	case EMFILE:
	case ENFILE:
		return FLOW_LIMIT;
	case ENOMEM:
	case ENOBUFS:
		return FLOW_MEMORY;
	default:
		return FLOW_INTERNAL;
	}
}

/* The upstream socket of a gateway speaks with the client's address and port. */
static int connect_as_client(int fd, const union io_addr *client)
{
	bool v4 = client->sa.sa_family == AF_INET;
	int level = v4 ? IPPROTO_IP : IPPROTO_IPV6, one = 1;

	if (setsockopt(fd, level, v4 ? IP_TRANSPARENT : IPV6_TRANSPARENT, &one, sizeof(one)) ||
	    setsockopt(fd, level, v4 ? IP_FREEBIND : IPV6_FREEBIND, &one, sizeof(one)) ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    bind(fd, &client->sa, address_len(client)))
		return -errno;
	return 0;
}

static int connect_socket(struct conn *c)
{
	const struct io_conf *conf = &c->w->conf;
	int fd, r;

	fd = socket(c->server.sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	c->fd[1] = fd;
	r = socket_prepare(fd, &conf->limits);
	if (r)
		return r;
	if (conf->own && conf->own(conf->ctx, fd) < 0)
		return -EBADFD;
	if (c->l->conf.mode == IO_GATEWAY) {
		r = connect_as_client(fd, &c->client);
		if (r)
			return r;
	}
	return 0;
}

/* The tuple may be in TIME_WAIT still: once, whoever knows of it may clear it away. */
static bool connect_again(struct conn *c, int err)
{
	const struct io_conf *conf = &c->w->conf;

	if ((err != EADDRNOTAVAIL && err != EADDRINUSE) || c->l->conf.mode != IO_GATEWAY ||
	    c->retried || !conf->reclaim)
		return false;
	c->retried = true;
	return conf->reclaim(conf->ctx, &c->client, &c->server) >= 0;
}

void connect_start(struct conn *c)
{
	struct io_worker *w = c->w;
	struct io_uring_sqe *sqe;
	int r;

	do {
		if (c->fd[1] >= 0)
			close(c->fd[1]);
		c->fd[1] = -1;
		r = connect_socket(c);
	} while (r && connect_again(c, -r));
	if (r) {
		conn_reset(c, connect_reason(-r));
		return;
	}
	sqe = ring_sqe(w, &c->dir[0], OP_CONNECT);
	io_uring_prep_connect(sqe, c->fd[1], &c->server.sa, address_len(&c->server));
	c->connect_by = worker_now(w) + (u64)w->conf.limits.connect_ms * 1000000;
	list_append(&w->connecting, &c->connecting);
}

static void connect_introduce(struct conn *c)
{
	union io_addr dialled;
	struct buffer *b;

	if (address_local(c->fd[0], &dialled)) {
		conn_reset(c, FLOW_CLIENT_RESET);
		return;
	}
	b = buffer_new(PROXY_V2_MAX);
	if (!b) {
		conn_reset(c, FLOW_MEMORY);
		return;
	}
	b->len = proxy_v2_header(&c->client, &dialled, b->p);
	queue_append(&c->dir[0], b);
}

void connect_done(struct conn *c, int res)
{
	/* It was connected, and reset before anybody looked: what was said before that is still there. */
	bool cut = res == -ECONNRESET || res == -EPIPE;

	link_remove(&c->connecting);
	if (c->dead)
		return;
	if (res && !cut) {
		if (connect_again(c, -res))
			connect_start(c);
		else
			conn_reset(c, connect_reason(-res));
		return;
	}
	c->connected = true;
	if (cut)
		reset_by(c, 1);
	else if (c->l->conf.send_proxy_v2)
		connect_introduce(c);
	if (!c->dead)
		relay_start(c);
}

void connect_timeouts(struct io_worker *w)
{
	for (int n = 0; !link_alone(&w->connecting); n++) {
		struct conn *c = container_of(w->connecting.next, struct conn, connecting);

		if (c->connect_by > worker_now(w) || due_enough(w, n))
			return;
		link_remove(&c->connecting);
		conn_reset(c, FLOW_UPSTREAM_TIMEOUT);
		conn_reap(c);
	}
}
