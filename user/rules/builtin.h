/* SPDX-License-Identifier: BSD-2-Clause */
/* The built-in table's parts: detectors by pattern, and the fields of each format. */
#ifndef RULES_BUILTIN_H
#define RULES_BUILTIN_H

#include <scrim/rules.h>

/* Rules by pattern, in order of precedence; *ret_n of them. */
const struct rule_def *rules_detectors(size_t *ret_n);

/* Rules by HL7 v2 field; *ret_n of them. */
const struct rule_def *rules_hl7_fields(size_t *ret_n);

#endif
