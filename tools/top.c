/* SPDX-License-Identifier: BSD-2-Clause */
/* Samples of the counters. Rows of all tables are names of SCRIM_NAME_LEN, then numbers. */
#include "top.h"
#include <stdlib.h>
#include <string.h>

const struct top_layout top_layouts[TOP_TABLES] = {
	[TOP_LISTENERS] = {"listeners",
			   sizeof(struct scrim_listener_row),
			   SCRIM_LISTENER_ROWS,
			   2,
			   {"listener", "role"},
			   3,
			   {"connections", "client_bytes", "server_bytes"},
			   {"connections", "client bytes", "server bytes"}},
	[TOP_RULES] = {"rules",
		       sizeof(struct scrim_rule_row),
		       SCRIM_RULE_ROWS,
		       2,
		       {"rule", "role"},
		       6,
		       {"matches", "masked_bytes", "rejected", "released", "idle", "allowed"},
		       {"matches", "masked bytes", "rejected", "released", "idle", "allowed"}},
	[TOP_FLOW] = {"flow",
		      sizeof(struct scrim_flow_row),
		      FLOW_COUNT,
		      1,
		      {"verdict or refusal"},
		      1,
		      {"count"},
		      {"count"}},
};

#define NUMBERS(names) ((size_t)(names) * SCRIM_NAME_LEN)
_Static_assert(offsetof(struct scrim_listener_row, connections) == NUMBERS(2), "names, numbers");
_Static_assert(offsetof(struct scrim_rule_row, matches) == NUMBERS(2), "names, numbers");
_Static_assert(offsetof(struct scrim_flow_row, count) == NUMBERS(1), "names, numbers");

struct top_sample {
	struct scrim_listener_row listeners[SCRIM_LISTENER_ROWS];
	struct scrim_rule_row rules[SCRIM_RULE_ROWS];
	struct scrim_flow_row flow[FLOW_COUNT];
	bool alive;
	char version[32];
};

static const char *rows(const struct top_sample *s, enum top_table table)
{
	if (table == TOP_LISTENERS)
		return (const char *)s->listeners;
	return table == TOP_RULES ? (const char *)s->rules : (const char *)s->flow;
}

struct top_sample *top_sample_new(void)
{
	return calloc(1, sizeof(struct top_sample));
}

int top_sample_take(struct top_sample *s, const char *instance, struct err *e)
{
	struct kern_view v;
	int rc = kern_view_open(instance, &v, e);

	if (rc)
		return rc;
	memcpy(s->listeners, v.listeners, sizeof(s->listeners));
	memcpy(s->rules, v.rules, sizeof(s->rules));
	memcpy(s->flow, v.flow, sizeof(s->flow));
	s->alive = v.daemon_alive;
	memcpy(s->version, v.version, sizeof(s->version));
	kern_view_close(&v);
	return 0;
}

bool top_sample_alive(const struct top_sample *s)
{
	return s->alive;
}

const char *top_sample_version(const struct top_sample *s)
{
	return s->version;
}

static u64 value(const char *row, const struct top_layout *l, size_t i)
{
	u64 n;

	memcpy(&n, row + NUMBERS(l->nnames) + i * sizeof(n), sizeof(n));
	return n;
}

size_t top_grown(const struct top_sample *before, const struct top_sample *after,
		 enum top_table table, struct top_row *ret_rows)
{
	const struct top_layout *l = &top_layouts[table];
	size_t n = 0;

	for (size_t i = 0; i < l->rows; i++) {
		const char *old = rows(before, table) + i * l->size;
		const char *row = rows(after, table) + i * l->size;
		const bool same = !memcmp(old, row, NUMBERS(l->nnames));
		struct top_row *to = &ret_rows[n];

		if (!*row)
			continue;
		for (size_t j = 0; j < l->nnames; j++)
			to->names[j] = row + NUMBERS(j);
		for (size_t j = 0; j < l->nvalues; j++) {
			const u64 was = same ? value(old, l, j) : 0, is = value(row, l, j);

			to->values[j] = is >= was ? is - was : is;
		}
		n++;
	}
	return n;
}
