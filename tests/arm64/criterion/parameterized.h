/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests that are run once for each of some parameters, as criterion.h has those without. */
#ifndef STAND_IN_PARAMETERIZED_H
#define STAND_IN_PARAMETERIZED_H

#include "criterion.h"

struct criterion_test_params {
	size_t size; /* of a parameter */
	void *params;
	size_t length;
};

/* A test like t for each of them. */
void test_add_each(const struct test *t, struct criterion_test_params params);

#define cr_make_param_array(type, array, n) ((struct criterion_test_params){sizeof(type), array, n})

#define ParameterizedTestParameters(in, called)                                                    \
	static struct criterion_test_params in##_##called##_params(void)

#define ParameterizedTest(param, in, called, ...)                                                  \
	static void in##_##called(param);                                                          \
	static void in##_##called##_with(void *arg)                                                \
	{                                                                                          \
		in##_##called(arg);                                                                \
	}                                                                                          \
	__attribute__((constructor)) static void in##_##called##_add(void)                         \
	{                                                                                          \
		const struct test t = {                                                            \
			.suite = #in,                                                              \
			.name = #called,                                                           \
			.run_with = in##_##called##_with,                                          \
			.extra = {__VA_ARGS__},                                                    \
		};                                                                                 \
		test_add_each(&t, in##_##called##_params());                                       \
	}                                                                                          \
	static void in##_##called(param)

#endif
