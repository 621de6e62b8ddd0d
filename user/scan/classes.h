/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes in classes while they are chosen: classes.c puts them together, class_view.c says what that loses. */
#ifndef SCAN_CLASSES_H
#define SCAN_CLASSES_H

#include "prefilter.h"

/* Which shapes of each bank something fits, by place. */
struct fit {
	u8 of[BANKS][SHAPE_DEPTH];
};

struct class
{
	struct fit fit;
	unsigned int n;
	u8 bytes[256];
};

/* Those of printable bytes, of control bytes, and of all over 0x7f. */
#define MOST (0x80 - 0x20 + 2)

struct classes {
	unsigned int n;
	int depth; /* places that matter */
	const struct prefilter *pf;
	struct class_view *view;
	struct class class[MOST];
	struct mass mass[256];  /* of each byte */
	float loss[MOST][MOST]; /* of two when put together */
	u8 of[256];             /* by byte */
};

/* What byte c lets through at place i of a bank's shapes when its class fits `fit`. */
static inline unsigned int class_lets_through(const struct classes *cs, unsigned int c, int bank,
					      int i, unsigned int fit)
{
	return fit & ~(unsigned int)cs->pf->not_low[bank][i][c % 16];
}

/* The shapes of a bank that find more if a and b are put together. */
unsigned int classes_grown(const struct classes *cs, int bank, const struct class *a,
			   const struct class *b);

/* What the shapes find on the page with the classes that there are now. NULL: no memory. */
struct class_view *class_view_new(const struct pages *pages);
void class_view_free(struct class_view *v);

/* Looks at all shapes, with the classes of cs. */
void class_view_all(struct classes *cs);

/* How much more is found on the page if a and b are put together; `enough` or more if it is no less. */
float class_view_loss(const struct classes *cs, const struct class *a, const struct class *b,
		      float enough);

/* They will be. */
void class_view_join(struct classes *cs, const struct class *a, const struct class *b);

#endif
