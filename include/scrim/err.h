/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An error a person can act on: what is wrong, where, and what would be right.
 *
 * Functions that can fail for a reason worth a sentence take a `struct err *` and return a
 * negative errno; the sentence is in the struct, and outputs are untouched.
 */
#ifndef SCRIM_ERR_H
#define SCRIM_ERR_H

#include <scrim/base.h>

struct err {
	char text[512]; /* one line, no newline at the end, never a byte of payload */
};

/*
 * Writes the sentence and returns -code, so that a caller can `return err_set(...)`.
 *   e     where to write; NULL is allowed (only the code is returned then)
 *   code  a positive errno
 */
int err_set(struct err *e, int code, const char *fmt, ...) printf_like(3, 4);

/* Puts "prefix: " (printf-formatted) in front of what is there; returns code unchanged. */
int err_prefix(struct err *e, int code, const char *fmt, ...) printf_like(3, 4);

#endif
