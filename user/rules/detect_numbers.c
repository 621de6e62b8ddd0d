/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers that somebody gave to a person or a place: SSN, NPI, payment card, record number, ZIP. */
#include "builtin.h"
#include "validate.h"

#define SSN_LABELS                                                                                 \
	LIST("ssn", "ssns", "ss#", "ss no", "ssno", "social security", "social security number",   \
	     "soc sec", "soc. sec", "social", "ssn number", "ssan", "s.s.n", "s.s.n.", "s.s.",     \
	     "soc sec no", "ss number", "code\":\"ss", "ref*sy", "ssn no", "ssn num", "ssn nbr",   \
	     "ss num", "social sec no", "social sec num", "soc sec num", "soc sec nbr")
#define LAST_FOUR(of) "last 4 of " of, "last four of " of, "last 4 digits of " of
#define SSN_END_LABELS                                                                             \
	LIST("last 4 ssn", "last four ssn", "last4ssn", "ssnlastfour", "ssn last4", "ssn last 4",  \
	     "ssn last four", "ssn ending in", LAST_FOUR("ssn"), LAST_FOUR("social"),              \
	     LAST_FOUR("my social"), LAST_FOUR("your social"))

#define NPI_LABELS                                                                                 \
	LIST("npi", "npis", "extension=\"", "national provider", "national provider identifier",   \
	     "provider id", "provider number", "provider", "prescriber", /* X12 */ "=XX",          \
	     "ref*hpi")

#define MRN_LABELS                                                                                 \
	LIST("mrn", "mrns", "mr #", "mr no", "mr number", "medical record", "medical rec",         \
	     "med rec", "med record", "record number", "record numbers", "record no", "record #",  \
	     "chart number", "chart no", "chart #", "chart id", "patient id", "patient ids",       \
	     "patient number", "patient no", "patient #", "patient identifier", "pt id", "pt no",  \
	     "pt #", "hospital number", "hospital no", "hospital #", "hosp no", "hosp #",          \
	     "unit number", "unit no", "unit #", "m.r.n", "med. rec", "mr :", "medical id",        \
	     "hospital id", "clinic number", "history number", "uhid", "empi", "hosp. no",         \
	     "pt. id", "patient's id", "patients/", "patient/", "chart :", "enterprise id",        \
	     "eid :", "nhs no", "nhs number", "pat id", "person id", "ref*ea", "code\":\"mr",      \
	     "extension=\"", "med rec no", "med rec num", "med rec nbr", "mr num", "mr nbr",       \
	     "mrn no", "patient num", "patient nbr", "chart num", "emrn", "epic id", "cpi #",      \
	     "charts/", "chart/", "(0010,0020) lo", "patient=")
#define MRN_TAIL .tail = "[0-9A-Za-z-]"
#define MRN_FORM(head)                                                                             \
	FORM(head "(?:-?[0-9A-Za-z]){2,39}", WORD, NONE, DIGITS, 4, .labels = MRN_LABELS,          \
	     .distance = 24, MRN_TAIL)

#define POSTAL_LABELS                                                                              \
	LIST("zip", "zips", "zip code", "zip codes", "zip+4", "postal", "postal code", "postcode", \
	     "zip cd", "zip5", "postal cd")
/* Nothing touches it, or "LA30189-7", an answer of LOINC, were of Louisiana. */
#define ZIP_FORM(digits, ...)                                                                      \
	FORM(digits "(?:-?\\d{4})?", TOKEN, DECIMAL, DIGITS, 4, .validate = "zip", __VA_ARGS__)
/* States count only in capitals: "in" and "or" are words. ID is apart. */
#define STATES                                                                                     \
	LIST("=AL", "=AK", "=AZ", "=AR", "=CA", "=CO", "=CT", "=DE", "=DC", "=FL", "=GA", "=HI",   \
	     "=IL", "=IN", "=IA", "=KS", "=KY", "=LA", "=ME", "=MD", "=MA", "=MI", "=MN", "=MS",   \
	     "=MO", "=MT", "=NE", "=NV", "=NH", "=NJ", "=NM", "=NY", "=NC", "=ND", "=OH", "=OK",   \
	     "=OR", "=PA", "=RI", "=SC", "=SD", "=TN", "=TX", "=UT", "=VT", "=VA", "=WA", "=WV",   \
	     "=WI", "=WY", "=PR", "=VI", "=GU", "=AS", "=MP", "=FM", "=MH", "=PW", "=AA", "=AE",   \
	     "=AP", "alabama", "alaska", "arizona", "arkansas", "california", "colorado",          \
	     "connecticut", "delaware", "columbia", "florida", "georgia", "hawaii", "idaho",       \
	     "illinois", "indiana", "iowa", "kansas", "kentucky", "louisiana", "maine",            \
	     "maryland", "massachusetts", "michigan", "minnesota", "mississippi", "missouri",      \
	     "montana", "nebraska", "nevada", "hampshire", "jersey", "new mexico", "york",         \
	     "carolina", "dakota", "ohio", "oklahoma", "oregon", "pennsylvania", "rhode island",   \
	     "tennessee", "texas", "utah", "vermont", "virginia", "washington", "wisconsin",       \
	     "wyoming", "puerto rico")

static const struct rule_def numbers[] = {
	{
		.name = "ssn",
		.class = ID_SSN,
		.group = "builtin",
		.what = "US social security number, delimited; nine digits or the last four after "
			"a label",
		.source = "45 CFR 164.514(b)(2)(i)(G); SSA, areas and groups never issued",
		.examples =
			LIST("his number is [123-45-6789].", "\"patientSSN\": \"[123456789]\"",
			     "SSN: [900-111-234]", "last 4 of SSN: [6789]", "SSN: ***-**-[6789]",
			     "SSNs [123456789 and 234567891]", "123456789 alone, 0.123-45-6789",
			     "000-12-3456, 123-00-4567", "SSN not given, room 6789"),
		.nforms = 7,
		.forms = {FORM("\\d{3}(?:-\\d{2}-| \\d{2} |\\.\\d{2}\\.)\\d{4}", DECIMAL, DECIMAL,
			       DIGITS, 4, .validate = "ssn", .quick = quick_ssn, .sure = sure_ssn),
			  FORM("\\d{3}" GAP "\\d{2}(?:" GAP "|[-. ])\\d{4}", DECIMAL, DECIMAL,
			       DIGITS, 4, ENCODED("ssn")),
			  /* Whatever the groups, and issued or not: a label says what it is. */
			  FORM("\\d(?:(?:[-. ]| - )?\\d){8}", DECIMAL, DECIMAL, DIGITS, 4,
			       .labels = SSN_LABELS, .distance = 24),
			  VALUES("\\d{9}", DECIMAL, DECIMAL, .labels = SSN_LABELS, .distance = 24),
			  /* Parts of an identifier are identifiers. */
			  FORM("(?:[Xx*#]{3}[- ]?[Xx*#]{2}[- ]?|[Ll]ast[ _]?(?:4|[Ff]our)[): "
			       "]{1,3}|[Ee]nd(?:s|ing) in[: ]{1,2})(\\d{4})",
			       DIGIT, DECIMAL, DIGITS, 2, .labels = SSN_LABELS, .distance = 24),
			  FORM("\\d{4}", DECIMAL, DECIMAL, DIGITS, 2, .labels = SSN_END_LABELS,
			       .distance = 16),
			  /* HL7: in the list of a patient's identifiers (PID-3). */
			  FORM("(\\d{9})\\^{3}[0-9A-Za-z&._ -]{0,40}\\^SS", DECIMAL, WORD, DIGITS,
			       4, .labels = LIST("=PID|1||", "=^MR~", "=^PI~", "=^PN~", "=^AN~"),
			       .distance = 0)},
	},
	{
		.name = "npi",
		.class = ID_LICENSE,
		.group = "builtin",
		.what = "National Provider Identifier after a label, by its check digit",
		.source = "45 CFR 162.406; CMS, NPI check digit (Luhn over 80840)",
		.examples = LIST("NPI: [1234567893], provider [1003000126]",
				 "order 1234567893, NPI 1234567890"),
		.nforms = 2,
		.forms = {FORM("[12]\\d{9}", DECIMAL, DECIMAL, DIGITS, 4, .validate = "npi",
			       .brief = brief_npi, .labels = NPI_LABELS, .distance = 24),
			  VALUES("[12]\\d{9}", DECIMAL, DECIMAL, .validate = "npi",
				 .labels = NPI_LABELS, .distance = 24)},
	},
	{
		.name = "card",
		.class = ID_ACCOUNT,
		.group = "builtin",
		.what = "payment card number, by issuer and check digit",
		.source = "45 CFR 164.514(b)(2)(i)(J); ISO/IEC 7812-1, issuers' ranges",
		.examples = LIST("paid by [4111 1111 1111 1111]",
				 "[378282246310005] declined, "
				 "[4111.1111.1111.1111]",
				 "credit card no. [4111.1111.1111.1112], card # [060465518185]",
				 "[3782-8224-6310-005], [3056 9309 0259 04], [4222-2222-22222]",
				 "card no [4569754373603] 21-22-23-24-25",
				 "card no [624338-0386272936693], my card 1234 5678 9012",
				 "4111111111111112, 4111-1111 1111-1111", "card 12 of 16"),
		.nforms = 4,
		.forms =
			{FORM("[1-68]\\d{3}" GAP "(?:\\d{4}(?:" GAP "|[- ])\\d{4}(?:" GAP
			      "|[- ])\\d{4}|\\d{6}(?:" GAP "|[- ])\\d{4,5})",
			      DECIMAL, DECIMAL, DIGITS, 6, ENCODED("card")),
			 FORM("[1-68]\\d{11,18}", DECIMAL, DECIMAL, DIGITS, 6, .validate = "card",
			      .quick = quick_card),
			 FORM("[1-68]\\d{3}(?:-\\d{4}-\\d{4}(?:\\d|-\\d{1,3}|-\\d{4}(?:-\\d{1,3})?)"
			      "| \\d{4} \\d{4} (?:\\d{1,3}|\\d{4}(?: \\d{1,3})?)"
			      "|\\.\\d{4}\\.\\d{4}\\.\\d{4}|-\\d{6}-\\d{4,5}| \\d{6} \\d{4,5})",
			      DECIMAL, GROUP, DIGITS, 6, .validate = "card",
			      .quick = quick_card_groups),
			 FORM("[0-68]\\d{3}(?:[-. ]?\\d){8,15}", DECIMAL, GROUP, DIGITS, 6,
			      .labels =
				      LIST("card no", "card number", "card #", "credit card",
					   "debit card", "credit card number", "debit card number",
					   "cc #", "cc no", "visa", "mastercard", "amex"),
			      .distance = 16)},
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
		.examples =
			LIST("MRN: [123456]", "Medical Record Number is [HX-12345678].",
			     "MRN [123 45 67]", "\"mrns\": \"[4711882\", \"4711883]\"",
			     "MRNs [4711882/4711883], MRN: [4711882], 2024", "MRN [1234] 12/15 of",
			     "MRN: [ABCD1234], MR #: [123456], mrn [abcd123456]",
			     "MRN pending, room 123456", "the patient id was lost"),
		.nforms = 10,
		.forms = {FORM("\\d(?:-?[0-9A-Za-z]){3,39}", DECIMAL, NONE, DIGITS, 4,
			       .labels = MRN_LABELS, .distance = 24, MRN_TAIL),
			  MRN_FORM("[A-Za-z]\\d"), MRN_FORM("[A-Za-z][A-Za-z-]\\d"),
			  MRN_FORM("[A-Za-z]{2}[A-Za-z-]\\d"), MRN_FORM("[A-Za-z]{3}-\\d"),
			  MRN_FORM("(?:[A-Za-z]{4,5}-|[A-Z]{4,12})\\d"),
			  MRN_FORM("[a-z]{4,8}\\d{4}"),
			  FORM("\\d{2,4}(?: \\d{2,4}){1,4}", DECIMAL, GROUP, DIGITS, 4,
			       .labels = MRN_LABELS, .distance = 24),
			  ID_VALUES(MRN_LABELS)},
	},
	{
		.name = "zip",
		.class = ID_ADDRESS,
		.group = "builtin",
		.what = "ZIP code after a state or a label; other postal codes and coordinates "
			"after one",
		.source = "45 CFR 164.514(b)(2)(i)(B); USPS Publication 28, appendix B",
		.examples = LIST("Tampa FL [33101-1234], TX [750961234]", "zip code: [12345]",
				 "ZIPs [02115, 02116]",
				 "\"postalCode\":\"[K1A 0B1]\", postcode [SW1A 1AA]",
				 "\"latitude\":[42.36012],\"longitude\":-[71.05891]",
				 "12345 alone, IL 627041", "LA30189-7, MT19937"),
		.nforms = 6,
		.forms =
			{/* In X12 "MI" is what a member's number is called. */
			 ZIP_FORM("\\d{5}", .labels = STATES, .unless = LIST("=*MI*"),
				  .distance = 3),
			 /* "ID" is a state in front of Idaho's own codes alone. */
			 ZIP_FORM("83[2-8]\\d{2}", .labels = LIST("=ID"), .distance = 3),
			 ZIP_FORM("\\d{5}", .labels = POSTAL_LABELS, .distance = 16),
			 VALUES("\\d{5}", TOKEN, DECIMAL, .labels = POSTAL_LABELS, .distance = 16),
			 /* Canada's, the United Kingdom's: "their equivalent geocodes". */
			 FORM("[A-Za-z](?:\\d[A-Za-z] ?\\d[A-Za-z]\\d"
			      "|[A-Za-z]?\\d[0-9A-Za-z]? ?\\d[A-Za-z]{2})",
			      WORD, WORD, BYTES, 4, .labels = POSTAL_LABELS, .distance = 16),
			 FORM("\\d{1,3}\\.\\d{2,15}", DECIMAL, DECIMAL, DIGITS, 4,
			      .labels = LIST("latitude", "longitude",
					     "\"lat\":", "\"lng\":", "\"lon\":", "\"long\":",
					     "lat=", "lng=", "lon=", "latitude\",\"valuedecimal\":",
					     "longitude\",\"valuedecimal\":"),
			      .distance = 4)},
	},
};

const struct rule_def *rules_numbers(size_t *ret_n)
{
	*ret_n = array_size(numbers);
	return numbers;
}
