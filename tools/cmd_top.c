/* SPDX-License-Identifier: BSD-2-Clause */
/* scrim top: how fast the pinned counters grow, with the daemon up, stuck or dead. */
#include "tool.h"
#include "top.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define EVERY_MAX 3600
#define CLEAR     "\033[H\033[J"

static const struct option options[] = {
	{"help", no_argument, NULL, OPT_HELP},
	{"json", no_argument, NULL, OPT_JSON},
	{"once", no_argument, NULL, OPT_ONCE},
	{"every", required_argument, NULL, OPT_EVERY},
	{"instance", required_argument, NULL, OPT_INSTANCE},
	{0},
};

struct top {
	const char *instance;
	unsigned int every_s;
	bool json, once;
	struct top_sample *before, *after;
	struct top_row *rows; /* of a table */
	double seconds;       /* between the samples */
};

static u64 sum(const struct top_row *r)
{
	u64 all = 0;

	for (size_t i = 0; i < TOP_VALUES; i++)
		all += r->values[i];
	return all;
}

static int by_growth(const void *a, const void *b)
{
	const u64 x = sum(a), y = sum(b);

	return (x < y) - (x > y);
}

/* "12.3", "4.5k", "6.7M": in twelve places. */
static void print_rate(double rate)
{
	static const char units[] = {' ', 'k', 'M', 'G', 'T'};
	size_t unit = 0;

	for (; rate >= 1000 && unit + 1 < sizeof(units); unit++)
		rate /= 1000;
	printf(" %12.1f%c", rate, units[unit]);
}

/* How many rows of each table a terminal has room for; any number where it is none. */
static size_t room(void)
{
	struct winsize w;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) || w.ws_row < 20)
		return SIZE_MAX;
	return (w.ws_row - 8u) / TOP_TABLES;
}

static void print_table(const struct top *t, enum top_table table, size_t most)
{
	const struct top_layout *l = &top_layouts[table];
	size_t n = top_grown(t->before, t->after, table, t->rows);

	printf("\n%-22s %-22s", l->names[0], l->nnames > 1 ? l->names[1] : "");
	for (size_t j = 0; j < l->nvalues; j++)
		printf(" %13s", l->headings[j]);
	putchar('\n');
	qsort(t->rows, n, sizeof(*t->rows), by_growth);
	for (size_t i = 0; i < n && i < most && sum(&t->rows[i]); i++) {
		const struct top_row *r = &t->rows[i];

		printf("%-22s %-22s", r->names[0], l->nnames > 1 ? r->names[1] : "");
		for (size_t j = 0; j < l->nvalues; j++)
			print_rate((double)r->values[j] / t->seconds);
		putchar('\n');
	}
}

static void print_text(const struct top *t)
{
	if (isatty(STDOUT_FILENO) && !t->once)
		fputs(CLEAR, stdout);
	printf("scrim %s, daemon %s; per second, over %.1f s\n", top_sample_version(t->after),
	       top_sample_alive(t->after) ? "alive" : "not running", t->seconds);
	for (int table = 0; table < TOP_TABLES; table++)
		print_table(t, (enum top_table)table, room());
}

static void print_json_row(const struct top_layout *l, const struct top_row *r)
{
	/* Like scrim status --json: a verdict is a key. */
	if (l->nnames == 1) {
		tool_json(stdout, r->names[0]);
		printf(":%" PRIu64, r->values[0]);
		return;
	}
	putchar('{');
	for (size_t j = 0; j < l->nnames; j++) {
		tool_json(stdout, l->names[j]);
		putchar(':');
		tool_json(stdout, r->names[j]);
		putchar(',');
	}
	for (size_t j = 0; j < l->nvalues; j++)
		printf("%s\"%s\":%" PRIu64, j ? "," : "", l->values[j], r->values[j]);
	putchar('}');
}

static void print_json(const struct top *t)
{
	printf("{\"seconds\":%.3f,\"daemon\":%s", t->seconds,
	       top_sample_alive(t->after) ? "true" : "false");
	for (int table = 0; table < TOP_TABLES; table++) {
		const struct top_layout *l = &top_layouts[table];
		size_t n = top_grown(t->before, t->after, (enum top_table)table, t->rows);

		printf(",\"%s\":%c", l->name, l->nnames > 1 ? '[' : '{');
		for (size_t i = 0; i < n; i++) {
			fputs(i ? "," : "", stdout);
			print_json_row(l, &t->rows[i]);
		}
		putchar(l->nnames > 1 ? ']' : '}');
	}
	puts("}");
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int watch(const struct tool *self, struct top *t)
{
	const struct timespec every = {.tv_sec = t->every_s};
	struct top_sample *swap;
	struct err e = {0};
	double since, at;
	int rc;

	if (top_sample_take(t->before, t->instance, &e))
		return tool_failed(self, "%s", e.text);
	since = now();
	do {
		nanosleep(&every, NULL);
		if (top_sample_take(t->after, t->instance, &e))
			return tool_failed(self, "%s", e.text);
		at = now();
		t->seconds = at - since;
		since = at;
		(t->json ? print_json : print_text)(t);
		rc = tool_flush(self);
		swap = t->before;
		t->before = t->after;
		t->after = swap;
	} while (!rc && !t->once);
	return rc;
}

static int run(const struct tool *self, int argc, char **argv)
{
	struct top t = {.every_s = 1};
	int option, rc = 0;

	while ((option = tool_option(self, argc, argv, options, &rc)) != -1) {
		if (option == '?')
			return rc;
		if (option == OPT_INSTANCE)
			t.instance = optarg;
		else if (option == OPT_JSON)
			t.json = true;
		else if (option == OPT_ONCE)
			t.once = true;
		else if (tool_number(optarg, 1, EVERY_MAX, &t.every_s))
			return tool_usage(self, "--every takes seconds, from 1 to %d", EVERY_MAX);
	}
	if (optind != argc)
		return tool_usage(self, "`%s` is one word too many", argv[optind]);
	t.before = top_sample_new();
	t.after = top_sample_new();
	t.rows = calloc(SCRIM_RULE_ROWS, sizeof(*t.rows));
	_Static_assert(SCRIM_LISTENER_ROWS <= SCRIM_RULE_ROWS && FLOW_COUNT <= SCRIM_RULE_ROWS,
		       "the largest table");
	rc = t.before && t.after && t.rows ? watch(self, &t) : tool_failed(self, "out of memory");
	free(t.before);
	free(t.after);
	free(t.rows);
	return rc;
}

const struct tool tool_top = {
	.name = "top",
	.summary = "prints how fast the pinned counters grow",
	.run = run,
	.help = "usage: scrim top [--json] [--once] [--every SECONDS] [--instance NAME]\n"
		"\n"
		"Reads the maps pinned under /sys/fs/bpf/scrim (of an instance: scrim-NAME) again\n"
		"and again, and prints what grew, per second: connections and bytes of each\n"
		"listener and role, what each rule found under each role, verdicts and refusals\n"
		"by reason; what grew most is on top. Asks no daemon. Ctrl-C ends it.\n"
		"\n"
		"  --every SECONDS  how long it counts before it prints (1)\n"
		"  --once           prints once and ends\n"
		"  --json           a line of JSON each time: `seconds`, and how much each "
		"counter\n"
		"                   grew in them\n"
		"  --instance NAME  of this instance\n"
		"  --help           this text\n"
		"\n"
		"exit codes: 0 printed; 1 nothing pinned, or no privilege to read it; 2 wrong "
		"command\n"
		"line\n",
};
