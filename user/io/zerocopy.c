/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sending without a copy: the kernel sends out of the buffer itself, which is lent to it.
 *
 *   send ─▶ result: so many bytes taken ─▶ the next send ...
 *     └───▶ notification: acknowledged, the buffer is ours again ─▶ back to the pool
 *
 * It pays where the network card fetches the bytes from there. Where it cannot, or where the other
 * end is on this host, the kernel copies after all, and says so in the notification. So a socket
 * has one try, once it has moved a lot, and goes on only if that was without a copy:
 *
 *   NEW ─▶ TRIED ─┬─ not copied ─▶ ON ─┐
 *                 └─ copied ──────────▶ OFF ◀─ copied, or refused
 *
 * A reader that stalls keeps what it was lent. So at most half of a pool is lent; beyond, sends are
 * ordinary ones.
 */
#include "worker.h"
#include <errno.h>

#define TRY_AFTER (1024 * 1024) /* bytes of a direction: what is short is not worth a try */
#define LEAST     32768U        /* bytes of a send */

enum zero_copy zero_copy_start(const struct listener *l)
{
	if (!(l->w->ring.features & ZERO_COPY_NEEDS))
		return ZERO_COPY_OFF;
	switch (l->conf.zero_copy) {
	case IO_ZERO_COPY_OFF:
		return ZERO_COPY_OFF;
	case IO_ZERO_COPY_ALWAYS:
		return ZERO_COPY_ON;
	default:
		return ZERO_COPY_NEW;
	}
}

/* Whether one buffer more may be lent. */
static bool zero_copy_room(const struct io_worker *w, struct pool *p, const struct buffer *b)
{
	return b->lent || (p->lent + 1) * 2 <= p->n || queue_grow(w, p);
}

static bool zero_copy_pin(struct io_worker *w, struct pool *p, struct buffer *b)
{
	if (w->pins_no_more)
		return false;
	if (pool_pin(p, b))
		return true;
	w->pins_no_more = true;
	log_line(LOG_LEVEL_WARNING,
		 "zero copy: the kernel does not lock a buffer's memory, so sends "
		 "are copied; raise RLIMIT_MEMLOCK (ulimit -l)");
	return false;
}

bool zero_copy_send(struct direction *d)
{
	struct conn *c = direction_conn(d);
	struct pool *p = &c->w->pool[POOL_BULK];
	struct buffer *b = d->head;
	struct io_uring_sqe *sqe;

	if (d->zero_copy != ZERO_COPY_ON &&
	    (d->zero_copy != ZERO_COPY_NEW || d->received < TRY_AFTER))
		return false;
	if (b->pool != p || b->len < LEAST || !zero_copy_room(c->w, p, b) ||
	    !zero_copy_pin(c->w, p, b))
		return false;
	sqe = ring_sqe(c->w, b, OP_SEND);
	io_uring_prep_send_zc_fixed(sqe, direction_out(d), b->p, b->len, relay_send_flags(d, b),
				    IORING_SEND_ZC_REPORT_USAGE, b->id);
	buffer_lend(b, d);
	c->pending++;
	d->sending = true;
	if (d->zero_copy == ZERO_COPY_NEW)
		d->zero_copy = ZERO_COPY_TRIED;
	return true;
}

/* What the notification says of the socket. */
static void zero_copy_learn(struct direction *d, u32 usage)
{
	if (direction_conn(d)->l->conf.zero_copy == IO_ZERO_COPY_ALWAYS)
		return;
	if (usage & IORING_NOTIF_USAGE_ZC_COPIED)
		d->zero_copy = ZERO_COPY_OFF;
	else if (d->zero_copy == ZERO_COPY_TRIED)
		d->zero_copy = ZERO_COPY_ON;
}

/* Refused as such, and nothing sent: the ordinary way says what is wrong, if it fails too. */
static int zero_copy_result(struct direction *d, int res)
{
	switch (res) {
	case -EOPNOTSUPP:
	case -EINVAL:
	case -EFAULT:
	case -ENOMEM:
	case -ENOBUFS:
		d->zero_copy = ZERO_COPY_OFF;
		return 0;
	default:
		return res;
	}
}

void zero_copy_done(struct buffer *b, const struct io_uring_cqe *cqe)
{
	struct direction *d = b->sender;
	struct conn *c = direction_conn(d);
	bool last = !(cqe->flags & IORING_CQE_F_MORE), notice = cqe->flags & IORING_CQE_F_NOTIF;

	if (notice) {
		zero_copy_learn(d, (u32)cqe->res);
		c->lent--;
	}
	if (last) {
		c->pending--;
		buffer_returned(b);
	} else {
		c->lent++;
	}
	if (!notice) {
		d->sending = false;
		relay_sent(d, zero_copy_result(d, cqe->res));
	}
	conn_reap(c);
}
