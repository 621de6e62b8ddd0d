/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which bytes can stand at each of the first places of a match, and before it.
 *
 * The automaton is run on all texts at once: the states it can be in after k bytes give the
 * bytes it can take as byte k. Once it may have accepted, what follows is not the match's any
 * more: the guard behind decides over the first such byte, and any byte is possible after it.
 */
#include "prefilter.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void sets_before(const struct form *f, struct form_sets *sets)
{
	for (unsigned int c = 0; c < 256; c++) {
		const u8 digit[2] = {'0', (u8)c};
		/* The last byte of a character that may be a space or dash is let through. */
		const u8 gap[3] = {0xe2, 0x80, (u8)c};

		sets->before[0][c] = form_guard_before(f, gap, 3);
		sets->before[1][c] = form_guard_before(f, digit, 2);
	}
}

/* The bytes that `from` can take; marks in `to` the states that they lead to. */
static void step(const struct dfa *d, const bool *from, bool *to, bool *set)
{
	bool taken[256] = {false}; /* by class */

	for (u16 s = 1; s < d->nstates; s++) {
		for (u16 c = 0; from[s] && c < d->nclasses; c++) {
			u16 next = d->trans[s * d->nclasses + c];

			taken[c] |= next != 0;
			to[next] |= next != 0;
		}
	}
	for (unsigned int b = 0; b < 256; b++)
		set[b] |= taken[d->class[b]];
}

static bool accepts_any(const struct dfa *d, const bool *states)
{
	for (u16 s = 1; s < d->nstates; s++)
		if (states[s] && d->accept[s])
			return true;
	return false;
}

int form_sets_from(const struct form *f, bool *states, bool (*sets)[256], size_t n)
{
	bool *next = calloc(f->dfa.nstates, sizeof(*next)), ended = false;

	if (!next)
		return -ENOMEM;
	for (size_t k = 0; k < n; k++) {
		bool ends = accepts_any(&f->dfa, states);

		for (unsigned int c = 0; c < 256; c++) {
			const u8 byte = (u8)c;

			sets[k][c] = ended || (ends && form_guard_after(f, &byte, 0, 1, true));
		}
		ended |= ends;
		memset(next, 0, f->dfa.nstates * sizeof(*next));
		step(&f->dfa, states, next, sets[k]);
		memcpy(states, next, f->dfa.nstates * sizeof(*next));
	}
	free(next);
	return 0;
}

/* By class of an automaton. */
struct by_class {
	bool digit[256], other[256]; /* it has digits, has other bytes */
	bool behind[2][256];
};

/*
 * Marks in `to` the states that a digit leads to from `from`, in behind[0] the classes of which others than
 * digits may follow, in behind[1] what may follow those.
 */
static void step_digit(const struct dfa *d, const bool *from, bool *to, struct by_class *by)
{
	for (u16 s = 1; s < d->nstates; s++) {
		for (u16 c = 0; from[s] && c < d->nclasses; c++) {
			u16 next = d->trans[s * d->nclasses + c];

			to[next] |= by->digit[c];
			if (!by->other[c] || (!next && !d->accept[s]))
				continue;
			by->behind[0][c] = true;
			for (u16 e = 0; e < d->nclasses; e++)
				by->behind[1][e] |= d->accept[s] || d->accept[next] ||
						    d->trans[next * d->nclasses + e];
		}
	}
	to[0] = false;
}

/*
 * What may stand behind the digits at the begin. Once a match may have ended, any
 * number may follow where the guard lets them, and anything behind those.
 */
static void runs(const struct form *f, bool *states, bool *next, struct form_sets *sets)
{
	const struct dfa *d = &f->dfa;
	struct by_class by = {0};
	bool ended = false;

	for (unsigned int c = 0; c < 256; c++)
		*(byte_kind((u8)c) == KIND_DIGIT ? &by.digit[d->class[c]]
						 : &by.other[d->class[c]]) = true;
	for (size_t n = 0; n <= RUN_MAX; n++) {
		ended |= f->after == GUARD_NONE && accepts_any(d, states);
		memset(next, 0, d->nstates * sizeof(*next));
		step_digit(d, states, next, &by);
		memcpy(states, next, d->nstates * sizeof(*next));
	}
	for (unsigned int c = 0; c < 256; c++) {
		bool digit = byte_kind((u8)c) == KIND_DIGIT;

		sets->behind_run[0][c] = ended || digit || by.behind[0][d->class[c]];
		sets->behind_run[1][c] = ended || by.behind[1][d->class[c]];
	}
}

int form_sets(const struct form *f, struct form_sets *ret_sets)
{
	size_t n = f->dfa.nstates;
	bool *states = calloc(2 * n, sizeof(*states));
	int r;

	if (!states)
		return -ENOMEM;
	sets_before(f, ret_sets);
	states[1] = true;
	runs(f, states, states + n, ret_sets);
	memset(states, 0, n * sizeof(*states));
	states[1] = true;
	r = form_sets_from(f, states, ret_sets->at, FILTER_DEPTH);
	if (!r)
		r = form_digit_patterns(f, ret_sets->digits);
	free(states);
	return r;
}
