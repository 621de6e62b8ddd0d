/* SPDX-License-Identifier: BSD-2-Clause */
/* Rulesets and scanners for tests that are about scanning; a test fails if one cannot be made. */
#ifndef TEST_SCANNERS_H
#define TEST_SCANNERS_H

#include <scrim/scan.h>

struct ruleset *ruleset_of(const struct rule_def *defs, size_t n);
/* The built-in rules, and what they were compiled from. */
struct ruleset *ruleset_builtin(const struct rule_def **ret_defs);
/* All rules of rs; asserts that the code of `isa` will run. */
struct scanner *scanner_all(const struct ruleset *rs, enum isa isa);

/* Instruction sets this CPU has, into isas[ISA_COUNT], the scalar one first. Returns how many. */
size_t isas_here(enum isa *isas);
/* The last of them. */
enum isa isa_best(void);

#endif
