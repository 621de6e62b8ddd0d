/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Characters of a text that are written otherwise than as a byte of ASCII, as far as values are
 * seen through them (README, "Text as it comes"):
 *
 *     %2D  %40               of URLs and forms
 *     &#45; &#x2d; &nbsp;    of HTML and XML: by number, and the names in escape.c
 *     \u002d  \/             of JSON
 *     c2 a0, e2 80 91        UTF-8, of spaces, dashes and what has no width
 */
#ifndef SCRIM_ESCAPE_H
#define SCRIM_ESCAPE_H

#include <scrim/base.h>

/*
 * What stands at text[0, len), len > 0. Returns its length in bytes and *ret_c, what it means: a
 * space, a dash or '\0' (no width) for a Unicode one, the byte itself for ASCII, 0xff for what is
 * neither; or 0: nothing of the kind. Reads no other bytes; no state.
 */
size_t escape_read(const u8 *text, size_t len, u8 *ret_c);

/*
 * A value without escapes: each is replaced by what it means. Returns the length, at most len; 0
 * when one means nothing that is in `may` (NULL: anything goes).
 *   plain  room for len
 */
size_t escape_plain(const u8 *text, size_t len, const char *may, u8 *plain);

#endif
