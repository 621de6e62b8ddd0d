/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A list of sockets: by listener, in it by address, or by family and role, and then by worker.
 */
#include "listen.h"
#include "must.h"
#include "roles.h"
#include "sockets.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const int families[] = {AF_INET, AF_INET6};

/*
 * Where a listener has a socket of each worker: an address in mode proxy; else a family and a role,
 * for the backlogs of two roles are two. Of places of a role that has an earlier one's name there is
 * none: it is that one.
 */
static size_t places(const struct config_listener *l)
{
	return l->mode == IO_PROXY ? l->nlisten : array_size(families) * l->nroles;
}

static unsigned int role_of(const struct config_listener *l, size_t place)
{
	return l->mode == IO_PROXY ? 0 : (unsigned int)(place % l->nroles);
}

static int family_of(const struct config_listener *l, size_t place)
{
	return families[place / l->nroles];
}

static bool is_place(const struct config_listener *l, size_t place)
{
	unsigned int role = role_of(l, place);

	return roles_socket(l, l->roles[role].name) == role;
}

size_t listen_places(const struct config *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->nlisteners; i++)
		n += places(&c->listeners[i]);
	return n;
}

static int bound_to(int fd, union io_addr *ret_at)
{
	socklen_t len = sizeof(*ret_at);

	*ret_at = (union io_addr){0};
	return getsockname(fd, &ret_at->sa, &len) ? -errno : 0;
}

void listen_way(const struct config_listener *l, char to[SCRIM_NAME_LEN])
{
	snprintf(to, SCRIM_NAME_LEN, "%s:%u", l->clients ?: "", l->port);
}

static bool same_way(const struct listen_inherited *from, const struct config_listener *l)
{
	char way[SCRIM_NAME_LEN];

	listen_way(l, way);
	return !strcmp(from->way, way);
}

/*
 * 1: it is a socket of the i-th place of a listener; 0: it is not; -errno. In mode proxy the address
 * is enough. Else any of the family by which the same clients come is one of any role: who waits
 * there is taken on as his own, and who comes is led by the new programs.
 */
static int fits(const struct listen_inherited *from, const struct config_listener *l, size_t i)
{
	union io_addr at;
	int rc;

	if (from->used || from->mode != l->mode || (l->mode != IO_PROXY && !same_way(from, l)))
		return 0;
	rc = bound_to(from->fd, &at);
	if (rc)
		return rc;
	if (l->mode != IO_PROXY)
		return at.sa.sa_family == family_of(l, i);
	return !memcmp(&at, &l->listen[i], sizeof(at));
}

/* Whether the old daemon has the port, at whatever address: then a place is not alone on it. */
static bool had_port(const struct listen_inherited *from, size_t n, u16 port)
{
	union io_addr at;

	for (size_t i = 0; i < n; i++)
		if (from[i].mode == IO_PROXY && !bound_to(from[i].fd, &at) &&
		    at.in4.sin_port == htons(port)) /* at the same place in both families */
			return true;
	return false;
}

/* One that another daemon had; -ENOENT: there is none; or why that cannot be told, with e set. */
static int inherit(struct listen *l, unsigned int listener, size_t i, struct listen_inherited *from,
		   size_t n, struct err *e)
{
	const struct config_listener *conf = &l->config->listeners[listener];

	for (size_t j = 0; j < n; j++) {
		int rc = fits(&from[j], conf, i);

		if (rc < 0)
			return err_set(e, -rc, "listener %s: a socket of the old daemon: %s",
				       conf->name, strerror(-rc));
		if (!rc)
			continue;
		from[j].used = true;
		l->taken_over |= 1u << listener;
		return from[j].fd;
	}
	return -ENOENT;
}

/* Every worker's socket of one place. */
static int open_place(struct listen *l, unsigned int listener, size_t i, unsigned int nworkers,
		      struct listen_inherited *from, size_t n, struct err *e)
{
	const struct config_listener *conf = &l->config->listeners[listener];
	bool alone = !had_port(from, n, conf->port), old;
	int fd;

	for (unsigned int w = 0; w < nworkers; w++, alone = false) {
		fd = inherit(l, listener, i, from, n, e);
		old = fd != -ENOENT;
		if (!old)
			fd = conf->mode == IO_PROXY ? socket_open(conf, &conf->listen[i], alone, e)
						    : socket_steered(conf, family_of(conf, i), e);
		if (fd < 0)
			return fd;
		l->sockets[l->n++] =
			(struct listen_socket){listener,
					       role_of(conf, i),
					       w,
					       .listens = old || conf->mode != IO_PROXY,
					       .inherited = old,
					       .fd = fd};
	}
	return 0;
}

/* What is left of the old daemon's at a place that has all of its own. */
static int take_spares(struct listen *l, unsigned int listener, size_t i, unsigned int nworkers,
		       struct listen_inherited *from, size_t n, struct err *e)
{
	int fd;

	for (unsigned int w = 0; (fd = inherit(l, listener, i, from, n, e)) >= 0; w++)
		l->sockets[l->n++] = (struct listen_socket){
			listener,      0,       w % nworkers, .listens = true, .inherited = true,
			.spare = true, .fd = fd};
	return fd == -ENOENT ? 0 : fd;
}

/* A host without IPv6 is no fault where no IPv6 address was asked for by name. */
static bool may_lack(const struct config_listener *l, size_t i, int rc)
{
	const struct in6_addr *a;

	if (rc != -EAFNOSUPPORT && rc != -EADDRNOTAVAIL)
		return false;
	if (l->mode != IO_PROXY)
		return family_of(l, i) == AF_INET6;
	a = &l->listen[i].in6.sin6_addr;
	return l->listen[i].sa.sa_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(a) &&
	       l->nlisten > 1;
}

/* The spares when each role has its own, which may be any of the old ones. */
static int open_places(struct listen *l, unsigned int listener, unsigned int nworkers,
		       struct listen_inherited *from, size_t n, struct err *e)
{
	const struct config_listener *conf = &l->config->listeners[listener];
	int rc;

	for (size_t i = 0; i < places(conf); i++) {
		rc = is_place(conf, i) ? open_place(l, listener, i, nworkers, from, n, e) : 0;
		if (rc && !may_lack(conf, i, rc))
			return rc;
	}
	for (size_t i = 0; i < places(conf); i++) {
		rc = take_spares(l, listener, i, nworkers, from, n, e);
		if (rc)
			return rc;
	}
	return 0;
}

static struct io_gate *gates_new(struct config *c)
{
	struct io_gate *gates = must_new(&c->arena, struct io_gate, c->nlisteners);

	for (size_t i = 0; i < c->nlisteners; i++) {
		gates[i].most = c->listeners[i].connections;
		gates[i].rate = c->listeners[i].accept_rate;
	}
	return gates;
}

int listen_open(struct listen *l, struct config *c, unsigned int nworkers,
		struct listen_inherited *from, size_t n, struct err *e)
{
	size_t most = n + listen_places(c) * nworkers;
	int rc;

	*l = (struct listen){.config = c};
	l->gates = gates_new(c);
	l->sockets = must_new(&c->arena, struct listen_socket, most);
	for (unsigned int i = 0; i < c->nlisteners; i++) {
		rc = open_places(l, i, nworkers, from, n, e);
		if (rc)
			return rc;
	}
	return 0;
}

int listen_begin(struct listen *l, struct err *e)
{
	int rc = 0;

	for (struct listen_socket *s = l->sockets; s < l->sockets + l->n && !rc; s++) {
		if (!s->listens)
			rc = socket_begin(&l->config->listeners[s->listener], s->fd, e);
		s->listens = !rc;
	}
	return rc;
}

/* An inherited socket for the place of this one, of the same listener and family; -1: there is none. */
static int stand_in(const struct listen *l, const struct listen_socket *place)
{
	union io_addr at, other;

	if (place->inherited)
		return place->fd;
	if (bound_to(place->fd, &at))
		return -1;
	for (const struct listen_socket *s = l->sockets; s < l->sockets + l->n; s++)
		if (s->inherited && s->listener == place->listener && !bound_to(s->fd, &other) &&
		    other.sa.sa_family == at.sa.sa_family)
			return s->fd;
	return -1;
}

int listen_stand_in(const struct listen *l, struct kern *k, struct err *e)
{
	int rc = 0, fd;

	for (const struct listen_socket *s = l->sockets; s < l->sockets + l->n && !rc; s++) {
		if (l->config->listeners[s->listener].mode == IO_PROXY || s->spare || s->role)
			continue;
		fd = stand_in(l, s);
		if (fd >= 0)
			rc = kern_set_socket(k, s->listener, s->role, s->worker, fd, e);
	}
	return rc;
}

int listen_steer(const struct listen *l, struct kern *k, bool taken_over, struct err *e)
{
	int rc = 0;

	for (const struct listen_socket *s = l->sockets; s < l->sockets + l->n && !rc; s++)
		if (l->config->listeners[s->listener].mode != IO_PROXY && !s->spare &&
		    taken_over == !!(l->taken_over & 1u << s->listener))
			rc = kern_set_socket(k, s->listener, s->role, s->worker, s->fd, e);
	return rc;
}

static struct io_listener describe(const struct config_listener *l, unsigned int index, int fd,
				   struct io_gate *gate)
{
	return (struct io_listener){
		.name = l->name,
		.fd = fd,
		.mode = l->mode,
		.port = l->port,
		.mask_to_server = l->mask_to_server,
		.mask_to_client = l->mask_to_client,
		.upstream_original = l->upstream_original,
		.upstream = l->upstream,
		.send_proxy_v2 = l->send_proxy_v2,
		.zero_copy = l->zero_copy,
		.index = index,
		.gate = gate,
	};
}

struct io_listener *listen_worker(const struct listen *l, struct config *c, unsigned int worker,
				  size_t *ret_n)
{
	struct io_listener *served = must_new(&c->arena, struct io_listener, l->n);
	size_t n = 0;

	for (const struct listen_socket *s = l->sockets; s < l->sockets + l->n; s++)
		if (s->worker == worker)
			served[n++] = describe(&c->listeners[s->listener], s->listener, s->fd,
					       &l->gates[s->listener]);
	*ret_n = n;
	return served;
}

void listen_close(struct listen *l)
{
	while (l->n)
		close(l->sockets[--l->n].fd);
}
