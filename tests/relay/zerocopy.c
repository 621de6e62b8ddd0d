/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sends without a copy: the bytes stay as they are until the kernel is done with them, however the
 * connection ends. Over loopback the kernel copies what arrives, but what a reader does not take
 * yet it keeps lent. That buffers were pinned for it shows in /proc.
 */
#include "relay.h"
#include <liburing.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MIB (1024 * 1024)

/* KiB of this process that are pinned. */
static u64 pinned(void)
{
	FILE *f = fopen("/proc/self/status", "re");
	char line[128];
	u64 kib = 0;

	CHECK(f);
	while (fgets(line, sizeof(line), f))
		sscanf(line, "VmPin: %lu", &kib);
	fclose(f);
	return kib;
}

/* Whether this host allows to pin a few buffers, and its kernel says whether it copied. */
static bool may_pin(void)
{
	struct iovec v = {.iov_base = malloc(2 * MIB), .iov_len = 2 * MIB};
	struct io_uring ring;
	bool may;

	CHECK(v.iov_base && !io_uring_queue_init(4, &ring, 0));
	may = ring.features & IORING_FEAT_REG_REG_RING && !io_uring_register_buffers(&ring, &v, 1);
	io_uring_queue_exit(&ring);
	free(v.iov_base);
	return may;
}

static void zero_copy_host(struct host *h, int family, enum io_zero_copy zero_copy)
{
	host_init(h, family);
	h->listener.zero_copy = zero_copy;
	host_start(h);
}

static void both_ways(int family, enum io_zero_copy zero_copy)
{
	struct host h;

	zero_copy_host(&h, family, zero_copy);
	host_both_ways(&h, 64 * MIB);
	if (zero_copy == IO_ZERO_COPY_ALWAYS && may_pin())
		CHECK(pinned() > 0);
	if (zero_copy == IO_ZERO_COPY_OFF)
		CHECK(!pinned());
	host_stop(&h);
	CHECK(host_flow(&h, FLOW_ACCEPTED) == 1);
}

static void always_v4(void)
{
	both_ways(AF_INET, IO_ZERO_COPY_ALWAYS);
}

static void always_v6(void)
{
	both_ways(AF_INET6, IO_ZERO_COPY_ALWAYS);
}

static void automatic(void)
{
	both_ways(AF_INET, IO_ZERO_COPY_AUTO);
}

static void off(void)
{
	both_ways(AF_INET, IO_ZERO_COPY_OFF);
}

/* Portions around the least size, so that ordinary sends and others follow each other. */
static void in_turn(void)
{
	struct host h;
	struct pair p;
	u64 at = 0;

	zero_copy_host(&h, AF_INET, IO_ZERO_COPY_ALWAYS);
	p = host_pair(&h);
	for (u64 i = 0; i < 400; i++) {
		u64 len = i % 3 ? 1 + i * 7 : 100000 + i;

		peer_send(p.client, 6, at, len);
		peer_expect(p.server, 6, at, len);
		at += len;
	}
	host_stop_with(&h, p);
}

#define SENT (3 * MIB)

/*
 * Both ends have ended, and the relay is through with the connection. The server has read no more
 * than the sockets of this host do not hold. Returns how much.
 */
static u64 ended_unread(struct host *h, struct pair p)
{
	struct flow f = {p.client, 7, SENT};
	pthread_t t;
	u64 at = 0;

	CHECK(!shutdown(p.server, SHUT_WR));
	CHECK(!pthread_create(&t, NULL, flow_send, &f));
	for (usleep(300000); !host_flow(h, FLOW_RELAYED); usleep(100000)) {
		CHECK(at + 65536 < SENT);
		peer_expect(p.server, 7, at, 65536);
		at += 65536;
	}
	CHECK(!pthread_join(t, NULL));
	return at;
}

static void read_after_the_end(void)
{
	struct host h;
	struct pair p;
	u64 at;

	zero_copy_host(&h, AF_INET, IO_ZERO_COPY_ALWAYS);
	p = host_pair(&h);
	at = ended_unread(&h, p);
	peer_expect(p.server, 7, at, SENT - at);
	peer_expect_end(p.server);
	host_stop(&h);
	CHECK(host_flow(&h, FLOW_RELAYED) == 1);
}

static void read_after_the_worker(void)
{
	struct host h;
	struct pair p;
	u64 at;

	host_init(&h, AF_INET);
	h.listener.zero_copy = IO_ZERO_COPY_ALWAYS;
	h.conf.limits.drain_ms = 100;
	host_start(&h);
	p = host_pair(&h);
	at = ended_unread(&h, p);
	host_stop(&h);
	peer_expect(p.server, 7, at, SENT - at);
	peer_expect_end(p.server);
}

#define STALLED 40

static void *flow_fill(void *arg)
{
	struct flow *f = arg;
	u64 at = 0;
	ssize_t r;

	while ((r = peer_try_send(f->fd, f->seed, at)) > 0)
		at += (u64)r;
	return NULL;
}

/* Readers that stand still are lent buffers; others work as ever, and a reset gets all back. */
static void stalled_and_reset(void)
{
	struct pair p[STALLED];
	struct flow f[STALLED], one;
	pthread_t t[STALLED], sender;
	struct pair last;
	struct host h;

	host_init(&h, AF_INET);
	h.listener.zero_copy = IO_ZERO_COPY_ALWAYS;
	h.conf.limits.buffers_max = 8;
	host_start(&h);
	for (u32 i = 0; i < STALLED; i++) {
		p[i] = host_pair(&h);
		f[i] = (struct flow){p[i].client, i, 0};
		CHECK(!pthread_create(&t[i], NULL, flow_fill, &f[i]));
	}
	for (int i = 0; i < 4; i++) {
		last = host_pair(&h);
		one = (struct flow){last.client, 99, 32 * MIB};
		CHECK(!pthread_create(&sender, NULL, flow_send, &one));
		peer_expect(last.server, 99, 0, 32 * MIB);
		peer_expect_end(last.server);
		CHECK(!pthread_join(sender, NULL));
		close(last.server);
	}
	for (u32 i = 0; i < STALLED; i++)
		peer_reset(p[i].server);
	for (u32 i = 0; i < STALLED; i++)
		CHECK(!pthread_join(t[i], NULL));
	host_await_flow(&h, FLOW_SERVER_RESET, STALLED);
	host_await_flow(&h, FLOW_RELAYED, 4);
	host_stop(&h);
	CHECK(!host_flow(&h, FLOW_MEMORY) && !host_flow(&h, FLOW_DRAINED));
}

const struct test zerocopy_tests[] = {
	{"zero copy: both ways, IPv4", always_v4},
	{"zero copy: both ways, IPv6", always_v6},
	{"zero copy: auto", automatic},
	{"zero copy: off", off},
	{"zero copy: big and small portions in turn", in_turn},
	{"zero copy: read after both have ended", read_after_the_end},
	{"zero copy: read after the worker has gone", read_after_the_worker},
	{"zero copy: stalled readers, then resets", stalled_and_reset},
	{0},
};
