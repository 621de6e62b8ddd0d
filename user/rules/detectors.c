/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The detectors: what each identifier looks like in free text.
 *
 * Three habits keep them exact and cheap:
 *   - a form begins with a byte that few bytes of text are (a digit, '+', '('), never with an
 *     optional part, and its context is a guard or a label, not more pattern;
 *   - a number that could be anything needs a check digit or a label;
 *   - guards look only at what would make it a part of a longer number: a value next to a
 *     comma, a letter or a bracket is still a value.
 */
#include "builtin.h"

#define LABELS(...) ((const char *const[]){__VA_ARGS__, NULL})

#define SSN_LABELS                                                                                 \
	LABELS("ssn", "ss#", "ss no", "ssno", "social security", "social security no",             \
	       "social security number", "soc sec", "social", "sss#")

#define MRN_LABELS                                                                                 \
	LABELS("mrn", "mr#", "mr no", "mr number", "medical record", "medical rec", "med rec",     \
	       "med record", "record number", "record no", "record #", "chart number", "chart no", \
	       "chart #", "chart id", "patient id", "patient number", "patient no", "patient #",   \
	       "patient identifier", "pt id", "pt no", "pt #", "hospital number", "hospital no",   \
	       "unit number", "unit no")

#define PHONE_LABELS                                                                               \
	LABELS("tel", "telephone", "phone", "ph", "call", "calling", "called", "fax", "facsimile", \
	       "cell", "cellphone", "cellular", "mobile", "mob", "pager", "beeper", "voicemail",   \
	       "whatsapp", "text", "dial", "contact", "reach", "hotline", "landline")

/* A part of an email, a phone's extension, names of months. */
#define EXTENSION "(?: ?,? ?(?:x|ext\\.?|[Ee]xtension|EXT|Ext\\.?|X) ?\\d{1,6})?"
#define MONTH                                                                                      \
	"(?:J(?:an(?:uary)?|AN(?:UARY)?|un[e]?|UNE?|uly?|ULY?)|F(?:eb(?:ruary)?|EB(?:RUARY)?)"     \
	"|M(?:ar(?:ch)?|AR(?:CH)?|ay|AY)|A(?:pr(?:il)?|PR(?:IL)?|ug(?:ust)?|UG(?:UST)?)"           \
	"|S(?:ept?(?:ember)?|EPT?(?:EMBER)?)|O(?:ct(?:ober)?|CT(?:OBER)?)"                         \
	"|N(?:ov(?:ember)?|OV(?:EMBER)?)|D(?:ec(?:ember)?|EC(?:EMBER)?))"
#define MONTH_LOWER                                                                                \
	"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"          \
	"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
#define DAY     "(?:3[01]|[12]\\d|0?[1-9])"
#define YEAR    "(?:18[89]|19\\d|20\\d)\\d"
#define ORDINAL "(?:st|nd|rd|th|ST|ND|RD|TH)?"

static const struct rule_def detectors[] = {
	{
		.name = "ssn",
		.class = ID_SSN,
		.group = "builtin",
		.what = "US social security number, delimited; nine digits alone after a label",
		.source = "45 CFR 164.514(b)(2)(i)(G); SSA, areas and groups never issued",
		.nforms = 2,
		.forms =
			{
				{
					.pattern = "\\d{3}(?:-\\d{2}-| \\d{2} |\\.\\d{2}\\.)\\d{4}",
					.validate = "ssn",
					.before = GUARD_DECIMAL,
					.after = GUARD_DECIMAL,
					.commit_unit = COMMIT_DIGITS,
					.commit = 4,
				},
				{
					.pattern = "\\d{3}[-. ]?\\d{2}[-. ]?\\d{4}",
					.validate = "ssn",
					.labels = SSN_LABELS,
					.distance = 24,
					.before = GUARD_DECIMAL,
					.after = GUARD_DECIMAL,
					.commit_unit = COMMIT_DIGITS,
					.commit = 4,
				},
			},
	},
	{
		.name = "npi",
		.class = ID_LICENSE,
		.group = "builtin",
		.what = "National Provider Identifier after a label, by its check digit",
		.source = "45 CFR 162.406; CMS, NPI check digit (Luhn over 80840)",
		.nforms = 1,
		.forms =
			{
				{
					.pattern = "[12]\\d{9}",
					.validate = "npi",
					.labels = LABELS("npi", "national provider",
							 "national provider identifier",
							 "provider id", "provider number"),
					.distance = 24,
					.before = GUARD_DECIMAL,
					.after = GUARD_DECIMAL,
					.commit_unit = COMMIT_DIGITS,
					.commit = 4,
				},
			},
	},
	{
		.name = "card",
		.class = ID_ACCOUNT,
		.group = "builtin",
		.what = "payment card number, by issuer and check digit",
		.source = "45 CFR 164.514(b)(2)(i)(J); ISO/IEC 7812-1, issuers' ranges",
		.nforms = 2,
		.forms =
			{
				{
					.pattern = "[1-68]\\d{11,18}",
					.validate = "card",
					.before = GUARD_DECIMAL,
					.after = GUARD_DECIMAL,
					.commit_unit = COMMIT_DIGITS,
					.commit = 6,
				},
				{
					.pattern =
						"[1-68]\\d{3}(?:-\\d{4}-\\d{4}-\\d{4}(?:-\\d{1,3})?"
						"| \\d{4} \\d{4} \\d{4}(?: \\d{1,3})?"
						"|-\\d{6}-\\d{4,5}| \\d{6} \\d{4,5})",
					.validate = "card",
					.before = GUARD_DECIMAL,
					.after = GUARD_DECIMAL,
					.commit_unit = COMMIT_DIGITS,
					.commit = 6,
				},
			},
	},
	/*
	 * The letters in front of a record number are spelled out by their count, so that a
	 * digit stands at a known place in each form.
	 */
	{
		.name = "mrn",
		.class = ID_RECORD,
		.group = "builtin",
		.what = "medical record number: digits, or letters and digits, after a label",
		.source = "45 CFR 164.514(b)(2)(i)(H)",
		.nforms = 5,
#define MRN_FORM(text)                                                                             \
	{                                                                                          \
		.pattern = text "(?:-?[0-9A-Za-z]){2,15}",                                         \
		.labels = MRN_LABELS,                                                              \
		.distance = 24,                                                                    \
		.before = GUARD_WORD,                                                              \
		.after = GUARD_WORD,                                                               \
		.commit_unit = COMMIT_DIGITS,                                                      \
		.commit = 4,                                                                       \
	}
		.forms =
			{
				/* A label may stand right before the digits: "MRN123456". */
				{
					.pattern = "\\d(?:-?[0-9A-Za-z]){3,15}",
					.labels = MRN_LABELS,
					.distance = 24,
					.before = GUARD_DECIMAL,
					.after = GUARD_WORD,
					.commit_unit = COMMIT_DIGITS,
					.commit = 4,
				},
				MRN_FORM("[A-Za-z]\\d"),
				MRN_FORM("[A-Za-z][A-Za-z-]\\d"),
				MRN_FORM("[A-Za-z]{2}[A-Za-z-]\\d"),
				MRN_FORM("[A-Za-z]{3}-\\d"),
			},
	},
	/*
	 * Punctuation makes a telephone number of ten digits; digits and spaces alone also need
	 * an exchange that can be; anything else, a label.
	 */
	{
		.name = "phone",
		.class = ID_PHONE,
		.group = "builtin",
		.what = "telephone or fax number: North American, international, or after a label",
		.source = "45 CFR 164.514(b)(2)(i)(D), (E); ATIS-0300051 (NANP), ITU-T E.164",
		.nforms = 8,
#define PHONE_FORM(text)                                                                           \
	{                                                                                          \
		.pattern = text EXTENSION,                                                         \
		.before = GUARD_NUMBER,                                                            \
		.after = GUARD_DIGIT,                                                              \
		.commit_unit = COMMIT_DIGITS,                                                      \
		.commit = 7,                                                                       \
	}
		.forms =
			{
				PHONE_FORM("[2-9]\\d{2}(?:-\\d{3}-|\\.\\d{3}\\.|[ "
					   "/][2-9]\\d{2}-)\\d{4}"),
				PHONE_FORM("\\([2-9]\\d{2}\\)[-. ]?\\d{3}[-. ]\\d{4}"),
				PHONE_FORM(
					"(?:00)?1[-. ](?:[2-9]\\d{2}[-. ]|\\([2-9]\\d{2}\\)[-. ]?)"
					"\\d{3}[-. ]\\d{4}"),
				PHONE_FORM("\\+[1-9](?:[ ./-]?\\(?\\d\\)?){7,14}"),
				{
					.pattern = "[2-9]\\d{2} [2-9]\\d{2} \\d{4}" EXTENSION,
					.validate = "nanp",
					.before = GUARD_NUMBER,
					.after = GUARD_NUMBER,
					.commit_unit = COMMIT_DIGITS,
					.commit = 7,
				},
				{
					.pattern = "00[1-9]\\d{0,2}(?:[ ./-]\\d{1,5}){2,5}",
					.before = GUARD_NUMBER,
					.after = GUARD_DIGIT,
					.commit_unit = COMMIT_DIGITS,
					.commit = 7,
				},
				{
					.pattern = "\\d(?:[ ./-]?\\d|[ ./-]?\\(\\d\\)?|\\) "
						   "?\\d){6,14}" EXTENSION,
					.labels = PHONE_LABELS,
					.distance = 24,
					.before = GUARD_DIGIT,
					.after = GUARD_DIGIT,
					.commit_unit = COMMIT_DIGITS,
					.commit = 5,
				},
				{
					.pattern =
						"\\(\\+?\\d{1,5}\\)(?:[ ./-]?\\d){5,12}" EXTENSION,
					.before = GUARD_NUMBER,
					.after = GUARD_DIGIT,
					.labels = PHONE_LABELS,
					.distance = 24,
					.commit_unit = COMMIT_DIGITS,
					.commit = 5,
				},
			},
	},
	/* The longest that validates is taken, so a full stop behind the address stays outside. */
	{
		.name = "email",
		.class = ID_EMAIL,
		.group = "builtin",
		.what = "email address",
		.source = "45 CFR 164.514(b)(2)(i)(F); RFC 5321 4.5.3.1, RFC 6531",
		.nforms = 1,
		.forms =
			{
				{
					.pattern = "[0-9A-Za-z_\\x80-\\xff][0-9A-Za-z_.%+'\\x80-"
						   "\\xff-]{0,63}@"
						   "[0-9A-Za-z\\x80-\\xff][0-9A-Za-z.\\x80-\\xff-]{"
						   "3,189}",
					.validate = "email",
					.commit_unit = COMMIT_PAST,
					.commit = '@',
				},
			},
	},
	{
		.name = "date",
		.class = ID_DATE,
		.group = "builtin",
		.what = "date of the calendar, in digits or with the month's name",
		.source = "45 CFR 164.514(b)(2)(i)(C); ISO 8601, HL7 v2 chapter 2A (DTM)",
		.nforms = 6,
#define DATE_FORM(text, digits)                                                                    \
	{                                                                                          \
		.pattern = text,                                                                   \
		.validate = "date",                                                                \
		.before = GUARD_DECIMAL,                                                           \
		.after = GUARD_DECIMAL,                                                            \
		.commit_unit = COMMIT_DIGITS,                                                      \
		.commit = digits,                                                                  \
	}
		.forms =
			{
				DATE_FORM(YEAR "(?:-\\d{1,2}-\\d{1,2}|/\\d{1,2}/"
					       "\\d{1,2}|\\.\\d{1,2}\\.\\d{1,2})",
					  5),
				DATE_FORM("\\d{1,2}(?:/\\d{1,2}/(?:" YEAR "|\\d{2})|-\\d{1,2}-" YEAR
					  "|\\.\\d{1,2}\\." YEAR ")",
					  4),
				DATE_FORM(YEAR "(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])"
					       "(?:(?:[01]\\d|2[0-3])[0-5]\\d(?:[0-5]\\d)?)?",
					  6),
				/* Dashes alone make few dates of two digits thrice: not within a longer run. */
				{
					.pattern = "\\d{2}-\\d{2}-\\d{2}",
					.validate = "date",
					.before = GUARD_NUMBER,
					.after = GUARD_NUMBER,
					.commit_unit = COMMIT_DIGITS,
					.commit = 4,
				},
				DATE_FORM(DAY ORDINAL "(?: of)?[- ]?(?:" MONTH "|" MONTH_LOWER ")"
						      "(?:[-., ]{1,2}" YEAR "|" YEAR "|-\\d{2})?",
					  1),
				{
					.pattern = MONTH "\\.?[- ]{1,2}(?:" DAY ORDINAL
							 "(?:,? ?-?" YEAR ")?|" YEAR ")",
					.validate = "date",
					.before = GUARD_WORD,
					.after = GUARD_DECIMAL,
					.commit_unit = COMMIT_DIGITS,
					.commit = 1,
				},
			},
	},
	{
		.name = "ipv4",
		.class = ID_IP,
		.group = "builtin",
		.what = "IPv4 address; not a version, nor a part of a longer dotted run",
		.source = "45 CFR 164.514(b)(2)(i)(O); RFC 791, RFC 6943 3.1.1",
		.nforms = 1,
		.forms =
			{
				{
					.pattern = "\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}",
					.validate = "ipv4",
					.unless =
						LABELS("v", "ver", "vers", "version", "versions",
						       "firmware", "fw", "release", "rel", "build",
						       "rev", "revision", "chrome/", "chromium/",
						       "edg/", "opr/", "oid", "section", "chapter"),
					.distance = 8,
					.before = GUARD_DECIMAL,
					.after = GUARD_DECIMAL,
					.commit_unit = COMMIT_BYTES,
					.commit = 6,
				},
			},
	},
	/* "=OR": states count only in capitals; ID is Idaho's in front of Idaho's codes alone. */
	{
		.name = "zip",
		.class = ID_ADDRESS,
		.group = "builtin",
		.what = "ZIP code after a state or a label",
		.source = "45 CFR 164.514(b)(2)(i)(B); USPS Publication 28",
		.nforms = 3,
#define ZIP_FORM(digits, gap, ...)                                                                 \
	{                                                                                          \
		.pattern = digits "(?:-\\d{4})?",                                                  \
		.validate = "zip",                                                                 \
		.labels = LABELS(__VA_ARGS__),                                                     \
		.distance = gap,                                                                   \
		.before = GUARD_DECIMAL,                                                           \
		.after = GUARD_DECIMAL,                                                            \
		.commit_unit = COMMIT_DIGITS,                                                      \
		.commit = 4,                                                                       \
	}
		.forms =
			{
				ZIP_FORM("\\d{5}", 3, "=AL", "=AK", "=AZ", "=AR", "=CA", "=CO",
					 "=CT", "=DE", "=DC", "=FL", "=GA", "=HI", "=IL", "=IN",
					 "=IA", "=KS", "=KY", "=LA", "=ME", "=MD", "=MA", "=MI",
					 "=MN", "=MS", "=MO", "=MT", "=NE", "=NV", "=NH", "=NJ",
					 "=NM", "=NY", "=NC", "=ND", "=OH", "=OK", "=OR", "=PA",
					 "=RI", "=SC", "=SD", "=TN", "=TX", "=UT", "=VT", "=VA",
					 "=WA", "=WV", "=WI", "=WY", "=PR", "=VI", "=GU", "=AS",
					 "=MP", "=AA", "=AE", "=AP", "alabama", "alaska", "arizona",
					 "arkansas", "california", "colorado", "connecticut",
					 "delaware", "columbia", "florida", "georgia", "hawaii",
					 "idaho", "illinois", "indiana", "iowa", "kansas",
					 "kentucky", "louisiana", "maine", "maryland",
					 "massachusetts", "michigan", "minnesota", "mississippi",
					 "missouri", "montana", "nebraska", "nevada", "hampshire",
					 "jersey", "new mexico", "york", "carolina", "dakota",
					 "ohio", "oklahoma", "oregon", "pennsylvania", "island",
					 "tennessee", "texas", "utah", "vermont", "virginia",
					 "washington", "wisconsin", "wyoming", "puerto rico"),
				ZIP_FORM("83[2-8]\\d{2}", 3, "=ID"),
				ZIP_FORM("\\d{5}", 16, "zip", "zipcode", "zip code", "postal",
					 "postalcode", "postal code", "postcode"),
			},
	},
};

const struct rule_def *rules_detectors(size_t *ret_n)
{
	*ret_n = array_size(detectors);
	return detectors;
}
