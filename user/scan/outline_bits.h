/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which bytes of a block of 64 become blanks of an outline (scrim/outline.h), a bit for a byte: digits, and a run of
 * hex digits that has letters and is no part of a word, for it has digits, too, or stands alone.
 *
 *     volume c/fe/12, job 1f6cabed of x86 cached
 *     volume 1/11/00, job 11111111 of x00 cached
 */
#ifndef SCAN_OUTLINE_BITS_H
#define SCAN_OUTLINE_BITS_H

#include <scrim/base.h>
#if defined(__BMI2__)
#include <immintrin.h>
#endif

/* Kinds of bytes. */
struct block_bits {
	u64 digits;
	u64 letters; /* a-f, A-F */
	u64 others;  /* other letters */
};

/* What the blocks before say of the first byte, 0 or 1: the run of hex digits before it has such. */
struct run_before {
	u64 digits, letters;
	u64 others; /* it stands behind one, or is one */
};

/* Those of `in` to which a run of `in` leads from a bit of `from`, which are in it. */
static inline u64 runs_from(u64 from, u64 in)
{
	return (((from + in) ^ in) | from) & in;
}

/* The whole of those runs of `in` whose last bits are in `last`. */
static inline u64 runs_ending(u64 last, u64 in)
{
	u64 first = in & ~(in << 1), runs;

#if defined(__BMI2__)
	/* The runs are in order: which of them that is, is the same for first bits and for last ones. */
	runs = (last << 1) - _pdep_u64(_pext_u64(last, in & ~(in >> 1)), first);
#else
	runs = 0;
	for (; last; last &= last - 1) {
		u64 up_to = (last ^ (last - 1)), begin = first & up_to;

		runs |= up_to & ~((1ULL << (63 - __builtin_clzll(begin))) - 1);
	}
#endif
	return runs;
}

/* The bytes of runs that become blanks; `before` is changed for the next block. */
static inline u64 hex_runs(const struct block_bits *b, struct run_before *before)
{
	u64 in = b->digits | b->letters, last = in & ~(in >> 1);
	u64 digits = runs_from(b->digits | (in & before->digits), in);
	u64 letters = runs_from(b->letters | (in & before->letters), in);
	u64 behind_others = runs_from(in & (b->others << 1 | before->others), in);
	/* Of what goes on in the next block that is not known. */
	u64 in_word = behind_others | b->others >> 1 | 1ULL << 63;

	before->digits = digits >> 63;
	before->letters = letters >> 63;
	before->others = (behind_others | b->others) >> 63;
	return runs_ending(last & letters & (digits | ~in_word), in);
}

#endif
