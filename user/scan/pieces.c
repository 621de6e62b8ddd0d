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
 * room for more pieces, each place divides a piece by the kinds of byte that may stand there, if
 * they lead to different states: a hexadecimal digit is one, whatever its kind.
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

/* The states that those in `states` lead to with the bytes of part[] that are of `kinds`. */
static void after(const struct dfa *d, const bool *states, const bool *part, unsigned int kinds,
		  bool *to)
{
	bool classes[256] = {false};

	for (unsigned int c = 0; c < 256; c++)
		classes[d->class[c]] |= (kinds >> byte_kind((u8)c) & 1) && part[c];
	memset(to, 0, d->nstates * sizeof(*to));
	for (u16 s = 1; s < d->nstates; s++)
		for (u16 c = 0; states[s] && c < d->nclasses; c++)
			to[d->trans[s * d->nclasses + c]] |= classes[c];
	to[0] = false;
}

/* Makes `to` what p becomes with a byte of `kinds` at the place; `to` may be p. */
static void step(const struct dfa *d, const struct piece *p, struct piece *to, size_t place,
		 const bool *part, const bool *behind, unsigned int kinds, bool *scratch)
{
	if (to != p)
		*to->shape = *p->shape;
	for (unsigned int c = 0; c < 256; c++)
		to->shape->at[place][c] = (kinds >> byte_kind((u8)c) & 1) && (part[c] || behind[c]);
	after(d, p->states, part, kinds, scratch);
	memcpy(to->states, scratch, d->nstates * sizeof(*scratch));
	to->ended = any_of(behind, kinds);
}

/*
 * The kinds of `kinds` that lead where the lowest of them does: what follows is the same for all
 * of them, and nothing is gained by telling them apart.
 */
static unsigned int alike(const struct dfa *d, const struct piece *p, const bool *part,
			  unsigned int kinds, bool *scratch)
{
	unsigned int first = kinds & -kinds, same = first;
	bool *one = scratch, *other = scratch + d->nstates;

	after(d, p->states, part, first, one);
	for (unsigned int kind = 0; kind < BYTE_KINDS; kind++) {
		if (!((kinds ^ first) >> kind & 1))
			continue;
		after(d, p->states, part, 1U << kind, other);
		if (!memcmp(one, other, d->nstates * sizeof(*one)))
			same |= 1U << kind;
	}
	return same;
}

/* Fills in the place of piece i, dividing it as there is room. Returns how many there are then. */
static size_t divide(const struct form *f, struct piece *pieces, size_t n, size_t i, size_t place,
		     bool *scratch)
{
	const unsigned int all = (1U << BYTE_KINDS) - 1;
	bool part[256], behind[256];
	unsigned int rest = 0, kinds;

	following(f, &pieces[i], part, behind);
	for (unsigned int kind = 0; kind < BYTE_KINDS && !any_of(behind, all); kind++)
		if (any_of(part, 1U << kind))
			rest |= 1U << kind;
	for (; rest & (rest - 1) && n < PIECES; rest &= ~kinds, n++) {
		kinds = alike(&f->dfa, &pieces[i], part, rest, scratch);
		if (kinds == rest)
			break;
		step(&f->dfa, &pieces[i], &pieces[n], place, part, behind, kinds, scratch);
	}
	step(&f->dfa, &pieces[i], &pieces[i], place, part, behind, rest ? rest : all, scratch);
	return n;
}

int form_pieces(const struct form *f, const bool before[256], struct shape ret_shapes[PIECES])
{
	size_t nstates = f->dfa.nstates, n = 1;
	bool *states = calloc(nstates * (PIECES + 2), sizeof(*states));
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
