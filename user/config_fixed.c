/* SPDX-License-Identifier: BSD-2-Clause */
#include "config_fixed.h"
#include <errno.h>
#include <string.h>

const struct config_listener *config_listener_find(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->nlisteners; i++)
		if (!strcmp(c->listeners[i].name, name))
			return &c->listeners[i];
	return NULL;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* Lists of structs that come zeroed from an arena, so padding compares too. */
static bool same_list(const void *a, size_t na, const void *b, size_t nb, size_t size)
{
	return na == nb && (!na || !memcmp(a, b, na * size));
}

/* The first key of the listeners that differs, or NULL. */
static const char *listener_differs(const struct config_listener *a,
				    const struct config_listener *b)
{
	if (a->mode != b->mode)
		return "mode";
	if (a->port != b->port)
		return "port";
	if (a->format != b->format)
		return "format";
	if (a->mask_to_server != b->mask_to_server || a->mask_to_client != b->mask_to_client)
		return "mask";
	if (a->upstream_original != b->upstream_original ||
	    memcmp(&a->upstream, &b->upstream, sizeof(a->upstream)))
		return "upstream";
	if (a->send_proxy_v2 != b->send_proxy_v2)
		return "send_proxy";
	if (a->zero_copy != b->zero_copy)
		return "zero_copy";
	if (a->refuse_existing != b->refuse_existing)
		return "existing";
	if (a->connections != b->connections || a->accept_rate != b->accept_rate)
		return "limits";
	if (!same_text(a->clients, b->clients) || !same_text(a->servers, b->servers))
		return "interfaces";
	if (!same_list(a->protected_nets, a->nprotected, b->protected_nets, b->nprotected,
		       sizeof(*a->protected_nets)))
		return "servers";
	if (!same_list(a->listen, a->nlisten, b->listen, b->nlisten, sizeof(*a->listen)))
		return "listen";
	return NULL;
}

#define INSTEAD "a reload cannot change that, a restart does"

int config_fixed(const struct config *from, const struct config *to, struct err *e)
{
	if (from->workers != to->workers)
		return err_set(e, EINVAL, "`workers` is another one: " INSTEAD);
	if (memcmp(&from->limits, &to->limits, sizeof(from->limits)))
		return err_set(e, EINVAL, "`limits` are others: " INSTEAD);
	for (size_t i = 0; i < array_size(from->receive); i++)
		if (!same_text(from->receive[i].interface, to->receive[i].interface) ||
		    from->receive[i].number != to->receive[i].number)
			return err_set(e, EINVAL, "`receive_queues` are others: " INSTEAD);
	for (size_t i = 0; i < from->nlisteners; i++) {
		const struct config_listener *a = &from->listeners[i];
		const struct config_listener *b = config_listener_find(to, a->name);
		const char *key = b ? listener_differs(a, b) : NULL;

		if (!b)
			return err_set(e, EINVAL, "listener %s is gone: " INSTEAD, a->name);
		if (key)
			return err_set(e, EINVAL, "listener %s: `%s` is another one: " INSTEAD,
				       a->name, key);
	}
	for (size_t i = 0; i < to->nlisteners; i++)
		if (!config_listener_find(from, to->listeners[i].name))
			return err_set(e, EINVAL, "listener %s is new: " INSTEAD,
				       to->listeners[i].name);
	return 0;
}
