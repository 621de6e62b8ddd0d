/* SPDX-License-Identifier: BSD-2-Clause */
/* How connections end: both ends see what a direct connection would have shown. */
#include "relay.h"
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB (1024 * 1024)

/* One side ends first; the other still sends 10 MiB. */
static void half_close(bool client_first)
{
	struct host h;
	struct pair p;
	struct flow f;
	pthread_t t;
	int first, second;

	host_init(&h, AF_INET);
	host_start(&h);
	p = host_pair(&h);
	first = client_first ? p.client : p.server;
	second = client_first ? p.server : p.client;
	peer_send_text(first, "last words");
	CHECK(!shutdown(first, SHUT_WR));
	peer_expect_text(second, "last words");
	peer_expect_end(second);
	f = (struct flow){second, 7, 10 * MIB};
	CHECK(!pthread_create(&t, NULL, flow_send, &f));
	peer_expect(first, 7, 0, 10 * MIB);
	peer_expect_end(first);
	CHECK(!pthread_join(t, NULL));
	host_stop(&h);
	CHECK(host_flow(&h, FLOW_RELAYED) == 1);
}

static void half_close_client(void)
{
	half_close(true);
}

static void half_close_server(void)
{
	half_close(false);
}

/* Each side resets: in the middle, and after it has ended its direction. */
static void reset_carried(void)
{
	struct host h;

	host_init(&h, AF_INET6);
	host_start(&h);
	for (int i = 0; i < 4; i++) {
		struct pair p = host_pair(&h);
		int a = i % 2 ? p.client : p.server, b = i % 2 ? p.server : p.client;

		peer_send_text(a, "a");
		peer_expect_text(b, "a");
		if (i >= 2) {
			CHECK(!shutdown(a, SHUT_WR));
			peer_expect_end(b);
		}
		peer_reset(a);
		host_await_flow(&h, i % 2 ? FLOW_CLIENT_RESET : FLOW_SERVER_RESET, (u64)i / 2 + 1);
		if (i < 2)
			peer_expect_reset(b);
		else
			peer_expect_gone(b);
		close(b);
	}
	host_stop(&h);
	CHECK(!host_flow(&h, FLOW_RELAYED));
}

/* More data and the reset are there already when the next receive is armed: nothing wakes it later. */
static void reset_with_data(void)
{
	struct host h;

	host_init(&h, AF_INET);
	h.role.policy = fake_policy();
	h.listener.mask_to_server = h.listener.mask_to_client = true;
	host_start(&h);
	for (int i = 0; i < 2; i++) {
		struct pair p = host_pair(&h);
		int a = i ? p.client : p.server, b = i ? p.server : p.client;

		peer_send_text(a, "so far?");
		fake_sleeps();
		peer_send_text(a, "and the rest");
		peer_reset(a);
		fake_wake();
		peer_expect_text(b, "so far?and the rest");
		peer_expect_reset(b);
		host_await_flow(&h, i ? FLOW_CLIENT_RESET : FLOW_SERVER_RESET, 1);
		close(b);
	}
	host_stop(&h);
}

/* A server that answers and resets before the worker knows that it is connected. */
static void reset_before_seen(void)
{
	struct host h;
	struct pair p;
	int filler, client, server;

	host_init(&h, AF_INET);
	h.role.policy = fake_policy();
	h.listener.mask_to_server = true;
	host_start(&h);
	p = host_pair(&h);
	CHECK(!listen(h.server, 0));
	filler = peer_connect(AF_INET, h.server_port); /* nobody is let in until it is accepted */
	client = peer_connect(AF_INET, h.port);
	peer_await_dialling(h.server_port);
	peer_send_text(p.client, "?");
	fake_sleeps();
	close(peer_accept(h.server));
	server = peer_accept(h.server);
	peer_send_text(server, "busy");
	peer_reset(server);
	fake_wake();
	peer_expect_text(client, "busy");
	peer_expect_reset(client);
	host_await_flow(&h, FLOW_SERVER_RESET, 1);
	CHECK(!host_flow(&h, FLOW_UPSTREAM_REFUSED));
	close(filler);
	peer_expect_text(p.server, "?");
	close(p.client);
	close(p.server);
	host_stop(&h);
}

static void server_refuses(void)
{
	struct host h;

	host_init(&h, AF_INET);
	close(h.server);
	host_start(&h);
	peer_expect_reset(peer_connect(AF_INET, h.port));
	CHECK(host_flow(&h, FLOW_UPSTREAM_REFUSED) == 1);
	host_stop(&h);
}

/* A server whose backlog is full answers no more. */
static void server_silent(void)
{
	struct host h;
	int fd[3];

	host_init(&h, AF_INET);
	h.conf.limits.connect_ms = 300;
	CHECK(!listen(h.server, 0));
	fd[0] = peer_connect(AF_INET, h.server_port);
	host_start(&h);
	for (int i = 1; i < 3; i++)
		fd[i] = peer_connect(AF_INET, h.port);
	peer_expect_reset(fd[2]);
	CHECK(host_flow(&h, FLOW_UPSTREAM_TIMEOUT) >= 1);
	peer_reset(fd[0]);
	host_stop(&h);
}

/* The client goes while its connection to the server is being made, or at once. */
static void client_vanishes(void)
{
	struct host h;

	host_init(&h, AF_INET);
	host_start(&h);
	for (int i = 0; i < 50; i++)
		peer_reset(peer_connect(AF_INET, h.port));
	host_await_flow(&h, FLOW_CLIENT_RESET, 50);
	host_stop(&h);
	CHECK(host_flow(&h, FLOW_ACCEPTED) == 50);
}

/* Killed in the middle of a stream it resets both ends: never an end that looks clean. */
static void killed(void)
{
	struct host h;
	struct pair p[8];

	host_init(&h, AF_INET);
	host_start_child(&h);
	for (int i = 0; i < 8; i++) {
		p[i] = host_pair(&h);
		peer_send_text(p[i].client, "half a rec");
		peer_expect_text(p[i].server, "half a rec");
		peer_send_text(p[i].server, "answer");
		peer_expect_text(p[i].client, "answer");
	}
	CHECK(!shutdown(p[0].client, SHUT_WR)); /* one direction has ended: still a reset */
	peer_expect_end(p[0].server);
	CHECK(!kill(h.child, SIGKILL));
	CHECK(waitpid(h.child, NULL, 0) == h.child);
	for (int i = 0; i < 8; i++) {
		peer_expect_reset(p[i].client);
		if (i)
			peer_expect_reset(p[i].server);
		else
			peer_expect_gone(p[i].server);
	}
}

static void drain_lets_end(void)
{
	struct host h;
	struct pair p;

	host_init(&h, AF_INET);
	host_start(&h);
	p = host_pair(&h);
	io_worker_stop(h.worker);
	peer_send(p.client, 8, 0, MIB);
	peer_expect(p.server, 8, 0, MIB);
	host_stop_with(&h, p);
	CHECK(!host_flow(&h, FLOW_DRAINED));
}

static void drain_ends(void)
{
	struct host h;
	struct pair p;

	host_init(&h, AF_INET);
	h.conf.limits.drain_ms = 200;
	host_start(&h);
	p = host_pair(&h);
	peer_send_text(p.client, "a");
	peer_expect_text(p.server, "a");
	io_worker_stop(h.worker);
	peer_expect_reset(p.client);
	peer_expect_reset(p.server);
	host_stop(&h);
	CHECK(host_flow(&h, FLOW_DRAINED) == 1);
}

const struct test ends_tests[] = {
	{"half-close by the client, then 10 MiB back", half_close_client},
	{"half-close by the server, then 10 MiB on", half_close_server},
	{"a reset by either side is carried over", reset_carried},
	{"a reset that comes with data", reset_with_data},
	{"a reset before the connection is known", reset_before_seen},
	{"a server that refuses", server_refuses},
	{"a server that does not answer", server_silent},
	{"a client that vanishes at once", client_vanishes},
	{"kill -9 resets both ends", killed},
	{"drain lets connections end", drain_lets_end},
	{"drain resets at its limit", drain_ends},
	{0},
};
