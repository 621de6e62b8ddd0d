/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Moving the bytes of a direction.
 *
 *   receive ─▶ mask ─▶ queue ─▶ send ─▶ buffer back ─▶ receive
 *                         └─ no room ─▶ stop receiving, wait for room ─┘
 *
 * receive.c has the first step. A send is a plain system call that does not wait: through the ring it
 * would cost the same, and the buffer would come back one turn later. When the other socket is full a
 * poll in the ring waits for room, and the queue may be moved out of the way meanwhile.
 */
#include "worker.h"
#include <errno.h>
#include <poll.h>

/*
 * Looks for the sender's reset where a receive would not see it: nobody receives meanwhile; or a
 * multishot receive has found data and a reset at once, of which the kernel (6.18 still) takes the
 * data and waits for an event that has been. Multishot: the first to fire may be the end (RDHUP).
 */
void direction_watch(struct direction *d)
{
	struct io_uring_sqe *sqe;

	if (d->watching)
		return;
	sqe = ring_sqe(direction_conn(d)->w, d, OP_HANGUP);
	io_uring_prep_poll_multishot(sqe, direction_in(d), 0);
	d->watching = true;
	d->unwatched = false;
}

/* No more is of interest: the connection has ended, or will have. */
static bool direction_done(const struct direction *d, const struct conn *c)
{
	return c->dead || (d->eof && c->dir[!d->index].shut);
}

/*
 * The poll has ended. While completions have no room that is why, and one that finds the end (RDHUP),
 * as it does at once, would end in the same way, and its completion take the room: many never stop.
 */
static void direction_watch_again(struct direction *d)
{
	struct io_worker *w = direction_conn(d)->w;

	if (io_uring_cq_has_overflow(&w->ring))
		w->unwatched = d->unwatched = true;
	else
		direction_watch(d);
}

void relay_watch(struct io_worker *w)
{
	w->unwatched = false;
	for (struct link *l = w->conns.next; l != &w->conns; l = l->next) {
		struct conn *c = container_of(l, struct conn, link);

		for (int i = 0; i < 2; i++)
			if (c->dir[i].unwatched && !direction_done(&c->dir[i], c))
				direction_watch(&c->dir[i]);
	}
}

void direction_poll(struct direction *d)
{
	struct io_uring_sqe *sqe = ring_sqe(direction_conn(d)->w, d, OP_WRITABLE);

	io_uring_prep_poll_add(sqe, direction_out(d), POLLOUT);
	d->polling = true;
	direction_watch(d);
}

/* A light direction's receive would go on by itself. */
void direction_pause(struct direction *d)
{
	if (!d->receiving || d->from_bulk || d->cancelling)
		return;
	d->cancelling = true;
	ring_cancel(direction_conn(d)->w, d, OP_RECV);
}

/* The other socket is full: receive no more, wait for room. */
void direction_blocked(struct direction *d)
{
	direction_pause(d);
	d->probing = true;
	room_look(d);
	direction_poll(d);
	list_append(&direction_conn(d)->w->blocked, &d->blocked);
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
	if (direction_done(d, c))
		return;
	/* Ended in both directions it hangs up, though the end may not be received yet. */
	if (res > 0 && (res & POLLERR || (res & POLLHUP && !shut))) {
		reset_by(c, d->index);
		if (!direction_over(d, c))
			direction_pause(d); /* a new receive sees what this one may have missed */
	} else if (!more && (res >= 0 || res == -EINTR || res == -EAGAIN || res == -ECANCELED)) {
		direction_watch_again(d);
	} else if (!more && !c->lost) { /* its end would not be seen */
		conn_reset(c, res == -ENOMEM ? FLOW_MEMORY : FLOW_INTERNAL);
	}
}
