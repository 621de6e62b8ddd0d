/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Guards: what must not touch a match. A text's begin and end, and a newline, always may; and for a
 * word's guard so may a space, dash or quote of Unicode, though its bytes are over 0x7f.
 */
#include "bytes.h"
#include "pattern.h"
#include <errno.h>

#define GROUP_SEEN 24 /* bytes */

/* Whether c goes on with a number if a digit stands on its other side. */
static bool joins(enum guard g, u8 c)
{
	bool number = g == GUARD_NUMBER || g == GUARD_TOKEN || g == GUARD_SLASH;
	bool group = g == GUARD_GROUP;

	return (c == '.' && (g == GUARD_DECIMAL || number || group)) ||
	       (c == '-' && (number || group)) || (c == '/' && (group || g == GUARD_SLASH)) ||
	       (c == ':' && group);
}

/*
 * Whether what ends before text[e] is a group behind another: a digit or a bracket, a space, then digits,
 * which '.', '-', '/' and ':' may divide. Looks GROUP_SEEN bytes back, so that all that is there to look
 * back at says the same.
 */
static bool ends_in_group(const u8 *text, size_t e)
{
	size_t least = e > GROUP_SEEN ? e - GROUP_SEEN : 0, at = e;

	while (at > least &&
	       (byte_is_digit(text[at - 1]) || (text[at - 1] >= '-' && text[at - 1] <= ':')))
		at--;
	return at < e && at > least + 1 && text[at - 1] == ' ' &&
	       (byte_is_digit(text[at - 2]) || text[at - 2] == ')');
}

u32 guard_holds(enum guard after)
{
	return joins(after, '.');
}

static bool touches(enum guard g, u8 c)
{
	if (g == GUARD_NONE)
		return false;
	return g == GUARD_WORD || g == GUARD_TOKEN || g == GUARD_SLASH ? byte_is_word(c)
								       : byte_is_digit(c);
}

bool form_guard_before(const struct form *f, const u8 *text, size_t p)
{
	if (!p)
		return true;
	if (touches(f->before, text[p - 1]))
		return text[p - 1] >= 0x80 && utf8_gap_before(text, 0, p);
	return p < 2 || f->before == GUARD_GROUP || !joins(f->before, text[p - 1]) ||
	       !byte_is_digit(text[p - 2]);
}

int form_guard_after(const struct form *f, const u8 *text, size_t e, size_t len, bool ends)
{
	/* Who masks has to know whether a value goes on behind its pattern. */
	if (f->after == GUARD_NONE)
		return f->tail && e == len && !ends ? -EAGAIN : 1;
	if (e == len)
		return ends ? 1 : -EAGAIN;
	if (touches(f->after, text[e]))
		return utf8_gap_begins(text[e]);
	if (!joins(f->after, text[e]))
		return 1;
	if (e + 1 == len)
		return ends ? 1 : -EAGAIN;
	return !byte_is_digit(text[e + 1]) || (f->after == GUARD_GROUP && !ends_in_group(text, e));
}
