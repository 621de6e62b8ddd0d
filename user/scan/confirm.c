/* SPDX-License-Identifier: BSD-2-Clause */
/* The exact answer at one place of the text: which form matches there, and how far. */
#include "scanner.h"
#include <errno.h>
#include <string.h>

/* Where a form's pattern may end at a place, in ascending order. */
struct ends {
	size_t n;
	u16 at[SCRIM_WINDOW + 1]; /* relative to the place; not initialised */
	bool goes_on;             /* the text ended before the automaton did */
};

enum opinion { NOTHING, REFUSED, ACCEPTED, UNKNOWN };

u64 group_filter(const struct group *g, const u8 *text, size_t p, size_t len, u64 forms)
{
	size_t n = len - p < FILTER_DEPTH ? len - p : FILTER_DEPTH;

	if (p)
		forms &= group_before(g, text, p);
	if (len - p >= LOOK_READ)
		return group_look(g, text + p, forms);
	for (size_t k = 0; k < n; k++)
		forms &= g->at[k][text[p + k]];
	return forms;
}

static void walk(const struct automaton *a, struct scan_job *job, size_t p, struct ends *ends)
{
	const u8 *begin = job->text + p, *at = begin, *end = job->text + job->len;
	u32 state = a->start;

	ends->n = 0;
	while (at < end) {
		state = a->trans[state + a->class[*at++]];
		if (!state)
			break;
		if (state >= a->accept) {
			ends->at[ends->n++] = (u16)(at - begin);
			if (state >= a->final)
				break;
		}
	}
	job->walked += (size_t)(at - begin);
	ends->goes_on = state && state < a->final && at == end;
}

/*
 * The same for a short form, with more than QUICK bytes of text there: where it may end at the
 * latest, 0 if nowhere, and at how many places. All bytes that it may have are walked, even if they
 * lead nowhere: what comes next is no guess then, and the walks of several places run side by side.
 */
static size_t walk_quick(const struct pairs *d, size_t max, const u8 *text, size_t *ret_n)
{
	u32 state = d->start;
	size_t end = 0, n = 0;

	for (size_t i = 0; i < max; i += 4) {
#pragma GCC unroll 2
		for (size_t k = i; k < i + 4; k += 2) {
			u32 at = state + d->first[text[k]] + d->second[text[k + 1]];

			state = d->trans[at];
			end = d->between[at] ? k + 1 : end;
			end = state >= d->accept ? k + 2 : end;
			n += d->between[at];
			n += state >= d->accept;
		}
	}
	*ret_n = n;
	return end;
}

u64 group_guarded(const struct scanner *s, u16 g, const u8 *text, size_t p, u64 forms)
{
	if (!p || text[p - 1] < 0x80 || text[p - 1] > 0xbf)
		return forms;
	for (u64 m = forms; m; m &= m - 1) {
		unsigned int bit = (unsigned int)__builtin_ctzll(m);

		if (!form_guard_before(s->forms[g * GROUP_FORMS + bit].form, text, p))
			forms &= ~(1ULL << bit);
	}
	return forms;
}

u64 group_labelled(const struct scanner *s, u16 g, const u8 *text, size_t p, u64 forms, u64 sets)
{
	u64 labelled = forms & s->groups[g].labelled, asked = 0;

	if (!labelled)
		return forms;
	for (u64 m = labelled; m; m &= m - 1) {
		const struct scan_form *sf = &s->forms[g * GROUP_FORMS + __builtin_ctzll(m)];

		asked |= sf->labels | sf->unless;
	}
	asked &= sets;
	sets = asked ? label_index_find(s->labels, asked, text, p) : 0;
	for (u64 m = labelled; m; m &= m - 1) {
		unsigned int bit = (unsigned int)__builtin_ctzll(m);
		const struct scan_form *sf = &s->forms[g * GROUP_FORMS + bit];

		if (sf->unindexed ? !form_labelled(sf->form, text, p)
				  : (sf->labels && !(sf->labels & sets)) || (sf->unless & sets))
			forms &= ~(1ULL << bit);
	}
	return forms;
}

/* What form sf, whose labels allow it, makes of place p; *ret_end is set when it ACCEPTED. */
static enum opinion ask_all_ends(const struct scan_form *sf, struct scan_job *job, size_t p,
				 size_t *ret_end)
{
	const struct form *f = sf->form;
	enum opinion opinion = NOTHING;
	struct ends ends;
	int r;

	walk(&sf->dfa, job, p, &ends);
	if (!ends.n && !ends.goes_on)
		return NOTHING;
	if (ends.goes_on && !job->ends)
		return UNKNOWN;
	while (ends.n-- > 0) {
		size_t e = p + ends.at[ends.n];

		r = form_guard_after(f, job->text, e, job->len, job->ends);
		if (r == -EAGAIN)
			return UNKNOWN;
		if (!r)
			continue;
		if (!f->validate || f->validate(job->text + p, e - p)) {
			*ret_end = e;
			return ACCEPTED;
		}
		opinion = REFUSED;
	}
	return opinion;
}

/* The same; most often the longest end is the one. */
static enum opinion ask(const struct scan_form *sf, struct scan_job *job, size_t p, size_t *ret_end)
{
	const struct form *f = sf->form;
	size_t e, n;
	bool guarded;

	if (f->quick && job->len - p >= QUICK_READ) {
		e = f->quick(job->text + p);
		job->walked += e;
		*ret_end = p + e;
		if (e)
			return ACCEPTED;
	}
	if (f->never && job->len - p >= QUICK_READ && f->never(job->text + p))
		return NOTHING;
	if (!sf->dfa.pairs || job->len - p <= QUICK + 1)
		return ask_all_ends(sf, job, p, ret_end);
	e = walk_quick(sf->dfa.pairs, sf->dfa.max, job->text + p, &n);
	job->walked += sf->dfa.max;
	if (!e)
		return NOTHING;
	guarded = form_guard_after(f, job->text, p + e, job->len, job->ends) == 1;
	*ret_end = p + e;
	if (guarded && (!f->validate || f->validate(job->text + p, e)))
		return ACCEPTED;
	if (n > 1)
		return ask_all_ends(sf, job, p, ret_end);
	return guarded ? REFUSED : NOTHING;
}

static struct match make_match(const struct scan_form *sf, const u8 *text, size_t p, size_t e)
{
	size_t from, to;

	form_masked_part(sf->form, text + p, e - p, &from, &to);
	return (struct match){
		.from = (u32)p,
		.to = (u32)e,
		.mask_from = (u32)(p + from),
		.mask_to = (u32)(p + to),
		.rule = sf->form->rule,
		.form = sf->index,
	};
}

static void count_refused(struct scan_job *job, const struct scan_form *sf)
{
	u16 rule = sf->form->rule;

	job->refused[rule / 64] |= 1ULL << rule % 64;
	if (job->rejected)
		job->rejected[rule]++;
}

static void count_all_refused(const struct scanner *s, u16 ngroups, struct scan_job *job,
			      const u64 *refused)
{
	for (u16 g = 0; g < ngroups; g++)
		for (u64 m = refused[g]; m; m &= m - 1)
			count_refused(job, &s->forms[g * GROUP_FORMS + __builtin_ctzll(m)]);
}

/* The forms of group g to ask at p. */
static u64 to_ask(const struct scanner *s, u16 g, const struct scan_job *job, size_t p,
		  const struct hints *hints)
{
	u64 forms =
		group_filter(&s->groups[g], job->text, p, job->len, candidate_forms(s, g, hints));

	forms = group_guarded(s, g, job->text, p, forms);
	return hints->zoned ? group_labelled(s, g, job->text, p, forms, hints->sets) : forms;
}

/*
 * What all `forms` of each group make of p. A single one that is not decided is enough, unless it
 * matters which is the first (`holder`).
 */
static enum verdict confirm_many(const struct scanner *s, u16 ngroups, struct scan_job *job,
				 size_t p, const u64 *forms, bool holder, struct match *ret_m)
{
	const struct scan_form *best = NULL, *open = NULL;
	u64 refused[GROUPS_MAX], any_refused = 0;
	size_t end = 0, longest = 0;

	for (u16 g = 0; g < ngroups; g++) {
		refused[g] = 0;
		for (u64 m = forms[g]; m; m &= m - 1) {
			unsigned int bit = (unsigned int)__builtin_ctzll(m);
			const struct scan_form *sf = &s->forms[g * GROUP_FORMS + bit];

			switch (ask(sf, job, p, &end)) {
			case UNKNOWN:
				if (!holder)
					return UNDECIDED;
				if (!open || sf->index < open->index)
					open = sf;
				break;
			case REFUSED:
				refused[g] |= 1ULL << bit;
				break;
			case ACCEPTED:
				if (end > longest || (end == longest && sf->index < best->index)) {
					longest = end;
					best = sf;
				}
				break;
			case NOTHING:
				break;
			}
		}
		any_refused |= refused[g];
	}
	if (open) {
		ret_m->rule = open->form->rule;
		return UNDECIDED;
	}
	if (any_refused)
		count_all_refused(s, ngroups, job, refused);
	if (!best)
		return NO_MATCH;
	*ret_m = make_match(best, job->text, p, longest);
	return MATCH;
}

/* The same for a single form. */
static enum verdict confirm_one(struct scan_job *job, size_t p, const struct scan_form *sf,
				struct match *ret_m)
{
	size_t end;

	switch (ask(sf, job, p, &end)) {
	case UNKNOWN:
		ret_m->rule = sf->form->rule;
		return UNDECIDED;
	case ACCEPTED:
		*ret_m = make_match(sf, job->text, p, end);
		return MATCH;
	case REFUSED:
		count_refused(job, sf);
		break;
	case NOTHING:
		break;
	}
	return NO_MATCH;
}

enum verdict confirm(const struct scanner *s, struct scan_job *job, size_t p,
		     const struct hints *hints, struct match *ret_m)
{
	u16 ngroups = hints->zoned ? s->ngroups : s->plain_groups;
	u64 forms[GROUPS_MAX], any = 0;

	for (u16 g = 0; g < ngroups; g++) {
		forms[g] = to_ask(s, g, job, p, hints);
		any |= forms[g];
	}
	if (!any)
		return NO_MATCH;
	if (ngroups == 1 && !(any & (any - 1)))
		return confirm_one(job, p, &s->forms[__builtin_ctzll(any)], ret_m);
	return confirm_many(s, ngroups, job, p, forms, hints->holder, ret_m);
}
