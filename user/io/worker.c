/* SPDX-License-Identifier: BSD-2-Clause */
/* A worker: made, run on its thread, stopped from any other, freed. */
#include "worker.h"
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define LIGHT_SIZE 16384U
#define LIGHT_PER  32U /* light buffers for each big one */
#define BATCH      64  /* completions looked at together */
#define TICK_NS    100000000ULL

void io_limits_default(struct io_limits *l)
{
	*l = (struct io_limits){.connections = 20000,
				.memory_kib = 256 * 1024,
				.connection_memory = 16 * 1024 * 1024,
				.hold_us = 2000,
				.connect_ms = 10000,
				.drain_ms = 30000,
				.reset_ms = 10000,
				.keepalive_ms = 180000,
				.buffer_size = 256 * 1024,
				.buffers = 2,
				.buffers_max = 32};
}

static u32 light_size(const struct io_limits *l)
{
	return l->buffer_size < LIGHT_SIZE ? l->buffer_size : LIGHT_SIZE;
}

u64 io_limits_least(const struct io_limits *l)
{
	u64 pools = l->buffers * ((u64)pool_stride(l->buffer_size) +
				  LIGHT_PER * (u64)pool_stride(light_size(l)));

	return 2 * pools / 1024; /* so that a queue can be moved out of the way */
}

static int worker_pools(struct io_worker *w)
{
	const struct io_limits *l = &w->conf.limits;
	u32 light = light_size(l);
	int r = pool_open(&w->pool[POOL_LIGHT], &w->ring, POOL_LIGHT, light, l->buffers * LIGHT_PER,
			  l->buffers_max * LIGHT_PER);

	return r
		       ?: pool_open(&w->pool[POOL_BULK], &w->ring, POOL_BULK, l->buffer_size,
				    l->buffers, l->buffers_max);
}

static int worker_listeners(struct io_worker *w, const struct io_listener *conf, size_t n,
			    struct err *e)
{
	int r;

	w->listeners = aligned_alloc(16, (n ?: 1) * sizeof(*w->listeners));
	if (!w->listeners)
		return -ENOMEM;
	for (; w->nlisteners < n; w->nlisteners++) {
		r = listener_open(w, &conf[w->nlisteners], &w->listeners[w->nlisteners]);
		if (r)
			return err_set(e, -r, "listener %s: %s", conf[w->nlisteners].name,
				       strerror(-r));
	}
	return 0;
}

static struct io_worker *worker_alloc(const struct io_conf *conf)
{
	struct io_worker *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->conf = *conf;
	w->conf.rules = NULL;
	ruleset_use(&w->conf.rules, conf->rules);
	w->ruled_by = conf->rules;
	w->waits = conf->waits;
	w->ring.ring_fd = -1;
	splice_open(w);
	w->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	link_init(&w->conns);
	link_init(&w->connecting);
	link_init(&w->resetting);
	link_init(&w->quiet);
	link_init(&w->idle);
	link_init(&w->blocked);
	for (int i = 0; i < POOLS; i++)
		link_init(&w->starving[i]);
	return w;
}

/* Completions are long only where a card's pieces are named by them. */
static int worker_ring(struct io_worker *w, const struct io_listener *listeners, size_t n,
		       struct err *e)
{
	bool wanted = nic_wanted(w, listeners, n);
	int r = ring_open(&w->ring, wanted ? IORING_SETUP_CQE32 : 0, e);

	if (r || !wanted)
		return r;
	r = nic_open(w, e);
	if (r || w->nic[0] || w->nic[1])
		return r;
	io_uring_queue_exit(&w->ring);
	return ring_open(&w->ring, 0, e);
}

int io_worker_new(const struct io_conf *conf, const struct io_listener *listeners, size_t n,
		  struct io_worker **ret_w, struct err *e)
{
	struct io_worker *w = worker_alloc(conf);
	int r;

	if (!w)
		return err_set(e, ENOMEM, "no memory for a worker");
	r = w->wake < 0 ? err_set(e, errno, "eventfd: %s", strerror(errno)) : 0;
	if (!r)
		r = worker_ring(w, listeners, n, e);
	if (r)
		goto out;
	r = worker_pools(w);
	if (!r)
		r = mask_scratch_new(conf->limits.buffer_size, &w->scratch);
	if (r) {
		err_set(e, -r, "buffers: %s", strerror(-r));
		goto out;
	}
	r = worker_listeners(w, listeners, n, e);
	if (r)
		goto out;
	*ret_w = w;
	return 0;
out:
	io_worker_free(w);
	return r;
}

void io_worker_free(struct io_worker *w)
{
	if (!w)
		return;
	/* The ring first: nothing touches the buffers any more when it is gone. */
	if (w->ring.ring_fd >= 0)
		io_uring_queue_exit(&w->ring);
	while (!link_alone(&w->conns)) {
		struct conn *c = container_of(w->conns.next, struct conn, link);

		c->dead = true;
		c->pending = 0;
		conn_reap(c);
	}
	for (int i = 0; i < POOLS; i++)
		pool_close(&w->pool[i]);
	ruleset_use(&w->conf.rules, NULL);
	for (size_t i = 0; i < w->nlisteners; i++)
		listener_close(&w->listeners[i]);
	own_forget(w);
	mask_scratch_free(w->scratch);
	free(w->listeners);
	if (w->wake >= 0)
		close(w->wake);
	splice_close(w);
	free(w);
}

static void worker_ask(struct io_worker *w, enum ask what)
{
	const u64 one = 1;

	__atomic_fetch_or(&w->asked, what, __ATOMIC_RELEASE);
	/* It fails only when there are 2^64 - 2 calls not seen yet. */
	if (write(w->wake, &one, sizeof(one)) < 0)
		return;
}

void io_worker_rules(struct io_worker *w, struct io_ruleset *rules)
{
	__atomic_store_n(&w->next, rules, __ATOMIC_RELEASE);
	worker_ask(w, ASK_RULES);
}

const struct io_ruleset *io_worker_ruled_by(const struct io_worker *w)
{
	return __atomic_load_n(&w->ruled_by, __ATOMIC_ACQUIRE);
}

void io_worker_accept(struct io_worker *w, bool on)
{
	worker_ask(w, on ? ASK_ACCEPT : ASK_WAIT);
}

u32 io_worker_accepting(const struct io_worker *w)
{
	return __atomic_load_n(&w->accepting, __ATOMIC_ACQUIRE);
}

void io_worker_stop(struct io_worker *w)
{
	worker_ask(w, ASK_STOP);
}

u64 io_worker_turns(const struct io_worker *w)
{
	return __atomic_load_n(&w->turns, __ATOMIC_RELAXED);
}

static void worker_stop(struct io_worker *w)
{
	if (w->stopping)
		return;
	w->stopping = true;
	w->drain_by = worker_now(w) + (u64)w->conf.limits.drain_ms * 1000000;
	/* Who waits in the backlog, or dials from now on, is refused at once. */
	for (size_t i = 0; i < w->nlisteners; i++) {
		if (w->listeners[i].accepting)
			ring_cancel(w, &w->listeners[i], OP_ACCEPT);
		if (w->waits) /* they are another process's too */
			continue;
		shutdown(w->listeners[i].conf.fd, SHUT_RDWR);
		listener_close(&w->listeners[i]);
	}
}

static void worker_accept(struct io_worker *w, bool on)
{
	w->waits = !on;
	for (size_t i = 0; i < w->nlisteners && !w->stopping; i++) {
		struct listener *l = &w->listeners[i];

		if (!on)
			listener_let_in(l);
		if (on && !l->accepting)
			listener_arm(l);
		else if (!on && l->accepting)
			ring_cancel(w, l, OP_ACCEPT);
	}
}

static void worker_listen_for_asks(struct io_worker *w)
{
	struct io_uring_sqe *sqe = ring_sqe(w, NULL, OP_WAKE);

	io_uring_prep_poll_add(sqe, w->wake, POLLIN);
}

/* Somebody asks for something. What is asked after the read wakes once more. */
static void worker_wake(struct io_worker *w)
{
	u64 n;
	u32 asked;

	if (read(w->wake, &n, sizeof(n)) < 0)
		n = 0; /* nothing new: not to be told of it again */
	asked = __atomic_exchange_n(&w->asked, 0, __ATOMIC_ACQ_REL);
	worker_listen_for_asks(w);
	if (asked & ASK_RULES)
		rules_adopt(w);
	if (asked & (ASK_ACCEPT | ASK_WAIT))
		worker_accept(w, asked & ASK_ACCEPT);
	if (asked & ASK_STOP)
		worker_stop(w);
}

static void worker_drain(struct io_worker *w)
{
	struct link *l, *next;

	for (l = w->conns.next; l != &w->conns; l = next) {
		struct conn *c = container_of(l, struct conn, link);

		next = l->next;
		conn_reset(c, FLOW_DRAINED);
		conn_reap(c);
	}
}

static bool worker_done(const struct io_worker *w)
{
	if (!w->stopping || w->nconns || (w->pool[POOL_BULK].lent && w->drain_by))
		return false;
	for (size_t i = 0; i < w->nlisteners; i++)
		if (w->listeners[i].accepting)
			return false;
	return true;
}

/* next: the completion behind it, or NULL. */
static void worker_dispatch(struct io_worker *w, const struct io_uring_cqe *cqe,
			    const struct io_uring_cqe *next)
{
	void *what = (void *)(uintptr_t)(cqe->user_data & ~(u64)OP_MASK);
	enum op op = cqe->user_data & OP_MASK;
	struct direction *d = what;
	struct conn *c;

	if (op == OP_ACCEPT)
		accept_done(what, cqe);
	if (op == OP_WAKE)
		worker_wake(w);
	if (op == OP_SEND)
		zero_copy_done(what, cqe);
	if (op < OP_CONNECT)
		return;
	c = direction_conn(d);
	if (!(cqe->flags & IORING_CQE_F_MORE))
		c->pending--;
	if (op == OP_CONNECT)
		connect_done(c, cqe->res);
	else if (op == OP_RECV)
		relay_received(d, cqe, next && next->user_data == cqe->user_data);
	else if (op == OP_WRITABLE)
		relay_writable(d, cqe->res);
	else
		relay_hangup(d, cqe->res, cqe->flags & IORING_CQE_F_MORE);
	conn_reap(c);
}

static void worker_completions(struct io_worker *w)
{
	struct io_uring_cqe *cqe[BATCH];
	unsigned int n;

	while ((n = io_uring_peek_batch_cqe(&w->ring, cqe, BATCH))) {
		for (unsigned int i = 0; i < n; i++)
			worker_dispatch(w, cqe[i], i + 1 < n ? cqe[i + 1] : NULL);
		io_uring_cq_advance(&w->ring, n);
	}
}

static bool due(struct io_worker *w, u64 *at)
{
	if (!*at || *at > worker_now(w))
		return false;
	*at = 0;
	return true;
}

static void worker_deadlines(struct io_worker *w)
{
	bool again = false;

	if (!link_alone(&w->idle))
		mask_idle(w);
	if (!link_alone(&w->connecting))
		connect_timeouts(w);
	if (!link_alone(&w->resetting))
		reset_looks(w);
	if (!link_alone(&w->quiet))
		conn_timeouts(w);
	if (due(w, &w->drain_by))
		worker_drain(w);
	if (due(w, &w->accept_at) && !w->stopping && !w->waits) {
		w->at_limit = false;
		for (size_t i = 0; i < w->nlisteners; i++)
			listener_resume(&w->listeners[i]);
	}
	/* A buffer whose completion is not seen yet counts as free: then later. */
	if (!io_uring_cq_ready(&w->ring) && !io_uring_cq_has_overflow(&w->ring) &&
	    due(w, &w->tick_at)) {
		for (int i = 0; i < POOLS; i++)
			again |= pool_tick(&w->pool[i]);
	} else if (!w->tick_at) {
		for (int i = 0; i < POOLS; i++)
			again |= w->pool[i].dirty || w->pool[i].dry;
	}
	if (again)
		w->tick_at = worker_now(w) + TICK_NS;
}

/* Buffers that came back go to who waited longest. True: somebody waits still. */
static bool worker_feed(struct io_worker *w)
{
	bool hungry = false;

	for (int i = 0; i < POOLS; i++) {
		struct link *list = &w->starving[i];
		u16 n = pool_free_count(&w->pool[i]);

		while (n-- && !link_alone(list)) {
			struct direction *d = container_of(list->next, struct direction, starving);

			link_remove(&d->starving);
			relay_pump(d);
			conn_reap(direction_conn(d));
		}
		hungry |= !link_alone(list);
	}
	return hungry;
}

/*
 * Nothing moves though some wait for a buffer. Who got one offered had nothing to receive: the
 * next. Or everybody who could give one back waits for somebody else: more buffers, or take some.
 */
static bool worker_relieve(struct io_worker *w)
{
	for (int i = 0; i < POOLS; i++)
		if (!link_alone(&w->starving[i]))
			return pool_free_count(&w->pool[i]) || queue_grow(w, &w->pool[i]) ||
			       queue_spill(w);
	return false;
}

/* One turn: submit, wait, take what has happened. */
static int worker_round(struct io_worker *w)
{
	int r = 0;

	if (worker_feed(w)) {
		r = io_uring_submit_and_get_events(&w->ring);
		if (!ring_broke(r) && !io_uring_cq_ready(&w->ring) && worker_relieve(w))
			return w->broke;
	}
	if (r >= 0 && !io_uring_cq_ready(&w->ring))
		r = worker_wait(w);
	w->now = 0;
	if (!link_alone(&w->idle))
		worker_now(w); /* what came until now is in the ring: see mask_idle() */
	if (ring_broke(r))
		return r;
	worker_completions(w);
	worker_deadlines(w);
	__atomic_store_n(&w->turns, w->turns + 1, __ATOMIC_RELAXED);
	return w->broke;
}

int io_worker_run(struct io_worker *w)
{
	cpu_set_t set;
	int r = 0;

	if (w->conf.cpu >= 0) {
		CPU_ZERO(&set);
		CPU_SET(w->conf.cpu, &set);
		if (sched_setaffinity(0, sizeof(set), &set))
			log_line(LOG_LEVEL_WARNING, "cannot pin to CPU %d: %s", w->conf.cpu,
				 strerror(errno));
	}
	worker_listen_for_asks(w);
	for (size_t i = 0; i < w->nlisteners && !w->waits; i++)
		listener_arm(&w->listeners[i]);
	while (!r && !worker_done(w))
		r = worker_round(w);
	return r;
}
