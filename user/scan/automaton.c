/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A form's automaton laid out for walking: rows named by their offset, so that a step is an
 * addition and a load, and sorted, so that "accepts" and "cannot go on" are comparisons. Small
 * ones are laid out for pairs of bytes, too.
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

/* The same automaton by pairs of bytes: state i of d's becomes row i of n * n entries. */
static int pairs_build(struct arena *a, const struct automaton *d, u32 rows, u32 n,
		       const struct pairs **ret_pairs)
{
	u32 step = n * n;
	struct pairs *p = arena_alloc(a, sizeof(*p));
	u16 *trans = arena_array(a, (size_t)rows * step, sizeof(*trans));
	u8 *between = arena_array(a, (size_t)rows * step, sizeof(*between));

	if (!p || !trans || !between)
		return -ENOMEM;
	for (u32 i = 0; i < rows * step; i++) {
		u32 middle = d->trans[i / step * n + i % step / n], last = d->trans[middle + i % n];

		trans[i] = (u16)(last * n);
		between[i] = middle >= d->accept;
	}
	for (unsigned int c = 0; c < 256; c++)
		p->first[c] = (u16)(d->class[c] * n);
	p->second = d->class;
	p->trans = trans;
	p->between = between;
	p->start = (u16)(d->start * n);
	p->accept = (u16)(d->accept * n);
	p->nclasses = (u16)n;
	*ret_pairs = p;
	return 0;
}

int automaton_build(struct arena *a, const struct dfa *d, struct automaton *ret_dfa)
{
	u32 n = d->nclasses, row = 0, first[KINDS];
	u32 *trans = arena_array(a, (size_t)d->nstates * n, sizeof(*trans));
	u32 *offset = calloc(d->nstates, sizeof(*offset));

	if (!trans || !offset) {
		free(offset);
		return -ENOMEM;
	}
	for (enum kind k = DEAD; k < KINDS; k++) {
		first[k] = row * n;
		for (u16 i = 0; i < d->nstates; i++)
			if (state_kind(d, i) == k)
				offset[i] = row++ * n;
	}
	for (u16 i = 0; i < d->nstates; i++)
		for (u32 c = 0; c < n; c++)
			trans[offset[i] + c] = offset[d->trans[i * n + c]];
	*ret_dfa = (struct automaton){
		.class = d->class,
		.trans = trans,
		.start = offset[1],
		.accept = first[ACCEPTS],
		.final = first[FINAL],
		.max = d->max,
	};
	free(offset);
	if ((size_t)d->nstates * n * n > PAIRS_MAX)
		return 0;
	return pairs_build(a, ret_dfa, d->nstates, n, &ret_dfa->pairs);
}
