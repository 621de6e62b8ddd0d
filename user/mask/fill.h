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
size_t fill_escaped(const struct fill_job *job, struct filled *ret_filled);

#endif
