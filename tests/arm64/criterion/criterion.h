/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the unit tests use of Criterion, for processors that the host has no Criterion for: each
 * test in a process of its own, as there.
 */
#ifndef STAND_IN_CRITERION_H
#define STAND_IN_CRITERION_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct test_extra {
	double timeout; /* seconds; 0: the runner's */
	void (*init)(void);
};

struct test {
	const char *suite, *name;
	void (*run)(void);
	void (*run_with)(void *arg); /* instead, of one with a parameter */
	void *arg;
	struct test_extra extra;
	struct test *next;
};

void test_add(struct test *t);
/* Says what failed; the test ends with `fatal`, else it goes on and fails at its end. */
void test_failed(bool fatal, const char *file, int line, const char *what);
_Noreturn void test_skipped(void);

#define Test(in, called, ...)                                                                      \
	static void in##_##called(void);                                                           \
	__attribute__((constructor)) static void in##_##called##_add(void)                         \
	{                                                                                          \
		static struct test t = {                                                           \
			.suite = #in,                                                              \
			.name = #called,                                                           \
			.run = in##_##called,                                                      \
			.extra = {__VA_ARGS__},                                                    \
		};                                                                                 \
		test_add(&t);                                                                      \
	}                                                                                          \
	static void in##_##called(void)

#define CHECK(fatal, holds, what, ...)                                                             \
	do {                                                                                       \
		if (holds)                                                                         \
			break;                                                                     \
		printf(" " __VA_ARGS__);                                                           \
		test_failed(fatal, __FILE__, __LINE__, what);                                      \
	} while (0)

#define COMPARE(fatal, x, op, y, ...)                                                              \
	CHECK(fatal, (x)op(y), #x " " #op " " #y __VA_OPT__(, ) __VA_ARGS__)
#define SAME_STRINGS(fatal, x, y, ...)                                                             \
	CHECK(fatal, !strcmp(x, y), #x " is " #y __VA_OPT__(, ) __VA_ARGS__)
#define SAME_BYTES(fatal, x, y, size, ...)                                                         \
	CHECK(fatal, !memcmp(x, y, size), #x " is " #y __VA_OPT__(, ) __VA_ARGS__)

#define cr_assert(x, ...)           CHECK(true, x, #x __VA_OPT__(, ) __VA_ARGS__)
#define cr_assert_not(x, ...)       CHECK(true, !(x), "not " #x __VA_OPT__(, ) __VA_ARGS__)
#define cr_assert_null(x, ...)      COMPARE(true, x, ==, NULL __VA_OPT__(, ) __VA_ARGS__)
#define cr_assert_not_null(x, ...)  COMPARE(true, x, !=, NULL __VA_OPT__(, ) __VA_ARGS__)
#define cr_assert_eq(x, y, ...)     COMPARE(true, x, ==, y __VA_OPT__(, ) __VA_ARGS__)
#define cr_assert_neq(x, y, ...)    COMPARE(true, x, !=, y __VA_OPT__(, ) __VA_ARGS__)
#define cr_assert_lt(x, y, ...)     COMPARE(true, x, <, y __VA_OPT__(, ) __VA_ARGS__)
#define cr_assert_leq(x, y, ...)    COMPARE(true, x, <=, y __VA_OPT__(, ) __VA_ARGS__)
#define cr_assert_gt(x, y, ...)     COMPARE(true, x, >, y __VA_OPT__(, ) __VA_ARGS__)
#define cr_assert_geq(x, y, ...)    COMPARE(true, x, >=, y __VA_OPT__(, ) __VA_ARGS__)
#define cr_assert_str_eq(x, y, ...) SAME_STRINGS(true, x, y __VA_OPT__(, ) __VA_ARGS__)
#define cr_assert_arr_eq(x, y, ...) SAME_BYTES(true, x, y, __VA_ARGS__)
#define cr_assert_fail(...)         CHECK(true, false, "never here" __VA_OPT__(, ) __VA_ARGS__)
#define cr_expect(x, ...)           CHECK(false, x, #x __VA_OPT__(, ) __VA_ARGS__)
#define cr_expect_not(x, ...)       CHECK(false, !(x), "not " #x __VA_OPT__(, ) __VA_ARGS__)
#define cr_expect_not_null(x, ...)  COMPARE(false, x, !=, NULL __VA_OPT__(, ) __VA_ARGS__)
#define cr_expect_null(x, ...)      COMPARE(false, x, ==, NULL __VA_OPT__(, ) __VA_ARGS__)
#define cr_expect_eq(x, y, ...)     COMPARE(false, x, ==, y __VA_OPT__(, ) __VA_ARGS__)
#define cr_expect_neq(x, y, ...)    COMPARE(false, x, !=, y __VA_OPT__(, ) __VA_ARGS__)
#define cr_expect_gt(x, y, ...)     COMPARE(false, x, >, y __VA_OPT__(, ) __VA_ARGS__)
#define cr_expect_geq(x, y, ...)    COMPARE(false, x, >=, y __VA_OPT__(, ) __VA_ARGS__)
#define cr_expect_leq(x, y, ...)    COMPARE(false, x, <=, y __VA_OPT__(, ) __VA_ARGS__)
#define cr_expect_str_eq(x, y, ...) SAME_STRINGS(false, x, y __VA_OPT__(, ) __VA_ARGS__)
#define cr_expect_str_neq(x, y, ...)                                                               \
	CHECK(false, strcmp(x, y), #x " is not " #y __VA_OPT__(, ) __VA_ARGS__)
#define cr_expect_arr_eq(x, y, ...) SAME_BYTES(false, x, y, __VA_ARGS__)
#define cr_skip_test(...)           (printf("skip " __VA_ARGS__), puts(""), test_skipped())

#endif
