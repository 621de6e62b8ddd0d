/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections a second through a relay.
 *
 *   churn --connect ADDRESS:PORT --sink ADDRESS:PORT --pid PID [--clients-net FILE]
 *         [--server-net FILE] [--seen-as ADDRESS] --parallel N --size BYTES --seconds SECONDS --corpus FILE --expect FILE
 *
 *   connect ─▶ one request ─▶ the server compares it, answers with the same, closes ─▶ compare,
 *   end ─▶ the next
 *
 * That many clients do so side by side, clients and server in this one thread. The server ends
 * first, so that no port of a client waits in TIME_WAIT. FILEs are network namespaces: the sockets
 * of each side are made there; ADDRESS is what the server must see as the client's. Printed is one JSON object: connections, seconds, CPU-seconds.
 */
#include "measure.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define PARALLEL_MAX 1024
#define SIZE_MOST    16384
#define STALLED_MS   10000

struct end {
	int fd; /* -1: free */
	bool server, asked;
	u32 got;
};

struct churn {
	struct sockaddr_in to, sink, seen_as; /* seen_as: port 0 says anything goes */
	int pid, epoll, listener, clients_net, server_net;
	u32 parallel, size;
	u64 until, connections;
	u32 open; /* clients */
	struct text corpus, expect;
	struct end client[PARALLEL_MAX], server[2 * PARALLEL_MAX];
	u8 buffer[SIZE_MOST + 1];
};

static void enter(int net)
{
	if (net >= 0 && setns(net, CLONE_NEWNET))
		die("setns: %s", strerror(errno));
}

static void client_open(struct churn *c, struct end *e)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), one = 1;

	if (fd < 0 || setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) ||
	    (connect(fd, (void *)&c->to, sizeof(c->to)) && errno != EINPROGRESS))
		die("connect: %s", strerror(errno));
	*e = (struct end){.fd = fd};
	c->open++;
	epoll_set(c->epoll, EPOLL_CTL_ADD, fd, EPOLLOUT, e);
}

static void server_accept(struct churn *c)
{
	struct end *e = c->server;
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	int fd = accept4(c->listener, (void *)&from, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	if (c->seen_as.sin_port && from.sin_addr.s_addr != c->seen_as.sin_addr.s_addr)
		die("the server sees another address than the client's");
	while (e < c->server + array_size(c->server) && e->fd >= 0)
		e++;
	if (e == c->server + array_size(c->server))
		die("the relay holds more connections than it was given");
	*e = (struct end){.fd = fd, .server = true};
	epoll_set(c->epoll, EPOLL_CTL_ADD, fd, EPOLLIN, e);
}

/* Sends the whole of a message: small, on a connection that has sent nothing yet. */
static void end_send(const struct churn *c, const struct end *e, const u8 *p)
{
	if (send(e->fd, p, c->size, MSG_NOSIGNAL) != (ssize_t)c->size)
		die("send: %s", strerror(errno));
}

/* Receives and compares; true when the stream has ended. */
static bool end_receive(struct churn *c, struct end *e)
{
	ssize_t n = recv(e->fd, c->buffer, sizeof(c->buffer), 0);

	if (n < 0 && errno != EAGAIN)
		die("%s: %s", e->server ? "server" : "client", strerror(errno));
	if (n > 0 &&
	    (e->got + (u64)n > c->size || memcmp(c->buffer, c->expect.p + e->got, (size_t)n)))
		die("received bytes differ");
	e->got += n > 0 ? (u32)n : 0;
	return !n;
}

static void server_event(struct churn *c, struct end *e)
{
	if (end_receive(c, e) && e->got != c->size)
		die("a request ended after %u of %u bytes", e->got, c->size);
	if (e->got != c->size)
		return;
	end_send(c, e, c->expect.p);
	close(e->fd);
	e->fd = -1;
}

static void client_event(struct churn *c, struct end *e)
{
	if (!e->asked) {
		e->asked = true;
		end_send(c, e, c->corpus.p);
		epoll_set(c->epoll, EPOLL_CTL_MOD, e->fd, EPOLLIN, e);
		return;
	}
	if (!end_receive(c, e))
		return;
	if (e->got != c->size)
		die("a reply ended after %u of %u bytes", e->got, c->size);
	close(e->fd);
	e->fd = -1;
	c->open--;
	c->connections++;
	if (now_ns() < c->until)
		client_open(c, e);
}

static void churn_run(struct churn *c)
{
	struct epoll_event ev[64];

	for (u32 i = 0; i < c->parallel; i++)
		client_open(c, &c->client[i]);
	while (c->open) {
		int n = epoll_wait(c->epoll, ev, (int)array_size(ev), STALLED_MS);

		if (n <= 0)
			die("nothing moved for %d ms", STALLED_MS);
		for (int i = 0; i < n; i++) {
			struct end *e = ev[i].data.ptr;

			if (!e)
				server_accept(c);
			else if (e->server)
				server_event(c, e);
			else
				client_event(c, e);
		}
	}
}

static struct sockaddr_in address_port(char *text)
{
	char *colon = strchr(text, ':');

	if (!colon)
		die("%s: ADDRESS:PORT is needed", text);
	*colon = 0;
	return address(text, (u16)atoi(colon + 1));
}

static int net_open(const char *name)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die("%s: %s", name, strerror(errno));
	return fd;
}

static void churn_arguments(struct churn *c, int argc, char **argv)
{
	static const struct option options[] = {{"connect", required_argument, NULL, 'r'},
						{"sink", required_argument, NULL, 's'},
						{"pid", required_argument, NULL, 'p'},
						{"clients-net", required_argument, NULL, 'C'},
						{"server-net", required_argument, NULL, 'S'},
						{"seen-as", required_argument, NULL, 'a'},
						{"parallel", required_argument, NULL, 'n'},
						{"size", required_argument, NULL, 'b'},
						{"seconds", required_argument, NULL, 't'},
						{"corpus", required_argument, NULL, 'c'},
						{"expect", required_argument, NULL, 'e'},
						{0}};
	double seconds = 0;
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (o == 'r')
			c->to = address_port(optarg);
		else if (o == 's')
			c->sink = address_port(optarg);
		else if (o == 'p')
			c->pid = atoi(optarg);
		else if (o == 'C')
			c->clients_net = net_open(optarg);
		else if (o == 'S')
			c->server_net = net_open(optarg);
		else if (o == 'a')
			c->seen_as = address(optarg, 1);
		else if (o == 'n')
			c->parallel = (u32)atoi(optarg);
		else if (o == 'b')
			c->size = (u32)atoi(optarg);
		else if (o == 't')
			seconds = atof(optarg);
		else if (o == 'c')
			c->corpus = text_open(optarg);
		else if (o == 'e')
			c->expect = text_open(optarg);
		else
			exit(2);
	}
	if (!c->to.sin_port || !c->sink.sin_port || !c->parallel || c->parallel > PARALLEL_MAX ||
	    !c->size || c->size > SIZE_MOST || seconds <= 0 || c->corpus.len < c->size ||
	    c->expect.len < c->size)
		die("an argument is missing or too large");
	c->until = now_ns() + (u64)(seconds * 1e9);
}

int main(int argc, char **argv)
{
	static struct churn c = {.clients_net = -1, .server_net = -1};
	struct usage a, b;

	for (size_t i = 0; i < array_size(c.server); i++)
		c.server[i].fd = -1;
	churn_arguments(&c, argc, argv);
	c.epoll = epoll_create1(EPOLL_CLOEXEC);
	enter(c.server_net);
	c.listener = listener_new(&c.sink);
	epoll_set(c.epoll, EPOLL_CTL_ADD, c.listener, EPOLLIN, NULL);
	enter(c.clients_net);
	a = usage_now(c.pid);
	churn_run(&c);
	b = usage_now(c.pid);
	printf("{\"connections\": %lu, ", c.connections);
	usage_print(&a, &b);
	printf("}\n");
	return 0;
}
