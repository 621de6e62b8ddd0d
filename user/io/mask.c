/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Masking between receive and send, and the idle timer: `hold_us` after its last bytes a
 * direction that holds some lets them go. The time is the same for all, so the list of
 * directions that hold is in the order of their deadlines.
 */
#include "turn.h"
#include "worker.h"

#define SMALL 16 /* a piece of memory for what a stream held: it lies in the head room */

static void mask_refused(struct direction *d, int r)
{
	conn_reset(direction_conn(d), -r < FLOW_COUNT ? (enum scrim_flow)(-r) : FLOW_INTERNAL);
}

static void mask_rest(struct direction *d)
{
	struct io_worker *w = direction_conn(d)->w;

	if (!d->masked || !stream_held(&d->stream)) {
		link_remove(&d->idle);
		return;
	}
	d->idle_at = worker_now(w) + (u64)w->conf.limits.hold_us * 1000;
	list_append(&w->idle, &d->idle);
}

u32 mask_turn(struct direction *d)
{
	u32 most = direction_conn(d)->w->pool[POOL_BULK].size;

	if (d->masked && !d->turn)
		d->turn = turn_first(most);
	return d->masked ? d->turn : most;
}

bool mask_received(struct direction *d, struct buffer *b)
{
	struct span out = {0};
	struct io_worker *w = direction_conn(d)->w;
	bool timed = d->from_bulk && d->turn;
	u64 begin = timed ? clock_ns() : 0;
	u32 len = b->len;
	int r;

	if (d->rules == w->conf.rules)
		r = stream_feed(&d->stream, w->scratch, b->base, b->len, &out);
	else
		r = rules_feed(d, b->base, b->len, &out);
	if (timed)
		d->turn = turn_next(d->turn, w->pool[POOL_BULK].size, len, clock_ns() - begin);
	if (r < 0) {
		buffer_wipe(b);
		mask_refused(d, r);
		return false;
	}
	b->p = out.p;
	b->len = (u32)out.len;
	mask_rest(d);
	return true;
}

typedef int stream_let_go(struct stream *s, struct mask_scratch *w, u8 *data, struct span *ret_out);

/* Queues what the stream lets go. Returns what it said. */
static int mask_let_go(struct direction *d, stream_let_go *let_go)
{
	struct buffer *b = buffer_new(SMALL);
	struct span out = {0};
	int r;

	if (!b)
		return -FLOW_MEMORY;
	r = let_go(&d->stream, direction_conn(d)->w->scratch, b->base, &out);
	b->p = out.p;
	b->len = (u32)out.len;
	if ((r && r != -FLOW_HL7_UNFINISHED) || !b->len)
		buffer_give(b);
	else
		queue_append(d, b);
	return r;
}

bool mask_finish(struct direction *d)
{
	struct conn *c = direction_conn(d);
	int r;

	link_remove(&d->idle);
	r = mask_let_go(d, stream_finish);
	if (r == -FLOW_HL7_UNFINISHED) {
		flow_refuse(c->w, FLOW_HL7_UNFINISHED, c->l, &c->client, &c->server);
		return true;
	}
	if (r)
		mask_refused(d, r);
	return !r;
}

void mask_cut(struct direction *d)
{
	int r;

	link_remove(&d->idle);
	if (!stream_held(&d->stream))
		return;
	r = mask_let_go(d, stream_idle);
	if (r)
		mask_refused(d, r);
}

void mask_receiving(struct direction *d)
{
	/* Also where the time was running: it may have passed while nothing was received. */
	if (d->masked)
		mask_rest(d);
}

/* w->now is no later than the last look at what has been received. */
void mask_idle(struct io_worker *w)
{
	while (!link_alone(&w->idle)) {
		struct direction *d = container_of(w->idle.next, struct direction, idle);
		struct conn *c = direction_conn(d);
		int r;

		if (d->idle_at > worker_now(w))
			return;
		link_remove(&d->idle);
		if (c->dead)
			continue;
		/*
		 * Not the peer has paused but this side: the rest may be waiting to be received. The
		 * time begins when receiving does: mask_receiving().
		 */
		if (d->polling || !d->receiving || d->cancelling)
			continue;
		r = mask_let_go(d, stream_idle);
		if (r)
			mask_refused(d, r);
		else
			relay_pump(d);
		conn_reap(c);
	}
}
