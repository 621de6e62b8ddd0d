/* SPDX-License-Identifier: BSD-2-Clause */
/* What a configuration steers, as a list: each entry of the gateway's is policy rules as well. */
#include "private.h"
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <export.skel.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int add(struct kern *k, const struct scrim_steered *s, struct err *e)
{
	const u32 one = 1;
	void *more;

	if (steered_has(k, s))
		return 0;
	more = realloc(k->steered, (k->nsteered + 1) * sizeof(*k->steered));
	if (!more)
		return err_set(e, ENOMEM, "out of memory");
	k->steered = more;
	k->steered[k->nsteered++] = *s;
	if (bpf_map_update_elem(bpf_map__fd(k->export->maps.steered), s, &one, BPF_ANY))
		return err_set(e, errno, "the map steered: %s", strerror(errno));
	return 0;
}

/* A port of the gateway, and what else keeps packets that may be of it from being forwarded. */
static int add_port(struct kern *k, const struct scrim_steered *port, struct err *e)
{
	struct scrim_steered pass = {.family = port->family}, unreadable = *port;
	int rc;

	memcpy(pass.ifname, port->ifname, sizeof(pass.ifname));
	unreadable.port = 0;
	if (!unreadable.bits)
		unreadable.side = SCRIM_CLIENTS | SCRIM_SERVERS;
	rc = add(k, &pass, e);
	if (!rc)
		rc = add(k, &unreadable, e);
	return rc ? rc : add(k, port, e);
}

/* One side of a gateway listener: its port for each network, or for each family. */
static int add_side(struct kern *k, const struct kern_listener *l, u8 side, struct err *e)
{
	static const u8 families[] = {AF_INET, AF_INET6};
	struct scrim_steered s = {
		.side = side,
		.port = htons(side == SCRIM_CLIENTS ? l->port : l->answer_port),
	};
	int rc = 0;

	strncpy(s.ifname, side == SCRIM_CLIENTS ? l->clients : l->servers, sizeof(s.ifname) - 1);
	for (size_t i = 0; i < array_size(families) && !l->nprotected && !rc; i++) {
		s.family = families[i];
		rc = add_port(k, &s, e);
	}
	for (size_t i = 0; i < l->nprotected && !rc; i++) {
		const struct kern_prefix *p = &l->protected_nets[i];

		s.family = p->family;
		s.bits = p->bits;
		memset(s.addr, 0, sizeof(s.addr));
		memcpy(s.addr, p->addr, p->family == AF_INET ? 4 : 16);
		rc = add_port(k, &s, e);
	}
	return rc;
}

static int add_listener(struct kern *k, const struct kern_listener *l, struct err *e)
{
	struct scrim_steered s = {0};
	int rc;

	if (l->mode == KERN_PROXY)
		return 0;
	if (l->mode == KERN_LOCAL) {
		s.side = SCRIM_CLIENTS;
		s.port = htons(l->port);
		return add(k, &s, e);
	}
	s.family = AF_INET; /* what is shared comes first: the others' rules refer to it */
	rc = add(k, &s, e);
	s.family = AF_INET6;
	if (!rc)
		rc = add(k, &s, e);
	if (!rc)
		rc = add_side(k, l, SCRIM_CLIENTS, e);
	return rc ? rc : add_side(k, l, SCRIM_SERVERS, e);
}

bool steered_has(const struct kern *k, const struct scrim_steered *s)
{
	for (size_t i = 0; i < k->nsteered; i++)
		if (!memcmp(&k->steered[i], s, sizeof(*s)))
			return true;
	return false;
}

int steered_next(int map, const struct scrim_steered *last, struct scrim_steered *ret_next)
{
	if (!bpf_map_get_next_key(map, last, ret_next))
		return 1;
	return errno == ENOENT ? 0 : -errno;
}

/* Only `scrim detach` and --replace take anything down: a configuration that steers less is refused. */
static int check_kept(const struct kern *k, struct err *e)
{
	struct scrim_steered old, *last = NULL;
	int fd = pin_get(k->dir, "steered"), rc = 0, more = fd;
	char text[128];

	if (fd == -ENOENT)
		return 0;
	while (!rc && more >= 0 && (more = steered_next(fd, last, &old)) > 0) {
		last = &old;
		if (steered_has(k, &old))
			continue;
		steered_print(&old, text, sizeof(text));
		rc = err_set(e, ESTALE,
			     "%s is steered (pinned in %s) and the configuration no longer says "
			     "so: --replace, or `scrim detach`, lets it go",
			     text, k->dir);
	}
	if (fd >= 0)
		close(fd);
	if (more < 0)
		return err_set(e, -more, "%s/steered: %s", k->dir, strerror(-more));
	return rc;
}

int steered_list(struct kern *k, const struct kern_conf *conf, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < conf->nlisteners && !rc; i++)
		rc = add_listener(k, &conf->listeners[i], e);
	if (!rc && !conf->replace)
		rc = check_kept(k, e);
	if (rc)
		return rc;
	k->added = calloc(k->nsteered + 1, sizeof(*k->added));
	return k->added ? 0 : err_set(e, ENOMEM, "out of memory");
}

void steered_print(const struct scrim_steered *s, char *text, size_t size)
{
	const char *family = s->family == AF_INET6 ? "IPv6" : "IPv4";
	char net[INET6_ADDRSTRLEN + 8] = "";

	if (s->bits) {
		inet_ntop(s->family, s->addr, net, INET6_ADDRSTRLEN);
		snprintf(net + strlen(net), 8, "/%u", s->bits);
	}
	if (!*s->ifname && s->port)
		snprintf(text, size, "local port %u", ntohs(s->port));
	else if (!*s->ifname)
		snprintf(text, size, "ICMP%s errors", s->family == AF_INET6 ? "v6" : "");
	else if (!s->side)
		snprintf(text, size, "%s on %s, what can be read to another port", family,
			 s->ifname);
	else if (!s->port)
		snprintf(text, size, "%s on %s, what cannot be read to a port%s%s", family,
			 s->ifname,
			 !s->bits                   ? ""
			 : s->side == SCRIM_CLIENTS ? ", to "
						    : ", from ",
			 net);
	else
		snprintf(text, size, "%s on %s, %s port %u%s%s", family, s->ifname,
			 s->side == SCRIM_CLIENTS ? "to" : "from", ntohs(s->port),
			 s->bits ? " of " : "", net);
}
