/* SPDX-License-Identifier: BSD-2-Clause */
/* struct config ─▶ one ruleset for all, a policy per (policy, format). */
#include <errno.h>
#include <scrim/engine.h>
#include <stdlib.h>

int engine_new(const struct config *c, struct engine **ret_engine, struct err *e)
{
	struct engine *g = calloc(1, sizeof(*g));
	int rc;

	if (!g)
		return err_set(e, ENOMEM, "out of memory");
	g->config = c;
	g->policies = calloc(c->npolicies * FORMAT_COUNT, sizeof(struct policy *));
	rc = g->policies ? isa_choose(getenv("SCRIM_ISA"), &g->isa, e)
			 : err_set(e, ENOMEM, "out of memory");
	if (!rc)
		rc = ruleset_compile(c->defs, c->ndefs, &g->rules, e);
	if (rc) {
		engine_free(g);
		return rc;
	}
	*ret_engine = g;
	return 0;
}

int engine_policy(struct engine *g, const struct config_policy *p, enum frame_format format,
		  const struct policy **ret_policy, struct err *e)
{
	struct policy **slot =
		&g->policies[(size_t)(p - g->config->policies) * FORMAT_COUNT + format];
	const struct policy_conf conf = {.format = format,
					 .isa = g->isa,
					 .enabled = p->enabled,
					 .allow = p->allow,
					 .others = g->policies,
					 .nothers = g->config->npolicies * FORMAT_COUNT};
	int rc;

	if (!*slot && !p->pass) {
		rc = policy_new(g->rules, &conf, slot, e);
		if (rc)
			return err_prefix(e, rc, "policy %s", p->name);
	}
	*ret_policy = *slot;
	return 0;
}

void engine_free(struct engine *g)
{
	if (!g)
		return;
	for (size_t i = 0; g->policies && i < g->config->npolicies * FORMAT_COUNT; i++)
		policy_free(g->policies[i]);
	free(g->policies);
	ruleset_free(g->rules);
	free(g);
}
