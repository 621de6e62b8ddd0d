/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Allocations. Whoever asks for the functions behind these may itself allocate: that comes out of
 * a piece of memory of this file's, and is never given back.
 */
#include "inject.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static _Alignas(64) char early[16384];
static size_t early_used;
static _Thread_local bool resolving;

static struct {
	void *(*malloc)(size_t);
	void *(*calloc)(size_t, size_t);
	void *(*realloc)(void *, size_t);
	void *(*aligned_alloc)(size_t, size_t);
	int (*posix_memalign)(void **, size_t, size_t);
	void (*free)(void *);
} next;

static bool is_early(const void *p)
{
	return (const char *)p >= early && (const char *)p < early + sizeof(early);
}

static void *early_alloc(size_t size)
{
	char *p = early + early_used;

	size = (size + 63) & ~(size_t)63;
	if (size > sizeof(early) - early_used)
		return NULL;
	early_used += size;
	return p;
}

/* False while the functions are looked up. */
static bool resolved(void)
{
	if (next.free)
		return true;
	if (resolving)
		return false;
	resolving = true;
	next.malloc = inject_next("malloc");
	next.calloc = inject_next("calloc");
	next.realloc = inject_next("realloc");
	next.aligned_alloc = inject_next("aligned_alloc");
	next.posix_memalign = inject_next("posix_memalign");
	next.free = inject_next("free");
	resolving = false;
	return true;
}

#define HIT(name) inject_hit(INJECT_ALLOC, name, ENOMEM, __builtin_return_address(0))

void *malloc(size_t size)
{
	if (!resolved())
		return early_alloc(size);
	return HIT("malloc") ? NULL : next.malloc(size);
}

void *calloc(size_t n, size_t size)
{
	if (!resolved())
		return early_alloc(n * size); /* static memory is zeroed */
	return HIT("calloc") ? NULL : next.calloc(n, size);
}

void *realloc(void *p, size_t size)
{
	size_t most = is_early(p) ? (size_t)(early + sizeof(early) - (char *)p) : 0;
	void *new;

	if (!resolved() || most) {
		new = malloc(size);
		if (new && p)
			memcpy(new, p, most < size ? most : size);
		return new;
	}
	return HIT("realloc") ? NULL : next.realloc(p, size);
}

void *aligned_alloc(size_t align, size_t size)
{
	if (!resolved())
		return early_alloc(size);
	return HIT("aligned_alloc") ? NULL : next.aligned_alloc(align, size);
}

int posix_memalign(void **ret_p, size_t align, size_t size)
{
	if (!resolved() || HIT("posix_memalign"))
		return ENOMEM;
	return next.posix_memalign(ret_p, align, size);
}

void free(void *p)
{
	if (!is_early(p) && resolved())
		next.free(p);
}
