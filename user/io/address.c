/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses of sockets: read, compared, printed. */
#include "address.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void address_unmap(union io_addr *a)
{
	struct sockaddr_in in4 = {.sin_family = AF_INET, .sin_port = a->in6.sin6_port};

	if (a->sa.sa_family != AF_INET6 || !IN6_IS_ADDR_V4MAPPED(&a->in6.sin6_addr))
		return;
	memcpy(&in4.sin_addr, &a->in6.sin6_addr.s6_addr[12], 4);
	a->in4 = in4;
}

int address_local(int fd, union io_addr *ret_a)
{
	union io_addr a = {0};
	socklen_t len = sizeof(a);

	if (getsockname(fd, &a.sa, &len))
		return -errno;
	address_unmap(&a);
	*ret_a = a;
	return 0;
}

int address_peer(int fd, union io_addr *ret_a)
{
	union io_addr a = {0};
	socklen_t len = sizeof(a);

	if (getpeername(fd, &a.sa, &len))
		return -errno;
	address_unmap(&a);
	*ret_a = a;
	return 0;
}

socklen_t address_len(const union io_addr *a)
{
	return a->sa.sa_family == AF_INET ? sizeof(a->in4) : sizeof(a->in6);
}

u16 address_port(const union io_addr *a)
{
	return ntohs(a->sa.sa_family == AF_INET ? a->in4.sin_port : a->in6.sin6_port);
}

bool address_same_host(const union io_addr *a, const union io_addr *b)
{
	if (a->sa.sa_family != b->sa.sa_family)
		return false;
	if (a->sa.sa_family == AF_INET)
		return a->in4.sin_addr.s_addr == b->in4.sin_addr.s_addr;
	return IN6_ARE_ADDR_EQUAL(&a->in6.sin6_addr, &b->in6.sin6_addr);
}

bool address_any(const union io_addr *a)
{
	if (a->sa.sa_family == AF_INET)
		return a->in4.sin_addr.s_addr == htonl(INADDR_ANY);
	return IN6_IS_ADDR_UNSPECIFIED(&a->in6.sin6_addr);
}

bool address_ours(const union io_addr *a)
{
	union io_addr probe = *a;
	bool ours;
	int fd;

	if (a->sa.sa_family == AF_INET)
		probe.in4.sin_port = 0;
	else
		probe.in6.sin6_port = 0;
	fd = socket(a->sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return true; /* not known: the caller refuses */
	ours = !bind(fd, &probe.sa, address_len(&probe)) || errno != EADDRNOTAVAIL;
	close(fd);
	return ours;
}

const char *address_text(const union io_addr *a, char *text)
{
	char host[INET6_ADDRSTRLEN] = "?";

	if (a->sa.sa_family == AF_INET)
		inet_ntop(AF_INET, &a->in4.sin_addr, host, sizeof(host));
	else
		inet_ntop(AF_INET6, &a->in6.sin6_addr, host, sizeof(host));
	snprintf(text, ADDRESS_TEXT, a->sa.sa_family == AF_INET ? "%s:%u" : "[%s]:%u", host,
		 address_port(a));
	return text;
}
