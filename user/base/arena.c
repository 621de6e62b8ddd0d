/* SPDX-License-Identifier: BSD-2-Clause */
/* Blocks of at least 16 KiB, cut from front to back; a piece that does not fit begins a new one. */
#include <scrim/arena.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE 16384

struct arena_block {
	struct arena_block *next;
	alignas(max_align_t) u8 bytes[];
};

void *arena_alloc(struct arena *a, size_t size)
{
	const size_t align = alignof(max_align_t);
	struct arena_block *b;
	size_t room;

	if (size > SIZE_MAX / 2)
		return NULL;
	size = (size + align - 1) / align * align;
	if (!a->blocks || a->size - a->used < size) {
		room = size > BLOCK_SIZE ? size : BLOCK_SIZE;
		b = calloc(1, sizeof(*b) + room);
		if (!b)
			return NULL;
		b->next = a->blocks;
		a->blocks = b;
		a->size = room;
		a->used = 0;
	}
	a->used += size;
	return a->blocks->bytes + a->used - size;
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	size_t total;

	return __builtin_mul_overflow(n, size, &total) ? NULL : arena_alloc(a, total);
}

void *arena_copy(struct arena *a, const void *p, size_t len)
{
	void *copy = arena_alloc(a, len);

	if (copy && len)
		memcpy(copy, p, len);
	return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_copy(a, s, strlen(s) + 1);
}

void arena_free(struct arena *a)
{
	struct arena_block *next;

	for (struct arena_block *b = a->blocks; b; b = next) {
		next = b->next;
		free(b);
	}
	*a = (struct arena){0};
}
