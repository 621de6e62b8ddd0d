/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A form's automaton laid out for walking. There is a column of next states for each class of bytes,
 * so that the states of a run, which follow each other, lie side by side; and states are sorted, so
 * that "accepts" and "cannot go on" are comparisons. Small ones are laid out for pairs of bytes, too.
 */
#include "scanner.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum kind { DEAD, GOES_ON, ACCEPTS, FINAL, KINDS };

static enum kind state_kind(const struct dfa *d, u16 state)
{
	if (state == 0)
		return DEAD;
	if (!d->accept[state])
		return GOES_ON;
	for (u16 c = 0; c < d->nclasses; c++)
		if (d->trans[state * d->nclasses + c])
			return ACCEPTS;
	return FINAL;
}

/* The automaton that d was made, by pairs of bytes: as many columns as pairs of classes. */
static int pairs_build(struct arena *a, const struct dfa *d, const struct automaton *by_one,
		       const struct pairs **ret_pairs)
{
	u32 nstates = d->nstates, n = d->nclasses;
	struct pairs *p = arena_alloc(a, sizeof(*p));
	u16 *trans = arena_array(a, (size_t)nstates * n * n, sizeof(*trans));

	if (!p || !trans)
		return -ENOMEM;
	for (u32 i = 0; i < nstates * n * n; i++) {
		u32 state = i % nstates, first = i / nstates / n, second = i / nstates % n;
		u16 between = by_one->trans[first * nstates + state];

		trans[i] = by_one->trans[second * nstates + between];
	}
	for (unsigned int c = 0; c < 256; c++)
		p->column[c] = d->class[c] * n * nstates;
	p->trans = trans;
	*ret_pairs = p;
	return 0;
}

int automaton_build(struct arena *a, const struct dfa *d, struct automaton *ret_dfa)
{
	u32 n = d->nclasses, first[KINDS];
	u16 *trans = arena_array(a, (size_t)d->nstates * n, sizeof(*trans));
	u32 *column = arena_array(a, 256, sizeof(*column));
	u16 *sorted = calloc(d->nstates, sizeof(*sorted)), next = 0;

	if (!trans || !column || !sorted) {
		free(sorted);
		return -ENOMEM;
	}
	for (enum kind k = DEAD; k < KINDS; k++) {
		first[k] = next;
		for (u16 i = 0; i < d->nstates; i++)
			if (state_kind(d, i) == k)
				sorted[i] = next++;
	}
	for (u16 i = 0; i < d->nstates; i++)
		for (u32 c = 0; c < n; c++)
			trans[c * d->nstates + sorted[i]] = sorted[d->trans[i * n + c]];
	for (unsigned int c = 0; c < 256; c++)
		column[c] = (u32)d->class[c] * d->nstates;
	*ret_dfa = (struct automaton){
		.column = column,
		.trans = trans,
		.start = sorted[1],
		.accept = first[ACCEPTS],
		.final = first[FINAL],
		.max = d->max,
	};
	free(sorted);
	if ((size_t)d->nstates * n * n > PAIRS_MAX)
		return 0;
	return pairs_build(a, d, ret_dfa, &ret_dfa->pairs);
}
