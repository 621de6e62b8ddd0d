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
	size_t next;                              /* places before this one are decided */
	size_t base;                              /* the place of words[0] bit 0 */
	size_t zone_to;                           /* zones seen so far end there */
	u64 words[BACK_WORDS + WORDS];            /* where a form may begin */
	u64 anchored[BACK_WORDS + WORDS];         /* where an anchored one may */
	u64 zone[BACK_WORDS + WORDS];             /* where a label may stand before */
	u8 fit[BANKS][64 * (BACK_WORDS + WORDS)]; /* which shapes fit */
};

static void mark(struct reader *r, size_t p)
{
	r->anchored[(p - r->base) / 64] |= 1ULL << ((p - r->base) % 64);
}

/* Bits [from, to) of the word whose bit 0 is at `place`. */
static inline u64 range(size_t place, size_t from, size_t to)
{
	u64 bits = ~0ULL;

	if (to <= place || from >= place + 64 || from >= to)
		return 0;
	if (from > place)
		bits &= ~0ULL << (from - place);
	if (to < place + 64)
		bits &= ~(~0ULL << (to - place));
	return bits;
}

/* A zone from `from` to `to` in the words of a text of n places at `at`. */
static void open_zone(u64 *zone, size_t at, size_t n, size_t from, size_t to)
{
	for (size_t w = (from - at) / 64; 64 * w < n && at + 64 * w < to; w++)
		zone[w] |= range(at + 64 * w, from, to);
}

/*
 * Lists the ends of labels in text[at, at + n) as far as their last bytes tell, relative to `at`.
 * Four of a word are written whether there are as many or not: how many is hard to guess, and
 * nothing waits for it so. The same goes for those that are kept.
 */
static size_t list_ends(const struct reader *r, size_t at, size_t n, u16 *to)
{
	const struct label_filter *lf = &r->s->label_filter;
	size_t count = 0, kept = 0;
	u64 ends[WORDS];

	labels_fit(lf, r->job, at, n, ends);
	for (size_t w = 0; w < (n + 63) / 64; w++) {
		u64 bits = ends[w];
		size_t next = count + (size_t)__builtin_popcountll(bits);

		for (size_t k = 0; k < 4 || count + k < next; k++, bits &= bits - 1)
			to[count + k] = (u16)(64 * w + (size_t)__builtin_ctzll(bits | 1ULL << 63));
		count = next;
	}
	for (size_t i = 0; i < count; i++) {
		size_t end = at + to[i];

		to[kept] = to[i];
		kept += end < 4 || label_tail(lf, r->job->text, end);
	}
	return kept;
}

/* Opens zones behind the labels that end in text[at, at + n), and goes on with one from before. */
static void open_zones(struct reader *r, u64 *zone, size_t at, size_t n)
{
	u16 ends[BATCH + 4];
	size_t count = list_ends(r, at, n, ends);

	if (r->zone_to > at)
		open_zone(zone, at, n, at, r->zone_to);
	for (size_t i = 0; i < count; i++) {
		size_t end = at + ends[i];
		size_t to = end + label_index_reach(r->s->labels, r->job->text, end);

		open_zone(zone, at, n, end, to);
		r->zone_to = to > r->zone_to ? to : r->zone_to;
	}
}

/* The zones that reach beyond where scanning begins. */
static void zones_before(struct reader *r)
{
	size_t back = r->job->start < 64 ? r->job->start : 64;
	u64 zone = 0;

	if (back)
		open_zones(r, &zone, r->job->start - back, back);
}

/* Which of the places `zoned` of text[at, at + n) are in a zone, and the zones of it. */
static void make_zones(struct reader *r, size_t held, size_t at, size_t n, const u64 *zoned)
{
	u64 *zone = r->zone + held;

	memset(zone, r->s->unindexed ? 0xff : 0, (n + 63) / 64 * sizeof(*zone));
	open_zones(r, zone, at, n);
	for (size_t w = 0; w < (n + 63) / 64; w++)
		r->words[held + w] |= zoned[w] & zone[w];
}

/* Marks the places from which a match may reach an anchor at q, `least` bytes before it or more. */
static void mark_before(struct reader *r, const struct anchor *a, size_t q, size_t least)
{
	size_t p = q, first = q > a->back ? q - a->back : 0;

	if (first < r->base)
		first = r->base;
	if (!least)
		mark(r, q);
	while (p > first && a->prefix[r->job->text[p - 1]]) {
		p--;
		if (q - p >= least)
			mark(r, p);
	}
}

static void mark_anchors(struct reader *r, size_t at, u64 bits)
{
	const struct prefilter *pf = &r->s->prefilter;

	for (; bits; bits &= bits - 1) {
		size_t q = at + (size_t)__builtin_ctzll(bits);

		for (u16 i = 0; i < pf->nanchors; i++)
			if (pf->anchors[i].is[r->job->text[q]])
				mark_before(r, &pf->anchors[i], q, pf->anchors[i].least);
	}
}

/* Makes the words of text[at, at + n), n <= BATCH, behind the `held` ones. */
static void make_words(struct reader *r, size_t held, size_t at, size_t n)
{
	u64 anchors[WORDS], zoned[WORDS];
	struct fits fits = {.candidates = r->words + held, .zoned = zoned, .anchors = anchors};

	for (int bank = 0; bank < BANKS; bank++)
		fits.fit[bank] = r->fit[bank] + 64 * held;

	shapes_fit(&r->s->prefilter, r->job, at, n, &fits);
	if (r->s->labels)
		make_zones(r, held, at, n, zoned);
	else
		memset(r->zone + held, 0, (n + 63) / 64 * sizeof(r->zone[0]));
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
		mark_before(r, &pf->anchors[i], r->job->len, 1);
}

/* Reads word w; false where it comes to what is undecided. */
static bool read_word(struct reader *r, size_t w)
{
	size_t place = r->base + 64 * w, p;
	u64 bits = r->words[w] | r->anchored[w];
	struct match m;

	if (r->next > place)
		bits = r->next - place < 64 ? bits & ~0ULL << (r->next - place) : 0;
	while (bits) {
		unsigned int bit = (unsigned int)__builtin_ctzll(bits);
		const struct hints hints = {
			.fit = {r->fit[0][64 * w + bit], r->fit[1][64 * w + bit],
				r->fit[2][64 * w + bit]},
			.anchored = r->anchored[w] >> bit & 1,
			.zoned = r->zone[w] >> bit & 1,
		};

		p = place + bit;
		bits &= bits - 1;
		switch (confirm(r->s, r->job, p, &hints, &m)) {
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
	struct reader r;
	size_t held = 0, at = job->start, back = (s->prefilter.back + 63u) / 64, words, ready, n;

	r.s = s;
	r.job = job;
	r.next = r.base = job->start;
	r.zone_to = 0;
	if (s->labels)
		zones_before(&r);
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
		memmove(r.zone, r.zone + ready, held * sizeof(*r.zone));
		for (int bank = 0; bank < BANKS; bank++)
			memmove(r.fit[bank], r.fit[bank] + 64 * ready, 64 * held);
		r.base += 64 * ready;
	}
}
