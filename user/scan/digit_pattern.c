/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which of a text's first bytes can be digits if a form matches there.
 *
 *      2024-02-29 10:      1111011011 01...       one of the 4096 patterns of DIGIT_PATTERN bytes
 *
 * Sets of bytes place by place let "10.20.30" through for \d{1,2}\.\d{1,2}\.\d{4}; patterns do not.
 * For each state of the automaton the patterns of the first n bytes that lead there are a set of
 * 2^n bits. Byte n makes sets twice as large: what leads on by a digit goes to the upper half, by
 * another byte to the lower one.
 */
#include "prefilter.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define WORDS PATTERN_WORDS

struct patterns {
	u64 of[WORDS];
};

/* Moves the sets of n bits on by a byte: `from` goes to the lower, the upper half of `to`, or both. */
static void move_on(const struct patterns *from, struct patterns *to, size_t n, bool other,
		    bool digit)
{
	if (n < 64) {
		u64 set = from->of[0];

		to->of[0] |= (other ? set : 0) | (digit ? set << n : 0);
		return;
	}
	for (size_t i = 0; i < n / 64; i++) {
		to->of[i] |= other ? from->of[i] : 0;
		to->of[n / 64 + i] |= digit ? from->of[i] : 0;
	}
}

/* One byte more: from the states' sets of n bits to those of 2 n. */
static void step(const struct dfa *d, const struct patterns *now, struct patterns *next, size_t n)
{
	bool digits[256] = {false}, others[256] = {false}; /* by class */

	for (unsigned int c = 0; c < 256; c++)
		(byte_kind((u8)c) == KIND_DIGIT ? digits : others)[d->class[c]] = true;
	memset(next, 0, d->nstates * sizeof(*next));
	for (u16 s = 1; s < d->nstates; s++)
		for (u16 c = 0; c < d->nclasses; c++)
			if (d->trans[s * d->nclasses + c])
				move_on(&now[s], &next[d->trans[s * d->nclasses + c]], n, others[c],
					digits[c]);
}

/* Whether a match may be over in front of a digit, in front of another byte. */
static void behind(const struct form *f, bool *ret_digit, bool *ret_other)
{
	*ret_digit = *ret_other = false;
	for (unsigned int c = 0; c < 256; c++) {
		const u8 byte = (u8)c;

		if (form_guard_after(f, &byte, 0, 1, true))
			*(byte_kind(byte) == KIND_DIGIT ? ret_digit : ret_other) = true;
	}
}

int form_digit_patterns(const struct form *f, u64 ret_patterns[PATTERN_WORDS])
{
	size_t nstates = f->dfa.nstates;
	struct patterns *now = calloc(2 * nstates, sizeof(*now)), *next, *swap;
	struct patterns over = {{0}}, then;
	bool digit, other;

	if (!now)
		return -ENOMEM;
	next = now + nstates;
	behind(f, &digit, &other);
	now[1].of[0] = 1;
	for (size_t n = 1; n < 1U << DIGIT_PATTERN; n *= 2) {
		memset(&then, 0, sizeof(then));
		move_on(&over, &then, n, true, true);
		for (u16 s = 1; s < nstates; s++)
			if (f->dfa.accept[s])
				move_on(&now[s], &then, n, other, digit);
		step(&f->dfa, now, next, n);
		over = then;
		swap = now;
		now = next;
		next = swap;
	}
	memcpy(ret_patterns, over.of, sizeof(over.of));
	for (u16 s = 1; s < nstates; s++)
		for (size_t i = 0; i < WORDS; i++)
			ret_patterns[i] |= now[s].of[i];
	free(now < next ? now : next);
	return 0;
}
