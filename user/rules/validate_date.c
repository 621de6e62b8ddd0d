/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Dates that the calendar has: 2024-02-29 2/29/24 24-02-29 29.2.2024 20240229[1015[30]] 29 Feb 2024
 * "February 29th, 2024" "Feb 29" 2024-Feb-29. Of two small numbers either may be the month.
 *
 * Years of four digits are 1880 to 2099: others are more often numbers than dates.
 */
#include "bytes.h"
#include "validate.h"
#include <scrim/rules.h>
#include <scrim/sixteen.h>
#include <string.h>

#define YEAR_MIN 1880
#define YEAR_MAX 2099

/* A date taken apart. */
struct parts {
	unsigned int value[3];
	size_t digits[3]; /* of each number */
	size_t n;
	unsigned int month; /* by name, 0: none */
	bool year_short;    /* "'19" */
};

static bool is_year(unsigned int y)
{
	return y - YEAR_MIN <= YEAR_MAX - YEAR_MIN;
}

static bool leap(unsigned int y)
{
	return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
}

/* One branch, for the day that comes in leap years: dates come by the million. */
static inline bool on_calendar(unsigned int y, unsigned int m, unsigned int d)
{
	static const u8 days[16] = {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool on = is_year(y) & (m < 16) & (d - 1 < days[m & 15]);

	return d == 29 && m == 2 ? on && leap(y) : on;
}

static unsigned int month_by_name(const u8 *p)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	char low[3];

	for (size_t i = 0; i < sizeof(low); i++)
		low[i] = (char)(p[i] | 0x20);
	for (unsigned int m = 0; m < 12; m++)
		if (!memcmp(names + 3 * m, low, sizeof(low)))
			return m + 1;
	return 0;
}

static bool take_apart(const u8 *text, size_t len, struct parts *ret)
{
	struct parts p = {0};
	size_t i = 0;

	while (i < len) {
		if (byte_is_digit(text[i])) {
			if (p.n == array_size(p.value))
				return false;
			for (; i < len && byte_is_digit(text[i]); i++) {
				p.value[p.n] = p.value[p.n] * 10 + (text[i] - '0');
				p.digits[p.n]++;
			}
			p.n++;
			continue;
		}
		p.year_short |= text[i] == '\'';
		if (!p.month && byte_is_letter(text[i]) && len - i >= 3)
			p.month = month_by_name(text + i);
		i++;
	}
	*ret = p;
	return true;
}

static unsigned int year_of(unsigned int value, size_t digits)
{
	if (digits == 4)
		return value;
	return digits == 2 ? 2000 + value : 0;
}

/* Three numbers, the year in front or behind. */
static bool in_digits(const struct parts *p)
{
	unsigned int y = year_of(p->value[2], p->digits[2]);

	if (p->digits[0] == 4)
		return on_calendar(p->value[0], p->value[1], p->value[2]);
	return on_calendar(y, p->value[0], p->value[1]) ||
	       on_calendar(y, p->value[1], p->value[0]) ||
	       (p->digits[0] == 2 && p->digits[2] == 2 &&
		on_calendar(2000 + p->value[0], p->value[1], p->value[2]));
}

static bool named_month(const struct parts *p)
{
	if (p->n == 1 && p->digits[0] == 4) /* "May 2024" */
		return on_calendar(p->value[0], p->month, 1);
	if (p->n == 1 && p->year_short)
		return true;
	if (p->n == 3) /* "May 5-7, 2024"; "MAR 5/7/24" */
		return (on_calendar(p->value[2], p->month, p->value[0]) &&
			on_calendar(p->value[2], p->month, p->value[1])) ||
		       in_digits(p);
	if (p->n == 1)
		return on_calendar(2000, p->month, p->value[0]);
	if (p->n == 2 && p->digits[0] == 4) /* "2023-Oct-08" */
		return on_calendar(p->value[0], p->month, p->value[1]);
	return p->n == 2 && on_calendar(year_of(p->value[1], p->digits[1]), p->month, p->value[0]);
}

static unsigned int four_digits(const u8 *text)
{
	return 100 * two_digits(text) + two_digits(text + 2);
}

size_t quick_date(const u8 *text)
{
	const sixteen from = {'0', '0', '0', '0', '-', '0', '0', '-', '0', '0'};
	/* What '-', '.' and '/' are follows each other. */
	const sixteen span = {9, 9, 9, 9, 2, 9, 9, 2, 9, 9, 255, 255, 255, 255, 255, 255};
	const sixteen in = (sixteen)(sixteen_load(text) - from <= span);
	bool joined = byte_is_digit(text[10]) || decimal_goes_on(text + 10);
	unsigned int year = four_digits(text);

	if (sixteen_bits(in) != 0xffff || joined || text[4] != text[7] || text[4] == '.' ||
	    !is_year(year))
		return 0;
	return on_calendar(year, two_digits(text + 5), two_digits(text + 8)) ? 10 : QUICK_REFUSED;
}

/* 02/29/2024, with other separators; the month is one of the first two. */
static size_t year_last(const u8 *text, u8 separator)
{
	unsigned int year = four_digits(text + 6), a = two_digits(text), b = two_digits(text + 3);

	if ((sixteen_digits(sixteen_load(text)) & 0x7ff) != 0x3db || text[2] != separator ||
	    text[5] != separator || decimal_goes_on(text + 10) || !is_year(year))
		return 0;
	return on_calendar(year, a, b) || on_calendar(year, b, a) ? 10 : QUICK_REFUSED;
}

size_t brief_slashes(const u8 *text)
{
	return year_last(text, '/');
}

size_t brief_dots(const u8 *text)
{
	return year_last(text, '.');
}

/* 20240229, 202402291015, 20240229101530 */
size_t brief_packed(const u8 *text)
{
	unsigned int year = four_digits(text), month = two_digits(text + 4),
		     day = two_digits(text + 6);
	size_t n = (size_t)__builtin_ctz(~sixteen_digits(sixteen_load(text)));

	if ((n != 8 && n != 12 && n != 14) || decimal_goes_on(text + n) || !is_year(year) ||
	    month - 1 > 11 || day - 1 > 30)
		return 0;
	if (n > 8 && (two_digits(text + 8) > 23 || text[10] > '5' || (n > 12 && text[12] > '5')))
		return 0;
	return on_calendar(year, month, day) ? n : QUICK_REFUSED;
}

/* One or two digits, a space, a dash, a slash, a full stop or none; an ordinal or "of" is left to the automaton. */
bool never_month(const u8 *text)
{
	size_t i = 1 + byte_is_digit(text[1]);
	u8 c = text[i] | 0x20, d = text[i + 1] | 0x20;

	if (byte_is_digit(text[i]))
		return true;
	if ((c == 's' && d == 't') || (c == 'n' && d == 'd') || (c == 'r' && d == 'd') ||
	    (c == 't' && d == 'h'))
		return false;
	i += text[i] == '.' && text[i + 1] == ' ';
	i += text[i] == ' ' || text[i] == '-' || text[i] == '/' || text[i] == '.';
	if ((text[i] == ' ' || text[i] == 'o') || month_by_name(text + i))
		return false;
	return true;
}

/* The month's name, whole or short, and what may stand behind it. */
bool never_month_first(const u8 *text)
{
	static const u8 whole[] = {7, 8, 5, 5, 3, 4, 4, 6, 9, 7, 8, 8}; /* letters */
	unsigned int month = month_by_name(text);
	size_t n = 3;
	u8 c;

	if (!month)
		return true;
	while (n < 10 && byte_is_letter(text[n]))
		n++;
	c = text[n];
	if (n != 3 && n != whole[month - 1] && !(month == 9 && n == 4))
		return true;
	return c != ' ' && c != '-' && c != '.' && c != ',' && c != '/';
}

/* YYYYMMDD[HHMM[SS]] (HL7 v2 chapter 2A, DTM), as many digits as given. */
static bool packed(const u8 *text, size_t len)
{
	size_t n = 8;
	u64 values;

	if (len < n || !eight_digits(text, &values))
		return false;
	while (n < len && n < 14 && byte_is_digit(text[n]))
		n++;
	if (n != 8 && n != 12 && n != 14)
		return false;
	if (n > 8 && (two_digits(text + 8) > 23 || text[10] > '5'))
		return false;
	if (n > 12 && text[12] > '5')
		return false;
	return on_calendar(four_digits(text), two_digits(text + 4), two_digits(text + 6));
}

bool validate_date(const u8 *text, size_t len)
{
	struct parts p;

	if (packed(text, len))
		return true;
	if (!take_apart(text, len, &p))
		return false;
	if (p.month)
		return named_month(&p);
	return p.n == 3 && in_digits(&p);
}
