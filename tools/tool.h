/* SPDX-License-Identifier: BSD-2-Clause */
/* What the sub-commands of scrim share. */
#ifndef SCRIM_TOOL_H
#define SCRIM_TOOL_H

#include <getopt.h>
#include <scrim/base.h>
#include <scrim/config.h>
#include <stdio.h>

/* How a command ends. */
enum tool_exit {
	TOOL_OK = 0,
	TOOL_FAILED = 1, /* it was tried and did not succeed */
	TOOL_USAGE = 2   /* the command line or the configuration is wrong */
};

struct tool {
	const char *name;
	const char *summary; /* one line for `scrim --help` */
	const char *help;    /* all of `scrim NAME --help` */
	int (*run)(const struct tool *self, int argc, char **argv);
};

extern const struct tool tool_filter, tool_check, tool_rules, tool_status, tool_top, tool_attach,
	tool_detach, tool_reload, tool_restart;

/* A value that getopt_long() gives for long options without a letter. */
enum {
	OPT_HELP = 256,
	OPT_CONFIG,
	OPT_POLICY,
	OPT_ROLE,
	OPT_FORMAT,
	OPT_CHUNK,
	OPT_VERBOSE,
	OPT_JSON,
	OPT_EXPLAIN,
	OPT_INSTANCE,
	OPT_FORCE,
	OPT_REPLACE,
	OPT_WAIT,
	OPT_ONCE,
	OPT_EVERY
};

/*
 * The next option, or -1 behind the last. --help is answered here: *ret_exit is TOOL_OK and '?'
 * comes back; '?' with TOOL_USAGE after an option that is not known or an instance's name that
 * cannot be one, said on standard error.
 */
int tool_option(const struct tool *self, int argc, char **argv, const struct option *options,
		int *ret_exit);

/* A decimal number from least to most: 0 and *ret_n, or -EINVAL. */
int tool_number(const char *text, unsigned int least, unsigned int most, unsigned int *ret_n);

/* Says "scrim NAME: what" on standard error and returns TOOL_USAGE or TOOL_FAILED. */
int tool_usage(const struct tool *self, const char *fmt, ...) printf_like(2, 3);
int tool_failed(const struct tool *self, const char *fmt, ...) printf_like(2, 3);

/* Reads a configuration: TOOL_OK, or TOOL_USAGE or TOOL_FAILED with what is wrong on standard error. */
int tool_config(const char *file, struct config **ret_c);

/* Flushes standard output: TOOL_OK, or TOOL_FAILED where it could not all be written, said. */
int tool_flush(const struct tool *self);

/* A JSON string with its quotes. */
void tool_json(FILE *to, const char *text);

#endif
