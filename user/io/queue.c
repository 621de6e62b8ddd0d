/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a direction has received and not yet sent. The buffers themselves are linked, so an idle
 * direction has no memory for it. A reader that stalls may not keep buffers that others need:
 * when a pool has none left, the longest blocked queue moves to memory of its exact size.
 */
#include "worker.h"
#include <errno.h>
#include <string.h>

#define TOGETHER 64 /* buffers that are sent by one call */

void queue_append(struct direction *d, struct buffer *b)
{
	struct io_worker *w = direction_conn(d)->w;

	b->next = NULL;
	if (d->head)
		d->tail->next = b;
	else
		d->head = b;
	d->tail = b;
	d->queued += b->len;
	d->count++;
	if (!b->pool)
		w->spilled += b->len;
	else if (d->polling)
		list_append(&w->blocked, &d->blocked); /* received before the stop took effect */
}

ssize_t queue_send(const struct direction *d, int fd, size_t *ret_asked)
{
	struct iovec piece[TOGETHER];
	struct msghdr m = {.msg_iov = piece};
	const struct buffer *last = d->head;
	ssize_t r;

	*ret_asked = 0;
	for (const struct buffer *b = d->head; b && m.msg_iovlen < TOGETHER; b = b->next) {
		piece[m.msg_iovlen++] = (struct iovec){.iov_base = b->p, .iov_len = b->len};
		*ret_asked += b->len;
		last = b;
	}
	r = m.msg_iovlen == 1 ? send(fd, last->p, last->len, relay_send_flags(d, last))
			      : sendmsg(fd, &m, relay_send_flags(d, last));
	return r < 0 ? -errno : r;
}

void queue_sent(struct direction *d, size_t n)
{
	while (n) {
		struct buffer *b = d->head;
		u32 part = n < b->len ? (u32)n : b->len;

		n -= part;
		b->p += part;
		b->len -= part;
		d->queued -= part;
		if (!b->pool)
			direction_conn(d)->w->spilled -= part;
		if (b->len)
			return;
		d->head = b->next;
		d->count--;
		buffer_give(b);
	}
}

void queue_drop(struct direction *d)
{
	struct io_worker *w = direction_conn(d)->w;

	while (d->head) {
		struct buffer *b = d->head;

		d->head = b->next;
		if (!b->pool)
			w->spilled -= b->len;
		buffer_give(b);
	}
	d->queued = 0;
	d->count = 0;
	link_remove(&d->blocked);
}

static size_t pools_use(const struct io_worker *w)
{
	size_t used = 0;

	for (int i = 0; i < POOLS; i++)
		used += (size_t)w->pool[i].n * w->pool[i].stride;
	return used;
}

bool worker_affords(const struct io_worker *w, size_t more)
{
	size_t used = pools_use(w) + w->spilled + w->nconns * sizeof(struct conn);

	return used + more <= (size_t)w->conf.limits.memory_kib * 1024;
}

bool queue_grow(const struct io_worker *w, struct pool *p)
{
	size_t more = (size_t)p->n * p->stride;

	return pools_use(w) + more <= (size_t)w->conf.limits.memory_kib * 1024 / 2 &&
	       worker_affords(w, more) && pool_grow(p);
}

bool queue_spill(struct io_worker *w)
{
	struct direction *d;
	struct buffer **at, *b, *own;

	if (link_alone(&w->blocked))
		return false;
	d = container_of(w->blocked.next, struct direction, blocked);
	link_remove(&d->blocked);
	for (at = &d->head; (b = *at); at = &(*at)->next) {
		if (!b->pool)
			continue;
		own = worker_affords(w, b->len) ? buffer_new(b->len) : NULL;
		if (!own) {
			conn_reset(direction_conn(d), FLOW_MEMORY);
			queue_drop(d);
			break;
		}
		memcpy(own->p, b->p, b->len);
		own->next = b->next;
		w->spilled += b->len;
		if (d->tail == b)
			d->tail = own;
		*at = own;
		buffer_give(b);
	}
	return true;
}
