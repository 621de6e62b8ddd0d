/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What classes lose on the page of common text: for each shape, where each of its places is fit by the byte's
 * class. Two classes together fit what either does, so a shape finds more.
 */
#include "classes.h"
#include <stdlib.h>
#include <string.h>

struct class_view {
	const struct pages *pages;
	struct sample found[SHAPES], more;
	float count[SHAPES];
};

struct class_view *class_view_new(const struct pages *pages)
{
	struct class_view *v = malloc(sizeof(*v));

	if (v)
		v->pages = pages;
	return v;
}

void class_view_free(struct class_view *v)
{
	free(v);
}

unsigned int classes_grown(const struct classes *cs, int bank, const struct class *a,
			   const struct class *b)
{
	unsigned int shapes = 0;

	for (int i = 0; i < cs->depth; i++)
		shapes |= a->fit.of[bank][i] ^ b->fit.of[bank][i];
	return shapes;
}

/* Adds the bytes of a class to place i of what shape s finds. */
static void view_add(const struct classes *cs, struct sample *to, int s, int i,
		     const struct class *class)
{
	for (unsigned int n = 0; n < class->n; n++)
		if (class_lets_through(cs, class->bytes[n], s / 8, i, 1U << s % 8))
			sample_add(cs->view->pages, class->bytes[n], i, to);
}

static bool fits(const struct class *class, int s, int i)
{
	return class->fit.of[s / 8][i] >> s % 8 & 1;
}

static float view_count(const struct classes *cs, int s, const struct sample *more)
{
	return sample_count(&cs->view->found[s], more) * (s == SHAPE_ZONED ? 0.02f : 1);
}

void class_view_all(struct classes *cs)
{
	struct class_view *v = cs->view;

	for (int s = 0; s < SHAPES; s++) {
		memset(&v->found[s], 0, sizeof(v->found[s]));
		for (int i = 0; i < SHAPE_DEPTH; i++) {
			if (i >= cs->depth)
				memset(v->found[s].at[i], 0xff, sizeof(v->found[s].at[i]));
			for (unsigned int c = 0; c < cs->n && i < cs->depth; c++)
				if (fits(&cs->class[c], s, i))
					view_add(cs, &v->found[s], s, i, &cs->class[c]);
		}
		v->count[s] = view_count(cs, s, &v->found[s]);
	}
}

/* What shape s finds more, place by place, if a and b are put together: in view->more. */
static void view_more(const struct classes *cs, int s, const struct class *a, const struct class *b)
{
	struct sample *more = &cs->view->more;

	memset(more, 0, sizeof(*more));
	for (int i = 0; i < cs->depth; i++) {
		if (fits(b, s, i) && !fits(a, s, i))
			view_add(cs, more, s, i, a);
		if (fits(a, s, i) && !fits(b, s, i))
			view_add(cs, more, s, i, b);
	}
}

float class_view_loss(const struct classes *cs, const struct class *a, const struct class *b,
		      float enough)
{
	float sum = 0;

	for (int bank = 0; bank < BANKS; bank++) {
		for (unsigned int m = classes_grown(cs, bank, a, b); m && sum < enough;
		     m &= m - 1) {
			int s = 8 * bank + __builtin_ctz(m);

			view_more(cs, s, a, b);
			sum += view_count(cs, s, &cs->view->more) - cs->view->count[s];
		}
	}
	return sum;
}

void class_view_join(struct classes *cs, const struct class *a, const struct class *b)
{
	for (int bank = 0; bank < BANKS; bank++) {
		for (unsigned int m = classes_grown(cs, bank, a, b); m; m &= m - 1) {
			int s = 8 * bank + __builtin_ctz(m);

			view_more(cs, s, a, b);
			cs->view->count[s] = view_count(cs, s, &cs->view->more);
			sample_join(&cs->view->found[s], &cs->view->more);
		}
	}
}
