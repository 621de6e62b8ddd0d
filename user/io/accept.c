/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Accepting: one multishot accept a listener. A socket inherits from its listener what would
 * else be a system call each: no delay, the linger time of zero that turns a kill of this process
 * into a reset at both ends, and keepalive: the probes of each end are answered here, so that one
 * would never learn of the other's vanishing.
 */
#include "worker.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define PAUSE_NS 100000000ULL

int listener_open(struct io_worker *w, const struct io_listener *conf, struct listener *ret_l)
{
	struct listener l = {.conf = *conf, .w = w};
	int flags, r;

	r = address_local(conf->fd, &l.bound);
	if (!r)
		r = socket_prepare(conf->fd, &w->conf.limits);
	if (r)
		return r;
	/* On a socket that does not block, the ring would say EAGAIN instead of waiting. */
	flags = fcntl(conf->fd, F_GETFL);
	if (flags < 0 || fcntl(conf->fd, F_SETFL, flags & ~O_NONBLOCK))
		return -errno;
	*ret_l = l;
	return 0;
}

void listener_arm(struct listener *l)
{
	struct io_uring_sqe *sqe = ring_sqe(l->w, l, OP_ACCEPT);

	io_uring_prep_multishot_accept(sqe, l->conf.fd, NULL, NULL, SOCK_CLOEXEC);
	l->accepting = true;
	__atomic_fetch_add(&l->w->accepting, 1, __ATOMIC_RELAXED);
}

/* Whether going on to `to` would come back here. */
static bool listener_loops(const struct io_worker *w, enum io_mode mode, const union io_addr *to)
{
	for (size_t i = 0; i < w->nlisteners; i++) {
		const union io_addr *own = &w->listeners[i].bound;

		if (address_port(own) != address_port(to))
			continue;
		if (address_same_host(own, to))
			return true;
		/* Steered local connections come to the service's own port: not to a listener's. */
		if (mode != IO_LOCAL && address_any(own) && address_ours(to))
			return true;
	}
	return false;
}

/* Where the connection goes: 0 with *ret_to, or a negative reason. */
static int listener_route(const struct listener *l, int fd, union io_addr *ret_to)
{
	union io_addr dialled = l->conf.upstream;

	if (l->conf.mode != IO_PROXY || l->conf.upstream_original) {
		if (address_local(fd, &dialled))
			return -FLOW_CLIENT_RESET;
		if (l->conf.mode != IO_PROXY && address_port(&dialled) != l->conf.port)
			return -FLOW_NOT_STEERED;
	}
	*ret_to = l->conf.upstream_original ? dialled : l->conf.upstream;
	return listener_loops(l->w, l->conf.mode, ret_to) ? -FLOW_LOOP : 0;
}

/* Takes the connection on, or says why not. */
static int listener_admit(struct listener *l, int fd, const union io_addr *client)
{
	struct io_worker *w = l->w;
	const struct io_ruleset *rules = w->conf.rules;
	const struct io_role *role;
	union io_addr to = {0};
	struct conn *c;
	int r;

	if (w->stopping)
		return -FLOW_DRAINED;
	if (w->nconns >= w->conf.limits.connections)
		return -FLOW_LIMIT;
	r = listener_route(l, fd, &to);
	if (r)
		return r;
	role = rules->role_of(rules->roles[l->conf.index], client);
	if (!role)
		return -FLOW_INTERNAL;
	c = conn_new(l, fd, client, role);
	if (!c)
		return -FLOW_MEMORY;
	c->server = to;
	connect_start(c);
	conn_reap(c);
	return 0;
}

static void accept_one(struct listener *l, int fd)
{
	union io_addr client = {.sa.sa_family = AF_INET};
	int r;

	flow_count(l->w, FLOW_ACCEPTED);
	if (address_peer(fd, &client)) {
		flow_count(l->w, FLOW_CLIENT_RESET); /* gone before it was seen */
		close(fd);
		return;
	}
	r = listener_admit(l, fd, &client);
	if (r) {
		flow_refuse(l->w, (enum scrim_flow)(-r), l, &client);
		close(fd); /* lingers for no time: a reset */
	}
}

void accept_done(struct listener *l, const struct io_uring_cqe *cqe)
{
	struct io_worker *w = l->w;

	l->accepting = cqe->flags & IORING_CQE_F_MORE;
	if (!l->accepting)
		__atomic_fetch_sub(&w->accepting, 1, __ATOMIC_RELEASE);
	if (cqe->res >= 0) {
		accept_one(l, cqe->res);
	} else if (cqe->res == -EMFILE || cqe->res == -ENFILE || cqe->res == -ENOBUFS ||
		   cqe->res == -ENOMEM) {
		/* It stays in the backlog until there is room. */
		flow_refuse(w, FLOW_LIMIT, l, &l->bound);
		w->accept_at = worker_now(w) + PAUSE_NS;
		return;
	} else if (w->stopping) {
		return;
	} else if (cqe->res == -EINVAL || cqe->res == -EBADF || cqe->res == -ENOTSOCK) {
		log_line(LOG_LEVEL_ERROR, "listener %s: accept: %s", l->conf.name,
			 strerror(-cqe->res));
		return;
	}
	if (!l->accepting && !w->stopping && !w->waits)
		listener_arm(l);
}
