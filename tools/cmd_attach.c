/* SPDX-License-Identifier: BSD-2-Clause */
/* scrim attach: everything up and refusing, before there is a daemon. */
#include "tool.h"
#include <scrim/steer.h>

static const struct option options[] = {
	{"help", no_argument, NULL, OPT_HELP},
	{"config", required_argument, NULL, OPT_CONFIG},
	{"instance", required_argument, NULL, OPT_INSTANCE},
	{"replace", no_argument, NULL, OPT_REPLACE},
	{0},
};

static int attach(const struct tool *self, struct config *c, struct kern_conf *conf)
{
	struct kern *k = NULL;
	struct err e = {0};

	if (!steer_needed(c))
		return tool_usage(self, "no listener of mode local or gateway: nothing to attach");
	steer_conf(c, conf);
	if (kern_open(conf, &k, &e))
		return tool_failed(self, "%s", e.text);
	kern_close(k);
	for (size_t i = 0; i < c->nlisteners; i++)
		if (c->listeners[i].mode != IO_PROXY)
			printf("listener %s: attached, refusing port %u until scrimd runs\n",
			       c->listeners[i].name, c->listeners[i].port);
	return tool_flush(self);
}

static int run(const struct tool *self, int argc, char **argv)
{
	struct kern_conf conf = {0};
	const char *file = NULL;
	struct config *c = NULL;
	int option, rc = 0;

	while ((option = tool_option(self, argc, argv, options, &rc)) != -1) {
		if (option == '?')
			return rc;
		if (option == OPT_CONFIG)
			file = optarg;
		else if (option == OPT_INSTANCE)
			conf.instance = optarg;
		else
			conf.replace = true;
	}
	if (!file || optind != argc)
		return tool_usage(self, "give --config FILE and no other word");
	if (config_read(file, stderr, &c))
		return TOOL_USAGE;
	rc = attach(self, c, &conf);
	config_free(c);
	return rc;
}

const struct tool tool_attach = {
	.name = "attach",
	.summary = "attaches the kernel's side, refusing all until scrimd runs",
	.run = run,
	.help = "usage: scrim attach --config FILE [--instance NAME] [--replace]\n"
		"\n"
		"Loads, attaches and pins what the configuration's listeners of mode local and\n"
		"gateway need, as scrimd would, and ends. With no daemon every connection to "
		"their\n"
		"ports is refused, so a boot can run it before forwarding is turned on.\n"
		"\n"
		"  --config FILE    the daemon's configuration\n"
		"  --instance NAME  pins under /sys/fs/bpf/scrim-NAME\n"
		"  --replace        swaps what another version of scrim has pinned\n"
		"  --help           this text\n"
		"\n"
		"exit codes: 0 attached; 1 failed, nothing changed; 2 wrong command line or\n"
		"configuration\n",
};
