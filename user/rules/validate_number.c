/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers whose digits say whether they can be: check digits, ranges never issued. */
#include "bytes.h"
#include "validate.h"
#include <scrim/sixteen.h>

size_t text_digits(const u8 *text, size_t len, u8 *ret_digits, size_t cap)
{
	size_t i = 0, n;
	u64 values;

	/* Most begin with many. */
	for (; len - i >= 8 && cap - i >= 8 && eight_digits(text + i, &values); i += 8)
		memcpy(ret_digits + i, &values, sizeof(values));
	for (n = i; i < len; i++) {
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
	static const u8 twice[10] = {0, 2, 4, 6, 8, 1, 3, 5, 7, 9}; /* the sum of its digits */
	unsigned int sum = start;

	for (; n >= 2; n -= 2)
		sum += digits[n - 1] + twice[digits[n - 2]];
	if (n)
		sum += digits[0];
	return sum % 10 == 0;
}

bool validate_luhn(const u8 *text, size_t len)
{
	u8 digits[SCRIM_WINDOW];
	size_t n = text_digits(text, len, digits, sizeof(digits));

	return n > 1 && n <= sizeof(digits) && luhn_holds(digits, n, 0);
}

/* A number of n digits; of `from` to 19. */
#define OF(n)       (1U << (n))
#define OF_19(from) (OF(20) - OF(from))

/*
 * The ranges issued, by the number's first four digits (ISO/IEC 7812-2; the networks' own tables),
 * and the lengths they come in. Ids are as long as any of them: what no issuer gives out is none.
 */
static const struct {
	u16 from, to;
	u32 lengths;
} issuers[] = {
	{4000, 4999, OF(13) | OF(16) | OF(19)}, /* Visa */
	{5100, 5599, OF(16)},                   /* Mastercard */
	{2221, 2720, OF(16)},                   /* Mastercard */
	{3400, 3499, OF(15)},                   /* American Express */
	{3700, 3799, OF(15)},                   /* American Express */
	{6011, 6011, OF_19(16)},                /* Discover */
	{6440, 6599, OF_19(16)},                /* Discover */
	{6200, 6299, OF_19(16)},                /* UnionPay */
	{8100, 8199, OF_19(16)},                /* UnionPay */
	{3000, 3059, OF_19(14)},                /* Diners Club */
	{3095, 3095, OF_19(14)},                /* Diners Club */
	{3600, 3699, OF_19(14)},                /* Diners Club */
	{3800, 3999, OF_19(14)},                /* Diners Club */
	{3500, 3599, OF_19(16)},                /* JCB: 3528 to 3589; all of 35 in test data */
	{2131, 2131, OF(15)},                   /* JCB, the old range */
	{1800, 1800, OF(15)},                   /* JCB, the old range */
	{2200, 2204, OF_19(16)},                /* Mir */
	{5000, 5099, OF_19(12)},                /* Maestro */
	{5600, 5899, OF_19(12)},                /* Maestro */
	{6304, 6304, OF_19(12)},                /* Maestro */
	{6390, 6390, OF_19(12)},                /* Maestro */
	{6700, 6799, OF_19(12)},                /* Maestro */
	{6000, 6099, OF(16) | OF(19)},          /* RuPay, Hipercard */
	{6300, 6399, OF(16) | OF(19)},          /* Maestro, Elo, InstaPayment */
};

bool card_issued(const u8 *digits, size_t n)
{
	unsigned int head = number(digits, 0, 4);

	for (size_t i = 0; i < array_size(issuers); i++)
		if (head >= issuers[i].from && head <= issuers[i].to && issuers[i].lengths & OF(n))
			return true;
	return false;
}

bool validate_card(const u8 *text, size_t len)
{
	u8 digits[19];
	size_t n = text_digits(text, len, digits, sizeof(digits));

	return n >= 12 && n <= sizeof(digits) && luhn_holds(digits, n, 0) && card_issued(digits, n);
}

/* 45 CFR 162.406: Luhn over 80840 and the ten digits; 80840 adds 24. First digit 1 or 2. */
/* Each of a list. */
bool validate_npi(const u8 *text, size_t len)
{
	u8 digits[50];
	size_t n = text_digits(text, len, digits, sizeof(digits));

	if (!n || n % 10 || n > sizeof(digits))
		return false;
	for (const u8 *d = digits; d < digits + n; d += 10)
		if ((d[0] != 1 && d[0] != 2) || !luhn_holds(d, 10, 24))
			return false;
	return true;
}

/* 1234567893, and no list of them. */
size_t brief_npi(const u8 *text)
{
	u8 digits[10];
	u32 run = sixteen_digits(sixteen_load(text));

	if ((run & 0x7ff) != 0x3ff || (text[0] != '1' && text[0] != '2') ||
	    decimal_goes_on(text + 10))
		return 0;
	for (size_t i = 0; i < sizeof(digits); i++)
		digits[i] = text[i] - '0';
	return luhn_holds(digits, sizeof(digits), 24) ? 10 : QUICK_REFUSED;
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

/* Three digits at least: "BSD-3-Clause" is a license that no person holds. */
bool validate_license(const u8 *text, size_t len)
{
	u8 d[SCRIM_WINDOW];

	return text_digits(text, len, d, sizeof(d)) >= 3;
}
