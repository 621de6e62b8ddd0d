/* SPDX-License-Identifier: BSD-2-Clause */
#include "requests.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

void server_open(struct server *s, int epoll, u16 port, u32 size)
{
	struct sockaddr_in a = address("127.0.0.1", port);

	*s = (struct server){.epoll = epoll, .listener = listener_new(&a), .size = size};
	epoll_set(epoll, EPOLL_CTL_ADD, s->listener, EPOLLIN, s);
}

static void server_accept(struct server *s)
{
	struct echo *e = &s->echo[s->n];
	int fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	if (s->n++ == CONNECTIONS_MAX)
		die("the relay opened more connections than it was given");
	*e = (struct echo){.fd = fd, .message = malloc(s->size)};
	if (!e->message)
		die("no memory");
	epoll_set(s->epoll, EPOLL_CTL_ADD, fd, EPOLLIN, e);
}

static void echo_reply(struct server *s, struct echo *e, bool waited)
{
	ssize_t n = send(e->fd, e->message + e->sent, s->size - e->sent, MSG_NOSIGNAL);

	if (n < 0 && errno != EAGAIN)
		die("the server's send: %s", strerror(errno));
	e->sent += n > 0 ? (u32)n : 0;
	if (e->sent == s->size)
		e->have = e->sent = 0;
	if (waited != (e->have == s->size))
		epoll_set(s->epoll, EPOLL_CTL_MOD, e->fd, waited ? EPOLLIN : EPOLLOUT, e);
}

static void echo_receive(struct server *s, struct echo *e)
{
	ssize_t n = recv(e->fd, e->message + e->have, s->size - e->have, 0);

	if (n < 0 && errno != EAGAIN)
		die("the server's recv: %s", strerror(errno));
	if (!n)
		die("the server's end of a connection ended");
	e->have += n > 0 ? (u32)n : 0;
	if (e->have == s->size)
		echo_reply(s, e, false);
}

void server_event(struct server *s, void *what, u32 events)
{
	if (what == s)
		server_accept(s);
	else if (events & EPOLLOUT)
		echo_reply(s, what, true);
	else
		echo_receive(s, what);
}
