/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Receive buffers of one size, lent to the kernel through a provided buffer ring.
 *
 *   memory  ┌ head room ┬ size ... ┐┌ head room ┬ size ... ┐ ...
 *                       ▲ what the kernel is told; a stream writes in front of it
 *
 * The ring goes round, so every buffer in it is part of the working set: it holds few, and more
 * only while all of them are taken. The kernel picks a buffer only inside io_uring_enter() on
 * this thread (DEFER_TASKRUN): between two calls the free ones can be wiped or taken back.
 */
#ifndef IO_POOL_H
#define IO_POOL_H

#include <liburing.h>
#include <scrim/base.h>

struct pool;
struct direction;
struct zcrx;

/* Bytes on their way: a pool's, or (pool NULL) a piece of memory of its own. */
struct buffer {
	struct buffer *next; /* in a direction's queue */
	struct pool *pool;
	u8 *base; /* SCRIM_HEADROOM writable bytes in front */
	u8 *p;    /* what is to be sent */
	u32 len;
	u32 dirty; /* bytes from base on that may hold payload */
	u16 id;
	u16 lent;                 /* sends out of it that the kernel has not said to be over */
	bool given;               /* back to the pool, as soon as they are */
	bool pinned;              /* registered with the ring */
	struct direction *sender; /* whose they are */
} __attribute__((aligned(16)));

struct pool {
	struct io_uring *uring;
	struct io_uring_buf_ring *ring;
	struct buffer *buffers; /* max */
	u16 *spare;             /* ids that are not in the ring */
	u8 *memory;
	size_t bytes;
	u32 size, stride;
	u16 group, entries;
	u16 start, max; /* buffers in use at first, at most */
	u16 n;          /* in use now: in the ring or taken */
	u16 taken;
	u16 lent;          /* of them, those that the kernel sends from */
	u16 peak;          /* the most taken since the last tick */
	bool dirty;        /* a free one may hold payload */
	bool table;        /* the ring has places for pinned buffers */
	struct zcrx *zcrx; /* a network card fills it: zcrx.h; NULL: it does not */
	bool dry;          /* ... and the kernel has found no page of it free */
};

/* Bytes that a buffer of so many takes up. */
u32 pool_stride(u32 size);
/* Memory of p->bytes for payload, and p->max buffers to describe it. 0, negative errno. */
int pool_map(struct pool *p);
/* Makes the ring of `group` with `start` buffers of `size` bytes. 0, negative errno. */
int pool_open(struct pool *p, struct io_uring *uring, u16 group, u32 size, u32 start, u32 max);
/* Wipes and unmaps; the io_uring must be gone. Safe on a zeroed pool. */
void pool_close(struct pool *p);

/* The buffer that the kernel filled with len bytes; the caller's until buffer_give(). */
struct buffer *pool_take(struct pool *p, u16 id, u32 len);
static inline u16 pool_free_count(const struct pool *p)
{
	return p->dry ? 0 : p->n - p->taken;
}

/* Twice the buffers, up to the most. False when there are as many already. */
bool pool_grow(struct pool *p);

/*
 * Registers a buffer with the ring, under its id, so that the kernel need not look up its pages at
 * each send; once, until the pool shrinks. False: not allowed, or no memory to be locked.
 */
bool pool_pin(struct pool *p, struct buffer *b);

/*
 * To be called now and then. Nothing taken since the last call: wipes what is free and shrinks to
 * the start; half or less: halves. True while there is a reason to call again.
 */
bool pool_tick(struct pool *p);

/* A piece of memory with head room in front and room for len bytes; NULL: out of memory. */
struct buffer *buffer_new(u32 len);
/* Gives a buffer back to where it came from, a lent one later; memory of its own is wiped, freed. */
void buffer_give(struct buffer *b);
/* The kernel sends out of it until buffer_returned(), as often: nobody may write to it meanwhile. */
void buffer_lend(struct buffer *b, struct direction *sender);
void buffer_returned(struct buffer *b);
/* Wipes all that a buffer may hold. */
void buffer_wipe(struct buffer *b);

#endif
