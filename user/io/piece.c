/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pieces of a card's memory: what lies in front of one is another's, so it has no head room for
 * what its stream carries. It makes its own: its first bytes go on in memory of their own, and
 * where they were the rest has room.
 *
 *   piece      ┌ first ┬ rest ......................┐
 *              └───┬───┴────────────────────────────┘
 *   queue      ┌ head room ┬ first ┐   then   ┌ head room ┬ rest ...... ┐
 */
#include "worker.h"
#include <string.h>

/* The piece's first bytes. NULL: the connection was reset. */
static struct buffer *piece_front(struct direction *d, const struct buffer *piece)
{
	struct conn *c = direction_conn(d);
	struct buffer *b = worker_affords(c->w, SCRIM_HEADROOM) ? buffer_new(SCRIM_HEADROOM) : NULL;

	if (b)
		memcpy(b->base, piece->p, SCRIM_HEADROOM);
	else
		conn_reset(c, FLOW_MEMORY);
	return b;
}

void piece_got(struct direction *d, struct buffer *b)
{
	struct buffer *front;

	if (d->masked && b->pool) {
		front = piece_front(d, b);
		if (!front || !relay_mask(d, front)) {
			buffer_give(b);
			return;
		}
		b->p = b->base;
		b->len -= SCRIM_HEADROOM;
	}
	relay_mask(d, b);
}
