/* SPDX-License-Identifier: BSD-2-Clause */
/* What the relay makes of a stream's answers, and which connections it does not take. */
#include "relay.h"
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static void host_masked(struct host *h, u32 hold_us)
{
	host_init(h, AF_INET);
	h->role.policy = fake_policy();
	h->listener.mask_to_server = true;
	h->conf.limits.hold_us = hold_us;
	host_start(h);
}

/* Masked in one direction, left alone in the other. */
static void one_direction(void)
{
	struct host h;
	struct pair p;

	host_masked(&h, 2000);
	p = host_pair(&h);
	peer_send_text(p.client, "room 123");
	peer_expect_text(p.server, "room 111");
	peer_send_text(p.server, "room 456!");
	peer_expect_text(p.client, "room 456!");
	host_stop_with(&h, p);
}

/* Held bytes come before what follows them, however long it takes. */
static void held(void)
{
	struct host h;
	struct pair p;

	host_masked(&h, 60 * 1000000U);
	p = host_pair(&h);
	peer_send_text(p.client, "a<2");
	peer_expect_text(p.server, "a");
	peer_send_text(p.client, "3>4");
	peer_expect_text(p.server, "<11>1");
	host_stop_with(&h, p);
}

/* A peer that waits for an answer to what is held gets it. */
static void idle(void)
{
	struct host h;
	struct pair p;

	host_masked(&h, 2000);
	p = host_pair(&h);
	for (int i = 0; i < 20; i++) {
		peer_send_text(p.client, "a<2");
		peer_expect_text(p.server, "a<1");
		peer_send_text(p.server, "ok");
		peer_expect_text(p.client, "ok");
	}
	host_stop_with(&h, p);
}

/* Nothing of the refused bytes is seen by the server; both ends are reset. */
static void refused(void)
{
	struct host h;
	struct pair p;

	host_masked(&h, 2000);
	p = host_pair(&h);
	peer_send_text(p.client, "good");
	peer_expect_text(p.server, "good");
	peer_send_text(p.client, "bad!");
	peer_expect_reset(p.client);
	CHECK(recv(p.server, (char[1]){0}, 1, 0) < 0);
	CHECK(host_flow(&h, FLOW_TLS) == 1);
	host_stop(&h);
}

/* An end inside a frame: the rest goes out, then the end; it is counted. */
static void unfinished(void)
{
	struct host h;
	struct pair p;

	host_masked(&h, 60 * 1000000U);
	p = host_pair(&h);
	peer_send_text(p.client, "begin <and no end");
	CHECK(!shutdown(p.client, SHUT_WR));
	peer_expect_text(p.server, "begin <and no end");
	peer_expect_end(p.server);
	close(p.server);
	peer_expect_end(p.client);
	host_stop(&h);
	CHECK(host_flow(&h, FLOW_HL7_UNFINISHED) == 1);
	CHECK(host_flow(&h, FLOW_RELAYED) == 1);
}

static void not_steered(void)
{
	struct host h;

	host_init(&h, AF_INET);
	h.listener.mode = IO_LOCAL;
	h.listener.upstream_original = true;
	h.listener.port = 1;
	host_start(&h);
	peer_expect_reset(peer_connect(AF_INET, h.port));
	CHECK(host_flow(&h, FLOW_NOT_STEERED) == 1);
	host_stop(&h);
}

/* Going on would come back here: by the dialled address, or by the one configured. */
static void loop(void)
{
	struct host h;

	for (int original = 0; original < 2; original++) {
		host_init(&h, AF_INET6);
		h.listener.mode = original ? IO_LOCAL : IO_PROXY;
		h.listener.port = h.port;
		h.listener.upstream_original = original;
		h.listener.upstream.in6.sin6_port = htons(h.port);
		host_start(&h);
		peer_expect_reset(peer_connect(AF_INET6, h.port));
		CHECK(host_flow(&h, FLOW_LOOP) == 1);
		host_stop(&h);
	}
}

static const struct io_role *role_of_ipv4(const void *roles, const union io_addr *client)
{
	/* Peers are seen as IPv4 here. */
	return client->sa.sa_family == AF_INET ? roles : NULL;
}

static void role_by_client(void)
{
	struct host h;
	struct pair p;

	host_init(&h, AF_INET);
	h.role.policy = fake_policy();
	h.rules.role_of = role_of_ipv4;
	h.listener.mask_to_server = true;
	host_start(&h);
	p = host_pair(&h);
	peer_send_text(p.client, "9");
	peer_expect_text(p.server, "1");
	host_stop_with(&h, p);
}

/* A seccomp filter as container runtimes have it: the probe says what is in the way. */
static void forbidden(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_io_uring_setup, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = {.len = array_size(code), .filter = code};
	struct err e = {{0}};

	CHECK(!io_probe(NULL, &e));
	CHECK(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	CHECK(!prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter));
	CHECK(io_probe(NULL, &e) == -EPERM);
	CHECK(strstr(e.text, "seccomp"));
}

const struct test policy_tests[] = {
	{"masked in one direction only", one_direction},
	{"held bytes keep their place", held},
	{"idle timer through a socket", idle},
	{"a refused stream", refused},
	{"an end inside a frame", unfinished},
	{"a connection that was not steered", not_steered},
	{"a connection that would come back", loop},
	{"io_uring forbidden by seccomp", forbidden},
	{"a role picked by the client's address", role_by_client},
	{0},
};
