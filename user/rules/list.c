/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values behind one label (VALUES in builtin.h): whether they are alike, and that there is no second one.
 *
 *      MRN: 4711882, 4711883 of      MRN: 4711882, 2024       MRN: 4711882 of
 *           ddddddd  ddddddd              ddddddd  dddd                   ▲ no separator
 */
#include "bytes.h"
#include "validate.h"
#include <scrim/rules.h>
#include <string.h>

/* What has digits in text[from, len), with the letters, digits and dashes around them; none: NULL. */
static const u8 *item_at(const u8 *text, size_t from, size_t len, size_t *ret_len)
{
	for (size_t end = from; from < len; from = end + 1) {
		bool digits = false;

		for (end = from; end < len && (byte_is_word(text[end]) || text[end] == '-'); end++)
			digits |= byte_is_digit(text[end]);
		*ret_len = end - from;
		if (digits)
			return text + from;
	}
	return NULL;
}

/* Digits, letters and dashes are where the first has them. What is of another shape is another number. */
bool validate_list(const u8 *text, size_t len)
{
	size_t first_len, item_len;
	const u8 *first = item_at(text, 0, len, &first_len), *item = first;

	item_len = first_len;
	while (item && (item = item_at(text, (size_t)(item - text) + item_len, len, &item_len))) {
		if (item_len != first_len)
			return false;
		for (size_t i = 0; i < first_len; i++)
			if (byte_is_digit(item[i]) != byte_is_digit(first[i]) ||
			    byte_is_letter(item[i]) != byte_is_letter(first[i]))
				return false;
	}
	return first;
}

static bool goes_on(u8 c)
{
	return byte_is_word(c) || c == '-';
}

/* Most often a value is alone. */
bool never_list(const u8 *text)
{
	size_t n = 0;

	while (n < QUICK_READ && goes_on(text[n]))
		n++;
	while (n < QUICK_READ && text[n] && strchr("\\\"',; /&", text[n]))
		n++;
	if (n + 3 > QUICK_READ || !memcmp(text + n, "and", 3) || !memcmp(text + n, "or ", 3))
		return false;
	return !goes_on(text[n]) || byte_is_digit(text[n]) != byte_is_digit(text[0]);
}
