/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a form cannot do without, or cannot have, among its first bytes: seen there at once, where an automaton would
 * read all of what stands before it. See never_fn. And what must stand in front of one, where no label could say it: see
 * preceded_fn.
 *
 *      (212) 555-0123 and     jane.doe@example.org     1003000126^Tesk^K|
 *      no escape so far       no "%40" before the @                     ▲ no name, but an initial
 *
 *      ca27fa77d5b8facb
 *      ▲ no country
 */
#include "bytes.h"
#include "validate.h"
#include <scrim/rules.h>
#include <scrim/sixteen.h>
#include <string.h>

#define REFERENCE_ID_MAX 64

/* A bit for each of text[0, QUICK_READ) that is c. */
static unsigned int where(const u8 *text, u8 c)
{
	_Static_assert(QUICK_READ == 24, "two vectors that overlap");
	return sixteen_bits((sixteen)(sixteen_load(text) == c)) |
	       sixteen_bits((sixteen)(sixteen_load(text + 8) == c)) << 8;
}

/* The first separator of a value (GAP in builtin.h) stands behind eleven bytes at most. */
bool never_encoded(const u8 *text)
{
	const sixteen v = sixteen_load(text);
	const sixteen gap = (sixteen)(v == 0xc2) | (sixteen)(v == 0xe2) | (sixteen)(v == '&') |
			    (sixteen)(v == '%') | (sixteen)(v == '\\');

	return !sixteen_bits(gap);
}

/* In front of its '@' such an address has more bytes than that, or none at all, but "%40". */
bool never_email(const u8 *text)
{
	unsigned int at = where(text, '@'), first = at & -at;

	return at && !(where(text, '%') & (first - 1));
}

/* Ten digits, then a name and another one of two letters or more. */
bool never_named(const u8 *text)
{
	size_t i = 11;
	u8 c;

	if (text[10] != '^')
		return true;
	while (i < QUICK_READ - 2 && text[i] != '^')
		i++;
	if (i == QUICK_READ - 2)
		return false;
	c = text[i + 2];
	return !byte_is_letter(c) && c != '\'' && c != '-';
}

/* Of the two letters of a country few are both hexadecimal: AD, AE, BA, BE, DE and EE. */
bool never_iban(const u8 *text)
{
	u8 first = text[0] | 0x20, second = text[1] | 0x20;

	if (first > 'f' || second > 'f')
		return false;
	if (second == 'e')
		return first == 'c' || first == 'f';
	return !(first == 'a' && second == 'd') && !(first == 'b' && second == 'a');
}

/* FHIR's reference to somebody: "Patient/0077123", its id being what stands before text[p]. */
bool behind_reference(const u8 *text, size_t p)
{
	static const char *const types[] = {"Patient", "RelatedPerson", "Practitioner", "Person"};
	size_t at = p;

	while (at > 0 && p - at <= REFERENCE_ID_MAX &&
	       (byte_is_word(text[at - 1]) || text[at - 1] == '-' || text[at - 1] == '.'))
		at--;
	if (at == p || !at || text[--at] != '/')
		return false;
	for (size_t i = 0; i < array_size(types); i++) {
		size_t n = strlen(types[i]);

		if (at >= n && !memcmp(text + at - n, types[i], n) &&
		    (at == n || !byte_is_word(text[at - n - 1])))
			return true;
	}
	return false;
}
