/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A connection's life: made at accept, ended by itself or by a reset, freed when the ring has
 * no operation on it left.
 *
 *   conn_new ─▶ connecting ─▶ relaying ─▶ conn_end    ─┐
 *                    │            ├─────▶ reset_by ────┤
 *                    └────────────┴─────▶ conn_reset  ─┴▶ dead ─▶ (pending == 0) ─▶ conn_reap
 */
#include "worker.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void direction_init(struct direction *d, u8 index, struct io_ruleset *rules,
			   const struct io_role *role, bool masked, const struct listener *l)
{
	*d = (struct direction){.index = index,
				.masked = masked && role->policy,
				.probing = true,
				.nic = l->conf.zero_copy == IO_ZERO_COPY_OFF ? 0 : l->w->nic[index],
				.zero_copy = (u8)zero_copy_start(l)};
	ruleset_use(&d->rules, rules);
	if (d->masked)
		stream_init(&d->stream, role->policy, role->counters);
	link_init(&d->idle);
	link_init(&d->starving);
	link_init(&d->blocked);
}

struct conn *conn_new(struct listener *l, int fd, const union io_addr *client,
		      const struct io_role *role)
{
	struct conn *c = aligned_alloc(16, (sizeof(*c) + 15) & ~(size_t)15);

	if (!c)
		return NULL;
	*c = (struct conn){
		.w = l->w, .l = l, .fd = {fd, -1}, .client = *client, .traffic = role->traffic};
	if (c->traffic)
		count_add(&c->traffic->connections, 1);
	direction_init(&c->dir[0], 0, l->w->conf.rules, role, l->conf.mask_to_server, l);
	direction_init(&c->dir[1], 1, l->w->conf.rules, role, l->conf.mask_to_client, l);
	link_init(&c->link);
	link_init(&c->connecting);
	link_init(&c->resetting);
	link_init(&c->quiet);
	list_append(&l->w->conns, &c->link);
	l->w->nconns++;
	return c;
}

static void direction_drop(struct direction *d)
{
	link_remove(&d->idle);
	link_remove(&d->starving);
	queue_drop(d);
	if (d->masked)
		stream_drop(&d->stream);
	ruleset_use(&d->rules, NULL);
}

/* By what they are and not by descriptor: the ring would look through all that it has armed. */
static void direction_cancel(struct direction *d)
{
	struct io_worker *w = direction_conn(d)->w;

	if (d->receiving && !d->cancelling)
		ring_cancel(w, d, OP_RECV);
	if (d->polling)
		ring_cancel(w, d, OP_WRITABLE);
	if (d->watching)
		ring_cancel(w, d, OP_HANGUP);
}

void conn_die(struct conn *c)
{
	if (c->dead)
		return;
	c->dead = true;
	link_remove(&c->resetting);
	link_remove(&c->quiet);
	if (!c->pending)
		return;
	if (!c->connected)
		ring_cancel(c->w, &c->dir[0], OP_CONNECT);
	direction_cancel(&c->dir[0]);
	direction_cancel(&c->dir[1]);
}

void conn_touch(struct conn *c)
{
	struct io_worker *w = c->w;

	if (!w->conf.limits.idle_ms || c->lost)
		return;
	c->quiet_by = worker_now(w) + (u64)w->conf.limits.idle_ms * 1000000;
	list_append(&w->quiet, &c->quiet);
}

void conn_timeouts(struct io_worker *w)
{
	for (int n = 0; !link_alone(&w->quiet); n++) {
		struct conn *c = container_of(w->quiet.next, struct conn, quiet);

		if (c->quiet_by > worker_now(w) || due_enough(w, n))
			return;
		conn_reset(c, FLOW_IDLE_TIMEOUT);
		conn_reap(c);
	}
}

void conn_reset(struct conn *c, enum scrim_flow reason)
{
	if (c->dead)
		return;
	flow_refuse(c->w, reason, c->l, &c->client, &c->server);
	conn_die(c);
}

void conn_end(struct conn *c)
{
	const struct linger wait = {0};

	if (c->dead)
		return;
	/* Both ends have said all: what the kernel still has to deliver is to be delivered. */
	if (setsockopt(c->fd[0], SOL_SOCKET, SO_LINGER, &wait, sizeof(wait)) ||
	    setsockopt(c->fd[1], SOL_SOCKET, SO_LINGER, &wait, sizeof(wait))) {
		conn_reset(c, FLOW_INTERNAL);
		return;
	}
	flow_count(c->w, FLOW_RELAYED);
	conn_die(c);
}

static void conn_close(struct conn *c)
{
	c->closed = true;
	direction_drop(&c->dir[0]);
	direction_drop(&c->dir[1]);
	close(c->fd[0]);
	if (c->fd[1] >= 0)
		close(c->fd[1]);
	link_remove(&c->connecting);
	c->w->nconns--;
	gate_leave(c->l);
	if (c->w->at_limit)
		c->w->accept_at = worker_now(c->w);
}

/* The kernel gives lent buffers back when they are acknowledged, or after a reset by the close. */
void conn_reap(struct conn *c)
{
	if (!c->dead || c->pending > c->lent)
		return;
	if (!c->closed)
		conn_close(c);
	if (c->pending)
		return;
	link_remove(&c->link);
	free(c);
}
