/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rules as a site writes them: as many as a large one has, of many shapes, some with labels.
 */
#ifndef BENCH_SITE_RULES_H
#define BENCH_SITE_RULES_H

#include <scrim/rules.h>

#define SITE_RULES 50

/* Fills in SITE_RULES rules of 13 shapes, every fifth with a label. Static storage. */
void site_rules(struct rule_def defs[SITE_RULES]);

#endif
