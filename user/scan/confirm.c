/* SPDX-License-Identifier: BSD-2-Clause */
/* The exact answer at one place of the text: which form matches there, and how far. */
#include "scanner.h"
#include <errno.h>
#include <string.h>

#define BLOCK 8 /* bytes that are walked in one go */

/* Where a form's pattern may end at a place: bit i of all words together for a match of i + 1 bytes. */
struct ends {
	size_t words;
	u64 at[SCRIM_WINDOW / 64 +
	       1];    /* as many as `words`; the block in which it dies has a place, too */
	bool goes_on; /* the text ended before the automaton did */
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

/* Adds the ends in the BLOCK bytes from the n-th on, a bit for each; n is a multiple of BLOCK. */
static inline void ends_add(struct ends *ends, size_t n, u64 block)
{
	if (n % 64 == 0)
		ends->at[ends->words++] = 0;
	ends->at[n / 64] |= block << n % 64;
}

/*
 * Walks over whole blocks of text[0, len) until none is left or the state is dead, and returns how
 * many bytes that were. There is no branch on the text but the one behind a block.
 */
static size_t walk_blocks(const struct automaton *a, const u8 *text, size_t len, u32 *ret_state,
			  struct ends *ends)
{
	u32 state = a->start;
	size_t n = 0;

	for (; state && len - n >= BLOCK; n += BLOCK) {
		u64 block = 0;

#pragma GCC unroll 8
		for (size_t k = 0; k < BLOCK; k++) {
			state = a->trans[a->column[text[n + k]] + state];
			block |= (u64)(state >= a->accept) << k;
		}
		ends_add(ends, n, block);
	}
	*ret_state = state;
	return n;
}

/* The same by pairs. */
static size_t walk_pairs(const struct automaton *a, const u8 *text, size_t len, u32 *ret_state,
			 struct ends *ends)
{
	const struct pairs *d = a->pairs;
	u32 state = a->start;
	size_t n = 0;

	for (; state && len - n >= BLOCK; n += BLOCK) {
		u64 block = 0;

#pragma GCC unroll 4
		for (size_t k = 0; k < BLOCK; k += 2) {
			u8 one = text[n + k], two = text[n + k + 1];
			u32 between = a->trans[a->column[one] + state];

			state = d->trans[d->column[one] + a->column[two] + state];
			block |= (u64)(between >= a->accept) << k;
			block |= (u64)(state >= a->accept) << (k + 1);
		}
		ends_add(ends, n, block);
	}
	*ret_state = state;
	return n;
}

/* All ends at p. */
static void walk(const struct automaton *a, struct scan_job *job, size_t p, struct ends *ends)
{
	const u8 *text = job->text + p;
	size_t n, len = job->len - p;
	u32 state;

	ends->words = 0;
	n = a->pairs ? walk_pairs(a, text, len, &state, ends)
		     : walk_blocks(a, text, len, &state, ends);
	for (; state && n < len; n++) {
		state = a->trans[a->column[text[n]] + state];
		if (n % BLOCK == 0)
			ends_add(ends, n, 0);
		ends->at[n / 64] |= (u64)(state >= a->accept) << n % 64;
	}
	/* The rest of a block is read in vain. */
	job->walked += n <= a->max ? n : a->max + 1u;
	ends->goes_on = state && state < a->final && n == len;
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
	u64 labelled = forms & s->groups[g].labelled;

	for (u64 m = labelled; m; m &= m - 1) {
		unsigned int bit = (unsigned int)__builtin_ctzll(m);
		const struct scan_form *sf = &s->forms[g * GROUP_FORMS + bit];

		if (sf->unindexed ? !form_labelled(sf->form, text, p)
				  : (sf->labels && !(sf->labels & sets)) || (sf->unless & sets))
			forms &= ~(1ULL << bit);
	}
	return forms;
}

/* Whether the guard behind a match that ends at e holds; -EAGAIN: that depends on what follows. */
static inline int guard_behind(const struct scan_form *sf, const struct scan_job *job, size_t e)
{
	int r = e < job->len ? sf->behind[job->text[e]] : -EAGAIN;

	return r >= 0 ? r : form_guard_after(sf->form, job->text, e, job->len, job->ends);
}

/* What form sf, whose labels allow it, makes of place p; *ret_end is set when it ACCEPTED. */
static enum opinion ask(const struct scan_form *sf, struct scan_job *job, size_t p, size_t *ret_end)
{
	const struct form *f = sf->form;
	enum opinion opinion = NOTHING;
	struct ends ends;
	int r;

	if (f->preceded && !f->preceded(job->text, p))
		return NOTHING;
	if (job->len - p >= QUICK_READ) {
		size_t n = f->brief ? f->brief(job->text + p) : 0;

		if (n == QUICK_REFUSED)
			return REFUSED;
		job->walked += n;
		*ret_end = p + n;
		if (n)
			return ACCEPTED;
		if (f->never && f->never(job->text + p))
			return NOTHING;
	}
	walk(&sf->dfa, job, p, &ends);
	if (ends.goes_on && !job->ends)
		return UNKNOWN;
	for (size_t w = ends.words; w-- > 0;) {
		for (u64 m = ends.at[w], top; m; m -= top) {
			size_t n = 64 - (size_t)__builtin_clzll(m), e = p + 64 * w + n;

			top = 1ULL << (n - 1);
			r = guard_behind(sf, job, e);
			if (r < 0)
				return UNKNOWN;
			if (!r)
				continue;
			if (!f->validate || f->validate(job->text + p, e - p)) {
				*ret_end = e;
				return ACCEPTED;
			}
			if (f->refuses_shorter)
				return REFUSED;
			opinion = REFUSED;
		}
	}
	return opinion;
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

static void count_all_refused(const struct group *groups, u16 n, struct scan_job *job,
			      const u64 *refused)
{
	for (u16 g = 0; g < n; g++)
		for (u64 m = refused[g]; m; m &= m - 1)
			count_refused(job, groups[g].ids[__builtin_ctzll(m)].rule);
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
 * What all `forms` of each of n groups, from `first` on, make of p. A single one that is not decided is
 * enough, unless it matters which is the first (`holder`).
 */
static enum verdict confirm_many(const struct scanner *s, u16 first, u16 n, struct scan_job *job,
				 size_t p, const u64 *forms, bool holder, struct match *ret_m)
{
	const struct scan_form *of = &s->forms[first * (size_t)GROUP_FORMS];
	const struct scan_form *best = NULL, *open = NULL;
	u64 refused[GROUPS_MAX], any_refused = 0;
	size_t end = 0, longest = 0;

	for (u16 g = 0; g < n; g++) {
		refused[g] = 0;
		for (u64 m = forms[g]; m; m &= m - 1) {
			unsigned int bit = (unsigned int)__builtin_ctzll(m);
			const struct scan_form *sf = &of[g * GROUP_FORMS + bit];

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
		count_all_refused(&s->groups[first], n, job, refused);
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
		count_refused(job, sf->form->rule);
		break;
	case NOTHING:
		break;
	}
	return NO_MATCH;
}

/* What those forms that are to be asked at p make of it. */
static enum verdict confirm_asked(const struct scanner *s, u16 ngroups, struct scan_job *job,
				  size_t p, const u64 *forms, bool holder, struct match *ret_m)
{
	u64 any = 0, more = 0; /* of the forms; whether it is more than one */
	size_t first = 0;      /* of the last group that has any */

	for (u16 g = 0; g < ngroups; g++) {
		more |= (any && forms[g]) | (forms[g] & (forms[g] - 1));
		any |= forms[g];
		first = forms[g] ? g * (size_t)GROUP_FORMS : first;
	}
	if (!any)
		return NO_MATCH;
	if (!more)
		return confirm_one(job, p, &s->forms[first + (size_t)__builtin_ctzll(any)], ret_m);
	return confirm_many(s, 0, ngroups, job, p, forms, holder, ret_m);
}

enum verdict confirm(const struct scanner *s, struct scan_job *job, size_t p,
		     const struct hints *hints, struct match *ret_m)
{
	u16 ngroups = hints->zoned ? s->ngroups : s->plain_groups;
	u64 forms[GROUPS_MAX];

	for (u16 g = 0; g < ngroups; g++)
		forms[g] = to_ask(s, g, job, p, hints);
	return confirm_asked(s, ngroups, job, p, forms, hints->holder, ret_m);
}

enum verdict confirm_among(const struct scanner *s, struct scan_job *job, size_t p, u64 *forms,
			   bool labelled, struct match *ret_m)
{
	u64 sets = 0, any = 0; /* of the forms that labels matter to */

	for (u16 g = 0; g < s->ngroups; g++) {
		forms[g] = group_guarded(s, g, job->text, p, forms[g]);
		any |= forms[g] & s->groups[g].labelled;
	}
	if (labelled && any) {
		sets = s->labels ? label_index_find(s->labels, job->text, p) : 0;
		job->looked_up++;
		for (u16 g = 0; g < s->ngroups; g++)
			forms[g] = group_labelled(s, g, job->text, p, forms[g], sets);
	}
	return confirm_asked(s, s->ngroups, job, p, forms, false, ret_m);
}

enum verdict confirm_group(const struct scanner *s, struct scan_job *job, size_t p, u16 g,
			   u64 forms, struct match *ret_m)
{
	forms = group_guarded(s, g, job->text, p, forms);
	if (!forms)
		return NO_MATCH;
	if (!(forms & (forms - 1)))
		return confirm_one(job, p, &s->forms[g * GROUP_FORMS + __builtin_ctzll(forms)],
				   ret_m);
	return confirm_many(s, g, 1, job, p, &forms, false, ret_m);
}
