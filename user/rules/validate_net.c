/* SPDX-License-Identifier: BSD-2-Clause */
/* Names and addresses of networks. */
#include "bytes.h"
#include "validate.h"
#include <emmintrin.h>
#include <string.h>

/* A bit for each byte of v that is over c, or c itself. */
static unsigned int over(__m128i v, char c)
{
	return (unsigned int)_mm_movemask_epi8(_mm_cmpgt_epi8(v, _mm_set1_epi8(c)));
}

static unsigned int equal(__m128i v, char c)
{
	return (unsigned int)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(c)));
}

/*
 * Four octets of one to three digits, none over 255. Addresses are common, and no two are cut
 * alike: so all bytes are looked at together, a bit for each.
 */
bool validate_ipv4(const u8 *text, size_t len)
{
	unsigned int dots, digits, all = (1U << len % 16) - 1, three, wrong, second, third;
	u8 copy[16] = {0};
	__m128i v;

	if (len < 7 || len > 15)
		return false;
	memcpy(copy, text, 7);
	memcpy(copy + len - 7, text + len - 7, 7);
	if (len == 15)
		copy[7] = text[7];
	v = _mm_loadu_si128((const __m128i *)copy);
	dots = equal(v, '.');
	digits = over(v, '0' - 1) & ~over(v, '9');
	three = digits & digits >> 1 & digits >> 2;
	third = over(v, '5') >> 2;
	second = (over(v, '5') | (equal(v, '5') & third << 1)) >> 1;
	wrong = (dots | digits) ^ all;
	wrong |= dots & (dots << 1 | 1 | 1U << (len - 1));
	wrong |= three & digits >> 3;
	wrong |= three & (over(v, '2') | (equal(v, '2') & second));
	dots &= dots - 1;
	dots &= dots - 1;
	return !wrong && dots && !(dots & (dots - 1));
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
