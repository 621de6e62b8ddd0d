/* SPDX-License-Identifier: BSD-2-Clause */
/* Receive buffers of a network card's: its memory, what comes out of it, what goes back. */
#include "zcrx.h"
#include "zcrx_abi.h"
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGES_MOST      8192
#define PIECES_PER_PAGE 4                    /* at most: several packets can lie in one page */
#define SHORT           (2 * SCRIM_HEADROOM) /* a piece that is copied: its page is worth more */

struct zcrx {
	struct zcrx_refill *entries;
	u32 *head, *tail; /* the kernel's and ours */
	u32 id, mask;
	u64 token;
	void *region;
	size_t region_bytes;
};

static size_t page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static size_t whole_pages(size_t bytes)
{
	return (bytes + page_size() - 1) & ~(page_size() - 1);
}

/* The area, and a buffer for each piece that can be out of it at once. */
static int area_map(struct pool *p, size_t bytes)
{
	size_t pages = bytes / page_size();
	u16 pieces = 1;

	if (pages > PAGES_MOST)
		pages = PAGES_MOST;
	while (pieces < pages * PIECES_PER_PAGE)
		pieces <<= 1;
	p->bytes = pages * page_size();
	p->size = (u32)page_size();
	p->stride = (u32)(p->bytes / pieces);
	p->n = p->start = p->max = pieces;
	return pool_map(p);
}

static int region_map(struct zcrx *z, u32 entries)
{
	/* The head and the tail come first; 6.15 and newer need far less than a page for them. */
	z->region_bytes = page_size() + whole_pages(entries * sizeof(struct zcrx_refill));
	z->region = mmap(NULL, z->region_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			 -1, 0);
	if (z->region == MAP_FAILED) {
		z->region = NULL;
		return -ENOMEM;
	}
	return 0;
}

static int queue_register(struct pool *p, const struct io_queue *queue)
{
	struct zcrx *z = p->zcrx;
	struct zcrx_area area = {.address = (u64)(uintptr_t)p->memory, .bytes = p->bytes};
	struct zcrx_region region = {.address = (u64)(uintptr_t)z->region,
				     .bytes = z->region_bytes,
				     .flags = ZCRX_USER_MEMORY};
	struct zcrx_queue q = {.entries = p->max,
			       .area = (u64)(uintptr_t)&area,
			       .region = (u64)(uintptr_t)&region};
	int r;

	if (*queue->interface) {
		q.interface = if_nametoindex(queue->interface);
		q.queue = queue->number;
		if (!q.interface)
			return -ENODEV;
	} else {
		q.flags = ZCRX_NO_DEVICE;
	}
	r = io_uring_register((u32)p->uring->ring_fd, ZCRX_REGISTER_QUEUE, &q, 1);
	if (r)
		return r;
	z->id = q.id;
	z->token = area.token;
	z->mask = q.entries - 1;
	z->head = (u32 *)((u8 *)z->region + q.offsets.head);
	z->tail = (u32 *)((u8 *)z->region + q.offsets.tail);
	z->entries = (struct zcrx_refill *)((u8 *)z->region + q.offsets.entries);
	return 0;
}

int zcrx_open(struct pool *p, struct io_uring *uring, const struct io_queue *queue, size_t bytes)
{
	int r;

	*p = (struct pool){.uring = uring, .zcrx = calloc(1, sizeof(*p->zcrx))};
	r = p->zcrx ? area_map(p, bytes) : -ENOMEM;
	if (!r)
		r = region_map(p->zcrx, p->max);
	if (!r)
		r = queue_register(p, queue);
	if (r) {
		pool_close(p);
		return r;
	}
	for (u16 i = 0; i < p->max; i++) {
		p->buffers[i] = (struct buffer){.pool = p, .id = i};
		p->spare[i] = i;
	}
	return 0;
}

void zcrx_close(struct pool *p)
{
	struct zcrx *z = p->zcrx;

	/* Also what was received by the kernel and never asked for. */
	if (p->memory)
		explicit_bzero(p->memory, p->bytes);
	if (z->region)
		munmap(z->region, z->region_bytes);
	free(z);
}

static bool known_to_kernel(struct io_uring *uring)
{
	struct io_uring_probe *probe = io_uring_get_probe_ring(uring);
	bool known = probe && io_uring_opcode_supported(probe, ZCRX_OP_RECV);

	io_uring_free_probe(probe);
	return known;
}

const char *zcrx_reason(struct io_uring *uring, const struct io_queue *queue, int error)
{
	if (!known_to_kernel(uring))
		return "this kernel has no zcrx; Linux 6.15 or newer is needed";
	switch (error) {
	case -EPERM:
		return "that needs CAP_NET_ADMIN";
	case -EINVAL:
		return *queue->interface ? "the card does not split headers from data; turn that "
					   "on with "
					   "ethtool -G INTERFACE tcp-data-split on hds-thresh 0"
					 : "this kernel has no zcrx without a card; Linux 7.1 or "
					   "newer is "
					   "needed";
	case -ENODEV:
		return "there is no such interface";
	case -ERANGE:
		return "the card has no such queue";
	case -EOPNOTSUPP:
		return "the interface's driver cannot place data into a program's memory";
	case -ENOBUFS:
		return "`memory` is not four times what it takes: twice `buffers_max` times "
		       "`buffer`";
	case -ENOMEM:
		return "the kernel does not lock the memory for it; raise RLIMIT_MEMLOCK (ulimit "
		       "-l), or give scrimd more memory";
	default:
		return strerror(-error);
	}
}

void zcrx_prepare(const struct pool *p, struct io_uring_sqe *sqe, int fd)
{
	io_uring_prep_rw(ZCRX_OP_RECV, sqe, fd, NULL, 0, 0);
	sqe->ioprio = IORING_RECV_MULTISHOT;
	sqe->splice_fd_in = (int)p->zcrx->id; /* the same place as zcrx_ifq_idx */
}

static bool zcrx_flush(struct pool *p)
{
	struct zcrx *z = p->zcrx;
	struct zcrx_control flush = {.id = z->id, .op = ZCRX_FLUSH};
	u32 head = __atomic_load_n(z->head, __ATOMIC_ACQUIRE);

	io_uring_register((u32)p->uring->ring_fd, ZCRX_REGISTER_CTRL, &flush, 0);
	return __atomic_load_n(z->head, __ATOMIC_ACQUIRE) != head;
}

/* Wipes a piece and gives it to the card. The ring has room for all pieces that there can be. */
static void piece_give(struct pool *p, u8 *piece, u32 len)
{
	struct zcrx *z = p->zcrx;
	u32 tail = *z->tail;

	explicit_bzero(piece, len);
	z->entries[tail & z->mask] =
		(struct zcrx_refill){.place = (u64)(piece - p->memory) | z->token, .len = len};
	__atomic_store_n(z->tail, tail + 1, __ATOMIC_RELEASE);
	p->dry = false;
}

static struct buffer *piece_copy(struct pool *p, u8 *piece, u32 len)
{
	struct buffer *b = buffer_new(len);

	if (b)
		memcpy(b->base, piece, len);
	piece_give(p, piece, len);
	return b;
}

struct buffer *zcrx_take(struct pool *p, const struct io_uring_cqe *cqe)
{
	u8 *piece = p->memory + (cqe->big_cqe[0] & ((1ULL << ZCRX_OFFSET_BITS) - 1));
	u32 len = (u32)cqe->res;
	struct buffer *b;

	if (len <= SHORT || p->taken == p->n)
		return piece_copy(p, piece, len);
	b = &p->buffers[p->spare[p->n - ++p->taken]];
	b->next = NULL;
	b->p = piece;
	b->base = piece + SCRIM_HEADROOM;
	b->len = len;
	b->dirty = len - SCRIM_HEADROOM;
	return b;
}

void zcrx_give(struct buffer *b)
{
	struct pool *p = b->pool;

	p->spare[p->n - p->taken--] = b->id;
	piece_give(p, b->base - SCRIM_HEADROOM, SCRIM_HEADROOM + b->dirty);
	b->dirty = 0;
}

bool zcrx_refilled(struct pool *p)
{
	p->dry = !zcrx_flush(p);
	return !p->dry;
}
