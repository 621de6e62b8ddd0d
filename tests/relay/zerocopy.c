/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sends without a copy: the bytes stay as they are until the kernel is done with them, however the
 * connection ends. Over loopback the kernel copies what arrives, but what a reader does not take
 * yet it keeps lent. That buffers were pinned for it shows in /proc, and how many sends were such ones
 * in the kernel's notifications: one for each.
 */
#include "relay.h"
#include <errno.h>
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

/* A worker without a pipe has nothing to splice by, so what is not masked is sent, too. */
static bool no_pipe;
int __real_pipe2(int fd[2], int flags);
int __wrap_pipe2(int fd[2], int flags);

int __wrap_pipe2(int fd[2], int flags)
{
	if (!no_pipe)
		return __real_pipe2(fd, flags);
	errno = EMFILE;
	return -1;
}

static u32 notices;    /* of sends that were to be without a copy */
static u32 not_copied; /* the first ones, which say that they were */

static void see_notices(struct io_uring_cqe **cqes, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		if (!(cqes[i]->flags & IORING_CQE_F_NOTIF))
			continue;
		if (notices++ < not_copied)
			cqes[i]->res &= (int)~IORING_NOTIF_USAGE_ZC_COPIED;
	}
}

/* What is lent is at most so many buffers. */
#define LENT 8

/* 64 MiB each way with `auto`: how many sends were to be without a copy, if the first ones were. */
static u32 tries(u32 without_a_copy)
{
	struct host h;

	no_pipe = true;
	at_completions = see_notices;
	not_copied = without_a_copy;
	host_init(&h, AF_INET);
	h.listener.zero_copy = IO_ZERO_COPY_AUTO;
	h.conf.limits.buffers_max = 2 * LENT;
	host_start(&h);
	host_both_ways(&h, 64 * MIB);
	host_stop(&h);
	return notices;
}

static void automatic(void)
{
	u32 n = tries(0);

	/* One for each direction; of what came from a card's queue, perhaps none. */
	CHECK(no_card ? n <= 2 : n == (may_pin() ? 2 : 0));
}

/* How many there are depends on how much is there at once: on a busy host that is often too little. */
static void automatic_not_copied(void)
{
	u32 n = tries(UINT32_MAX);

	CHECK(no_card || !may_pin() || n > 2);
}

static void automatic_copied_later(void)
{
	u32 n = tries(6);

	CHECK(no_card || !may_pin() || (n > 6 && n <= 6 + 2 * LENT));
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

/* What is small is copied, whatever was asked for. */
static void small(void)
{
	struct host h;
	struct pair p;
	u64 at = 0;

	at_completions = see_notices;
	zero_copy_host(&h, AF_INET, IO_ZERO_COPY_ALWAYS);
	p = host_pair(&h);
	for (u64 i = 0; i < 200; i++, at += 32767) {
		peer_send(p.client, 6, at, 32767);
		peer_expect(p.server, 6, at, 32767);
	}
	host_stop_with(&h, p);
	CHECK(!notices);
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
	{"zero copy: auto, and the kernel copies", automatic},
	{"zero copy: auto, and the kernel does not copy", automatic_not_copied},
	{"zero copy: auto, and the kernel copies later on", automatic_copied_later},
	{"zero copy: off", off},
	{"zero copy: big and small portions in turn", in_turn},
	{"zero copy: small portions", small},
	{"zero copy: read after both have ended", read_after_the_end},
	{"zero copy: read after the worker has gone", read_after_the_worker},
	{"zero copy: stalled readers, then resets", stalled_and_reset},
	{0},
};
