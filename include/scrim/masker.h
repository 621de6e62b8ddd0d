/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One stream, the built-in rules, and everything they need, behind three calls.
 *
 *	struct masker *m = masker_new(FORMAT_TEXT, 65536, NULL);
 *	...
 *	n = read(fd, m->data, m->room) ──▶ masker_feed(m, n, &out) ──▶ send out.p, out.len
 *	the stream's end               ──▶ masker_finish(m, &out)  ──▶ send out.p, out.len
 *
 * For rules of one's own, policies, counts, or many streams with one working memory there is mask.h,
 * which this is written on.
 */
#ifndef SCRIM_MASKER_H
#define SCRIM_MASKER_H

#include <scrim/mask.h>

struct masker {
	u8 *data;    /* where the next bytes of the stream are put; changed by each call */
	size_t room; /* how many, at most */
};

/*
 * A stream at its begin, under the rules that `scrim filter` has without a configuration (those of group
 * "builtin"), filled, on the fastest instruction set of this machine.
 *   max_chunk  bytes, 1 or more: the room
 *   e          NULL is allowed
 * Returns it, to be freed by masker_free(); NULL with e set: out of memory
 * Cost: the rules are compiled, which takes a fifth of a second; some 12 MiB.
 */
struct masker *masker_new(enum frame_format format, size_t max_chunk, struct err *e);
/* What is held is wiped. NULL is allowed. */
void masker_free(struct masker *m);

/*
 * Masks the next `len` bytes, at most m->room, which are in m->data; ret_out are those that may go out, within m's memory and
 * until the next call. Returns and invariant: stream_feed()'s; where it fails, *ret_out is empty.
 */
int masker_feed(struct masker *m, size_t len, struct span *ret_out);
/*
 * The stream ends; ret_out is what was held. Returns 0; -FLOW_HL7_UNFINISHED with *ret_out, which may go out
 * all the same; or another reason, with *ret_out empty.
 */
int masker_finish(struct masker *m, struct span *ret_out);

#endif
