/* SPDX-License-Identifier: BSD-2-Clause */
/* scrim check: reads and compiles a configuration, and says what it would do. */
#include "explain.h"
#include "tool.h"
#include <errno.h>
#include <scrim/engine.h>

static const struct option options[] = {
	{"explain", no_argument, NULL, OPT_EXPLAIN},
	{"json", no_argument, NULL, OPT_JSON},
	{"help", no_argument, NULL, OPT_HELP},
	{0},
};

static const char *const mode_names[] = {
	[IO_PROXY] = "proxy", [IO_LOCAL] = "local", [IO_GATEWAY] = "gateway"};

static void print_roles(const struct config_listener *l)
{
	for (size_t i = 0; i < l->nroles; i++) {
		printf("  role %s: policy %s%s, ", l->roles[i].name, l->roles[i].policy->name,
		       l->roles[i].policy->pass ? " (passes unmasked)" : "");
		if (l->roles[i].nsources)
			printf("%zu networks\n", l->roles[i].nsources);
		else
			puts("every other source");
	}
}

static void print_config(const struct config *c, const char *file)
{
	printf("%s: good; %zu listener%s, %zu polic%s, %zu rule%s of the site\n", file,
	       c->nlisteners, c->nlisteners == 1 ? "" : "s", c->npolicies,
	       c->npolicies == 1 ? "y" : "ies", c->nsite, c->nsite == 1 ? "" : "s");
	for (size_t i = 0; i < c->nlisteners; i++) {
		const struct config_listener *l = &c->listeners[i];

		printf("listener %s: %s, port %u, %s\n", l->name, mode_names[l->mode], l->port,
		       format_name(l->format));
		print_roles(l);
	}
	for (size_t i = 0; i < c->npolicies; i++) {
		size_t on = 0;

		for (size_t j = 0; j < c->ndefs; j++)
			on += c->policies[i].enabled[j];
		printf("policy %s: %zu rules on\n", c->policies[i].name, on);
	}
	if (!c->nlisteners)
		puts("no listeners: of use to scrim filter only, scrimd will not start with it");
}

/* How the result is printed. */
struct manner {
	bool explain, json;
};

/* Compiles all of it, and prints what it comes to. */
static int compile(const struct tool *self, const struct config *c, const char *file,
		   struct manner manner)
{
	const struct policy *policy;
	struct engine *engine = NULL;
	struct err e = {0};
	int rc;

	rc = engine_new(c, &engine, &e);
	for (size_t i = 0; i < c->npolicies && !rc; i++)
		for (int format = 0; format < FORMAT_COUNT && !rc; format++)
			rc = engine_policy(engine, &c->policies[i], (enum frame_format)format,
					   &policy, &e);
	if (!rc && !manner.json)
		print_config(c, file);
	if (!rc && manner.explain)
		rc = explain(engine, manner.json, &e);
	engine_free(engine);
	if (!rc)
		return tool_flush(self);
	fprintf(stderr, "%s: %s\n", file, e.text);
	return rc == -ENOMEM ? TOOL_FAILED : TOOL_USAGE;
}

static int run(const struct tool *self, int argc, char **argv)
{
	struct manner manner = {0};
	struct config *c = NULL;
	int option, rc = TOOL_OK;

	while ((option = tool_option(self, argc, argv, options, &rc)) != -1) {
		if (option == '?')
			return rc;
		manner.explain |= option == OPT_EXPLAIN;
		manner.json |= option == OPT_JSON;
	}
	if (manner.json && !manner.explain)
		return tool_usage(self, "--json is a form of --explain; give both");
	if (optind + 1 != argc)
		return tool_usage(self, "give one FILE");
	rc = tool_config(argv[optind], &c);
	if (rc)
		return rc;
	rc = compile(self, c, argv[optind], manner);
	config_free(c);
	return rc;
}

const struct tool tool_check = {
	.name = "check",
	.summary = "checks a configuration",
	.run = run,
	.help = "usage: scrim check [--explain [--json]] FILE\n"
		"\n"
		"Reads and compiles a configuration (-: standard input) without touching the "
		"system.\n"
		"Every fault is printed as file:line:column: what is wrong; what would be right.\n"
		"\n"
		"  --explain  for each pattern of the rules that are on: the path by which it is\n"
		"             found (shape, anchor, label or automaton) and how many places of a\n"
		"             text that leaves, the states of its automaton, its window (the\n"
		"             longest match, bytes), and the commit point: how much of a value\n"
		"             the idle flush masks\n"
		"  --json     the same as JSON\n"
		"  --help     this text\n"
		"\n"
		"exit codes: 0 good; 2 faulty, or wrong command line\n",
};
