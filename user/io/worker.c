/* SPDX-License-Identifier: BSD-2-Clause */
/* A worker: made, run on its thread, freed. */
#include "worker.h"
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define LIGHT_SIZE 16384U
#define LIGHT_PER  32U /* light buffers for each big one */

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
				.buffer_size = 1024 * 1024,
				.buffers = 1,
				.buffers_max = 32,
				.line_memo = 1,
				.busy_wait_us = 20,
				.busy_share = 10};
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
	w->accepting = !conf->waits;
	w->ring.ring_fd = -1;
	own_open(w);
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

/* Before its memory is touched: that is then near to its core. */
static void worker_pin(const struct io_conf *conf)
{
	cpu_set_t set;

	if (conf->cpu < 0)
		return;
	CPU_ZERO(&set);
	CPU_SET(conf->cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		log_line(LOG_LEVEL_WARNING, "cannot pin to CPU %d: %s", conf->cpu, strerror(errno));
}

int io_worker_new(const struct io_conf *conf, const struct io_listener *listeners, size_t n,
		  struct io_worker **ret_w, struct err *e)
{
	struct io_worker *w;
	int r;

	worker_pin(conf);
	w = worker_alloc(conf);
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
	if (!conf->limits.line_memo)
		mask_scratch_forget(w->scratch);
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
	own_close(w);
	mask_scratch_free(w->scratch);
	free(w->listeners);
	if (w->wake >= 0)
		close(w->wake);
	splice_close(w);
	free(w);
}

int io_worker_run(struct io_worker *w)
{
	int r = 0;

	asks_listen(w);
	for (size_t i = 0; i < w->nlisteners && !w->waits; i++)
		listener_arm(&w->listeners[i]);
	while (!r && !loop_done(w))
		r = loop_turn(w);
	return r;
}
