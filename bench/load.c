/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One measurement of a relay: bulk clients and their server in one thread on one core.
 *
 *   load --relay PORT --sink PORT --pid PID --connections N --bytes N --corpus FILE --expect FILE
 *
 *   clients ══▶ relay (another process, another core) ══▶ sink, compares every byte
 *
 * Every client sends the corpus again and again, whole, until `bytes` are reached, and ends its
 * direction; the server must see exactly the expected file as often, and then the end. Printed is
 * one JSON object: bytes, seconds, and CPU-seconds of the relay (all its threads), of this
 * process and of the whole machine.
 */
#include "measure.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_CONNECTIONS 64
#define PIECE           (256 * 1024)
#define STALLED_MS      10000

struct leg {
	int fd;
	bool sends;
	u64 done;
};

struct load {
	u16 relay, sink;
	int pid;
	unsigned int connections;
	u64 bytes; /* per connection, a multiple of the corpus */
	struct text corpus, expect;
	int epoll, listener;
	struct leg client[MAX_CONNECTIONS], server[MAX_CONNECTIONS];
	unsigned int accepted, ended;
	u8 buffer[PIECE];
};

static void load_connect(struct load *l)
{
	struct sockaddr_in a = address("127.0.0.1", l->relay);

	for (unsigned int i = 0; i < l->connections; i++) {
		l->client[i] = (struct leg){.fd = client_new(&a), .sends = true};
		epoll_set(l->epoll, EPOLL_CTL_ADD, l->client[i].fd, EPOLLOUT, &l->client[i]);
	}
}

static void on_accept(struct load *l)
{
	int fd = accept4(l->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	if (l->accepted == l->connections)
		die("the relay opened more connections than it was given");
	l->server[l->accepted] = (struct leg){.fd = fd};
	epoll_set(l->epoll, EPOLL_CTL_ADD, fd, EPOLLIN, &l->server[l->accepted++]);
}

static void on_writable(struct load *l, struct leg *g)
{
	size_t at = g->done % l->corpus.len, n = l->corpus.len - at;
	ssize_t r;

	r = send(g->fd, l->corpus.p + at, n < PIECE ? n : PIECE, MSG_NOSIGNAL);
	if (r < 0 && errno != EAGAIN)
		die("send: %s after %lu bytes", strerror(errno), g->done);
	if (r > 0)
		g->done += (u64)r;
	if (g->done == l->bytes) {
		epoll_ctl(l->epoll, EPOLL_CTL_DEL, g->fd, NULL);
		shutdown(g->fd, SHUT_WR);
	}
}

static void on_readable(struct load *l, struct leg *g)
{
	ssize_t r = recv(g->fd, l->buffer, PIECE, 0);

	if (r < 0 && errno != EAGAIN)
		die("recv: %s after %lu bytes", strerror(errno), g->done);
	if (!r) {
		if (g->done != l->bytes)
			die("ended after %lu of %lu bytes", g->done, l->bytes);
		close(g->fd);
		l->ended++;
	}
	for (ssize_t seen = 0; seen < r;) {
		size_t at = g->done % l->expect.len, n = l->expect.len - at;

		if (n > (size_t)(r - seen))
			n = (size_t)(r - seen);
		if (memcmp(l->buffer + seen, l->expect.p + at, n))
			die("received bytes differ within %zu of byte %lu", n, g->done);
		g->done += n;
		seen += (ssize_t)n;
	}
}

static void load_run(struct load *l)
{
	struct epoll_event ev[2 * MAX_CONNECTIONS + 1];
	int n;

	while (l->ended < l->connections) {
		n = epoll_wait(l->epoll, ev, (int)array_size(ev), STALLED_MS);
		if (n <= 0)
			die("nothing moved for %d ms", STALLED_MS);
		for (int i = 0; i < n; i++) {
			struct leg *g = ev[i].data.ptr;

			if (!g)
				on_accept(l);
			else if (g->sends)
				on_writable(l, g);
			else
				on_readable(l, g);
		}
	}
}

static void load_arguments(struct load *l, int argc, char **argv)
{
	static const struct option options[] = {{"relay", required_argument, NULL, 'r'},
						{"sink", required_argument, NULL, 's'},
						{"pid", required_argument, NULL, 'p'},
						{"connections", required_argument, NULL, 'n'},
						{"bytes", required_argument, NULL, 'b'},
						{"corpus", required_argument, NULL, 'c'},
						{"expect", required_argument, NULL, 'e'},
						{0}};
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (o) {
		case 'r':
			l->relay = (u16)atoi(optarg);
			break;
		case 's':
			l->sink = (u16)atoi(optarg);
			break;
		case 'p':
			l->pid = atoi(optarg);
			break;
		case 'n':
			l->connections = (unsigned int)atoi(optarg);
			break;
		case 'b':
			l->bytes = strtoull(optarg, NULL, 10);
			break;
		case 'c':
			l->corpus = text_open(optarg);
			break;
		case 'e':
			l->expect = text_open(optarg);
			break;
		default:
			exit(2);
		}
	}
	if (!l->relay || !l->sink || !l->pid || !l->connections ||
	    l->connections > MAX_CONNECTIONS || !l->corpus.p || l->corpus.len != l->expect.len)
		die("an argument is missing, or corpus and expect differ in length");
	l->bytes += l->corpus.len - 1;
	l->bytes -= l->bytes % l->corpus.len;
}

int main(int argc, char **argv)
{
	static struct load l;
	struct sockaddr_in sink;
	struct usage a, b;

	load_arguments(&l, argc, argv);
	sink = address("127.0.0.1", l.sink);
	l.epoll = epoll_create1(EPOLL_CLOEXEC);
	l.listener = listener_new(&sink);
	epoll_set(l.epoll, EPOLL_CTL_ADD, l.listener, EPOLLIN, NULL);
	a = usage_now(l.pid);
	load_connect(&l);
	load_run(&l);
	b = usage_now(l.pid);
	printf("{\"bytes\": %lu, ", l.bytes * l.connections);
	usage_print(&a, &b);
	printf("}\n");
	return 0;
}
