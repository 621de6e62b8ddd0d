/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waiting for completions. To be woken takes longer than most of what a worker does for a message,
 * so it looks for `busy_wait` first, awake, where that has paid lately:
 *
 *   nothing to do ─▶ were most of the last waits short, and is time for it saved (look.h)?
 *                     yes ─▶ look ─▶ something came ──────────────────▶ take it
 *                     no ──────┴───▶ sleep, up to the next deadline ──▶
 *
 * A worker with little to do sleeps, and so does one whose peer needs its processor. To look costs
 * processor time that sleep would not, `busy_share` of it at most; `busy_wait: none` costs nothing.
 */
#include "worker.h"
#include <time.h>

#define HABIT_ONE    1024 /* all of the last waits were short */
#define HABIT_WEIGHT 8    /* how many waits it remembers, about */

u64 clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (u64)t.tv_sec * 1000000000 + (u64)t.tv_nsec;
}

u64 worker_now(struct io_worker *w)
{
	if (!w->now)
		w->now = clock_ns();
	return w->now;
}

/* 0: then no wait is a short one. */
static u64 busy_wait_ns(const struct io_worker *w)
{
	return w->conf.limits.busy_wait_us * 1000ULL;
}

static bool says_look(struct io_worker *w)
{
	return w->habit > HABIT_ONE * 3 / 4 &&
	       look_may(&w->look, clock_ns(), busy_wait_ns(w), w->conf.limits.busy_share);
}

/* A look in vain counts for several waits: who would have come may need this processor. */
static void habit_add(struct io_worker *w, bool brief, bool in_vain)
{
	if (in_vain)
		w->habit /= 2;
	else
		w->habit += ((brief ? HABIT_ONE : 0) - w->habit) / HABIT_WEIGHT;
}

static inline void pause_briefly(void)
{
#ifdef __x86_64__
	__builtin_ia32_pause(); /* the core's other thread has more of it meanwhile */
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

/* The kernel says in the ring that it has completions to deliver to this thread. */
static bool wait_over(const struct io_worker *w)
{
	return io_uring_cq_ready(&w->ring) ||
	       (__atomic_load_n(w->ring.sq.kflags, __ATOMIC_RELAXED) & IORING_SQ_TASKRUN);
}

static bool wait_awake(struct io_worker *w, u64 until)
{
	while (!wait_over(w)) {
		if (clock_ns() >= until)
			return false;
		pause_briefly();
	}
	return true;
}

static u64 earlier(u64 a, u64 b)
{
	return !a || (b && b < a) ? b : a;
}

/* The next deadline, ns; 0: none. */
static u64 wait_deadline(struct io_worker *w)
{
	u64 at = earlier(earlier(w->tick_at, w->drain_by), w->accept_at);
	u64 alive_ms = w->conf.alive_ms;

	if (!link_alone(&w->idle))
		at = earlier(at, container_of(w->idle.next, struct direction, idle)->idle_at);
	if (!link_alone(&w->connecting))
		at = earlier(at,
			     container_of(w->connecting.next, struct conn, connecting)->connect_by);
	if (!link_alone(&w->quiet))
		at = earlier(at, container_of(w->quiet.next, struct conn, quiet)->quiet_by);
	if (!link_alone(&w->resetting))
		at = earlier(at, container_of(w->resetting.next, struct conn, resetting)->look_at);
	if (alive_ms)
		at = earlier(at, worker_now(w) + alive_ms * 1000000);
	return at;
}

static int wait_asleep(struct io_worker *w)
{
	u64 at = wait_deadline(w), now;
	struct __kernel_timespec t;
	struct io_uring_cqe *cqe;

	if (!at)
		return io_uring_submit_and_wait(&w->ring, 1);
	now = worker_now(w);
	at = at > now ? at - now : 0;
	t = (struct __kernel_timespec){.tv_sec = (long long)(at / 1000000000),
				       .tv_nsec = (long long)(at % 1000000000)};
	return io_uring_submit_and_wait_timeout(&w->ring, &cqe, 1, &t, NULL);
}

int worker_wait(struct io_worker *w)
{
	bool looked = says_look(w), in_vain;
	u64 began;
	int r = 0;

	if (looked && io_uring_sq_ready(&w->ring)) {
		r = io_uring_submit_and_get_events(&w->ring);
		if (r < 0 || io_uring_cq_ready(&w->ring))
			return r;
	}
	began = clock_ns();
	in_vain = looked && !wait_awake(w, began + busy_wait_ns(w));
	if (looked)
		look_paid(&w->look, clock_ns() - began);
	if (looked && !in_vain)
		r = io_uring_get_events(&w->ring); /* they are delivered within a call only */
	if (r >= 0 && !io_uring_cq_ready(&w->ring))
		r = wait_asleep(w);
	/* Whoever slept saw what came as much later. */
	habit_add(w, clock_ns() - began < 2 * busy_wait_ns(w), in_vain);
	return r;
}
