/* SPDX-License-Identifier: BSD-2-Clause */
#include "grid.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

size_t printf_like(3, 4) grid_point(struct grid *g, double at, const char *fmt, ...)
{
	struct point *p = &g->point[g->npoints];
	va_list ap;

	if (g->npoints == POINTS_MAX)
		die("%s: too many points", g->name);
	p->at = at;
	va_start(ap, fmt);
	vsnprintf(p->label, sizeof(p->label), fmt, ap);
	va_end(ap);
	return g->npoints++;
}

size_t grid_series(struct grid *g, const char *name)
{
	for (size_t i = 0; i < g->nseries; i++)
		if (!strcmp(g->series[i], name))
			return i;
	if (g->nseries == SERIES_MAX)
		die("%s: too many series", g->name);
	g->series[g->nseries] = name;
	return g->nseries++;
}

size_t grid_find(const struct grid *g, const char *name)
{
	for (size_t i = 0; i < g->nseries; i++)
		if (!strcmp(g->series[i], name))
			return i;
	die("%s: nobody is called %s", g->name, name);
}

void grid_set(struct grid *g, size_t series, size_t point, const struct contender *c, size_t chunk,
	      const struct text *text)
{
	g->cell[series][point] = (struct cell){.c = *c, .chunk = chunk, .text = text};
}

/* On a terminal a line that is written over; nothing elsewhere. */
static void progress(const struct grid *g, const char *what, size_t done, size_t all)
{
	if (!isatty(STDERR_FILENO))
		return;
	if (done < all)
		fprintf(stderr, "\r\033[K%s: %s, %zu of %zu", g->name, what, done + 1, all);
	else
		fprintf(stderr, "\r\033[K");
	fflush(stderr);
}

const struct outcome *outcome_find(const struct outcomes *o, const struct text *text,
				   const struct ruleset *rules)
{
	for (size_t i = 0; i < o->n; i++)
		if (o->v[i].text == text && o->v[i].rules == rules)
			return &o->v[i];
	return NULL;
}

static void outcome_seen(struct outcome *o, const struct contender *c)
{
	if (c->rejected) {
		o->ours = true;
		o->rejected = (double)c->rejected(c->self) * 1e3 / (double)o->text->len;
	} else {
		o->theirs = true;
	}
}

static void outcome_compare(const struct outcome *o, const struct cell *c, const char *where,
			    const u8 *out)
{
	size_t at = 0;

	while (at < o->text->len && out[at] == o->out[at])
		at++;
	if (at < o->text->len)
		die("%s: %s gives other bytes from %zu on", where, c->c.name, at);
	if (c->matches != o->matches)
		die("%s: %s finds %lu values, others %lu", where, c->c.name, c->matches,
		    o->matches);
}

static void cell_check(struct grid *g, size_t series, size_t point, struct drive *d,
		       struct outcomes *o)
{
	struct cell *c = &g->cell[series][point];
	struct outcome *known = (struct outcome *)outcome_find(o, c->text, c->c.rules);
	u8 *out = memory(c->text->len);

	c->matches = drive_output(d, &c->c, c->chunk, c->text, out);
	if (known) {
		outcome_compare(known, c, g->point[point].label, out);
		munmap(out, c->text->len);
	} else {
		if (o->n == array_size(o->v))
			die("too many outcomes");
		known = &o->v[o->n++];
		*known = (struct outcome){.text = c->text,
					  .rules = c->c.rules,
					  .out = out,
					  .matches = c->matches,
					  .framed = c->c.framed};
	}
	outcome_seen(known, &c->c);
}

void grid_check(struct grid *g, struct drive *d, struct outcomes *o)
{
	size_t all = g->nseries * g->npoints;

	for (size_t i = 0; i < all; i++) {
		progress(g, "comparing", i, all);
		cell_check(g, i / g->npoints, i % g->npoints, d, o);
	}
	progress(g, NULL, all, all);
}

void outcomes_judged(const struct outcomes *o)
{
	for (size_t i = 0; i < o->n; i++)
		if (!o->v[i].ours || (!o->v[i].theirs && !o->v[i].framed))
			die("outcome %zu of %zu was compared with nobody's", i, o->n);
}

void grid_race(struct grid *g, struct drive *d, double seconds)
{
	size_t all = g->nseries * g->npoints;

	for (int round = 0; round < g->rounds; round++) {
		g->copy[round] = drive_copy_rate(8);
		for (size_t i = 0; i < all; i++) {
			size_t series = (i / g->npoints + (size_t)round) % g->nseries;
			struct cell *c = &g->cell[series][i % g->npoints];

			progress(g, "timing", (size_t)round * all + i, (size_t)g->rounds * all);
			c->rate[round] = drive_rate(d, &c->c, c->chunk, c->text, seconds);
		}
	}
	progress(g, NULL, all, all);
}

static int ascending(const void *a, const void *b)
{
	double d = *(const double *)a - *(const double *)b;

	return (d > 0) - (d < 0);
}

struct figure figure_of(const double *rounds, int n)
{
	double v[ROUNDS_MAX];

	memcpy(v, rounds, (size_t)n * sizeof(*v));
	qsort(v, (size_t)n, sizeof(*v), ascending);
	return (struct figure){.median = v[n / 2], .low = v[0], .high = v[n - 1]};
}

double figure_spread(const struct figure *f)
{
	return (f->high - f->low) / f->median * 100;
}
