/* SPDX-License-Identifier: BSD-2-Clause */
/* The configuration as rows of the steering maps (abi.h), of programs that nothing uses yet. */
#include "private.h"
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/if_arp.h>
#include <stdio.h>
#include <stdlib.h>
#include <steer_gateway.skel.h>
#include <steer_local.skel.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAPPED_BITS 96 /* of ::ffff:0:0/96 */

static int put(int map, const void *key, const void *value, const char *name, struct err *e)
{
	if (!bpf_map_update_elem(map, key, value, BPF_ANY))
		return 0;
	return err_set(e, errno, "the map %s: %s", name,
		       errno == E2BIG || errno == ENOSPC ? "it is full; fewer networks"
							 : strerror(errno));
}

/* An address as maps have it. */
static void mapped(u8 to[16], u8 family, const u8 *addr)
{
	if (family == AF_INET6) {
		memcpy(to, addr, 16);
		return;
	}
	memset(to, 0, 16);
	to[10] = to[11] = 0xff;
	memcpy(to + 12, addr, 4);
}

static struct scrim_net_key net_key(u32 owner, const struct kern_prefix *p)
{
	struct scrim_net_key key = {.prefix = 32, .owner = owner};

	if (!p)
		return key;
	key.prefix += p->bits + (p->family == AF_INET ? MAPPED_BITS : 0u);
	mapped(key.addr, p->family, p->addr);
	return key;
}

/* True if network a has all of b. Both of one owner. */
static bool net_contains(const struct scrim_net_key *a, const struct scrim_net_key *b)
{
	u32 bits = a->prefix - 32, whole = bits / 8;
	u8 mask = (u8)(0xff00 >> bits % 8);

	if (a->prefix > b->prefix || memcmp(a->addr, b->addr, whole))
		return false;
	return !(bits % 8) || !((a->addr[whole] ^ b->addr[whole]) & mask);
}

/* The slot of an interface, with one side more. */
static int iface_slot(struct kern *k, const char *name, u8 side, struct err *e)
{
	size_t i;

	for (i = 0; i < k->nifaces; i++)
		if (!strcmp(k->ifaces[i].name, name))
			break;
	if (i == k->nifaces) {
		if (i == SCRIM_SLOTS || strlen(name) >= IF_NAMESIZE)
			return err_set(e, EINVAL, "interface `%s`: too many, or too long a name",
				       name);
		strcpy(k->ifaces[i].name, name);
		for (int hook = 0; hook < KERN_HOOKS; hook++)
			k->ifaces[i].links[hook] = -1;
		k->nifaces++;
	}
	k->ifaces[i].sides |= side;
	k->ifaces[i].index = if_nametoindex(name);
	if (!k->ifaces[i].index && errno != ENODEV)
		return err_set(e, errno, "interface `%s`: %s", name, strerror(errno));
	if (!k->ifaces[i].index)
		return err_set(e, ENODEV, "there is no interface `%s`; see `ip link`", name);
	return (int)i;
}

/* Bytes of link-layer header; -ENOTSUP. */
static int link_layer(const char *name, struct err *e)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), rc;
	struct ifreq r = {0};

	if (fd < 0)
		return err_set(e, errno, "socket: %s", strerror(errno));
	strcpy(r.ifr_name, name);
	rc = ioctl(fd, SIOCGIFHWADDR, &r) ? -errno : 0;
	close(fd);
	if (rc)
		return err_set(e, -rc, "interface `%s`: %s", name, strerror(-rc));
	switch (r.ifr_hwaddr.sa_family) {
	case ARPHRD_ETHER:
	case ARPHRD_LOOPBACK:
		return 14;
	case ARPHRD_NONE:
	case ARPHRD_RAWIP:
	case ARPHRD_PPP:
	case ARPHRD_TUNNEL:
	case ARPHRD_TUNNEL6:
	case ARPHRD_SIT:
	case ARPHRD_IPGRE:
		return 0;
	}
	return err_set(e, ENOTSUP, "interface `%s` is neither Ethernet nor an IP tunnel", name);
}

int fill_iface(struct kern *k, const struct kern_iface *i, struct err *e)
{
	int l2 = link_layer(i->name, e);
	struct scrim_iface value = {
		.slot = (u32)(i - k->ifaces),
		.sides = i->sides,
		.l2_len = (u8)l2,
	};

	return l2 < 0 ? l2
		      : put(bpf_map__fd(k->gateway->maps.ifaces), &i->index, &value, "ifaces", e);
}

/* Interfaces of containers come and go, each with an index of its own: their rows go with them. */
static void forget_gone(const struct kern *k, const struct if_nameindex *all, int map)
{
	u32 index, next = 0;
	int more = bpf_map_get_next_key(map, NULL, &index);

	for (; !more; index = next) {
		const struct if_nameindex *i = all;
		bool there = false;

		more = bpf_map_get_next_key(map, &index, &next);
		while (i->if_index && i->if_index != index)
			i++;
		for (size_t j = 0; j < k->nifaces && !there; j++)
			there = k->ifaces[j].index == index;
		if (!there && !i->if_index)
			bpf_map_delete_elem(map, &index);
	}
}

/* Best effort: one that has no place in the map counts as new, and only what is steered stays out. */
void fill_others(struct kern *k)
{
	const struct scrim_iface other = {.slot = SCRIM_SLOT_NEW};
	struct if_nameindex *all = if_nameindex();
	int map = bpf_map__fd(k->gateway->maps.ifaces);

	if (!all)
		return;
	forget_gone(k, all, map);
	for (const struct if_nameindex *i = all; i->if_index; i++) {
		bool ours = false;

		for (size_t j = 0; j < k->nifaces && !ours; j++)
			ours = !strcmp(k->ifaces[j].name, i->if_name);
		if (!ours)
			bpf_map_update_elem(map, &i->if_index, &other, BPF_NOEXIST);
	}
	if_freenameindex(all);
}

/* Takes out what is of another version. */
static int forget_roles(int map, u32 version)
{
	struct scrim_net_key key, next;
	int more = bpf_map_get_next_key(map, NULL, &key);
	struct scrim_role role;

	for (; !more; key = next) {
		more = bpf_map_get_next_key(map, &key, &next);
		if (bpf_map_lookup_elem(map, &key, &role) ||
		    (role.version != version && bpf_map_delete_elem(map, &key)))
			return -errno;
	}
	return 0;
}

static int put_role(int map, const struct kern_source *s, u32 version, struct err *e)
{
	struct scrim_net_key key = net_key(s->listener, &s->net);
	struct scrim_role role = {.role = s->role, .version = version};

	strncpy(role.name, s->name, sizeof(role.name) - 1);
	return put(map, &key, &role, "roles", e);
}

int kern_set_sources(struct kern *k, const struct kern_source *sources, size_t n, struct err *e)
{
	int map, rc = 0;

	if (!k->gateway && !k->local)
		return 0;
	map = bpf_map__fd(k->gateway ? k->gateway->maps.roles : k->local->maps.roles);
	k->roles_version++;
	for (size_t i = 0; i < n && !rc; i++)
		rc = put_role(map, &sources[i], k->roles_version, e);
	if (rc)
		return rc;
	rc = forget_roles(map, k->roles_version);
	return rc ? err_set(e, -rc, "the map roles: %s", strerror(-rc)) : 0;
}

static int add_gate(int gates, u32 slot, u8 side, u16 port, unsigned int listener, struct err *e)
{
	struct scrim_gate_key key = {.slot = slot, .port = htons(port), .side = side};
	u32 listeners = 0;

	if (bpf_map_lookup_elem(gates, &key, &listeners) && errno != ENOENT)
		return err_set(e, errno, "the map gates: %s", strerror(errno));
	listeners |= 1u << listener;
	return put(gates, &key, &listeners, "gates", e);
}

/*
 * All listeners of `slot` with a network that has all of `key`, an address of that family: the
 * longest match must name each.
 */
static u32 listeners_with(const struct kern *k, const struct kern_conf *conf,
			  const struct scrim_net_key *key, u8 family)
{
	const char *name = key->owner == SCRIM_SLOT_NEW ? NULL : k->ifaces[key->owner].name;
	u32 bits = 0;

	for (unsigned int i = 0; i < conf->nlisteners; i++) {
		const struct kern_listener *l = &conf->listeners[i];

		if (l->mode != KERN_GATEWAY ||
		    (name && strcmp(l->clients, name) && strcmp(l->servers, name)))
			continue;
		if (!l->nprotected)
			bits |= 1u << i;
		for (size_t j = 0; j < l->nprotected; j++) {
			struct scrim_net_key other = net_key(key->owner, &l->protected_nets[j]);

			if (l->protected_nets[j].family == family && net_contains(&other, key))
				bits |= 1u << i;
		}
	}
	return bits;
}

static int put_net(struct kern *k, const struct kern_conf *conf, u32 slot,
		   const struct kern_prefix *p, struct err *e)
{
	struct scrim_net_key key = net_key(slot, p);
	u32 listeners = listeners_with(k, conf, &key, p ? p->family : AF_INET6);

	return put(bpf_map__fd(k->gateway->maps.nets), &key, &listeners, "nets", e);
}

/* A network of IPv6 that is as wide as ::/0 would have all of IPv4 in it: that has a row of its own. */
static int add_net(struct kern *k, const struct kern_conf *conf, u32 slot,
		   const struct kern_prefix *p, struct err *e)
{
	const struct kern_prefix v4 = {.family = AF_INET};
	struct scrim_net_key key = net_key(slot, p), mapped_key = net_key(slot, &v4);
	int rc = put_net(k, conf, slot, p, e);

	if (rc || !p || p->family == AF_INET || !net_contains(&key, &mapped_key))
		return rc;
	return put_net(k, conf, slot, &v4, e);
}

static int fill_gateway(struct kern *k, const struct kern_conf *conf, unsigned int listener,
			struct err *e)
{
	const struct kern_listener *l = &conf->listeners[listener];
	int gates = bpf_map__fd(k->gateway->maps.gates);
	int slots[3] = {[2] = SCRIM_SLOT_NEW}, rc = 0;

	slots[0] = iface_slot(k, l->clients, SCRIM_CLIENTS, e);
	slots[1] = slots[0] < 0 ? slots[0] : iface_slot(k, l->servers, SCRIM_SERVERS, e);
	if (slots[1] < 0)
		return slots[1];
	rc = add_gate(gates, (u32)slots[0], SCRIM_CLIENTS, l->port, listener, e);
	if (!rc)
		rc = add_gate(gates, (u32)slots[1], SCRIM_SERVERS, l->answer_port, listener, e);
	if (!rc)
		rc = add_gate(gates, (u32)slots[2], SCRIM_CLIENTS, l->port, listener, e);
	for (size_t s = 0; s < array_size(slots); s++) {
		if (!l->nprotected && !rc)
			rc = add_net(k, conf, (u32)slots[s], NULL, e);
		for (size_t i = 0; i < l->nprotected && !rc; i++)
			rc = add_net(k, conf, (u32)slots[s], &l->protected_nets[i], e);
	}
	return rc;
}

/* The kernel's side asks this socket whether the daemon lives. */
static int fill_alive(struct kern *k, int alive, struct err *e)
{
	int map = bpf_map__fd(k->gateway ? k->gateway->maps.alive : k->local->maps.alive);
	u64 fd;
	u32 zero = 0;

	fd = (u64)alive;
	return put(map, &zero, &fd, "alive", e);
}

int kern_alone(struct kern *k, struct err *e)
{
	return k->gateway || k->local ? fill_alive(k, k->alive[0], e) : 0;
}

/* Its own socket, or that of the daemon that is taken over from. */
static int begin_alive(struct kern *k, const struct kern_handed *from, struct err *e)
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, k->alive))
		return err_set(e, errno, "socketpair: %s", strerror(errno));
	return fill_alive(k, from && from->fd[KERN_ALIVE] >= 0 ? from->fd[KERN_ALIVE] : k->alive[0],
			  e);
}

int fill_maps(struct kern *k, const struct kern_conf *conf, struct err *e)
{
	int rc = 0;

	for (unsigned int i = 0; i < conf->nlisteners && !rc; i++) {
		const struct kern_listener *l = &conf->listeners[i];

		if (l->mode == KERN_GATEWAY)
			rc = fill_gateway(k, conf, i, e);
		else if (l->mode == KERN_LOCAL)
			rc = add_gate(bpf_map__fd(k->local->maps.gates), SCRIM_SLOT_LOCAL,
				      SCRIM_CLIENTS, l->port, i, e);
		if (rc)
			return err_prefix(e, rc, "listener %s", l->name);
	}
	for (size_t i = 0; i < k->nifaces && !rc; i++) {
		rc = iface_routed(&k->ifaces[i], e);
		if (!rc)
			rc = fill_iface(k, &k->ifaces[i], e);
	}
	if (!rc && k->gateway)
		fill_others(k);
	if (!rc && (k->gateway || k->local))
		rc = begin_alive(k, conf->from, e);
	return rc;
}
