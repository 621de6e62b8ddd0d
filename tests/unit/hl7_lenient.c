/* SPDX-License-Identifier: BSD-2-Clause */
#include "hl7_lenient.h"
#include <criterion/criterion.h>
#include <scrim/mask.h>
#include <stdlib.h>
#include <string.h>

/* Whether the reader's line that holds byte i has a line of ours end in it before that. */
static bool has_swallowed(int reader, const u8 *text, size_t i)
{
	u8 other = reader == READ_CR ? '\n' : '\r', end = reader == READ_CR ? '\r' : '\n';
	bool swallowed = false;

	if (reader != READ_CR && reader != READ_LF)
		return false;
	/* In front of a segment's name it is a blank. */
	while (i-- > 0 && text[i] != end)
		swallowed |= text[i] == other && i && text[i - 1] != end;
	return swallowed;
}

/* Up to where a reader knows the separators: it may not see a later head for one. */
static size_t known_to(int reader, const u8 *text, size_t len)
{
	u8 other = reader == READ_CR ? '\n' : '\r';

	if (reader != READ_CR && reader != READ_LF)
		return len;
	for (size_t i = 0; i + 4 < len; i++)
		if (text[i] == other && (!strncasecmp((const char *)text + i + 1, "MSH", 3) ||
					 !strncasecmp((const char *)text + i + 2, "HS", 2)))
			return i;
	return len;
}

/* Whether masking by what we say of the byte leaves the reader what it should not see. */
static bool differs(const struct hl7_byte *ours, const struct hl7_byte *theirs, u8 c)
{
	u8 filled = c;

	mask_fill(&filled, 1);
	return theirs->kind != RUN_SKIP && ours->kind != RUN_FIELD && ours->kind != theirs->kind &&
	       filled != c;
}

size_t hl7_lenient(const struct ruleset *rs, const u8 *text, size_t len,
		   const struct hl7_byte *bytes, enum hl7_reader *ret_reader)
{
	struct hl7_byte *theirs = malloc((len + 1) * sizeof(*theirs));
	size_t found = len;

	cr_assert_not_null(theirs);
	for (int r = READ_AS_FRAMED + 1; r < READER_COUNT && found == len; r++) {
		size_t known = known_to(r, text, len);

		hl7_oracle(rs, NULL, (enum hl7_reader)r, text, known, theirs);
		for (size_t i = 0; i < known && found == len; i++)
			if (differs(&bytes[i], &theirs[i], text[i]) && !has_swallowed(r, text, i))
				found = i, *ret_reader = (enum hl7_reader)r;
	}
	free(theirs);
	return found;
}
