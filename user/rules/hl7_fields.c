/* SPDX-License-Identifier: BSD-2-Clause */
/* HL7 v2 fields that hold identifiers, by class (HL7 v2 chapter 3, PID). */
#include "builtin.h"

#define FIELDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static const struct rule_def fields[] = {
	{
		.name = "hl7-name",
		.class = ID_NAME,
		.group = "builtin",
		.what = "names of the patient and relatives",
		.source = "HL7 v2 chapter 3, PID; chapter 6",
		.fields = FIELDS("PID-5", "PID-6", "PID-9"),
	},
	{
		.name = "hl7-birth-date",
		.class = ID_DATE,
		.group = "builtin",
		.what = "dates of birth",
		.source = "HL7 v2 chapter 3, PID",
		.fields = FIELDS("PID-7"),
	},
	{
		.name = "hl7-provider",
		.class = ID_NAME,
		.group = "providers",
		.what = "names of providers",
		.source = "HL7 v2 chapter 3, PV1",
		.fields = FIELDS("PV1-7"),
	},
};

const struct rule_def *rules_hl7_fields(size_t *ret_n)
{
	*ret_n = array_size(fields);
	return fields;
}
