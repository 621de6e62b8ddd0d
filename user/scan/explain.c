/* SPDX-License-Identifier: BSD-2-Clause */
/* What a form costs: which of the ways of README.md it is found by, and how often it is asked about. */
#include "scanner.h"
#include <errno.h>

/* A form that is asked about more often than at one place in 32 has no shape to speak of. */
#define SHAPELESS (1 / 32.0f)

const char *scan_path_name(enum scan_path path)
{
	static const char *const names[] = {[PATH_SHAPE] = "shape",
					    [PATH_ANCHOR] = "anchor",
					    [PATH_LABEL] = "label",
					    [PATH_AUTOMATON] = "automaton"};

	return names[path];
}

/* How often a text has the form's own shapes, or what stands around its anchor. */
static int form_rate(const struct form *f, bool anchored, float *ret_rate)
{
	struct shape shapes[PIECES];
	struct form_sets sets;
	struct sample sample;
	struct pages pages;
	struct anchor anchor;
	int n = form_sets(f, &sets);

	pages_print(&pages);
	if (!n)
		n = anchored ? form_anchor(f, &pages, &anchor, shapes)
			     : form_pieces(f, sets.before[0], shapes);
	if (n < 0)
		return n;
	*ret_rate = 0;
	for (int i = 0; i < n; i++) {
		sample_take(&pages, &shapes[i], &sample);
		*ret_rate += sample_count(&sample, &sample) / SAMPLE_PLACES;
	}
	return 0;
}

int scan_explain(const struct scanner *s, u16 form, struct scan_cost *ret_cost)
{
	u16 i = 0;
	u64 bit;
	const struct group *g;
	struct scan_cost cost = {.path = PATH_SHAPE};
	int r;

	while (i < s->nforms && s->forms[i].index != form)
		i++;
	if (i == s->nforms)
		return -ENOENT;
	g = &s->groups[i / GROUP_FORMS];
	bit = 1ULL << i % GROUP_FORMS;
	r = form_rate(s->forms[i].form, g->anchored & bit, &cost.rate);
	if (r)
		return r;
	if (s->forms[i].labels)
		cost.path = PATH_LABEL;
	else if (g->anchored & bit)
		cost.path = PATH_ANCHOR;
	else if (cost.rate > SHAPELESS)
		cost.path = PATH_AUTOMATON;
	*ret_cost = cost;
	return 0;
}
