/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What passing through without a copy costs at the least: a relay that only splices.
 *
 *   splice_relay LISTEN_PORT UPSTREAM_PORT PIPE_BYTES
 *
 *   socket ─▶ pipe ─▶ socket, one pipe a direction; what the socket does not take stays in the pipe
 *
 * Only for bulk streams of a bench: it serves until it is killed, and ends a connection when either
 * side does.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

struct pair;

struct direction {
	struct pair *pair;
	int in, out, pipe[2];
	size_t held; /* bytes in the pipe */
	bool ended;
};

struct pair {
	struct direction dir[2]; /* an event's pointer is the direction that reads that socket */
};

static size_t pipe_bytes;

static void direction_watch(int epoll, int op, struct pair *p, int i)
{
	const struct direction *reads = &p->dir[i], *writes = &p->dir[!i];
	struct epoll_event ev = {.data.ptr = &p->dir[i]};

	if (!reads->ended && !reads->held)
		ev.events |= EPOLLIN;
	if (writes->held)
		ev.events |= EPOLLOUT;
	if (epoll_ctl(epoll, op, reads->in, &ev))
		abort();
}

static void pair_watch(int epoll, int op, struct pair *p)
{
	direction_watch(epoll, op, p, 0);
	direction_watch(epoll, op, p, 1);
}

static void pair_close(struct pair *p)
{
	for (int i = 0; i < 2; i++) {
		close(p->dir[i].in);
		close(p->dir[i].pipe[0]);
		close(p->dir[i].pipe[1]);
		p->dir[i].in = -1;
	}
}

/* Into the pipe and out of it, until one of the sockets has to be waited for. */
static bool direction_move(int epoll, struct direction *d)
{
	const unsigned int flags = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;
	bool waited = d->held;
	ssize_t n;

	if (!d->held) {
		n = splice(d->in, NULL, d->pipe[1], NULL, pipe_bytes, flags);
		if (n < 0)
			return errno == EAGAIN;
		d->ended = !n;
		d->held = (size_t)n;
	}
	while (d->held) {
		n = splice(d->pipe[0], NULL, d->out, NULL, d->held, flags);
		if (n <= 0)
			break;
		d->held -= (size_t)n;
	}
	if (d->held && errno != EAGAIN)
		return false;
	if (d->ended)
		shutdown(d->out, SHUT_WR);
	if (d->held || waited || d->ended)
		pair_watch(epoll, EPOLL_CTL_MOD, d->pair);
	return !(d->pair->dir[0].ended && d->pair->dir[1].ended);
}

static void on_accept(int epoll, int listener, const struct sockaddr_in *upstream)
{
	int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK), one = 1;
	int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct pair *p = calloc(1, sizeof(*p));

	if (client < 0 || server < 0 || !p ||
	    connect(server, (const void *)upstream, sizeof(*upstream)) ||
	    fcntl(server, F_SETFL, O_NONBLOCK))
		abort();
	setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	p->dir[0] = (struct direction){.pair = p, .in = client, .out = server};
	p->dir[1] = (struct direction){.pair = p, .in = server, .out = client};
	for (int i = 0; i < 2; i++)
		if (pipe2(p->dir[i].pipe, O_CLOEXEC | O_NONBLOCK) ||
		    fcntl(p->dir[i].pipe[1], F_SETPIPE_SZ, (int)pipe_bytes) < 0)
			abort();
	pair_watch(epoll, EPOLL_CTL_ADD, p);
}

/* A pair is never freed: a later event of the same turn may be its other socket's. */
static void on_event(int epoll, struct direction *d, unsigned int events)
{
	struct direction *writes = &d->pair->dir[d == &d->pair->dir[0]];
	bool good = true;

	if (d->in >= 0 && events & EPOLLOUT)
		good = direction_move(epoll, writes);
	if (good && d->in >= 0 && events & (EPOLLIN | EPOLLHUP | EPOLLERR) && !d->held && !d->ended)
		good = direction_move(epoll, d);
	if (!good)
		pair_close(d->pair);
}

int main(int argc, char **argv)
{
	struct sockaddr_in a = {.sin_family = AF_INET}, upstream;
	struct epoll_event ev[64] = {{.events = EPOLLIN}};
	int epoll = epoll_create1(EPOLL_CLOEXEC), one = 1, n;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (argc != 4) {
		fprintf(stderr, "usage: splice_relay LISTEN_PORT UPSTREAM_PORT PIPE_BYTES\n");
		return 2;
	}
	upstream = a;
	a.sin_port = htons((uint16_t)atoi(argv[1]));
	upstream.sin_port = htons((uint16_t)atoi(argv[2]));
	upstream.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	pipe_bytes = strtoul(argv[3], NULL, 10);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(listener, (void *)&a, sizeof(a)) || listen(listener, 128) ||
	    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &ev[0])) {
		fprintf(stderr, "splice_relay: %s\n", strerror(errno));
		return 1;
	}
	for (;;) {
		n = epoll_wait(epoll, ev, 64, -1);
		for (int i = 0; i < n; i++)
			if (ev[i].data.ptr)
				on_event(epoll, ev[i].data.ptr, ev[i].events);
			else
				on_accept(epoll, listener, &upstream);
	}
}
