/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Codes of letters and digits that carry a check: DEA, VIN, IBAN, and the numbers ITIN, ABA and
 * GTIN. What separates their groups is left out before they are looked at.
 */
#include "bytes.h"
#include "validate.h"
#include <scrim/sixteen.h>
#include <string.h>

#define CODE_MAX 40
#define IBAN_MIN 15 /* Norway */

/* Letters, in capitals, and digits of text; 0 if they are more than cap, or if there are none. */
static size_t code_of(const u8 *text, size_t len, u8 *ret_code, size_t cap)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		u8 c = byte_is_lower(text[i]) ? (u8)(text[i] - 'a' + 'A') : text[i];

		if (!byte_is_upper(c) && !byte_is_digit(c))
			continue;
		if (n == cap)
			return 0;
		ret_code[n++] = c;
	}
	return n;
}

/* Sum of n digits, each times its weight; the weights repeat after three. */
static unsigned int weigh(const u8 *digits, size_t n, const u8 weights[3])
{
	unsigned int sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += digits[i] * (unsigned int)weights[i % 3];
	return sum;
}

static bool itin_has_group(unsigned int group)
{
	return group >= 50 && group != 89 && group != 93 && (group < 66 || group > 69);
}

/* IRS Publication 1915: 9xx, digits four and five in 50-65, 70-88, 90-92, 94-99. */
bool validate_itin(const u8 *text, size_t len)
{
	u8 d[9];

	return text_digits(text, len, d, sizeof(d)) == sizeof(d) && d[0] == 9 &&
	       itin_has_group(d[3] * 10u + d[4]);
}

/* 912-70-1234 */
size_t brief_itin(const u8 *text)
{
	unsigned int group = two_digits(text + 4);

	if ((sixteen_digits(sixteen_load(text)) & 0xfff) != 0x7b7 || text[0] != '9' ||
	    text[3] != text[6] || (text[3] != '-' && text[3] != ' ') || decimal_goes_on(text + 11))
		return 0;
	return itin_has_group(group) ? 11 : QUICK_REFUSED;
}

/* DEA Diversion Control: (d1+d3+d5) + 2(d2+d4+d6) ends in d7; the second letter may be a 9. */
bool validate_dea(const u8 *text, size_t len)
{
	u8 code[9], d[7];
	int sum;

	if (code_of(text, len, code, sizeof(code)) != sizeof(code) || !byte_is_upper(code[0]) ||
	    (!byte_is_upper(code[1]) && code[1] != '9') ||
	    text_digits(code + 2, sizeof(d), d, sizeof(d)) != sizeof(d))
		return false;
	sum = d[0] + d[2] + d[4] + 2 * (d[1] + d[3] + d[5]);
	return sum % 10 == d[6];
}

/* What a letter of a VIN counts (49 CFR 565.15, table III); 0 for I, O and Q. */
static unsigned int vin_value(u8 c)
{
	static const u8 values[26] = {1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4,
				      5, 0, 7, 0, 9, 2, 3, 4, 5, 6, 7, 8, 9};

	return byte_is_digit(c) ? (unsigned int)(c - '0') : values[c - 'A'];
}

/* 49 CFR 565.15: the weighted sum modulo 11 stands in the ninth place, X for 10. */
bool validate_vin(const u8 *text, size_t len)
{
	static const u8 weights[17] = {8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};
	unsigned int sum = 0;
	u8 code[17];

	if (code_of(text, len, code, sizeof(code)) != sizeof(code))
		return false;
	for (size_t i = 0; i < sizeof(code); i++) {
		if (byte_is_upper(code[i]) && !vin_value(code[i]))
			return false;
		sum += vin_value(code[i]) * weights[i];
	}
	sum %= 11;
	return code[8] == (sum == 10 ? 'X' : (u8)('0' + sum));
}

/* How long the IBANs of a country are (SWIFT, IBAN registry); 0: it has none. */
static size_t iban_length(const u8 *country)
{
	static const char lengths[][5] = {
		"AD24", "AE23", "AL28", "AT20", "AZ28", "BA20", "BE16", "BG22", "BH22", "BI27",
		"BR29", "BY28", "CH21", "CR22", "CY28", "CZ24", "DE22", "DJ27", "DK18", "DO28",
		"EE20", "EG29", "ES24", "FI18", "FK18", "FO18", "FR27", "GB22", "GE22", "GI23",
		"GL18", "GR27", "GT28", "HN28", "HR21", "HU28", "IE22", "IL23", "IQ23", "IS26",
		"IT27", "JO30", "KW30", "KZ20", "LB28", "LC32", "LI21", "LT20", "LU20", "LV21",
		"LY25", "MC27", "MD24", "ME22", "MK19", "MN20", "MR27", "MT31", "MU30", "NI28",
		"NL18", "NO15", "OM23", "PK24", "PL28", "PS29", "PT25", "QA29", "RO24", "RS22",
		"RU33", "SA24", "SC31", "SD18", "SE24", "SI19", "SK24", "SM27", "SO23", "ST25",
		"SV28", "TL23", "TN24", "TR26", "UA29", "VA22", "VG24", "XK20", "YE30",
	};

	for (size_t i = 0; i < array_size(lengths); i++)
		if (!memcmp(lengths[i], country, 2))
			return (size_t)(lengths[i][2] - '0') * 10 + (size_t)(lengths[i][3] - '0');
	return 0;
}

/*
 * As long as its country's are, or, in capitals, longer or shorter by one: programs make such. With small letters that
 * would be ids in hexadecimal, and a word behind them.
 */
static bool iban_length_fits(const u8 *text, size_t len, const u8 *code, size_t n)
{
	size_t length = iban_length(code);

	if (n == length)
		return true;
	if (!length || n < length - 1 || n > length + 1 || !byte_is_digit(code[n - 1]))
		return false;
	for (size_t i = 0; i < len; i++)
		if (byte_is_lower(text[i]))
			return false;
	return true;
}

/* ISO 13616-1: the first four go to the end, letters count 10 to 35, modulo 97 it is 1. */
bool validate_iban(const u8 *text, size_t len)
{
	unsigned int rest = 0;
	u8 code[CODE_MAX];
	size_t n = code_of(text, len, code, sizeof(code));

	if (n < IBAN_MIN || !iban_length_fits(text, len, code, n))
		return false;
	for (size_t i = 0; i < n; i++) {
		u8 c = code[(i + 4) % n];

		rest = byte_is_digit(c) ? rest * 10 + (c - '0') : rest * 100 + 10u + (c - 'A');
		rest %= 97;
	}
	return rest == 1;
}

/* ABA Routing Number Policy: weights 3-7-1 modulo 10; the first two digits are of a district. */
bool validate_aba(const u8 *text, size_t len)
{
	static const u8 weights[3] = {3, 7, 1};
	unsigned int district;
	u8 d[9];

	if (text_digits(text, len, d, sizeof(d)) != sizeof(d))
		return false;
	district = d[0] * 10u + d[1];
	return district &&
	       (district <= 12 || (district >= 21 && district <= 32) ||
		(district >= 61 && district <= 72) || district == 80) &&
	       weigh(d, sizeof(d), weights) % 10 == 0;
}

/* GS1 General Specifications 7.9.1: of "(01)" and 14 digits, these, weights 3-1 modulo 10. */
bool validate_gtin(const u8 *text, size_t len)
{
	u8 d[16];
	unsigned int sum = 0;

	if (len < 18 || text_digits(text, 18, d, sizeof(d)) != sizeof(d))
		return false;
	for (size_t i = 2; i < sizeof(d); i++)
		sum += d[i] * (i % 2 ? 1u : 3u);
	return sum % 10 == 0;
}
