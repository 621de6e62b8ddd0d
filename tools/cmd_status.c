/* SPDX-License-Identifier: BSD-2-Clause */
/* scrim status: the pinned counters, with the daemon up, stuck or dead. */
#include "tool.h"
#include <errno.h>
#include <inttypes.h>
#include <scrim/kern.h>

static const struct option options[] = {
	{"help", no_argument, NULL, OPT_HELP},
	{"json", no_argument, NULL, OPT_JSON},
	{"instance", required_argument, NULL, OPT_INSTANCE},
	{0},
};

static u64 load(const __u64 *counter)
{
	return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

static void print_listeners(const struct kern_view *v)
{
	printf("\n%-22s %-22s %12s %14s %14s\n", "listener", "role", "connections", "client bytes",
	       "server bytes");
	for (size_t i = 0; i < SCRIM_LISTENER_ROWS; i++) {
		const struct scrim_listener_row *r = &v->listeners[i];

		if (*r->listener && load(&r->connections))
			printf("%-22s %-22s %12" PRIu64 " %14" PRIu64 " %14" PRIu64 "\n",
			       r->listener, r->role, load(&r->connections), load(&r->client_bytes),
			       load(&r->server_bytes));
	}
}

static void print_text(const struct kern_view *v)
{
	printf("scrim %s, daemon %s\n", v->version, v->daemon_alive ? "alive" : "not running");
	puts("\nverdicts and refusals");
	for (size_t i = 0; i < FLOW_COUNT; i++)
		if (load(&v->flow[i].count))
			printf("  %-22s %12" PRIu64 "\n", v->flow[i].name, load(&v->flow[i].count));
	print_listeners(v);
	printf("\n%-22s %-22s %12s %14s %12s %10s %10s %10s\n", "rule", "role", "matches",
	       "masked bytes", "rejected", "released", "idle", "allowed");
	for (size_t i = 0; i < SCRIM_RULE_ROWS; i++) {
		const struct scrim_rule_row *r = &v->rules[i];

		if (!*r->rule || !(load(&r->matches) | load(&r->rejected) | load(&r->released) |
				   load(&r->allowed)))
			continue;
		printf("%-22s %-22s %12" PRIu64 " %14" PRIu64 " %12" PRIu64 " %10" PRIu64
		       " %10" PRIu64 " %10" PRIu64 "\n",
		       r->rule, r->role, load(&r->matches), load(&r->masked_bytes),
		       load(&r->rejected), load(&r->released), load(&r->idle), load(&r->allowed));
	}
}

static void print_json_listeners(const struct kern_view *v)
{
	const char *comma = "";

	for (size_t i = 0; i < SCRIM_LISTENER_ROWS; i++) {
		const struct scrim_listener_row *r = &v->listeners[i];

		if (!*r->listener)
			continue;
		printf("%s\n{\"listener\":", comma);
		tool_json(stdout, r->listener);
		fputs(",\"role\":", stdout);
		tool_json(stdout, r->role);
		printf(",\"connections\":%" PRIu64 ",\"client_bytes\":%" PRIu64
		       ",\"server_bytes\":%" PRIu64 "}",
		       load(&r->connections), load(&r->client_bytes), load(&r->server_bytes));
		comma = ",";
	}
}

static void print_json(const struct kern_view *v)
{
	const char *comma = "";

	fputs("{\"version\":", stdout);
	tool_json(stdout, v->version);
	printf(",\"daemon\":%s,\"flow\":{", v->daemon_alive ? "true" : "false");
	for (size_t i = 0; i < FLOW_COUNT; i++) {
		fputs(i ? "," : "", stdout);
		tool_json(stdout, v->flow[i].name);
		printf(":%" PRIu64, load(&v->flow[i].count));
	}
	fputs("},\"listeners\":[", stdout);
	print_json_listeners(v);
	fputs("],\"rules\":[", stdout);
	for (size_t i = 0; i < SCRIM_RULE_ROWS; i++) {
		const struct scrim_rule_row *r = &v->rules[i];

		if (!*r->rule)
			continue;
		printf("%s\n{\"rule\":", comma);
		tool_json(stdout, r->rule);
		fputs(",\"role\":", stdout);
		tool_json(stdout, r->role);
		printf(",\"matches\":%" PRIu64 ",\"masked_bytes\":%" PRIu64 ",\"rejected\":%" PRIu64
		       ",\"released\":%" PRIu64 ",\"idle\":%" PRIu64 ",\"allowed\":%" PRIu64 "}",
		       load(&r->matches), load(&r->masked_bytes), load(&r->rejected),
		       load(&r->released), load(&r->idle), load(&r->allowed));
		comma = ",";
	}
	puts("]}");
}

static int run(const struct tool *self, int argc, char **argv)
{
	const char *instance = NULL;
	struct kern_view view;
	struct err e = {0};
	bool json = false;
	int option, rc = 0;

	while ((option = tool_option(self, argc, argv, options, &rc)) != -1) {
		if (option == '?')
			return rc;
		if (option == OPT_INSTANCE)
			instance = optarg;
		else
			json = true;
	}
	if (optind != argc)
		return tool_usage(self, "`%s` is one word too many", argv[optind]);
	if (kern_view_open(instance, &view, &e))
		return tool_failed(self, "%s", e.text);
	(json ? print_json : print_text)(&view);
	kern_view_close(&view);
	return tool_flush(self);
}

const struct tool tool_status = {
	.name = "status",
	.summary = "prints the pinned counters, with the daemon alive or dead",
	.run = run,
	.help = "usage: scrim status [--json] [--instance NAME]\n"
		"\n"
		"Reads the maps pinned under /sys/fs/bpf/scrim (of an instance: scrim-NAME): "
		"verdicts\n"
		"and refusals by reason, connections and bytes of each listener and role, and "
		"what\n"
		"each rule found under each role. Asks no daemon.\n"
		"\n"
		"  --instance NAME  of this instance\n"
		"  --json           all rows, as JSON\n"
		"  --help           this text\n"
		"\n"
		"exit codes: 0 printed; 1 nothing pinned, or no privilege to read it; 2 wrong "
		"command\n"
		"line\n",
};
