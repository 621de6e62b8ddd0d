/* SPDX-License-Identifier: BSD-2-Clause */
#include "reload.h"
#include "config_fixed.h"
#include <errno.h>
#include <scrim/log.h>
#include <string.h>
#include <time.h>

#define WAIT_MS 5000 /* for workers, which take it between two turns of their loops */

static bool all_over(const struct reload *r)
{
	for (unsigned int i = 0; i < r->nworkers; i++)
		if (!worker_ended(&r->workers[i]) &&
		    worker_ruled_by(&r->workers[i]) != &r->now->rules)
			return false;
	return true;
}

static void go_over(struct reload *r)
{
	const struct timespec ms = {.tv_nsec = 1000000};

	for (unsigned int i = 0; i < r->nworkers; i++)
		worker_rules(&r->workers[i], &r->now->rules);
	for (int waited = 0; waited < WAIT_MS && !all_over(r); waited++)
		nanosleep(&ms, NULL);
	if (!all_over(r))
		log_line(LOG_LEVEL_WARNING, "a worker is slow to take ruleset version %u",
			 r->now->version);
}

/*
 * Compiles, and tells the kernel's side which sockets the roles' clients are led to; on failure the
 * rows of counters and what it was told are as they were.
 */
static int compile(struct reload *r, struct config *c, struct generation **ret_g, struct err *e)
{
	struct kern_rows before = kern_rows_taken(r->kern);
	struct generation *g = NULL;
	struct err second; /* the first reason is the one to tell */
	int rc = config_fixed(r->base, c, e);

	if (!rc)
		rc = generation_new(c, &g, e);
	if (!rc)
		rc = generation_roles(g, r->base, r->kern, e);
	if (!rc) {
		rc = roles_steer(r->base, c, r->kern, e);
		if (rc)
			roles_steer(r->base, r->now->config, r->kern, &second);
	}
	if (rc) {
		kern_rows_untake(r->kern, before);
		generation_free(g);
		return rc;
	}
	*ret_g = g;
	return 0;
}

int reload_run(struct reload *r, FILE *errors)
{
	struct generation *g;
	struct config *c;
	struct err e = {0};

	if (!strcmp(r->file, "-")) {
		fputs("the configuration came by standard input, which cannot be read again\n",
		      errors);
		return -EINVAL;
	}
	if (config_read(r->file, errors, &c))
		return -EINVAL;
	if (compile(r, c, &g, &e)) {
		fprintf(errors, "%s: %s\n", r->file, e.text);
		config_free(c);
		return -EINVAL;
	}
	g->version = r->now->version + 1;
	g->older = r->now;
	r->now = g;
	go_over(r);
	reload_sweep(r);
	return 0;
}

static void drop(const struct reload *r, struct generation *g)
{
	struct config *c = g->config;

	generation_free(g);
	if (c != r->base)
		config_free(c);
}

void reload_sweep(struct reload *r)
{
	struct generation **at = &r->now->older, *g;

	/* A worker that has not come over may be about to use one of them. */
	if (!*at || !all_over(r))
		return;
	while ((g = *at)) {
		if (io_ruleset_used(&g->rules)) {
			at = &g->older;
			continue;
		}
		*at = g->older;
		log_line(LOG_LEVEL_INFO, "ruleset version %u: the last connection has left it",
			 g->version);
		drop(r, g);
	}
}

void reload_end(struct reload *r)
{
	struct generation *g;

	while ((g = r->now)) {
		r->now = g->older;
		drop(r, g);
	}
}
