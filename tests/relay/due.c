/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many deadlines that are due at once are met a few a turn, so that others' bytes wait for a few only.
 * The worker sleeps until they are; a look at each beginning of a turn (overflow.c) tells how many
 * were met since the last one.
 */
#include "relay.h"
#include <string.h>
#include <unistd.h>

#define CROWD 150
#define A_FEW 32
#define LONG  60000 /* bytes: more than the server's socket takes */

struct kind {
	enum scrim_flow reason;
	void (*limits)(struct io_limits *l);
	void (*fill)(struct host *h);  /* before the crowd; or NULL */
	void (*begin)(struct host *h); /* one of it */
};

static const struct host *watched;
static enum scrim_flow watched_for;
static u64 met, most;

static void count_met(void)
{
	u64 now = host_flow(watched, watched_for);

	most = now - met > most ? now - met : most;
	met = now;
}

static void due_together(const struct kind *k)
{
	const int small = 4096;
	struct pair sleeper;
	struct host h;

	host_init(&h, AF_INET);
	h.role.policy = fake_policy();
	h.listener.mask_to_server = true;
	k->limits(&h.conf.limits);
	CHECK(!setsockopt(h.server, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)));
	watched = &h;
	watched_for = k->reason;
	at_look = count_met;
	host_start(&h);
	sleeper = host_pair(&h);
	if (k->fill)
		k->fill(&h);
	for (int i = 0; i < CROWD; i++)
		k->begin(&h);
	peer_send_text(sleeper.client, "?");
	fake_sleeps();
	sleep(2);
	fake_wake();
	host_await_flow(&h, k->reason, CROWD);
	io_worker_stop(h.worker);
	CHECK(!pthread_join(h.thread, NULL));
	io_worker_free(h.worker);
	CHECK(most > 0 && most <= A_FEW);
}

static void limits_idle(struct io_limits *l)
{
	l->idle_ms = 1000;
	l->drain_ms = 1;
}

static void begin_idle(struct host *h)
{
	host_pair(h);
}

static void idle(void)
{
	due_together(&(struct kind){FLOW_IDLE_TIMEOUT, limits_idle, NULL, begin_idle});
}

static void limits_connect(struct io_limits *l)
{
	l->connect_ms = 1000;
	l->drain_ms = 1;
}

/* The server's queue is full. */
static void fill_connect(struct host *h)
{
	CHECK(!listen(h->server, 0));
	peer_connect(h->family, h->server_port);
}

static void begin_connect(struct host *h)
{
	peer_connect(h->family, h->port);
}

static void connecting(void)
{
	due_together(
		&(struct kind){FLOW_UPSTREAM_TIMEOUT, limits_connect, fill_connect, begin_connect});
}

static void limits_reset(struct io_limits *l)
{
	l->reset_ms = 1000;
	l->drain_ms = 1;
}

/* A client that resets behind a server that takes nothing. */
static void begin_reset(struct host *h)
{
	static char text[LONG + 1];
	struct pair p = host_pair(h);

	memset(text, 'a', LONG);
	peer_send_text(p.client, text);
	peer_reset(p.client);
}

static void resetting(void)
{
	due_together(&(struct kind){FLOW_UNDELIVERED, limits_reset, NULL, begin_reset});
}

const struct test due_tests[] = {
	{"many idle at once", idle},
	{"many that do not get through to the server at once", connecting},
	{"many resets that are given up at once", resetting},
	{0},
};
