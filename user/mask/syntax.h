/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers and escapes of JSON and URLs that a value stands in, or begins in the middle of. */
#ifndef MASK_SYNTAX_H
#define MASK_SYNTAX_H

#include <scrim/base.h>

#define SYNTAX_BLANKS 16 /* that are looked back over */

/* Back over what may stand between a key of JSON and its value: `"mrn" : [ -12e5`. */
static inline const u8 *syntax_blanks(const u8 *text, const u8 *p)
{
	const u8 *least = p - text > SYNTAX_BLANKS ? p - SYNTAX_BLANKS : text;

	while (p > least && (p[-1] == ' ' || p[-1] == '\t' || p[-1] == '['))
		p--;
	return p;
}

/* Behind the colon that stands in front of a value, as that of a key may; NULL: there is none. */
static inline const u8 *syntax_behind_colon(const u8 *text, const u8 *from)
{
	from = syntax_blanks(text, from - (from > text && from[-1] == '-'));
	return from > text && from[-1] == ':' ? from : NULL;
}

/* The letter of the exponent in "mrn": 12e5, which stays, or it would be no number of JSON; else NULL. */
u8 *syntax_exponent(const u8 *text, u8 *from, const u8 *to);

/* How many bytes at the begin of [from, to) belong to an escape of JSON: "MRN:\n123456". */
size_t syntax_escape(const u8 *text, const u8 *from, const u8 *to);

/* Whether [from, to) begins with the two digits of an escape of a URL: "%3Ajane@example.org". */
bool syntax_percent(const u8 *text, const u8 *from, const u8 *to);
/* Makes of two such digits that were filled hexadecimal ones: another character, but an escape. */
void syntax_hex(u8 *digits);

#endif
