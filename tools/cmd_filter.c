/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scrim filter: files or standard input, masked, to standard output. The same engine as the
 * daemon's, and no privilege.
 *
 *   read ─▶ [head room | chunk] ─▶ stream_feed ─▶ write
 */
#include "filter.h"
#include "tool.h"
#include <errno.h>
#include <fcntl.h>
#include <scrim/engine.h>
#include <scrim/flow.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define CHUNK_DEFAULT (256u << 10)
#define CHUNK_MAX     (16u << 20)

struct filter_args {
	const char *config, *policy, *role;
	int format; /* -1: look at the first bytes */
	unsigned int chunk;
	bool verbose;
};

static const struct option options[] = {
	{"help", no_argument, NULL, OPT_HELP},
	{"config", required_argument, NULL, OPT_CONFIG},
	{"policy", required_argument, NULL, OPT_POLICY},
	{"role", required_argument, NULL, OPT_ROLE},
	{"format", required_argument, NULL, OPT_FORMAT},
	{"chunk", required_argument, NULL, OPT_CHUNK},
	{"verbose", no_argument, NULL, OPT_VERBOSE},
	{0},
};

static int set_option(const struct tool *self, int option, struct filter_args *a)
{
	enum frame_format format;

	switch (option) {
	case OPT_CONFIG:
		a->config = optarg;
		break;
	case OPT_POLICY:
		a->policy = optarg;
		break;
	case OPT_ROLE:
		a->role = optarg;
		break;
	case OPT_VERBOSE:
		a->verbose = true;
		break;
	case OPT_FORMAT:
		if (format_parse(optarg, &format))
			return tool_usage(self, "--format %s: it is text or hl7", optarg);
		a->format = (int)format;
		break;
	case OPT_CHUNK:
		if (tool_number(optarg, 1, CHUNK_MAX, &a->chunk))
			return tool_usage(self, "--chunk %s: a number of bytes from 1 to %u",
					  optarg, CHUNK_MAX);
		break;
	}
	return TOOL_OK;
}

static int read_args(const struct tool *self, int argc, char **argv, struct filter_args *a,
		     bool *ret_done)
{
	int option, rc = TOOL_OK;

	*ret_done = false;
	while ((option = tool_option(self, argc, argv, options, &rc)) != -1) {
		if (option == '?') {
			*ret_done = true;
			return rc;
		}
		rc = set_option(self, option, a);
		if (rc)
			return rc;
	}
	if ((a->policy || a->role) && !a->config)
		return tool_usage(self, "--policy and --role choose within a file; give --config");
	if (a->policy && a->role)
		return tool_usage(self, "--policy or --role, not both");
	return TOOL_OK;
}

/* The first role of that name, and its listener's format unless --format is given. */
static const struct config_policy *find_role(const struct config *c, struct filter_args *a)
{
	for (size_t i = 0; i < c->nlisteners; i++)
		for (size_t j = 0; j < c->listeners[i].nroles; j++) {
			if (strcmp(c->listeners[i].roles[j].name, a->role))
				continue;
			if (a->format < 0)
				a->format = (int)c->listeners[i].format;
			return c->listeners[i].roles[j].policy;
		}
	return NULL;
}

static int choose(const struct tool *self, const struct config *c, struct filter_args *a,
		  const struct config_policy **ret_policy)
{
	const struct config_policy *p;

	if (a->policy)
		p = config_policy_find(c, a->policy);
	else if (a->role)
		p = find_role(c, a);
	else if (c->npolicies > 1)
		return tool_usage(self, "%s has %zu policies; choose one with --policy or --role",
				  a->config, c->npolicies);
	else
		p = &c->policies[0];
	if (!p)
		return tool_usage(self, "%s has no %s `%s`", a->config,
				  a->policy ? "policy" : "role", a->policy ? a->policy : a->role);
	*ret_policy = p;
	return TOOL_OK;
}

static int filter_file(const struct tool *self, struct filter *f, const char *file)
{
	int fd = strcmp(file, "-") ? open(file, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
	struct err e = {0};
	int rc;

	if (fd < 0)
		return tool_failed(self, "%s: %s", file, strerror(errno));
	rc = filter_run(f, fd, &e);
	if (fd != STDIN_FILENO)
		close(fd);
	return rc ? tool_failed(self, "%s: %s", strcmp(file, "-") ? file : "standard input", e.text)
		  : TOOL_OK;
}

static int filter_all(const struct tool *self, struct config *c, struct filter_args *a,
		      char **files)
{
	static char *standard_input[] = {"-", NULL};
	const struct config_policy *policy = NULL;
	struct engine *engine = NULL;
	struct filter *f = NULL;
	struct err e = {0};
	int rc;

	rc = choose(self, c, a, &policy);
	if (rc)
		return rc;
	rc = engine_new(c, &engine, &e);
	if (rc)
		return rc == -ENOMEM ? tool_failed(self, "%s", e.text)
				     : tool_usage(self, "%s", e.text);
	if (filter_new(engine, policy, a->format, a->chunk, &f, &e)) {
		rc = tool_failed(self, "%s", e.text);
		goto out;
	}
	for (files = *files ? files : standard_input; *files && !rc; files++)
		rc = filter_file(self, f, *files);
	if (a->verbose)
		filter_report(f, stderr);
out:
	filter_free(f);
	engine_free(engine);
	return rc;
}

static int run(const struct tool *self, int argc, char **argv)
{
	struct filter_args a = {.format = -1, .chunk = CHUNK_DEFAULT};
	struct config *c = NULL;
	bool done;
	int rc;

	/* A core would hold what is masked here. */
	if (prctl(PR_SET_DUMPABLE, 0))
		return tool_failed(self, "prctl: %s", strerror(errno));
	rc = read_args(self, argc, argv, &a, &done);
	if (rc || done)
		return rc;
	if (!a.config)
		c = config_builtin();
	else
		rc = tool_config(a.config, &c);
	if (rc)
		return rc;
	rc = filter_all(self, c, &a, argv + optind);
	config_free(c);
	return rc;
}

const struct tool tool_filter = {
	.name = "filter",
	.summary = "masks files or standard input, with the engine of the daemon",
	.run = run,
	.help = "usage: scrim filter [OPTION...] [FILE...]\n"
		"\n"
		"Masks FILEs, or standard input, to standard output. Each file is a stream of its\n"
		"own. Every value keeps its length. Without --config every built-in rule of group\n"
		"`builtin` is on, and a value is filled: 1 for a digit, X or x for a letter.\n"
		"\n"
		"  --config FILE   rules and policies of a configuration\n"
		"  --policy NAME   the policy to apply (needed where FILE has several)\n"
		"  --role NAME     the policy that this role has, and its listener's format\n"
		"  --format NAME   text or hl7; without it, hl7 where the stream begins with VT "
		"or\n"
		"                  with MSH, FHS or BHS, in either case, blank lines and a mark\n"
		"                  of its encoding aside, else text\n"
		"  --chunk N       read N bytes at a time (1 to 16777216); the output is the same\n"
		"  --verbose       on standard error: instruction set, policy, counts by rule\n"
		"  --help          this text\n"
		"\n"
		"exit codes: 0 all masked; 1 a file cannot be read or written, or its stream was\n"
		"refused (nothing of the refused part is printed); 2 wrong command line or\n"
		"configuration\n",
};
