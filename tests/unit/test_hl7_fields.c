/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The built-in table of HL7 fields: it is well formed, it names what the standard says holds an
 * identifier, and it never names what must arrive as it was sent.
 */
#include "marked.h"
#include "stream_feed.h"
#include <criterion/criterion.h>
#include <ctype.h>
#include <scrim/rules.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One selector of the table, taken apart. component is 0 for a whole field. */
struct selected {
	const struct rule_def *rule;
	const char *text, *name;
	char segment[4];
	unsigned long field, component;
};

static size_t read_table(struct selected *to, size_t max)
{
	const struct rule_def *defs;
	size_t ndefs, n = 0;

	defs = rules_builtin(&ndefs);
	for (size_t i = 0; i < ndefs; i++) {
		for (size_t k = 0; defs[i].fields && defs[i].fields[k]; k++) {
			struct selected *s = &to[n++];
			char *end;

			cr_assert_lt(n, max);
			s->rule = &defs[i];
			s->text = defs[i].fields[k];
			cr_assert_not_null(defs[i].field_names, "%s", defs[i].name);
			s->name = defs[i].field_names[k];
			cr_assert_not_null(s->name, "%s", s->text);
			cr_assert_gt(strlen(s->text), 4, "%s", s->text);
			memcpy(s->segment, s->text, 3);
			s->segment[3] = '\0';
			cr_assert_eq(s->text[3], '-', "%s", s->text);
			s->field = strtoul(s->text + 4, &end, 10);
			s->component = *end == '.' ? strtoul(end + 1, &end, 10) : 0;
			cr_assert_eq(*end, '\0', "%s", s->text);
		}
		if (defs[i].fields)
			for (size_t k = 0; defs[i].fields[k] || defs[i].field_names[k]; k++)
				cr_assert(defs[i].fields[k] && defs[i].field_names[k],
					  "%s: fields and their names differ in number",
					  defs[i].name);
	}
	return n;
}

static struct selected table[1024];

static bool in_group(const struct selected *s, const char *group)
{
	return !strcmp(s->rule->group, group);
}

/* Which rule masks the field, or the component of it, in a group; NULL if none does. */
static const char *masked_by(size_t n, const char *group, const char *selector)
{
	for (size_t i = 0; i < n; i++)
		if (in_group(&table[i], group) && !strcmp(table[i].text, selector))
			return table[i].rule->name;
	return NULL;
}

/* Written in one way only: SEG-F or SEG-F.C, from 1; IN2, the longest segment, has 72 fields. */
Test(hl7_fields, selectors_are_well_formed)
{
	size_t n = read_table(table, array_size(table));

	cr_assert_gt(n, 200);
	for (size_t i = 0; i < n; i++) {
		const struct selected *s = &table[i];
		char again[32];

		cr_expect(isupper(s->segment[0]), "%s", s->text);
		for (int c = 1; c < 3; c++)
			cr_expect(isupper(s->segment[c]) || isdigit(s->segment[c]), "%s", s->text);
		cr_expect(s->field >= 1 && s->field <= 72, "%s", s->text);
		cr_expect_leq(s->component, 32, "%s", s->text);
		snprintf(again, sizeof(again),
			 s->component || strchr(s->text, '.') ? "%s-%lu.%lu" : "%s-%lu", s->segment,
			 s->field, s->component);
		cr_expect_str_eq(again, s->text);
		cr_expect(!strchr(s->text, '.') || s->component, "%s", s->text);
	}
}

/* No place is named twice, in either group or across them, nor a component of a whole field. */
Test(hl7_fields, no_place_has_two_rules)
{
	size_t n = read_table(table, array_size(table));

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			cr_expect(strcmp(table[i].segment, table[k].segment) ||
					  table[i].field != table[k].field ||
					  (table[i].component && table[k].component &&
					   table[i].component != table[k].component),
				  "%s and %s", table[k].text, table[i].text);
}

/* Each row says since which version, of what type and what: "2.1-2.8 XPN patient name". */
Test(hl7_fields, names_say_versions_and_type)
{
	static const char *const versions[] = {"2.1", "2.2",   "2.3", "2.3.1", "2.4",
					       "2.5", "2.5.1", "2.6", "2.7",   "2.8"};
	size_t n = read_table(table, array_size(table));

	for (size_t i = 0; i < n; i++) {
		char first[8] = "", last[8] = "", type[8] = "";
		int at = 0, from = -1, to = -1;

		if (sscanf(table[i].name, "%7[0-9.]-%7[0-9.] %7s %n", first, last, type, &at) !=
		    3) {
			cr_assert_eq(sscanf(table[i].name, "%7[0-9.] %7s %n", first, type, &at), 2,
				     "%s: %s", table[i].text, table[i].name);
			strcpy(last, first);
		}
		for (int v = 0; v < (int)array_size(versions); v++) {
			from = strcmp(first, versions[v]) ? from : v;
			to = strcmp(last, versions[v]) ? to : v;
		}
		cr_expect(from >= 0 && from <= to, "%s: %s", table[i].text, table[i].name);
		cr_expect_gt(strlen(table[i].name + at), 3, "%s: %s", table[i].text, table[i].name);
	}
}

/* What is never a person's, in no group: the envelope, orders' numbers, codes, results. */
Test(hl7_fields, never_masked)
{
	static const char *const segments[] = {"MSH", "MSA", "ERR", "QAK", "FHS", "FTS",
					       "BHS", "BTS", "DSC", "SFT", "AL1", "SAC"};
	static const struct {
		const char *segment;
		unsigned long field;
	} fields[] = {
		{"PID", 1},  {"PID", 8},  {"PID", 10}, {"PID", 16}, {"PID", 22}, {"PV1", 2},
		{"PV1", 3},  {"PV1", 10}, {"PV1", 36}, {"ORC", 1},  {"ORC", 2},  {"ORC", 3},
		{"ORC", 4},  {"ORC", 5},  {"ORC", 8},  {"ORC", 33}, {"OBR", 1},  {"OBR", 2},
		{"OBR", 3},  {"OBR", 4},  {"OBR", 18}, {"OBR", 19}, {"OBR", 20}, {"OBR", 21},
		{"OBR", 24}, {"OBR", 25}, {"OBR", 26}, {"OBR", 29}, {"OBR", 31}, {"OBR", 53},
		{"OBX", 1},  {"OBX", 2},  {"OBX", 3},  {"OBX", 4},  {"OBX", 5},  {"OBX", 6},
		{"OBX", 7},  {"OBX", 8},  {"OBX", 11}, {"NTE", 1},  {"NTE", 3},  {"DG1", 3},
		{"PR1", 3},  {"FT1", 2},  {"FT1", 7},  {"FT1", 23}, {"FT1", 25}, {"TXA", 12},
		{"TXA", 14}, {"TXA", 15}, {"RXE", 2},  {"RXE", 15}, {"RXA", 5},  {"RXA", 15},
		{"SPM", 2},  {"SCH", 1},  {"SCH", 2},  {"SCH", 26}, {"SCH", 27}, {"ARQ", 1},
		{"ARQ", 2},  {"ARQ", 24}, {"ARQ", 25}, {"IN1", 1},  {"IN1", 2},  {"IN1", 15},
		{"IN1", 35}, {"QRD", 4},  {"QPD", 1},  {"QPD", 2},  {"EVN", 1},  {"EVN", 2},
	};
	size_t n = read_table(table, array_size(table));

	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < array_size(segments); k++)
			cr_expect_str_neq(table[i].segment, segments[k]);
		for (size_t k = 0; k < array_size(fields); k++)
			cr_expect(strcmp(table[i].segment, fields[k].segment) ||
					  table[i].field != fields[k].field,
				  "%s", table[i].text);
	}
}

/* The fields a reader of the standard asks about first, with the rule that masks each. */
Test(hl7_fields, holds_what_the_standard_names)
{
	static const struct {
		const char *rule, *fields;
	} known[] = {
		{"hl7-record-number", "PID-2.1 PID-3.1 PID-4.1 PID-21.1 MRG-1.1 MRG-2.1 MRG-4.1 "
				      "PD1-10.1 CSR-4.1 CSR-5.1 QRD-8.1"},
		{"hl7-name",
		 "PID-5 PID-6 PID-9 MRG-7 NK1-2 NK1-13 NK1-26 NK1-30 GT1-3 GT1-4 GT1-16 GT1-21 "
		 "GT1-42 GT1-45 GT1-51 IN1-6 IN1-9 IN1-11 IN1-16 IN1-30 IN2-3 IN2-7 IN2-9 IN2-40 "
		 "IN2-49 IN2-52 IN2-69 IN2-70 QRD-8.2 QRD-8.3"},
		{"hl7-address", "PID-11 PID-12 PID-23 NK1-4 NK1-32 NK1-38 GT1-5 GT1-17 GT1-56 "
				"IN1-19 IN1-44 IN1-52 ACC-11"},
		{"hl7-phone", "PID-13 PID-14 PID-40 NK1-5 NK1-6 NK1-31 NK1-40 NK1-41 GT1-6 GT1-7 "
			      "GT1-18 GT1-46 IN2-50 IN2-53 IN2-63 IN2-64"},
		{"hl7-birth-date", "PID-7 NK1-16 GT1-8 IN1-18"},
		{"hl7-death-date", "PID-29 GT1-24"},
		{"hl7-ssn", "PID-19 NK1-37 GT1-12 IN2-2"},
		{"hl7-account-number", "PID-18.1 MRG-3.1 MRG-5.1 MRG-6.1 GT1-2.1 PV1-5.1 PV1-19.1 "
				       "PV1-50.1 PV1-54.1 BLG-3.1"},
		{"hl7-plan-number", "IN1-8 IN1-36 IN1-49.1 IN2-6 IN2-8 IN2-10 IN2-26.1 IN2-61.1"},
		{"hl7-license", "PID-20"},
		{"hl7-other-id", "NK1-12.1 NK1-33.1 GT1-19.1 GT1-29.1 IN1-10.1 IN2-1.1 QRF-5 QPD-3 "
				 "QPD-4 QPD-13 EQL-4"},
	};
	size_t n = read_table(table, array_size(table));

	for (size_t i = 0; i < array_size(known); i++) {
		char fields[512], *rest = fields, *field;

		snprintf(fields, sizeof(fields), "%s", known[i].fields);
		while ((field = strsep(&rest, " "))) {
			const char *by = masked_by(n, "builtin", field);

			cr_expect(by && !strcmp(by, known[i].rule), "%s: %s, not %s", field,
				  by ? by : "not masked", known[i].rule);
		}
	}
}

/* Providers are in a group of their own, and only they are. */
Test(hl7_fields, providers_are_apart)
{
	char fields[] =
		"PV1-7 PV1-8 PV1-9 PV1-17 PV1-52 PD1-4 EVN-5 ORC-10 ORC-11 ORC-12 ORC-19 "
		"OBR-10 OBR-16 OBR-28 OBR-32 OBR-33 OBR-34 OBR-35 OBX-16 TXA-5 TXA-9 TXA-10 "
		"TXA-11 DG1-16 PR1-8 PR1-11 PR1-12 ROL-4 STF-3 PRD-2 PRT-5 RXA-10";
	char *rest = fields, *field;
	size_t n = read_table(table, array_size(table));

	while ((field = strsep(&rest, " "))) {
		cr_expect_not_null(masked_by(n, "providers", field), "%s", field);
		cr_expect_null(masked_by(n, "builtin", field), "%s", field);
	}
	for (size_t i = 0; i < n; i++)
		cr_expect_eq(in_group(&table[i], "providers"),
			     !strncmp(table[i].rule->name, "hl7-provider", 12), "%s",
			     table[i].text);
}

/* Of a number its digits go; who assigned it and its type stay, and a check digit does not. */
Test(hl7_fields, numbers_keep_authority_and_type)
{
	size_t n = read_table(table, array_size(table));

	for (size_t i = 0; i < n; i++) {
		char check[32];

		if (table[i].component != 1 || !strstr(table[i].name, " CX "))
			continue;
		snprintf(check, sizeof(check), "%s-%lu.2", table[i].segment, table[i].field);
		cr_expect_str_eq(masked_by(n, table[i].rule->group, check), table[i].rule->name);
	}
	cr_assert_null(masked_by(n, "builtin", "PID-3"));
	cr_assert_null(masked_by(n, "builtin", "PID-3.4"));
	cr_assert_null(masked_by(n, "builtin", "PID-3.5"));
}

/* Every rule by field can be printed, and compiles. */
Test(hl7_fields, rules_are_complete)
{
	const struct rule_def *defs;
	struct ruleset *rs = NULL;
	struct err e = {0};
	size_t n, nfields = 0;

	defs = rules_builtin(&n);
	for (size_t i = 0; i < n; i++) {
		if (!defs[i].fields)
			continue;
		nfields++;
		cr_expect_not_null(defs[i].fields[0], "%s", defs[i].name);
		cr_expect(!strncmp(defs[i].name, "hl7-", 4), "%s", defs[i].name);
		cr_expect(defs[i].what && *defs[i].what, "%s", defs[i].name);
		cr_expect(defs[i].source && strstr(defs[i].source, "HL7"), "%s", defs[i].name);
		cr_expect(defs[i].source && strstr(defs[i].source, "(2)(i)("), "%s", defs[i].name);
		cr_expect_eq(defs[i].source[strlen(defs[i].source) - 2],
			     identifier_clause(defs[i].class), "%s", defs[i].name);
		cr_expect_eq(defs[i].nforms, 0, "%s", defs[i].name);
	}
	cr_expect_eq(nfields, 14);
	cr_assert_eq(ruleset_compile(defs, n, &rs, &e), 0, "%s", e.text);
	ruleset_free(rs);
}

#define MSH "MSH|^~\\&|LAB|HOSP|EHR|HOSP|20240229101500||ADT^A01|4711|P|2.8\r"

/* What is between marks as fill leaves it, and all else as it was. */
static void expect_filled(const char *rule, const char *marked, const u8 *out)
{
	struct unmarked u;

	unmark(marked, &u);
	for (size_t k = 0; k < u.n; k++)
		for (size_t i = u.from[k]; i < u.to[k]; i++)
			u.text[i] = isdigit(u.text[i])   ? '1'
				    : isupper(u.text[i]) ? 'X'
				    : islower(u.text[i]) ? 'x'
							 : u.text[i];
	cr_expect(!memcmp(out, u.text, u.len), "%s: '%s' is '%.*s'", rule, marked, (int)u.len, out);
}

/* The examples that `scrim rules NAME` prints: a rule masks in a message what is marked, and nothing else. */
Test(hl7_fields, examples_hold)
{
	static struct fed fed;
	const struct rule_def *defs;
	struct ruleset *rs = builtin_rules(&defs);
	struct feeder f;
	char message[600];
	struct unmarked u;

	for (u16 i = 0; i < rs->nrules; i++) {
		bool enabled[RULE_MAX] = {false};
		size_t with = 0, without = 0;
		int len;

		if (!defs[i].fields)
			continue;
		enabled[i] = true;
		feeder_begin(&f, rs, enabled, FORMAT_HL7, ISA_SCALAR);
		for (const char *const *x = defs[i].examples; x && *x; x++) {
			unmark(*x, &u);
			len = snprintf(message, sizeof(message), MSH "%.*s\r", (int)u.len, u.text);
			feed_whole(&f, (const u8 *)message, (size_t)len, &fed);
			cr_expect_eq(fed.reason, 0, "%s: '%s'", defs[i].name, *x);
			expect_filled(defs[i].name, *x, fed.out + strlen(MSH));
			with += u.n > 0;
			without += !u.n;
		}
		cr_expect(with && without,
			  "%s: %zu examples of what it masks, %zu of what it leaves", defs[i].name,
			  with, without);
		feeder_end(&f);
	}
	ruleset_free(rs);
}
