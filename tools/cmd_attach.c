/* SPDX-License-Identifier: BSD-2-Clause */
/* scrim attach: everything up and refusing, before there is a daemon. */
#include "tool.h"
#include <errno.h>
#include <scrim/steer.h>
#include <stdlib.h>
#include <time.h>

#define WAIT_MAX 3600
#define LOOK_MS  100 /* between looks for an interface */

static const struct option options[] = {
	{"help", no_argument, NULL, OPT_HELP},
	{"config", required_argument, NULL, OPT_CONFIG},
	{"instance", required_argument, NULL, OPT_INSTANCE},
	{"replace", no_argument, NULL, OPT_REPLACE},
	{"wait", required_argument, NULL, OPT_WAIT},
	{0},
};

/* Opens, and tries again for as long as an interface is not there. */
static int open_waiting(const struct kern_conf *conf, unsigned int wait_s, struct kern **ret_k,
			struct err *e)
{
	const struct timespec look = {.tv_nsec = LOOK_MS * 1000000L};
	unsigned int looks = wait_s * (1000 / LOOK_MS);
	int rc;

	while ((rc = kern_open(conf, ret_k, e)) == -ENODEV && looks--)
		nanosleep(&look, NULL);
	return rc;
}

static int attach(const struct tool *self, struct config *c, struct kern_conf *conf,
		  unsigned int wait_s)
{
	struct kern *k = NULL;
	struct err e = {0};
	int rc;

	if (!steer_needed(c))
		return tool_usage(self, "no listener of mode local or gateway: nothing to attach");
	steer_conf(c, conf);
	if (open_waiting(conf, wait_s, &k, &e))
		return tool_failed(self, "%s", e.text);
	rc = kern_attach(k, conf, &e);
	kern_close(k);
	if (rc)
		return tool_failed(self, "%s", e.text);
	for (size_t i = 0; i < c->nlisteners; i++)
		if (c->listeners[i].mode != IO_PROXY)
			printf("listener %s: attached, refusing port %u until scrimd runs\n",
			       c->listeners[i].name, c->listeners[i].port);
	return tool_flush(self);
}

static int run(const struct tool *self, int argc, char **argv)
{
	struct kern_conf conf = {0};
	unsigned int wait_s = 0;
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
		else if (option == OPT_WAIT && tool_number(optarg, 0, WAIT_MAX, &wait_s))
			return tool_usage(self, "--wait takes seconds, up to %d", WAIT_MAX);
		else if (option == OPT_REPLACE)
			conf.replace = true;
	}
	if (!file || optind != argc)
		return tool_usage(self, "give --config FILE and no other word");
	rc = tool_config(file, &c);
	if (rc)
		return rc;
	rc = attach(self, c, &conf, wait_s);
	config_free(c);
	return rc;
}

const struct tool tool_attach = {
	.name = "attach",
	.summary = "attaches the kernel's side, refusing all until scrimd runs",
	.run = run,
	.help = "usage: scrim attach --config FILE [--instance NAME] [--replace]\n"
		"                    [--wait SECONDS]\n"
		"\n"
		"Loads, attaches and pins what the configuration's listeners of mode local and\n"
		"gateway need, as scrimd would, and ends. With no daemon every connection to "
		"their\n"
		"ports is refused, so a boot can run it before forwarding is turned on.\n"
		"\n"
		"  --config FILE    the daemon's configuration\n"
		"  --instance NAME  pins under /sys/fs/bpf/scrim-NAME\n"
		"  --replace        swaps what another version of scrim has pinned\n"
		"  --wait SECONDS   waits so long for interfaces that are not there yet\n"
		"  --help           this text\n"
		"\n"
		"exit codes: 0 attached; 1 failed, nothing changed; 2 wrong command line or\n"
		"configuration\n",
};
