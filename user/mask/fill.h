/* SPDX-License-Identifier: BSD-2-Clause */
/* Filling values that may hold HL7 escapes. */
#ifndef MASK_FILL_H
#define MASK_FILL_H

#include <scrim/base.h>

/* A value, or as much of it as is there. */
struct fill_job {
	u8 *p;
	size_t len;
	size_t sent; /* the first bytes went out before: looked at, not changed */
	u8 escape;   /* 0: there are none */
	bool ends;   /* nothing of the value follows */
};

struct filled {
	size_t all; /* bytes that are replaced in the value */
	size_t now; /* of those, replaced by this call: not sent before */
};

/*
 * As mask_fill(), but escapes stay escapes.
 * Returns how many bytes are decided: all of them, or those before what may be an escape if more
 * follows (at most FILL_HELD bytes; only when !ends).
 */
#define FILL_HELD 20
static inline bool fill_is_hex(u8 c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}
size_t fill_escaped(const struct fill_job *job, struct filled *ret_filled);

/*
 * The same of a value of a text, in which "%2D", "&#45;", "\u002d" and spaces and dashes of Unicode
 * stay (fill_encoded.c). All of it is decided.
 *   job  its `escape` and `ends` are not read; at most FILL_ENCODED_MAX bytes
 */
#define FILL_ENCODED_MAX SCRIM_WINDOW
void fill_encoded(const struct fill_job *job, struct filled *ret_filled);

#endif
