/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One daemon takes over from another: listening sockets, lock, counters.
 *
 *   old, serving                        new
 *     ◀───────────── "takeover" ──────────┤ its configuration compiled
 *     ├─ descriptors, version ───────────▶│ loads the kernel's side, workers that accept nobody,
 *     │                                   │ swaps the programs: the sockets in them are the same
 *     ◀───────────── "ready" ─────────────┤ nothing is left that could fail
 *     │ cancels its accepts, all are gone │
 *     ├─ "yours" ────────────────────────▶│ its own sign of life in the programs
 *     ◀───────────── "taken" ─────────────┤
 *     drains                              │ accepts: first what waits in the queues
 *
 * Whoever dials meanwhile waits in the sockets' queues. Whatever goes wrong before "taken", the old
 * one puts its own programs back and accepts again.
 */
#ifndef SCRIM_TAKEOVER_H
#define SCRIM_TAKEOVER_H

#include "listen.h"

#define TAKEOVER_ASK "takeover" /* the request, of control.h */

/* What was handed over. */
struct takeover {
	int conn; /* to the old daemon; -1: over, or none */
	struct kern_handed kern;
	int control; /* its listening socket, or -1 */
	u32 version; /* of its ruleset */
	struct listen_inherited *sockets;
	size_t n, cap;
};

void takeover_init(struct takeover *t);

/* Asks the daemon of this instance, and receives what it hands over. 0, or negative with e set. */
int takeover_ask(const char *instance, struct takeover *ret_t, struct err *e);

/* Everything stands: waits until the old daemon accepts nobody any more. 0, or negative with e set. */
int takeover_ready(struct takeover *t, struct err *e);

/* Tells that connections will be accepted here: the old one may drain. 0, or negative with e set. */
int takeover_taken(struct takeover *t, struct err *e);

/* Closes what is not in use elsewhere by now. */
void takeover_end(struct takeover *t);

/* The old side: hands all over. 0, -errno. */
int takeover_hand(int conn, const struct kern *k, const struct listen *l, int control, u32 version);
/*
 * The old side: 1: the other one has said this word, "ready" or "taken"; 0: it is gone, or has said
 * another one; -errno: receiving has failed, which says nothing of the other one.
 */
int takeover_heard(int conn, const char *word);
/* The old side: says "yours". 0, -errno. */
int takeover_yield(int conn);

#endif
