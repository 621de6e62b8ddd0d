/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A reset is carried over to the other end, behind the bytes that came before it.
 *
 *   A resets ─▶ what A's socket still holds is received, masked, sent to B
 *            ─▶ B has acknowledged all of it ─▶ both sockets are closed, which resets B
 *
 * Closing earlier would throw away what B's socket has not delivered yet. The kernel does not tell
 * when the last byte is acknowledged, so it is asked, all LOOK_NS. What B does not take for
 * `reset_timeout` is given up, and counted.
 *
 * What the mask still holds of A's bytes goes out by the idle timer's rule (mask_cut()): they were
 * acknowledged, nothing can follow that makes a value of them, and had A waited for `hold` before
 * its reset they would be there. A reset of scrim's own, conn_reset(), lets go of nothing.
 */
#include "worker.h"
#include <linux/bpf.h>
#include <linux/tcp.h>
#include <sys/socket.h>

#define LOOK_NS 25000000ULL

static bool side_info(const struct conn *c, int side, struct tcp_info *ret_info)
{
	socklen_t len = sizeof(*ret_info);

	return !getsockopt(c->fd[side], IPPROTO_TCP, TCP_INFO, ret_info, &len);
}

bool reset_after_end(const struct direction *d, const struct conn *c)
{
	struct tcp_info info = {0};

	/* The end has a place of its own in the sequence of bytes. */
	return side_info(c, d->index, &info) && info.tcpi_bytes_received == d->received + 1;
}

/* Who has reset takes nothing more, and what the other end sends is for nobody. */
static void direction_abandon(struct direction *d)
{
	link_remove(&d->idle);
	link_remove(&d->starving);
	queue_drop(d);
	if (d->receiving && !d->cancelling) {
		d->cancelling = true;
		ring_cancel(direction_conn(d)->w, d, OP_RECV);
	}
}

void reset_by(struct conn *c, int side)
{
	if (c->dead || (c->lost && c->lost_side == side))
		return;
	if (c->lost) { /* now both are gone */
		conn_die(c);
		return;
	}
	flow_count(c->w, side ? FLOW_SERVER_RESET : FLOW_CLIENT_RESET);
	c->lost = true;
	c->lost_side = (u8)side;
	link_remove(&c->quiet); /* reset_timeout is shorter, and has a reason of its own */
	direction_abandon(&c->dir[!side]);
	c->look_at = worker_now(c->w);
	c->give_up_at = 0;
	/* In front: every other look is due no earlier. */
	link_remove(&c->resetting);
	list_append(c->w->resetting.next, &c->resetting);
}

/* Whether all that came before the reset has arrived: up to the kernel of the other end. */
static bool reset_delivered(const struct direction *d, const struct tcp_info *out)
{
	return d->eof && !d->head && (d->cut || d->shut) && !out->tcpi_unacked &&
	       !out->tcpi_notsent_bytes;
}

static void reset_look(struct conn *c)
{
	struct io_worker *w = c->w;
	struct tcp_info out = {0};

	if (!side_info(c, !c->lost_side, &out) || out.tcpi_state == BPF_TCP_CLOSE ||
	    reset_delivered(&c->dir[c->lost_side], &out)) {
		conn_die(c);
		return;
	}
	if (!c->give_up_at || out.tcpi_bytes_acked != c->acked) {
		c->acked = out.tcpi_bytes_acked;
		c->give_up_at = worker_now(w) + (u64)w->conf.limits.reset_ms * 1000000;
	} else if (c->give_up_at <= worker_now(w)) {
		flow_refuse(w, FLOW_UNDELIVERED, c->l, &c->client, &c->server);
		conn_die(c);
		return;
	}
	c->look_at = worker_now(w) + LOOK_NS;
	list_append(&w->resetting, &c->resetting);
}

void reset_looks(struct io_worker *w)
{
	for (int n = 0; !link_alone(&w->resetting); n++) {
		struct conn *c = container_of(w->resetting.next, struct conn, resetting);

		if (c->look_at > worker_now(w) || due_enough(w, n))
			return;
		link_remove(&c->resetting);
		reset_look(c);
		conn_reap(c);
	}
}
