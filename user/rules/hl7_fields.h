/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of HL7 v2 fields that hold identifiers, to be read beside the standard: a row is a
 * field, in the order of the segments, with the versions that have it, its newest data type and
 * its newest name.
 *
 *   {"PID-5", HL7_NAME, "2.1-2.8 XPN patient name"}
 *      │         │         └ what the field is, as `scrim rules` prints it
 *      │         └ the rule that it belongs to (hl7_fields.c)
 *      └ the selector: a field, masked whole, or one component of it
 *
 * A position is masked in every version: what a version withdrew is still sent by somebody.
 */
#ifndef RULES_HL7_FIELDS_H
#define RULES_HL7_FIELDS_H

#include "builtin.h"

enum hl7_kind {
	HL7_NAME,
	HL7_ADDRESS,
	HL7_PHONE,
	HL7_BIRTH_DATE,
	HL7_DEATH_DATE,
	HL7_SSN,
	HL7_RECORD,
	HL7_ACCOUNT,
	HL7_PLAN,
	HL7_LICENSE,
	HL7_OTHER,
	HL7_PROVIDER,
	HL7_PROVIDER_ADDRESS,
	HL7_PROVIDER_PHONE,
	HL7_KINDS
};

struct hl7_row {
	const char *selector;
	enum hl7_kind kind;
	const char *what;
};

#define HL7_ROWS_MAX 192 /* rows of one part of the table */

/*
 * A number of CX (CK, CM and ST before 2.3): the number and its check digit. Who assigned it and
 * of what type it is (components 4, 5, ...) stay: receivers tell numbers apart by them.
 */
#define NUMBER(field, kind, text) {field ".1", kind, text}, {field ".2", kind, text ", check digit"}

/* The parts of the table; *ret_n rows each. */
const struct hl7_row *hl7_rows_person(size_t *ret_n);
const struct hl7_row *hl7_rows_visit(size_t *ret_n);
const struct hl7_row *hl7_rows_provider(size_t *ret_n);

#endif
