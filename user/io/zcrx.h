/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A pool whose buffers the network card fills by itself (io_uring's zcrx).
 *
 *   card's receive queue ─▶ pages of the area ─▶ completion: a piece of one ─▶ zcrx_take()
 *                 ▲                                                                 │
 *                 └───────────────── refill ring ◀─ wiped ◀─ buffer_give() ◀────────┘
 *
 * What did not come through that queue (another one, loopback) the kernel copies into the area, so
 * a receive of this kind gets every byte. It takes a page for each packet then.
 */
#ifndef IO_ZCRX_H
#define IO_ZCRX_H

#include "pool.h"
#include <scrim/io.h>

/*
 * Binds a card's queue to the ring, which has IORING_SETUP_CQE32, with about so many bytes of
 * memory for it, which the kernel pins. Needs CAP_NET_ADMIN.
 * 0; negative errno: -EBUSY, -EEXIST: the queue is another program's; else zcrx_reason().
 */
int zcrx_open(struct pool *p, struct io_uring *uring, const struct io_queue *queue, size_t bytes);
/* By pool_close(). */
void zcrx_close(struct pool *p);

/* Why it cannot be, in words; -ENOBUFS: for lack of the worker's memory. */
const char *zcrx_reason(struct io_uring *uring, const struct io_queue *queue, int error);

/* A receive of all that comes, piece by piece. */
void zcrx_prepare(const struct pool *p, struct io_uring_sqe *sqe, int fd);

/*
 * The piece that a completion names, or a short one's copy; the caller's until buffer_give(). NULL:
 * out of memory, and the piece is lost. A piece (its pool is p) begins at `p`, SCRIM_HEADROOM in
 * front of `base`, and is longer than that.
 */
struct buffer *zcrx_take(struct pool *p, const struct io_uring_cqe *cqe);

/* By buffer_give(): wipes it and gives it to the card. */
void zcrx_give(struct buffer *b);

/*
 * The kernel found no page to copy to. True: it has taken back some that were given; else the pool
 * is dry until a buffer is given or pool_tick() is called.
 */
bool zcrx_refilled(struct pool *p);

#endif
