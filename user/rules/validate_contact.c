/* SPDX-License-Identifier: BSD-2-Clause */
/* IPv4 addresses and email addresses. */
#include "bytes.h"
#include "validate.h"
#include <scrim/rules.h>
#include <scrim/sixteen.h>
#include <string.h>

/* A bit for each byte of v that is over c, none being so that is over 0x7f; or c itself. */
static unsigned int over(sixteen v, signed char c)
{
	return sixteen_bits((sixteen)((sixteen_signed)v > c));
}

static unsigned int equal(sixteen v, u8 c)
{
	return sixteen_bits((sixteen)(v == c));
}

/* Three digits from each of which on there are 256 or more, as bits. */
static unsigned int over_255(sixteen v, unsigned int digits)
{
	unsigned int three = digits & digits >> 1 & digits >> 2;
	unsigned int third = over(v, '5') >> 2;
	unsigned int second = (over(v, '5') | (equal(v, '5') & third << 1)) >> 1;

	return three & (over(v, '2') | (equal(v, '2') & second));
}

/* All bytes at once, without a branch: no two addresses are cut alike. */
size_t quick_ipv4(const u8 *text)
{
	const sixteen v = sixteen_load(text);
	unsigned int dots = equal(v, '.'), digits = over(v, '0' - 1) & ~over(v, '9');
	unsigned int second = ~digits & (~digits - 1), third = second & (second - 1);
	unsigned int fourth = third & (third - 1);   /* the non-digits from the fourth on */
	unsigned int last = fourth & -fourth, wrong; /* that is where the address ends */
	unsigned int between = (~digits ^ fourth), end = (unsigned int)__builtin_ctz(fourth);

	wrong = between & ~dots;
	wrong |= (between | last) & ((between | last) << 1 | 1); /* an octet without a digit */
	wrong |= digits & digits >> 1 & digits >> 2 & digits >> 3 & (last - 1);
	wrong |= last & dots & (unsigned int)-byte_is_digit(text[end % 16 + 1]);
	if (wrong)
		return 0;
	return over_255(v, digits) & (last - 1) ? QUICK_REFUSED : end; /* at most 15 */
}

/*
 * Four octets of one to three digits, none over 255; a bit for each byte of them.
 */
bool validate_ipv4(const u8 *text, size_t len)
{
	unsigned int dots, digits, all = (1U << len % 16) - 1, wrong;
	u8 copy[16] = {0};
	sixteen v;

	if (len < 7 || len > 15)
		return false;
	memcpy(copy, text, 7);
	memcpy(copy + len - 7, text + len - 7, 7);
	if (len == 15)
		copy[7] = text[7];
	v = sixteen_load(copy);
	dots = equal(v, '.');
	digits = over(v, '0' - 1) & ~over(v, '9');
	wrong = (dots | digits) ^ all;
	wrong |= dots & (dots << 1 | 1 | 1U << (len - 1));
	wrong |= digits & digits >> 1 & digits >> 2 & digits >> 3;
	wrong |= over_255(v, digits);
	dots &= dots - 1;
	dots &= dots - 1;
	return !wrong && dots && !(dots & (dots - 1));
}

/* RFC 5321 4.5.3.1 allows 64; addresses that bounces go to have more, with another address in them. */
#define LOCAL_MOST 128
/* So much of a domain need not show its end: what its pattern does not reach (detect_contacts.c). */
#define DOMAIN_ENOUGH 190

/*
 * Labels of 1 to 63 bytes without a dash at an end, two of them at least; the last is of letters (or
 * an A-label, RFC 5890).
 */
bool validate_email(const u8 *text, size_t len)
{
	size_t at = 0, label, labels = 0, letters = 0;
	bool puny = false;

	while (at < len && text[at] != '@')
		at++;
	if (!at || at > LOCAL_MOST || at == len)
		return false;
	label = at + 1;
	for (size_t i = at + 1; i <= len; i++) {
		if (i < len && text[i] != '.') {
			letters += byte_is_letter(text[i]);
			continue;
		}
		if (i == len && i - at > DOMAIN_ENOUGH && i - label < 64 && labels)
			return true;
		if (i == label || i - label > 63 || text[label] == '-' || text[i - 1] == '-')
			return false;
		labels++;
		puny = i - label > 4 && text[label + 2] == '-' && text[label + 3] == '-';
		if (i == len)
			break;
		label = i + 1;
		letters = 0;
	}
	return labels > 1 && (puny || (letters == len - label && letters > 1));
}
