/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory of start-up, from an arena, that is there or ends the program with a sentence: nothing
 * runs yet that could be hurt. Used for the configuration, whose size the file's limit bounds.
 */
#ifndef SCRIM_MUST_H
#define SCRIM_MUST_H

#include <scrim/arena.h>

/* Zeroed memory for n things of `size` bytes; never NULL. */
void *must_alloc(struct arena *a, size_t n, size_t size);

/* A NUL-ended copy of text[0, len). */
char *must_text(struct arena *a, const char *text, size_t len);

/* A printf-formatted string. */
char *must_printf(struct arena *a, const char *fmt, ...) printf_like(2, 3);

#define must_new(a, type, n) ((type *)must_alloc((a), (n), sizeof(type)))

#endif
