/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life of a worker's thread:
 *
 *   main                          thread
 *   worker_start ────────────────▶ io_worker_new
 *        waits ◀──── ready ─────── privilege_drop
 *                                  io_worker_run
 *   worker_stop  ────────────────▶ drains
 *        SIGUSR1 ◀──────────────── ends
 *   worker_join
 */
#include "worker.h"
#include "privilege.h"
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>

struct start {
	struct worker *worker;
	int rc;
	struct err *err;
	sem_t ready;
};

static void *thread_main(void *arg)
{
	struct start *start = arg;
	struct worker *w = start->worker;
	int rc;

	rc = io_worker_new(&w->conf, w->listeners, w->nlisteners, &w->io, start->err);
	if (!rc) {
		rc = privilege_drop(w->steers);
		if (rc)
			err_set(start->err, -rc, "giving up privileges: %s", strerror(-rc));
	}
	start->rc = rc;
	sem_post(&start->ready); /* start may be gone from here on */
	if (rc)
		return NULL;
	w->rc = io_worker_run(w->io);
	__atomic_store_n(&w->ended, true, __ATOMIC_RELEASE);
	pthread_kill(w->main, SIGUSR1);
	return NULL;
}

int worker_start(struct worker *w, struct err *e)
{
	struct start start = {.worker = w, .err = e};
	int rc;

	sem_init(&start.ready, 0, 0);
	rc = pthread_create(&w->thread, NULL, thread_main, &start);
	if (rc) {
		sem_destroy(&start.ready);
		return err_set(e, rc, "a worker's thread: %s", strerror(rc));
	}
	while (sem_wait(&start.ready))
		;
	sem_destroy(&start.ready);
	w->started = true;
	if (start.rc)
		worker_join(w);
	return start.rc;
}

void worker_rules(struct worker *w, struct io_ruleset *rules)
{
	if (w->started && w->io)
		io_worker_rules(w->io, rules);
}

const struct io_ruleset *worker_ruled_by(const struct worker *w)
{
	return w->started && w->io ? io_worker_ruled_by(w->io) : NULL;
}

void worker_accept(struct worker *w, bool on)
{
	if (w->started && w->io)
		io_worker_accept(w->io, on);
}

u32 worker_accepting(const struct worker *w)
{
	return w->started && w->io ? io_worker_accepting(w->io) : 0;
}

void worker_stop(struct worker *w)
{
	if (w->started && w->io)
		io_worker_stop(w->io);
}

bool worker_ended(const struct worker *w)
{
	return __atomic_load_n(&w->ended, __ATOMIC_ACQUIRE);
}

bool worker_still(const struct worker *w)
{
	return w->started && !worker_ended(w) && io_worker_turns(w->io) == w->turns;
}

void worker_mark(struct worker *w)
{
	if (w->started)
		w->turns = io_worker_turns(w->io);
}

int worker_join(struct worker *w)
{
	if (!w->started)
		return w->rc;
	pthread_join(w->thread, NULL);
	w->started = false;
	io_worker_free(w->io);
	w->io = NULL;
	return w->rc;
}
