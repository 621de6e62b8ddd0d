/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line: finds the sub-command, and what all of them share. */
#include "tool.h"
#include <errno.h>
#include <scrim/kern.h>
#include <scrim/scan.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const struct tool *const tools[] = {&tool_filter, &tool_check,  &tool_rules,
					   &tool_status, &tool_top,    &tool_attach,
					   &tool_detach, &tool_reload, &tool_restart};

static void print_help(FILE *to)
{
	fputs("usage: scrim COMMAND [OPTION...]\n"
	      "\n"
	      "Masks protected health information; the daemon that does so in live streams is\n"
	      "scrimd.\n"
	      "\n"
	      "commands:\n",
	      to);
	for (size_t i = 0; i < array_size(tools); i++)
		fprintf(to, "  %-8s %s\n", tools[i]->name, tools[i]->summary);
	fputs("\n"
	      "scrim COMMAND --help says more. scrim --version prints the version and the\n"
	      "instruction set that scanning uses; SCRIM_ISA=scalar, neon, sse42, avx2 or avx512\n"
	      "in the environment forces one.\n"
	      "\n"
	      "exit codes: 0 done; 1 tried and failed; 2 wrong command line or configuration\n",
	      to);
}

/* Flushes standard output; `who` failed where it could not all be written. */
static int flush_as(const char *who)
{
	if (!fflush(stdout) && !ferror(stdout))
		return TOOL_OK;
	fprintf(stderr, "%s: standard output: %s\n", who, strerror(errno));
	return TOOL_FAILED;
}

static int print_version(void)
{
	struct err e = {0};
	enum isa isa;

	if (isa_choose(getenv("SCRIM_ISA"), &isa, &e)) {
		fprintf(stderr, "scrim: %s\n", e.text);
		return TOOL_USAGE;
	}
	printf("scrim %s, scanning with %s\n", SCRIM_VERSION, isa_name(isa));
	return flush_as("scrim");
}

int tool_option(const struct tool *self, int argc, char **argv, const struct option *options,
		int *ret_exit)
{
	int c;

	opterr = 0;
	c = getopt_long(argc, argv, ":", options, NULL);
	if (c == OPT_HELP) {
		fputs(self->help, stdout);
		*ret_exit = tool_flush(self);
		return '?';
	}
	if (c == OPT_INSTANCE && !kern_instance_good(optarg)) {
		*ret_exit = tool_usage(
			self, "--instance %s: a name is at most %d letters, digits, `-` and `_`",
			optarg, SCRIM_NAME_LEN - 1);
		return '?';
	}
	if (c == ':')
		*ret_exit = tool_usage(self, "%s needs a value", argv[optind - 1]);
	else if (c == '?')
		*ret_exit = tool_usage(self, "%s is not an option", argv[optind - 1]);
	return c == ':' ? '?' : c;
}

int tool_number(const char *text, unsigned int least, unsigned int most, unsigned int *ret_n)
{
	unsigned long n;
	char *end;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (errno || *text < '0' || *text > '9' || *end || n < least || n > most)
		return -EINVAL;
	*ret_n = (unsigned int)n;
	return 0;
}

int tool_usage(const struct tool *self, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "scrim %s: ", self->name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "; see scrim %s --help\n", self->name);
	return TOOL_USAGE;
}

int tool_failed(const struct tool *self, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "scrim %s: ", self->name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return TOOL_FAILED;
}

int tool_config(const char *file, struct config **ret_c)
{
	int rc = config_read(file, stderr, ret_c);

	return !rc ? TOOL_OK : rc == -EINVAL ? TOOL_USAGE : TOOL_FAILED;
}

int tool_flush(const struct tool *self)
{
	char who[32];

	snprintf(who, sizeof(who), "scrim %s", self->name);
	return flush_as(who);
}

void tool_json(FILE *to, const char *text)
{
	fputc('"', to);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fprintf(to, "\\%c", *text);
		else if ((unsigned char)*text < 0x20)
			fprintf(to, "\\u%04x", *text);
		else
			fputc(*text, to);
	}
	fputc('"', to);
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	if (!strcmp(name, "--help") || !strcmp(name, "-h") || !strcmp(name, "help")) {
		print_help(stdout);
		return flush_as("scrim");
	}
	if (!strcmp(name, "--version"))
		return print_version();
	for (size_t i = 0; i < array_size(tools); i++)
		if (!strcmp(name, tools[i]->name))
			return tools[i]->run(tools[i], argc - 1, argv + 1);
	if (*name)
		fprintf(stderr, "scrim: there is no command `%s`\n\n", name);
	print_help(stderr);
	return TOOL_USAGE;
}
