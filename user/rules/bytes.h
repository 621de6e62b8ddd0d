/* SPDX-License-Identifier: BSD-2-Clause */
/* Kinds of bytes, whatever the locale. A byte of a UTF-8 character counts as a letter. */
#ifndef RULES_BYTES_H
#define RULES_BYTES_H

#include <scrim/base.h>

static inline bool byte_is_digit(u8 c)
{
	return c >= '0' && c <= '9';
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

#endif
