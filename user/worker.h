/* SPDX-License-Identifier: BSD-2-Clause */
/* A thread with its relay: made on the thread, for its ring is its own. */
#ifndef SCRIM_WORKER_H
#define SCRIM_WORKER_H

#include <pthread.h>
#include <scrim/io.h>

struct worker {
	/* by the caller, before worker_start() */
	struct io_conf conf;
	struct io_listener *listeners;
	size_t nlisteners;
	bool steers;    /* the kernel's side is in use: what privileges to keep */
	pthread_t main; /* gets SIGUSR1 when the thread ends */
	/* the thread's */
	pthread_t thread;
	bool started;
	struct io_worker *io;
	int rc; /* of the run */
	bool ended;
	u64 turns; /* of its loop, when worker_mark() was called */
};

/*
 * Starts the thread and waits until its relay stands. 0, or negative with e set.
 * Signals must be blocked already: the thread inherits that.
 */
int worker_start(struct worker *w, struct err *e);

/* Has it go over to another ruleset; which it has gone over to (NULL: it has not begun). */
void worker_rules(struct worker *w, struct io_ruleset *rules);
const struct io_ruleset *worker_ruled_by(const struct worker *w);

/* io_worker_accept(); how many accepts are in the ring. */
void worker_accept(struct worker *w, bool on);
u32 worker_accepting(const struct worker *w);

/* Begins the drain. */
void worker_stop(struct worker *w);

bool worker_ended(const struct worker *w);

/* Whether it runs and has not done a turn of its loop since worker_mark(): maybe it is stuck. */
bool worker_still(const struct worker *w);
void worker_mark(struct worker *w);

/* Waits for the thread; returns what its run did. */
int worker_join(struct worker *w);

#endif
