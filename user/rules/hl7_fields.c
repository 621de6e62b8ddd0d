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
		      .source = SOURCE "(A)",
		      .examples = LIST("PID|1||471188||[MARROWBY^TAMSIN^A]|||F",
				       "NK1|1|[Tesk^Odette]|SPO", "OBR|1|A-17|B-17|GLU^Glucose^L")},
	[HL7_ADDRESS] = {.name = "hl7-address",
			 .class = ID_ADDRESS,
			 .group = "builtin",
			 .what = "addresses, counties and places of birth",
			 .source = SOURCE "(B)",
			 .examples =
				 LIST("PID|1||||||||||[4 Elm St^Apt 2^Oxbow Falls^OR^97201]|||||M",
				      "PV1|1|I|ICU^12^A")},
	[HL7_PHONE] =
		{.name = "hl7-phone",
		 .class = ID_PHONE,
		 .group = "builtin",
		 .what = "telephone numbers, with the email addresses among them",
		 .source = SOURCE "(D)",
		 .examples = LIST(
			 "PID|1||||||||||||[(212)555-0123^PRN^PH]|[^NET^Internet^tesk@example.org]",
			 "OBX|1|NM|GLU^Glucose^L||5550123")},
	[HL7_BIRTH_DATE] = {.name = "hl7-birth-date",
			    .class = ID_DATE,
			    .group = "builtin",
			    .what = "dates of birth",
			    .source = SOURCE "(C)",
			    .examples = LIST("PID|1||||||[19530728]|F", "EVN|A01|20240229101500")},
	[HL7_DEATH_DATE] = {.name = "hl7-death-date",
			    .class = ID_DATE,
			    .group = "builtin",
			    .what = "dates of death",
			    .source = SOURCE "(C)",
			    .examples = LIST("PID|1||||||||||||||||||||||||||||[20240229]|Y",
					     "EVN|A01|20240229101500")},
	[HL7_SSN] = {.name = "hl7-ssn",
		     .class = ID_SSN,
		     .group = "builtin",
		     .what = "social security numbers",
		     .source = SOURCE "(G)",
		     .examples = LIST("PID|1||||||||||||||||||[123-45-6789]", "OBR|1|123-45-6789")},
	[HL7_RECORD] = {.name = "hl7-record-number",
			.class = ID_RECORD,
			.group = "builtin",
			.what = "the patient's identifiers",
			.source = SOURCE "(H)",
			.examples = LIST("PID|1||[471188]^[7]^M10^HOSP^MR~[X-99]^^^CLINIC^PI",
					 "ORC|RE|471188|471188")},
	[HL7_ACCOUNT] = {.name = "hl7-account-number",
			 .class = ID_ACCOUNT,
			 .group = "builtin",
			 .what = "numbers of accounts and visits",
			 .source = SOURCE "(J)",
			 .examples = LIST("PID|1|||||||||||||||||[20011234]^^^HOSP^AN",
					  "PV1|1|I|||||||||||||||||[V-4711]", "ORC|RE|20011234")},
	[HL7_PLAN] = {.name = "hl7-plan-number",
		      .class = ID_PLAN,
		      .group = "builtin",
		      .what = "numbers of policies, groups, members and beneficiaries",
		      .source = SOURCE "(I)",
		      .examples = LIST(
			      "IN1|1|PPO|77|||||[G-7001]||||||||||||||||||||||||||||[W228190047]",
			      "IN1|1|PPO|77")},
	[HL7_LICENSE] = {.name = "hl7-license",
			 .class = ID_LICENSE,
			 .group = "builtin",
			 .what = "driver's licenses",
			 .source = SOURCE "(K)",
			 .examples = LIST("PID|1|||||||||||||||||||[D1234567^OR^20270101]",
					  "PID|1||||||||||||||||||")},
	[HL7_OTHER] =
		{.name = "hl7-other-id",
		 .class = ID_OTHER,
		 .group = "builtin",
		 .what = "identifiers of relatives, employees and employers; query parameters",
		 .source = SOURCE "(R)",
		 .examples = LIST("NK1|1||SPO|||||||||[E-4711]^^^ACME", "NK1|1||SPO")},
	[HL7_PROVIDER] = {.name = "hl7-provider",
			  .class = ID_NAME,
			  .group = "providers",
			  .what = "names and numbers of providers and staff",
			  .source = SOURCE "(A)",
			  .examples = LIST("PV1|1|I|||||[1234567893^Vant^Ilse^^^Dr]",
					   "PV1|1|I|ICU^12^A")},
	[HL7_PROVIDER_ADDRESS] =
		{.name = "hl7-provider-address",
		 .class = ID_ADDRESS,
		 .group = "providers",
		 .what = "addresses of providers and staff",
		 .source = SOURCE "(B)",
		 .examples = LIST("ORC|RE|||||||||||||||||||||||[4 Elm St^^Oxbow Falls^OR^97201]",
				  "ORC|RE|A-17")},
	[HL7_PROVIDER_PHONE] = {.name = "hl7-provider-phone",
				.class = ID_PHONE,
				.group = "providers",
				.what = "telephone numbers of providers and staff",
				.source = SOURCE "(D)",
				.examples = LIST("OBR|1||||||||||||||||[(212)555-0123]",
						 "OBR|1|5550123")},
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
