/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Character sets with characters of several bytes, of which some are those of separators:
 *
 *     ESC $ B F| ESC ( B      one character of JIS X 0208, and a field's end for who sees bytes
 *
 * Big5, GB 18030 and Shift-JIS have such second bytes, too, and say so in MSH-18 only. UTF-8 has none,
 * EUC and the sets of one byte have none.
 *
 * Sources: ISO/IEC 2022 (ECMA-35) clauses 13.2 and 14; HL7 v2.8.2 section 2.14.9.18, tables 0211 and
 * 0356. A printer's escapes (PCL) have a digit or a small letter where 2022 has a capital.
 */
#include "hl7.h"
#include <string.h>

#define ESC 0x1b

enum { NO_ESCAPE, BEHIND_ESC, BEHIND_INTERMEDIATE };

bool hl7_designates(u8 *state, u8 c)
{
	u8 was = *state;

	*state = c == ESC ? BEHIND_ESC : NO_ESCAPE;
	if (was == BEHIND_INTERMEDIATE)
		return c >= '@' && c <= 'Z';
	if (was == BEHIND_ESC && c && memchr("%()*+-./", c, 8))
		*state = BEHIND_INTERMEDIATE;
	return was == BEHIND_ESC && c == '$';
}

bool hl7_hides_separators(const u8 *name)
{
	static const char sets[][3] = {"BI", "CN", "GB", "SH", "SJ"};

	for (size_t i = 0; i < array_size(sets); i++)
		if (!memcmp(name, sets[i], 2))
			return true;
	return false;
}
