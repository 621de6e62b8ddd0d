/* SPDX-License-Identifier: BSD-2-Clause */
/* Policies: which rules are on, by name, group or class, and what becomes of a value. */
#include "config_read.h"
#include <string.h>

struct policy_map {
	const struct yaml *rules, *action, *except, *allow;
};

static const struct key policy_keys[] = {
	{"rules", offsetof(struct policy_map, rules), read_node, NULL},
	{"default", offsetof(struct policy_map, action), read_node, NULL},
	{"except", offsetof(struct policy_map, except), read_node, NULL},
	{"allow", offsetof(struct policy_map, allow), read_node, NULL},
};

static bool is_group(const struct rule_def *def, const char *word)
{
	return *def->group && !strcmp(def->group, word);
}

static bool is_named(const struct rule_def *def, const char *word)
{
	return def->name && !strcmp(def->name, word);
}

/* The word that a misspelt entry was meant to be; NULL if none is near. */
static const char *nearest_entry(struct reader *r, const char *word, bool classes)
{
	const char *names[RULE_MAX + ID_COUNT + 2] = {"builtin", "providers"};
	const struct config *c = r->config;
	size_t n = classes ? 0 : 2;

	for (size_t i = 0; i < c->ndefs && i < RULE_MAX; i++)
		if (c->defs[i].name)
			names[n++] = c->defs[i].name;
	for (int i = 0; classes && i < ID_COUNT; i++)
		names[n++] = identifier_name((enum identifier)i);
	return fault_nearest(word, names, n);
}

static void unknown_entry(struct reader *r, const struct yaml *item, bool classes)
{
	const char *near = nearest_entry(r, item->text, classes);
	const char *kinds = classes ? "rule or class of identifiers" : "rule or group of rules";

	if (near)
		wrong(r, item, "no %s is named `%s`; did you mean `%s`?", kinds, item->text, near);
	else
		wrong(r, item, "no %s is named `%s`; `scrim rules` lists them", kinds, item->text);
}

static void turn_on(struct reader *r, const struct yaml *item, struct config_policy *policy)
{
	const struct config *c = r->config;
	bool known = false, fresh = false;

	if (!expect(r, item, YAML_TEXT, "a rule's name, or `builtin`, or `providers`"))
		return;
	for (size_t i = 0; i < c->ndefs; i++) {
		if (!is_named(&c->defs[i], item->text) && !is_group(&c->defs[i], item->text))
			continue;
		known = true;
		fresh |= !policy->enabled[i];
		policy->enabled[i] = true;
	}
	if (!known)
		unknown_entry(r, item, false);
	else if (!fresh)
		wrong(r, item, "`%s` is on already by an entry before it; leave one out",
		      item->text);
}

static void turn_off(struct reader *r, const struct yaml *item, struct config_policy *policy)
{
	const struct config *c = r->config;
	bool known = false, any = false;
	enum identifier id = ID_COUNT;

	if (!expect(r, item, YAML_TEXT, "a rule's name or a class of identifiers"))
		return;
	known = !identifier_parse(item->text, &id);
	for (size_t i = 0; i < c->ndefs; i++) {
		if (!is_named(&c->defs[i], item->text) && c->defs[i].class != id)
			continue;
		known = true;
		any |= policy->enabled[i];
		policy->enabled[i] = false;
	}
	if (!known)
		unknown_entry(r, item, true);
	else if (!any)
		wrong(r, item,
		      "`%s` excepts nothing: none of the policy's rules is of that name or "
		      "class",
		      item->text);
}

bool config_policy_masks(const struct config *c, const struct config_policy *p,
			 enum frame_format format)
{
	bool any = false;

	for (size_t i = 0; i < c->ndefs; i++) {
		const struct rule_def *d = &c->defs[i];

		/* One without either is faulty, which has been said. */
		if (p->enabled[i] && (d->nforms || !d->fields || format == FORMAT_HL7))
			return true;
		any |= p->enabled[i];
	}
	return !any; /* that is told of the policy itself */
}

/* A policy that masks nothing has to say so. */
static void read_pass(struct reader *r, const struct policy_map *map, struct config_policy *policy)
{
	policy->pass = true;
	if (map->rules)
		wrong(r, map->rules,
		      "`default: none` passes the stream on unmasked, so rules would do "
		      "nothing; remove `rules`, or write `default: fill`");
	if (map->except)
		wrong(r, map->except, "`except` of a policy without rules; remove it");
	if (map->allow)
		wrong(r, map->allow, "`allow` of a policy without rules; remove it");
}

static void read_policy(struct reader *r, const struct yaml *node, struct config_policy *policy)
{
	static const char *const actions[] = {"fill", "none"};
	struct policy_map map = {0};
	bool on = false;

	read_name(r, node->key, &policy->name);
	policy->enabled = must_new(&r->config->arena, bool, r->config->ndefs);
	if (!expect(r, node, YAML_MAP, "a policy, such as {rules: [builtin], default: fill}"))
		return;
	read_map(r, node, "a policy", policy_keys, array_size(policy_keys), &map);
	if (map.action && read_word(r, map.action, actions, array_size(actions)) == 1) {
		read_pass(r, &map, policy);
		return;
	}
	if (!map.rules) {
		wrong(r, node->key,
		      "policy `%s` has no `rules`; add `rules: [builtin]`, or `default: none` "
		      "to pass the stream on unmasked",
		      node->key->text);
		return;
	}
	if (!expect(r, map.rules, YAML_LIST, "a list such as [builtin]"))
		return;
	for (const struct yaml *item = map.rules->first; item; item = item->next)
		turn_on(r, item, policy);
	if (map.except && expect(r, map.except, YAML_LIST, "a list such as [date]"))
		for (const struct yaml *item = map.except->first; item; item = item->next)
			turn_off(r, item, policy);
	if (map.allow) {
		policy->allow = read_allow(r, map.allow);
		check_policy_allow(r, map.allow, policy);
	}
	for (size_t i = 0; i < r->config->ndefs; i++)
		on |= policy->enabled[i];
	if (!on && (!map.rules->n || map.except))
		wrong(r, node->key,
		      "policy `%s` masks nothing; if that is meant, write `default: none`",
		      node->key->text);
}

void read_policies(struct reader *r, const struct yaml *value)
{
	struct config *c = r->config;

	if (!expect(r, value, YAML_MAP, "a map of policies by name"))
		return;
	c->policies = must_new(&c->arena, struct config_policy, value->n + 1);
	for (const struct yaml *node = value->first; node; node = node->next) {
		for (const struct yaml *other = value->first; other != node; other = other->next)
			if (!strcmp(other->key->text, node->key->text))
				wrong(r, node->key,
				      "a second policy named `%s`; the first is on line %u",
				      node->key->text, other->key->line);
		read_policy(r, node, &c->policies[c->npolicies]);
		if (c->policies[c->npolicies].name)
			c->npolicies++;
	}
	if (!value->n)
		wrong(r, value, "no policies; add one, such as `safe-harbor: {rules: [builtin]}`");
}

void mark_unused(struct config *c)
{
	for (size_t i = 0; i < c->ndefs; i++) {
		c->defs[i].unused = true;
		for (size_t p = 0; p < c->npolicies && c->defs[i].unused; p++)
			c->defs[i].unused = !c->policies[p].enabled[i];
	}
}

void check_rules_used(struct reader *r, const struct yaml *rules)
{
	const struct config *c = r->config;
	size_t i = 0, p;

	if (rules->kind != YAML_LIST)
		return;
	for (const struct yaml *item = rules->first; item; item = item->next) {
		const struct rule_def *builtin = amended(c, item);
		size_t rule = builtin ? (size_t)(builtin - c->defs) : i++;

		for (p = 0; p < c->npolicies && !c->policies[p].enabled[rule]; p++)
			;
		if (p == c->npolicies && c->defs[rule].name)
			wrong(r, item,
			      "no policy uses rule `%s`; add it to a policy's `rules`, or "
			      "remove it",
			      c->defs[rule].name);
	}
}
