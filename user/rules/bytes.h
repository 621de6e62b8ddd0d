/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kinds of bytes, whatever the locale. A byte of a UTF-8 character counts as a letter, unless the
 * character is a space or punctuation: utf8_gap_before(), utf8_gap_begins().
 */
#ifndef RULES_BYTES_H
#define RULES_BYTES_H

#include <scrim/base.h>
#include <string.h>

static inline bool byte_is_digit(u8 c)
{
	return c >= '0' && c <= '9';
}

/* Two digits as a number. */
static inline unsigned int two_digits(const u8 *p)
{
	return 10u * p[0] + p[1] - 11u * '0';
}

/* As GUARD_DECIMAL has it, of what stands behind a number that has no more digits. */
static inline bool decimal_goes_on(const u8 *p)
{
	return p[0] == '.' && byte_is_digit(p[1]);
}

/* Whether all eight bytes at p are digits; *ret_values are then the bytes 0 to 9 that they stand for. */
static inline bool eight_digits(const u8 *p, u64 *ret_values)
{
	const u64 each = 0x0101010101010101;
	u64 v, over;

	memcpy(&v, p, sizeof(v));
	v ^= '0' * each;
	over = v | (v + (0x80 - 10) * each); /* the top bit of each that is over 9 */
	*ret_values = v;
	return !(over & 0x80 * each);
}

static inline bool byte_is_upper(u8 c)
{
	return c >= 'A' && c <= 'Z';
}

static inline bool byte_is_lower(u8 c)
{
	return c >= 'a' && c <= 'z';
}

static inline bool byte_is_letter(u8 c)
{
	return byte_is_upper(c) || byte_is_lower(c) || c >= 0x80;
}

static inline u8 byte_lower(u8 c)
{
	return byte_is_upper(c) ? c | 0x20 : c;
}

static inline bool byte_is_word(u8 c)
{
	return byte_is_letter(c) || byte_is_digit(c) || c == '_';
}

/*
 * How long the UTF-8 character is that ends before text[end], if it parts words as a space or a dash
 * does; 0 if it is another, or none. `from` is the first byte that can be seen. The characters:
 *
 *   c2 a0 .. c2 bf      no-break space, soft hyphen, quotes; not the letters aa, b5, ba
 *   e2 80 80 .. e2 81 bf   spaces, dashes, quotes, zero-width characters (U+2000 to U+207F)
 *   e2 88 92            minus
 *   e3 80 80            ideographic space
 *   ef bb bf            zero-width no-break space: the mark at a text's begin
 */
static inline size_t utf8_gap_before(const u8 *text, size_t from, size_t end)
{
	u8 last, middle;

	if (end - from < 2)
		return 0;
	last = text[end - 1];
	middle = text[end - 2];
	if (last < 0x80 || last > 0xbf)
		return 0;
	if (middle == 0xc2)
		return last >= 0xa0 && last != 0xaa && last != 0xb5 && last != 0xba ? 2 : 0;
	if (end - from < 3)
		return 0;
	switch (text[end - 3]) {
	case 0xe2:
		return middle == 0x80 || middle == 0x81 || (middle == 0x88 && last == 0x92) ? 3 : 0;
	case 0xe3:
		return middle == 0x80 && last == 0x80 ? 3 : 0;
	case 0xef:
		return middle == 0xbb && last == 0xbf ? 3 : 0;
	}
	return 0;
}

/*
 * Whether the UTF-8 character that begins with c parts words. One byte has to tell: nearly all of
 * U+0080 to U+00BF and of U+2000 to U+2FFF do.
 */
static inline bool utf8_gap_begins(u8 c)
{
	return c == 0xc2 || c == 0xe2;
}

/* Whether the byte behind a letter goes on with its word. */
static inline bool byte_joins_letter(u8 c)
{
	return byte_is_letter(c) && !utf8_gap_begins(c);
}

#endif
