/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The reading loop, once for every ISA: a file includes its vec_*.h, then this, and exports
 * run() and find_control() under its name.
 *
 *    text   ├──── BATCH bytes ────┼─────────────┤
 *    words  │w│w│w│ ...         │w│              a bit for a byte: is a match possible here
 *            ▲ read in order     └┬┘
 *                                 back: anchors still to come may mark bits in these
 */
#include "scanner.h"
#include <string.h>

#define BATCH      2048 /* bytes, a multiple of 64 */
#define WORDS      (BATCH / 64)
#define BACK_WORDS ((SCRIM_WINDOW + 63) / 64)

struct reader {
	const struct scanner *s;
	struct scan_job *job;
	size_t next;                      /* places before this one are decided */
	size_t base;                      /* the place of words[0] bit 0 */
	u64 words[BACK_WORDS + WORDS];    /* where a form may begin */
	u64 anchored[BACK_WORDS + WORDS]; /* where an anchored one may */
};

static void mark(struct reader *r, size_t p)
{
	r->anchored[(p - r->base) / 64] |= 1ULL << ((p - r->base) % 64);
}

/* Marks the places before q from which a match may reach an anchor there. */
static void mark_before(struct reader *r, const struct anchor *a, size_t q)
{
	size_t p = q, least = q > a->back ? q - a->back : 0;

	if (least < r->base)
		least = r->base;
	while (p > least && a->prefix[r->job->text[p - 1]])
		mark(r, --p);
}

static void mark_anchors(struct reader *r, size_t at, u64 bits)
{
	const struct prefilter *pf = &r->s->prefilter;

	for (; bits; bits &= bits - 1) {
		size_t q = at + (size_t)__builtin_ctzll(bits);

		/* What stands before an anchor may be optional. */
		mark(r, q);
		for (u16 i = 0; i < pf->nanchors; i++)
			if (pf->anchors[i].is[r->job->text[q]])
				mark_before(r, &pf->anchors[i], q);
	}
}

/* Makes the words of text[at, at + n), n <= BATCH, behind the `held` ones. */
static void make_words(struct reader *r, size_t held, size_t at, size_t n)
{
	u64 anchors[WORDS];

	shapes_fit(&r->s->prefilter, r->job, at, n, r->words + held, anchors);
	memset(r->anchored + held, 0, (n + 63) / 64 * sizeof(r->anchored[0]));
	if (!r->s->prefilter.nanchors)
		return;
	for (size_t w = 0; w < (n + 63) / 64; w++)
		mark_anchors(r, at + 64 * w, anchors[w]);
}

/* Where the text breaks off, an anchor may follow. */
static void mark_open_end(struct reader *r)
{
	const struct prefilter *pf = &r->s->prefilter;

	for (u16 i = 0; i < pf->nanchors && !r->job->ends; i++)
		mark_before(r, &pf->anchors[i], r->job->len);
}

/* Whether any form passes the filter at p, or would have to be asked. */
static inline bool possible(const struct scanner *s, const struct scan_job *job, size_t p)
{
	const struct group *g = s->groups;
	const u8 *t = job->text + p;
	u64 forms;

	if (s->ngroups > 1 || p < 2 || job->len - p < FILTER_DEPTH)
		return true;
	forms = g->before[(u8)(t[-2] - '0') < 10][t[-1]];
	for (int k = 0; k < FILTER_DEPTH; k++)
		forms &= g->at[k][t[k]];
	return forms != 0;
}

/* Reads word w; false where it comes to what is undecided. */
static bool read_word(struct reader *r, size_t w)
{
	size_t place = r->base + 64 * w, p;
	unsigned int p_bit;
	u64 bits = r->words[w] | r->anchored[w];
	struct match m;

	if (r->next > place)
		bits = r->next - place < 64 ? bits & ~0ULL << (r->next - place) : 0;
	while (bits) {
		p_bit = (unsigned int)__builtin_ctzll(bits);
		p = place + p_bit;
		bits &= bits - 1;
		if (!possible(r->s, r->job, p))
			continue;
		switch (confirm(r->s, r->job, p, r->anchored[w] >> p_bit & 1, &m)) {
		case UNDECIDED:
			r->job->decided = p;
			return false;
		case MATCH:
			r->job->matches[r->job->nmatches++] = m;
			r->next = m.to;
			bits = m.to - place < 64 ? bits & ~0ULL << (m.to - place) : 0;
			break;
		case NO_MATCH:
			break;
		}
	}
	return true;
}

static void run(const struct scanner *s, struct scan_job *job)
{
	struct reader r = {.s = s, .job = job, .next = job->start, .base = job->start};
	size_t held = 0, at = job->start, back = (s->prefilter.back + 63u) / 64, words, ready, n;

	while (at < job->len) {
		n = job->len - at < BATCH ? job->len - at : BATCH;
		make_words(&r, held, at, n);
		at += n;
		words = held + (n + 63) / 64;
		if (at == job->len)
			mark_open_end(&r);
		ready = at == job->len ? words : words - back;
		for (size_t w = 0; w < ready; w++)
			if (!read_word(&r, w))
				return;
		held = words - ready;
		memmove(r.words, r.words + ready, held * sizeof(*r.words));
		memmove(r.anchored, r.anchored + ready, held * sizeof(*r.anchored));
		r.base += 64 * ready;
	}
}
