/* SPDX-License-Identifier: BSD-2-Clause */
/* Filling values that may hold HL7 escapes. */
#ifndef MASK_FILL_H
#define MASK_FILL_H

#include <scrim/base.h>

/*
 * As mask_fill(), but escapes in [p, p + len) stay escapes; 0 for `escape`: there are none.
 *   ends        nothing of the value follows
 *   ret_filled  bytes replaced
 * Returns how many bytes are decided: all of them, or those before what may be an escape if more
 * follows (at most FILL_HELD bytes; only when !ends).
 */
#define FILL_HELD 20
size_t fill_escaped(u8 *p, size_t len, u8 escape, bool ends, size_t *ret_filled);

#endif
