/* SPDX-License-Identifier: BSD-2-Clause */
/* Which labels stand before a value, with what between: looked for backwards, and forwards. */
#include "one_form.h"
#include "scan_text.h"
#include <criterion/criterion.h>
#include <scrim/arena.h>
#include <scrim/rules.h>
#include <stdio.h>
#include <string.h>

static const char *const labels[] = {"mrn", "medical record", "chart #", "=OK", "bed :", NULL};

static const struct {
	const char *text; /* up to the value "7" */
	bool stands;
} labelled[] = {
	{"MRN 7", true},
	{"mrn:7", true},
	{"Mrn7", true},
	{"xmrn 7", false},
	{"mrnx 7", false},
	{"patient_mrn=7", true},
	{"patientMrn\": \"7", true},
	{"(MRN) 7", true},
	{"MRN number is 7", true},
	{"\\H\\MRN:\\N\\ 7", true},
	{"MRN\\N\\: \\H\\7", true},
	{"MRN\\X\\7", false},
	{"MRN N\\7", false},
	{"MRN was never 7", false},
	{"MRN\n7", false},
	{"MRN; 7", false},
	{"| MRN | 7", true}, /* a row of a table */
	{"MRN\t|\t7", true},
	{"MRN | number | 7", true},
	{"| MRN | | 7", true},
	{"MRN:| 7", false},
	{"MRN |7", false},
	{"MRN| 7", false},
	{"MRN|7", false}, /* HL7's fields are not */
	{"MRN|-|7", false},
	{"MRN || 7", false},
	{"MRN</td><td>7", true}, /* tags */
	{"<b>MRN</b> 7", true},
	{"MRN:</b><i> 7", true},
	{"MRN<i x=\"2\">7", true},
	{"MRN <br/>7", true},
	{"MRN</td><td a='b'>7", false}, /* too far */
	{"<mrn type=\"x\">7", true},
	{"<x:mrn a='b'/> 7", true},
	{"<mrn-x a='b'>7", false},
	{"<mrnx a='b'>7", false},
	{"<b mrn a='b'>7", false},
	{"MRN<b>x<i>7", false},
	{"MRN<b 7", false},
	{"MRN < b >7", false},
	{"MRN<3>7", false},
	{"MRN<b\n>7", false},
	{"<mrn\r>7", false},
	{"MRN b>7", false},
	{"MRN \xc2\xa0| 7", false},
	{"MRN: <7", true},
	{"MRN: (b", true},
	{"MRN: <b", true},
	{"<mrn>x</mrn><b", false}, /* a tag is no value */
	{"<mrn>x</mrn><7", true},
	{"<mrn><b", false},
	{"MRN            7", true},
	{"MRN             7", false}, /* a byte too far */
	{"Medical Record No. 7", true},
	{"medical-record #7", true},
	{"medicalrecord 7", true},
	{"MedicalRecord 7", true},
	{"medical  record 7", false},
	{"paramedical record 7", false},
	{"chart # 7", true},
	{"chart 7", false},
	{"in OK 7", true},
	{"in ok 7", false},
	{"<mrn>7", true},
	{"bed: 7", true}, /* in front of a sign: a blank, a tab or nothing */
	{"Bed : 7", true},
	{"bed\t:7", true},
	{"bed  : 7", false},
	{"bed-: 7", false},
	{"bed_: 7", false},
	{"bed 7", false},
	{"xbed : 7", false},
	{": 7", false},
	{"7", false},
	{"\xc3\xa9mrn 7", false},
	{"MRN\xc2\xa0"
	 "7",
	 true},
	{"MRN:\xe2\x80\xaf"
	 "7",
	 true},
	{"MRN \xe2\x80\x93 7", true},
	{"MRN \xe2\x80\x8b\xe2\x80\x8b\xe2\x80\x8b"
	 "7",
	 true},
	{"MRN\xe2\x80\x8b\xe2\x80\x8b\xe2\x80\x8b\xe2\x80\x8b 7", false}, /* a byte too far */
	{"\xe2\x80\x9cMRN\xe2\x80\x9d 7", true},
	{"\xef\xbb\xbfMRN 7", true},
	{"MRN\xc3\xa9 7", false},
	{"MRN \xc3\xa9 7", false},
	{"MRN \xc2\xb5 7", false},
};

Test(label, stands_before_a_value)
{
	struct form_def def = {.pattern = "7", .labels = labels, .distance = 12};
	struct form_def never = {.pattern = "7", .unless = labels, .distance = 12};
	struct ruleset *with = one_form(&def), *without = one_form(&never);

	for (size_t i = 0; i < array_size(labelled); i++) {
		const u8 *text = (const u8 *)labelled[i].text;
		size_t p = strlen(labelled[i].text) - 1;

		cr_expect_eq(form_labelled(&with->forms[0], text, p), labelled[i].stands, "'%s'",
			     labelled[i].text);
		cr_expect_neq(form_labelled(&without->forms[0], text, p), labelled[i].stands,
			      "'%s' with unless:", labelled[i].text);
	}
	ruleset_free(with);
	ruleset_free(without);
}

/* What is further back than SCRIM_LOOKBACK changes nothing, whatever it is. */
Test(label, looks_back_no_further_than_they_may)
{
	static const char *const far[] = {"a label of thirty-one bytes now", NULL};
	struct form_def def = {.pattern = "7", .labels = far, .distance = RULE_MAX_DISTANCE};
	struct ruleset *rs = one_form(&def);
	u8 text[SCRIM_LOOKBACK + 64];
	size_t p = sizeof(text) - 1, at = p - def.distance - strlen(far[0]);

	memset(text, ' ', sizeof(text));
	memcpy(text + at, far[0], strlen(far[0]));
	text[p] = '7';
	cr_assert(form_labelled(&rs->forms[0], text, p));
	cr_assert(form_labelled(&rs->forms[0], text + p - SCRIM_LOOKBACK, SCRIM_LOOKBACK));
	text[at - 1] = 'x';
	cr_assert_not(form_labelled(&rs->forms[0], text, p));
	cr_assert_not(form_labelled(&rs->forms[0], text + p - SCRIM_LOOKBACK, SCRIM_LOOKBACK));
	ruleset_free(rs);
}

/* A line of labels and of what may stand behind them, or nearly. */
static size_t draw_line(u64 *seed, char *line)
{
	static const char *const parts[] = {
		"mrn",  "|",     " | ", " ",  "\t", "  ",       "\\H\\",  "\\N\\",
		" is ", " code", ":",   "x",  "-",  "\xc2\xa0", "number", "OK",
		"||",   "<b>",   "</",  "<b", ">",  "<x=\"",    "<mrn",   "<x-mrn ",
		"\n",   "<",     "/>",  "7",  "\\", " | |"};
	size_t n = 0;

	for (u32 count = 1 + draw(seed, 9); count > 0; count--)
		n += (size_t)sprintf(line + n, "%s", parts[draw(seed, array_size(parts))]);
	return n;
}

/* The places behind a label that label_gap() finds as it reads on are those from which steps lead back to it. */
Test(label, the_gap_read_forwards_is_the_gap_read_backwards)
{
	const char *const near[] = {"mrn", "=OK", NULL};
	struct form_def def = {.pattern = "7", .labels = near, .distance = 40};
	struct ruleset *rs = one_form(&def);
	const struct label_index *x;
	struct arena a = {0};
	char line[128] = {0};
	u64 seed = 11;

	cr_assert_eq(0, label_index_build(&a, &rs->forms[0].labels, 1, &x));
	for (int round = 0; round < 400000; round++) {
		size_t len = draw_line(&seed, line);
		bool stands[128] = {false};

		for (size_t end = 1; end < len; end++) {
			u64 gap = 0, sets = label_index_ends(x, (u8 *)line, end, len, &gap);

			stands[end] |= sets != 0;
			for (size_t k = 0; sets && end + k + 1 < len && k < def.distance; k++)
				stands[end + k + 1] |= gap >> k & 1;
		}
		for (size_t p = 1; p < len; p++)
			cr_assert_eq(form_labelled(&rs->forms[0], (u8 *)line, p), stands[p],
				     "'%s' at %zu", line, p);
	}
	arena_free(&a);
	ruleset_free(rs);
}
