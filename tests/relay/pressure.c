/* SPDX-License-Identifier: BSD-2-Clause */
/* Few buffers, many connections, readers that stall: nobody takes what others need. */
#include "relay.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MIB     (1024 * 1024)
#define STALLED 1000
#define CROWD   32
#define SHORT   20000
#define CROWDED 4000

/* Without its end. */
static void *flow_pour(void *arg)
{
	struct flow *f = arg;

	peer_send(f->fd, f->seed, 0, f->len);
	return NULL;
}

/* One small and one big buffer for 32 busy connections. */
static void tiny_pool(void)
{
	struct host h;
	struct flow f[CROWD];
	struct pair p[CROWD];
	pthread_t t[CROWD];

	host_init(&h, AF_INET);
	h.conf.limits.buffer_size = 16384;
	h.conf.limits.buffers = h.conf.limits.buffers_max = 1;
	host_start(&h);
	for (u32 i = 0; i < CROWD; i++) {
		p[i] = host_pair(&h);
		f[i] = (struct flow){p[i].client, i, 2 * MIB};
		CHECK(!pthread_create(&t[i], NULL, flow_pour, &f[i]));
	}
	for (u32 i = 0; i < CROWD; i++)
		peer_expect(p[i].server, i, 0, 2 * MIB);
	for (u32 i = 0; i < CROWD; i++)
		CHECK(!pthread_join(t[i], NULL));
	for (u32 i = 1; i < CROWD; i++) {
		close(p[i].client);
		peer_expect_end(p[i].server);
		close(p[i].server);
	}
	host_stop_with(&h, p[0]);
}

static u64 resident(void)
{
	u64 pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	CHECK(f && fscanf(f, "%*u %lu", &pages) == 1);
	fclose(f);
	return pages * (u64)sysconf(_SC_PAGESIZE);
}

/* Little room towards the server, so that a stalled reader is felt soon. */
static int little_room(void *ctx, int fd)
{
	int size = 8192;

	(void)ctx;
	return setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)) ? -errno : 0;
}

/* Sends until the socket takes no more. Returns how much it took. */
static u64 fill(int fd, u32 seed, u64 from)
{
	u64 sent = 0;
	ssize_t r;
	int size = 16384, flags = fcntl(fd, F_GETFL);

	CHECK(!setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)));
	CHECK(!fcntl(fd, F_SETFL, flags | O_NONBLOCK));
	while ((r = peer_try_send(fd, seed, from + sent)) > 0)
		sent += (u64)r;
	CHECK(!fcntl(fd, F_SETFL, flags));
	return sent;
}

/* In pieces that the sockets hold, for one thread does both. */
static void mebibyte(struct pair p)
{
	for (u64 at = 0; at < MIB; at += 16384) {
		peer_send(p.client, 9, at, 16384);
		peer_expect(p.server, 9, at, 16384);
	}
}

/*
 * A thousand readers stall while their senders go on: one more connection works as ever, the
 * worker's memory stays within its pools, and when the readers go on nothing is missing.
 */
static void stalled_readers(void)
{
	static struct pair p[STALLED], one;
	static u64 sent[STALLED];
	struct host h;
	u64 before;
	int size = 4096;

	host_init(&h, AF_INET);
	h.conf.own = little_room;
	h.conf.limits.buffers_max = 8;
	CHECK(!setsockopt(h.server, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)));
	host_start(&h);
	for (u32 i = 0; i < STALLED; i++)
		p[i] = host_pair(&h);
	before = resident();
	for (int round = 0; round < 2; round++)
		for (u32 i = 0; i < STALLED; i++)
			sent[i] += fill(p[i].client, i, sent[i]);
	one = host_pair(&h);
	mebibyte(one);
	CHECK(resident() < before + 64 * MIB);
	for (u32 i = 0; i < STALLED; i++) {
		CHECK(sent[i] > 16384);
		peer_expect(p[i].server, i, 0, sent[i]);
		close(p[i].client);
		peer_expect_end(p[i].server);
		close(p[i].server);
	}
	host_stop_with(&h, one);
	CHECK(!host_flow(&h, FLOW_MEMORY));
}

static void *sender_of_values(void *arg)
{
	static const char value[] = "<aaaaaaaaaaaaaaaaaaaa>";
	static char bytes[1000 * (sizeof(value) - 1)];
	const int *fd = arg;

	for (size_t i = 0; i < sizeof(bytes); i += sizeof(value) - 1)
		memcpy(bytes + i, value, sizeof(value) - 1);
	for (int i = 0; i < 200; i++)
		for (size_t at = 0; at < sizeof(bytes);) {
			ssize_t r = write(*fd, bytes + at, sizeof(bytes) - at);

			CHECK(r > 0);
			at += (size_t)r;
		}
	CHECK(!shutdown(*fd, SHUT_WR));
	return NULL;
}

/*
 * A sender that never pauses, a reader that stands still for longer than `hold`, again and again,
 * so that the relay stops receiving with a part of a value held: nothing is let go for that.
 */
static void slow_reader_is_no_pause(void)
{
	static char bytes[65536];
	int before = fake_idles(), size = 4096;
	size_t got = 0, stops = 0;
	struct host h;
	struct pair p;
	pthread_t t;

	host_init(&h, AF_INET);
	h.role.policy = fake_policy();
	h.listener.mask_to_server = true;
	h.conf.own = little_room;
	h.conf.limits.hold_us = 100000; /* a busy machine does not stop the sender for so long */
	CHECK(!setsockopt(h.server, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)));
	host_start(&h);
	p = host_pair(&h);
	CHECK(!pthread_create(&t, NULL, sender_of_values, &p.client));
	for (ssize_t r = 1; r > 0; got += (size_t)r) {
		if (got >= stops * MIB / 2 && stops < 6) {
			usleep(300000);
			stops++;
		}
		r = read(p.server, bytes, sizeof(bytes));
		CHECK(r >= 0);
	}
	CHECK(!pthread_join(t, NULL));
	CHECK(fake_idles() == before);
	close(p.server);
	peer_expect_end(p.client);
	close(p.client);
	host_stop(&h);
}

static int open_files(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	CHECK(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static void short_connections(void)
{
	struct host h;
	int before;

	host_init(&h, AF_INET);
	host_start(&h);
	before = open_files();
	for (int i = 0; i < SHORT; i++) {
		struct pair p = host_pair(&h);

		peer_send_text(p.client, "question");
		peer_expect_text(p.server, "question");
		peer_send_text(p.server, "answer");
		close(p.server);
		peer_expect_text(p.client, "answer");
		peer_expect_end(p.client);
		close(p.client);
	}
	host_await_flow(&h, FLOW_RELAYED, SHORT);
	host_stop(&h);
	CHECK(open_files() < before); /* the worker's ring and eventfd are gone as well */
}

static void limit(void)
{
	struct io_gate gate = {.most = 2};
	struct host h;
	struct pair p[2];

	host_init(&h, AF_INET);
	h.conf.gate = &gate;
	host_start(&h);
	p[0] = host_pair(&h);
	p[1] = host_pair(&h);
	peer_expect_reset(peer_connect(AF_INET, h.port));
	CHECK(host_flow(&h, FLOW_LIMIT) == 1);
	peer_reset(p[0].client);
	peer_expect_reset(p[0].server);
	p[0] = host_pair(&h);
	peer_send_text(p[0].client, "room again");
	peer_expect_text(p[0].server, "room again");
	peer_reset(p[0].client);
	peer_reset(p[1].client);
	host_await_flow(&h, FLOW_CLIENT_RESET, 3);
	host_stop(&h);
	CHECK(!gate.open);
}

/* So many connections that their own memory is over the limit: refused, and no open one is harmed. */
static void memory_limit(void)
{
	static int fd[CROWDED];
	struct host h;
	struct pair p;
	u64 refused;

	host_init(&h, AF_INET);
	h.conf.limits.memory_kib = (u32)io_limits_least(&h.conf.limits);
	host_start(&h);
	p = host_pair(&h);
	for (int i = 0; i < CROWDED; i++)
		fd[i] = peer_connect(AF_INET, h.port);
	host_await_flow(&h, FLOW_ACCEPTED, CROWDED + 1);
	refused = host_flow(&h, FLOW_MEMORY);
	CHECK(refused > 0 && refused < CROWDED);
	peer_expect_reset(fd[CROWDED - 1]);
	for (int i = 0; i < CROWDED; i++)
		close(fd[i]);
	mebibyte(p);
	peer_reset(p.client);
	close(h.server); /* with those that were never accepted */
	host_stop(&h);
}

const struct test pressure_tests[] = {
	{"32 connections, one buffer", tiny_pool},
	{"1,000 stalled readers", stalled_readers},
	{"a slow reader is no pause of the sender", slow_reader_is_no_pause},
	{"20,000 short connections", short_connections},
	{"more connections than allowed", limit},
	{"more connections than memory allows", memory_limit},
	{0},
};
