/* SPDX-License-Identifier: BSD-2-Clause */
/* Made-up streams of HL7, from a seed: all that the standard allows, and much that it does not. */
#ifndef TEST_HL7_TEXT_H
#define TEST_HL7_TEXT_H

#include "scan_text.h"

/*
 * One frame, or one bare message where `framed` is not set, of every shape: separators, line
 * ends, escapes, repetitions, ADD, types of OBX, acknowledgements, batches, empty frames.
 * Returns its length, at most cap; cap is at least 512.
 */
size_t hl7_text(u64 *seed, bool framed, u8 *text, size_t cap);

/* Changes, puts in, or takes out one byte of text[0, len), cap > len. Returns the new length. */
size_t hl7_text_mutate(u64 *seed, u8 *text, size_t len);

#endif
