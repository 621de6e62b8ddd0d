/* SPDX-License-Identifier: BSD-2-Clause */
/* Names and addresses of networks. */
#include "bytes.h"
#include "validate.h"

/*
 * Four octets of one to three digits, none over 255. Addresses are common, and no two are cut
 * alike: so without branches, and with nothing that a step has to wait for.
 */
bool validate_ipv4(const u8 *text, size_t len)
{
	unsigned int dots = 0, wrong = 0, last = 0; /* last: the three bytes before, as one number */
	unsigned int digits = 0;                    /* bit k: the byte k + 1 before is one */

	for (size_t i = 0; i < len; i++) {
		unsigned int dot = text[i] == '.', digit = byte_is_digit(text[i]);

		last = (last << 8 | text[i]) & 0xffffff;
		wrong |= (dot | digit) ^ 1;
		wrong |= dot & ~digits & 1;
		wrong |= digit & ((digits & 7) == 7);
		wrong |= digit & ((digits & 3) == 3) & (last > 0x323535);
		digits = digits << 1 | digit;
		dots += dot;
	}
	return (dots == 3) & (digits & 1) & !wrong;
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
