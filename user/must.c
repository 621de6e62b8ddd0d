/* SPDX-License-Identifier: BSD-2-Clause */
/* The arena with an end, or a way back, for the case that there is no memory. */
#include "must.h"
#include <scrim/log.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *must_alloc(struct arena *a, size_t n, size_t size)
{
	void *p = arena_array(a, n, size);

	if (!p && a->back)
		longjmp(a->back->to, 1);
	if (!p) {
		log_line(LOG_LEVEL_ERROR, "out of memory");
		exit(1);
	}
	return p;
}

char *must_text(struct arena *a, const char *text, size_t len)
{
	char *copy = must_alloc(a, len + 1, 1);

	return len ? memcpy(copy, text, len) : copy;
}

char *must_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char *text;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	text = must_alloc(a, (size_t)n + 1, 1);
	vsnprintf(text, (size_t)n + 1, fmt, again);
	va_end(again);
	va_end(ap);
	return text;
}
