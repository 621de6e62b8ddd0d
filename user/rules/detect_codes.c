/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Codes that check themselves, each of a fixed structure: ITIN, DEA, MBI, VIN, IBAN, ABA, UDI. A
 * label in front takes one that its check refuses as well: somebody mistyped it.
 */
#include "builtin.h"

/* CMS: letters of an MBI, without S L O I B Z. */
#define MBI_A  "[AC-HJKMNP-RT-Y]"
#define MBI_AN "[0-9AC-HJKMNP-RT-Y]"

/*
 * The countries of validate_iban(). Hexadecimal ids begin with two letters and two digits, too: the countries whose letters
 * are hexadecimal, all of which go on with four digits, are apart.
 */
#define IBAN_HEX "(?:A[DE]|B[AE]|DE|EE)"
#define IBAN_COUNTRY                                                                               \
	"(?:A[LTZ]|B[GHIRY]|C[HRYZ]|D[JKO]|E[GS]|F[IKOR]|G[BEILRT]|H[NRU]|I[ELQST]|JO|K[WZ]"       \
	"|L[BCITUVY]|M[CDEKNRTU]|N[ILO]|OM|P[KLST]|QA|R[OSU]|S[ACDEIKMOTV]|T[LNR]|UA|V[AG]|XK|YE)"

#define VIN_AN "[0-9A-HJ-NPR-Z]"
#define VIN_A  "[A-HJ-NPR-Z]"

static const struct rule_def codes[] = {
	{
		.name = "itin",
		.class = ID_OTHER,
		.group = "builtin",
		.what = "individual taxpayer number, delimited; nine digits alone after a label",
		.source = "45 CFR 164.514(b)(2)(i)(R); IRS Publication 1915, ranges of ITINs",
		.examples = LIST("filed with [912-70-1234] last year", "ITIN: [912701234]",
				 "912-34-5678 is of no range", "order 912701234"),
		.nforms = 2,
		.forms = {FORM("9\\d{2}(?:-\\d{2}-| \\d{2} )\\d{4}", DECIMAL, DECIMAL, DIGITS, 4,
			       .validate = "itin", .brief = brief_itin),
			  FORM("9\\d{2}[- ]?\\d{2}[- ]?\\d{4}", DECIMAL, DECIMAL, DIGITS, 4,
			       .labels = LIST("itin", "taxpayer id", "tax id", "tin",
					      "taxpayer identification"),
			       .distance = 24)},
	},
	{
		.name = "dea",
		.class = ID_LICENSE,
		.group = "builtin",
		.what = "DEA registration, by its check digit; any after a label",
		.source = "45 CFR 164.514(b)(2)(i)(K); DEA Diversion Control, 21 CFR 1301.13",
		.examples = LIST("prescriber [AB1234563]", "[F91234563] signed",
				 "DEA no: [xy1234567]", "lot AB1234567", "WAB1234563"),
		.nforms = 2,
		/* The first letter says what was registered; I, N, O, Q, V, W, Y, Z say nothing. */
		.forms = {FORM("[A-HJ-MPR-UX][A-Z9]\\d{7}", WORD, WORD, DIGITS, 5,
			       .validate = "dea"),
			  FORM("[A-Za-z][A-Za-z9]\\d{7}", WORD, WORD, DIGITS, 4,
			       .labels = LIST("dea", "dea number", "dea no"), .distance = 24)},
	},
	{
		.name = "mbi",
		.class = ID_PLAN,
		.group = "builtin",
		.what = "Medicare beneficiary identifier, by its structure",
		.source = "45 CFR 164.514(b)(2)(i)(I); CMS, Understanding the MBI",
		.examples = LIST("Medicare [1EG4-TE5-MK73]", "mbi [1eg4te5mk73]",
				 "[1EG4 TE5 MK73] on the card",
				 "0EG4-TE5-MK73, 1SG4-TE5-MK73, 1EG4TE5MK7"),
		.nforms = 1,
		.forms = {FORM("(?i)[1-9]" MBI_A MBI_AN "\\d(?:-" MBI_A MBI_AN "\\d-| " MBI_A MBI_AN
			       "\\d |" MBI_A MBI_AN "\\d)" MBI_A "{2}\\d{2}",
			       WORD, WORD, BYTES, 6)},
	},
	{
		/*
		 * One of the first three is a letter (49 CFR 565.15: who made it), and the last
		 * four are digits. Without a check digit, as outside North America: by label.
		 */
		.name = "vin",
		.class = ID_VEHICLE,
		.group = "builtin",
		.what = "vehicle identification number, by its check digit; any after a label",
		.source = "45 CFR 164.514(b)(2)(i)(L); 49 CFR 565.15, ISO 3779",
		.examples = LIST("drove a [1M8GDM9AXKP042788] then", "VIN: [WVWZZZ1JZXW000001]",
				 "1M8GDM9AXKP042789 is mistyped", "12345678901234567"),
		.nforms = 2,
		.forms = {FORM("(?:" VIN_A VIN_AN "{2}|[1-9]" VIN_A VIN_AN "|[1-9]\\d" VIN_A
			       ")" VIN_AN "{5}[0-9X]" VIN_AN "{4}\\d{4}",
			       WORD, WORD, BYTES, 10, .validate = "vin"),
			  FORM("(?i)" VIN_AN "{17}", WORD, WORD, BYTES, 6,
			       .labels = LIST("vin", "vin no", "vin number",
					      "vehicle identification", "vehicle identification no",
					      "chassis no", "chassis number"),
			       .distance = 24)},
	},
	{
		.name = "iban",
		.class = ID_ACCOUNT,
		.group = "builtin",
		.what = "international bank account number, by country and check digits; any "
			"after a label",
		.source = "45 CFR 164.514(b)(2)(i)(J); ISO 13616-1, SWIFT IBAN registry",
		.examples = LIST("to [GB82WEST12345698765432]", "[DE89 3704 0044 0532 0130 00] and",
				 "[NL91-ABNA-0417-1643-00], IBAN: [GB82 WEST 1234 5698 7654 33]",
				 "[GB88WEST1234569876543] has too few, [GB82WEST12345698765432]",
				 "GB82WEST12345698765433, GB82WEST1234569876543"),
		.nforms = 2,
		.forms = {FORM("(?i)(?:" IBAN_HEX "\\d{2}[ -]?\\d{4}|" IBAN_COUNTRY
			       "\\d{2}[ -]?[0-9A-Z]{4})"
			       "(?:[ -]?[0-9A-Z]{4}){1,6}(?:[ -]?[0-9A-Z]{1,3})?",
			       WORD, WORD, BYTES, 8, .validate = "iban", .never = never_iban),
			  FORM("(?i)[A-Z]{2}\\d{2}(?:[ -]?[0-9A-Z]{4}){2,7}(?:[ -]?[0-9]{1,3})?",
			       WORD, TOKEN, BYTES, 8, .labels = LIST("iban"), .distance = 16)},
	},
	{
		.name = "aba",
		.class = ID_ACCOUNT,
		.group = "builtin",
		.what = "bank routing number after a label, by its check digit",
		.source = "45 CFR 164.514(b)(2)(i)(J); ABA Routing Number Policy",
		.examples = LIST("routing number [011000015]", "ABA# [026009593]",
				 "routing 011000016", "011000015 alone"),
		.nforms = 1,
		.forms = {FORM("[0-8]\\d{8}", DECIMAL, DECIMAL, DIGITS, 4, .validate = "aba",
			       .labels = LIST("routing", "routing no", "routing number", "aba",
					      "rtn", "routing transit", "transit number"),
			       .distance = 24)},
	},
	{
		.name = "udi",
		.class = ID_DEVICE,
		.group = "builtin",
		.what = "unique device identifier: GS1 by its check digit, any after a label",
		.source = "45 CFR 164.514(b)(2)(i)(M); 21 CFR 830, GS1 General Specifications",
		.examples = LIST("[(01)00844588003288(17)261120(10)7654A(21)1098D] implanted",
				 "UDI: [+B066000325011NS1/$$420020216LOT1/SXYZ45678]",
				 "UDI [(01) 00844588003288]", "UDI-DI: [10888857006508]",
				 "(01)00844588003289", "UDI is not known"),
		.nforms = 2,
		.forms = {FORM("\\(01\\)\\d{14}(?:\\(\\d{2,3}\\)[0-9A-Za-z./+%-]{1,20}){0,5}", NONE,
			       NONE, DIGITS, 6, .validate = "gtin"),
			  FORM("(?:[+=(&][0-9A-Za-z/+(]|\\d{2})[0-9A-Za-z()./"
			       "+$%&*=,-]{5,69}[0-9A-Za-z]|\\(01\\) ?\\d{14}",
			       DIGIT, WORD, BYTES, 6,
			       .labels = LIST("udi", "carrierhrf", "udi no", "udi-di",
					      "device identifier", "device identifier (di)",
					      "distinct identifier"),
			       .distance = 16)},
	},
};

const struct rule_def *rules_codes(size_t *ret_n)
{
	*ret_n = array_size(codes);
	return codes;
}
