/* SPDX-License-Identifier: BSD-2-Clause */
/* scrimd: the command line of the daemon. */
#include "daemon.h"
#include "launcher.h"
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <scrim/kern.h>
#include <scrim/log.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

static const char help[] =
	"usage: scrimd --config FILE [--instance NAME] [--replace] [--takeover]\n"
	"              [--verbose]\n"
	"\n"
	"Masks protected health information in the TCP streams that its configuration names,\n"
	"in the foreground, with log lines on standard error.\n"
	"\n"
	"  --config FILE    the configuration; `scrim check FILE` checks it\n"
	"  --instance NAME  keeps this daemon's maps and links in /sys/fs/bpf/scrim-NAME, apart\n"
	"                   from those of others\n"
	"  --replace        swaps what another version of scrim has pinned, without a moment in\n"
	"                   which anything is forwarded unmasked\n"
	"  --takeover       takes the listening sockets over from the daemon of this instance "
	"that\n"
	"                   runs, which then drains; if this one cannot start, that one goes on\n"
	"  --verbose        more log lines\n"
	"  --version        prints the version\n"
	"  --help           this text\n"
	"\n"
	"SIGHUP, `scrim reload`: reads the configuration again; rules, policies and roles may "
	"have\n"
	"changed. Each record is masked under one version; a fault changes nothing.\n"
	"\n"
	"SIGTERM, SIGINT: no new connections; the open ones end by themselves or are reset at the\n"
	"limit `drain`. A second signal resets them at once. What is pinned stays, and refuses:\n"
	"`scrim detach` takes it down.\n"
	"\n"
	"SCRIM_ISA=scalar, neon, sse42, avx2 or avx512 in the environment forces the instruction\n"
	"set of scanning.\n"
	"\n"
	"exit codes: 0 orderly end; 1 could not start, or broke while it ran; 2 wrong command "
	"line\n"
	"or configuration\n";

static const struct option options[] = {
	{"config", required_argument, NULL, 'c'}, {"instance", required_argument, NULL, 'i'},
	{"replace", no_argument, NULL, 'r'},      {"takeover", no_argument, NULL, 't'},
	{"verbose", no_argument, NULL, 'v'},      {"version", no_argument, NULL, 'V'},
	{"help", no_argument, NULL, 'h'},         {0},
};

static printf_like(1, 2) int usage(const char *fmt, ...)
{
	va_list ap;

	fputs("scrimd: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputs("; see scrimd --help\n", stderr);
	return EXIT_USAGE;
}

/* Standard output may be full, or closed. */
static int print(const char *text)
{
	if (fputs(text, stdout) >= 0 && !fflush(stdout))
		return EXIT_OK;
	fprintf(stderr, "scrimd: standard output: %s\n", strerror(errno));
	return EXIT_FAILED;
}

/* EXIT_OK; or it is not there to run with, and why is said. */
static int read_config(const char *file, struct config **ret_c)
{
	int rc = config_read(file, stderr, ret_c);

	if (rc)
		return rc == -EINVAL ? EXIT_USAGE : EXIT_FAILED;
	if ((*ret_c)->nlisteners)
		return EXIT_OK;
	fprintf(stderr, "%s: no listeners, so there is nothing to do; add `listeners`\n", file);
	config_free(*ret_c);
	return EXIT_USAGE;
}

static int run(const struct daemon_args *args)
{
	struct config *c;
	struct err e = {0};
	int rc = read_config(args->file, &c);

	if (rc) {
		if (args->launcher >= 0)
			close(args->launcher);
		return rc;
	}
	rc = daemon_run(c, args, &e);
	if (rc)
		log_line(LOG_LEVEL_ERROR, "%s", e.text[0] ? e.text : strerror(-rc));
	config_free(c);
	return rc ? EXIT_FAILED : EXIT_OK;
}

/* Descriptors 0 to 2 are there: else a socket would get log lines. */
static void open_standard(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

int main(int argc, char **argv)
{
	enum log_level most = LOG_LEVEL_INFO;
	struct daemon_args args = {0};
	int c;

	open_standard();
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			args.file = optarg;
			break;
		case 'i':
			args.instance = optarg;
			break;
		case 'r':
			args.replace = true;
			break;
		case 't':
			args.takeover = true;
			break;
		case 'v':
			most = LOG_LEVEL_DEBUG;
			break;
		case 'V':
			return print("scrimd " SCRIM_VERSION "\n");
		case 'h':
			return print(help);
		default:
			return usage(c == ':' ? "%s needs a value" : "%s is not an option",
				     argv[optind - 1]);
		}
	}
	if (optind != argc)
		return usage("`%s` is one word too many", argv[optind]);
	if (!args.file)
		return usage("give --config FILE");
	if (args.instance && !kern_instance_good(args.instance))
		return usage("--instance %s: a name is at most 31 letters, digits, `-` and `_`",
			     args.instance);
	log_init("scrimd", most);
	args.launcher = launcher_start(argv);
	if (args.launcher < 0)
		log_line(LOG_LEVEL_WARNING, "`scrim restart` will find no launcher: %s",
			 strerror(-args.launcher));
	return run(&args);
}
