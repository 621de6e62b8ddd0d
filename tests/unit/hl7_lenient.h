/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether what a lenient reader would take for a value was seen by the framer. */
#ifndef TEST_HL7_LENIENT_H
#define TEST_HL7_LENIENT_H

#include "hl7_oracle.h"

/*
 * The first of text[0, len) that a lenient reader sees in a field of a rule, or in text, and that is
 * another thing in bytes[0, len), the framer's; len: none.
 *   ret_reader  who sees it
 */
size_t hl7_lenient(const struct ruleset *rs, const u8 *text, size_t len,
		   const struct hl7_byte *bytes, enum hl7_reader *ret_reader);

#endif
