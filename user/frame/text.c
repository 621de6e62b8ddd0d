/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text: the whole stream is one run. A record is a line; since no pattern, guard or label looks
 * past a newline, nothing has to be told of its end.
 */
#include "format.h"

_Static_assert(sizeof(struct magic) <= sizeof(((struct frame *)0)->state), "the state fits");

static int text_next(struct frame *f, const u8 *p, size_t len, struct run *ret_run)
{
	struct magic *m = (struct magic *)f->state;
	int r;

	for (size_t i = 0; i < len && !m->settled; i++) {
		r = magic_step(m, p[i]);
		if (r)
			return r;
	}
	*ret_run = (struct run){.kind = RUN_TEXT, .len = len};
	return 0;
}

static int text_finish(const struct frame *f)
{
	(void)f;
	return 0;
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
	.escape = text_escape,
	.text_field = text_field,
};
