/* SPDX-License-Identifier: BSD-2-Clause */
/* Limits: of all, and of a listener. */
#include "config_read.h"
#include <string.h>

#define BUFFERS_MOST     1024
#define KEEPALIVE_LEAST  5000 /* ms: a second of silence, four probes */
#define KEEPALIVE_MOST   36000000
#define CONNECTION_LEAST (256u * 1024)
#define BUSY_WAIT_MOST   1000 /* us */

static void read_at_limit(struct reader *r, const struct yaml *value, void *field)
{
	static const char *const words[] = {"refuse", "wait"};
	int i = read_word(r, value, words, array_size(words));

	if (i >= 0)
		*(u32 *)field = i == 1;
}

static void read_switch(struct reader *r, const struct yaml *value, void *field)
{
	static const char *const words[] = {"off", "on"};
	int i = read_word(r, value, words, array_size(words));

	if (i >= 0)
		*(u32 *)field = i == 1;
}

static bool is_none(const struct yaml *value)
{
	return value->kind == YAML_TEXT && !strcmp(value->text, "none");
}

static void read_idle(struct reader *r, const struct yaml *value, void *field)
{
	if (is_none(value))
		*(u32 *)field = 0;
	else
		read_ms(r, value, field);
}

static void read_busy_wait(struct reader *r, const struct yaml *value, void *field)
{
	if (is_none(value))
		*(u32 *)field = 0;
	else
		read_us(r, value, field);
}

static const struct key limit_keys[] = {
	{"connections", offsetof(struct io_limits, connections), read_count, NULL},
	{"accept_rate", offsetof(struct io_limits, accept_rate), read_count, NULL},
	{"at_limit", offsetof(struct io_limits, wait), read_at_limit, NULL},
	{"memory", offsetof(struct io_limits, memory_kib), read_kib, NULL},
	{"connection_memory", offsetof(struct io_limits, connection_memory), read_size, NULL},
	{"idle", offsetof(struct io_limits, idle_ms), read_idle, NULL},
	{"hold", offsetof(struct io_limits, hold_us), read_us, NULL},
	{"connect", offsetof(struct io_limits, connect_ms), read_ms, NULL},
	{"drain", offsetof(struct io_limits, drain_ms), read_ms, NULL},
	{"reset_timeout", offsetof(struct io_limits, reset_ms), read_ms, NULL},
	{"keepalive", offsetof(struct io_limits, keepalive_ms), read_ms, NULL},
	{"buffer", offsetof(struct io_limits, buffer_size), read_size, NULL},
	{"buffers", offsetof(struct io_limits, buffers), read_count, NULL},
	{"buffers_max", offsetof(struct io_limits, buffers_max), read_count, NULL},
	{"line_memo", offsetof(struct io_limits, line_memo), read_switch, NULL},
	{"busy_wait", offsetof(struct io_limits, busy_wait_us), read_busy_wait, NULL},
	{"busy_share", offsetof(struct io_limits, busy_share), read_percent, NULL},
};

/* Where a limit stands: its value, or all of them where it is a default that does not fit the others. */
static const struct yaml *limit_at(const struct yaml *limits, const char *name)
{
	for (const struct yaml *v = limits->first; v; v = v->next)
		if (!strcmp(v->key->text, name))
			return v;
	return limits;
}

static void check_buffers(struct reader *r, const struct yaml *value, const struct io_limits *l)
{
	if (l->buffers > l->buffers_max)
		wrong(r, limit_at(value, "buffers"), "buffers (%u) is over buffers_max (%u)",
		      l->buffers, l->buffers_max);
	if (l->buffers_max > BUFFERS_MOST)
		wrong(r, limit_at(value, "buffers_max"), "buffers_max of %u; at most %d",
		      l->buffers_max, BUFFERS_MOST);
	if (l->buffer_size & (l->buffer_size - 1) || l->buffer_size < 4096 ||
	    l->buffer_size > (1u << 20))
		wrong(r, limit_at(value, "buffer"),
		      "buffer of %u bytes; a power of two from 4KiB to 1MiB", l->buffer_size);
}

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
	check_buffers(r, value, l);
	if (l->keepalive_ms < KEEPALIVE_LEAST || l->keepalive_ms > KEEPALIVE_MOST)
		wrong(r, limit_at(value, "keepalive"), "keepalive of %u ms; from 5s to 600m",
		      l->keepalive_ms);
	if (l->connection_memory < CONNECTION_LEAST)
		wrong(r, limit_at(value, "connection_memory"),
		      "connection_memory of %u bytes; at least 256KiB", l->connection_memory);
	if (l->busy_wait_us > BUSY_WAIT_MOST)
		wrong(r, limit_at(value, "busy_wait"), "busy_wait of %u us; at most 1ms, or none",
		      l->busy_wait_us);
	if (l->memory_kib && l->memory_kib < io_limits_least(l))
		wrong(r, limit_at(value, "memory"),
		      "memory of %u KiB; these buffers need %llu KiB for each worker",
		      l->memory_kib, (unsigned long long)io_limits_least(l));
}

static const struct key listener_limit_keys[] = {
	{"connections", offsetof(struct config_listener, connections), read_count, NULL},
	{"accept_rate", offsetof(struct config_listener, accept_rate), read_count, NULL},
};

void read_listener_limits(struct reader *r, const struct yaml *value, struct config_listener *l)
{
	if (expect(r, value, YAML_MAP, "a map such as `{connections: 100}`"))
		read_map(r, value, "a listener's limits", listener_limit_keys,
			 array_size(listener_limit_keys), l);
}
