/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Receiving of a direction, up to the queue.
 *
 *   light   multishot, small buffers, as it comes
 *   bulk    one at a time, into a big buffer, of no more bytes than the other socket has room for;
 *           where nothing is masked, by a pipe: splice.c
 *   card    multishot, pieces of the card's memory: zcrx.c
 */
#include "worker.h"
#include "zcrx.h"
#include <errno.h>
#include <poll.h>

#define SMALL_IN_A_ROW 8 /* small receives that make a bulk direction light again */

/* Big buffers for who fills small ones, small ones for who does not fill a small one. */
static void direction_adapt(struct direction *d, u32 len)
{
	u32 light = direction_conn(d)->w->pool[POOL_LIGHT].size;

	d->probing = false;
	if (!d->bulk) {
		d->bulk = len == light;
		d->small = 0;
		if (d->bulk)
			direction_pause(d);
	} else if (len > light / 2) {
		d->small = 0;
	} else if (++d->small == SMALL_IN_A_ROW) {
		d->bulk = false;
	}
}

/* Bytes have come, and are received. */
static void direction_took(struct direction *d, u32 len)
{
	struct scrim_listener_row *traffic = direction_conn(d)->traffic;

	if (traffic)
		count_add(d->index ? &traffic->server_bytes : &traffic->client_bytes, len);
	conn_touch(direction_conn(d));
	d->received += len;
	if (!d->nic)
		direction_adapt(d, len);
}

/* Waits for bytes, as a receive would, but leaves them where they are. */
static void direction_await(struct direction *d)
{
	struct io_uring_sqe *sqe = ring_sqe(direction_conn(d)->w, d, OP_RECV);

	io_uring_prep_poll_add(sqe, direction_in(d), POLLIN | POLLRDHUP);
	d->receiving = d->from_bulk = d->awaiting = true;
}

/* Takes what is there past the ring. True: that goes on; false: a receive must tell what comes next. */
static bool direction_splice(struct direction *d, u32 room)
{
	u32 there = splice_there(d), n;

	if (there || d->woken) {
		d->woken = false;
		n = splice_take(d, there < room ? there : room);
		if (!n)
			return false;
		direction_took(d, n);
		splice_pass(d, n);
		if (direction_conn(d)->dead)
			return true;
		if (d->head) {
			direction_blocked(d);
			return true;
		}
	}
	direction_await(d);
	return true;
}

void direction_receive(struct direction *d)
{
	struct io_worker *w = direction_conn(d)->w;
	u32 most = mask_turn(d), len = 0;
	struct io_uring_sqe *sqe;

	if (d->polling || d->count > 1)
		return;
	if (d->bulk) {
		bool splices = splice_may(d);

		len = room_left(d, splices ? w->pipe_size : most);
		if (!len) {
			if (!d->head)
				direction_poll(d);
			return;
		}
		d->writable = false;
		if (splices && direction_splice(d, len))
			return;
		len = len < most ? len : most;
	}
	sqe = ring_sqe(w, d, OP_RECV);
	if (d->nic)
		zcrx_prepare(&w->pool[d->nic], sqe, direction_in(d));
	else if (d->bulk || d->probing)
		io_uring_prep_recv(sqe, direction_in(d), NULL, len, 0);
	else
		io_uring_prep_recv_multishot(sqe, direction_in(d), NULL, 0, 0);
	if (d->drained)
		sqe->ioprio |= IORING_RECVSEND_POLL_FIRST; /* saves a try in vain */
	if (!d->nic) {
		io_uring_sqe_set_flags(sqe, IOSQE_BUFFER_SELECT);
		sqe->buf_group = d->bulk ? POOL_BULK : POOL_LIGHT;
	}
	d->from_bulk = d->bulk;
	d->receiving = true;
	mask_receiving(d);
}

static void direction_got(struct direction *d, struct buffer *b)
{
	direction_took(d, b->len);
	if (d->nic)
		piece_got(d, b);
	else
		relay_mask(d, b);
}

/* The sender has reset, and all that came before it is received. */
static void direction_cut(struct direction *d)
{
	struct conn *c = direction_conn(d);

	d->eof = d->cut = true;
	reset_by(c, d->index);
	if (!c->dead && d->masked)
		mask_cut(d);
}

/* The sender has ended. What it may still do is reset. */
static void direction_ended(struct direction *d)
{
	struct conn *c = direction_conn(d);

	if (c->lost && !reset_after_end(d, c)) {
		direction_cut(d);
		return;
	}
	d->eof = true;
	if (d->masked && !mask_finish(d))
		return;
	if (!c->dir[!d->index].shut)
		direction_watch(d);
}

/* What a receive was given or has taken; NULL: nothing, or (of a card's, res > 0) out of memory. */
static struct buffer *direction_buffer(struct direction *d, const struct io_uring_cqe *cqe)
{
	struct pool *pool = direction_conn(d)->w->pool;

	if (d->nic)
		return cqe->res > 0 ? zcrx_take(&pool[d->nic], cqe) : NULL;
	if (!(cqe->flags & IORING_CQE_F_BUFFER))
		return NULL;
	return pool_take(&pool[d->from_bulk ? POOL_BULK : POOL_LIGHT],
			 (u16)(cqe->flags >> IORING_CQE_BUFFER_SHIFT),
			 cqe->res > 0 ? (u32)cqe->res : 0);
}

static void direction_failed(struct direction *d, int res)
{
	struct conn *c = direction_conn(d);

	switch (res) {
	case -ENOBUFS:
		list_append(&c->w->starving[d->bulk ? POOL_BULK : POOL_LIGHT], &d->starving);
		break;
	case -ENOMEM:
		if (!d->nic)
			conn_reset(c, FLOW_MEMORY);
		else if (!zcrx_refilled(&c->w->pool[d->nic]))
			list_append(&c->w->starving[d->nic], &d->starving);
		break;
	case -ENOSPC: /* a card's: the ring has no room for more completions, nor has it at once */
		if (d->nic)
			list_append(&c->w->starving[d->nic], &d->starving);
		break;
	case -ECANCELED:
	case -EINTR:
	case -EAGAIN:
		break;
	default:
		if (call_failed(-res)) /* EFAULT: a card's queue of another ring has the bytes */
			conn_reset(c, FLOW_INTERNAL);
		else
			direction_cut(d);
	}
}

void relay_received(struct direction *d, const struct io_uring_cqe *cqe, bool more)
{
	struct conn *c = direction_conn(d);
	struct buffer *b;

	if (d->awaiting) {
		d->awaiting = d->receiving = d->cancelling = d->drained = false;
		d->woken = true;
		relay_pump(d);
		return;
	}
	b = direction_buffer(d, cqe);
	if (!(cqe->flags & IORING_CQE_F_MORE))
		d->receiving = d->cancelling = false;
	d->drained = cqe->res > 0 && !(cqe->flags & IORING_CQE_F_SOCK_NONEMPTY);
	if (b && (direction_over(d, c) || cqe->res <= 0)) {
		buffer_give(b);
		b = NULL;
	}
	if (direction_over(d, c))
		return;
	if (b)
		direction_got(d, b);
	else if (!cqe->res)
		direction_ended(d);
	else if (cqe->res > 0)
		conn_reset(c, FLOW_MEMORY);
	else
		direction_failed(d, cqe->res);
	if (more)
		return;
	relay_pump(d);
	if (cqe->res > 0 && cqe->flags & IORING_CQE_F_MORE && !direction_over(d, c))
		direction_watch(d);
}
