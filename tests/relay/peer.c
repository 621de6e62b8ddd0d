/* SPDX-License-Identifier: BSD-2-Clause */
/* The two ends of a relayed connection, as a test sees them. Blocking sockets. */
#include "relay.h"
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIECE 65536

void check_failed(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: not so: %s (errno: %s)\n", file, line, what, strerror(errno));
	_exit(1);
}

static socklen_t loopback(int family, u16 port, union io_addr *ret_a)
{
	*ret_a = (union io_addr){0};
	if (family == AF_INET) {
		ret_a->in4 = (struct sockaddr_in){.sin_family = AF_INET,
						  .sin_port = htons(port),
						  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
		return sizeof(ret_a->in4);
	}
	ret_a->in6 = (struct sockaddr_in6){.sin6_family = AF_INET6,
					   .sin6_port = htons(port),
					   .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	return sizeof(ret_a->in6);
}

int peer_listen(int family, u16 *ret_port)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	union io_addr a;
	socklen_t len = loopback(family, 0, &a);

	CHECK(fd >= 0);
	CHECK(!bind(fd, &a.sa, len));
	CHECK(!listen(fd, 4096));
	CHECK(!getsockname(fd, &a.sa, &len));
	*ret_port = ntohs(family == AF_INET ? a.in4.sin_port : a.in6.sin6_port);
	return fd;
}

int peer_connect(int family, u16 port)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	union io_addr a;
	socklen_t len = loopback(family, port, &a);

	CHECK(fd >= 0);
	CHECK(!connect(fd, &a.sa, len));
	return fd;
}

int peer_accept(int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	CHECK(fd >= 0);
	return fd;
}

void peer_await_dialling(u16 port)
{
	unsigned int to, state = 0;
	char line[256];

	while (state != TCP_SYN_SENT) {
		FILE *f = fopen("/proc/self/net/tcp", "re");

		CHECK(f);
		while (state != TCP_SYN_SENT && fgets(line, sizeof(line), f))
			if (sscanf(line, " %*u: %*x:%*x %*x:%x %x", &to, &state) != 2 || to != port)
				state = 0;
		fclose(f);
		usleep(1000);
	}
}

/* The stream's byte at a place: all values, no short period. */
static u8 stream_byte(u32 seed, u64 at)
{
	u64 x = (at + seed) * 0x9e3779b97f4a7c15ULL;

	return (u8)(x >> 56);
}

static void stream_bytes(u8 *p, size_t n, u32 seed, u64 from)
{
	for (size_t i = 0; i < n; i++)
		p[i] = stream_byte(seed, from + i);
}

ssize_t peer_try_send(int fd, u32 seed, u64 from)
{
	u8 piece[8192];

	stream_bytes(piece, sizeof(piece), seed, from);
	return send(fd, piece, sizeof(piece), MSG_NOSIGNAL);
}

void peer_send(int fd, u32 seed, u64 from, u64 len)
{
	u8 piece[PIECE];

	while (len) {
		size_t n = len < PIECE ? len : PIECE;

		stream_bytes(piece, n, seed, from);
		for (size_t sent = 0; sent < n;) {
			ssize_t r = send(fd, piece + sent, n - sent, MSG_NOSIGNAL);

			CHECK(r > 0);
			sent += (size_t)r;
		}
		from += n;
		len -= n;
	}
}

void peer_expect(int fd, u32 seed, u64 from, u64 len)
{
	u8 piece[PIECE];

	while (len) {
		ssize_t r = recv(fd, piece, len < PIECE ? len : PIECE, 0);
		bool same = true;

		CHECK(r > 0);
		for (ssize_t i = 0; i < r; i++)
			same &= piece[i] == stream_byte(seed, from + (u64)i);
		CHECK(same);
		from += (u64)r;
		len -= (u64)r;
	}
}

void peer_send_text(int fd, const char *text)
{
	CHECK(send(fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text));
}

void peer_expect_text(int fd, const char *text)
{
	char got[4096];
	size_t len = strlen(text);

	CHECK(len <= sizeof(got));
	CHECK(recv(fd, got, len, MSG_WAITALL) == (ssize_t)len);
	CHECK(!memcmp(got, text, len));
}

void peer_expect_end(int fd)
{
	char c;

	CHECK(recv(fd, &c, 1, 0) == 0);
}

void peer_expect_reset(int fd)
{
	char c;
	ssize_t r;

	do
		r = recv(fd, &c, 1, 0);
	while (r > 0);
	CHECK(r < 0 && errno == ECONNRESET);
}

void peer_reset(int fd)
{
	const struct linger reset = {.l_onoff = 1};

	CHECK(!setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)));
	close(fd);
}

void peer_expect_gone(int fd)
{
	struct pollfd p = {.fd = fd};

	CHECK(poll(&p, 1, -1) == 1 && p.revents & POLLERR);
	CHECK(send(fd, "x", 1, MSG_NOSIGNAL) < 0);
}

void *flow_send(void *arg)
{
	struct flow *f = arg;

	peer_send(f->fd, f->seed, 0, f->len);
	CHECK(!shutdown(f->fd, SHUT_WR));
	return NULL;
}

void *flow_expect(void *arg)
{
	struct flow *f = arg;

	peer_expect(f->fd, f->seed, 0, f->len);
	peer_expect_end(f->fd);
	return NULL;
}
