/* SPDX-License-Identifier: BSD-2-Clause */
/* The relay's receive buffers: lent once each, wiped when idle, grown and shrunk. */
#include "../../user/io/pool.h"
#include <criterion/criterion.h>
#include <string.h>

#define SIZE  4096
#define START 4
#define MOST  32

static struct io_uring ring; /* none: see buf_ring.c */
static struct pool pool;

static void pool_up(void)
{
	cr_assert_eq(pool_open(&pool, &ring, 0, SIZE, START, MOST), 0);
}

static void pool_down(void)
{
	pool_close(&pool);
}

TestSuite(pool, .init = pool_up, .fini = pool_down);

/* The kernel takes from the front of the ring: here the test does. */
static u16 front;

static struct buffer *take(void)
{
	u16 id = pool.ring->bufs[front++ & (MOST - 1)].bid;
	struct buffer *b = pool_take(&pool, id, SIZE);

	memset(b->base - SCRIM_HEADROOM, 0x5a, SCRIM_HEADROOM + SIZE);
	return b;
}

static bool clean(const struct buffer *b)
{
	for (const u8 *p = b->base - SCRIM_HEADROOM; p < b->base + SIZE; p++)
		if (*p)
			return false;
	return true;
}

/* What is in the ring is in it once, and is as many as said. */
static void ring_is_sound(void)
{
	bool seen[MOST] = {false};
	u16 n = (u16)(pool.ring->tail - front);

	cr_assert_eq(n, pool_free_count(&pool));
	for (u16 i = 0; i < n; i++) {
		u16 id = pool.ring->bufs[(front + i) & (MOST - 1)].bid;

		cr_assert(id < MOST && !seen[id]);
		seen[id] = true;
	}
}

Test(pool, idle_buffers_are_wiped)
{
	struct buffer *b[START];

	for (int i = 0; i < START; i++)
		b[i] = take();
	for (int i = 0; i < START; i++)
		buffer_give(b[i]);
	cr_assert(pool_tick(&pool), "they were taken since the last tick");
	cr_assert(!clean(b[0]));
	cr_assert(!pool_tick(&pool));
	for (int i = 0; i < START; i++)
		cr_assert(clean(b[i]));
}

Test(pool, grows_to_the_most_and_shrinks_to_the_start)
{
	struct buffer *b[MOST];

	while (pool_grow(&pool))
		ring_is_sound();
	cr_assert_eq(pool.n, MOST);
	for (int i = 0; i < MOST; i++)
		b[i] = take();
	for (int i = MOST; i-- > 0;)
		buffer_give(b[i]);
	ring_is_sound();
	pool_tick(&pool);
	cr_assert(!pool_tick(&pool));
	cr_assert_eq(pool.n, START);
	ring_is_sound();
	for (int i = 0; i < MOST; i++)
		cr_assert(clean(b[i]));
}

Test(pool, shrinks_by_halves_while_in_use)
{
	struct buffer *b = NULL;

	while (pool_grow(&pool))
		;
	for (u16 want = MOST / 2; want >= START; want /= 2) {
		b = take();
		pool_tick(&pool);
		cr_assert_eq(pool.n, want);
		buffer_give(b);
		ring_is_sound();
	}
}

Test(pool, a_piece_of_its_own)
{
	struct buffer *b = buffer_new(100);

	cr_assert_not_null(b);
	memset(b->base - SCRIM_HEADROOM, 1, SCRIM_HEADROOM + 100);
	buffer_wipe(b);
	for (int i = -SCRIM_HEADROOM; i < 100; i++)
		cr_assert_eq(b->base[i], 0);
	buffer_give(b);
}
