/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Network cards' queues that a worker receives from without a copy. What comes through such a queue
 * only its own ring can read; so one that is another's is a fault, and all else that is missing
 * only means receiving with a copy.
 */
#include "worker.h"
#include "zcrx.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define PER_BULK  2 /* bytes of a card's memory for each byte of the big buffers, at most */
#define PART_MOST 4 /* it may be one in so many of the worker's memory */

bool nic_wanted(const struct io_worker *w, const struct io_listener *listeners, size_t n)
{
	if (!w->conf.receive[0].interface && !w->conf.receive[1].interface)
		return false;
	for (size_t i = 0; i < n; i++)
		if (listeners[i].zero_copy != IO_ZERO_COPY_OFF)
			return true;
	return false;
}

static bool same_queue(const struct io_queue *a, const struct io_queue *b)
{
	return a->interface && b->interface && !strcmp(a->interface, b->interface) &&
	       a->number == b->number;
}

static void nic_say(struct io_worker *w, const struct io_queue *q, int r)
{
	char what[64] = "queue of no card";

	if (*q->interface)
		snprintf(what, sizeof(what), "interface %s, queue %u", q->interface, q->number);
	if (r)
		log_line(LOG_LEVEL_WARNING, "%s: received with a copy, for %s", what,
			 zcrx_reason(&w->ring, q, r));
	else
		log_line(LOG_LEVEL_NOTICE, "%s: bound, %s", what,
			 *q->interface ? "received from without a copy"
				       : "the kernel copies to it");
}

static int nic_bind(struct io_worker *w, int side, struct err *e)
{
	const struct io_limits *l = &w->conf.limits;
	const struct io_queue *q = &w->conf.receive[side];
	size_t bytes = (size_t)PER_BULK * l->buffers_max * l->buffer_size;
	int r;

	if (!q->interface)
		return 0;
	if (side && same_queue(q, &w->conf.receive[0])) {
		w->nic[side] = w->nic[0];
		return 0;
	}
	r = worker_affords(w, PART_MOST * bytes)
		    ? zcrx_open(&w->pool[POOL_CLIENTS + side], &w->ring, q, bytes)
		    : -ENOBUFS;
	if (r == -EBUSY || r == -EEXIST)
		return err_set(e, -r,
			       "interface %s, queue %u: another program receives from it without a "
			       "copy, and only that one can read what comes through it",
			       q->interface, q->number);
	nic_say(w, q, r);
	if (!r)
		w->nic[side] = (u8)(POOL_CLIENTS + side);
	return 0;
}

int nic_open(struct io_worker *w, struct err *e)
{
	return nic_bind(w, 0, e) ?: nic_bind(w, 1, e);
}
