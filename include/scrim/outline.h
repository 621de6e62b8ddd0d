/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A text's outline: the text with blanks for what changes from one line of a log to the next. What is said
 * of an outline is said of every text that it may be of.
 *
 *     12:11:12 job f626bc41 of ward 3
 *     00:00:00 job 11111111 of ward 0
 */
#ifndef SCRIM_OUTLINE_H
#define SCRIM_OUTLINE_H

#include <scrim/base.h>

#define ANY_DIGIT '0' /* an outline has no other digits than these two */
#define ANY_HEX   '1' /* 0-9, a-f, A-F */

/* The bytes that byte c of an outline stands for, at most 22, in ret_bytes; returns how many. */
static inline size_t outline_bytes(u8 c, u8 ret_bytes[22])
{
	static const char hex[] = "0123456789abcdefABCDEF";
	size_t n = c == ANY_DIGIT ? 10 : c == ANY_HEX ? 22 : 1;

	for (size_t i = 0; i < n; i++)
		ret_bytes[i] = n == 1 ? c : (u8)hex[i];
	return n;
}

/* Whether byte c of an outline may stand for `byte`. */
static inline bool outline_may_be(u8 c, u8 byte)
{
	bool digit = (u8)(byte - '0') < 10;

	if (c == ANY_DIGIT)
		return digit;
	if (c == ANY_HEX)
		return digit || (u8)((byte | 0x20) - 'a') < 6;
	return c == byte;
}

#endif
