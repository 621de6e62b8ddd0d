/* SPDX-License-Identifier: BSD-2-Clause */
/* Telephone numbers: by how many digits there are, and how they are grouped. */
#include "bytes.h"
#include "validate.h"
#include <scrim/sixteen.h>

/* Whether what stands before the first space is a date with separators. */
static bool begins_with_date(const u8 *text, size_t len)
{
	u8 d[SCRIM_WINDOW];
	size_t date_len = 0;

	while (date_len < len && text[date_len] != ' ')
		date_len++;
	return date_len != text_digits(text, date_len, d, sizeof(d)) &&
	       validate_date(text, date_len);
}

/*
 * Whether text begins with a number of North America, which is whole, ten digits, or eleven behind a 1 (ATIS-0300051),
 * and other digits stand behind a space, or a second number behind a slash.
 */
static bool goes_on(const u8 *text, size_t len)
{
	size_t n = 0, at, whole = 10;
	u8 d[11];

	for (at = 0; at < len && n < whole; at++) {
		if (!byte_is_digit(text[at]))
			continue;
		d[n++] = text[at];
		whole = d[0] == '1' ? 11 : 10;
	}
	if (text[0] == '+' || n < whole || d[whole - 10] < '2' || d[whole - 7] < '2')
		return false;
	if (at + 3 < len && text[at] == '/')
		return byte_is_digit(text[at + 3]) || text[at + 1] == '(';
	return at + 1 < len && text[at] == ' ' &&
	       (byte_is_digit(text[at + 1]) || text[at + 1] == '(');
}

/*
 * Whether three groups or more, and each of them, begin with a 0 and the first with two: numbers of a
 * table, padded ("0020.0011.0002"). Behind a country's code a number seldom begins so.
 */
static bool is_padded(const u8 *text, size_t len)
{
	size_t groups = 0;

	if (len < 2 || text[1] != '0')
		return false;
	for (size_t i = 0; i < len; i++) {
		if (!byte_is_digit(text[i]) || (i && byte_is_digit(text[i - 1])))
			continue;
		if (text[i] != '0')
			return false;
		groups++;
	}
	return groups > 2;
}

/*
 * ITU-T E.164: 7 to 15 digits, the extension behind a letter apart. What begins with a date
 * ("01/15/2024 10") is that, not a number to call; what begins with a whole number ends there.
 */
bool validate_phone(const u8 *text, size_t len)
{
	u8 d[SCRIM_WINDOW];
	size_t number_len = 0, n;

	while (number_len < len && !byte_is_letter(text[number_len]))
		number_len++;
	n = text_digits(text, number_len, d, sizeof(d));
	return n >= 7 && n <= 15 && !goes_on(text, number_len) && !is_padded(text, number_len) &&
	       !begins_with_date(text, len);
}

/* In front of a kind of line ("61 51 81 office"): not a day and a code ("2024-01-15 99213 Office visit"). */
bool validate_phone_line(const u8 *text, size_t len)
{
	return !begins_with_date(text, len);
}

#define GROUPS 5

/* A number as it is written: groups of digits, and what stands before each of them. */
struct groups {
	size_t n, digits;
	struct {
		size_t len;
		u8 before;  /* ' ', '-' or '/' */
		bool year;  /* 1900 to 2099 */
		bool clock; /* 0000 to 2459 */
	} of[GROUPS + 1];
};

/* Takes text apart, up to an extension: a letter, '#' or ','. Brackets are not looked at. */
static void take_groups(const u8 *text, size_t len, struct groups *ret_g)
{
	struct groups g = {0};
	size_t at = 0;

	while (at < len && g.n <= GROUPS) {
		size_t from, digits;

		while (at < len && (text[at] == '(' || text[at] == ')'))
			at++;
		for (from = at, digits = 0; at < len; at++) {
			if (byte_is_digit(text[at]))
				digits++;
			else if (text[at] != ')')
				break;
		}
		if (!digits)
			break;
		g.of[g.n].len = digits;
		g.of[g.n].before = from ? text[from - 1] : 0;
		g.of[g.n].year = digits == 4 && ((text[from] == '1' && text[from + 1] == '9') ||
						 (text[from] == '2' && text[from + 1] == '0'));
		g.of[g.n].clock = digits == 4 && text[from + 2] < '6' &&
				  (text[from] < '2' || (text[from] == '2' && text[from + 1] < '5'));
		g.digits += digits;
		g.n++;
		at++;
	}
	*ret_g = g;
}

/* Whether groups i and i + 1 are a year and a month, in any order: a part of a date. */
static bool is_dated(const struct groups *g, size_t i)
{
	return g->of[i + 1].before != ' ' && ((g->of[i].year && g->of[i + 1].len == 2) ||
					      (g->of[i + 1].year && g->of[i].len == 2));
}

/*
 * ITU-T E.123, 7.1: behind the trunk prefix 0 an area and a number, 8 to 12 digits in all. Dashes in front
 * of one or two last digits are those of a product (an NDC), three, two and four digits those of an SSN; a
 * slash stands behind an area of three; four digits each are times of a day ("0600 1200 1800").
 */
bool validate_trunk(const u8 *text, size_t len)
{
	struct groups g;
	bool pairs = true, clocks;

	take_groups(text, len, &g);
	clocks = g.of[0].clock;
	if (g.n < 2 || g.n > GROUPS || g.digits < (g.of[1].len >= 3 ? 8 : 9) || g.digits > 12)
		return false;
	for (size_t i = 1; i < g.n; i++) {
		pairs &= g.of[i].len == 2;
		clocks &= g.of[i].clock;
		if (is_dated(&g, i - 1) || (g.of[i].before == '/' && (i > 1 || g.of[0].len < 3)))
			return false;
	}
	if (clocks)
		return false;
	if (g.n == 2)
		return g.digits >= 9 && g.of[1].len >= 5;
	if (g.of[g.n - 1].len < 3 && g.of[g.n - 1].before == '-')
		return false;
	if (g.n >= 3 && g.of[0].len == 3 && g.of[1].len == 2 && g.of[2].len == 4)
		return false;
	return pairs || g.of[0].len >= 3 || g.of[1].len >= 3;
}

/* Whether what stands behind a telephone number adds no digits to it, and its guard holds there; " ext 5" adds none. */
static bool ends_phone(const u8 *behind)
{
	u8 c = behind[0];

	if (c == ' ')
		return byte_is_letter(behind[1]);
	return !byte_is_letter(c) && c != '#' && (c < ',' || c > ':');
}

/* 06/31 is none at home: the two groups have nine digits at least. */
size_t brief_trunk(const u8 *text)
{
	unsigned int digits = sixteen_digits(sixteen_load(text));
	size_t first = (size_t)__builtin_ctz(~digits), second;

	if (text[0] != '0' || text[1] == '0' || first < 2 || first > 6 ||
	    (text[first] != '/' && text[first] != '-' && text[first] != ' '))
		return 0;
	second = (size_t)__builtin_ctz(~(digits >> (first + 1)));
	if (second < 2 || first + second > 8 || !ends_phone(text + first + 1 + second))
		return 0;
	return QUICK_REFUSED;
}
