/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Accepting: one multishot accept a listener, or one accept after the other where connections are
 * to wait in the backlog at a limit. A socket inherits from its listener what would
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
#define ROOM_NS  10000000ULL /* between looks whether another worker has made room */

int listener_open(struct io_worker *w, const struct io_listener *conf, struct listener *ret_l)
{
	struct listener l = {.conf = *conf, .w = w, .waiting = -1};
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

	/* One by one, who finds a limit reached can be the only one that is out of the backlog. */
	if (l->w->conf.limits.wait)
		io_uring_prep_accept(sqe, l->conf.fd, NULL, NULL, SOCK_CLOEXEC);
	else
		io_uring_prep_multishot_accept(sqe, l->conf.fd, NULL, NULL, SOCK_CLOEXEC);
	l->accepting = true;
	__atomic_fetch_add(&l->w->accepting, 1, __ATOMIC_RELAXED);
}

/* Whether going on to `to` would come back here. */
static bool listener_loops(const struct listener *l, const union io_addr *to)
{
	struct io_worker *w = l->w;
	enum io_mode mode = l->conf.mode;

	/* Who dials a gateway itself, at a port that it steers, would be led to the gateway. */
	if (mode == IO_GATEWAY && l->conf.upstream_original && own_address(w, to))
		return true;
	for (size_t i = 0; i < w->nlisteners; i++) {
		const union io_addr *own = &w->listeners[i].bound;

		if (address_port(own) != address_port(to))
			continue;
		if (address_same_host(own, to))
			return true;
		/* Steered local connections come to the service's own port: not to a listener's. */
		if (mode != IO_LOCAL && address_any(own) && own_address(w, to))
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
	return listener_loops(l, ret_to) ? -FLOW_LOOP : 0;
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
	r = listener_route(l, fd, &to);
	if (r)
		return r;
	role = rules->role_of(rules->roles[l->conf.index], client);
	if (!role)
		return -FLOW_INTERNAL;
	r = gate_enter(l);
	if (r)
		return r;
	c = conn_new(l, fd, client, role);
	if (!c) {
		gate_leave(l);
		return -FLOW_MEMORY;
	}
	c->server = to;
	connect_start(c);
	conn_reap(c);
	return 0;
}

/* Whether that is a limit that others may make room at. */
static bool may_wait(const struct io_worker *w, int r)
{
	return w->conf.limits.wait && (r == -FLOW_LIMIT || r == -FLOW_RATE || r == -FLOW_MEMORY);
}

/* False: there is no room for it yet. */
static bool accept_one(struct listener *l, int fd)
{
	union io_addr client = {.sa.sa_family = AF_INET};
	int r;

	if (address_peer(fd, &client)) {
		flow_count(l->w, FLOW_CLIENT_RESET); /* gone before it was seen */
		close(fd);
		return true;
	}
	r = listener_admit(l, fd, &client);
	if (may_wait(l->w, r))
		return false;
	if (r) {
		flow_refuse(l->w, (enum scrim_flow)(-r), l, &client, NULL);
		close(fd); /* lingers for no time: a reset */
	}
	return true;
}

static void accept_new(struct listener *l, int fd)
{
	struct io_worker *w = l->w;

	flow_count(w, FLOW_ACCEPTED);
	if (accept_one(l, fd))
		return;
	flow_count(w, FLOW_WAITED);
	l->waiting = fd;
	w->at_limit = true;
	if (!w->accept_at)
		w->accept_at = worker_now(w) + ROOM_NS;
}

void listener_resume(struct listener *l)
{
	struct io_worker *w = l->w;

	if (l->waiting >= 0 && !accept_one(l, l->waiting)) {
		w->at_limit = true;
		w->accept_at = worker_now(w) + ROOM_NS;
		return;
	}
	if (l->waiting >= 0)
		w->turn = (size_t)(l - w->listeners) + 1;
	l->waiting = -1;
	if (!l->accepting)
		listener_arm(l);
}

void listeners_resume(struct io_worker *w)
{
	const size_t first = w->turn;

	for (size_t i = 0; i < w->nlisteners; i++)
		listener_resume(&w->listeners[(first + i) % w->nlisteners]);
}

void listener_let_in(struct listener *l)
{
	if (l->waiting >= 0 && accept_one(l, l->waiting))
		l->waiting = -1;
}

void listener_close(struct listener *l)
{
	if (l->waiting < 0)
		return;
	flow_count(l->w, FLOW_DRAINED);
	close(l->waiting);
	l->waiting = -1;
}

void accept_done(struct listener *l, const struct io_uring_cqe *cqe)
{
	struct io_worker *w = l->w;
	u64 missed;

	l->accepting = cqe->flags & IORING_CQE_F_MORE;
	if (!l->accepting)
		__atomic_fetch_sub(&w->accepting, 1, __ATOMIC_RELEASE);
	if (cqe->res >= 0) {
		accept_new(l, cqe->res);
	} else if (cqe->res == -EMFILE || cqe->res == -ENFILE || cqe->res == -ENOBUFS ||
		   cqe->res == -ENOMEM) {
		/* It stays in the backlog until there is room. */
		flow_refuse(w, FLOW_LIMIT, l, &l->bound, NULL);
		w->accept_at = worker_now(w) + PAUSE_NS;
		return;
	} else if (w->stopping) {
		return;
	} else if (call_failed(-cqe->res)) {
		/* They wait in the backlog, and it is tried again: nobody else would look after it. */
		if (log_gate_open(&w->accept_gate, worker_now(w) / 1000000, 10000, &missed))
			log_line(LOG_LEVEL_ERROR, "listener %s: accept: %s", l->conf.name,
				 strerror(-cqe->res));
		w->accept_at = worker_now(w) + PAUSE_NS;
		return;
	}
	if (!l->accepting && !w->stopping && !w->waits && l->waiting < 0)
		listener_arm(l);
}
