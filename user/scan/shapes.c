/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From forms to few shapes.
 *
 * Every form brings a shape. When there is one too many, the two are put together that lose
 * least by it, after the estimate of rate.c: ten forms that begin with three digits become one
 * shape, and a site's "AX-" stays by itself. So the prefilter's cost does not grow with the rules.
 */
#include "prefilter.h"
#include <string.h>

/* A shape that more often than this finds something is better anchored elsewhere. */
#define OFTEN 0.004f

static void shape_join(struct shape *sh, const struct shape *other)
{
	for (int i = 0; i < SHAPE_DEPTH; i++)
		for (unsigned int c = 0; c < 256; c++)
			sh->at[i][c] |= other->at[i][c];
}

/* What the two find more when put together. */
static float loss(const struct shape *a, const struct shape *b)
{
	struct shape both = *a;

	shape_join(&both, b);
	return shape_rate(&both) - shape_rate(a) - shape_rate(b);
}

static void join_cheapest(struct prefilter_builder *b)
{
	size_t best_i = 0, best_j = 1;
	float least = 0, l;

	for (size_t i = 0; i < b->n; i++) {
		for (size_t j = i + 1; j < b->n; j++) {
			l = loss(&b->shapes[i], &b->shapes[j]);
			if ((i == 0 && j == 1) || l < least) {
				least = l;
				best_i = i;
				best_j = j;
			}
		}
	}
	shape_join(&b->shapes[best_i], &b->shapes[best_j]);
	b->shapes[best_j] = b->shapes[--b->n];
}

/* Keeps the anchor; anchors at the same bytes share one. False if there is no room. */
static bool keep_anchor(struct prefilter *pf, const struct anchor *a)
{
	struct anchor *old = pf->anchors, *end = pf->anchors + pf->nanchors;

	while (old < end && memcmp(old->is, a->is, sizeof(a->is)) != 0)
		old++;
	if (old == pf->anchors + ANCHORS)
		return false;
	if (old == end) {
		*old = *a;
		pf->nanchors++;
	}
	for (unsigned int c = 0; c < 256; c++)
		old->prefix[c] |= a->prefix[c];
	if (a->back > old->back)
		old->back = a->back;
	if (a->back > pf->back)
		pf->back = a->back;
	return true;
}

int prefilter_add(struct prefilter_builder *b, const struct form *f, const struct form_sets *sets,
		  bool zoned)
{
	struct shape sh, around;
	struct anchor anchor;
	int r;

	memcpy(sh.at[0], sets->before[0], sizeof(sh.at[0]));
	memcpy(sh.at[1], sets->at[0], sizeof(sh.at) - sizeof(sh.at[0]));
	if (zoned) {
		shape_join(&b->zoned, &sh);
		return 0;
	}
	if (shape_rate(&sh) > OFTEN) {
		r = form_anchor(f, &anchor, &around);
		if (r < 0)
			return r;
		if (r && shape_rate(&around) < OFTEN / 4 && keep_anchor(b->pf, &anchor)) {
			shape_join(&b->anchored, &around);
			return 1;
		}
	}
	b->shapes[b->n++] = sh;
	if (b->n == array_size(b->shapes))
		join_cheapest(b);
	return 0;
}

static void put_shape(struct prefilter *pf, const struct shape *sh, int s)
{
	for (int i = 0; i < SHAPE_DEPTH; i++)
		for (unsigned int c = 0; c < 256; c++)
			pf->fits[c] |= (u64)sh->at[i][c] << (8 * i + s);
}

void prefilter_finish(struct prefilter_builder *b)
{
	for (size_t s = 0; s < b->n; s++)
		put_shape(b->pf, &b->shapes[s], (int)s);
	put_shape(b->pf, &b->zoned, SHAPE_ZONED);
	put_shape(b->pf, &b->anchored, SHAPE_ANCHOR);
	classes_choose(b->pf);
}
