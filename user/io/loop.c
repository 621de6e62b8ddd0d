/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A turn of a worker's loop.
 *
 *   feed who waits for a buffer ─▶ submit, wait ─▶ completions ─▶ deadlines ─▶ the next turn
 */
#include "worker.h"

#define BATCH   64 /* completions looked at together */
#define TICK_NS 100000000ULL

static void loop_drain(struct io_worker *w)
{
	struct link *l, *next;

	for (l = w->conns.next; l != &w->conns; l = next) {
		struct conn *c = container_of(l, struct conn, link);

		next = l->next;
		conn_reset(c, FLOW_DRAINED);
		conn_reap(c);
	}
}

bool loop_done(const struct io_worker *w)
{
	if (!w->stopping || w->nconns || (w->pool[POOL_BULK].lent && w->drain_by))
		return false;
	for (size_t i = 0; i < w->nlisteners; i++)
		if (w->listeners[i].accepting)
			return false;
	return true;
}

/* next: the completion behind it, or NULL. */
static void loop_dispatch(struct io_worker *w, const struct io_uring_cqe *cqe,
			  const struct io_uring_cqe *next)
{
	void *what = (void *)(uintptr_t)(cqe->user_data & ~(u64)OP_MASK);
	enum op op = cqe->user_data & OP_MASK;
	struct direction *d = what;
	struct conn *c;

	if (op == OP_ACCEPT)
		accept_done(what, cqe);
	if (op == OP_WAKE)
		asks_take(w);
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

static void loop_completions(struct io_worker *w)
{
	struct io_uring_cqe *cqe[BATCH];
	unsigned int n;

	while ((n = io_uring_peek_batch_cqe(&w->ring, cqe, BATCH))) {
		for (unsigned int i = 0; i < n; i++)
			loop_dispatch(w, cqe[i], i + 1 < n ? cqe[i + 1] : NULL);
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

static void loop_deadlines(struct io_worker *w)
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
		loop_drain(w);
	if (due(w, &w->accept_at) && !w->stopping && !w->waits) {
		w->at_limit = false;
		listeners_resume(w);
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
static bool loop_feed(struct io_worker *w)
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
static bool loop_relieve(struct io_worker *w)
{
	for (int i = 0; i < POOLS; i++)
		if (!link_alone(&w->starving[i]))
			return pool_free_count(&w->pool[i]) || queue_grow(w, &w->pool[i]) ||
			       queue_spill(w);
	return false;
}

/* One turn: submit, wait, take what has happened. */
int loop_turn(struct io_worker *w)
{
	int r = 0;

	if (loop_feed(w)) {
		r = io_uring_submit_and_get_events(&w->ring);
		if (!ring_broke(r) && !io_uring_cq_ready(&w->ring) && loop_relieve(w))
			return w->broke;
	}
	if (r >= 0 && !io_uring_cq_ready(&w->ring))
		r = w->overdue ? io_uring_submit_and_get_events(&w->ring) : worker_wait(w);
	w->overdue = false;
	w->now = 0;
	if (!link_alone(&w->idle))
		worker_now(w); /* what came until now is in the ring: see mask_idle() */
	if (ring_broke(r))
		return r;
	loop_completions(w);
	if (w->unwatched && !io_uring_cq_has_overflow(&w->ring))
		relay_watch(w);
	loop_deadlines(w);
	__atomic_store_n(&w->turns, w->turns + 1, __ATOMIC_RELAXED);
	return w->broke;
}

u64 io_worker_turns(const struct io_worker *w)
{
	return __atomic_load_n(&w->turns, __ATOMIC_RELAXED);
}
