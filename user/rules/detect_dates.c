/* SPDX-License-Identifier: BSD-2-Clause */
/* Dates: in digits, packed, and with the month's name. */
#include "builtin.h"
#include "validate.h"

#define YEAR    "(?:18[89]|19\\d|20\\d)\\d"
#define DAY     "(?:3[01]|[12]\\d|0?[1-9])"
#define ORDINAL "(?:st|nd|rd|th|ST|ND|RD|TH)?"
/* With a capital, as names are written; a day in front makes small letters a month, too. */
#define MONTH                                                                                      \
	"(?:J(?:an(?:uary)?|AN(?:UARY)?|une?|UNE?|uly?|ULY?)|F(?:eb(?:ruary)?|EB(?:RUARY)?)"       \
	"|M(?:ar(?:ch)?|AR(?:CH)?|ay|AY)|A(?:pr(?:il)?|PR(?:IL)?|ug(?:ust)?|UG(?:UST)?)"           \
	"|S(?:ept?(?:ember)?|EPT?(?:EMBER)?)|O(?:ct(?:ober)?|CT(?:OBER)?)"                         \
	"|N(?:ov(?:ember)?|OV(?:EMBER)?)|D(?:ec(?:ember)?|EC(?:EMBER)?))"
#define SMALL_MONTH                                                                                \
	"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|june?|july?|aug(?:ust)?"              \
	"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
#define DAY_OF DAY ORDINAL "(?: of)?[- /]?"
/* A full stop may also be that of a list, unless a year follows. */
#define DAY_DOT DAY "(?:" ORDINAL "(?: of)?[- /]?|\\. ?)"
/* Month and day in either order; until another day. */
#define MONTH_DAY    "(?:(?:0?[1-9]|1[0-2])/" DAY "|(?:3[01]|2\\d|1[3-9])/(?:0?[1-9]|1[0-2]))"
#define MONTH_DIGITS "(?:0[1-9]|1[0-2])"
#define MONTH_YEAR   "(?:0?[1-9]|1[0-2])/(?:18[89]|19\\d|20[0-3])\\d"
#define UNTIL        "(?:-" MONTH_DAY ")?"

/* A month's name in front of it is most likely something else. */
#define IN_DIGITS "\\d{1,2}[-/.]\\d{1,2}[-/.](?:" YEAR "|\\d{2})|" YEAR "[-/]\\d{1,2}[-/]\\d{1,2}"

#define DAY_LABELS                                                                                 \
	"date", "dated", "dates", "dos", "admitted", "discharged", "hospitalized", "presented",    \
		"appt", "appointment :", "edd", "lmp", "last menstrual period", "onset"
/* Versions have these, too ("since 2.6.30"). */
#define TIME_LABELS                                                                                \
	LIST(DAY_LABELS, "since", "until", "seen on", "scheduled for", "monday", "tuesday",        \
	     "wednesday", "thursday", "friday", "saturday", "sunday", "mon", "tue", "tues", "wed", \
	     "thu", "thur", "thurs", "fri", "sun")

#define NO_VERSION                                                                                 \
	LIST("v", "ver", "version", "release", "build", "firmware", "rev", "section", "time")

#define DATE_FORM(text, before, after, digits, ...)                                                \
	FORM(text, before, after, DIGITS, digits, .validate = "date", ##__VA_ARGS__)

#define DATE_ENCODED(text, before, digits)                                                         \
	FORM(text, before, DECIMAL, DIGITS, digits, ENCODED("date"))

static const struct rule_def dates[] = {
	{
		.name = "date",
		.class = ID_DATE,
		.group = "builtin",
		.what = "date of the calendar, in digits or with the month's name",
		.source = "45 CFR 164.514(b)(2)(i)(C); ISO 8601, HL7 v2 chapter 2A (DTM)",
		.examples = LIST(
			"born [1970-01-15], seen [2/29/24]", "[March 14, 2024], [14MAR2024]",
			"[20240229101530], [14/Mar/2024]:10:15:30, [14MAR24]",
			"TKA in [Apr '19], flu shot [October of 2020]", "[March 14-16, 2024]",
			"presented on [12/31], DOS [3-14-24], TKA [03/2019]",
			"admission date: [3/4], admitted [2019-03], hospitalized [3/14-3/19]",
			"date [07281953], \"birthDate\": \"[1974-12]\", since [4/30], until "
			"[06-2021]",
			"seen [3-4-21], [31.05.75], [05.31.75], [2023-Oct-08], scan_[2024_03_14]",
			"DOS [01/02/2024]/[01/05/2024], scans/[01/15/2024]/2",
			"[Jul/17/1952], [Aug-01-56], [Aug/1/56], 12.27.06", "version 05.31.75",
			"Age/DOB: 60 [1/2/1932]", "Tues [4/9] at 2", "[1945 Mar 15]",
			"[15.Mar.1945], [2. April 1951]",
			"version 10.02.24, 3.12.24, release 2024.01.15",
			"2023-02-29, 13/13/2024, 13/2024, Gecko/20100101", "you may 5 times",
			"45/03/2024, 3/2024/1, Q3/2024, titer 1/2048",
			"[MAR 04/12/2023] given, [MAR 2076-09-01]",
			"pain 5/10 on 7/10 scale, 12/31 teeth, date 3/45"),
		.nforms = 18,
		.forms =
			{DATE_FORM(YEAR "(?:-\\d{1,2}-\\d{1,2}|/\\d{1,2}/\\d{1,2})", DECIMAL,
				   DECIMAL, 5, .quick = quick_date, .sure = sure_date),
			 DATE_FORM("\\d{1,2}/\\d{1,2}/(?:" YEAR "|\\d{2})", DECIMAL, DECIMAL, 4,
				   .brief = brief_slashes),
			 /* Versions begin with a year, too; file names have "_". */
			 DATE_FORM(YEAR "(?:\\.\\d{1,2}\\.\\d{1,2}|_\\d{2}_\\d{2})", DECIMAL,
				   DECIMAL, 5, .unless = VERSION_LABELS, .distance = 8),
			 /* Alone, for an IPv4 address looks much like it. */
			 DATE_FORM("\\d{1,2}\\.\\d{1,2}\\." YEAR, DECIMAL, DECIMAL, 4,
				   .brief = brief_dots),
			 /*
			  * A version looks much like it: both zeros are written. The month first: apart,
			  * for an IPv4 address looks like both.
			  */
			 DATE_FORM("(?:(?:0[1-9]|[12]\\d|3[01])\\.(?:0[1-9]|1[0-2])"
				   "|0[1-9]\\.(?:1[3-9]|2\\d|3[01]))\\.\\d{2}",
				   DECIMAL, DECIMAL, 4, .unless = NO_VERSION, .distance = 8),
			 DATE_FORM(YEAR "(?:-" MONTH "-| " MONTH " )" DAY, DECIMAL, DECIMAL, 4),
			 /* Not a piece of a longer number with dashes. */
			 DATE_FORM("\\d{1,2}-\\d{1,2}-(?:" YEAR "|\\d{2})", NUMBER, NUMBER, 4),
			 DATE_FORM(YEAR
				   "(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])"
				   "(?:(?:[01]\\d|2[0-3])[0-5]\\d(?:[0-5]\\d(?:\\.\\d{1,4})?)?)?",
				   DECIMAL, DECIMAL, 6, .unless = LIST("gecko/"), .distance = 1,
				   .brief = brief_packed),
			 DATE_ENCODED("\\d{1,2}" GAP "\\d{1,2}" GAP "(?:" YEAR "|\\d{2})|" YEAR GAP
				      "\\d{1,2}" GAP "\\d{1,2}",
				      DECIMAL, 4),
			 DATE_ENCODED(DAY ORDINAL GAP "(?:" MONTH "|" SMALL_MONTH ")(?:(?:" GAP
						      "|[-., ]{1,2})" YEAR ")?",
				      DECIMAL, 1),
			 DATE_ENCODED(MONTH "\\.?" GAP "(?:" DAY ORDINAL "(?:,?(?:" GAP "| )" YEAR
					    ")?|" YEAR ")",
				      WORD, 1),
			 DATE_FORM(DAY_DOT "(?:" MONTH "|" SMALL_MONTH "|may)(?:[-./, ]{1,2}" YEAR
					   "|" YEAR "|[-/]\\d{2}| '\\d{2})",
				   DECIMAL, DECIMAL, 1, .never = never_month),
			 /* Without a year: not "1 decent", "over 20 may", nor the id "c5dec". */
			 DATE_FORM(DAY_OF "(?:" MONTH "(?:\\d{2})?|" SMALL_MONTH ")", WORD, WORD, 1,
				   .never = never_month),
			 /* "MAR 04/12/2023", where MAR is no month but a record, is taken whole. */
			 DATE_FORM(MONTH "\\.?(?:[- ]{1,2}(?:" DAY ORDINAL "(?:-" DAY ")?"
					 "(?:,? ?-?" YEAR ")?|" YEAR "|'\\d{2}|" IN_DIGITS
					 ")|,? of " YEAR "|, " YEAR "|-" DAY "-\\d{2}|/" DAY
					 "/(?:" YEAR "|\\d{2}))",
				   WORD, DECIMAL, 1, .never = never_month_first),
			 /* Not the end of another fraction ("45/03/2024"), nor a titre ("1/2048"). */
			 FORM(MONTH_YEAR "(?:-" MONTH_YEAR ")?", SLASH, SLASH, DIGITS, 4),
			 /* What only its label makes a date. */
			 FORM(MONTH_DAY UNTIL "|" MONTH_YEAR "|" YEAR "[-/]" MONTH_DIGITS
					      "|" MONTH_DIGITS "[-.]" YEAR,
			      DECIMAL, DECIMAL, DIGITS, 2, .labels = TIME_LABELS, .distance = 12),
			 FORM("\\d{1,2}(?:-\\d{1,2}-|\\.\\d{1,2}\\.)\\d{2}|\\d{6}|\\d{4}" YEAR,
			      DECIMAL, DECIMAL, DIGITS, 2, .labels = LIST(DAY_LABELS),
			      .distance = 12),
			 /* A card, a license, a drug. */
			 FORM("(?:0[1-9]|1[0-2])/(?:20)?\\d{2}", DECIMAL, DECIMAL, DIGITS, 2,
			      .labels =
				      LIST("exp", "exp date", "expiry", "expires", "expiration",
					   "expiration date", "valid thru"),
			      .distance = 8)},
	},
};

const struct rule_def *rules_dates(size_t *ret_n)
{
	*ret_n = array_size(dates);
	return dates;
}
