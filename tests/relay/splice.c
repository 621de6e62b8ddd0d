/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes that no rule applies to go through a pipe, and arrive as all others do. This program's own
 * splice() stands in front of the kernel's: it counts, and can do less than it was asked for.
 */
#include "relay.h"
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MIB (1024 * 1024)

/* Spliced bytes that came out of a pipe; how many calls there were to take them. */
static u64 passed, calls;
/* Where the listener's traffic is counted. */
static struct scrim_listener_row row;
/* Each n-th of those calls fails, and the one behind takes a third only; 0: none does. */
static u64 fail_each;

ssize_t splice(int in, __off64_t *in_off, int out, __off64_t *out_off, size_t len,
	       unsigned int flags)
{
	struct stat st;
	bool leaves;
	ssize_t r;

	CHECK(!fstat(in, &st));
	leaves = S_ISFIFO(st.st_mode);
	calls += leaves;
	if (leaves && row.connections)
		CHECK(row.client_bytes >= passed + len); /* before the server has them */
	if (leaves && fail_each && calls % fail_each == 0) {
		errno = EAGAIN;
		return -1;
	}
	if (leaves && fail_each && calls % fail_each == 1)
		len = len / 3 + 1;
	r = syscall(SYS_splice, in, in_off, out, out_off, len, flags);
	if (leaves && r > 0)
		passed += (u64)r;
	return r;
}

static void both_ways(int family, u64 fails, enum io_zero_copy zero_copy)
{
	struct host h;

	fail_each = fails;
	host_init(&h, family);
	h.listener.zero_copy = zero_copy;
	host_start(&h);
	host_both_ways(&h, 64 * MIB);
	host_stop(&h);
	CHECK(host_flow(&h, FLOW_ACCEPTED) == 1);
}

/* The first MiB of each direction finds out that it is a big one; of the rest most is passed. */
static void whole_v4(void)
{
	both_ways(AF_INET, 0, IO_ZERO_COPY_AUTO);
	CHECK(passed > 64 * MIB);
}

static void whole_v6(void)
{
	both_ways(AF_INET6, 0, IO_ZERO_COPY_AUTO);
	CHECK(passed > 64 * MIB);
}

static void counted(void)
{
	struct flow sends, expects;
	pthread_t sender;
	struct host h;
	struct pair p;

	host_init(&h, AF_INET);
	h.role.traffic = &row;
	host_start(&h);
	p = host_pair(&h);
	sends = (struct flow){p.client, 1, 16 * MIB};
	expects = (struct flow){p.server, 1, 16 * MIB};
	CHECK(!pthread_create(&sender, NULL, flow_send, &sends));
	flow_expect(&expects);
	CHECK(!pthread_join(sender, NULL));
	CHECK(passed > MIB);
	CHECK(row.client_bytes == 16 * MIB);
	CHECK(!shutdown(p.server, SHUT_WR));
	peer_expect_end(p.client);
	host_stop(&h);
}

static void short_ones(void)
{
	both_ways(AF_INET, 4, IO_ZERO_COPY_AUTO);
	CHECK(passed > 8 * MIB);
}

static void off(void)
{
	both_ways(AF_INET, 0, IO_ZERO_COPY_OFF);
	CHECK(!calls);
}

/* What is masked is never passed by, and its answers are. */
static void masked(void)
{
	struct flow sends, expects;
	char text[4001] = "";
	pthread_t sender;
	struct host h;
	struct pair p;

	host_init(&h, AF_INET);
	h.role.policy = fake_policy();
	h.listener.mask_to_client = true;
	host_start(&h);
	p = host_pair(&h);
	memset(text, '7', sizeof(text) - 1);
	for (int i = 0; i < 64; i++)
		peer_send_text(p.server, text);
	memset(text, '1', sizeof(text) - 1);
	for (int i = 0; i < 64; i++)
		peer_expect_text(p.client, text);
	CHECK(!calls);
	sends = (struct flow){p.client, 1, 64 * MIB};
	expects = (struct flow){p.server, 1, 64 * MIB};
	CHECK(!pthread_create(&sender, NULL, flow_send, &sends));
	flow_expect(&expects);
	CHECK(!pthread_join(sender, NULL));
	CHECK(passed > 32 * MIB);
	CHECK(!shutdown(p.server, SHUT_WR));
	peer_expect_end(p.client);
	host_stop(&h);
	CHECK(host_flow(&h, FLOW_RELAYED) == 1);
}

static void stop_by_reset(struct host *h, struct pair last)
{
	peer_reset(last.client);
	peer_expect_reset(last.server);
	host_stop(h);
}

#define STALLED 8

static void send_waits_little(int fd)
{
	const struct timeval wait = {.tv_usec = 100000};

	CHECK(!setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)));
}

/* Fills a connection whose other end reads nothing; then others go on as ever. */
static void stalled(void)
{
	struct pair p[STALLED], last;
	u64 at[STALLED] = {0};
	struct host h;

	host_init(&h, AF_INET);
	host_start(&h);
	for (u32 i = 0; i < STALLED; i++) {
		p[i] = host_pair(&h);
		send_waits_little(p[i].client);
		for (ssize_t r; (r = peer_try_send(p[i].client, i, at[i])) > 0;)
			at[i] += (u64)r;
		CHECK(at[i] > MIB);
	}
	last = host_pair(&h);
	for (u64 i = 0; i < 1000; i++) {
		peer_send(last.client, 99, 100 * i, 100);
		peer_expect(last.server, 99, 100 * i, 100);
	}
	for (u32 i = 0; i < STALLED; i++) {
		peer_expect(p[i].server, i, 0, at[i]);
		peer_reset(p[i].client);
		peer_expect_reset(p[i].server);
	}
	host_await_flow(&h, FLOW_CLIENT_RESET, STALLED);
	stop_by_reset(&h, last);
}

/* An urgent byte is a byte like others, wherever it lies; splice() itself stops in front of it. */
static void urgent(void)
{
	struct host h;
	struct pair p;
	u64 at = 0;

	host_init(&h, AF_INET);
	host_start(&h);
	p = host_pair(&h);
	for (int i = 0; i < 40; i++) {
		peer_send(p.client, 1, at, 200000);
		at += 200000;
		CHECK(send(p.client, "!", 1, MSG_OOB) == 1);
		peer_send(p.client, 1, at, 100000);
		peer_expect(p.server, 1, at - 200000, 200000);
		peer_expect_text(p.server, "!");
		peer_expect(p.server, 1, at, 100000);
		at += 100000;
	}
	host_stop_with(&h, p);
}

/*
 * What is in the pipe when memory is at its end is lost with its connection, and shows up in no other.
 * When a splice comes is the kernel's affair: it is sent to, and read from, until one did.
 */
static void no_memory(void)
{
	static u8 taken[MIB];
	struct pair p, other;
	struct host h;
	u64 at = 0;

	fail_each = 1;
	host_init(&h, AF_INET);
	h.conf.limits.memory_kib =
		(u32)(io_limits_least(&h.conf.limits) / 2) + 24; /* the pools, and less than the
								    least that is spliced */
	host_start(&h);
	p = host_pair(&h);
	send_waits_little(p.client);
	while (!host_flow(&h, FLOW_MEMORY)) {
		ssize_t r = peer_try_send(p.client, 1, at);

		if (r > 0)
			at += (u64)r;
		else
			recv(p.server, taken, sizeof(taken), MSG_DONTWAIT);
	}
	fail_each = 0;
	other = host_pair(&h);
	peer_send(other.client, 2, 0, 300000);
	peer_expect(other.server, 2, 0, 300000);
	stop_by_reset(&h, other);
}

const struct test splice_tests[] = {
	{"splice: both ways, IPv4", whole_v4},
	{"splice: both ways, IPv6", whole_v6},
	{"splice: less is taken than was asked", short_ones},
	{"splice: counted before they are passed on", counted},
	{"splice: off", off},
	{"splice: not what is masked", masked},
	{"splice: stalled readers", stalled},
	{"splice: urgent bytes", urgent},
	{"splice: no memory for what is in the pipe", no_memory},
	{0},
};
