/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pieces move between shapes.
 *
 * The two that lose least are put together first (shapes.c), and what was good for two need not be good for
 * all that join them later. So in the end some pieces stand where they make a shape wider than another
 * would become:
 *
 *     3-2-4 digits │ 3-3-4 digits │ d.d.d.d    ─▶    3-2-4 digits │ d.d.d.d
 *     4-2-2 digits │                                 4-2-2 digits │ 3-3-4 digits
 *
 * Each in turn moves to where it costs least, until none does any more, or a few rounds are over.
 */
#include "prefilter.h"
#include <string.h>

#define ROUNDS 4
#define LITTLE 0.0005f /* of what all cost: too little to look where it could be saved */

/* Adds a piece to g, but for what g costs. */
static void add(struct gathered *g, const struct gathered *piece)
{
	shape_join(&g->shape, &piece->shape);
	sample_join(&g->sample, &piece->sample);
	forms_join(g, piece);
}

/* What the shape of piece p is without it. */
static void without(const struct prefilter_builder *b, size_t p, struct gathered *ret_g)
{
	memset(ret_g, 0, sizeof(*ret_g));
	ret_g->quick = b->pieces[p].quick;
	for (size_t i = 0; i < b->npieces; i++)
		if (i != p && b->of[i] == b->of[p])
			add(ret_g, &b->pieces[i]);
	gathered_weigh(ret_g);
}

/* How much dearer shape i would be with the piece. */
static float dearer(const struct gathered *g, const struct gathered *piece)
{
	return gathered_cost(g, piece, sample_count(&g->sample, &piece->sample)) - g->cost;
}

/* That at least: together they find no less than each. */
static float at_least_dearer(const struct gathered *g, const struct gathered *piece)
{
	float count = g->count > piece->count ? g->count : piece->count;

	return gathered_cost(g, piece, count) - g->cost;
}

/* Whether piece p has moved. */
static bool move_piece(struct prefilter_builder *b, size_t p, float little)
{
	const struct gathered *piece = &b->pieces[p];
	struct gathered *from = &b->shapes[b->of[p]], left;
	size_t to = b->of[p];
	float saved, more;

	without(b, p, &left);
	saved = from->cost - left.cost;
	if (saved <= little)
		return false;
	for (size_t i = 0; i < b->n; i++) {
		if (i == b->of[p] || b->shapes[i].quick != piece->quick)
			continue;
		if (at_least_dearer(&b->shapes[i], piece) >= saved)
			continue;
		more = dearer(&b->shapes[i], piece);
		if (more < saved) {
			saved = more;
			to = i;
		}
	}
	if (to == b->of[p])
		return false;
	*from = left;
	add(&b->shapes[to], piece);
	gathered_weigh(&b->shapes[to]);
	b->of[p] = to;
	return true;
}

void shapes_move(struct prefilter_builder *b)
{
	bool moved = true;
	float all = 0;

	for (size_t i = 0; i < b->n; i++)
		all += b->shapes[i].cost;
	for (int round = 0; round < ROUNDS && moved; round++) {
		moved = false;
		for (size_t p = 0; p < b->npieces; p++)
			moved |= move_piece(b, p, LITTLE * all);
	}
}
