/* SPDX-License-Identifier: BSD-2-Clause */
/* The formats by their names, and the calls passed on to them. */
#include "format.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct format *const formats[FORMAT_COUNT] = {
	[FORMAT_TEXT] = &format_text,
	[FORMAT_HL7] = &format_hl7,
};

const char *format_name(enum frame_format f)
{
	return formats[f]->name;
}

int format_parse(const char *name, enum frame_format *ret_format)
{
	for (int i = 0; i < FORMAT_COUNT; i++) {
		if (!strcmp(name, formats[i]->name)) {
			*ret_format = (enum frame_format)i;
			return 0;
		}
	}
	return -ENOENT;
}

int frame_map_new(enum frame_format format, const struct ruleset *rs, const bool *enabled,
		  enum isa isa, struct frame_map **ret_map, struct err *e)
{
	struct frame_map *m = calloc(1, sizeof(*m));
	int r = 0;

	if (!m)
		return err_set(e, ENOMEM, "out of memory");
	m->format = formats[format];
	m->isa = isa;
	if (m->format->compile)
		r = m->format->compile(m, rs, enabled, e);
	if (r) {
		frame_map_free(m);
		return r;
	}
	*ret_map = m;
	return 0;
}

void frame_map_free(struct frame_map *m)
{
	if (!m)
		return;
	arena_free(&m->arena);
	free(m);
}

void frame_init(struct frame *f, const struct frame_map *m)
{
	*f = (struct frame){.map = m};
}

int frame_next(struct frame *f, const u8 *p, size_t len, struct run *ret_run)
{
	return f->map->format->next(f, p, len, ret_run);
}

int frame_finish(const struct frame *f)
{
	return f->map->format->finish(f);
}

bool frame_between(const struct frame *f)
{
	return f->map->format->between(f);
}

size_t frame_record_end(const struct frame *f, const u8 *p, size_t len)
{
	struct frame at = *f;
	const u8 *from = p, *end = p + len, *to;
	struct run run;

	while (from < end) {
		to = f->map->format->find_end(from, end);
		for (; from < to; from += run.len)
			if (frame_next(&at, from, (size_t)(to - from), &run))
				return 0;
		if (frame_between(&at))
			return (size_t)(to - p);
	}
	return 0;
}

void frame_change(struct frame *f, const struct frame_map *m)
{
	f->map = m;
}

u8 frame_escape(const struct frame *f)
{
	return f->map->format->escape(f);
}

const char *frame_text_field(enum frame_format format, size_t i)
{
	return formats[format]->text_field(i);
}
