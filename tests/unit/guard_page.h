/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory whose neighbours on both sides cannot be touched: a read of one byte too many ends the
 * test with SIGSEGV, whichever instruction makes it.
 *
 *      ┌╌╌╌╌╌╌╌╌╌╌╌╌┬─────────────────────────┬╌╌╌╌╌╌╌╌╌╌╌╌┐
 *      ╎ PROT_NONE  │ begin               end │ PROT_NONE  ╎
 *      └╌╌╌╌╌╌╌╌╌╌╌╌┴─────────────────────────┴╌╌╌╌╌╌╌╌╌╌╌╌┘
 */
#ifndef TEST_GUARD_PAGE_H
#define TEST_GUARD_PAGE_H

#include <scrim/base.h>

struct guarded {
	u8 *begin, *end; /* both are begins of pages */
};

/* At least len bytes; the test fails without memory. */
struct guarded guarded_new(size_t len);
void guarded_free(struct guarded *g);

/*
 * A copy of text[0, len) in g, all bytes around it being `around`: `offset` bytes behind the
 * begin, or as far towards the end as it goes.
 */
u8 *guarded_left(const struct guarded *g, size_t offset, const u8 *text, size_t len, u8 around);
u8 *guarded_right(const struct guarded *g, const u8 *text, size_t len, u8 around);

#endif
