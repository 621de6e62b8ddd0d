/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a site adds to a built-in rule: an entry of `rules` with its name.
 *
 *	- {name: mrn, labels: [Fallnummer], except: 'TEST-[0-9]{4}'}
 *
 * Labels go to every pattern that needs one. What a rule looks for cannot be changed, only turned
 * off in a policy: a changed rule of the same name would say one thing and do another.
 */
#include "config_read.h"
#include <string.h>

struct amend_map {
	const char *name;
	const struct yaml *labels, *context, *allow, *except;
};

static const struct key amend_keys[] = {
	{"name", offsetof(struct amend_map, name), read_name, NULL},
	{"labels", offsetof(struct amend_map, labels), read_node, NULL},
	{"context", offsetof(struct amend_map, context), read_node, NULL},
	{"allow", offsetof(struct amend_map, allow), read_node, NULL},
	{"except", offsetof(struct amend_map, except), read_node, NULL},
};

struct rule_def *amended(const struct config *c, const struct yaml *entry)
{
	const struct yaml *value = entry->kind == YAML_MAP ? entry->first : NULL;

	while (value && strcmp(value->key->text, "name"))
		value = value->next;
	if (!value || value->kind != YAML_TEXT)
		return NULL;
	for (size_t i = c->nsite; i < c->ndefs; i++)
		if (!strcmp(c->defs[i].name, value->text))
			return &c->defs[i];
	return NULL;
}

/* A key of a whole rule is a sign that somebody meant a rule of their own. */
static bool check_keys(struct reader *r, const struct yaml *entry, const char *name)
{
	size_t k;

	for (const struct yaml *v = entry->first; v; v = v->next) {
		for (k = 0; k < array_size(amend_keys); k++)
			if (!strcmp(amend_keys[k].name, v->key->text))
				break;
		if (k < array_size(amend_keys))
			continue;
		wrong(r, v->key,
		      "`%s` is a built-in rule, and its `%s` stays; give yours another name, or "
		      "add `labels`, `allow` or `except` to it",
		      name, v->key->text);
		return false;
	}
	return true;
}

/* Both lists in one. */
static const char *const *joined(struct reader *r, const char *const *a, const char *const *b)
{
	const char **both;
	size_t na = 0, nb = 0;

	while (a[na])
		na++;
	while (b[nb])
		nb++;
	both = must_new(&r->config->arena, const char *, na + nb + 1);
	memcpy(both, a, na * sizeof(*a));
	memcpy(both + na, b, nb * sizeof(*b));
	return both;
}

static void add_labels(struct reader *r, const struct yaml *value, struct rule_def *def)
{
	const char *const *labels = read_labels(r, value);
	bool any = false;

	for (size_t i = 0; i < def->nforms; i++) {
		struct form_def *form = &def->forms[i];

		if (!form->labels)
			continue;
		any = true;
		if (labels)
			form->labels = joined(r, form->labels, labels);
	}
	if (!any)
		wrong(r, value->key,
		      "`%s` finds its values without a label; for a number behind one write a "
		      "rule with a name of its own",
		      def->name);
}

static void check_once(struct reader *r, const struct yaml *rules, const struct yaml *entry,
		       const struct rule_def *def)
{
	for (const struct yaml *other = rules->first; other != entry; other = other->next)
		if (amended(r->config, other) == def)
			wrong(r, entry,
			      "a second entry for `%s`; put it into the first, on line %u",
			      def->name, other->line);
}

void amend_rule(struct reader *r, const struct yaml *rules, const struct yaml *entry,
		struct rule_def *def)
{
	struct amend_map map = {0};

	check_once(r, rules, entry, def);
	if (!check_keys(r, entry, def->name))
		return;
	read_map(r, entry, "a built-in rule", amend_keys, array_size(amend_keys), &map);
	map.labels = either_labels(r, map.labels, map.context);
	if (!map.labels && !map.allow && !map.except)
		wrong(r, entry,
		      "`%s` is a built-in rule, and nothing is added to it; add `labels`, `allow` "
		      "or `except`, or remove the entry",
		      def->name);
	if (map.labels)
		add_labels(r, map.labels, def);
	if (map.except)
		def->except = read_except(r, map.except);
	if (map.allow) {
		def->allow = read_allow(r, map.allow);
		check_allow(r, map.allow, def);
	}
}
