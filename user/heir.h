/* SPDX-License-Identifier: BSD-2-Clause */
/* The daemon that takes over from this one: takeover.h draws what is said. */
#ifndef SCRIM_HEIR_H
#define SCRIM_HEIR_H

#include "takeover.h"
#include "worker.h"

struct heir {
	int conn;     /* -1: there is none */
	int asker;    /* who had it started, and waits for an answer; or -1 */
	int launcher; /* or -1 */
	int pid;
	bool yielded;
	bool unrestored; /* one has failed, and the kernel's side is not wholly this daemon's again */
	u64 by_ms;       /* it has until then */
	/* the daemon's, borrowed */
	struct kern *kern;
	struct worker *workers;
	unsigned int nworkers;
};

/* Hands all over to who asked; conn is the heir's from here on. 0, -errno: it was told, or logged. */
int heir_begin(struct heir *h, int conn, const struct listen *l, int control, u32 version,
	       u64 now_ms);

/* Has it started for `scrim restart`, whose connection `asker` is the heir's from here on. */
void heir_launch(struct heir *h, int asker, u64 now_ms);

/* The launcher has something to say. */
void heir_launched(struct heir *h);

/*
 * To be called when conn is readable, and now and then. Where the heir fails, everything is as it
 * was: this daemon accepts, its programs are in force.
 * Returns 1 when it has taken over, 0 when nothing has come of it yet, or -ECANCELED with e set.
 */
int heir_listen(struct heir *h, bool readable, u64 now_ms, struct err *e);

/*
 * This daemon was told to end, and shuts its sockets, which are the heir's too: one that was not
 * told to begin fails, one that was is heard on.
 */
void heir_refuse(struct heir *h);

#endif
