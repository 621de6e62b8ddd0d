/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes arrive as they were sent, in both directions, in any portions. */
#include "relay.h"
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

#define MIB (1024 * 1024)

static void both_ways(int family)
{
	struct host h;

	host_init(&h, family);
	host_start(&h);
	host_both_ways(&h, 64 * MIB);
	host_stop(&h);
	CHECK(host_flow(&h, FLOW_ACCEPTED) == 1);
}

static void both_ways_v4(void)
{
	both_ways(AF_INET);
}

static void both_ways_v6(void)
{
	both_ways(AF_INET6);
}

static void single_bytes(void)
{
	struct host h;
	struct pair p;
	int one = 1;

	host_init(&h, AF_INET);
	host_start(&h);
	p = host_pair(&h);
	CHECK(!setsockopt(p.client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)));
	for (u64 i = 0; i < 20000; i++)
		peer_send(p.client, 3, i, 1);
	for (u64 i = 0; i < 20000; i++)
		peer_expect(p.server, 3, i, 1);
	for (u64 i = 0; i < 2000; i++) { /* to and fro */
		peer_send(p.client, 4, i, 1);
		peer_expect(p.server, 4, i, 1);
		peer_send(p.server, 5, i, 1);
		peer_expect(p.client, 5, i, 1);
	}
	host_stop_with(&h, p);
}

/* Portions that make a direction big, then small, again and again. */
static void uneven_portions(void)
{
	struct host h;
	struct pair p;
	u64 at = 0;

	host_init(&h, AF_INET);
	host_start(&h);
	p = host_pair(&h);
	for (int i = 0; i < 200; i++) {
		u64 len = i % 25 ? 1 + (u64)i * 7 : 100000;

		peer_send(p.client, 6, at, len);
		peer_expect(p.server, 6, at, len);
		at += len;
	}
	host_stop_with(&h, p);
}

static void proxy_header(int family)
{
	static const u8 signature[12] = "\r\n\r\n\0\r\nQUIT\n";
	struct host h;
	struct pair p;
	union io_addr me;
	socklen_t len = sizeof(me);
	u8 want[52] = {0}, got[52];
	u32 n = family == AF_INET ? 28 : 52, half = family == AF_INET ? 4 : 16;

	host_init(&h, family);
	h.listener.send_proxy_v2 = true;
	host_start(&h);
	p = host_pair(&h);
	CHECK(!getsockname(p.client, &me.sa, &len));
	memcpy(want, signature, 12);
	want[12] = 0x21;
	want[13] = family == AF_INET ? 0x11 : 0x21;
	want[15] = (u8)(n - 16);
	want[16 + half - 1] = 1;
	want[16 + 2 * half - 1] = 1;
	if (family == AF_INET)
		want[16] = want[20] = 127;
	memcpy(want + n - 4, &me.in4.sin_port, 2); /* at the same place in IPv6 */
	want[n - 2] = (u8)(h.port >> 8);
	want[n - 1] = (u8)h.port;
	peer_send_text(p.client, "hello");
	CHECK(recv(p.server, got, n, MSG_WAITALL) == (ssize_t)n);
	CHECK(!memcmp(got, want, n));
	peer_expect_text(p.server, "hello");
	host_stop_with(&h, p);
}

static void proxy_header_v4(void)
{
	proxy_header(AF_INET);
}

static void proxy_header_v6(void)
{
	proxy_header(AF_INET6);
}

const struct test bytes_tests[] = {
	{"64 MiB both ways at once, IPv4", both_ways_v4},
	{"64 MiB both ways at once, IPv6", both_ways_v6},
	{"single bytes", single_bytes},
	{"uneven portions", uneven_portions},
	{"PROXY v2 header, IPv4", proxy_header_v4},
	{"PROXY v2 header, IPv6", proxy_header_v6},
	{0},
};
