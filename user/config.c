/* SPDX-License-Identifier: BSD-2-Clause */
/* The file's top level: what stands there, and in which order its parts are read. */
#include "config_read.h"
#include <errno.h>
#include <scrim/config.h>
#include <scrim/log.h>
#include <stdlib.h>
#include <string.h>

struct top {
	const struct yaml *version, *workers, *limits, *listeners, *policies, *rules;
};

static const struct key top_keys[] = {
	{"version", offsetof(struct top, version), read_node, "`version: 1`"},
	{"workers", offsetof(struct top, workers), read_node, NULL},
	{"limits", offsetof(struct top, limits), read_node, NULL},
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
	u32 n = 0;

	if (!expect(r, value, YAML_TEXT, "`auto` or a number") || !strcmp(value->text, "auto"))
		return;
	if (strspn(value->text, "0123456789") != strlen(value->text) || !*value->text) {
		wrong(r, value, "workers `%s` is neither `auto` nor a number", value->text);
		return;
	}
	read_count(r, value, &n);
	if (n > SCRIM_MAX_WORKERS)
		wrong(r, value, "%u workers; at most %d", n, SCRIM_MAX_WORKERS);
	r->config->workers = n;
}

static const struct key limit_keys[] = {
	{"connections", offsetof(struct io_limits, connections), read_count, NULL},
	{"hold", offsetof(struct io_limits, hold_us), read_us, NULL},
	{"connect", offsetof(struct io_limits, connect_ms), read_ms, NULL},
	{"drain", offsetof(struct io_limits, drain_ms), read_ms, NULL},
	{"reset_timeout", offsetof(struct io_limits, reset_ms), read_ms, NULL},
	{"keepalive", offsetof(struct io_limits, keepalive_ms), read_ms, NULL},
	{"buffer", offsetof(struct io_limits, buffer_size), read_size, NULL},
	{"buffers", offsetof(struct io_limits, buffers), read_count, NULL},
	{"buffers-max", offsetof(struct io_limits, buffers_max), read_count, NULL},
};

#define BUFFERS_MOST    1024
#define KEEPALIVE_LEAST 5000 /* ms: a second of silence, four probes */
#define KEEPALIVE_MOST  36000000

void read_limits(struct reader *r, const struct yaml *value)
{
	struct io_limits *l = &r->config->limits;
	const struct io_limits before = *l;

	if (!expect(r, value, YAML_MAP, "a map such as `{hold: 2ms}`"))
		return;
	read_map(r, value, "limits", limit_keys, array_size(limit_keys), l);
	if (l->buffers != before.buffers && l->buffers_max == before.buffers_max &&
	    l->buffers > l->buffers_max)
		l->buffers_max = l->buffers;
	if (l->buffers > l->buffers_max)
		wrong(r, value, "buffers (%u) is over buffers-max (%u)", l->buffers,
		      l->buffers_max);
	if (l->buffers_max > BUFFERS_MOST)
		wrong(r, value, "buffers-max of %u; at most %d", l->buffers_max, BUFFERS_MOST);
	if (l->keepalive_ms < KEEPALIVE_LEAST || l->keepalive_ms > KEEPALIVE_MOST)
		wrong(r, value, "keepalive of %u ms; from 5s to 600m", l->keepalive_ms);
	if (l->buffer_size & (l->buffer_size - 1) || l->buffer_size < 4096 ||
	    l->buffer_size > (1u << 20))
		wrong(r, value, "buffer of %u bytes; a power of two from 4KiB to 1MiB",
		      l->buffer_size);
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
	read_rules(r, top.rules);
	if (top.policies) {
		read_policies(r, top.policies);
		if (top.rules)
			check_rules_used(r, top.rules);
	}
	if (top.listeners)
		read_listeners(r, top.listeners);
}

static struct config *config_new(void)
{
	struct config *c = calloc(1, sizeof(*c));

	if (!c) {
		log_line(LOG_LEVEL_ERROR, "out of memory");
		exit(1);
	}
	io_limits_default(&c->limits);
	return c;
}

int config_read(const char *file, FILE *errors, struct config **ret_config)
{
	struct config *c = config_new();
	struct faults faults = {.arena = &c->arena, .file = file};
	struct reader r = {.config = c, .faults = &faults};
	const struct yaml *root;

	if (!yaml_read(file, &faults, &root))
		read_top(&r, root);
	if (faults.n) {
		fault_print(&faults, errors);
		config_free(c);
		return -EINVAL;
	}
	*ret_config = c;
	return 0;
}

struct config *config_builtin(void)
{
	struct config *c = config_new();
	struct reader r = {.config = c};

	read_rules(&r, NULL);
	c->policies = must_new(&c->arena, struct config_policy, 1);
	c->npolicies = 1;
	c->policies[0].name = "default";
	c->policies[0].enabled = must_new(&c->arena, bool, c->ndefs);
	for (size_t i = 0; i < c->ndefs; i++)
		c->policies[0].enabled[i] = !strcmp(c->defs[i].group, "builtin");
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
