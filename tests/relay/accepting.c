/* SPDX-License-Identifier: BSD-2-Clause */
/* Asked to accept, and to accept nobody, while a connection waits at a limit for another one's end. */
#include "relay.h"
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static struct io_gate one = {.most = 1};

static void host_of_one(struct host *h)
{
	host_init(h, AF_INET);
	h->conf.limits.wait = 1;
	h->conf.gate = &one;
	h->conf.alive_ms = 1;
	host_start(h);
}

/* What was asked until now it has heard. */
static void host_turns(const struct host *h)
{
	const struct timespec ms = {.tv_nsec = 1000000};
	u64 turns = io_worker_turns(h->worker);

	while (io_worker_turns(h->worker) < turns + 3)
		nanosleep(&ms, NULL);
}

static int dial_saying(const struct host *h, const char *text)
{
	int fd = peer_connect(h->family, h->port);

	peer_send_text(fd, text);
	return fd;
}

static void end(struct pair p)
{
	CHECK(!shutdown(p.client, SHUT_WR));
	peer_expect_end(p.server);
	CHECK(!shutdown(p.server, SHUT_WR));
	peer_expect_end(p.client);
}

/* The next connection that the server sees is the one whose client says this. */
static void serve(const struct host *h, int client, const char *text)
{
	struct pair p = {client, peer_accept(h->server)};

	peer_expect_text(p.server, text);
	end(p);
}

/* A worker for one connection, which is there; the second one waits. */
static struct pair one_more_waits(struct host *h, int *ret_second)
{
	struct pair first;

	host_of_one(h);
	first = host_pair(h);
	*ret_second = dial_saying(h, "second");
	host_await_flow(h, FLOW_WAITED, 1);
	return first;
}

/* A takeover that fails early: nobody had asked it to accept nobody. */
static void asked_again(void)
{
	struct host h;
	struct pair first;
	int second, third;

	first = one_more_waits(&h, &second);
	io_worker_accept(h.worker, true);
	host_turns(&h);
	third = dial_saying(&h, "third");
	host_turns(&h);
	end(first);
	serve(&h, second, "second");
	serve(&h, third, "third");
	host_stop(&h);
	CHECK(host_flow(&h, FLOW_RELAYED) == 3);
	CHECK(!one.open);
}

/* No accept is in the ring, and one may come any time; until it has heard that it shall not. */
static void not_yet_asked(void)
{
	struct host h;
	struct pair first;
	int second, third;

	first = one_more_waits(&h, &second);
	CHECK(io_worker_accepting(h.worker));
	io_worker_accept(h.worker, false);
	while (io_worker_accepting(h.worker))
		usleep(1000);
	serve(&h, second, "second");
	third = dial_saying(&h, "third");
	end(first);
	host_turns(&h);
	CHECK(host_flow(&h, FLOW_ACCEPTED) == 2);
	io_worker_accept(h.worker, true);
	serve(&h, third, "third");
	CHECK(io_worker_accepting(h.worker));
	host_stop(&h);
	CHECK(host_flow(&h, FLOW_RELAYED) == 3);
}

const struct test accepting_tests[] = {
	{"asked to accept at a limit", asked_again},
	{"asked to accept nobody at a limit", not_yet_asked},
	{0},
};
