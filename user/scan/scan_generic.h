/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The reading loop, once for every ISA: a file includes its vec_*.h, then this, and exports
 * run() and find_control() under its name.
 */
#include "words_generic.h"

/* Whether an anchor or a label has a say at place i of the words. */
static inline bool is_special(const struct reader *r, size_t i)
{
	return (r->anchored[i / 64] | r->zone[i / 64]) >> i % 64 & 1;
}

/* What a glance at a place says. */
enum glance { NOTHING_THERE, QUICK_MATCH, LOOK_CLOSER };

/* The forms of g that may begin at text + i, by what is seen at a glance. */
static inline u64 forms_seen(const struct reader *r, const struct group *g, const u8 *text,
			     size_t i)
{
	u64 forms = 0;

	/* A place that fits the shapes of quick forms alone needs no other look. */
	if (!(r->others[i / 64] >> i % 64 & 1))
		return g->under[QUICK_BANK][r->fit[QUICK_BANK][i]] & group_before(g, text, i);
#pragma GCC unroll 6
	for (int bank = 0; bank < ISA_BANKS; bank++)
		forms |= g->under[bank][r->fit[bank][i]];
	forms = group_look(g, text + i, forms & group_before(g, text, i));
	for (u64 m = forms & g->often; m; m &= m - 1)
		if (g->never[__builtin_ctzll(m)](text + i))
			forms &= ~(m & -m);
	return forms;
}

/*
 * Where all forms that may match at text + i are told at once, or none of the others could be as long, the longest match of
 * theirs is the match.
 */
static inline enum glance glance_at(const struct reader *r, const struct group *g, const u8 *text,
				    size_t i, const struct form_id **ret_id, size_t *ret_len)
{
	u64 forms = forms_seen(r, g, text, i), refused = 0;
	size_t len = 0;

	for (u64 told = forms & g->told; told; told &= told - 1) {
		unsigned int bit = (unsigned int)__builtin_ctzll(told);
		size_t n = g->quickly[bit](text + i);

		if (!n)
			return LOOK_CLOSER;
		if (n == QUICK_REFUSED) {
			refused |= 1ULL << bit;
		} else if (n > len) {
			*ret_id = &g->ids[bit];
			len = n;
		}
	}
	if (forms & ~g->told & (len ? g->reach[len] : ~0ULL))
		return LOOK_CLOSER;
	for (; refused; refused &= refused - 1)
		count_refused(r->job, g->ids[__builtin_ctzll(refused)].rule);
	*ret_len = len;
	return len ? QUICK_MATCH : NOTHING_THERE;
}

/* Whether a form may begin at text + i that is of another group than the first: for these a glance is not enough. */
static inline bool others_seen(const struct reader *r, const u8 *text, size_t i)
{
	for (u16 g = 1; g < r->s->plain_groups; g++)
		if (forms_seen(r, &r->s->groups[g], text, i))
			return true;
	return false;
}

/* Place i of the words, by all that there is. */
static enum verdict read_closely(struct reader *r, size_t i)
{
	struct hints hints = {
		.anchored = r->anchored[i / 64] >> i % 64 & 1,
		.zoned = r->zone[i / 64] >> i % 64 & 1,
	};
	struct scan_job *job = r->job;
	enum verdict verdict;

	for (int bank = 0; bank < ISA_BANKS; bank++)
		hints.fit[bank] = r->fit[bank][i];
	if (hints.zoned)
		hints.sets = zones_sets(&r->zones, r->near, r->base + i);
	verdict = confirm(r->s, job, r->base + i, &hints, &job->matches[job->nmatches]);
	if (verdict == MATCH)
		r->next = job->matches[job->nmatches++].to;
	return verdict;
}

/*
 * Place i, which is special: false if only a label could make a match there, and no form that the labels
 * in front of it ask for begins like this.
 */
static inline bool may_be_labelled(struct reader *r, const u8 *text, size_t i)
{
	u64 sets;

	if ((r->anchored[i / 64] | r->plain[i / 64]) >> i % 64 & 1)
		return true;
	sets = zones_sets(&r->zones, r->near, r->base + i);
	for (u16 n = 0; n < r->s->ngroups; n++) {
		const struct group *g = &r->s->groups[n];
		u64 forms = group_behind(g, sets);

		if (forms && group_look(g, text + i, forms & group_before(g, text, i)))
			return true;
	}
	return false;
}

/*
 * Reads the candidates that a glance is enough for, from the k-th of `places` on. Returns the
 * first that takes a closer look.
 */
static inline size_t read_on(struct reader *r, const u16 *places, size_t k, size_t count)
{
	const struct group *g = r->s->groups;
	const u8 *text = r->job->text + r->base;
	u32 base = (u32)r->base;
	size_t next = r->next > r->base ? r->next - r->base : 0;
	size_t end = r->quick_end > r->base ? r->quick_end - r->base : 0;
	struct match *m = r->job->matches + r->job->nmatches;
	bool special = r->special;
	const struct form_id *id = NULL;

	for (; k < count; k++) {
		size_t i = places[k], len = 0;
		enum glance glance;

		if (i < next)
			continue;
		/* What is before the first two is not in `text`. */
		if (i < 2 || i >= end)
			break;
		if (special && is_special(r, i)) {
			if (may_be_labelled(r, text, i))
				break;
			continue;
		}
		glance =
			others_seen(r, text, i) ? LOOK_CLOSER : glance_at(r, g, text, i, &id, &len);
		if (glance == LOOK_CLOSER)
			break;
		if (glance == NOTHING_THERE)
			continue;
		next = i + len;
		*m++ = (struct match){
			.from = base + (u32)i,
			.to = base + (u32)next,
			.mask_from = base + (u32)i,
			.mask_to = base + (u32)next,
			.rule = id->rule,
			.form = id->form,
		};
		r->job->walked += len;
	}
	r->job->nmatches = (size_t)(m - r->job->matches);
	r->next = r->base + next;
	return k;
}

/* Reads the candidates of the first n words; false where it comes to what is undecided. */
static bool read_words(struct reader *r, size_t n)
{
	u16 places[64 * (BACK_WORDS + WORDS) + LIST_ROOM];
	size_t count = 0;
	u64 special = 0;

	for (size_t w = 0; w < n; w++) {
		count += list_bits(r->words[w] | r->anchored[w], 64 * w, places + count);
		special |= r->anchored[w] | r->zone[w];
	}
	r->special = special != 0;
	for (size_t k = 0;; k++) {
		k = read_on(r, places, k, count);
		if (k == count)
			return true;
		if (read_closely(r, places[k]) == UNDECIDED) {
			r->job->decided = r->base + places[k];
			return false;
		}
	}
}

/* Where the labels begin whose zones may be open at `at`: none is seen over the end of a line. */
static size_t open_labels(const struct scanner *s, const struct scan_job *job, size_t at)
{
	if (at && ends_line(s, job->text[at - 1]))
		return at;
	return at < ZONE_MAX ? 0 : at - ZONE_MAX;
}

static void run(const struct scanner *s, struct scan_job *job)
{
	struct reader r;
	size_t held = 0, at = job->start, back = (s->prefilter.back + 63u) / 64, words, ready, n;

	r.s = s;
	r.job = job;
	r.next = r.base = job->start;
	r.quick_end = 0;
	r.zones.first = r.zones.n = 0;
	r.zones_to = open_labels(s, job, at);
	r.near = s->labels ? label_index_near(s->labels) : NULL;
	if (s->plain_groups && job->len > QUICK_READ)
		r.quick_end = job->len - QUICK_READ;
	while (at < job->len) {
		n = job->len - at < BATCH ? job->len - at : BATCH;
		n = make_words(&r, held, at, n);
		at += n;
		words = held + (n + 63) / 64;
		if (at == job->len)
			mark_open_end(&r);
		ready = at == job->len ? words : words < back ? 0 : words - back;
		if (!read_words(&r, ready) || at == job->len)
			return;
		held = words - ready;
		memmove(r.words, r.words + ready, held * sizeof(*r.words));
		memmove(r.anchored, r.anchored + ready, held * sizeof(*r.anchored));
		memmove(r.zone, r.zone + ready, held * sizeof(*r.zone));
		memmove(r.plain, r.plain + ready, held * sizeof(*r.plain));
		memmove(r.others, r.others + ready, held * sizeof(*r.others));
		for (int bank = 0; bank < ISA_BANKS; bank++)
			memmove(r.fit[bank], r.fit[bank] + 64 * ready, 64 * held);
		r.base += 64 * ready;
		zones_drop(&r.zones, r.base);
	}
}
