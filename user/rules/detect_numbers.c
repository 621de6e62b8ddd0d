/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers that somebody gave to a person or a place: SSN, NPI, payment card, record number, ZIP. */
#include "builtin.h"

#define SSN_LABELS LIST("ssn", "ss#", "ss no", "ssno", "social security", "soc sec", "social")

#define MRN_LABELS                                                                                 \
	LIST("mrn", "mr#", "mr no", "mr number", "medical record", "medical rec", "med rec",       \
	     "med record", "record number", "record no", "record #", "chart number", "chart no",   \
	     "chart #", "chart id", "patient id", "patient number", "patient no", "patient #",     \
	     "patient identifier", "pt id", "pt no", "pt #", "hospital number", "hospital no",     \
	     "unit number", "unit no")
#define MRN_TAIL .tail = "[0-9A-Za-z-]"
#define MRN_FORM(head)                                                                             \
	FORM(head "(?:-?[0-9A-Za-z]){2,39}", WORD, NONE, DIGITS, 4, .labels = MRN_LABELS,          \
	     .distance = 24, MRN_TAIL)

#define ZIP_FORM(digits, ...)                                                                      \
	FORM(digits "(?:-\\d{4})?", DECIMAL, DECIMAL, DIGITS, 4, .validate = "zip", __VA_ARGS__)
/* States count only in capitals: "in" and "or" are words. ID is apart. */
#define STATES                                                                                     \
	LIST("=AL", "=AK", "=AZ", "=AR", "=CA", "=CO", "=CT", "=DE", "=DC", "=FL", "=GA", "=HI",   \
	     "=IL", "=IN", "=IA", "=KS", "=KY", "=LA", "=ME", "=MD", "=MA", "=MI", "=MN", "=MS",   \
	     "=MO", "=MT", "=NE", "=NV", "=NH", "=NJ", "=NM", "=NY", "=NC", "=ND", "=OH", "=OK",   \
	     "=OR", "=PA", "=RI", "=SC", "=SD", "=TN", "=TX", "=UT", "=VT", "=VA", "=WA", "=WV",   \
	     "=WI", "=WY", "=PR", "=VI", "=GU", "=AS", "=MP", "=AA", "=AE", "=AP", "alabama",      \
	     "alaska", "arizona", "arkansas", "california", "colorado", "connecticut", "delaware", \
	     "columbia", "florida", "georgia", "hawaii", "idaho", "illinois", "indiana", "iowa",   \
	     "kansas", "kentucky", "louisiana", "maine", "maryland", "massachusetts", "michigan",  \
	     "minnesota", "mississippi", "missouri", "montana", "nebraska", "nevada", "hampshire", \
	     "jersey", "new mexico", "york", "carolina", "dakota", "ohio", "oklahoma", "oregon",   \
	     "pennsylvania", "rhode island", "tennessee", "texas", "utah", "vermont", "virginia",  \
	     "washington", "wisconsin", "wyoming", "puerto rico")

static const struct rule_def numbers[] = {
	{
		.name = "ssn",
		.class = ID_SSN,
		.group = "builtin",
		.what = "US social security number, delimited; nine digits alone after a label",
		.source = "45 CFR 164.514(b)(2)(i)(G); SSA, areas and groups never issued",
		.examples = LIST("his number is [123-45-6789].", "\"patientSSN\": \"[123456789]\"",
				 "123456789 alone, 0.123-45-6789", "000-12-3456, 123-00-4567"),
		.nforms = 3,
		.forms = {FORM("\\d{3}(?:-\\d{2}-| \\d{2} |\\.\\d{2}\\.)\\d{4}", DECIMAL, DECIMAL,
			       DIGITS, 4, .validate = "ssn"),
			  FORM("\\d{3}" GAP "\\d{2}(?:" GAP "|[-. ])\\d{4}", DECIMAL, DECIMAL,
			       DIGITS, 4, ENCODED("ssn")),
			  FORM("\\d{3}[-. ]?\\d{2}[-. ]?\\d{4}", DECIMAL, DECIMAL, DIGITS, 4,
			       .validate = "ssn", .labels = SSN_LABELS, .distance = 24)},
	},
	{
		.name = "npi",
		.class = ID_LICENSE,
		.group = "builtin",
		.what = "National Provider Identifier after a label, by its check digit",
		.source = "45 CFR 162.406; CMS, NPI check digit (Luhn over 80840)",
		.examples = LIST("NPI: [1234567893]", "order 1234567893, NPI 1234567890"),
		.nforms = 1,
		.forms = {FORM("[12]\\d{9}", DECIMAL, DECIMAL, DIGITS, 4, .validate = "npi",
			       .labels = LIST("npi", "national provider",
					      "national provider identifier", "provider id",
					      "provider number"),
			       .distance = 24)},
	},
	{
		.name = "card",
		.class = ID_ACCOUNT,
		.group = "builtin",
		.what = "payment card number, by issuer and check digit",
		.source = "45 CFR 164.514(b)(2)(i)(J); ISO/IEC 7812-1, issuers' ranges",
		.examples = LIST("paid by [4111 1111 1111 1111]", "[378282246310005] declined",
				 "4111111111111112, 4111-1111 1111-1111"),
		.nforms = 3,
		.forms = {FORM("[1-68]\\d{3}" GAP "(?:\\d{4}(?:" GAP "|[- ])\\d{4}(?:" GAP
			       "|[- ])\\d{4}|\\d{6}(?:" GAP "|[- ])\\d{4,5})",
			       DECIMAL, DECIMAL, DIGITS, 6, ENCODED("card")),
			  FORM("[1-68]\\d{11,18}", DECIMAL, DECIMAL, DIGITS, 6, .validate = "card"),
			  FORM("[1-68]\\d{3}(?:-\\d{4}-\\d{4}-\\d{4}(?:-\\d{1,3})?"
			       "| \\d{4} \\d{4} \\d{4}(?: \\d{1,3})?|-\\d{6}-\\d{4,5}| \\d{6} "
			       "\\d{4,5})",
			       DECIMAL, DECIMAL, DIGITS, 6, .validate = "card")},
	},
	{
		/*
		 * The letters in front are spelled out by their count, so that a digit stands at
		 * a known place in each form. Digits may touch their label: "MRN123456".
		 */
		.name = "mrn",
		.class = ID_RECORD,
		.group = "builtin",
		.what = "medical record number: digits, or letters and digits, after a label",
		.source = "45 CFR 164.514(b)(2)(i)(H)",
		.examples = LIST("MRN: [123456]", "Medical Record Number is [HX-12345678].",
				 "MRN pending, room 123456", "the patient id was lost"),
		.nforms = 5,
		.forms = {FORM("\\d(?:-?[0-9A-Za-z]){3,39}", DECIMAL, NONE, DIGITS, 4,
			       .labels = MRN_LABELS, .distance = 24, MRN_TAIL),
			  MRN_FORM("[A-Za-z]\\d"), MRN_FORM("[A-Za-z][A-Za-z-]\\d"),
			  MRN_FORM("[A-Za-z]{2}[A-Za-z-]\\d"), MRN_FORM("[A-Za-z]{3}-\\d")},
	},
	{
		.name = "zip",
		.class = ID_ADDRESS,
		.group = "builtin",
		.what = "ZIP code after a state or a label",
		.source = "45 CFR 164.514(b)(2)(i)(B); USPS Publication 28, appendix B",
		.examples = LIST("Tampa FL [33101-1234]", "zip code: [12345]",
				 "12345 alone, IL 627041"),
		.nforms = 3,
		.forms = {ZIP_FORM("\\d{5}", .labels = STATES, .distance = 3),
			  /* "ID" is a state in front of Idaho's own codes alone. */
			  ZIP_FORM("83[2-8]\\d{2}", .labels = LIST("=ID"), .distance = 3),
			  ZIP_FORM("\\d{5}",
				   .labels = LIST("zip", "zip code", "postal", "postal code",
						  "postcode"),
				   .distance = 16)},
	},
};

const struct rule_def *rules_numbers(size_t *ret_n)
{
	*ret_n = array_size(numbers);
	return numbers;
}
