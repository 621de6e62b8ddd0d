/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What other threads ask of a worker: a bit in w->asked, and a write to an eventfd that its ring polls.
 *
 *   any thread ── bit, write ──▶ eventfd ── OP_WAKE ──▶ the worker reads, takes the bits, does it
 */
#include "worker.h"
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* Bits of w->asked. */
enum ask { ASK_RULES = 1, ASK_STOP = 2, ASK_ACCEPT = 4, ASK_WAIT = 8 };

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
	if (w->stopping || on == !w->waits)
		return;
	w->waits = !on;
	for (size_t i = 0; i < w->nlisteners; i++) {
		struct listener *l = &w->listeners[i];

		if (on)
			listener_resume(l);
		else
			listener_let_in(l);
		if (!on && l->accepting)
			ring_cancel(w, l, OP_ACCEPT);
	}
	__atomic_fetch_add(&w->accepting, on ? 1 : -1, __ATOMIC_RELEASE);
}

void asks_listen(struct io_worker *w)
{
	struct io_uring_sqe *sqe = ring_sqe(w, NULL, OP_WAKE);

	io_uring_prep_poll_add(sqe, w->wake, POLLIN);
}

/* Somebody asks for something. What is asked after the read wakes once more. */
void asks_take(struct io_worker *w)
{
	u64 n;
	u32 asked;

	if (read(w->wake, &n, sizeof(n)) < 0)
		n = 0; /* nothing new: not to be told of it again */
	asked = __atomic_exchange_n(&w->asked, 0, __ATOMIC_ACQ_REL);
	asks_listen(w);
	if (asked & ASK_RULES)
		rules_adopt(w);
	if (asked & (ASK_ACCEPT | ASK_WAIT))
		worker_accept(w, asked & ASK_ACCEPT);
	if (asked & ASK_STOP)
		worker_stop(w);
}
