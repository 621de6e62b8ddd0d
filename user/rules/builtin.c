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
	const struct rule_def *defs;
	size_t n;

	defs = rules_numbers(&n);
	add(defs, n);
	defs = rules_contacts(&n);
	add(defs, n);
	defs = rules_dates(&n);
	add(defs, n);
	defs = rules_hl7_fields(&n);
	add(defs, n);
}

const struct rule_def *rules_builtin(size_t *ret_n)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, join);
	*ret_n = njoined;
	return joined;
}
