/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Anchors: the first bytes of some forms say nothing, but they cannot do without some byte.
 *
 *      jane.doe+x@mail.example.org       place   0 1 2 3 ...
 *      ^^^^^^^^^^ prefix                         x @ m a
 *                ▲ anchor
 *
 * Every class of the automaton is taken out in turn: if then no state that accepts can be
 * reached, every match has a byte of that class.
 */
#include "prefilter.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The walk through the part of an automaton that lies before a class. */
struct before {
	const struct dfa *d;
	u16 class;
	u16 back;     /* most bytes before the class */
	bool accepts; /* there is a match without the class */
	bool *now, *next;
	bool *behind;    /* states that the class leads to */
	bool taken[256]; /* classes that come before it */
};

/* One byte on that is not of the class. Returns whether there is any such. */
static bool advance(struct before *b, u16 depth)
{
	const u16 *row;
	bool any = false;

	memset(b->next, 0, b->d->nstates * sizeof(*b->next));
	for (u16 s = 1; s < b->d->nstates; s++) {
		if (!b->now[s])
			continue;
		b->accepts |= b->d->accept[s];
		row = b->d->trans + s * b->d->nclasses;
		for (u16 c = 0; c < b->d->nclasses; c++) {
			if (!row[c])
				continue;
			if (c == b->class) {
				b->behind[row[c]] = true;
				b->back = depth;
			} else {
				b->next[row[c]] = b->taken[c] = any = true;
			}
		}
	}
	memcpy(b->now, b->next, b->d->nstates * sizeof(*b->now));
	return any;
}

/* Fills b for one class; false if there are matches without it, or all begin with it. */
static bool walk_before(struct before *b, u16 class)
{
	u16 n = b->d->nstates;

	*b = (struct before){
		.d = b->d, .class = class, .now = b->now, .next = b->next, .behind = b->behind};
	memset(b->now, 0, n * sizeof(*b->now));
	memset(b->behind, 0, n * sizeof(*b->behind));
	b->now[1] = true;
	for (u16 depth = 0; depth <= SCRIM_WINDOW && !b->accepts; depth++)
		if (!advance(b, depth))
			break;
	return !b->accepts && b->back;
}

/* The anchor of class b->class, and what stands around it. 0 or -ENOMEM. */
static int describe(const struct form *f, struct before *b, struct anchor *a, struct shape *sh)
{
	bool starts = f->dfa.trans[f->dfa.nclasses + b->class] != 0;

	a->back = b->back;
	for (unsigned int c = 0; c < 256; c++) {
		a->is[c] = f->dfa.class[c] == b->class;
		a->prefix[c] = !a->is[c] && b->taken[f->dfa.class[c]];
		sh->at[0][c] = starts || a->prefix[c];
		sh->at[1][c] = a->is[c];
	}
	return form_sets_from(f, b->behind, sh->at + 2, SHAPE_DEPTH - 2);
}

int form_anchor(const struct form *f, struct anchor *ret_anchor, struct shape *ret_shape)
{
	bool *flags = calloc(3u * f->dfa.nstates, sizeof(*flags));
	struct before b = {.d = &f->dfa, .now = flags};
	struct anchor a;
	struct shape sh;
	float rate, best = 1;
	int r = 0;

	if (!flags)
		return -ENOMEM;
	b.next = flags + f->dfa.nstates;
	b.behind = b.next + f->dfa.nstates;
	for (u16 class = 0; class < f->dfa.nclasses && !r; class ++) {
		if (!walk_before(&b, class))
			continue;
		r = describe(f, &b, &a, &sh);
		rate = shape_rate(&sh);
		if (!r && rate < best) {
			best = rate;
			*ret_anchor = a;
			*ret_shape = sh;
		}
	}
	free(flags);
	return r ? r : best < 1;
}
