/* SPDX-License-Identifier: BSD-2-Clause */
/* Roles: which policy masks whom, the default one among them. */
#include "config_read.h"
#include <string.h>

struct role_map {
	const char *name;
	const struct yaml *sources, *policy;
};

static const struct key role_keys[] = {
	{"name", offsetof(struct role_map, name), read_name, NULL},
	{"sources", offsetof(struct role_map, sources), read_node, "`sources: [10.1.0.0/16]`"},
	{"policy", offsetof(struct role_map, policy), read_node, "the name of a policy"},
};

static const struct config_policy *read_policy_name(struct reader *r, const struct yaml *value)
{
	const char *names[64], *near;
	const struct config *c = r->config;
	const struct config_policy *p;
	size_t n = 0;

	if (!expect(r, value, YAML_TEXT, "the name of a policy"))
		return NULL;
	p = config_policy_find(c, value->text);
	if (p || !c->npolicies) /* without any, that is the fault, and told already */
		return p;
	for (; n < c->npolicies && n < array_size(names); n++)
		names[n] = c->policies[n].name;
	near = fault_nearest(value->text, names, n);
	if (near)
		wrong(r, value, "there is no policy `%s`; did you mean `%s`?", value->text, near);
	else
		wrong(r, value, "there is no policy `%s`; known are %s", value->text,
		      words_joined(r, names, n));
	return NULL;
}

/* The same network in two roles: nobody could say which one a client has. */
static void check_role_sources(struct reader *r, const struct yaml *at,
			       const struct config_role *role, const struct config_listener *l)
{
	for (size_t i = 1; i < l->nroles; i++)
		for (size_t j = 0; j < l->roles[i].nsources; j++)
			for (size_t k = 0; k < role->nsources; k++) {
				const struct kern_prefix *a = &l->roles[i].sources[j];
				const struct kern_prefix *b = &role->sources[k];

				if (!prefix_contains(a, b) || !prefix_contains(b, a))
					continue;
				wrong(r, at,
				      "a network of this role is also one of role `%s`: leave it "
				      "out of one (a narrower one is allowed, and wins)",
				      l->roles[i].name);
				return;
			}
}

/* Counts are kept by the role's name, so one name stands for one policy. */
static void check_role_name(struct reader *r, const struct yaml *at, const struct config_role *role)
{
	const struct config *c = r->config;

	for (size_t i = 0; i <= c->nlisteners; i++)
		for (size_t j = 0; j < c->listeners[i].nroles; j++) {
			const struct config_role *other = &c->listeners[i].roles[j];

			if (!role->name || !other->name || strcmp(role->name, other->name) ||
			    role->policy == other->policy || !role->policy || !other->policy)
				continue;
			wrong(r, at,
			      "the role's name `%s` stands for policy `%s` elsewhere and for "
			      "`%s` here; counts are kept by role, so give it another `name`",
			      role->name, other->policy->name, role->policy->name);
			return;
		}
}

/* What passes unmasked does so by `default: none`, not by a policy that does not fit the format. */
static void check_masks(struct reader *r, const struct yaml *at, const struct config_policy *policy,
			const struct config_listener *l)
{
	if (policy && !policy->pass && !config_policy_masks(r->config, policy, l->format))
		wrong(r, at,
		      "policy `%s` looks for nothing in format %s, only in HL7 fields; add a rule "
		      "with patterns, or write `default: none` to pass the stream on unmasked",
		      policy->name, format_name(l->format));
}

static void read_role(struct reader *r, const struct yaml *node, struct config_listener *l)
{
	struct config_role *role = &l->roles[l->nroles];
	struct role_map map = {0};

	if (!expect(r, node, YAML_MAP, "a role, such as {sources: [10.1.0.0/16], policy: limited}"))
		return;
	read_map(r, node, "a role", role_keys, array_size(role_keys), &map);
	if (map.policy)
		role->policy = read_policy_name(r, map.policy);
	check_masks(r, map.policy, role->policy, l);
	role->name = map.name ? map.name : role->policy ? role->policy->name : NULL;
	if (map.sources) {
		read_networks(r, map.sources, &role->sources, &role->nsources);
		check_role_sources(r, map.sources, role, l);
	}
	check_role_name(r, node, role);
	if (role->policy)
		l->nroles++;
}

void read_roles(struct reader *r, const struct yaml *roles, const struct yaml *policy,
		struct config_listener *l)
{
	if (roles && !expect(r, roles, YAML_LIST, "a list of roles"))
		roles = NULL;
	if (roles && roles->n >= SCRIM_MAX_ROLES) {
		wrong(r, roles, "%zu roles beside the default one; at most %d", roles->n,
		      SCRIM_MAX_ROLES - 1);
		roles = NULL;
	}
	l->roles = must_new(&r->config->arena, struct config_role, (roles ? roles->n : 0) + 1);
	if (policy)
		l->roles[0].policy = read_policy_name(r, policy);
	check_masks(r, policy, l->roles[0].policy, l);
	l->roles[0].name = l->roles[0].policy ? l->roles[0].policy->name : NULL;
	if (policy)
		check_role_name(r, policy, &l->roles[0]);
	l->nroles = 1;
	for (const struct yaml *node = roles ? roles->first : NULL; node; node = node->next)
		read_role(r, node, l);
}
