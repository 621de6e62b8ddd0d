/* SPDX-License-Identifier: BSD-2-Clause */
/* The file's top level: what stands there, and in which order its parts are read. */
#include "config_read.h"
#include <errno.h>
#include <scrim/config.h>
#include <scrim/log.h>
#include <stdlib.h>
#include <string.h>

struct top {
	const struct yaml *version, *workers, *limits, *receive_queues, *listeners, *policies,
		*rules;
};

static const struct key top_keys[] = {
	{"version", offsetof(struct top, version), read_node, "`version: 1`"},
	{"workers", offsetof(struct top, workers), read_node, NULL},
	{"limits", offsetof(struct top, limits), read_node, NULL},
	{"receive_queues", offsetof(struct top, receive_queues), read_node, NULL},
	{"listeners", offsetof(struct top, listeners), read_node, NULL},
	{"policies", offsetof(struct top, policies), read_node,
	 "`policies: {safe-harbor: {rules: [builtin]}}`"},
	{"rules", offsetof(struct top, rules), read_node, NULL},
};

static void read_version(struct reader *r, const struct yaml *value)
{
	if (!expect(r, value, YAML_TEXT, "a number, `1`"))
		return;
	if (strcmp(value->text, "1"))
		wrong(r, value, "version `%s` is not known; this scrim reads `version: 1`",
		      value->text);
}

static void read_workers(struct reader *r, const struct yaml *value)
{
	const char *rest;
	u32 n;

	if (!expect(r, value, YAML_TEXT, "`auto` or a number") || !strcmp(value->text, "auto"))
		return;
	if (!parse_number(value->text, &n, &rest) || *rest || !n || n > SCRIM_MAX_WORKERS)
		wrong(r, value, "workers `%s` is neither `auto` nor a number from 1 to %d",
		      value->text, SCRIM_MAX_WORKERS);
	else
		r->config->workers = n;
}

static void read_top(struct reader *r, const struct yaml *root)
{
	struct top top = {0};

	if (!expect(r, root, YAML_MAP, "a map that begins with `version: 1`"))
		return;
	read_map(r, root, "the configuration", top_keys, array_size(top_keys), &top);
	if (top.version)
		read_version(r, top.version);
	if (top.workers)
		read_workers(r, top.workers);
	if (top.limits)
		read_limits(r, top.limits);
	if (top.receive_queues)
		read_receive_queues(r, top.receive_queues);
	read_rules(r, top.rules);
	if (top.policies) {
		read_policies(r, top.policies);
		if (top.rules)
			check_rules_used(r, top.rules);
	}
	mark_unused(r->config);
	if (top.listeners) {
		read_listeners(r, top.listeners);
		check_rows(r, top.listeners);
	}
}

static struct config *config_new(void)
{
	struct config *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	io_limits_default(&c->limits);
	c->limits.memory_kib = 0;
	return c;
}

/* Nothing that is read holds anything but memory of the arena: there is a way back from anywhere. */
static int read_all(struct config *c, struct faults *faults)
{
	struct reader r = {.config = c, .faults = faults};
	const struct yaml *root;
	struct must_back back;
	int rc = yaml_read(faults->file, faults, &root);

	if (rc)
		return rc;
	c->arena.back = &back;
	if (setjmp(back.to)) {
		c->arena.back = NULL;
		return -ENOMEM;
	}
	read_top(&r, root);
	c->arena.back = NULL;
	return faults->n ? -EINVAL : 0;
}

int config_read(const char *file, FILE *errors, struct config **ret_config)
{
	struct config *c = config_new();
	struct faults faults = {.file = file};
	int rc = -ENOMEM;

	if (c) {
		faults.arena = &c->arena;
		rc = read_all(c, &faults);
	}
	if (!rc) {
		*ret_config = c;
		return 0;
	}
	if (rc == -ENOMEM)
		fprintf(errors, "%s: out of memory\n", file);
	fault_print(&faults, errors);
	config_free(c);
	return faults.failed ? faults.failed : rc;
}

struct config *config_builtin(void)
{
	struct config *c = config_new();
	struct reader r = {.config = c};

	if (!c) {
		log_line(LOG_LEVEL_ERROR, "out of memory");
		exit(1);
	}
	read_rules(&r, NULL);
	c->policies = must_new(&c->arena, struct config_policy, 1);
	c->npolicies = 1;
	c->policies[0].name = "default";
	c->policies[0].enabled = must_new(&c->arena, bool, c->ndefs);
	for (size_t i = 0; i < c->ndefs; i++)
		c->policies[0].enabled[i] = !strcmp(c->defs[i].group, "builtin");
	mark_unused(c);
	return c;
}

void config_free(struct config *c)
{
	if (!c)
		return;
	arena_free(&c->arena);
	free(c);
}

const struct config_policy *config_policy_find(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->npolicies; i++)
		if (!strcmp(c->policies[i].name, name))
			return &c->policies[i];
	return NULL;
}
