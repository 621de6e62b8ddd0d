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

/* Labels, and what lines are made of: these, and what may stand behind them, or nearly. */
#define LABELS_MAX 16
#define PARTS_MAX  64
struct vocabulary {
	const char *labels[LABELS_MAX], *parts[PARTS_MAX];
};
static const struct vocabulary gaps = {
	.labels = {"mrn", "=OK", "x:"},
	.parts = {"mrn",   "|",     " | ",    " ",        "\t",      "  ",  "\\H\\", "\\N\\",
		  ":",     "x",     "-",      "\xc2\xa0", "OK",      "||",  "<b>",   "</",
		  "<b",    ">",     "<x=\"",  "<mrn",     "<x-mrn ", "\n",  "<",     "/>",
		  "7",     "\\",    " | |",   "no",       "nr",      "id",  "is",    "of",
		  "my",    "me",    "us",     "at",       "on",      "to",  "be",    "as",
		  "num",   "was",   "are",    "the",      "his",     "her", "code",  "your",
		  "value", "their", "number", "e",        "<x:zed",  "zed"},
};
static const struct vocabulary heads = {
	.labels = {"n\xc3\xa9 provider", "record provider", "medical record provider", "x-provider",
		   "=ID provider", "chartprovider", "a provider", "x record-provider", "1 provider",
		   "policy provider", "eprovider", "very long-winded provider"},
	.parts = {"provider", "Provider", "record", "Record",  "x",      "-",         "_",
		  " ",        "ID",       "id",     "chart",   "a",      "medical",   "e",
		  "1",        "policy",   "very",   "long",    "winded", "n\xc3\xa9", "N\xc3\x89",
		  "\t",       "7",        ":",      "\xc2\xa0"},
};

static size_t draw_line(u64 *seed, const struct vocabulary *of, char *line)
{
	size_t n = 0, nparts = 0;

	while (nparts < PARTS_MAX && of->parts[nparts])
		nparts++;
	for (u32 count = 1 + draw(seed, 9); count > 0; count--)
		n += (size_t)sprintf(line + n, "%s", of->parts[draw(seed, (u32)nparts)]);
	return n;
}

/* Places to which a label leads, read forwards, are those from which steps back lead to one. */
static void same_both_ways(const struct vocabulary *of)
{
	struct form_def def = {.pattern = "7", .labels = of->labels, .distance = 40};
	struct ruleset *rs = one_form(&def);
	const struct label_index *x;
	struct arena a = {0};
	char line[128] = {0};
	u64 seed = 11;

	cr_assert_eq(0, label_index_build(&a, &rs->forms[0].labels, 1, &x));
	for (int round = 0; round < 400000; round++) {
		size_t len = draw_line(&seed, of, line);
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

Test(label, the_gap_read_forwards_is_the_gap_read_backwards)
{
	same_both_ways(&gaps);
}

/* Labels that end alike are told apart by what stands before that. */
Test(label, of_many_with_one_tail_each_is_found)
{
	static struct vocabulary and_none;

	same_both_ways(&heads);
	and_none = heads;
	and_none.labels[0] = "provider";
	same_both_ways(&and_none);
}
