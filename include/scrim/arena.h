/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An arena: many small pieces of memory that live and die together.
 *
 *   struct arena a = {0};
 *   p = arena_alloc(&a, 100);  q = arena_strdup(&a, "text");  ...  arena_free(&a);
 *
 * Pieces come zeroed, aligned for any type, and never move. Not for threads to share while it
 * still grows.
 */
#ifndef SCRIM_ARENA_H
#define SCRIM_ARENA_H

#include <scrim/base.h>

struct arena_block;
struct must_back;

struct arena {
	struct arena_block *blocks; /* the newest first */
	size_t used, size;          /* of the newest, bytes */
	struct must_back *back;     /* of user/must.h; NULL: none, as for any other user */
};

/* `size` zeroed bytes, or NULL when there is no memory. Size 0 gives a pointer, too. */
void *arena_alloc(struct arena *a, size_t size);
/* n * size zeroed bytes; NULL also when the product overflows. */
void *arena_array(struct arena *a, size_t n, size_t size);
/* A copy of len bytes. */
void *arena_copy(struct arena *a, const void *p, size_t len);
/* A copy of the string s. */
char *arena_strdup(struct arena *a, const char *s);
/* Frees all pieces; the arena is empty and can be used again. */
void arena_free(struct arena *a);

#endif
