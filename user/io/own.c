/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * This host's own addresses, as they were at most a second ago: a connection that would go on to
 * one of them may come back here.
 */
#include "worker.h"
#include <ifaddrs.h>
#include <string.h>

#define OLD_NS 1000000000ULL

static bool own_read(struct io_worker *w)
{
	struct ifaddrs *list;

	if (w->own && worker_now(w) < w->own_at + OLD_NS)
		return true;
	if (getifaddrs(&list))
		return false;
	own_forget(w);
	w->own = list;
	w->own_at = worker_now(w);
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

void own_forget(struct io_worker *w)
{
	if (w->own)
		freeifaddrs(w->own);
	w->own = NULL;
}
