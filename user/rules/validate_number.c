/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers whose digits say whether they can be: check digits, ranges never issued. */
#include "bytes.h"
#include "validate.h"

size_t text_digits(const u8 *text, size_t len, u8 *ret_digits, size_t cap)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (!byte_is_digit(text[i]))
			continue;
		if (n < cap)
			ret_digits[n] = (u8)(text[i] - '0');
		n++;
	}
	return n;
}

static unsigned int number(const u8 *digits, size_t from, size_t n)
{
	unsigned int value = 0;

	for (size_t i = from; i < from + n; i++)
		value = value * 10 + digits[i];
	return value;
}

bool luhn_holds(const u8 *digits, size_t n, unsigned int start)
{
	unsigned int sum = start, d;

	for (size_t i = 0; i < n; i++) {
		d = digits[n - 1 - i];
		if (i % 2)
			d = d * 2 > 9 ? d * 2 - 9 : d * 2;
		sum += d;
	}
	return sum % 10 == 0;
}

bool validate_luhn(const u8 *text, size_t len)
{
	u8 digits[SCRIM_WINDOW];
	size_t n = text_digits(text, len, digits, sizeof(digits));

	return n > 1 && n <= sizeof(digits) && luhn_holds(digits, n, 0);
}

/*
 * The ranges issued, by the number's first digits (ISO/IEC 7812-2; the networks' own tables),
 * and the lengths they come in.
 */
static const struct {
	u8 prefix; /* how many digits are compared */
	u8 min, max;
	unsigned int from, to;
} issuers[] = {
	{1, 13, 19, 4, 4},       /* Visa */
	{2, 16, 16, 51, 55},     /* Mastercard */
	{4, 16, 16, 2221, 2720}, /* Mastercard */
	{2, 15, 15, 34, 34},     /* American Express */
	{2, 15, 15, 37, 37},     /* American Express */
	{4, 16, 19, 6011, 6011}, /* Discover */
	{3, 16, 19, 644, 659},   /* Discover */
	{2, 16, 19, 62, 62},     /* UnionPay */
	{2, 16, 19, 81, 81},     /* UnionPay */
	{3, 14, 19, 300, 305},   /* Diners Club */
	{4, 14, 19, 3095, 3095}, /* Diners Club */
	{2, 14, 19, 36, 36},     /* Diners Club */
	{2, 14, 19, 38, 39},     /* Diners Club */
	{2, 16, 19, 35, 35},     /* JCB: 3528 to 3589; all of 35 in test data */
	{4, 15, 15, 2131, 2131}, /* JCB, the old range */
	{4, 15, 15, 1800, 1800}, /* JCB, the old range */
	{4, 16, 19, 2200, 2204}, /* Mir */
	{2, 12, 19, 50, 50},     /* Maestro */
	{2, 12, 19, 56, 58},     /* Maestro */
	{2, 12, 19, 60, 61},     /* Maestro */
	{2, 12, 19, 63, 69},     /* Maestro */
};

static bool issued(const u8 *digits, size_t n)
{
	for (size_t i = 0; i < array_size(issuers); i++) {
		unsigned int head = number(digits, 0, issuers[i].prefix);

		if (head >= issuers[i].from && head <= issuers[i].to && n >= issuers[i].min &&
		    n <= issuers[i].max)
			return true;
	}
	return false;
}

bool validate_card(const u8 *text, size_t len)
{
	u8 digits[19];
	size_t n = text_digits(text, len, digits, sizeof(digits));

	return n >= 12 && n <= sizeof(digits) && issued(digits, n) && luhn_holds(digits, n, 0);
}

/* 45 CFR 162.406: Luhn over 80840 and the ten digits; 80840 adds 24. First digit 1 or 2. */
bool validate_npi(const u8 *text, size_t len)
{
	u8 digits[10];
	size_t n = text_digits(text, len, digits, sizeof(digits));

	return n == 10 && (digits[0] == 1 || digits[0] == 2) && luhn_holds(digits, n, 24);
}

/* Never given out (SSA, "Employer filing instructions"): area 000, 666, 900-999; group 00; serial 0000. */
bool validate_ssn(const u8 *text, size_t len)
{
	u8 d[9];
	unsigned int area;

	if (text_digits(text, len, d, sizeof(d)) != 9)
		return false;
	area = number(d, 0, 3);
	return area != 0 && area != 666 && area < 900 && number(d, 3, 2) && number(d, 5, 4);
}

/* Five digits or nine; nothing is below 00501 (Holtsville). */
bool validate_zip(const u8 *text, size_t len)
{
	u8 d[9];
	size_t n = text_digits(text, len, d, sizeof(d));

	return (n == 5 || n == 9) && number(d, 0, 5) >= 501;
}
