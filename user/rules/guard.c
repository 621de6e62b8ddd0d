/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Guards: what must not touch a match. A text's begin and end, and a newline, always may; and for a
 * word's guard so may a space, dash or quote of Unicode, though its bytes are over 0x7f.
 */
#include "bytes.h"
#include <errno.h>
#include <scrim/rules.h>

/* Whether c goes on with a number if a digit stands on its other side. */
static bool joins(enum guard g, u8 c)
{
	bool number = g == GUARD_NUMBER || g == GUARD_TOKEN;

	return (c == '.' && (g == GUARD_DECIMAL || number)) || (c == '-' && number);
}

static bool touches(enum guard g, u8 c)
{
	if (g == GUARD_NONE)
		return false;
	return g == GUARD_WORD || g == GUARD_TOKEN ? byte_is_word(c) : byte_is_digit(c);
}

bool form_guard_before(const struct form *f, const u8 *text, size_t p)
{
	if (!p)
		return true;
	if (touches(f->before, text[p - 1]))
		return text[p - 1] >= 0x80 && utf8_gap_before(text, 0, p);
	return p < 2 || !joins(f->before, text[p - 1]) || !byte_is_digit(text[p - 2]);
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
	return !byte_is_digit(text[e + 1]);
}
