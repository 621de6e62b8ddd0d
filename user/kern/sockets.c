/* SPDX-License-Identifier: BSD-2-Clause */
/* While the daemon runs: its listening sockets, its own connections, interfaces made anew. */
#include "private.h"
#include <bpf/bpf.h>
#include <errno.h>
#include <steer_gateway.skel.h>
#include <steer_local.skel.h>
#include <string.h>
#include <sys/socket.h>

static int sockets_map(const struct kern *k)
{
	if (k->gateway)
		return bpf_map__fd(k->gateway->maps.sockets);
	return k->local ? bpf_map__fd(k->local->maps.sockets) : -1;
}

int kern_set_socket(struct kern *k, unsigned int listener, unsigned int role, unsigned int worker,
		    int fd, struct err *e)
{
	socklen_t len = sizeof(int);
	const u32 listens = SCRIM_OWN_LISTENS;
	u64 value = (u64)fd;
	int domain;
	u32 place;

	if (sockets_map(k) < 0 || listener >= k->nlisteners || !(k->is_steered & 1u << listener) ||
	    role >= SCRIM_MAX_ROLES || worker >= k->nworkers)
		return err_set(e, EINVAL,
			       "no place for a socket of listener %u, role %u, worker %u", listener,
			       role, worker);
	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len))
		return err_set(e, errno, "a listening socket: %s", strerror(errno));
	place = SCRIM_SOCKET(listener, role, worker, domain == AF_INET6);
	if (k->is_local & 1u << listener &&
	    bpf_map_update_elem(bpf_map__fd(k->local->maps.own_sockets), &fd, &listens, BPF_ANY))
		return err_set(e, errno, "marking a listening socket: %s", strerror(errno));
	if (bpf_map_update_elem(sockets_map(k), &place, &value, BPF_ANY))
		return err_set(e, errno, "giving the kernel a listening socket: %s",
			       strerror(errno));
	return 0;
}

void kern_clear_sockets(struct kern *k)
{
	u32 place;

	if (sockets_map(k) < 0)
		return;
	/* Roles of all listeners stand in one row. */
	for (u32 r = 0; r < k->nlisteners * SCRIM_MAX_ROLES; r++)
		for (u32 w = 0; w < 2 * k->nworkers; w++) {
			place = SCRIM_SOCKET(0, r, w / 2, w % 2);
			bpf_map_delete_elem(sockets_map(k), &place);
		}
}

int kern_own(struct kern *k, int fd)
{
	const u32 connects = SCRIM_OWN_CONNECTS;

	if (!k->local)
		return 0;
	return bpf_map_update_elem(bpf_map__fd(k->local->maps.own_sockets), &fd, &connects, BPF_ANY)
		       ? -errno
		       : 0;
}

static int pin_links(struct kern *k, const struct kern_iface *i, struct err *e)
{
	struct kern_pin pins[KERN_HOOKS];
	size_t n = 0;

	for (int hook = 0; hook < KERN_HOOKS; hook++) {
		struct kern_link *l;

		if (i->links[hook] < 0)
			continue;
		l = &k->links[i->links[hook]];
		link_settle(l);
		strcpy(pins[n].name, l->pin);
		pins[n++].fd = l->fd;
	}
	return pin_all(k->dir, pins, n, e);
}

/* What had the name may have another one now: a filter would stay on it. */
static void remove_filters(const struct kern *k, const struct kern_iface *i)
{
	for (int hook = 0; hook < KERN_HOOKS; hook++)
		if (i->links[hook] >= 0)
			filter_remove(k->dir, i->index, hook, i->name, k->links[i->links[hook]].fd);
}

/* 1 if it was attached again, 0 if there was no need. */
static int refresh_iface(struct kern *k, struct kern_iface *i, struct err *e)
{
	u32 now = if_nametoindex(i->name), before = i->index;
	int map = bpf_map__fd(k->gateway->maps.ifaces), rc;

	if (!now && errno != ENODEV)
		return err_set(e, errno, "interface `%s`: %s", i->name, strerror(errno));
	if (!now)
		return err_set(e, ENODEV, "interface `%s` is gone; its traffic ends here", i->name);
	if (now == before && iface_on(k, i))
		return 0;
	if (!k->tcx && before && before != now)
		remove_filters(k, i);
	i->index = now;
	rc = fill_iface(k, i, e);
	if (!rc)
		rc = iface_link(k, i, e);
	if (!rc)
		rc = pin_links(k, i, e);
	if (rc) {
		i->index = 0; /* try again */
		return rc;
	}
	if (before && before != now)
		bpf_map_delete_elem(map, &before);
	return 1;
}

int kern_refresh(struct kern *k, struct err *e)
{
	int rc, some = 0, added;
	struct err second; /* the first reason is the one to tell */

	if (!k->gateway)
		return 0;
	rc = dir_gone(k->dir, k->dir_fd);
	if (rc < 0)
		return err_set(e, -rc, "%s: %s", k->dir, strerror(-rc));
	if (rc)
		return err_set(e, ENOENT,
			       "%s was taken down (`scrim detach --force`): nothing is steered",
			       k->dir);
	fill_others(k);
	for (size_t i = 0; i < k->nifaces; i++) {
		int one = refresh_iface(k, &k->ifaces[i], e);

		some |= one > 0;
		one = one < 0 ? one : iface_routed(&k->ifaces[i], e);
		if (one < 0)
			rc = one; /* the others are looked after all the same */
	}
	added = routes_add(k, rc ? &second : e);
	if (rc)
		return rc;
	return added < 0 ? added : some | added;
}
