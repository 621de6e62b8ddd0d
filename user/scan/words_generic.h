/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words that the reading loop reads, once for every ISA: where a match is possible, by shapes,
 * labels and anchors.
 *
 *    text   ├──── BATCH bytes ────┼─────────────┤
 *    words  │w│w│w│ ...         │w│              a bit for a byte: is a match possible here
 *            ▲ read in order     └┬┘
 *                                 back: anchors still to come may mark bits in these
 */
#include "scanner.h"
#include "zones.h"
#include <string.h>

#define ZONE_MAX   64 /* how far behind a label a zone may reach */
#define BATCH      (CHUNK - ZONE_MAX)
#define WORDS      (BATCH / 64)
#define BACK_WORDS ((SCRIM_WINDOW + 63) / 64)

_Static_assert(RULE_MAX_DISTANCE <= ZONE_MAX, "no zone reaches farther");
_Static_assert(BATCH % 64 == 0, "a batch is whole words");
/* Those that reach a word that is held, those of held words and of a new one, those of a part of the next. */
_Static_assert(ZONES >= ZONE_MAX + 64 * BACK_WORDS + 128, "there is room for a word's zones");

struct reader {
	const struct scanner *s;
	struct scan_job *job;
	size_t next; /* places before this one are decided */
	size_t base; /* the place of words[0] bit 0 */
	struct zones zones;
	size_t zones_to;                              /* labels that end before have theirs */
	const u64 *near;                              /* label_index_near() */
	size_t quick_end;                             /* places below may be read quickly */
	bool special;                                 /* there is one: is_special() */
	u64 words[BACK_WORDS + WORDS];                /* where a form may begin */
	u64 plain[BACK_WORDS + WORDS];                /* where one that needs no label may */
	u64 anchored[BACK_WORDS + WORDS];             /* where an anchored one may */
	u64 zone[BACK_WORDS + WORDS];                 /* where a label stands before */
	u64 others[BACK_WORDS + WORDS];               /* where others than quick forms may begin */
	u8 fit[ISA_BANKS][64 * (BACK_WORDS + WORDS)]; /* which shapes */
};

/*
 * Lists the ends of labels in text[at, at + n) as far as their last bytes tell, relative to `at`.
 * Which are kept is hard to guess, too.
 */
static size_t list_ends(const struct reader *r, size_t at, size_t n, u16 *to)
{
	const struct label_filter *lf = &r->s->label_filter;
	size_t count = 0, kept = 0;
	u64 ends[CHUNK / 64];

	labels_fit(lf, r->job, at, n, ends);
	for (size_t w = 0; w < (n + 63) / 64; w++)
		count += list_bits(ends[w], 64 * w, to + count);
	for (size_t i = 0; i < count; i++) {
		size_t end = at + to[i];

		to[kept] = to[i];
		kept += end < TAIL_BYTES || label_tail(lf, r->job->text, end);
	}
	return kept;
}

/* Opens a zone behind each label that ends before `to`, as long as there is room. */
static void find_zones(struct reader *r, size_t to)
{
	u16 ends[CHUNK + LIST_ROOM];
	size_t at = r->zones_to, count = list_ends(r, at, to - at, ends);
	struct zones *zs = &r->zones;

	r->zones_to = to;
	for (size_t i = 0; i < count; i++) {
		size_t end = at + ends[i];
		struct zone *z;

		if (zs->n == ZONES) {
			r->zones_to = end;
			return;
		}
		z = &zs->zone[zs->n];
		r->job->looked_up++;
		z->sets =
			label_index_ends(r->s->labels, r->job->text, end, r->job->len, &z->places);
		if (!z->sets)
			continue;
		z->from = (u32)end;
		z->to = z->from + 65 - (z->places ? (u32)__builtin_clzll(z->places) : 64);
		zs->n++;
	}
}

/*
 * Fills in the zones of text[at, at + n): those from before go on, and labels that end there open
 * others. Returns for how many places, whole words if less than n: there may be labels without end.
 */
static size_t open_zones(struct reader *r, u64 *zone, size_t at, size_t n)
{
	if (r->s->labels) {
		find_zones(r, at + n);
		if (r->zones_to < at + n)
			n = (r->zones_to - at) / 64 * 64;
	}
	for (size_t w = 0; w < (n + 63) / 64; w++)
		zone[w] = r->s->unindexed ? ~0ULL : 0;
	for (size_t i = 0; i < r->zones.n; i++)
		zone_mark(zone, at, n, &r->zones.zone[i]);
	return n;
}

/* Marks the places from p on that have a bit. */
static void mark(struct reader *r, size_t p, u64 bits)
{
	size_t w = (p - r->base) / 64, up = (p - r->base) % 64;

	r->anchored[w] |= bits << up;
	if (bits >> 1 >> (63 - up))
		r->anchored[w + 1] |= bits >> 1 >> (63 - up);
}

/* Whether one of `anchors` has a match that may begin at p. */
static inline bool begins_at(const struct reader *r, unsigned int anchors, size_t p)
{
	const struct prefilter *pf = &r->s->prefilter;
	const u8 *text = r->job->text;

	return (anchors & pf->first[text[p]] & (p ? pf->before[text[p - 1]] : ~0U)) != 0;
}

/*
 * Marks where a match may begin that reaches one of `anchors`: from p back to `stop`, as long as there are
 * only bytes that may stand before them. How many there are is hard to guess; so no other branch is.
 */
static void mark_back(struct reader *r, unsigned int anchors, size_t p, size_t stop)
{
	u64 bits = 0;

	for (size_t n = 1; anchors && p >= stop; n++, p--) {
		bits = bits << 1 | begins_at(r, anchors, p);
		anchors &= p > stop ? r->s->prefilter.prefix[r->job->text[p - 1]] : 0;
		if (!anchors || n % 64 == 0) {
			mark(r, p, bits);
			bits = 0;
		}
	}
}

/* Whether all that must stand before anchor a, if it is at q, does. Mostly not: no branch for each. */
static bool has_least(const struct reader *r, unsigned int a, size_t q)
{
	const struct prefilter *pf = &r->s->prefilter;
	unsigned int all = q >= pf->least[a];

	all <<= a;
	for (size_t k = 1; k <= pf->least[a] && k <= q; k++)
		all &= pf->prefix[r->job->text[q - k]];
	return all;
}

/* The first place from which `most` bytes lead to q and that is not decided. */
static size_t first_place(const struct reader *r, size_t q, u16 most)
{
	return q > r->base + most ? q - most : r->base;
}

static void mark_anchors(struct reader *r, size_t at, u64 bits)
{
	const struct prefilter *pf = &r->s->prefilter;

	for (; bits; bits &= bits - 1) {
		size_t q = at + (size_t)__builtin_ctzll(bits);
		unsigned int anchors = pf->is_anchor[r->job->text[q]];

		for (; anchors; anchors &= anchors - 1) {
			unsigned int a = (unsigned int)__builtin_ctz(anchors);

			if (has_least(r, a, q))
				mark_back(r, 1U << a, q - pf->least[a],
					  first_place(r, q, pf->most[a]));
		}
	}
}

/* Where the text breaks off, an anchor may follow. */
static void mark_open_end(struct reader *r)
{
	const struct prefilter *pf = &r->s->prefilter;
	size_t end = r->job->len;

	if (!r->job->ends && pf->nanchors)
		mark_back(r, pf->prefix[r->job->text[end - 1]], end - 1,
			  first_place(r, end, pf->back));
}

/* Makes the words of text[at, at + n), n <= BATCH, behind the `held` ones; returns how many places'. */
static size_t make_words(struct reader *r, size_t held, size_t at, size_t n)
{
	u64 anchors[WORDS], zoned[WORDS];
	struct fits fits = {.candidates = r->plain + held,
			    .others = r->others + held,
			    .zoned = zoned,
			    .anchors = anchors};

	for (int bank = 0; bank < ISA_BANKS; bank++)
		fits.fit[bank] = r->fit[bank] + 64 * held;

	n = open_zones(r, r->zone + held, at, n);
	shapes_fit(&r->s->prefilter, r->job, at, n, &fits);
	for (size_t w = 0; w < (n + 63) / 64; w++) {
		r->words[held + w] = r->plain[held + w] | (zoned[w] & r->zone[held + w]);
		/* Marks go backwards. */
		r->anchored[held + w] = 0;
		mark_anchors(r, at + 64 * w, anchors[w]);
	}
	return n;
}
