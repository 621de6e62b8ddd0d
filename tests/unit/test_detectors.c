/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The built-in detectors on lines of text. In `text`, [ and ] are set around what must be found,
 * and are not part of it; everything outside them must be left alone.
 */
#include "marked.h"
#include "one_form.h"
#include "oracle.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *rule; /* that finds them; NULL where nothing is to be found */
	const char *text;
} lines[] = {
	/* ssn: delimited by itself, bare after a label, not in decimals or longer runs */
	{"ssn", "his number is [123-45-6789]."},
	{"ssn", "SSN: [123-45-6789], [234 56 7890] and [345.67.8901]"},
	{"ssn", "1001,[123-45-6789],2002"},
	{"ssn", "x[123-45-6789]x and dependent [123-45-6789]-01"},
	{"ssn", "SSN [123456789]"},
	{"ssn", "ssn=[123456789]&x=1"},
	{"ssn", "\"patientSSN\": \"[123456789]\""},
	{"ssn", "Social Security Number is [123456789]."},
	{"ssn", "social security no. [123 45-6789]"},
	{"ssn", "ssn ends in [6789], his social ending in: [6789]"},
	{"ssn",
	 "PID|1||[123456789]^^^SSA^SS, 77^^^HOSP^MR~[123456789]^^^SSA^SS, REF*SY*[123456789]~"},
	{NULL, "OBX|1||123456789^^^SSA^SS, 123456789^^^HOSP^MR, ~123456789^X^Y^SSA^SS"},
	{NULL, "the card ends in 6789, SSN ended 6789, an SSN ends in 67890"},
	{NULL, "123456789 alone"},
	{NULL, "0.123-45-6789 and 123-45-6789.5"},
	{NULL, "SSN 0.123456789, SSN 1234567890"},
	{NULL, "000-12-3456 666-12-3456 912-34-5678 123-00-4567 123-45-0000"},
	{NULL, "123-45 6789 and 123 45-6789"},
	{NULL, "SSN\n123456789"},
	/* npi: a label and a check digit */
	{"npi", "NPI: [1234567893]"},
	{"npi", "npi#[1245319599]"},
	{"npi", "National Provider Identifier [1234567893]"},
	{NULL, "order 1234567893, NPI 1234567890"},
	/* card */
	{"card", "card [4111111111111111] or [4111 1111 1111 1111]"},
	{"card", "[4222 2222 2222 2], [5018 6713 1156 8]"},
	{NULL, "411111111111116, 4111 1111 1111 116, 6055555555554, 6100000000000006"},
	{"card", "[4111-1111-1111-1111], amex [3782-822463-10005], [3782 822463 10005]"},
	{"card", "4111,[5555555555554444],5555"},
	{NULL, "4111111111111112 1111111111111117 4111-1111 1111-1111"},
	{NULL, "0.4111111111111111 and 41111111111111110000"},
	/* mrn: a label, then digits or letters and digits */
	{"mrn", "MRN: [123456]"},
	{"mrn", "MRN[0012345]"},
	{"mrn", "mrn=[A1234567] "},
	{"mrn", "Medical Record Number is [HX-12345678]."},
	{"mrn", "Chart #[AB12345], chart no [12-34-56]"},
	{"mrn", "\"patient_id\": \"[PT0001234]\""},
	{"mrn", "mrn [550e8400-e29b-41d4-a716-446655440000]"},
	{"mrn", "<mrn>[778899]</mrn>"},
	{"mrn", "<id extension=\"[998991]\" root=\"2.16.840.1\"/>, <id root=\"x\" "
		"extension=\"[HX-7781]\"/>"},
	{"npi", "<id extension=\"[1234567893]\" root=\"2.16.840.1.113883.4.6\"/>"},
	{"npi", "REF*HPI*[1234567893]~, XX*[1234567893]"},
	{"mrn", "\"code\":\"MR\"},\"value\":\"[HX-7781]\", REF*EA*[778899]~"},
	{NULL, "extension=\"pdf\", extension=7z, an extension 998991"},
	{NULL, "room 123456, chart 123456 items"},
	{NULL, "MRN pending"},
	{NULL, "the patient id was lost"},
	/* phone */
	{"phone", "call [212-555-0123] now"},
	{"phone", "[(212) 555-0123], [(212)555-0123], [212.555.0123], [212 555 0123]"},
	{"phone", "[1-800-555-0199] [+1 212 555 0123] [+1 (212) 555-0123] [001-212-555-0123]"},
	{"phone", "[212-555-0123 x45] and [212-555-0123 ext. 4567]"},
	{"phone", "[+44 20 7946 0958] [+49-30-123456] [+12125550123] [0049 30 1234567]"},
	{"phone", "Tel: [555-0123], phone [2125550123], fax [030 123456]"},
	{"phone", "cell: [(020) 7946 0958], mobile [07700 900123]"},
	{"phone", "Call me at [5550123]"},
	{"phone", "[089 72 63 41] office, [166-684-7899] fax, [(32) 484-557] (mobile)"},
	{"phone", "[+44 20 7946 0958] 1234567, [+12125550123] 0049"},
	{"phone", "[030/1234567] [0171-2345678], [06-12345678]; [070-123 45 67] [(0)2 1234 5678]"},
	{"phone", "[8 (495) 123-45-67], my number [37-9167-0839]"},
	{"phone", "Telefon: [3471908746], Teléfono: [36369120], Téléphone: [3471908746]"},
	{NULL, "NDC 0378-0023-01, job 02-2024-12345, 0301234567, A06-12345678, 09:15-123456"},
	{"date", "Fax: [01/15/2024] 10:30, call [2024-01-15] 10:30"},
	{"phone",
	 "[011 44 20 7946 0958], [011-49-30-1234567], [8 912 345-67-89], [8-912-345-67-89]"},
	{"phone", "[06-12-34-56-78], [02.1176.6335], [+04(2)6088336987]; called from [5550123]"},
	{"phone",
	 "results to [334 6471730], [212 200 5512 x3], call [212 555 5512], [212 200 5512]"},
	{NULL, "0/0/1/519/520 230 2750 --, 0.519 304 1200, 2.1176.6335"},
	{NULL, "8 812 345-67-89, 01-23-45-67-89-10, 01.2345.67890"},
	{"phone", "[0033 1 42 68 53 00], [0045 32 12 34 56], [0041-44-6681800], [0800 1234 5678]"},
	{NULL, "NDC 0071-0155-23, 00591-0405-01, asset 004-112-33, q4h 0600 1000 1400 1800"},
	{NULL, "12 34 56 mobiles, 1234 homes, (12) 3456 office"},
	{NULL, "112-555-0123 and 212 155 0123 and 2125550123"},
	{NULL, "order 5550123, 12-212-555-0123-9"},
	{NULL, "call 911, room 555"},
	/* email */
	{"email", "write to [jane.doe+x@mail.example.org]."},
	{"email", "<[o'brien@example.ie]>, mailto:[x_y@a-b.co.uk]; \"[a@b.com]\""},
	{"email", "'[jane@example.com]' ([jane@example.com])"},
	{"email", "[jos\xc3\xa9@ex\xc3\xa4mple.de]"},
	{NULL, "user@localhost, a@b, @example.com, a@ b.com, a@b.c0m1"},
	/* date */
	{"date", "born [1970-01-15] or [1/15/1970] or [15/1/70] or [01-15-1970] or [15.1.1970]"},
	{"date",
	 "at [2024-02-29]T10:15:00Z, [20240229], [20240229101530], [20240229101530.123]-0500"},
	{"date", "[01/02/2024]-[03/04/2024], [2024-01-01]/[2024-02-01]"},
	{"date", "[March 14, 2024] and [14 March 2024], [Mar 14], [14-Mar-24], [14MAR2024]"},
	{"date", "[Sept. 3rd, 1999], the [3rd of September 1999], [May 2024], [12 december 2001]"},
	{"date", "[Nov 24] 11:24:58 host app: started"},
	{NULL, "2023-02-29 13/13/2024 2/30/24 20241301 May 99 31 April"},
	{NULL, "1/2, 10/100/1000, 3.1.4, 12345678, 2024-1"},
	{NULL, "120240229, 202402291, 0.20240229"},
	{NULL, "patients over 20 may feel it"},
	{NULL, "you may 5 times, march 10 miles, Maya 3, Marcus 12, 1 decent"},
	/* ipv4 */
	{"ipv4", "from [10.2.0.1] to [192.168.1.254]:8080, [10.0.0.1]-[10.0.0.5],[10.0.0.9]."},
	{"ipv4", "tcp://[10.0.0.1]/x"},
	{NULL, "version 1.2.3.4, v1.2.3.4, Version: 1.2.3.4, ver. 1.2.3.4, firmware 1.2.3.4"},
	{NULL, "1.2.3.4.5, 2.16.840.1.113883, 256.1.1.1, 1.2.3, Chrome/120.0.0.0"},
	/* zip */
	{"zip", "springfield, IL [62704], Tampa FL  [33101-1234]."},
	{"zip", "TX [750961234], zip [750961234]"},
	{"plan-id", "NM1*IL*1******MI*[123456789]~"},
	{NULL, "TX 7509612345, TX 75096123, ID 750961234"},
	{"zip", "in ID [83702], by OR, [97201-1234]; zip code: [12345]"},
	{"zip", "\"postalCode\": \"[02139]\", Salem Oregon [97301]"},
	{"zip", "4 Elm^^Boston^MA^[02115]^USA, Salem^OR^[97201-1234]"},
	{NULL, "718-7^HGB^LN, ST^OH^MA, MA|02115, MA^021150"},
	{NULL, "12345 alone, in 12345 cases, or 12345, ID 12345, IL 627041, OR 972"},
	/* labels as forms, JSON and CSV write them */
	{"account", "\"accountNumber\":\"[0012345678]\", acct_no=[AC-778899] FIN: [20011234]"},
	{"account", "CLM*[TES-0305]*412"},
	{"plan-id", "****MI*[W228190047]~ REF*1L*[0071442]~ REF*0F*[XY7788991]~"},
	{"plan-id", "Subscriber #: [W123456789], group number [0070012-A], Medicaid [AB12345C]"},
	{"license", "lic. no. [A1234567], driver's license [D123-4567-8901]"},
	{"plate", "license plate number is [ABC-1234], tag no. [4 XYZ 77]"},
	{"device-serial", "Serial No. [12345678], IMEI [353456789012348]"},
	{"unique-id",
	 "Case Number: [2023-00123], accession [C24-1234], EMP ID [10457], a case no 1"},
	{"vin", "chassis number [wvwzzz1jzxw000001], [5GZCZ43D13S812715]."},
	{"iban", "([gb82west12345698765432]), [NO93 8601 1117 947] by"},
	{"udi", "\"carrierHRF\" : \"[(01)00844588003289(21)A-77]\""},
	{"udi", "[(01)10614141000415(21)A-77]: scanned"},
	{"dea", "[BC2345672], dea #[ab1234560]"},
	{"mbi", "[1eg4te5mk73], [9A99A99AA99]"},
	{"mac", "ether [ff:fe:00:11:22:33], [aabb.ccdd.eeff]"},
	{"ipv6", "to [fd00:1::9] and [0:0:0:0:0:0:0:1], [64:ff9b::192.0.2.33]"},
	{"url", "([http://10.0.0.1:8080/chart?mrn=7#top]) [HTTPS://Example.Org/a/b]"},
	{"url", "[http://ihe/p?name=Doe] [www.h/Doe] http://loinc.org/x [http://loinc.org.uk/x]"},
	{"url",
	 "[https://x.example.org/a?b=1\\T\\name=Doe\\T\\x=2], \\.br\\[www.ehr.org/a]\\.br\\"},
	{"dob", "DOB: [12/53], d.o.b. [530728], born on [28.7]"},
	{"age", "[90] years old, [104]yo, aged [99], [93] yr old"},
	{"street", "[18 Alder Creek Dr, Apt. 4], [19 MAIN ST] and [77 5th Ave]"},
	{"street", "address\":\"[221 Baker]\", resides at [Lange Gasse 12]"},
	{"street", "<streetAddressLine>[221 Baker]</streetAddressLine>, \"line\" : \"[5 Baker]\""},
	{"po-box", "[P.O. Box 12], [PO Box #9], [Post Office Box 4401]"},
	{"city", "of [St. Louis, MO], [Oxbow Falls, OR 97201], city: [New Tarrow]"},
	{"city", "\"city\" : \"[New Tarrow]\", \"county\":\"[Addle]\""},
	{"city", "N4*[ANN ARBOR]*MI, N4*[Addle]*OH"},
	{"name", "\"family\" : \"[Tesk]\", \"given\" : \"[Odette\", \"Ilse]\""},
	{NULL,
	 "\"city\" : null, \"value\" : \"Boston\", the \"city\" Boston, \"given\" : \"Unknown\""},
	{"name", "Mr. [Corwin Tesk] and Dr [Vant-Hollis]; next of kin: [Ilse Fenmoor]"},
	{"name",
	 "Member: [Odette Tesk] ID, taken by: [Ilse Fenmoor], LPN, Emerg Contact : [Otto Tesk]"},
	{"name", "Hi [Corwin], please; Hello [Greta Tesk]; contact person: [Ilse Fenmoor]"},
	{"name", "|[1234567893^Tesk^Odette^M]^^^MD|"},
	{NULL, "|1234567890^Tesk^Odette|, 1234567893^Tesk, 718-7^Glucose^Serum"},
	{"name", "\"name\":[{\"text\":\"[Otto Tesk]\", \"name\":{\"text\":\"[Greta Tesk]\""},
	{"name", "Caller: [Greta Tesk], reviewed by: [Ilse Fenmoor]; Pathologist: [Otto Tesk]"},
	{NULL, "Caller: Unknown, reviewed by: Staff; performed by: Pharmacy; Interpreter: Yes"},
	{NULL, "Hi there, Hello Everyone, Hi Team, hi Corwin; member Odette, taken by Mouth"},
	{"name", "Dear [Greta], full name: [KONRAD, LINUS B], patient name [Zoë Łasztowski]"},
	{"name", "Name: [Otto van der Berg] MRN pending, maiden name [Gastrell]"},
	/* what only looks like it */
	{NULL, "account of the visit, accounts 12345, account 123"},
	{NULL, "policy B, member states, group 2 of 3, plan: repeat in 2019"},
	{NULL, "licensed 12345, plate 12345 and agar plate 3, metal plates and 4 screws"},
	{NULL, "serial 12-lead ECGs, device 8 mm, sn 12345"},
	{NULL, "1M8GDM9AXKP042789, 1M8GDM9AXKP042788X, ABCDEFGHJKLMNPRST"},
	{NULL, "AB1234560, XAB1234563, AB12345634, WB1234563"},
	{NULL, "1EG4-TE5MK73, 1EG4-TE5-MK7, A1EG4TE5MK73"},
	{NULL, "12:34:56:78:90:12, 10:15:30.123, 1:2:3, std::abs(x), a::b::c, 00:1b:44:11:3a"},
	{NULL, "http://loinc.org, https://www.hl7.org/fhir, xhttp://a.b.c, www. and http:/x"},
	{NULL, "89 years old, 92 % of 98, age 9, aged 75, page 95, 112 over 70, 92 mg"},
	{NULL, "DOB pending, born at 39 weeks, born in 1953"},
	{NULL, "2 Tablets By Mouth Daily, 10 Minute Walk Test, 3 View Chest, 5 Lumbar Spine"},
	{NULL, "MCV-91 Plt Ct-223, 244 Platelet Ct"},
	{NULL, "12 Lead EKG, 64 Slice CT Chest, 2 View XR, 500 MG PO Q6H PRN, Stage 3 CKD"},
	{"date", "Visa exp [08/2027], exp date: [11/27]; exp. [02/2026]"},
	{NULL, "exp. wheezes 10/24, exp 13/2024, a ratio of 1/2048"},
	{"date",
	 "[2024.01.15] and [2024.1.5], scan_[2024_01_15].pdf, [15.01.2024], release: [1.12.2024]"},
	{NULL, "version 2024.1.5, v2024.01.15, rev. 2024_01_15"},
	{"date",
	 "since [4/30], until [06-2021], date: [07281953], admitted [2019-03], date [12.2020]"},
	{NULL, "since 2.6.30, since 4/45, until 16-2021, admitted 2019-13, on 4/30, 2019-03, "
	       "06-2021, 07281953"},
	{"date", "TKA [03/2019], from [3/2019-11/2020], DOB: [12/1953], a/[1/1998]/b"},
	{NULL, "45/03/2024, 3/2024/1, Q3/2024, 1.03/2024, 2-03/2024, 1/2048s, 0/2024, 00/2024"},
	{NULL, "Clinic, MD, and Home, RN, PA; Fine, OK; Left Arm, IN pain"},
	{NULL, "Dr. said, Mr. and Mrs., Dear Patient, Dear Sir or Madam, DR 5, MS for years"},
	{NULL, "Patient: Denies pain. Name: N/A. Name of the drug, brand name: Lipitor"},
	{NULL, "\"name\":\"Hemoglobin\", test name: Glucose, file name: Report, Patient Education"},
	{NULL, "Lungs clear, Heart regular, Abdomen soft, NT, ND. No edema, Pulses 2+"},
	/* newlines part everything */
	{NULL, "123-\n45-6789 and (212)\n555-0123"},
};

static struct ruleset *builtin(const struct rule_def **ret_defs)
{
	struct ruleset *rs = NULL;
	struct err e = {0};
	size_t n;

	*ret_defs = rules_builtin(&n);
	cr_assert_eq(ruleset_compile(*ret_defs, n, &rs, &e), 0, "%s", e.text);
	cr_assert_eq(rs->nrules, n);
	return rs;
}

/* The rule `by` finds what is marked in a line, and nothing finds more. NULL: nothing is marked. */
static void expect_line(const struct ruleset *rs, const struct rule_def *defs, const char *by,
			const char *marked)
{
	struct match m[64];
	struct unmarked u;
	size_t n;

	unmark(marked, &u);
	n = oracle_scan(rs, defs, NULL, u.text, u.len, m, array_size(m), NULL);
	cr_expect_eq(n, u.n, "'%s': %zu found", marked, n);
	for (size_t k = 0; k < n; k++) {
		const char *rule = rs->rules[m[k].rule].name;

		cr_expect(by && !strcmp(rule, by), "'%s': '%.*s' is %s", marked,
			  (int)(m[k].to - m[k].from), u.text + m[k].from, rule);
		cr_expect(k < u.n && m[k].mask_from == u.from[k] && m[k].mask_to == u.to[k],
			  "'%s': '%.*s'", marked, (int)(m[k].to - m[k].from), u.text + m[k].from);
	}
}

Test(detectors, find_what_they_should_and_nothing_else)
{
	const struct rule_def *defs;
	struct ruleset *rs = builtin(&defs);

	for (size_t i = 0; i < array_size(lines); i++)
		expect_line(rs, defs, lines[i].rule, lines[i].text);
	ruleset_free(rs);
}

/* The examples that `scrim rules NAME` prints: a rule finds them where all rules are on. */
Test(detectors, examples_hold)
{
	const struct rule_def *defs;
	struct ruleset *rs = builtin(&defs);

	for (u16 i = 0; i < rs->nrules; i++) {
		size_t with = 0, without = 0;

		if (defs[i].fields)
			continue;
		for (const char *const *x = defs[i].examples; x && *x; x++) {
			bool marked = strchr(*x, '[') != NULL;

			expect_line(rs, defs, marked ? defs[i].name : NULL, *x);
			with += marked;
			without += !marked;
		}
		cr_expect(with && without,
			  "%s: %zu examples of what it finds, %zu of what it leaves", defs[i].name,
			  with, without);
	}
	ruleset_free(rs);
}

/* The automata that ship, against the oracle, at every place of every line. */
Test(detectors, automata_agree_with_the_oracle)
{
	bool ends[SCRIM_WINDOW + 1], judge[SCRIM_WINDOW + 1];
	const struct rule_def *defs;
	struct ruleset *rs = builtin(&defs);
	size_t seen = 0;

	for (size_t i = 0; i < array_size(lines); i++) {
		const u8 *text = (const u8 *)lines[i].text;
		size_t len = strlen(lines[i].text);

		for (u16 k = 0; k < rs->nforms; k++) {
			const struct form *f = &rs->forms[k];
			u16 nth = (u16)(k - rs->rules[f->rule].first_form);

			for (size_t p = 0; p < len; p++) {
				automaton_ends(&f->dfa, text, len, p, ends);
				oracle_ends(defs[f->rule].forms[nth].pattern, text, len, p, judge);
				cr_assert_arr_eq(ends, judge, sizeof(ends),
						 "%s, form %u on '%s' at %zu",
						 rs->rules[f->rule].name, nth, lines[i].text, p);
				seen += memchr(ends, true, sizeof(ends)) != NULL;
			}
		}
	}
	cr_assert_gt(seen, 200);
	ruleset_free(rs);
}

/* What a validator refuses, `refused` times, and what is found all the same: it overlaps that. */
static const struct {
	const char *refuses, *finds, *text;
	u64 refused;
} overlapping[] = {
	/* the same rule, further on */
	{"card", "card", "4111-[4111-1111-1111-1111]", 1},
	{"card", "card", "4000 [5555 5555 5555 4444]", 1},
	{"date", "date", "30/[13/12/2024], 2024-02-[30/12/2024]", 2},
	{"date", "date", "2023-02-29 [12 March]", 1},
	/* another one, at the same place or around it */
	{"ssn", "mrn", "MRN: [000-12-3456]", 1},
	{"card", "mrn", "MRN [4111111111111112]", 1},
	{"card", "account", "account no. [4111 1111 1111 1112]", 1},
	{"date", "dob", "born [2/30/1999]", 1},
	{"ipv4", "phone", "Tel: [10.2.0.999]", 1},
	{"ssn", "email", "[000-12-3456@x.org]", 1},
	/* the guards refuse what would be found */
	{"ssn", NULL, "000-12-3456-78-9012", 1},
};

static u16 rule_called(const struct ruleset *rs, const char *name)
{
	u16 i = 0;

	while (i < rs->nrules && strcmp(rs->rules[i].name, name) != 0)
		i++;
	cr_assert_lt(i, rs->nrules, "%s", name);
	return i;
}

/* A refused candidate is counted, and hides nothing that overlaps it. */
Test(detectors, a_rejected_candidate_hides_nothing)
{
	const struct rule_def *defs;
	struct ruleset *rs = builtin(&defs);

	for (size_t i = 0; i < array_size(overlapping); i++) {
		u16 refuses = rule_called(rs, overlapping[i].refuses);
		u64 rejected[RULE_MAX] = {0};
		struct match m[32];
		struct unmarked u;

		unmark(overlapping[i].text, &u);
		oracle_scan(rs, defs, NULL, u.text, u.len, m, array_size(m), rejected);
		cr_expect_eq(rejected[refuses], overlapping[i].refused, "'%s'",
			     overlapping[i].text);
		expect_line(rs, defs, overlapping[i].finds, overlapping[i].text);
	}
	ruleset_free(rs);
}

/* Every rule says what it is and whence; every form is small, and commits sensibly. */
Test(detectors, are_described_and_small)
{
	const struct rule_def *defs;
	struct ruleset *rs = builtin(&defs);
	unsigned int plain = 0;

	for (u16 i = 0; i < rs->nrules; i++) {
		cr_expect(defs[i].what && *defs[i].what, "%s", defs[i].name);
		cr_expect(defs[i].source && *defs[i].source, "%s", defs[i].name);
		cr_expect(!strcmp(defs[i].group, "builtin") || !strcmp(defs[i].group, "providers"),
			  "%s", defs[i].name);
	}
	for (u16 i = 0; i < rs->nforms; i++) {
		const struct form *f = &rs->forms[i];

		plain += !f->labels;
		cr_expect_leq(f->dfa.nstates, 300, "%s, form %u", rs->rules[f->rule].name, i);
		cr_expect_neq(f->commit_unit, COMMIT_NEVER, "%s, form %u", rs->rules[f->rule].name,
			      i);
		cr_expect_gt(f->commit, 0, "%s, form %u", rs->rules[f->rule].name, i);
	}
	/* Else all places are asked about by a word more. */
	cr_expect_leq(plain, 64);
	ruleset_free(rs);
}
