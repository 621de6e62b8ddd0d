/* SPDX-License-Identifier: BSD-2-Clause */
/* Made-up texts, from a seed: clinical prose and records full of values and of near misses. */
#ifndef TEST_SCAN_TEXT_H
#define TEST_SCAN_TEXT_H

#include <scrim/base.h>

/* Pseudo-random, the same everywhere; *seed is not 0. Below `below`. */
u32 draw(u64 *seed, u32 below);
/*
 * Fills text[0, len) with values and near misses, words and separators between them; every
 * few hundred bytes one byte is changed, or a value cut off.
 */
void scan_text_dense(u64 *seed, u8 *text, size_t len);
/* Fills text[0, len) with bytes of `alphabet` (a C string). */
void scan_text_random(u64 *seed, const char *alphabet, u8 *text, size_t len);

#endif
