/* SPDX-License-Identifier: BSD-2-Clause */
/* scrim reload, scrim restart: asks the daemon that runs, and prints what it answers. */
#include "tool.h"
#include <errno.h>
#include <scrim/control.h>
#include <unistd.h>

static const struct option options[] = {
	{"help", no_argument, NULL, OPT_HELP},
	{"instance", required_argument, NULL, OPT_INSTANCE},
	{0},
};

/* The request is the command's own name. */
static int run(const struct tool *self, int argc, char **argv)
{
	const char *instance = NULL;
	char said[CONTROL_TEXT];
	struct err e = {0};
	int option, fd, rc = 0;

	while ((option = tool_option(self, argc, argv, options, &rc)) != -1) {
		if (option == '?')
			return rc;
		instance = optarg;
	}
	if (optind != argc)
		return tool_usage(self, "`%s` is one word too many", argv[optind]);
	fd = control_dial(instance, &e);
	if (fd < 0)
		return tool_failed(self, "%s", e.text);
	rc = control_ask(fd, self->name, said);
	close(fd);
	if (rc == -EREMOTEIO)
		fputs(said, stderr);
	else if (rc)
		return tool_failed(self, "%s", said);
	else
		fputs(said, stdout);
	return rc ? TOOL_FAILED : tool_flush(self);
}

const struct tool tool_reload = {
	.name = "reload",
	.summary = "has the daemon read its configuration again",
	.run = run,
	.help = "usage: scrim reload [--instance NAME]\n"
		"\n"
		"Has the daemon read its configuration again: rules, policies, and the policy and "
		"roles\n"
		"of listeners. Prints the new version of the ruleset, or every fault: then nothing "
		"has\n"
		"changed. Each record is masked under one version; connections stay open.\n"
		"\n"
		"  --instance NAME  of this instance\n"
		"  --help           this text\n"
		"\n"
		"exit codes: 0 reloaded; 1 refused, or no daemon answers; 2 wrong command line\n",
};

const struct tool tool_restart = {
	.name = "restart",
	.summary = "has a new daemon take over from the one that runs",
	.run = run,
	.help = "usage: scrim restart [--instance NAME]\n"
		"\n"
		"Has the daemon's command line started once more, with --takeover: the new daemon "
		"reads\n"
		"the configuration, takes the listening sockets over, and the old one lets its "
		"open\n"
		"connections end, up to the limit `drain`. Nobody is refused, counts go on. If the "
		"new one\n"
		"cannot start the old one goes on. For a new version of scrim, and for what a "
		"reload\n"
		"cannot change.\n"
		"\n"
		"  --instance NAME  of this instance\n"
		"  --help           this text\n"
		"\n"
		"exit codes: 0 taken over; 1 it was not, or no daemon answers; 2 wrong command "
		"line\n",
};
