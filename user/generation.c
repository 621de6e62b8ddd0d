/* SPDX-License-Identifier: BSD-2-Clause */
/* struct config ─▶ struct engine ─▶ struct roles of each listener ─▶ struct io_ruleset. */
#include "generation.h"
#include "config_fixed.h"
#include <errno.h>
#include <stdlib.h>

int generation_roles(struct generation *g, const struct config *base, struct kern *k, struct err *e)
{
	struct config *c = g->config;
	struct roles *roles = arena_array(&c->arena, base->nlisteners, sizeof(*roles));
	const void **of = arena_array(&c->arena, base->nlisteners, sizeof(*of));
	int rc = 0;

	if (!roles || !of)
		return err_set(e, ENOMEM, "out of memory");
	for (size_t i = 0; i < base->nlisteners && !rc; i++) {
		rc = roles_new(c, config_listener_find(c, base->listeners[i].name), g->engine, k,
			       &roles[i], e);
		of[i] = &roles[i];
	}
	g->rules = (struct io_ruleset){.roles = of, .role_of = roles_of};
	return rc;
}

int generation_new(struct config *c, struct generation **ret_g, struct err *e)
{
	struct generation *g = calloc(1, sizeof(*g));
	int rc;

	if (!g)
		return err_set(e, ENOMEM, "out of memory");
	g->config = c;
	g->version = 1;
	rc = engine_new(c, &g->engine, e);
	if (rc) {
		generation_free(g);
		return rc;
	}
	*ret_g = g;
	return 0;
}

void generation_free(struct generation *g)
{
	if (!g)
		return;
	engine_free(g->engine);
	free(g);
}
