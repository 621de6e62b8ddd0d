/* SPDX-License-Identifier: BSD-2-Clause */
/* What tells an age: a birthday that only its label makes a date, and ages over 89. */
#include "builtin.h"

#define BIRTH_LABELS                                                                               \
	LIST("dob", "d.o.b", "date of birth", "birth date", "birthdate", "birthday", "born",       \
	     "born on", "d.o.b.")
#define BIRTH_FORM(text, ...)                                                                      \
	FORM(text, DECIMAL, GROUP, DIGITS, 3, .labels = BIRTH_LABELS, .distance = 24)

#define APART "(?:[-/. ]| [-/] )"

/* Nobody is known to have been older. */
#define OLD "(9\\d|1[01]\\d|12[0-2])"

static const struct rule_def birth[] = {
	{
		.name = "dob",
		.class = ID_DATE,
		.group = "builtin",
		.what = "digits after a label of a date of birth, of the calendar or not",
		.source = "45 CFR 164.514(b)(2)(i)(C)",
		.examples =
			LIST("DOB [07281953]", "D.O.B. [7.28.53]", "date of birth: [13/45/1953]",
			     "born [7 28 1953]", "DOB [1974-12]", "DOB [15 / 03 / 1945]",
			     "DOB unknown, room 12", "born 3 weeks early"),
		.nforms = 2,
		.forms = {BIRTH_FORM("\\d{1,2}" APART "\\d{1,2}(?:" APART "\\d{2}(?:\\d{2})?)?"),
			  BIRTH_FORM("\\d{6}(?:\\d{2})?|\\d{1,2}[-/]\\d{4}|\\d{4}[-/. "
				     "]\\d{1,2}(?:[-/. ]\\d{1,2})?")},
	},
	{
		.name = "age",
		.class = ID_DATE,
		.group = "builtin",
		.what = "age of 90 years and more, or the year of birth that tells it",
		.source = "45 CFR 164.514(b)(2)(i)(C)",
		.examples = LIST("a [92]-year-old man", "[101] y/o female, aged [95]", "Age: [90]",
				 "[92] y.o. F, [93] YO M, [94] years of age", "Age/Sex: [95]/F",
				 "patient age: 0[93]Y", "[92]M s/p fall, [94] F who, ([91] yrs)",
				 "a [120] y/o, [95] yr. old, [93] y F, Age (yrs): [95]",
				 "born in [1931], DOB [1929]", "an 89-year-old, aged 42",
				 "at 92 % for 98 years", "age 92.5 months",
				 "born in 1975, built in 1931", "fever to 101F with chills"),
		.nforms = 3,
		.forms =
			{/* "101F with chills" is a temperature. */
			 FORM(OLD
			      "(?: ?-?[Yy](?:ears?|EARS?)(?:[- ][Oo](?:ld|LD)| (?:of age|OF AGE)"
			      "|,? (?:(?:fe)?male|(?:FE)?MALE))"
			      "|[- ]?[Yy][Rr][Ss]?\\.?(?:[- ][Oo](?:ld|LD)| (?:fe)?male| [FfMm])"
			      "|[- ]?[Yy][./-]?[Oo]| [Yy](?:/? ?[FfMm]| old)"
			      "|[- ]?y(?:(?:ea)?rs?)?(?: old)?\\)"
			      "| ?(?:M (?:with|w/)|[FM] (?:s/p|who|[hc]/o|p/w|hx|pmh"
			      "|present(?:s|ed|ing)?|admit(?:s|ted)?)))",
			      DECIMAL, WORD, DIGITS, 2),
			 FORM("0?" OLD "(?:Y|(?: ?y(?:ea)?rs?)?)", DECIMAL, DECIMAL, DIGITS, 2,
			      .labels = LIST("age", "aged", "patient age", "age/sex", "age/gender",
					     "age (yrs)", "age (years)", "age (y)", "age years",
					     "age in years", "age at visit"),
			      .distance = 6),
			 /* At 90 in 2026; a year later it may be one more. */
			 FORM("(?:in )?(18\\d{2}|19[0-2]\\d|193[0-6])", DECIMAL, DECIMAL, DIGITS, 3,
			      .labels = LIST("born", "dob", "d.o.b", "d.o.b.", "year of birth",
					     "birthyear", "yob", "date of birth"),
			      .distance = 8)},
	},
};

const struct rule_def *rules_birth(size_t *ret_n)
{
	*ret_n = array_size(birth);
	return birth;
}
