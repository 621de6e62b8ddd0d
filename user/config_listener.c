/* SPDX-License-Identifier: BSD-2-Clause */
/* Listeners: which connections are taken, where they go on to, which policy masks whom. */
#include "config_read.h"
#include <arpa/inet.h>
#include <string.h>

static const char *const modes[] = {
	[IO_PROXY] = "proxy", [IO_LOCAL] = "local", [IO_GATEWAY] = "gateway"};

/* A listener's map as it stands; what depends on the mode is looked at once all is there. */
struct listener_map {
	const char *name;
	u16 port;
	const struct yaml *mode, *interfaces, *servers, *listen, *upstream, *format, *mask, *policy,
		*roles, *send_proxy, *zero_copy, *existing, *limits;
};

static const struct key listener_keys[] = {
	{"name", offsetof(struct listener_map, name), read_name, "`name: lab-feed`"},
	{"mode", offsetof(struct listener_map, mode), read_node,
	 "`mode: proxy`, `local` or `gateway`"},
	{"port", offsetof(struct listener_map, port), read_port, "the port that clients dial"},
	{"format", offsetof(struct listener_map, format), read_node, "`format: hl7` or `text`"},
	{"mask", offsetof(struct listener_map, mask), read_node,
	 "`mask: to-server`, `to-client` or `both`"},
	{"policy", offsetof(struct listener_map, policy), read_node, "the name of a policy"},
	{"interfaces", offsetof(struct listener_map, interfaces), read_node, NULL},
	{"servers", offsetof(struct listener_map, servers), read_node, NULL},
	{"listen", offsetof(struct listener_map, listen), read_node, NULL},
	{"upstream", offsetof(struct listener_map, upstream), read_node, NULL},
	{"roles", offsetof(struct listener_map, roles), read_node, NULL},
	{"send_proxy", offsetof(struct listener_map, send_proxy), read_node, NULL},
	{"zero_copy", offsetof(struct listener_map, zero_copy), read_node, NULL},
	{"existing", offsetof(struct listener_map, existing), read_node, NULL},
	{"limits", offsetof(struct listener_map, limits), read_node, NULL},
};

struct interfaces_map {
	const char *clients, *servers;
};

static const struct key interface_keys[] = {
	{"clients", offsetof(struct interfaces_map, clients), read_interface,
	 "the interface that clients are reached by"},
	{"servers", offsetof(struct interfaces_map, servers), read_interface,
	 "the interface that servers are reached by"},
};

/* Keys that mean something in some modes only. */
static void check_mode(struct reader *r, const struct listener_map *map, enum io_mode mode,
		       const struct yaml *node)
{
	const struct {
		const struct yaml *value;
		bool allowed;
		const char *where;
	} rules[] = {
		{map->interfaces, mode == IO_GATEWAY, "gateway"},
		{map->servers, mode == IO_GATEWAY, "gateway"},
		{map->listen, mode == IO_PROXY, "proxy"},
		{map->send_proxy, mode != IO_GATEWAY, "proxy and local"},
		{map->existing, mode == IO_LOCAL, "local"},
	};

	for (size_t i = 0; i < array_size(rules); i++)
		if (rules[i].value && !rules[i].allowed)
			wrong(r, rules[i].value->key,
			      "`%s` has no meaning in mode %s, only in %s; remove it",
			      rules[i].value->key->text, modes[mode], rules[i].where);
	if (mode == IO_GATEWAY && !map->interfaces)
		wrong(r, node,
		      "mode gateway needs `interfaces`; add `interfaces: {clients: eth1, "
		      "servers: eth2}`");
	if (mode == IO_PROXY && !map->upstream)
		wrong(r, node, "mode proxy needs `upstream`; add the server's address:port");
}

static void read_upstream(struct reader *r, const struct yaml *value, struct config_listener *l)
{
	l->upstream_original =
		!value || (value->kind == YAML_TEXT && !strcmp(value->text, "original"));
	if (!value)
		return;
	if (!l->upstream_original)
		parse_address_port(r, value, &l->upstream);
	else if (l->mode == IO_PROXY)
		wrong(r, value,
		      "`upstream: original` has no meaning in mode proxy, where clients dial "
		      "scrim itself; write the server's address:port");
}

/* Whether the address behind the last is none of those before it. */
static bool first_time(struct reader *r, const struct yaml *item, const struct config_listener *l)
{
	for (size_t i = 0; i < l->nlisten; i++)
		if (!memcmp(&l->listen[i], &l->listen[l->nlisten], sizeof(*l->listen))) {
			wrong(r, item, "`%s` stands twice in `listen`; remove one", item->text);
			return false;
		}
	return true;
}

static void read_listen(struct reader *r, const struct yaml *value, struct config_listener *l)
{
	const struct yaml *item = value && value->kind == YAML_LIST ? value->first : value;
	size_t n = value && value->kind == YAML_LIST ? value->n : 2;

	l->listen = must_new(&r->config->arena, union io_addr, n);
	if (!value) { /* all addresses of both families */
		l->listen[0].in4.sin_family = AF_INET;
		l->listen[1].in6.sin6_family = AF_INET6;
		l->nlisten = 2;
	}
	for (; item; item = value->kind == YAML_LIST ? item->next : NULL)
		if (!parse_address(r, item, &l->listen[l->nlisten]))
			l->nlisten += first_time(r, item, l);
	for (size_t i = 0; i < l->nlisten; i++)
		l->listen[i].in4.sin_port = htons(l->port); /* the same place in both families */
	if (value && value->kind == YAML_LIST && !value->n)
		wrong(r, value,
		      "`listen` is an empty list; name an address, or leave it out for all");
}

static void read_interfaces(struct reader *r, const struct yaml *value, struct config_listener *l)
{
	struct interfaces_map map = {0};

	if (!expect(r, value, YAML_MAP, "a map {clients: eth1, servers: eth2}"))
		return;
	read_map(r, value, "interfaces", interface_keys, array_size(interface_keys), &map);
	l->clients = map.clients;
	l->servers = map.servers;
}

static void read_words(struct reader *r, const struct listener_map *map, struct config_listener *l)
{
	static const char *const masks[] = {"to-server", "to-client", "both"};
	static const char *const proxies[] = {"v2"}, *const existing[] = {"close", "refuse"};
	static const char *const zero_copies[] = {
		[IO_ZERO_COPY_AUTO] = "auto", [IO_ZERO_COPY_OFF] = "off"};
	const char *formats[FORMAT_COUNT];
	int i;

	for (i = 0; i < FORMAT_COUNT; i++)
		formats[i] = format_name((enum frame_format)i);
	if (map->format && (i = read_word(r, map->format, formats, FORMAT_COUNT)) >= 0)
		l->format = (enum frame_format)i;
	if (map->mask && (i = read_word(r, map->mask, masks, array_size(masks))) >= 0) {
		l->mask_to_server = i != 1;
		l->mask_to_client = i != 0;
	}
	if (map->send_proxy)
		l->send_proxy_v2 = read_word(r, map->send_proxy, proxies, array_size(proxies)) == 0;
	if (map->zero_copy &&
	    (i = read_word(r, map->zero_copy, zero_copies, array_size(zero_copies))) >= 0)
		l->zero_copy = (enum io_zero_copy)i;
	if (map->existing)
		l->refuse_existing =
			read_word(r, map->existing, existing, array_size(existing)) == 1;
}

static bool same_address(const union io_addr *a, const union io_addr *b)
{
	if (a->sa.sa_family != b->sa.sa_family)
		return false;
	return a->sa.sa_family == AF_INET
		       ? a->in4.sin_addr.s_addr == b->in4.sin_addr.s_addr
		       : !memcmp(&a->in6.sin6_addr, &b->in6.sin6_addr, sizeof(a->in6.sin6_addr));
}

/* Whether two listeners would take the same connections. */
static bool collide(const struct config_listener *a, const struct config_listener *b)
{
	if (a->mode != b->mode || a->port != b->port)
		return false;
	if (a->mode == IO_GATEWAY)
		return a->clients && b->clients && !strcmp(a->clients, b->clients);
	for (size_t i = 0; a->mode == IO_PROXY && i < a->nlisten; i++)
		for (size_t j = 0; j < b->nlisten; j++)
			if (same_address(&a->listen[i], &b->listen[j]))
				return true;
	return a->mode == IO_LOCAL;
}

static void check_others(struct reader *r, const struct yaml *node, const struct config_listener *l)
{
	const struct config *c = r->config;

	for (size_t i = 0; i < c->nlisteners; i++) {
		const struct config_listener *other = &c->listeners[i];

		if (l->name && other->name && !strcmp(l->name, other->name))
			wrong(r, node, "a second listener named `%s`; give it another name",
			      l->name);
		if (l->port && collide(l, other))
			wrong(r, node,
			      "port %u is taken by listener `%s` already; use another, or join "
			      "the two with `roles`",
			      l->port, other->name ? other->name : "?");
	}
}

static void read_listener(struct reader *r, const struct yaml *node, struct config_listener *l)
{
	struct listener_map map = {0};
	int mode = -1;

	if (!expect(r, node, YAML_MAP, "a listener, a map that begins with `name`"))
		return;
	read_map(r, node, "a listener", listener_keys, array_size(listener_keys), &map);
	l->name = map.name;
	l->port = map.port;
	read_words(r, &map, l);
	read_roles(r, map.roles, map.policy, l);
	if (map.limits)
		read_listener_limits(r, map.limits, l);
	if (map.mode)
		mode = read_word(r, map.mode, modes, array_size(modes));
	if (mode < 0)
		return;
	l->mode = (enum io_mode)mode;
	check_mode(r, &map, l->mode, node);
	read_upstream(r, map.upstream, l);
	if (map.interfaces)
		read_interfaces(r, map.interfaces, l);
	if (map.servers)
		read_networks(r, map.servers, &l->protected_nets, &l->nprotected);
	if (l->mode == IO_PROXY)
		read_listen(r, map.listen, l);
	check_others(r, node, l);
}

void read_listeners(struct reader *r, const struct yaml *value)
{
	struct config *c = r->config;

	if (!expect(r, value, YAML_LIST, "a list of listeners"))
		return;
	if (!value->n)
		wrong(r, value, "`listeners` is empty; add one, or remove the key");
	if (value->n > SCRIM_MAX_LISTENERS) {
		wrong(r, value, "%zu listeners; at most %d", value->n, SCRIM_MAX_LISTENERS);
		return;
	}
	c->listeners = must_new(&c->arena, struct config_listener, value->n + 1);
	for (const struct yaml *node = value->first; node; node = node->next, c->nlisteners++)
		read_listener(r, node, &c->listeners[c->nlisteners]);
}
