/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory from an arena that is there when the call returns. Without memory
 *	- at the start the program ends with a sentence: nothing runs yet that could be hurt;
 *	- where the arena has a way back it is taken: a daemon that reads its configuration again
 *	  must go on. Whoever stands in between has nothing but what is in the arena.
 * Used for the configuration, whose size the file's limit bounds.
 */
#ifndef SCRIM_MUST_H
#define SCRIM_MUST_H

#include <scrim/arena.h>
#include <setjmp.h>

/*
 *	struct must_back back;
 *
 *	a->back = &back;
 *	if (setjmp(back.to))
 *		... there was no memory ...
 */
struct must_back {
	jmp_buf to;
};

/* Zeroed memory for n things of `size` bytes; never NULL. */
void *must_alloc(struct arena *a, size_t n, size_t size);

/* A NUL-ended copy of text[0, len). */
char *must_text(struct arena *a, const char *text, size_t len);

/* A printf-formatted string. */
char *must_printf(struct arena *a, const char *fmt, ...) printf_like(2, 3);

#define must_new(a, type, n) ((type *)must_alloc((a), (n), sizeof(type)))

#endif
