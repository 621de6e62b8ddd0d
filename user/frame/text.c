/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text: the whole stream is one run. A record is a line; since no pattern, guard or label looks
 * past a newline, nothing has to be told of its end.
 */
#include "format.h"
#include <string.h>

struct text {
	struct magic magic;
	bool inside;          /* a line */
} __attribute__((may_alias)); /* lies in struct frame's state */
_Static_assert(sizeof(struct text) <= sizeof(((struct frame *)0)->state), "the state fits");

static int text_next(struct frame *f, const u8 *p, size_t len, struct run *ret_run)
{
	struct text *t = (struct text *)f->state;
	int r;

	for (size_t i = 0; i < len && !t->magic.settled; i++) {
		r = magic_step(&t->magic, p[i]);
		if (r)
			return r;
	}
	t->inside = p[len - 1] != '\n';
	*ret_run = (struct run){.kind = RUN_TEXT, .len = len};
	return 0;
}

static int text_finish(const struct frame *f)
{
	(void)f;
	return 0;
}

static bool text_between(const struct frame *f)
{
	return !((const struct text *)f->state)->inside;
}

static const u8 *text_find_end(const u8 *p, const u8 *end)
{
	const u8 *newline = memchr(p, '\n', (size_t)(end - p));

	return newline ? newline + 1 : end;
}

static u8 text_escape(const struct frame *f)
{
	(void)f;
	return 0;
}

static const char *text_field(size_t i)
{
	(void)i;
	return NULL;
}

const struct format format_text = {
	.name = "text",
	.next = text_next,
	.finish = text_finish,
	.between = text_between,
	.find_end = text_find_end,
	.escape = text_escape,
	.text_field = text_field,
};
