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

static void shape_join(struct shape *sh, const struct shape *other)
{
	for (int i = 0; i < SHAPE_DEPTH; i++)
		for (unsigned int c = 0; c < 256; c++)
			sh->at[i][c] |= other->at[i][c];
}

/* How many forms are under either. */
static float nforms(const struct prefilter_builder *b, size_t i, size_t j)
{
	unsigned int n = 0;

	for (int g = 0; g < GROUPS_MAX; g++)
		if (b->forms[i][g] | b->forms[j][g])
			n += bits_in(b->forms[i][g] | b->forms[j][g]);
	return (float)n;
}

/* What i and j lose as one shape that finds `count`: at each place where it fits, all its forms are asked about. */
static float loss(const struct prefilter_builder *b, size_t i, size_t j, float count)
{
	return (2 + nforms(b, i, j)) * count - b->cost[i] - b->cost[j];
}

/*
 * What has come to i: weighs it, and what it loses with any other. That is at least what they would lose
 * if all that one finds the other found, too; closer one looks only if it matters.
 */
static void weigh(struct prefilter_builder *b, size_t i)
{
	b->count[i] = sample_count(&b->samples[i], &b->samples[i]);
	b->cost[i] = (2 + nforms(b, i, i)) * b->count[i];
	for (size_t j = 0; j < b->n; j++) {
		if (j == i)
			continue;
		b->loss[i][j] = b->loss[j][i] =
			loss(b, i, j, b->count[i] > b->count[j] ? b->count[i] : b->count[j]);
		b->weighed[i][j] = b->weighed[j][i] = false;
	}
}

/* Moves the shape at i to j, which is free. */
static void move(struct prefilter_builder *b, size_t i, size_t j)
{
	if (i == j)
		return;
	b->shapes[j] = b->shapes[i];
	b->samples[j] = b->samples[i];
	b->quick[j] = b->quick[i];
	b->count[j] = b->count[i];
	b->cost[j] = b->cost[i];
	memcpy(b->forms[j], b->forms[i], sizeof(b->forms[j]));
	for (size_t k = 0; k < b->n; k++) {
		if (k == j)
			continue;
		b->loss[j][k] = b->loss[k][j] = b->loss[i][k];
		b->weighed[j][k] = b->weighed[k][j] = b->weighed[i][k];
	}
}

/* The two that lose least, of the quick ones or of the others, as far as they have been looked at. */
static void find_cheapest(const struct prefilter_builder *b, bool quick, size_t *ret_i,
			  size_t *ret_j)
{
	*ret_i = *ret_j = 0;
	for (size_t i = 0; i < b->n; i++) {
		for (size_t j = i + 1; j < b->n; j++) {
			if (b->quick[i] != quick || b->quick[j] != quick)
				continue;
			if (!*ret_j || b->loss[i][j] < b->loss[*ret_i][*ret_j]) {
				*ret_i = i;
				*ret_j = j;
			}
		}
	}
}

/* Of the quick ones, or of the others. */
static void join_cheapest(struct prefilter_builder *b, bool quick)
{
	size_t best_i, best_j;

	find_cheapest(b, quick, &best_i, &best_j);
	while (!b->weighed[best_i][best_j]) {
		b->loss[best_i][best_j] = b->loss[best_j][best_i] = loss(
			b, best_i, best_j, sample_count(&b->samples[best_i], &b->samples[best_j]));
		b->weighed[best_i][best_j] = b->weighed[best_j][best_i] = true;
		find_cheapest(b, quick, &best_i, &best_j);
	}
	shape_join(&b->shapes[best_i], &b->shapes[best_j]);
	sample_join(&b->samples[best_i], &b->samples[best_j]);
	for (int g = 0; g < GROUPS_MAX; g++)
		b->forms[best_i][g] |= b->forms[best_j][g];
	b->n--;
	b->nquick -= quick;
	move(b, b->n, best_j);
	weigh(b, best_i);
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
		sample_take(&b->pages, &pieces[i], &b->pieces[i]);
		count += sample_count(&b->pieces[i], &b->pieces[i]);
	}
	if (count > OFTEN && !quick) {
		r = form_anchor(f, &b->pages, &anchor, &around);
		if (r < 0)
			return r;
		if (r && anchor_count(&b->pages, &anchor, &around) < count &&
		    keep_anchor(b, &anchor, &around, sets))
			return 1;
	}
	for (int i = 0; i < n; i++) {
		memset(b->forms[b->n], 0, sizeof(b->forms[b->n]));
		b->forms[b->n][index / GROUP_FORMS] = 1ULL << index % GROUP_FORMS;
		b->quick[b->n] = quick;
		b->nquick += quick;
		b->shapes[b->n] = pieces[i];
		b->samples[b->n] = b->pieces[i];
		weigh(b, b->n++);
		if (b->nquick > b->max_quick)
			join_cheapest(b, true);
		if (b->n - b->nquick > b->max)
			join_cheapest(b, false);
	}
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
		b->place[i] = b->quick[i] ? quick++ : plain++;
	}
}

void prefilter_finish(struct prefilter_builder *b, unsigned int classes)
{
	give_places(b);
	for (size_t s = 0; s < b->n; s++)
		put_shape(b->pf, &b->shapes[s], (int)b->place[s]);
	put_shape(b->pf, &b->zoned, SHAPE_ZONED);
	for (int i = 0; i < ANCHOR_SHAPES; i++)
		put_shape(b->pf, &b->anchored[i], SHAPE_ANCHOR + i);
	put_near(b->pf);
	classes_choose(b->pf, classes);
}
