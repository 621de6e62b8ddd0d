/* SPDX-License-Identifier: BSD-2-Clause */
/* Making listening sockets, and saying in words what stands in their way. */
#include "sockets.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BACKLOG 4096 /* cut by net.core.somaxconn */

struct address_text address_print(const union io_addr *a)
{
	struct address_text t;
	char ip[INET6_ADDRSTRLEN];

	if (a->sa.sa_family == AF_INET6) {
		inet_ntop(AF_INET6, &a->in6.sin6_addr, ip, sizeof(ip));
		snprintf(t.text, sizeof(t.text), "[%s]:%u", ip, ntohs(a->in6.sin6_port));
	} else {
		inet_ntop(AF_INET, &a->in4.sin_addr, ip, sizeof(ip));
		snprintf(t.text, sizeof(t.text), "%s:%u", ip, ntohs(a->in4.sin_port));
	}
	return t;
}

static int set(int fd, int level, int option)
{
	const int on = 1;

	return setsockopt(fd, level, option, &on, sizeof(on)) ? -errno : 0;
}

/* What a person can do about it. */
static int listen_error(const struct config_listener *l, const union io_addr *at, int code,
			struct err *e)
{
	struct address_text t = address_print(at);

	switch (code) {
	case EADDRINUSE:
		return err_set(e, code,
			       "listener %s: %s is taken by another program; `ss -ltnp 'sport = "
			       ":%u'` shows "
			       "which",
			       l->name, t.text, l->port);
	case EADDRNOTAVAIL:
		return err_set(e, code,
			       "listener %s: %s is not an address of this host; see `ip addr`",
			       l->name, t.text);
	case EACCES:
		return err_set(
			e, code,
			"listener %s: ports below 1024 need CAP_NET_BIND_SERVICE: run as root, or "
			"choose another port than %u",
			l->name, l->port);
	default:
		return err_set(e, code, "listener %s: %s: %s", l->name, t.text, strerror(code));
	}
}

static socklen_t address_len(const union io_addr *a)
{
	return a->sa.sa_family == AF_INET6 ? sizeof(a->in6) : sizeof(a->in4);
}

/* A bound socket; -errno. */
static int open_bound(const union io_addr *at, bool shared, bool transparent)
{
	int fd = socket(at->sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
	bool v6 = at->sa.sa_family == AF_INET6;
	int rc;

	if (fd < 0)
		return -errno;
	rc = set(fd, SOL_SOCKET, SO_REUSEADDR);
	if (!rc && v6)
		rc = set(fd, IPPROTO_IPV6, IPV6_V6ONLY);
	if (!rc && shared)
		rc = set(fd, SOL_SOCKET, SO_REUSEPORT);
	if (!rc && transparent)
		rc = v6 ? set(fd, IPPROTO_IPV6, IPV6_TRANSPARENT)
			: set(fd, IPPROTO_IP, IP_TRANSPARENT);
	if (!rc && bind(fd, &at->sa, address_len(at)))
		rc = -errno;
	if (!rc)
		return fd;
	close(fd);
	return rc;
}

int socket_open(const struct config_listener *l, const union io_addr *at, bool first, struct err *e)
{
	int fd;

	if (first) {
		/* Alone, for a moment: sharing a port would hide that another program has it. */
		fd = open_bound(at, false, false);
		if (fd < 0)
			return listen_error(l, at, -fd, e);
		close(fd);
	}
	fd = open_bound(at, true, false);
	return fd < 0 ? listen_error(l, at, -fd, e) : fd;
}

int socket_begin(const struct config_listener *l, int fd, struct err *e)
{
	union io_addr at = {0};
	socklen_t len = sizeof(at);
	int code;

	if (!listen(fd, BACKLOG))
		return 0;
	code = errno;
	getsockname(fd, &at.sa, &len);
	return listen_error(l, &at, code, e);
}

int socket_steered(const struct config_listener *l, int family, struct err *e)
{
	union io_addr at = {.sa.sa_family = (sa_family_t)family};
	int fd, rc;

	if (family == AF_INET6)
		at.in6.sin6_addr = in6addr_loopback;
	else
		at.in4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = open_bound(&at, false, l->mode == IO_GATEWAY);
	if (fd == -EPERM)
		return err_set(e, EPERM,
			       "listener %s: transparent sockets need CAP_NET_ADMIN: run as root",
			       l->name);
	if (fd == -EADDRINUSE)
		return err_set(
			e, EADDRINUSE,
			"listener %s: no port is left on the loopback address for a listening "
			"socket of each role and worker; widen net.ipv4.ip_local_port_range",
			l->name);
	if (fd < 0)
		return listen_error(l, &at, -fd, e);
	rc = socket_begin(l, fd, e);
	if (!rc)
		return fd;
	close(fd);
	return rc;
}
