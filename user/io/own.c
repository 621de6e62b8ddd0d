/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * This host's own addresses, as they are now: a connection that would go on to one of them may come
 * back here. They are read again when the kernel has told of a change, which it does before the
 * address can be reached.
 */
#include "worker.h"
#include <errno.h>
#include <ifaddrs.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <unistd.h>

void own_open(struct io_worker *w)
{
	const struct sockaddr_nl groups = {.nl_family = AF_NETLINK,
					   .nl_groups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR};

	w->own_news = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (w->own_news < 0 || !bind(w->own_news, (const struct sockaddr *)&groups, sizeof(groups)))
		return;
	close(w->own_news);
	w->own_news = -1;
}

/* Whether there may have been a change since the last call; what it is does not matter. */
static bool own_changed(struct io_worker *w)
{
	bool changed = false;
	char some[64];

	if (w->own_news < 0) {
		own_open(w);
		return true;
	}
	while (recv(w->own_news, some, sizeof(some), MSG_DONTWAIT) >= 0 || errno == ENOBUFS)
		changed = true;
	return changed || errno != EAGAIN;
}

static void own_forget(struct io_worker *w)
{
	if (w->own)
		freeifaddrs(w->own);
	w->own = NULL;
}

static bool own_read(struct io_worker *w)
{
	struct ifaddrs *list;

	if (!own_changed(w) && w->own)
		return true;
	own_forget(w);
	if (getifaddrs(&list))
		return false;
	w->own = list;
	return true;
}

bool own_address(struct io_worker *w, const union io_addr *a)
{
	union io_addr one;

	if (a->sa.sa_family == AF_INET && ntohl(a->in4.sin_addr.s_addr) >> 24 == 127)
		return true;
	if (!own_read(w))
		return address_ours(a);
	for (const struct ifaddrs *i = w->own; i; i = i->ifa_next) {
		if (!i->ifa_addr || i->ifa_addr->sa_family != a->sa.sa_family)
			continue;
		memcpy(&one, i->ifa_addr, address_len(a));
		if (address_same_host(&one, a))
			return true;
	}
	return false;
}

void own_close(struct io_worker *w)
{
	own_forget(w);
	if (w->own_news >= 0)
		close(w->own_news);
}
