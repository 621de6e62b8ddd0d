/* SPDX-License-Identifier: BSD-2-Clause */
/* A line that is known: what its spots say, once for every ISA. */
#ifndef SCAN_KNOWN_GENERIC_H
#define SCAN_KNOWN_GENERIC_H

#include "memo.h"
#include <scrim/sixteen.h>

/* Those of `forms` of a group, at p, that its first three bytes allow: mostly none. */
static inline u64 begin_so(const struct group *g, u64 forms, const u8 *t)
{
	return forms & g->at[0][t[0]] & g->at[1][t[1]] & g->at[2][t[2]];
}

/* Those of them that its first bytes and what stands before them allow. */
static inline u64 forms_left(const struct group *g, u64 forms, const u8 *text, size_t p)
{
	forms = begin_so(g, forms, text + p);
	if (!forms)
		return 0;
#pragma GCC unroll 12
	for (size_t k = 3; k < FILTER_DEPTH; k++)
		forms &= g->at[k][text[p + k]];
	return p ? forms & group_before(g, text, p) : forms;
}

/* Whether the one form that is left of a place, if it is one, sees quickly that it does not match. */
static inline bool never_matches(const struct group *g, u64 forms, const u8 *t)
{
	return !(forms & (forms - 1)) && forms & g->often && g->never[__builtin_ctzll(forms)](t);
}

static inline void add_quickly(struct scan_job *job, size_t p, size_t len, struct form_id id)
{
	job->matches[job->nmatches++] = (struct match){
		.from = (u32)p,
		.to = (u32)(p + len),
		.mask_from = (u32)p,
		.mask_to = (u32)(p + len),
		.rule = id.rule,
		.form = id.form,
	};
	job->walked += len;
}

/*
 * Reads a place at p, for which no label matters and which has QUICK_READ bytes, and returns where reading goes on. Its
 * quick way has the last word where no other form could be as long, or be refused.
 */
static inline size_t read_alone(const struct scanner *s, struct scan_job *job,
				const struct memo_place *place, size_t p)
{
	const struct group *g = &s->groups[place->group];
	const u8 *t = job->text + p;
	u64 forms = place->forms;
	size_t len = place->quick ? place->quick(t) : 0;
	struct match *m = &job->matches[job->nmatches];

	if (len == QUICK_REFUSED) {
		count_refused(job, place->id.rule);
		forms = place->others;
		if (!forms)
			return p + 1;
	} else if (len && !begin_so(g, place->others & g->reach[len], t)) {
		add_quickly(job, p, len, place->id);
		return p + len;
	}
	forms = forms_left(g, forms, job->text, p);
	if (!forms || never_matches(g, forms, t) ||
	    confirm_group(s, job, p, place->group, forms, m) != MATCH)
		return p + 1;
	job->nmatches++;
	return m->to;
}

/* The forms to be asked at spot i of a line, by groups. Returns whether labels have to be looked at. */
static inline bool forms_of_spot(const struct scanner *s, const struct memo_line *l, size_t i,
				 u64 forms[GROUPS_MAX])
{
	bool labelled = false;

	memset(forms, 0, s->ngroups * sizeof(*forms));
	for (size_t k = 0; k < l->spots[i].nplaces; k++) {
		const struct memo_place *place = &l->places[l->spots[i].first + k];

		forms[place->group] = place->forms;
		labelled |= place->labelled;
	}
	return labelled;
}

/* Leaves those of them that may match at p. Returns whether any is left. */
static inline bool leave_some(const struct scanner *s, const struct scan_job *job, size_t p,
			      u64 forms[GROUPS_MAX])
{
	const bool far = job->len - p >= QUICK_READ;
	u64 any = 0;

	for (u16 g = 0; g < s->ngroups; g++) {
		const struct group *group = &s->groups[g];

		if (!forms[g])
			continue;
		forms[g] = far ? forms_left(group, forms[g], job->text, p)
			       : group_filter(group, job->text, p, job->len, forms[g]);
		if (far && never_matches(group, forms[g], job->text + p))
			forms[g] = 0;
		any |= forms[g];
	}
	return any;
}

static __attribute__((noinline)) size_t read_places(const struct scanner *s, struct scan_job *job,
						    const struct memo_line *l, size_t i, size_t p)
{
	struct match *m = &job->matches[job->nmatches];
	u64 forms[GROUPS_MAX];
	bool labelled = forms_of_spot(s, l, i, forms);

	if (!leave_some(s, job, p, forms) || confirm_among(s, job, p, forms, labelled, m) != MATCH)
		return p + 1;
	job->nmatches++;
	return m->to;
}

/* Reads spot i of a line, which is at p, and returns where reading goes on. */
static inline size_t read_spot(const struct scanner *s, struct scan_job *job,
			       const struct memo_line *l, size_t i, size_t p)
{
	if (job->len - p >= QUICK_READ && l->alone >> i & 1)
		return read_alone(s, job, &l->places[l->spots[i].first], p);
	return read_places(s, job, l, i, p);
}

/* A mask of those numbers that are in their ranges. */
static inline sixteen in_ranges(const struct memo_sure *sure, sixteen v)
{
	typedef u32 four __attribute__((vector_size(SURE_BYTES)));
	four numbers = (four)sixteen_shuffle(v, sixteen_load(sure->from)), low, span;

	memcpy(&low, sure->low, sizeof(low));
	memcpy(&span, sure->span, sizeof(span));
	return (sixteen)(numbers - low <= span);
}

static inline bool are_all(sixteen mask)
{
	return sixteen_bits(mask) == 0xffff;
}

/* Which spots are that may be sure of a match: a bit for each. CODED_ROOM bytes may be read. */
static inline u32 which_sure(const struct memo_line *l, const u8 *text)
{
	u32 sure = 0;

	for (size_t n = 0; n < l->nsure; n++) {
		sixteen v = sixteen_load(text + l->sure_at[n]);

		sure |= (u32)are_all(in_ranges(&l->sure[n], v)) << n;
	}
	return sure;
}

/* Lines of which many spots are left, over and over, are read at less cost without a memo: but those that are asked quickly. */
static inline void look_for_crowds(struct memo_line *l, u64 left)
{
	if ((size_t)__builtin_popcountll(left) * CROWD <= l->len) {
		if (l->crowds) /* what is not written needs no writing back */
			l->crowds--;
	} else if (++l->crowds == CROWDS) {
		l->state = LINE_UNFIT;
		l->knows |= KNOWS_UNFIT;
	}
}

/*
 * Reads the spots of a line that are left, behind the match before them.
 *   roomy  what ranges read is there, and what their forms ask for
 */
static __attribute__((noinline)) void read_known(const struct scanner *s, struct scan_job *job,
						 const struct line *line, bool roomy)
{
	struct memo_line *const l = line->expected;
	const size_t at = (size_t)(line->text - job->text);
	const u32 sure = roomy && l->nsure ? which_sure(l, line->text) : 0;
	size_t next = job->nmatches ? job->matches[job->nmatches - 1].to : job->start;

	look_for_crowds(l, line->left & ~(u64)l->surely & ~l->alone);
	for (u64 left = line->left; left; left &= left - 1) {
		size_t i = (size_t)__builtin_ctzll(left), p = at + l->spots[i].at;
		size_t n = (size_t)__builtin_popcountll(l->surely & ((1ULL << i) - 1));

		if (p < next)
			continue;
		if (i < SURE_AMONG && (u32)l->surely >> i & sure >> n & 1) {
			add_quickly(job, p, l->sure_len[n], l->places[l->spots[i].first].id);
			next = p + l->sure_len[n];
		} else {
			next = read_spot(s, job, l, i, p);
		}
	}
}

/* Two spots that may be sure of a match, and what is there. */
struct sure_pair {
	u8 *at[2];
	sixteen v[2];
	bool sure; /* of both */
};

static inline struct sure_pair sure_pair(const struct memo_line *l, u8 *text, size_t n)
{
	struct sure_pair two = {.at = {text + l->sure_at[n], text + l->sure_at[n + 1]}};

	two.v[0] = sixteen_load(two.at[0]);
	two.v[1] = sixteen_load(two.at[1]);
	two.sure = are_all(in_ranges(&l->sure[n], two.v[0]) & in_ranges(&l->sure[n + 1], two.v[1]));
	return two;
}

/* What is behind a match is written as it was: they go in order. */
static inline void fill_pair(const struct memo_line *l, size_t n, const struct sure_pair *two,
			     sixteen digit)
{
	for (size_t k = 0; k < 2; k++)
		sixteen_store(two->at[k], two->v[k] ^ ((two->v[k] ^ digit) &
						       sixteen_load(l->sure[n + k].digits)));
}

/* Fills the matches of a line, if all of its spots are sure that may be: there are some. Most lines have two. */
static inline bool fill_if_sure(const struct scan_fill *fill, u8 *text, const struct memo_line *l)
{
	const sixteen digit = sixteen_all(fill->digit);
	/* For all that a compiler knows, what is written might be these. */
	u64 *const counts = fill->counts;
	const size_t nsure = l->nsure;
	const struct sure_pair two = sure_pair(l, text, 0);
	bool sure = two.sure;

	for (size_t n = 2; n < nsure; n += 2)
		sure &= sure_pair(l, text, n).sure;
	if (!sure)
		return false;
	fill_pair(l, 0, &two, digit);
	for (size_t n = 2; n < nsure; n += 2) {
		const struct sure_pair more = sure_pair(l, text, n);

		fill_pair(l, n, &more, digit);
	}
	for (size_t n = 0; n < nsure; n++)
		counts[l->sure_rule[n]] += SCAN_FILLED | l->sure_digits[n];
	return true;
}

#endif
