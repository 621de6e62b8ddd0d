/* SPDX-License-Identifier: BSD-2-Clause */
/* What a format is made of: one struct format each, and the map that goes with it. */
#ifndef FRAME_FORMAT_H
#define FRAME_FORMAT_H

#include <scrim/arena.h>
#include <scrim/frame.h>

struct frame_map {
	const struct format *format;
	enum isa isa;
	struct arena arena; /* owns what the format compiles */
	const void *fields; /* the format's own; NULL: none */
};

struct format {
	const char *name;
	/* Compiles fields into m. NULL: the format has none. */
	int (*compile)(struct frame_map *m, const struct ruleset *rs, const bool *enabled,
		       struct err *e);
	int (*next)(struct frame *f, const u8 *p, size_t len, struct run *ret_run);
	int (*finish)(const struct frame *f);
	bool (*between)(const struct frame *f);
	/* Behind the next byte that may end a record, or end. */
	const u8 *(*find_end)(const u8 *p, const u8 *end);
	u8 (*escape)(const struct frame *f);
	const char *(*text_field)(size_t i);
};
extern const struct format format_text, format_hl7;

/*
 * Streams that no rule can see into, by how they begin. A zeroed state is a stream's beginning;
 * each byte moves it on until it is `settled`.
 */
struct magic {
	u16 refuted; /* bit i: it does not begin with the i-th */
	u8 n;        /* bytes seen */
	bool settled;
} __attribute__((may_alias)); /* lies in struct frame's state */
/* Returns 0, or -FLOW_TLS, -FLOW_COMPRESSED. */
int magic_step(struct magic *m, u8 c);

#endif
