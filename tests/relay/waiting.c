/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a worker waits for more to do: awake for a while, if its last waits were brief, or asleep at once. The call by
 * which it takes what came while it was awake is seen: the linker leads it to here.
 */
#include "relay.h"
#include <liburing.h>

#define TURNS 2000

static u32 seen_awake;

int __real_io_uring_get_events(struct io_uring *ring);
int __wrap_io_uring_get_events(struct io_uring *ring);

int __wrap_io_uring_get_events(struct io_uring *ring)
{
	__atomic_fetch_add(&seen_awake, 1, __ATOMIC_RELAXED);
	return __real_io_uring_get_events(ring);
}

static u32 times_awake(void)
{
	return __atomic_load_n(&seen_awake, __ATOMIC_RELAXED);
}

/* A byte goes and one comes back, over and over, until `enough` turns are done or, with 0, the worker was seen awake. */
static void back_and_forth(u32 busy_wait_us, u32 busy_share, u64 enough)
{
	struct host h;
	struct pair p;

	host_init(&h, AF_INET);
	h.conf.limits.busy_wait_us = busy_wait_us;
	h.conf.limits.busy_share = busy_share;
	host_start(&h);
	p = host_pair(&h);
	for (u64 i = 0; enough ? i < enough : !times_awake(); i++) {
		peer_send(p.client, 6, i, 1);
		peer_expect(p.server, 6, i, 1);
		peer_send(p.server, 7, i, 1);
		peer_expect(p.client, 7, i, 1);
	}
	host_stop_with(&h, p);
}

/* On a busy host it may take a while until most waits are brief. */
static void awake(void)
{
	back_and_forth(1000, 100, 0);
}

/* There are two waits a turn, and most of them are short. */
static void sparing(void)
{
	back_and_forth(1000, 1, TURNS);
	CHECK(times_awake() < TURNS);
}

static void asleep(void)
{
	back_and_forth(0, 100, TURNS);
	CHECK(!times_awake());
}

const struct test waiting_tests[] = {
	{"waiting: awake where it pays", awake},
	{"waiting: mostly asleep where it may not look for long", sparing},
	{"waiting: asleep at once", asleep},
	{0},
};
