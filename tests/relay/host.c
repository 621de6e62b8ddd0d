/* SPDX-License-Identifier: BSD-2-Clause */
/* The worker under test: on a thread of the test's process, or in a child that can be killed. */
#include "relay.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct start {
	struct host *h;
	int ready[2];
};

void host_init(struct host *h, int family)
{
	size_t len = FLOW_COUNT * sizeof(*h->conf.flow);

	*h = (struct host){.family = family, .role.name = "test", .conf.cpu = -1};
	io_limits_default(&h->conf.limits);
	if (no_card)
		h->conf.receive[0] = h->conf.receive[1] = (struct io_queue){.interface = ""};
	h->conf.flow = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(h->conf.flow != MAP_FAILED);
	h->listener = (struct io_listener){.name = "test", .mode = IO_PROXY};
	h->listener.fd = peer_listen(family, &h->port);
	h->server = peer_listen(family, &h->server_port);
	h->listener.upstream.sa.sa_family = (sa_family_t)family;
	if (family == AF_INET) {
		h->listener.upstream.in4.sin_port = htons(h->server_port);
		h->listener.upstream.in4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	} else {
		h->listener.upstream.in6.sin6_port = htons(h->server_port);
		h->listener.upstream.in6.sin6_addr = in6addr_loopback;
	}
}

static const struct io_role *only_role(const void *roles, const union io_addr *client)
{
	(void)client;
	return roles;
}

static void host_run(struct start *s)
{
	struct host *h = s->h;
	struct err e = {{0}};

	h->roles = &h->role;
	h->rules.roles = &h->roles;
	if (!h->rules.role_of)
		h->rules.role_of = only_role;
	h->conf.rules = &h->rules;
	if (io_worker_new(&h->conf, &h->listener, 1, &h->worker, &e)) {
		fprintf(stderr, "worker: %s\n", e.text);
		_exit(1);
	}
	CHECK(write(s->ready[1], "", 1) == 1);
	CHECK(!io_worker_run(h->worker));
}

static void *host_thread(void *arg)
{
	host_run(arg);
	return NULL;
}

static void host_await(struct start *s)
{
	char c;

	CHECK(read(s->ready[0], &c, 1) == 1);
	close(s->ready[0]);
	close(s->ready[1]);
}

void host_start(struct host *h)
{
	struct start s = {.h = h};

	CHECK(!pipe(s.ready));
	CHECK(!pthread_create(&h->thread, NULL, host_thread, &s));
	host_await(&s);
}

void host_start_child(struct host *h)
{
	struct start s = {.h = h};

	CHECK(!pipe(s.ready));
	h->child = fork();
	CHECK(h->child >= 0);
	if (!h->child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(h->server);
		host_run(&s);
		_exit(0);
	}
	close(h->listener.fd);
	host_await(&s);
}

void host_stop(struct host *h)
{
	io_worker_stop(h->worker);
	CHECK(!pthread_join(h->thread, NULL));
	io_worker_free(h->worker);
}

struct pair host_pair(struct host *h)
{
	struct pair p = {.client = peer_connect(h->family, h->port)};

	p.server = peer_accept(h->server);
	return p;
}

u64 host_flow(const struct host *h, enum scrim_flow reason)
{
	return __atomic_load_n(&h->conf.flow[reason].count, __ATOMIC_RELAXED);
}

void host_await_flow(const struct host *h, enum scrim_flow reason, u64 n)
{
	const struct timespec ms = {.tv_nsec = 1000000};

	while (host_flow(h, reason) < n)
		nanosleep(&ms, NULL);
}

void host_both_ways(struct host *h, u64 len)
{
	struct pair p = host_pair(h);
	struct flow f[] = {
		{p.client, 1, len}, {p.server, 1, len}, {p.server, 2, len}, {p.client, 2, len}};
	pthread_t t[array_size(f)];

	for (size_t i = 0; i < array_size(f); i++)
		CHECK(!pthread_create(&t[i], NULL, i % 2 ? flow_expect : flow_send, &f[i]));
	for (size_t i = 0; i < array_size(f); i++)
		CHECK(!pthread_join(t[i], NULL));
	host_await_flow(h, FLOW_RELAYED, 1);
}

void host_stop_with(struct host *h, struct pair p)
{
	CHECK(!shutdown(p.client, SHUT_WR));
	peer_expect_end(p.server);
	CHECK(!shutdown(p.server, SHUT_WR));
	peer_expect_end(p.client);
	host_stop(h);
	CHECK(host_flow(h, FLOW_RELAYED) == host_flow(h, FLOW_ACCEPTED));
}
