/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a site lets through: values (`allow`, of a rule or of a policy) and patterns of them
 * (`except`, of a rule). One that nothing could ever find is a mistake, and is said to be one.
 */
#include "config_read.h"
#include <string.h>

const char *const *read_allow(struct reader *r, const struct yaml *value)
{
	const char *const *texts = read_texts(r, value, "a value such as '212-555-0100'");
	const struct yaml *item = value->kind == YAML_LIST ? value->first : value;

	for (; item; item = value->kind == YAML_LIST ? item->next : NULL) {
		if (item->kind != YAML_TEXT)
			continue;
		if (strlen(item->text) > SCRIM_WINDOW)
			wrong(r, item, "an allowed value of %zu bytes; no value is longer than %d",
			      strlen(item->text), SCRIM_WINDOW);
		else if (strchr(item->text, '\n'))
			wrong(r, item,
			      "an allowed value of several lines; a value ends with its "
			      "line");
	}
	return texts;
}

const char *const *read_except(struct reader *r, const struct yaml *value)
{
	const struct yaml *item = value->kind == YAML_LIST ? value->first : value;
	size_t n = value->kind == YAML_LIST ? value->n : 1;

	if (n > RULE_MAX_FORMS) {
		wrong(r, value, "%zu patterns of exceptions; a rule has at most %d", n,
		      RULE_MAX_FORMS);
		return NULL;
	}
	for (; item; item = value->kind == YAML_LIST ? item->next : NULL)
		if (item->kind == YAML_TEXT && *item->text)
			check_pattern(r, item, GUARD_NONE);
	return read_texts(r, value, "a pattern such as 'TEST[0-9]{4}'");
}

static bool may_find(const struct ruleset *rs, const char *value)
{
	for (u16 i = 0; i < rs->nforms; i++)
		if (form_may_mask(&rs->forms[i], (const u8 *)value, strlen(value)))
			return true;
	return false;
}

/* Of n rules, changed here; what is wrong with them has been said. A field can hold anything. */
static void check_found(struct reader *r, const struct yaml *value, struct rule_def *rules,
			size_t n, const char *who)
{
	const struct yaml *item = value->kind == YAML_LIST ? value->first : value;
	struct ruleset *rs;

	for (size_t i = 0; i < n; i++) {
		if (rules[i].fields || !rules[i].nforms || !rules[i].name)
			return;
		rules[i].allow = rules[i].except = NULL;
	}
	if (!n || ruleset_compile(rules, n, &rs, NULL))
		return;
	for (; item; item = value->kind == YAML_LIST ? item->next : NULL)
		if (item->kind == YAML_TEXT && *item->text && !may_find(rs, item->text))
			wrong(r, item,
			      "%s finds `%.80s`, so there is nothing to allow; write all of "
			      "the value that it masks, and no more",
			      who, item->text);
	ruleset_free(rs);
}

void check_allow(struct reader *r, const struct yaml *value, const struct rule_def *rule)
{
	struct rule_def def = *rule;

	def.name = "rule";
	check_found(r, value, &def, 1, "the rule never");
}

void check_policy_allow(struct reader *r, const struct yaml *value,
			const struct config_policy *policy)
{
	const struct config *c = r->config;
	struct rule_def *on = must_new(&r->config->arena, struct rule_def, c->ndefs);
	size_t n = 0;

	for (size_t i = 0; i < c->ndefs; i++)
		if (policy->enabled[i])
			on[n++] = c->defs[i];
	check_found(r, value, on, n, "no rule of the policy");
}
