/* SPDX-License-Identifier: BSD-2-Clause */
/* struct config ─▶ struct kern_conf; which cores the workers have. */
#include "must.h"
#include <arpa/inet.h>
#include <sched.h>
#include <scrim/steer.h>
#include <string.h>

static unsigned int allowed(cpu_set_t *set)
{
	CPU_ZERO(set);
	if (sched_getaffinity(0, sizeof(*set), set) || !CPU_COUNT(set))
		CPU_SET(0, set);
	return (unsigned int)CPU_COUNT(set);
}

unsigned int steer_workers(const struct config *c)
{
	cpu_set_t set;
	unsigned int n = c->workers ? c->workers : allowed(&set);

	return n < SCRIM_MAX_WORKERS ? n : SCRIM_MAX_WORKERS;
}

int steer_cpu(unsigned int i)
{
	cpu_set_t set;

	i %= allowed(&set);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &set) && i-- == 0)
			return cpu;
	return -1;
}

bool steer_needed(const struct config *c)
{
	for (size_t i = 0; i < c->nlisteners; i++)
		if (c->listeners[i].mode != IO_PROXY)
			return true;
	return false;
}

/* An explicit upstream of the gateway is protected with the others: its answers are steered too. */
static void add_upstream(struct config *c, const struct config_listener *l,
			 struct kern_listener *to)
{
	struct kern_prefix *nets = must_new(&c->arena, struct kern_prefix, l->nprotected + 1);
	struct kern_prefix *last = &nets[l->nprotected];

	memcpy(nets, l->protected_nets, l->nprotected * sizeof(*nets));
	last->family = (u8)l->upstream.sa.sa_family;
	if (last->family == AF_INET) {
		last->bits = 32;
		memcpy(last->addr, &l->upstream.in4.sin_addr, 4);
	} else {
		last->bits = 128;
		memcpy(last->addr, &l->upstream.in6.sin6_addr, 16);
	}
	to->protected_nets = nets;
	to->nprotected = l->nprotected + 1;
}

static void listener_conf(struct config *c, const struct config_listener *l,
			  struct kern_listener *to)
{
	*to = (struct kern_listener){
		.name = l->name,
		.mode = l->mode == IO_GATEWAY ? KERN_GATEWAY
			: l->mode == IO_LOCAL ? KERN_LOCAL
					      : KERN_PROXY,
		.port = l->port,
		.answer_port = l->upstream_original ? l->port : ntohs(l->upstream.in4.sin_port),
		.clients = l->clients,
		.servers = l->servers,
		.protected_nets = l->protected_nets,
		.nprotected = l->nprotected,
		.refuse_existing = l->refuse_existing,
	};
	if (l->mode == IO_GATEWAY && !l->upstream_original && l->nprotected)
		add_upstream(c, l, to);
}

void steer_conf(struct config *c, struct kern_conf *ret_conf)
{
	struct kern_listener *listeners = must_new(&c->arena, struct kern_listener, c->nlisteners);

	for (size_t i = 0; i < c->nlisteners; i++)
		listener_conf(c, &c->listeners[i], &listeners[i]);
	ret_conf->listeners = listeners;
	ret_conf->nlisteners = c->nlisteners;
	ret_conf->nworkers = steer_workers(c);
}
