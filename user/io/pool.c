/* SPDX-License-Identifier: BSD-2-Clause */
/* Receive buffers: lent to the kernel, wiped, grown and shrunk. */
#include "pool.h"
#include "zcrx.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE 4096U

static void pool_lend(struct pool *p, u16 id)
{
	io_uring_buf_ring_add(p->ring, p->buffers[id].base, p->size, id,
			      io_uring_buf_ring_mask(p->entries), 0);
	io_uring_buf_ring_advance(p->ring, 1);
}

/* Puts n more buffers into use. */
static void pool_add(struct pool *p, u16 n)
{
	for (; n && p->n < p->max; n--, p->n++)
		pool_lend(p, p->spare[p->max - p->n - 1]);
}

/* The kernel keeps a pinned buffer's pages: only without it can they go to the system. */
static bool pool_unpin(struct pool *p, struct buffer *b)
{
	const struct iovec none = {0};

	if (b->pinned)
		b->pinned =
			io_uring_register_buffers_update_tag(p->uring, b->id, &none, NULL, 1) != 1;
	return !b->pinned;
}

/* The ring's last n free buffers leave it: its tail goes back. Their pages go to the system. */
static void pool_drop(struct pool *p, u16 n)
{
	u16 mask = (u16)io_uring_buf_ring_mask(p->entries);

	for (; n && pool_free_count(p); n--) {
		u16 tail = (u16)(p->ring->tail - 1);
		u16 id = p->ring->bufs[tail & mask].bid;

		io_uring_buf_ring_advance(p->ring, -1);
		buffer_wipe(&p->buffers[id]);
		if (pool_unpin(p, &p->buffers[id]))
			madvise(p->memory + (size_t)id * p->stride, p->stride,
				MADV_DONTNEED_LOCKED);
		p->n--;
		p->spare[p->max - p->n - 1] = id;
	}
}

static u16 power_of_two(u32 n)
{
	u16 p = 1;

	while (p < n)
		p <<= 1;
	return p;
}

u32 pool_stride(u32 size)
{
	return (size + SCRIM_HEADROOM + PAGE - 1) & ~(PAGE - 1);
}

int pool_map(struct pool *p)
{
	p->buffers = calloc(p->max, sizeof(*p->buffers));
	p->spare = calloc(p->max, sizeof(*p->spare));
	if (!p->buffers || !p->spare)
		return -ENOMEM;
	p->memory =
		mmap(NULL, p->bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p->memory == MAP_FAILED) {
		p->memory = NULL;
		return -errno;
	}
	/* Payload stays out of core dumps, and out of swap where the limit allows it. */
	if (madvise(p->memory, p->bytes, MADV_DONTDUMP))
		return -errno;
	mlock2(p->memory, p->bytes, MLOCK_ONFAULT);
	return 0;
}

static void pool_divide(struct pool *p)
{
	for (u16 i = 0; i < p->max; i++) {
		p->buffers[i] =
			(struct buffer){.pool = p,
					.base = p->memory + (size_t)i * p->stride + SCRIM_HEADROOM,
					.id = i};
		p->spare[i] = (u16)(p->max - 1 - i);
	}
}

/* The ring's memory is ours, so that any thread can free it once the io_uring is gone. */
static int pool_register(struct pool *p)
{
	struct io_uring_buf_reg reg = {.ring_entries = p->entries, .bgid = p->group};

	p->ring = mmap(NULL, p->entries * sizeof(struct io_uring_buf), PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (p->ring == MAP_FAILED) {
		p->ring = NULL;
		return -errno;
	}
	io_uring_buf_ring_init(p->ring);
	reg.ring_addr = (u64)(uintptr_t)p->ring;
	return io_uring_register_buf_ring(p->uring, &reg, 0);
}

int pool_open(struct pool *p, struct io_uring *uring, u16 group, u32 size, u32 start, u32 max)
{
	int err;

	if (!start || max < start || max > 32768)
		return -EINVAL;
	*p = (struct pool){.uring = uring,
			   .group = group,
			   .size = size,
			   .start = (u16)start,
			   .max = (u16)max,
			   .entries = power_of_two(max)};
	p->stride = pool_stride(size);
	p->bytes = (size_t)p->stride * max;
	err = pool_map(p);
	if (err)
		goto out;
	pool_divide(p);
	err = pool_register(p);
	if (err)
		goto out;
	pool_add(p, p->start);
	return 0;
out:
	pool_close(p);
	return err;
}

void pool_close(struct pool *p)
{
	if (p->zcrx)
		zcrx_close(p);
	if (p->ring)
		munmap(p->ring, p->entries * sizeof(struct io_uring_buf));
	if (p->memory) {
		/* What the kernel still sends from is its own from now on, with the bytes in it. */
		for (u16 i = 0; p->buffers && i < p->max; i++)
			if (!p->buffers[i].lent)
				buffer_wipe(&p->buffers[i]);
		munmap(p->memory, p->bytes);
	}
	free(p->buffers);
	free(p->spare);
	*p = (struct pool){0};
}

struct buffer *pool_take(struct pool *p, u16 id, u32 len)
{
	struct buffer *b = &p->buffers[id];

	if (++p->taken > p->peak)
		p->peak = p->taken;
	b->next = NULL;
	b->p = b->base;
	b->len = len;
	if (len > b->dirty)
		b->dirty = len;
	p->dirty = true;
	return b;
}

bool pool_grow(struct pool *p)
{
	if (p->n == p->max)
		return false;
	pool_add(p, p->n);
	return true;
}

bool pool_pin(struct pool *p, struct buffer *b)
{
	const struct iovec whole = {.iov_base = b->base - SCRIM_HEADROOM, .iov_len = p->stride};

	if (!p->table)
		p->table = !io_uring_register_buffers_sparse(p->uring, p->max);
	if (p->table && !b->pinned)
		b->pinned =
			io_uring_register_buffers_update_tag(p->uring, b->id, &whole, NULL, 1) == 1;
	return b->pinned;
}

bool pool_tick(struct pool *p)
{
	if (p->zcrx) {
		p->dry = false;
		return false;
	}
	if (!p->peak) {
		pool_drop(p, p->n - p->start);
		for (u16 i = 0; p->dirty && i < p->max; i++)
			buffer_wipe(&p->buffers[i]);
		p->dirty = false;
	} else if (p->n > p->start && p->peak + p->lent <= p->n / 2) {
		pool_drop(p, p->n / 2 < p->start ? p->n - p->start : p->n / 2);
	}
	p->peak = p->taken;
	return p->dirty || p->n > p->start;
}

struct buffer *buffer_new(u32 len)
{
	struct buffer *b = malloc(sizeof(*b) + SCRIM_HEADROOM + len);

	if (!b)
		return NULL;
	*b = (struct buffer){.base = (u8 *)(b + 1) + SCRIM_HEADROOM, .len = len, .dirty = len};
	b->p = b->base;
	return b;
}

void buffer_give(struct buffer *b)
{
	if (b->lent) {
		b->given = true;
		return;
	}
	if (b->pool) {
		if (b->pool->zcrx) {
			zcrx_give(b);
			return;
		}
		b->pool->taken--;
		pool_lend(b->pool, b->id);
		return;
	}
	buffer_wipe(b);
	free(b);
}

void buffer_lend(struct buffer *b, struct direction *sender)
{
	b->sender = sender;
	if (!b->lent++)
		b->pool->lent++;
}

void buffer_returned(struct buffer *b)
{
	if (--b->lent)
		return;
	b->pool->lent--;
	if (b->given) {
		b->given = false;
		buffer_give(b);
	}
}

void buffer_wipe(struct buffer *b)
{
	if (!b->dirty)
		return;
	explicit_bzero(b->base - SCRIM_HEADROOM, SCRIM_HEADROOM + b->dirty);
	b->dirty = 0;
}
