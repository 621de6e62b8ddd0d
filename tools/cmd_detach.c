/* SPDX-License-Identifier: BSD-2-Clause */
/* scrim detach: takes the kernel's side down. The one command after which traffic flows raw. */
#include "tool.h"
#include <scrim/kern.h>

static const struct option options[] = {
	{"help", no_argument, NULL, OPT_HELP},
	{"instance", required_argument, NULL, OPT_INSTANCE},
	{"force", no_argument, NULL, OPT_FORCE},
	{0},
};

static void said(void *ctx, const char *what)
{
	*(bool *)ctx = true;
	printf("removed: %s\n", what);
}

static int run(const struct tool *self, int argc, char **argv)
{
	const char *instance = NULL;
	struct err e = {0};
	bool force = false, any = false;
	int option, rc = 0;

	while ((option = tool_option(self, argc, argv, options, &rc)) != -1) {
		if (option == '?')
			return rc;
		if (option == OPT_INSTANCE)
			instance = optarg;
		else
			force = true;
	}
	if (optind != argc)
		return tool_usage(self, "`%s` is one word too many", argv[optind]);
	if (kern_detach(instance, force, said, &any, &e))
		return tool_failed(self, "%s", e.text);
	if (!any)
		printf("nothing was attached or pinned%s%s\n", instance ? " for instance " : "",
		       instance ? instance : "");
	return tool_flush(self);
}

const struct tool tool_detach = {
	.name = "detach",
	.summary = "takes the kernel's side down; connections then flow unmasked",
	.run = run,
	.help = "usage: scrim detach [--instance NAME] [--force]\n"
		"\n"
		"Removes what is pinned, attached and routed for an instance, and says each thing "
		"it\n"
		"removed. After it, connections reach the servers unmasked. Refused while the "
		"daemon\n"
		"lives.\n"
		"\n"
		"  --instance NAME  of this instance\n"
		"  --force          even while the daemon lives\n"
		"  --help           this text\n"
		"\n"
		"exit codes: 0 taken down, or nothing was there; 1 refused or failed; 2 wrong "
		"command\n"
		"line\n",
};
