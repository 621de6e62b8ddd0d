/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Anchors: the first bytes of some forms say nothing, but they cannot do without some byte.
 *
 *      jane.doe+x@mail.example.org       place   0 1 2 3 ...
 *      ^^^^^^^^^^ prefix                         x @ m a
 *                ▲ anchor
 *
 * Every class of the automaton is taken out in turn, and every kind: if then no state that accepts
 * can be reached, every match has a byte of it. "555 0123 office" cannot do without a letter.
 */
#include "prefilter.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The walk through the part of an automaton that lies before some classes. */
struct before {
	const struct dfa *d;
	bool is[256];    /* the classes */
	bool first[256]; /* those of them that can come first */
	bool taken[256]; /* those that come before them */
	u16 least, back; /* fewest and most bytes before them */
	bool accepts;    /* there is a match without them */
	bool *now, *next;
	bool *behind; /* states that they lead to */
};

/* One byte on that is not of the classes. Returns whether there is any such. */
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
			if (b->is[c]) {
				b->behind[row[c]] = b->first[c] = true;
				b->least = depth < b->least ? depth : b->least;
				b->back = depth;
			} else {
				b->next[row[c]] = b->taken[c] = any = true;
			}
		}
	}
	memcpy(b->now, b->next, b->d->nstates * sizeof(*b->now));
	return any;
}

/* Takes for b the class `which`, or of those behind the last class, all that are of one kind. */
static void take(struct before *b, u16 which)
{
	unsigned int kind = (unsigned int)(which - b->d->nclasses);

	for (u16 c = 0; c < b->d->nclasses; c++)
		b->is[c] = which < b->d->nclasses ? c == which : true;
	for (unsigned int c = 0; c < 256 && which >= b->d->nclasses; c++)
		if (byte_kind((u8)c) != kind)
			b->is[b->d->class[c]] = false;
}

/* Fills b; false if there are matches without what is taken, or all begin with it. */
static bool walk_before(struct before *b, u16 which)
{
	u16 n = b->d->nstates;

	*b = (struct before){.d = b->d,
			     .least = SCRIM_WINDOW,
			     .now = b->now,
			     .next = b->next,
			     .behind = b->behind};
	take(b, which);
	memset(b->now, 0, n * sizeof(*b->now));
	memset(b->behind, 0, n * sizeof(*b->behind));
	b->now[1] = true;
	for (u16 depth = 0; depth <= SCRIM_WINDOW && !b->accepts; depth++)
		if (!advance(b, depth))
			break;
	return !b->accepts && b->back;
}

/* The anchor, and what stands around it. 0 or -ENOMEM. */
static int describe(const struct form *f, struct before *b, struct anchor *a, struct shape *sh)
{
	a->least = b->least;
	a->back = b->back;
	for (unsigned int c = 0; c < 256; c++) {
		a->is[c] = b->first[f->dfa.class[c]];
		a->prefix[c] = b->taken[f->dfa.class[c]];
		sh->at[0][c] = !a->least || a->prefix[c];
		sh->at[1][c] = a->is[c];
	}
	return form_sets_from(f, b->behind, sh->at + 2, SHAPE_DEPTH - 2);
}

int form_anchor(const struct form *f, const struct pages *pages, struct anchor *ret_anchor,
		struct shape *ret_shape)
{
	bool *flags = calloc(3u * f->dfa.nstates, sizeof(*flags));
	struct before b = {.d = &f->dfa, .now = flags};
	struct anchor a;
	struct shape sh;
	float count, best = SAMPLE_PLACES;
	int r = 0;

	if (!flags)
		return -ENOMEM;
	b.next = flags + f->dfa.nstates;
	b.behind = b.next + f->dfa.nstates;
	for (u16 which = 0; which < f->dfa.nclasses + BYTE_KINDS; which++) {
		if (!walk_before(&b, which))
			continue;
		r = describe(f, &b, &a, &sh);
		if (r)
			break;
		count = anchor_count(pages, &a, &sh);
		if (count < best) {
			best = count;
			*ret_anchor = a;
			*ret_shape = sh;
		}
	}
	free(flags);
	return r ? r : best < SAMPLE_PLACES;
}
