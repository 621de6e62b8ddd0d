/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The built-in table's parts: detectors by pattern, and the fields of each format.
 *
 * Four habits keep the detectors exact and cheap:
 *   - a form begins with a byte that few bytes of text are (a digit, '+', '('), never with an
 *     optional part, and its context is a guard or a label, not more pattern;
 *   - a number that could be anything needs a check digit or a label;
 *   - guards look only at what would make it a part of a longer number: a value next to a
 *     comma, a letter or a bracket is still a value;
 *   - the forms that need no label are 64 at most: with more, each place is asked about by two
 *     words of forms.
 */
#ifndef RULES_BUILTIN_H
#define RULES_BUILTIN_H

#include "validate.h"
#include <scrim/rules.h>

/* A form: its pattern, guards and commit point, then what else it has (.validate = "ssn"). */
#define FORM(text, guard_before, guard_after, unit, n, ...)                                        \
	{.pattern = text,                                                                          \
	 .before = GUARD_##guard_before,                                                           \
	 .after = GUARD_##guard_after,                                                             \
	 .commit_unit = COMMIT_##unit,                                                             \
	 .commit = n,                                                                              \
	 ##__VA_ARGS__}
/*
 * A separator that is no byte of ASCII: of UTF-8, or written as an escape of HTML, of a URL, of JSON.
 * What it means is asked by the validators named "...-encoded". Forms with it are apart from the
 * common ones, whose shapes stay narrow.
 */
#define GAP                                                                                        \
	"(?:\\xc2[\\xa0\\xad]|\\xe2[\\x80\\x81\\x88][\\x80-\\xaf]|&[#0-9A-Za-z]{2,6};"             \
	"|%[0-9A-Fa-f]{2}|\\\\(?:/|u[0-9A-Fa-f]{4}))"
#define ENCODED(name) .validate = name "-encoded", .encoded = true, .never = never_encoded
/*
 * Values behind one label: "4711882, 4711883 and 4711884", "4711882/4711883", ["4711882","4711883"]. Where they could
 * be other numbers, the validator "list" asks that all are of one shape.
 */
#define NEXT "(?:(?:\\\\?[\"'])?[,;] ?(?:and )?(?:\\\\?[\"'])?| ?/ ?| (?:and|or|&) )"
#define VALUES(item, guard_before, guard_after, ...)                                               \
	FORM(item "(?:" NEXT item "){1,4}", guard_before, guard_after, DIGITS, 4,                  \
	     .never = never_list, __VA_ARGS__)
/* Numbers of no universal form, likewise. */
#define ID_VALUES(labels_)                                                                         \
	VALUES("\\d{4,12}", DECIMAL, WORD, .validate = "list", .labels = labels_, .distance = 24), \
		VALUES("[A-Za-z]{1,3}-?\\d{4,12}", WORD, WORD, .validate = "list",                 \
		       .labels = labels_, .distance = 24)
/* A list of strings, NULL-ended. */
#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})
/* In front of what has dots and is no address and no date. One list: each set of labels costs a look of its own. */
#define VERSION_LABELS                                                                             \
	LIST("v", "ver", "version", "versions", "firmware", "fw", "release", "build", "rev",       \
	     "revision", "chrome/", "chromium/", "edg/", "opr/", "oid", "section", "chapter")

/* Rules by pattern, in order of precedence; *ret_n of them. */
const struct rule_def *rules_numbers(size_t *ret_n);
const struct rule_def *rules_codes(size_t *ret_n);
const struct rule_def *rules_labelled(size_t *ret_n);
const struct rule_def *rules_contacts(size_t *ret_n);
const struct rule_def *rules_network(size_t *ret_n);
const struct rule_def *rules_dates(size_t *ret_n);
const struct rule_def *rules_birth(size_t *ret_n);
const struct rule_def *rules_places(size_t *ret_n);
const struct rule_def *rules_names(size_t *ret_n);

/* Rules by HL7 v2 field; *ret_n of them. Not for two threads at once. */
const struct rule_def *rules_hl7_fields(size_t *ret_n);

#endif
