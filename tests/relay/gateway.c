/* SPDX-License-Identifier: BSD-2-Clause */
/* A gateway's connection to the server, with the client's own address. Needs CAP_NET_ADMIN. */
#include "relay.h"
#include <unistd.h>

static int bound_client(struct host *h, u16 port, u16 *ret_port)
{
	struct sockaddr_in me = {.sin_family = AF_INET,
				 .sin_port = htons(*ret_port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1)};
	struct sockaddr_in to = h->listener.upstream.in4;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
	socklen_t len = sizeof(me);

	to.sin_port = htons(port);
	CHECK(fd >= 0);
	CHECK(!setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)));
	CHECK(!bind(fd, (struct sockaddr *)&me, sizeof(me)));
	CHECK(!connect(fd, (struct sockaddr *)&to, sizeof(to)));
	CHECK(!getsockname(fd, (struct sockaddr *)&me, &len));
	*ret_port = ntohs(me.sin_port);
	return fd;
}

static void host_gateway(struct host *h)
{
	host_init(h, AF_INET);
	h->listener.mode = IO_GATEWAY;
	h->listener.port = h->port;
}

/* The server sees the client's own address and port. */
static void gateway_address(void)
{
	struct host h;
	struct pair p;
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	u16 port = 0;

	host_gateway(&h);
	host_start(&h);
	p.client = bound_client(&h, h.port, &port);
	p.server = peer_accept(h.server);
	CHECK(!getpeername(p.server, (struct sockaddr *)&from, &len));
	CHECK(from.sin_addr.s_addr == htonl(INADDR_LOOPBACK + 1) && from.sin_port == htons(port));
	peer_send_text(p.client, "hello");
	peer_expect_text(p.server, "hello");
	host_stop_with(&h, p);
}

static int count_reclaim(void *ctx, const union io_addr *local, const union io_addr *remote)
{
	struct host *h = ctx;

	CHECK(local->in4.sin_addr.s_addr == htonl(INADDR_LOOPBACK + 1));
	CHECK(remote->in4.sin_port == htons(h->server_port));
	__atomic_fetch_add(&h->reclaims, 1, __ATOMIC_RELAXED);
	return 0;
}

/* The client's address and port is in use towards the server: one more try, then refused. */
static void gateway_port_taken(void)
{
	struct host h;
	u16 port = 0;
	int direct, client;

	host_gateway(&h);
	h.conf.reclaim = count_reclaim;
	h.conf.ctx = &h;
	host_start(&h);
	direct = bound_client(&h, h.server_port, &port);
	client = bound_client(&h, h.port, &port);
	peer_expect_reset(client);
	CHECK(host_flow(&h, FLOW_SOURCE_PORT) == 1);
	CHECK(__atomic_load_n(&h.reclaims, __ATOMIC_RELAXED) == 1);
	close(direct);
	host_stop(&h);
}

const struct test gateway_tests[] = {
	{"gateway: the client's address is kept", gateway_address},
	{"gateway: the client's port is taken", gateway_port_taken},
	{0},
};
