/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Logs are full of what begins like a street address: a number and a word with a capital. Most often
 * what follows the word already says that it is none, and no automaton has to read that far.
 *
 *      12 Oak Ave      7 INFO 192.0.2.1      79 ERROR store
 *             ▲               ▲                       ▲
 *         a capital          none, and no "1st" either
 */
#include "bytes.h"
#include "validate.h"
#include <scrim/rules.h>

/* How far the word at text[i] goes; QUICK_READ if not to be seen. */
static size_t word_end(const u8 *text, size_t i)
{
	while (i < QUICK_READ &&
	       (byte_is_word(text[i]) || text[i] == '\'' || text[i] == '.' || text[i] == '-'))
		i++;
	return i;
}

/* The kinds of road that stand in front of their number: R.., H.., B.. */
static bool begins_route(u8 c)
{
	return c == 'R' || c == 'H' || c == 'B';
}

/* Whether "1st", "22nd" may stand at text[i]. */
static bool begins_ordinal(const u8 *text, size_t i)
{
	size_t from = i;
	u8 c;

	while (i < QUICK_READ && byte_is_digit(text[i]))
		i++;
	c = i < QUICK_READ ? text[i] | 0x20 : 's';
	return i > from && (c == 's' || c == 'n' || c == 'r' || c == 't');
}

/* Where the word behind a house number begins, "12A Oak"; 0: there is none. */
static size_t behind_house(const u8 *text)
{
	size_t i = 0;

	while (i < 5 && byte_is_digit(text[i]))
		i++;
	i += byte_is_upper(text[i]);
	return text[i] == ' ' ? i + 1 : 0;
}

/* A kind of road behind the house, or behind one word: "5 County Road 12". */
bool never_route(const u8 *text)
{
	size_t i = behind_house(text), end;

	if (!i || !byte_is_upper(text[i]))
		return true;
	if (begins_route(text[i]))
		return false;
	end = word_end(text, i);
	if (end + 1 >= QUICK_READ)
		return false;
	return text[end] != ' ' || !begins_route(text[end + 1]);
}

bool never_street(const u8 *text)
{
	size_t i = behind_house(text), end;
	u8 next;

	if (!i)
		return true;
	if (byte_is_digit(text[i]))
		return !begins_ordinal(text, i);
	if (!byte_is_upper(text[i]))
		return true;
	end = word_end(text, i);
	if (end + 3 > QUICK_READ)
		return false;
	end += text[end] == ',';
	next = text[end + 1];
	if (text[end] != ' ')
		return true;
	if (next == '#' || byte_is_upper(next) || next >= 0x80 || begins_ordinal(text, end + 1))
		return false;
	return true;
}
