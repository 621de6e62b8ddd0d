/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs the tests of a program one after another; the last line is the sum that tests/run adds up. */
#include "criterion.h"
#include "parameterized.h"
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#define SKIPPED 77

static struct test *first, **last = &first;
static bool failed; /* this one, which goes on */

void test_add(struct test *t)
{
	*last = t;
	last = &t->next;
}

void test_add_each(const struct test *t, struct criterion_test_params params)
{
	for (size_t i = 0; i < params.length; i++) {
		struct test *one = malloc(sizeof(*one));

		if (!one)
			abort();
		*one = *t;
		one->arg = (char *)params.params + i * params.size;
		test_add(one);
	}
}

void test_failed(bool fatal, const char *file, int line, const char *what)
{
	printf("\n%s:%d: %s\n", file, line, what);
	fflush(stdout);
	failed = true;
	if (fatal)
		_exit(1);
}

_Noreturn void test_skipped(void)
{
	fflush(stdout);
	_exit(SKIPPED);
}

/* Its exit code, or 128 and the signal that ended it. */
static int run_apart(const struct test *t)
{
	pid_t child;
	int status;

	fflush(stdout);
	child = fork();
	if (!child) {
		alarm((unsigned int)t->extra.timeout);
		if (t->extra.init)
			t->extra.init();
		if (t->run_with)
			t->run_with(t->arg);
		else
			t->run();
		fflush(stdout);
		_exit(failed);
	}
	while (child < 0 || waitpid(child, &status, 0) < 0)
		if (child < 0 || errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(void)
{
	unsigned int passed = 0, wrong = 0, skipped = 0;

	for (const struct test *t = first; t; t = t->next) {
		int code = run_apart(t);

		if (code == SKIPPED)
			skipped++;
		else if (code)
			wrong++;
		else
			passed++;
		printf("%-4s %s::%s",
		       code == SKIPPED ? "skip"
		       : code          ? "FAIL"
				       : "ok",
		       t->suite, t->name);
		printf(code && code != SKIPPED ? ", ended with %d\n" : "\n", code);
	}
	printf("%u passed, %u failed, %u skipped\n", passed, wrong, skipped);
	return wrong != 0;
}
