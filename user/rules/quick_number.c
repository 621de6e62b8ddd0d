/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers that many digits look like, told from them sixteen bytes at a time: most are refused, and to find that out is
 * what text that is full of numbers costs.
 */
#include "bytes.h"
#include "validate.h"
#include <scrim/rules.h>
#include <scrim/sixteen.h>

/* 123-45-6789 */
size_t quick_ssn(const u8 *text)
{
	const sixteen v = sixteen_load(text), d = v - '0';
	unsigned int area = 100u * d[0] + 10u * d[1] + d[2], group = d[4] | d[5];
	unsigned int serial = d[7] | d[8] | d[9] | d[10];

	if ((sixteen_digits(v) & 0xfff) != 0x7b7 || text[3] != text[6] ||
	    decimal_goes_on(text + 11) || (text[3] != '-' && text[3] != ' ' && text[3] != '.'))
		return 0;
	return area && area != 666 && area < 900 && group && serial ? 11 : QUICK_REFUSED;
}

/* The sum of eight bytes, at most 255. */
static unsigned int sum_of(u64 bytes)
{
	return (unsigned int)(bytes * 0x0101010101010101 >> 56);
}

/* luhn_holds() of n digits, 0 to 9, zeros behind them. */
static bool luhn_of(sixteen digits, size_t n)
{
	const sixteen odd = {0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255};
	sixteen twice = digits + digits, sums;
	u64 halves[2];

	twice -= (sixteen)(twice > 9) & 9;
	sums = n % 2 ? (odd & twice) | (~odd & digits) : (odd & digits) | (~odd & twice);
	memcpy(halves, &sums, sizeof(halves));
	return (sum_of(halves[0]) + sum_of(halves[1])) % 10 == 0;
}

static size_t card_or_refused(sixteen digits, size_t n, size_t len)
{
	u8 values[16];

	if (!luhn_of(digits, n))
		return QUICK_REFUSED;
	sixteen_store(values, digits);
	return card_issued(values, n) ? len : QUICK_REFUSED;
}

static bool begins_card(u8 c)
{
	return (c >= '1' && c <= '6') || c == '8';
}

/* 4111111111111111, of up to 16 digits. */
size_t quick_card(const u8 *text)
{
	const sixteen index = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
	const sixteen v = sixteen_load(text);
	size_t n = (size_t)__builtin_ctz(~sixteen_digits(v));

	if (n < 12 || (n == 16 && byte_is_digit(text[16])) || decimal_goes_on(text + n) ||
	    !begins_card(text[0]))
		return 0;
	return card_or_refused((v - '0') & (sixteen)(index < (u8)n), n, n);
}

/* 4111-1111-1111-1111 */
size_t quick_card_groups(const u8 *text)
{
	const unsigned int fours = 0xf | 0xf << 5 | 0xf << 10 | 0xf << 15;
	unsigned int digits =
		sixteen_digits(sixteen_load(text)) | sixteen_digits(sixteen_load(text + 8)) << 8;
	u8 c = text[4], next = text[19], number[16];

	if ((digits & 0xfffff) != fours || text[9] != c || text[14] != c || !begins_card(text[0]) ||
	    (c != '-' && c != ' ' && c != '.'))
		return 0;
	/* It may be longer, or part of another number. */
	if (byte_is_digit(text[20]) && (next == ' ' || (next >= '-' && next <= ':')))
		return 0;
	for (size_t i = 0; i < 4; i++)
		memcpy(number + 4 * i, text + 5 * i, 4);
	return card_or_refused(sixteen_load(number) - '0', 16, 19);
}
