/* SPDX-License-Identifier: BSD-2-Clause */
/* A table of sockets: a row per worker, and in it the same places for all. */
#include "listen.h"
#include "must.h"
#include "sockets.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

static const int families[] = {AF_INET, AF_INET6};

/* How many sockets a worker has for a listener. */
static size_t places(const struct config_listener *l)
{
	return l->mode == IO_PROXY ? l->nlisten : l->nroles * array_size(families);
}

static struct io_listener describe(const struct config_listener *l, const struct roles *roles,
				   unsigned int role)
{
	return (struct io_listener){
		.name = l->name,
		.fd = -1,
		.mode = l->mode,
		.port = l->port,
		.mask_to_server = l->mask_to_server,
		.mask_to_client = l->mask_to_client,
		.upstream_original = l->upstream_original,
		.upstream = l->upstream,
		.send_proxy_v2 = l->send_proxy_v2,
		.role = &roles->roles[role],
		.role_of = l->mode == IO_PROXY ? roles_of : NULL,
		.role_ctx = roles,
	};
}

/* Every worker's socket of one place. */
static int open_place(struct listen *l, const struct config_listener *conf,
		      const struct roles *roles, unsigned int listener, size_t i, struct err *e)
{
	const bool steered = conf->mode != IO_PROXY;
	const unsigned int role = steered ? (unsigned int)(i / array_size(families)) : 0;
	int fd;

	l->places[l->n] = (struct listen_place){listener, role, steered};
	for (unsigned int w = 0; w < l->nworkers; w++)
		l->workers[w][l->n] = describe(conf, roles, role);
	l->n++;
	for (unsigned int w = 0; w < l->nworkers; w++) {
		fd = steered ? socket_steered(conf, families[i % array_size(families)], e)
			     : socket_listen(conf, &conf->listen[i], !w, e);
		if (fd < 0)
			return fd;
		l->workers[w][l->n - 1].fd = fd;
	}
	return 0;
}

/* A host without IPv6 is no fault where no IPv6 address was asked for by name. */
static bool may_lack(const struct config_listener *l, size_t i, int rc)
{
	const struct in6_addr *a;

	if (rc != -EAFNOSUPPORT && rc != -EADDRNOTAVAIL)
		return false;
	if (l->mode != IO_PROXY)
		return families[i % array_size(families)] == AF_INET6;
	a = &l->listen[i].in6.sin6_addr;
	return l->listen[i].sa.sa_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(a) &&
	       l->nlisten > 1;
}

static void forget_last(struct listen *l)
{
	l->n--;
	for (unsigned int w = 0; w < l->nworkers; w++)
		if (l->workers[w][l->n].fd >= 0)
			close(l->workers[w][l->n].fd);
}

int listen_open(struct listen *l, struct config *c, struct engine *g, struct kern *k,
		unsigned int nworkers, struct err *e)
{
	struct roles *roles = must_new(&c->arena, struct roles, c->nlisteners);
	size_t n = 0;
	int rc = 0;

	for (size_t i = 0; i < c->nlisteners; i++)
		n += places(&c->listeners[i]);
	l->nworkers = nworkers;
	l->places = must_new(&c->arena, struct listen_place, n);
	l->workers = must_new(&c->arena, struct io_listener *, nworkers);
	for (unsigned int w = 0; w < nworkers; w++)
		l->workers[w] = must_new(&c->arena, struct io_listener, n);
	for (unsigned int i = 0; i < c->nlisteners && !rc; i++) {
		const struct config_listener *conf = &c->listeners[i];

		rc = roles_new(c, conf, g, k, &roles[i], e);
		for (size_t j = 0; j < places(conf) && !rc; j++) {
			rc = open_place(l, conf, &roles[i], i, j, e);
			if (!rc || !may_lack(conf, j, rc))
				continue;
			forget_last(l);
			rc = 0;
		}
	}
	return rc;
}

int listen_steer(const struct listen *l, struct kern *k, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < l->n; i++)
		for (unsigned int w = 0; w < l->nworkers && l->places[i].steered && !rc; w++)
			rc = kern_set_socket(k, l->places[i].listener, l->places[i].role, w,
					     l->workers[w][i].fd, e);
	return rc;
}

void listen_close(struct listen *l)
{
	while (l->n)
		forget_last(l);
}
