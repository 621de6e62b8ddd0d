/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows of counters: one for each rule of each role's policy, and there are only so many. */
#include "config_read.h"
#include <string.h>

/* Whether a role before the k-th of the i-th listener has its name, and so its rows. */
static bool named_before(const struct config *c, size_t i, size_t k)
{
	const char *name = c->listeners[i].roles[k].name;

	for (size_t j = 0; j <= i; j++)
		for (size_t o = 0; o < (j < i ? c->listeners[j].nroles : k); o++)
			if (c->listeners[j].roles[o].name &&
			    !strcmp(c->listeners[j].roles[o].name, name))
				return true;
	return false;
}

static size_t rules_on(const struct config *c, const struct config_policy *p)
{
	size_t n = 0;

	for (size_t i = 0; p && i < c->ndefs; i++)
		n += p->enabled[i];
	return n;
}

void check_rows(struct reader *r, const struct yaml *listeners)
{
	const struct config *c = r->config;
	size_t n = 0;

	for (size_t i = 0; i < c->nlisteners; i++)
		for (size_t k = 0; k < c->listeners[i].nroles; k++)
			if (c->listeners[i].roles[k].name && !named_before(c, i, k))
				n += rules_on(c, c->listeners[i].roles[k].policy);
	if (n > SCRIM_RULE_ROWS)
		wrong(r, listeners,
		      "%zu rows of counters, one for each rule of each role; at most %d: leave "
		      "roles out, or give those of one policy the same `name`",
		      n, SCRIM_RULE_ROWS);
}
