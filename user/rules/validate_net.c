/* SPDX-License-Identifier: BSD-2-Clause */
/* Names and addresses of networks. */
#include "bytes.h"
#include "validate.h"

/* Four octets of one to three digits, none over 255. Without branches: addresses are common. */
bool validate_ipv4(const u8 *text, size_t len)
{
	unsigned int octet = 0, digits = 0, dots = 0, wrong = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned int dot = text[i] == '.', digit = byte_is_digit(text[i]);

		wrong |= (dot | digit) ^ 1;
		wrong |= dot & (digits == 0);
		dots += dot;
		octet = (octet * 10 + (text[i] - '0')) * digit;
		digits = (digits + 1) * digit;
		wrong |= (unsigned int)(octet > 255) | (digits > 3);
	}
	return (dots == 3) & (digits > 0) & !wrong;
}

/*
 * RFC 5321 4.5.3.1: local part to 64 bytes, labels of 1 to 63 without a dash at an end, two
 * of them at least; the last is of letters (or an A-label, RFC 5890).
 */
bool validate_email(const u8 *text, size_t len)
{
	size_t at = 0, label, labels = 0, letters = 0;
	bool puny = false;

	while (at < len && text[at] != '@')
		at++;
	if (!at || at > 64 || at == len)
		return false;
	label = at + 1;
	for (size_t i = at + 1; i <= len; i++) {
		if (i < len && text[i] != '.') {
			letters += byte_is_letter(text[i]);
			continue;
		}
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
