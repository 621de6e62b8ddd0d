/* SPDX-License-Identifier: BSD-2-Clause */
/* 16 bytes at a time, as every arm64 CPU can. */
#ifndef SCAN_VEC_NEON_H
#define SCAN_VEC_NEON_H

#include <arm_neon.h>
#include <scrim/sixteen.h>

#define ISA_BANKS NEON_BANKS
#define WIDTH     16

typedef sixteen vec;

static inline vec vec_table(const u8 table[16])
{
	return (vec)vld1q_u8(table);
}

static inline vec vec_lookup(vec table, vec index)
{
	return (vec)vqtbl1q_u8((uint8x16_t)table, (uint8x16_t)index);
}

static inline u64 vec_bits(vec mask)
{
	return sixteen_bits(mask);
}

#include "vec_shuffle.h"

#endif
