/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines in which [ and ] stand around what must be found, as rule_def.examples has them. */
#ifndef TEST_MARKED_H
#define TEST_MARKED_H

#include <scrim/base.h>

/* The text of such a line without its marks, and where they stood. */
struct unmarked {
	u8 text[512];
	size_t len, n;
	size_t from[16], to[16];
};

/* A line of at most 512 bytes and 16 marks. */
void unmark(const char *marked, struct unmarked *ret);

#endif
