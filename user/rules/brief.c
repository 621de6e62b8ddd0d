/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Forms that many numbers look like and few are, told by what stands where, without an automaton (form_def.brief):
 *
 *      02/30/2023      11.31.2027      20250231      202409311630      907-42-9284      06/31
 */
#include "bytes.h"
#include "validate.h"
#include <scrim/rules.h>
#include <scrim/sixteen.h>

/* A bit for each digit of the first sixteen bytes. */
static unsigned int digits_at(const u8 *text)
{
	return sixteen_bits((sixteen)(sixteen_load(text) - '0' <= 9));
}

/* As GUARD_DECIMAL has it behind a number whose last digit has no other behind it. */
static bool goes_on(const u8 *text)
{
	return text[0] == '.' && byte_is_digit(text[1]);
}

/* Two digits as a number. */
static unsigned int pair(const u8 *text)
{
	return 10u * text[0] + text[1] - 11u * '0';
}

static unsigned int four(const u8 *text)
{
	return 100 * pair(text) + pair(text + 2);
}

/* 02/29/2024, with other separators; the month is one of the first two. */
static size_t year_last(const u8 *text, u8 separator)
{
	unsigned int year = four(text + 6), a = pair(text), b = pair(text + 3);

	if ((digits_at(text) & 0x7ff) != 0x3db || text[2] != separator || text[5] != separator ||
	    goes_on(text + 10) || !date_has_year(year))
		return 0;
	return date_on_calendar(year, a, b) || date_on_calendar(year, b, a) ? 10 : QUICK_REFUSED;
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
	unsigned int year = four(text), month = pair(text + 4), day = pair(text + 6);
	size_t n = (size_t)__builtin_ctz(~digits_at(text));

	if ((n != 8 && n != 12 && n != 14) || goes_on(text + n) || !date_has_year(year) ||
	    month - 1 > 11 || day - 1 > 30)
		return 0;
	if (n > 8 && (pair(text + 8) > 23 || text[10] > '5' || (n > 12 && text[12] > '5')))
		return 0;
	return date_on_calendar(year, month, day) ? n : QUICK_REFUSED;
}

/* 912-70-1234 */
size_t brief_itin(const u8 *text)
{
	unsigned int group = pair(text + 4);

	if ((digits_at(text) & 0xfff) != 0x7b7 || text[0] != '9' || text[3] != text[6] ||
	    (text[3] != '-' && text[3] != ' ') || goes_on(text + 11))
		return 0;
	return itin_has_group(group) ? 11 : QUICK_REFUSED;
}

/* Whether nothing that may stand behind a telephone number begins with c, and no guard looks further. */
static bool ends_phone(u8 c)
{
	return !byte_is_letter(c) && c != ' ' && c != '#' && (c < ',' || c > ':');
}

/* 06/31 is none at home: the two groups have nine digits at least. */
size_t brief_trunk(const u8 *text)
{
	unsigned int digits = digits_at(text);
	size_t first = (size_t)__builtin_ctz(~digits), second;

	if (text[0] != '0' || text[1] == '0' || first < 2 || first > 6 ||
	    (text[first] != '/' && text[first] != '-' && text[first] != ' '))
		return 0;
	second = (size_t)__builtin_ctz(~(digits >> (first + 1)));
	if (second < 2 || first + second > 8 || !ends_phone(text[first + 1 + second]))
		return 0;
	return QUICK_REFUSED;
}
