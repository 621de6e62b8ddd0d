/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A configuration compiled: its rules as automata, its policies for the formats asked for.
 * Built at start by one thread, then read by all.
 */
#ifndef SCRIM_ENGINE_H
#define SCRIM_ENGINE_H

#include <scrim/config.h>
#include <scrim/mask.h>

struct engine {
	const struct config *config; /* borrowed */
	enum isa isa;
	struct ruleset *rules;
	struct policy **policies; /* by policy and format; NULL until asked for */
};

/*
 * Compiles the rules. The ISA is SCRIM_ISA's of the environment, else the best this CPU has.
 * Returns 0; -EINVAL, -E2BIG, -ENOTSUP (the ISA), -ENOMEM with e set.
 */
int engine_new(const struct config *c, struct engine **ret_engine, struct err *e);

/* A policy for a format, compiled the first time. For a policy that passes: 0 and NULL. */
int engine_policy(struct engine *g, const struct config_policy *p, enum frame_format format,
		  const struct policy **ret_policy, struct err *e);

void engine_free(struct engine *g);

#endif
