/* SPDX-License-Identifier: BSD-2-Clause */
/* struct config_role ─▶ struct io_role, struct kern_source; picking one by the client's address. */
#include "roles.h"
#include "config_fixed.h"
#include "config_read.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A row for each rule of the policy, by the rule's index. */
static int take_rows(struct config *c, const struct config_role *role, struct kern *k,
		     struct io_role *to, struct err *e)
{
	struct scrim_rule_row **rows =
		arena_array(&c->arena, c->ndefs, sizeof(struct scrim_rule_row *));

	if (!rows)
		return err_set(e, ENOMEM, "out of memory");
	for (size_t i = 0; i < c->ndefs; i++) {
		if (!role->policy->enabled[i])
			continue;
		rows[i] = kern_row(k, c->defs[i].name, role->name);
		if (!rows[i])
			return err_set(
				e, ENOSPC,
				"all %d rows of counters are taken; fewer roles, or `scrim detach` "
				"before the start for fresh ones",
				SCRIM_RULE_ROWS);
	}
	to->counters.rows = rows;
	return 0;
}

int roles_new(struct config *c, const struct config_listener *l, struct engine *g, struct kern *k,
	      struct roles *ret_roles, struct err *e)
{
	struct io_role *roles = arena_array(&c->arena, l->nroles, sizeof(*roles));
	int rc;

	if (!roles)
		return err_set(e, ENOMEM, "out of memory");
	for (size_t i = 0; i < l->nroles; i++) {
		roles[i].name = l->roles[i].name;
		rc = engine_policy(g, l->roles[i].policy, l->format, &roles[i].policy, e);
		if (!rc)
			rc = take_rows(c, &l->roles[i], k, &roles[i], e);
		if (rc)
			return err_prefix(e, rc, "listener %s", l->name);
		roles[i].traffic = kern_listener_row(k, l->name, l->roles[i].name);
		if (!roles[i].traffic)
			return err_set(e, ENOSPC,
				       "listener %s: all %d rows of the map listeners are taken; "
				       "`scrim detach` before the start for fresh ones",
				       l->name, SCRIM_LISTENER_ROWS);
	}
	*ret_roles = (struct roles){.listener = l, .roles = roles};
	return 0;
}

unsigned int roles_socket(const struct config_listener *at_start, const char *name)
{
	for (unsigned int i = 1; i < at_start->nroles; i++)
		if (!strcmp(at_start->roles[i].name, name))
			return strcmp(at_start->roles[0].name, name) ? i : 0;
	return 0;
}

/* to: room for the networks of all roles, and two more. How many there are. */
static size_t list_sources(const struct config_listener *at_start, const struct config_listener *l,
			   unsigned int listener, struct kern_source *to)
{
	const u8 families[] = {AF_INET6, AF_INET};
	struct kern_source s = {.listener = listener, .name = l->roles[0].name};
	size_t n = 0;

	/* IPv4 has a row of its own, or an IPv6 network around it would name its role. */
	for (size_t i = 0; i < array_size(families); i++) {
		s.net = (struct kern_prefix){.family = families[i]};
		to[n++] = s;
	}
	for (size_t i = 0; i < l->nroles; i++) {
		s.name = l->roles[i].name;
		s.role = roles_socket(at_start, s.name);
		for (size_t j = 0; j < l->roles[i].nsources; j++) {
			s.net = l->roles[i].sources[j];
			to[n++] = s;
		}
	}
	return n;
}

static size_t most_sources(const struct config *c)
{
	size_t most = 0;

	for (size_t i = 0; i < c->nlisteners; i++) {
		most += 2;
		for (size_t j = 0; j < c->listeners[i].nroles; j++)
			most += c->listeners[i].roles[j].nsources;
	}
	return most;
}

int roles_steer(const struct config *at_start, const struct config *now, struct kern *k,
		struct err *e)
{
	struct kern_source *sources = calloc(most_sources(now), sizeof(*sources));
	size_t n = 0;
	int rc;

	if (!sources)
		return err_set(e, ENOMEM, "out of memory");
	for (unsigned int i = 0; i < at_start->nlisteners; i++) {
		const struct config_listener *l = &at_start->listeners[i];

		if (l->mode != IO_PROXY)
			n += list_sources(l, config_listener_find(now, l->name), i, sources + n);
	}
	rc = kern_set_sources(k, sources, n, e);
	free(sources);
	return rc;
}

/* The address as a network of one host; IPv4 in IPv6 is IPv4. */
static struct kern_prefix host_of(const union io_addr *a)
{
	struct kern_prefix p = {.family = AF_INET, .bits = 32};

	if (a->sa.sa_family == AF_INET) {
		memcpy(p.addr, &a->in4.sin_addr, 4);
	} else if (IN6_IS_ADDR_V4MAPPED(&a->in6.sin6_addr)) {
		memcpy(p.addr, a->in6.sin6_addr.s6_addr + 12, 4);
	} else {
		p.family = AF_INET6;
		p.bits = 128;
		memcpy(p.addr, &a->in6.sin6_addr, 16);
	}
	return p;
}

const struct io_role *roles_of(const void *roles, const union io_addr *client)
{
	const struct kern_prefix host = host_of(client);
	const struct roles *r = roles;
	size_t best = 0;
	int bits = -1;

	for (size_t i = 1; i < r->listener->nroles; i++) {
		const struct config_role *role = &r->listener->roles[i];

		for (size_t j = 0; j < role->nsources; j++) {
			if (role->sources[j].bits <= bits ||
			    !prefix_contains(&role->sources[j], &host))
				continue;
			bits = role->sources[j].bits;
			best = i;
		}
	}
	return &r->roles[best];
}
