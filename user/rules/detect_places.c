/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where somebody lives: a street with its number, a PO box, a city in front of its state, and
 * what stands after a label. ZIP codes alone are in detect_numbers.c.
 */
#include "builtin.h"
#include "validate.h"

#define HOUSE "\\d{1,5}[A-Z]? "
/* A word behind the first; commas may stand between. */
#define WORD    "(?:,? (?:[#A-Z\\xc3-\\xdf\\xe1][0-9A-Za-z'.\\x80-\\xff-]{0,18}|" ORDINAL "))"
#define ORDINAL "\\d{1,3}(?:st|nd|rd|th|ST|ND|RD|TH)"
/* One that may begin with any digit: only behind a kind of street, or a log is full of them. */
#define WORDS "(?:,? [#A-Z0-9\\xc3-\\xdf\\xe1][0-9A-Za-z'.\\x80-\\xff-]{0,18})"
/* Roads with a number. */
#define ROUTE                                                                                      \
	"(?:R(?:oad|OAD|[dD]|oute|OUTE|te|TE)|H(?:ighway|IGHWAY|wy|WY)|B(?:ox|OX))\\.? "           \
	"\\d{1,5}[A-Z]?"
#define CAPITAL "[A-Z][A-Za-z'\\x80-\\xff-]{1,18}"
#define PLACE                                                                                      \
	"[A-Z\\xc3-\\xdf\\xe1][A-Za-z'\\x80-\\xff-]{1,18}(?:\\.? (?:of |de |la )?" CAPITAL "){0,"  \
	"2}"
/* In ASCII, as the names of cities in the United States are written, and their first letters. */
#define CITY "[A-Z][a-z'][A-Za-z'-]{0,18}(?:\\.? [A-Z][A-Za-z'-]{1,18}){0,2}"

/* Those that are also a degree, a word or a unit: with a ZIP code only. */
#define SURE_STATES                                                                                \
	"(?:A[KRZ]|CA|DC|FL|GA|I[AL]|K[SY]|M[INOST]|N[CDEHJMVY]|OH|RI|S[CD]|T[NX]|UT|W[AIVY])"
#define STATES                                                                                     \
	"(?:A[AEKLPRSZ]|C[AOT]|D[CE]|F[LM]|G[AU]|HI|I[ALN]|K[SY]|LA|M[ADEHINOPST]|N[CDEHJMVY]|O["  \
	"HKR]"                                                                                     \
	"|P[ARW]|RI|S[CD]|T[NX]|UT|V[AIT]|W[AIVY])"

#define STATE_ZIP "(?:" STATES "[ ,]{1,2}\\d{2}|ID[ ,]{1,2}83)\\d{3}(?:-\\d{4})?"

#define STATE_NAMES                                                                                \
	"(?:Ala(?:bama|ska)|Ar(?:izona|kansas)|C(?:alifornia|olorado|onnecticut)|Delaware|Florida" \
	"|Georgia|Hawaii|I(?:daho|llinois|ndiana|owa)|K(?:ansas|entucky)|Louisiana"                \
	"|M(?:aine|aryland|assachusetts|ichigan|innesota|ississippi|issouri|ontana)"               \
	"|N(?:ebraska|evada|ew (?:Hampshire|Jersey|Mexico|York)|orth (?:Carolina|Dakota))"         \
	"|O(?:hio|klahoma|regon)|Pennsylvania|Rhode Island|South (?:Carolina|Dakota)"              \
	"|T(?:ennessee|exas)|Utah|V(?:ermont|irginia)|W(?:ashington|est "                          \
	"Virginia|isconsin|yoming))"

#define ADDRESS_LABELS                                                                             \
	LIST("address :", "address=", "address\":", "address is", "addressline>",                  \
	     "addr :", "addr=", "addr\":", "address1\":", "line1\":", "line\" :", "street :",      \
	     "street=", "street\":", "home address", "mailing address", "street address",          \
	     "billing address", "=N3*", "residence :", "residing at", "resides at", "lives at",    \
	     "living at", "lived at", "addr1", "addr 1", "address1", "address 1",                  \
	     "address line 1", "address line1", "street1", "line1=", "home address1")

static const struct rule_def places[] = {
	{
		.name = "street",
		.class = ID_ADDRESS,
		.group = "builtin",
		.what = "street address: number, name and kind of street; or after a label",
		.source = "45 CFR 164.514(b)(2)(i)(B); USPS Publication 28, appendix C",
		.examples = LIST("moved to [742 Evergreen Terrace], Springfield",
				 "[12 N Main St. Apt 4B] today, [6217 Stone Shoal Suite 840]",
				 "Address: [3780 Broadway Apt. 591]", "[1600 Pennsylvania Ave NW]",
				 "Address: [17 Broadway, Floor]", "Address: [12 Walking Horse]",
				 "lives at [Hauptstrasse 5]",
				 "2 Recent Falls, 1 Carpal Tunnel, 5 Day Course, 64 Slice CT, at 5 "
				 "PM Dr. called",
				 "[8 Elm Ave], the 44183. Park is full", "[9 Pine St, 5th Floor]",
				 "Address: [221-17 Broadway]", "2 patients on Main St",
				 "at [4100 Gardner Field Apt. 7]", "2 Blue Field Suite 3"),
		.nforms = 5,
		.forms = {FORM(HOUSE "[A-Z][0-9A-Za-z'.-]{0,18}" WORD WORDS "{0,5}", TOKEN, WORD,
			       BYTES, 8, .validate = "street", .never = never_street),
			  FORM("\\d{1,5} " ORDINAL WORD WORDS "{0,5}", TOKEN, WORD, BYTES, 8,
			       .validate = "street", .never = never_street),
			  FORM(HOUSE "(?:[A-Z][A-Za-z.]{0,11} )?" ROUTE WORDS "{0,3}", TOKEN, WORD,
			       BYTES, 8, .validate = "street", .never = never_route),
			  FORM("\\d{1,5}(?:-\\d{1,4}| \\d/\\d)?[A-Z]?" WORDS "{1,4}", WORD, WORD,
			       BYTES, 5, .validate = "address", .labels = ADDRESS_LABELS,
			       .distance = 16),
			  FORM(CAPITAL "(?: " CAPITAL
				       "){0,2},? \\d{1,5}[A-Za-z]?(?: B(?:ox|OX) \\d{1,6})?",
			       WORD, WORD, BYTES, 5, .labels = ADDRESS_LABELS, .distance = 16)},
	},
	{
		.name = "po-box",
		.class = ID_ADDRESS,
		.group = "builtin",
		.what = "post office box, at home and of the armed forces",
		.source = "45 CFR 164.514(b)(2)(i)(B); USPS Publication 28, 28 and 25",
		.examples = LIST("mail to [P.O. Box 1234], Boise", "[PO BOX 77-A], [p o box 3]",
				 "[POB 445] or", "[PSC 802, Box 74] and [Unit 4123 Box 9]",
				 "po boxes 12, by mouth (po) 12, POB Boston", "unit 12 box"),
		.nforms = 1,
		.forms = {FORM("(?:PSC|CMR|U(?:NIT|nit)) \\d{1,5},? B(?:OX|ox) \\d{1,6}"
			       "|[Pp](?:\\.? ?[Oo]\\.?|ost [Oo]ffice) ?[Bb](?:ox|OX|\\.)? ?#? "
			       "?\\d{1,7}(?:-?[A-Z])?",
			       WORD, WORD, BYTES, 8)},
	},
	{
		.name = "city",
		.class = ID_ADDRESS,
		.group = "builtin",
		.what = "city, state and ZIP code; city and state; a city after a label",
		.source = "45 CFR 164.514(b)(2)(i)(B); USPS Publication 28, appendix B",
		.examples =
			LIST("moved to [Springfield, IL 62704]", "from [Salt Lake City, UT] in",
			     "in [Boston, MA 02139-4307]", "\"city\":\"[Port Addle]\"",
			     "[Majuro, MH 96960], [Trenton, New Jersey], [BOISE, ID 83702]",
			     "City: [Port St. Lucie]", "at the Clinic, MD, and Fine, OK",
			     "lives in [Dayton] with", "Chest Pain, MI in 2004, [Ann Arbor, MI]",
			     "[Mountain Home, AR], [Prior Lake, MN 55372]",
			     "lives in Assisted Living", "the City, in 2019"),
		/*
		 * A capital and a comma stand in every sentence: to the idle flush they say nothing
		 * before the state is whole.
		 */
		.nforms = 5,
		.forms = {FORM(CITY ", (?:" SURE_STATES "|" STATE_ZIP ")", WORD, WORD, BYTES, 40,
			       .validate = "city"),
			  FORM(CITY ", " STATE_NAMES, WORD, WORD, BYTES, 40),
			  FORM("[A-Z]{2,18}(?:\\.? [A-Z]{2,18}){0,2}, " STATE_ZIP, WORD, WORD,
			       BYTES, 40),
			  FORM(PLACE, WORD, WORD, BYTES, 3, .validate = "whole-name",
			       .labels = LIST("lives in", "live in", "lived in", "living in",
					      "resides in", "residing in", "born in", "moved to",
					      "native of", "resident of", "raised in", "grew up in",
					      "retired to", "originally from", "home in"),
			       .distance = 2),
			  FORM(PLACE, WORD, WORD, BYTES, 3, .validate = "name",
			       .labels = LIST("city :", "city=", "city\" :", "town :", "county :",
					      "county=", "county\" :", "city>", "county>",
					      "district\":", "village :", "birthplace :",
					      "place of birth :", "hometown :", /* X12 */ "=N4*",
					      "city':", "city name", "city nm",
					      "town=", "municipality :"),
			       .distance = 8)},
	},
};

const struct rule_def *rules_places(size_t *ret_n)
{
	*ret_n = array_size(places);
	return places;
}
