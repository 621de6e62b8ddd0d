/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs the relay's tests, each in a process of its own: relay_test [--no-card] [NAME...]
 *
 *   --no-card  every worker receives as from a network card's queue, but there is no card
 */
#include "relay.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECONDS_MOST 60 /* for one test; it is killed then */

static bool wanted(const char *name, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], name))
			return true;
	return argc == 1;
}

static bool test_run(const struct test *t)
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		return false;
	if (!pid) {
		alarm(SECONDS_MOST);
		t->run();
		_exit(0);
	}
	if (waitpid(pid, &status, 0) != pid)
		return false;
	if (WIFSIGNALED(status))
		printf("%s: ended by signal %d\n", t->name, WTERMSIG(status));
	return WIFEXITED(status) && !WEXITSTATUS(status);
}

bool no_card;

int main(int argc, char **argv)
{
	static const struct test *const groups[] = {
		bytes_tests,    ends_tests,    pressure_tests, policy_tests,    rules_tests,
		zerocopy_tests, splice_tests,  zcrx_tests,     accepting_tests, overflow_tests,
		due_tests,      waiting_tests, gateway_tests};
	struct rlimit files;
	int passed = 0, failed = 0, skipped = 0;

	no_card = argc > 1 && !strcmp(argv[1], "--no-card");
	argc -= no_card;
	argv += no_card;
	signal(SIGPIPE, SIG_IGN);
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	for (size_t g = 0; g < array_size(groups); g++) {
		for (const struct test *t = groups[g]; t->name; t++) {
			bool ok;

			if (!wanted(t->name, argc, argv))
				continue;
			if (groups[g] == gateway_tests && geteuid()) {
				printf("skip %s: it needs root\n", t->name);
				skipped++;
				continue;
			}
			ok = test_run(t);
			printf("%s %s\n", ok ? "ok  " : "FAIL", t->name);
			passed += ok;
			failed += !ok;
		}
	}
	printf("%d passed, %d failed, %d skipped\n", passed, failed, skipped);
	return failed || !passed;
}
