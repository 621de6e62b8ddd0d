/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Moving the bytes of a direction.
 *
 *   receive ─▶ mask ─▶ queue ─▶ send ─▶ buffer back ─▶ receive
 *                         └─ no room ─▶ stop receiving, wait for room ─┘
 *
 * A send is a plain system call that does not wait: through the ring it would cost the same, and
 * the buffer would come back one turn later. When the other socket is full a poll in the ring
 * waits for room, and the queue may be moved out of the way meanwhile.
 */
#include "worker.h"
#include "zcrx.h"
#include <errno.h>
#include <poll.h>

#define SMALL_IN_A_ROW 8 /* small receives that make a bulk direction light again */

/*
 * Looks for the sender's reset where a receive would not see it: nobody receives meanwhile; or a
 * multishot receive has found data and a reset at once, of which the kernel (6.18 still) takes the
 * data and waits for an event that has been. Multishot: the first to fire may be the end (RDHUP).
 */
static void direction_watch(struct direction *d)
{
	struct io_uring_sqe *sqe;

	if (d->watching)
		return;
	sqe = ring_sqe(direction_conn(d)->w, d, OP_HANGUP);
	io_uring_prep_poll_multishot(sqe, direction_in(d), 0);
	d->watching = true;
}

static void direction_poll(struct direction *d)
{
	struct io_uring_sqe *sqe = ring_sqe(direction_conn(d)->w, d, OP_WRITABLE);

	io_uring_prep_poll_add(sqe, direction_out(d), POLLOUT);
	d->polling = true;
	direction_watch(d);
}

/* A light direction's receive would go on by itself. */
static void direction_pause(struct direction *d)
{
	if (!d->receiving || d->from_bulk || d->cancelling)
		return;
	d->cancelling = true;
	ring_cancel(direction_conn(d)->w, d, OP_RECV);
}

/* The other socket is full: receive no more, wait for room. */
static void direction_blocked(struct direction *d)
{
	direction_pause(d);
	d->probing = true;
	room_look(d);
	direction_poll(d);
	list_append(&direction_conn(d)->w->blocked, &d->blocked);
}

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
		n = splice_through(d, there < room ? there : room);
		if (direction_conn(d)->dead)
			return true;
		if (!n)
			return false;
		direction_took(d, n);
		if (d->head) {
			direction_blocked(d);
			return true;
		}
	}
	direction_await(d);
	return true;
}

static void direction_receive(struct direction *d)
{
	struct io_worker *w = direction_conn(d)->w;
	u32 most = w->pool[POOL_BULK].size, len = 0;
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

/*
 * Whether more follows at once, so that the kernel need not send off a packet that is not full:
 * the next buffer, or the end, which relay_pump() passes on when the queue is empty.
 */
int relay_send_flags(const struct direction *d, const struct buffer *b)
{
	int more = b->next || (d->eof && !d->cut) ? MSG_MORE : 0;

	return MSG_NOSIGNAL | MSG_DONTWAIT | more;
}

/* r: of `asked` bytes, or a negative errno. */
static void direction_sent(struct direction *d, size_t asked, ssize_t r)
{
	struct conn *c = direction_conn(d);

	if (r > 0) {
		conn_touch(c);
		queue_sent(d, (size_t)r);
	}
	if (r == -ENOMEM || r == -ENOBUFS)
		conn_reset(c, FLOW_MEMORY);
	else if (r < 0 && call_failed((int)-r))
		conn_reset(c, FLOW_INTERNAL);
	else if (r < 0 && r != -EAGAIN && r != -EINTR)
		reset_by(c, !d->index);
	else if (r < 0 || (size_t)r < asked)
		direction_blocked(d);
}

/* Sends as much of the queue as the other socket takes. */
static void direction_send(struct direction *d)
{
	struct conn *c = direction_conn(d);

	while (d->head && !d->polling && !d->sending && !c->dead) {
		size_t asked;
		ssize_t r;

		if (zero_copy_send(d))
			return;
		r = queue_send(d, direction_out(d), &asked);
		direction_sent(d, asked, r);
	}
}

static void direction_pass_end(struct direction *d)
{
	struct conn *c = direction_conn(d);

	d->shut = true;
	if (shutdown(direction_out(d), SHUT_WR))
		reset_by(c, !d->index);
	else if (c->dir[!d->index].shut)
		conn_end(c);
}

/* Ended, or one that leads to a side that has reset. */
static bool direction_over(const struct direction *d, const struct conn *c)
{
	return c->dead || (c->lost && c->lost_side != d->index);
}

void relay_pump(struct direction *d)
{
	const struct conn *c = direction_conn(d);

	if (!direction_over(d, c))
		direction_send(d);
	if (!direction_over(d, c) && !d->head && d->eof && !d->shut && !d->cut)
		direction_pass_end(d);
	if (!direction_over(d, c) && !d->eof && !d->receiving && link_alone(&d->starving))
		direction_receive(d);
}

void relay_start(struct conn *c)
{
	conn_touch(c);
	/* Most servers wait to be asked. */
	c->dir[1].drained = true;
	c->dir[1].probing = false;
	relay_pump(&c->dir[0]);
	relay_pump(&c->dir[1]);
}

bool relay_mask(struct direction *d, struct buffer *b)
{
	if (d->masked && !mask_received(d, b)) {
		buffer_give(b);
		return false;
	}
	if (b->len)
		queue_append(d, b);
	else
		buffer_give(b);
	return true;
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
	case -ENOSPC: /* a card's: the ring has no room for more completions now */
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

void relay_sent(struct direction *d, int res)
{
	if (direction_over(d, direction_conn(d)) || !d->head)
		return;
	if (res)
		direction_sent(d, d->head->len, res);
	relay_pump(d);
}

void relay_writable(struct direction *d, int res)
{
	d->polling = false;
	d->writable = res > 0;
	link_remove(&d->blocked);
	relay_pump(d);
}

void relay_hangup(struct direction *d, int res, bool more)
{
	struct conn *c = direction_conn(d);

	bool shut = c->dir[!d->index].shut;

	d->watching = more;
	if (c->dead || (d->eof && shut))
		return;
	/* Ended in both directions it hangs up, though the end may not be received yet. */
	if (res > 0 && (res & POLLERR || (res & POLLHUP && !shut))) {
		reset_by(c, d->index);
		if (!direction_over(d, c))
			direction_pause(d); /* a new receive sees what this one may have missed */
	} else if (!more && (res >= 0 || res == -EINTR || res == -EAGAIN || res == -ECANCELED)) {
		direction_watch(d);
	} else if (!more && !c->lost) { /* its end would not be seen */
		conn_reset(c, res == -ENOMEM ? FLOW_MEMORY : FLOW_INTERNAL);
	}
}
