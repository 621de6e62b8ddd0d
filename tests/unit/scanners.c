/* SPDX-License-Identifier: BSD-2-Clause */
#include "scanners.h"
#include <criterion/criterion.h>

struct ruleset *ruleset_of(const struct rule_def *defs, size_t n)
{
	struct ruleset *rs = NULL;
	struct err e = {0};

	cr_assert_eq(ruleset_compile(defs, n, &rs, &e), 0, "%s", e.text);
	return rs;
}

struct ruleset *ruleset_builtin(const struct rule_def **ret_defs)
{
	size_t n;

	*ret_defs = rules_builtin(&n);
	return ruleset_of(*ret_defs, n);
}

struct scanner *scanner_all(const struct ruleset *rs, enum isa isa)
{
	struct scanner *s = NULL;

	cr_assert_eq(scanner_new(rs, NULL, isa, &s), 0);
	cr_assert_eq(scanner_isa(s), isa);
	return s;
}

size_t isas_here(enum isa *isas)
{
	size_t n = 0;

	for (int i = 0; i < ISA_COUNT; i++)
		if (isa_usable((enum isa)i))
			isas[n++] = (enum isa)i;
	cr_assert_eq(isas[0], ISA_SCALAR);
	return n;
}

enum isa isa_best(void)
{
	enum isa isas[ISA_COUNT];

	return isas[isas_here(isas) - 1];
}
