/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rules by HL7 v2 field, one a kind of identifier. Their fields stand in the table, segment
 * by segment (hl7_fields.h), and are sorted into the rules at the first call.
 */
#include "hl7_fields.h"

#define SOURCE "HL7 v2.1 to v2.8, attribute tables of the segments; 45 CFR 164.514(b)(2)(i)"
#define PARTS  3

static struct rule_def rules[HL7_KINDS] = {
	[HL7_NAME] = {.name = "hl7-name",
		      .class = ID_NAME,
		      .group = "builtin",
		      .what = "names of the patient, relatives, insured and employers",
		      .source = SOURCE "(A)"},
	[HL7_ADDRESS] = {.name = "hl7-address",
			 .class = ID_ADDRESS,
			 .group = "builtin",
			 .what = "addresses, counties and places of birth",
			 .source = SOURCE "(B)"},
	[HL7_PHONE] = {.name = "hl7-phone",
		       .class = ID_PHONE,
		       .group = "builtin",
		       .what = "telephone numbers, with the email addresses among them",
		       .source = SOURCE "(D)"},
	[HL7_BIRTH_DATE] = {.name = "hl7-birth-date",
			    .class = ID_DATE,
			    .group = "builtin",
			    .what = "dates of birth",
			    .source = SOURCE "(C)"},
	[HL7_DEATH_DATE] = {.name = "hl7-death-date",
			    .class = ID_DATE,
			    .group = "builtin",
			    .what = "dates of death",
			    .source = SOURCE "(C)"},
	[HL7_SSN] = {.name = "hl7-ssn",
		     .class = ID_SSN,
		     .group = "builtin",
		     .what = "social security numbers",
		     .source = SOURCE "(G)"},
	[HL7_RECORD] = {.name = "hl7-record-number",
			.class = ID_RECORD,
			.group = "builtin",
			.what = "the patient's identifiers",
			.source = SOURCE "(H)"},
	[HL7_ACCOUNT] = {.name = "hl7-account-number",
			 .class = ID_ACCOUNT,
			 .group = "builtin",
			 .what = "numbers of accounts and visits",
			 .source = SOURCE "(J)"},
	[HL7_PLAN] = {.name = "hl7-plan-number",
		      .class = ID_PLAN,
		      .group = "builtin",
		      .what = "numbers of policies, groups, members and beneficiaries",
		      .source = SOURCE "(I)"},
	[HL7_LICENSE] = {.name = "hl7-license",
			 .class = ID_LICENSE,
			 .group = "builtin",
			 .what = "driver's licenses",
			 .source = SOURCE "(K)"},
	[HL7_OTHER] =
		{.name = "hl7-other-id",
		 .class = ID_OTHER,
		 .group = "builtin",
		 .what = "identifiers of relatives, employees and employers; query parameters",
		 .source = SOURCE "(R)"},
	[HL7_PROVIDER] = {.name = "hl7-provider",
			  .class = ID_NAME,
			  .group = "providers",
			  .what = "names and numbers of providers and staff",
			  .source = SOURCE "(A)"},
	[HL7_PROVIDER_ADDRESS] = {.name = "hl7-provider-address",
				  .class = ID_ADDRESS,
				  .group = "providers",
				  .what = "addresses of providers and staff",
				  .source = SOURCE "(B)"},
	[HL7_PROVIDER_PHONE] = {.name = "hl7-provider-phone",
				.class = ID_PHONE,
				.group = "providers",
				.what = "telephone numbers of providers and staff",
				.source = SOURCE "(D)"},
};

/* Every rule's fields one after the other, each list ended by NULL. */
static const char *selectors[PARTS * HL7_ROWS_MAX + HL7_KINDS];
static const char *names[PARTS * HL7_ROWS_MAX + HL7_KINDS];

/* Lists the rows of one kind from `at`; returns where the next kind's begin. */
static size_t list_kind(enum hl7_kind kind, size_t at)
{
	static const struct hl7_row *(*const parts[PARTS])(size_t *ret_n) = {
		hl7_rows_person, hl7_rows_visit, hl7_rows_provider};

	rules[kind].fields = &selectors[at];
	rules[kind].field_names = &names[at];
	for (size_t p = 0; p < PARTS; p++) {
		size_t n;
		const struct hl7_row *rows = parts[p](&n);

		for (size_t i = 0; i < n; i++) {
			if (rows[i].kind != kind)
				continue;
			selectors[at] = rows[i].selector;
			names[at++] = rows[i].what;
		}
	}
	selectors[at] = NULL;
	names[at] = NULL;
	return at + 1;
}

const struct rule_def *rules_hl7_fields(size_t *ret_n)
{
	size_t at = 0;

	for (size_t kind = 0; kind < HL7_KINDS; kind++)
		at = list_kind((enum hl7_kind)kind, at);
	*ret_n = HL7_KINDS;
	return rules;
}
