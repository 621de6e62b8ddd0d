/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A form taken apart, by the kinds of its first bytes:
 *
 *      \d{1,2}/\d{1,2}/..      digit other digit other
 *                             digit other digit digit other
 *                             digit digit other digit other
 *                             digit digit other digit digit other
 *
 * One shape for all of them would let through any mixture of digits and slashes. While there is
 * room for more pieces, each place divides a piece by the kinds of byte that may stand there.
 */
#include "prefilter.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct piece {
	struct shape *shape;
	bool *states; /* of the automaton, after the places so far */
	bool ended;   /* the match may have ended: anything follows */
};

static bool accepts(const struct dfa *d, const bool *states)
{
	for (u16 s = 1; s < d->nstates; s++)
		if (states[s] && d->accept[s])
			return true;
	return false;
}

/* The bytes that may follow in p, as part of the match or behind it. */
static void following(const struct form *f, const struct piece *p, bool *part, bool *behind)
{
	const struct dfa *d = &f->dfa;
	bool taken[256] = {false}, ends = accepts(d, p->states); /* taken: by class */

	for (u16 s = 1; s < d->nstates; s++)
		for (u16 c = 0; p->states[s] && c < d->nclasses; c++)
			taken[c] |= d->trans[s * d->nclasses + c] != 0;
	for (unsigned int c = 0; c < 256; c++) {
		const u8 byte = (u8)c;

		part[c] = taken[d->class[c]];
		behind[c] = p->ended || (ends && form_guard_after(f, &byte, 0, 1, true));
	}
}

static bool any_of(const bool *set, unsigned int kinds)
{
	for (unsigned int c = 0; c < 256; c++)
		if (set[c] && (kinds >> byte_kind((u8)c) & 1))
			return true;
	return false;
}

/* Makes `to` what p becomes with a byte of `kinds` at the place; `to` may be p. */
static void step(const struct dfa *d, const struct piece *p, struct piece *to, size_t place,
		 const bool *part, const bool *behind, unsigned int kinds, bool *scratch)
{
	bool classes[256] = {false};

	if (to != p)
		*to->shape = *p->shape;
	for (unsigned int c = 0; c < 256; c++) {
		bool in = kinds >> byte_kind((u8)c) & 1;

		to->shape->at[place][c] = in && (part[c] || behind[c]);
		classes[d->class[c]] |= in && part[c];
	}
	memset(scratch, 0, d->nstates * sizeof(*scratch));
	for (u16 s = 1; s < d->nstates; s++)
		for (u16 c = 0; p->states[s] && c < d->nclasses; c++)
			scratch[d->trans[s * d->nclasses + c]] |= classes[c];
	scratch[0] = false;
	memcpy(to->states, scratch, d->nstates * sizeof(*scratch));
	to->ended = any_of(behind, kinds);
}

/* Fills in the place of piece i, dividing it as there is room. Returns how many there are then. */
static size_t divide(const struct form *f, struct piece *pieces, size_t n, size_t i, size_t place,
		     bool *scratch)
{
	const unsigned int all = (1U << BYTE_KINDS) - 1;
	bool part[256], behind[256];
	unsigned int rest = 0;

	following(f, &pieces[i], part, behind);
	for (unsigned int kind = 0; kind < BYTE_KINDS && !any_of(behind, all); kind++)
		if (any_of(part, 1U << kind))
			rest |= 1U << kind;
	for (; rest & (rest - 1) && n < PIECES; rest &= rest - 1, n++)
		step(&f->dfa, &pieces[i], &pieces[n], place, part, behind, rest & -rest, scratch);
	step(&f->dfa, &pieces[i], &pieces[i], place, part, behind, rest ? rest : all, scratch);
	return n;
}

int form_pieces(const struct form *f, const bool before[256], struct shape ret_shapes[PIECES])
{
	size_t nstates = f->dfa.nstates, n = 1;
	bool *states = calloc(nstates * (PIECES + 1), sizeof(*states));
	struct piece pieces[PIECES];

	if (!states)
		return -ENOMEM;
	for (size_t i = 0; i < PIECES; i++)
		pieces[i] = (struct piece){&ret_shapes[i], states + i * nstates, false};
	memcpy(ret_shapes[0].at[0], before, sizeof(ret_shapes[0].at[0]));
	pieces[0].states[1] = true;
	for (size_t place = 1; place < SHAPE_DEPTH; place++)
		for (size_t i = 0, upto = n; i < upto; i++)
			n = divide(f, pieces, n, i, place, states + PIECES * nstates);
	free(states);
	return (int)n;
}
