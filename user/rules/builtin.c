/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The built-in rules in one array: patterns first, then fields. The parts are constants; they
 * are put side by side at the first call, once for all threads.
 */
#include "builtin.h"
#include <pthread.h>
#include <string.h>

static struct rule_def joined[RULE_MAX];
static size_t njoined;

static void add(const struct rule_def *defs, size_t n)
{
	if (n > RULE_MAX - njoined)
		n = RULE_MAX - njoined;
	memcpy(joined + njoined, defs, n * sizeof(*defs));
	njoined += n;
}

static void join(void)
{
	static const struct rule_def *(*const parts[])(size_t *ret_n) = {
		rules_numbers, rules_codes, rules_labelled, rules_contacts, rules_network,
		rules_dates,   rules_birth, rules_places,   rules_names,    rules_hl7_fields};

	for (size_t i = 0; i < array_size(parts); i++) {
		size_t n;
		const struct rule_def *defs = parts[i](&n);

		add(defs, n);
	}
}

const struct rule_def *rules_builtin(size_t *ret_n)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, join);
	*ret_n = njoined;
	return joined;
}
