/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From forms to few shapes.
 *
 * Every form brings a few shapes (pieces.c). When there is one too many, the two are put together that lose
 * least by it on a page of common text (sample.c): ten forms that begin with three digits become one
 * shape, and a site's "AX-" stays by itself. So the prefilter's cost does not grow with the rules.
 */
#include "prefilter.h"
#include <string.h>

/* A shape that more often than this finds something is better anchored elsewhere. */
#define OFTEN (0.0005f * SAMPLE_PLACES)
/*
 * What two shapes may cost more, by loss(), if they are one: what is let through at a place or two of the pages. A bank of eight
 * costs far more.
 */
#define LITTLE 4

void shape_join(struct shape *sh, const struct shape *other)
{
	bytes_join(sh, other, sizeof(*sh));
}

void forms_join(struct gathered *g, const struct gathered *other)
{
	for (u16 i = 0; i < other->ngroups; i++)
		g->forms[i] |= other->forms[i];
	if (other->ngroups > g->ngroups)
		g->ngroups = other->ngroups;
}

/* How many forms are under either. */
static unsigned int nforms(const struct gathered *g, const struct gathered *other)
{
	unsigned int n = 0;

	for (u16 i = 0; i < g->ngroups || i < other->ngroups; i++)
		n += bits_in(g->forms[i] | other->forms[i]);
	return n;
}

/*
 * At each place where a shape fits there is a candidate. A form more under it makes that a little dearer:
 * the first look is at all forms at once.
 */
float gathered_cost(const struct gathered *g, const struct gathered *other, float count)
{
	return (2 + 0.3f * (float)nforms(g, other)) * count;
}

void gathered_weigh(struct gathered *g)
{
	g->count = sample_count(&g->sample, &g->sample);
	g->cost = gathered_cost(g, g, g->count);
}

/* What i and j lose as one shape that finds `count`. */
static float loss(const struct prefilter_builder *b, size_t i, size_t j, float count)
{
	return gathered_cost(&b->shapes[i], &b->shapes[j], count) - b->shapes[i].cost -
	       b->shapes[j].cost;
}

static void find_nearest(struct prefilter_builder *b, size_t i)
{
	b->nearest[i] = 0;
	for (size_t j = i + 1; j < b->n; j++)
		if (b->shapes[i].quick == b->shapes[j].quick &&
		    (!b->nearest[i] || b->loss[i][j] < b->loss[i][b->nearest[i]]))
			b->nearest[i] = j;
}

/* What i loses with others has changed, or the last shape has gone. */
static void renew_nearest(struct prefilter_builder *b, size_t i)
{
	find_nearest(b, i);
	for (size_t k = 0; k < b->n; k++) {
		size_t nearest = b->nearest[k];

		if (nearest == i || nearest >= b->n)
			find_nearest(b, k);
		else if (k < i && b->shapes[k].quick == b->shapes[i].quick &&
			 (!nearest || b->loss[k][i] < b->loss[k][nearest]))
			b->nearest[k] = i;
	}
}

/*
 * What has come to i: weighs it, and what it loses with any other. That is at least what they would lose
 * if all that one finds the other found, too; closer one looks only if it matters.
 */
static void weigh(struct prefilter_builder *b, size_t i)
{
	gathered_weigh(&b->shapes[i]);
	for (size_t j = 0; j < b->n; j++) {
		float count = b->shapes[i].count, other = b->shapes[j].count;

		if (j == i)
			continue;
		b->loss[i][j] = b->loss[j][i] = loss(b, i, j, count > other ? count : other);
		b->weighed[i][j] = b->weighed[j][i] = false;
	}
	renew_nearest(b, i);
}

/* Moves the last shape to j, which is free. */
static void move_last(struct prefilter_builder *b, size_t j)
{
	size_t i = --b->n;

	if (i == j)
		return;
	b->shapes[j] = b->shapes[i];
	for (size_t k = 0; k < b->n; k++) {
		if (k == j)
			continue;
		b->loss[j][k] = b->loss[k][j] = b->loss[i][k];
		b->weighed[j][k] = b->weighed[k][j] = b->weighed[i][k];
	}
	renew_nearest(b, j);
}

/* The two that lose least, of the quick ones or of the others, as far as they have been looked at. */
static void find_cheapest(const struct prefilter_builder *b, bool quick, size_t *ret_i,
			  size_t *ret_j)
{
	float least = 0;

	*ret_i = *ret_j = 0;
	for (size_t i = 0; i < b->n; i++) {
		size_t j = b->nearest[i];

		if (!j || b->shapes[i].quick != quick || (*ret_j && b->loss[i][j] >= least))
			continue;
		least = b->loss[i][j];
		*ret_i = i;
		*ret_j = j;
	}
}

static void look_closer(struct prefilter_builder *b, size_t i, size_t j)
{
	float count = sample_count(&b->shapes[i].sample, &b->shapes[j].sample);

	b->loss[i][j] = b->loss[j][i] = loss(b, i, j, count);
	b->weighed[i][j] = b->weighed[j][i] = true;
	find_nearest(b, i);
}

/* The same, with what they lose; 0 for both and no loss: there are no two. */
static float find_join(struct prefilter_builder *b, bool quick, size_t *ret_i, size_t *ret_j)
{
	find_cheapest(b, quick, ret_i, ret_j);
	while (*ret_j && !b->weighed[*ret_i][*ret_j]) {
		look_closer(b, *ret_i, *ret_j);
		find_cheapest(b, quick, ret_i, ret_j);
	}
	return *ret_j ? b->loss[*ret_i][*ret_j] : 0;
}

static void join(struct prefilter_builder *b, size_t i, size_t j)
{
	shape_join(&b->shapes[i].shape, &b->shapes[j].shape);
	sample_join(&b->shapes[i].sample, &b->shapes[j].sample);
	forms_join(&b->shapes[i], &b->shapes[j]);
	b->nquick -= b->shapes[i].quick;
	move_last(b, j);
	for (size_t k = 0; k < b->npieces; k++)
		b->of[k] = b->of[k] == j ? i : b->of[k] == b->n ? j : b->of[k];
	weigh(b, i);
}

/* Of the quick ones, or of the others. */
static void join_cheapest(struct prefilter_builder *b, bool quick)
{
	size_t i, j;

	find_join(b, quick, &i, &j);
	join(b, i, j);
}

/* Which anchor stands for these bytes; a new one, if none does. */
static u16 find_anchor(const struct prefilter *pf, const bool is[256])
{
	for (u16 i = 0; i < pf->nanchors; i++) {
		bool same = true;

		for (unsigned int c = 0; c < 256; c++)
			same &= (pf->is_anchor[c] >> i & 1) == is[c];
		if (same)
			return i;
	}
	return pf->nanchors;
}

/* Keeps the anchor; anchors at the same bytes share one. False if there is no room. */
static bool keep_anchor(struct prefilter_builder *b, const struct anchor *a,
			const struct shape *around, const struct form_sets *sets)
{
	struct prefilter *pf = b->pf;
	u16 i = find_anchor(pf, a->is);

	if (i == ANCHORS)
		return false;
	if (i == pf->nanchors) {
		pf->nanchors++;
		pf->least[i] = a->least;
	}
	for (unsigned int c = 0; c < 256; c++) {
		pf->is_anchor[c] |= (u8)(a->is[c] << i);
		pf->prefix[c] |= (u8)(a->prefix[c] << i);
		pf->first[c] |= (u8)(sets->at[0][c] << i);
		pf->before[c] |= (u8)((sets->before[0][c] | sets->before[1][c]) << i);
	}
	if (a->least < pf->least[i])
		pf->least[i] = a->least;
	if (a->back > pf->most[i])
		pf->most[i] = a->back;
	if (a->back > pf->back)
		pf->back = a->back;
	shape_join(&b->anchored[i < ANCHOR_SHAPES ? i : ANCHOR_SHAPES - 1], around);
	return true;
}

static void gather(struct prefilter_builder *b, const struct shape *piece,
		   const struct sample *sample, u16 form, bool quick)
{
	struct gathered *g = &b->shapes[b->n];

	g->shape = *piece;
	g->sample = *sample;
	memset(g->forms, 0, sizeof(g->forms));
	g->forms[form / GROUP_FORMS] = 1ULL << form % GROUP_FORMS;
	g->ngroups = (u16)(form / GROUP_FORMS + 1);
	g->quick = quick;
	b->nquick += quick;
	weigh(b, b->n++);
	if (b->n > GATHERED)
		join_cheapest(b, b->nquick > GATHERED / 2);
}

int prefilter_add(struct prefilter_builder *b, const struct form *f, u16 index,
		  const struct form_sets *sets, bool zoned)
{
	struct shape pieces[PIECES], around;
	struct anchor anchor;
	bool quick = b->max_quick && f->quick;
	float count = 0;
	int n, r;

	n = form_pieces(f, sets->before[0], pieces);
	if (n < 0)
		return n;
	for (int i = 0; i < n && zoned; i++)
		shape_join(&b->zoned, &pieces[i]);
	if (zoned)
		return 0;
	for (int i = 0; i < n; i++) {
		sample_take(&b->pages, &pieces[i], &b->at_hand[i]);
		count += sample_count(&b->at_hand[i], &b->at_hand[i]);
	}
	if (count > OFTEN && !quick) {
		r = form_anchor(f, &b->pages, &anchor, &around);
		if (r < 0)
			return r;
		if (r && anchor_count(&b->pages, &anchor, &around) < count &&
		    keep_anchor(b, &anchor, &around, sets))
			return 1;
	}
	for (int i = 0; i < n; i++)
		gather(b, &pieces[i], &b->at_hand[i], index, quick);
	return 0;
}

static void put_shape(struct prefilter *pf, const struct shape *sh, int s)
{
	for (int i = 0; i < SHAPE_DEPTH; i++)
		for (unsigned int c = 0; c < 256; c++)
			pf->fits[s / 8][i][c] |= (u8)(sh->at[i][c] << s % 8);
}

static void put_near(struct prefilter *pf)
{
	for (int bank = 0; bank < BANKS; bank++)
		for (int i = 0; i < NEAR_DEPTH; i++)
			for (unsigned int c = 0; c < 256; c++)
				pf->near[bank][c] |= (u64)pf->fits[bank][i][c] << 8 * i;
}

/* The first bank begins with plain shapes; then come those of labels and anchors; then plain ones. */
static void give_places(struct prefilter_builder *b)
{
	unsigned int plain = 0, quick = (unsigned int)b->max + 1 + ANCHOR_SHAPES;

	for (size_t i = 0; i < b->n; i++) {
		if (plain == SHAPE_ZONED)
			plain = SHAPE_ANCHOR + ANCHOR_SHAPES;
		b->shapes[i].place = b->shapes[i].quick ? quick++ : plain++;
		b->pf->quick |= b->shapes[i].quick;
	}
	b->pf->banks = (u8)(1 + (plain ? plain - 1 : 0) / 8);
}

/* From what was gathered to as many shapes as there may be. */
static void join_down(struct prefilter_builder *b)
{
	size_t i, j;

	b->npieces = b->n;
	for (i = 0; i < b->n; i++) {
		b->pieces[i] = b->shapes[i];
		b->of[i] = i;
	}
	while (b->nquick > b->max_quick)
		join_cheapest(b, true);
	while (b->n - b->nquick > b->max)
		join_cheapest(b, false);
	/* And fewer, where that loses less than a bank costs. */
	while (find_join(b, false, &i, &j) <= LITTLE && j)
		join(b, i, j);
	if (b->n < b->npieces)
		shapes_move(b);
}

int prefilter_finish(struct prefilter_builder *b, unsigned int classes)
{
	join_down(b);
	give_places(b);
	for (size_t s = 0; s < b->n; s++)
		put_shape(b->pf, &b->shapes[s].shape, (int)b->shapes[s].place);
	put_shape(b->pf, &b->zoned, SHAPE_ZONED);
	for (int i = 0; i < ANCHOR_SHAPES; i++)
		put_shape(b->pf, &b->anchored[i], SHAPE_ANCHOR + i);
	put_near(b->pf);
	return classes_choose(b->pf, &b->pages, classes);
}
