/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From forms to few shapes.
 *
 * Every form brings a few shapes (pieces.c). When there is one too many, the two are put together that lose
 * least by it, after the estimate of rate.c: ten forms that begin with three digits become one
 * shape, and a site's "AX-" stays by itself. So the prefilter's cost does not grow with the rules.
 */
#include "prefilter.h"
#include <string.h>

/* A shape that more often than this finds something is better anchored elsewhere. */
#define OFTEN 0.0005f

static void shape_join(struct shape *sh, const struct shape *other)
{
	for (int i = 0; i < SHAPE_DEPTH; i++)
		for (unsigned int c = 0; c < 256; c++)
			sh->at[i][c] |= other->at[i][c];
}

static float loss(const struct prefilter_builder *b, size_t i, size_t j)
{
	struct shape both = b->shapes[i];

	shape_join(&both, &b->shapes[j]);
	return shape_rate(&both) - b->rate[i] - b->rate[j];
}

/* Puts a shape at i, and knows what it loses with any other. */
static void put(struct prefilter_builder *b, size_t i, const struct shape *sh)
{
	if (sh != &b->shapes[i])
		b->shapes[i] = *sh;
	b->rate[i] = shape_rate(sh);
	for (size_t j = 0; j < b->n; j++)
		if (j != i)
			b->loss[i][j] = b->loss[j][i] = loss(b, i, j);
}

static void join_cheapest(struct prefilter_builder *b)
{
	size_t best_i = 0, best_j = 1;

	for (size_t i = 0; i < b->n; i++) {
		for (size_t j = i + 1; j < b->n; j++) {
			if (b->loss[i][j] < b->loss[best_i][best_j]) {
				best_i = i;
				best_j = j;
			}
		}
	}
	shape_join(&b->shapes[best_i], &b->shapes[best_j]);
	b->n--;
	for (int g = 0; g < GROUPS_MAX; g++) {
		b->forms[best_i][g] |= b->forms[best_j][g];
		b->forms[best_j][g] = b->forms[b->n][g];
	}
	put(b, best_i, &b->shapes[best_i]);
	if (best_j < b->n)
		put(b, best_j, &b->shapes[b->n]);
}

/* Keeps the anchor; anchors at the same bytes share one. False if there is no room. */
static bool keep_anchor(struct prefilter_builder *b, const struct anchor *a,
			const struct shape *around)
{
	struct prefilter *pf = b->pf;
	struct anchor *old = pf->anchors, *end = pf->anchors + pf->nanchors;
	size_t i;

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
	if (a->least < old->least)
		old->least = a->least;
	if (a->back > old->back)
		old->back = a->back;
	if (a->back > pf->back)
		pf->back = a->back;
	i = (size_t)(old - pf->anchors);
	shape_join(&b->anchored[i < ANCHOR_SHAPES ? i : ANCHOR_SHAPES - 1], around);
	return true;
}

int prefilter_add(struct prefilter_builder *b, const struct form *f, u16 index,
		  const struct form_sets *sets, bool zoned)
{
	struct shape pieces[PIECES], around;
	struct anchor anchor;
	float rate = 0;
	int n, r;

	n = form_pieces(f, sets->before[0], pieces);
	if (n < 0)
		return n;
	for (int i = 0; i < n; i++) {
		rate += shape_rate(&pieces[i]);
		if (zoned)
			shape_join(&b->zoned, &pieces[i]);
	}
	if (zoned)
		return 0;
	if (rate > OFTEN) {
		r = form_anchor(f, &anchor, &around);
		if (r < 0)
			return r;
		if (r && shape_rate(&around) < rate / 4 && keep_anchor(b, &anchor, &around))
			return 1;
	}
	for (int i = 0; i < n; i++) {
		memset(b->forms[b->n], 0, sizeof(b->forms[b->n]));
		b->forms[b->n][index / GROUP_FORMS] = 1ULL << index % GROUP_FORMS;
		put(b, b->n++, &pieces[i]);
		if (b->n > b->max)
			join_cheapest(b);
	}
	return 0;
}

static void put_shape(struct prefilter *pf, const struct shape *sh, int s)
{
	for (int i = 0; i < SHAPE_DEPTH; i++)
		for (unsigned int c = 0; c < 256; c++)
			pf->fits[s / 8][c] |= (u64)sh->at[i][c] << (8 * i + s % 8);
}

void prefilter_finish(struct prefilter_builder *b, unsigned int classes)
{
	for (size_t s = 0; s < b->n; s++)
		put_shape(b->pf, &b->shapes[s], (int)plain_shape(s));
	put_shape(b->pf, &b->zoned, SHAPE_ZONED);
	for (int i = 0; i < ANCHOR_SHAPES; i++)
		put_shape(b->pf, &b->anchored[i], SHAPE_ANCHOR + i);
	classes_choose(b->pf, classes);
}
