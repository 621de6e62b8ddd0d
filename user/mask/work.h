/* SPDX-License-Identifier: BSD-2-Clause */
/* A chunk while it is masked: what stream.c (runs, what is carried) and text.c (matches) share. */
#ifndef MASK_WORK_H
#define MASK_WORK_H

#include "fill.h"
#include "private.h"

#define HELD_MAX SCRIM_WINDOW

/* A chunk being masked. */
struct work {
	struct stream *s;
	struct mask_scratch *w;
	u8 *begin;   /* of what was carried */
	u8 *text;    /* where the open run, or what is looked back at, begins */
	u8 *from;    /* its first undecided byte */
	u8 *unsent;  /* the first byte of all that was not sent */
	u8 *end;     /* of the chunk */
	u8 *run_end; /* of what is here of the open run of text */
	u8 *decided;
};

/* Keeps [decided, end) and, of a text, what may be looked back at. 0 or -FLOW_MEMORY. */
int work_carry(struct work *k, u8 *decided, u8 *end, bool look_back);

/* Fills [from, to), of which what was sent is only looked at. Returns what is decided of it. */
size_t work_fill(struct work *k, u8 *from, u8 *to, bool ends, struct filled *ret_filled);

/* Text up to `end`, which the run goes beyond or not: 0 or a reason. */
int work_text(struct work *k, u8 *end, bool ends);
/* Masks of a held text up to `end` what matters already; the rest is counted as released. */
void idle_text(struct work *k, u8 *end);

#endif
