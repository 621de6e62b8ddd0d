/* SPDX-License-Identifier: BSD-2-Clause */
/* What a framer says of each byte, its invariants asserted on the way. */
#ifndef TEST_FRAME_BYTES_H
#define TEST_FRAME_BYTES_H

#include "hl7_oracle.h"

/*
 * The pieces of text[0, len), `step` bytes at a time, as bytes. Returns how many are accepted.
 *   ret_reason  0, or why the rest is not, or why the stream may not end there
 */
size_t frame_bytes(const struct frame_map *m, const u8 *text, size_t len, size_t step,
		   struct hl7_byte *ret_bytes, int *ret_reason);

#endif
