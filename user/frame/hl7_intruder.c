/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of segments, and such as stand where none should: in a value, behind a byte that another
 * reader may take for a line's end, after blanks or at once.
 *
 *     NTE|1||one<LF> PID|1||123456789<CR>      for one reader a note, for another a patient
 *
 * CR and LF, whichever does not end the message's segments; the form feed, GS and RS, which end
 * lines for Python's str.splitlines(). VT and FS are MLLP's. Blanks are the space and the controls: what
 * Java's String.trim() takes off.
 */
#include "hl7.h"
#include <string.h>

static const u8 heads[][HL7_NAME + 1] = {"MSH", "FHS", "BHS"};

u8 hl7_upper(u8 c)
{
	return c >= 'a' && c <= 'z' ? (u8)(c - 0x20) : c;
}

bool hl7_in_name(u8 c, unsigned int i)
{
	c = hl7_upper(c);
	return (c >= 'A' && c <= 'Z') || (i && c >= '0' && c <= '9');
}

bool hl7_is_head(const u8 *name, size_t n)
{
	for (size_t i = 0; i < array_size(heads); i++) {
		size_t k = 0;

		while (k < n && name[k] == heads[i][k])
			k++;
		if (k == n)
			return true;
	}
	return false;
}

bool hl7_separates(u8 c)
{
	return c > ' ' && c < 0x7f && !hl7_in_name(c, 1);
}

void hl7_intruder_find(struct hl7_intruder *n, u8 c, u8 end)
{
	if ((c == '\r' || c == '\n') && end)
		n->state = AFTER_LINE;
	else if (c == '\f' || c == 0x1d || c == 0x1e)
		n->state = AFTER_BLANK;
}

bool hl7_intruder_step(struct hl7_intruder *n, u8 c, u8 separator)
{
	unsigned int i = n->state < AFTER_BLANK ? 0 : n->state - AFTER_BLANK;

	if (i == HL7_NAME) {
		if (c == separator || (hl7_is_head(n->name, HL7_NAME) && hl7_separates(c)))
			return true;
	} else if (hl7_in_name(c, i)) {
		n->name[i] = hl7_upper(c);
		n->state = (u8)(AFTER_BLANK + i + 1);
		return false;
	}
	n->state = !i && c <= ' ' ? AFTER_BLANK : NO_INTRUDER;
	return false;
}
