/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The labels of many forms looked up together, backwards from a place that may be a value's, or
 * forwards: which bytes stand where a label ends, and how far from there a value may be.
 */
#include "bytes.h"
#include "label.h"
#include <errno.h>
#include <scrim/outline.h>
#include <stdlib.h>
#include <string.h>

/* A label of some sets. */
struct indexed {
	struct label label;
	u64 sets;
};

/*
 * The last bytes, up to a space, that labels have in common, without case: many end in "number".
 * They are looked at first.
 */
struct tail {
	u64 bytes, mask;
	u16 first, n; /* labels */
	u8 letters;   /* as many as it has bytes: then it is exact. Else 0 */
};

/* What tells whether a label ends somewhere: its bytes and the character before them. */
#define BEFORE_END (LABEL_MAX + 3)

/* Tails by the last two bytes, of each the lower five bits. */
#define PAIRS 1024

/* All labels of the sets, each once. */
struct label_index {
	u16 distance;                    /* the longest */
	u64 near[RULE_MAX_DISTANCE + 1]; /* by distance: the sets that look so far */
	u16 distances[64];               /* by set */
	u16 n, ntails;
	bool ends[256];       /* by byte, in lower case: some label ends in it */
	u32 before[32];       /* by the lower five bits of a last byte: those of a byte before it */
	u32 first[PAIRS + 1]; /* by pair: where its part of `listed` begins */
	struct tail *listed;  /* tails that may end in the pair */
	struct tail *tails;
	struct indexed labels[]; /* in the order of tails */
};

static unsigned int pair_of(u8 last, u8 before)
{
	return (last & 31u) << 5 | (before & 31u);
}

static struct tail tail_of(const struct label *l)
{
	u8 bytes[8] = {0}, mask[8] = {0};
	struct tail t = {0};
	bool letters = true;

	for (size_t k = 1; k <= 8 && k <= l->len && l->text[l->len - k] != ' '; k++) {
		bytes[8 - k] = (u8)l->text[l->len - k] | 0x20;
		mask[8 - k] = 0xff;
		letters &= bytes[8 - k] >= 'a' && bytes[8 - k] <= 'z';
		t.letters = letters ? (u8)k : 0;
	}
	memcpy(&t.bytes, bytes, sizeof(t.bytes));
	memcpy(&t.mask, mask, sizeof(t.mask));
	return t;
}

static int by_tail(const void *a, const void *b)
{
	const struct indexed *x = a, *y = b;
	struct tail s = tail_of(&x->label), t = tail_of(&y->label);

	return memcmp(&s, &t, sizeof(s));
}

/* Sorts the labels and takes their tails. */
static void take_tails(struct label_index *x)
{
	qsort(x->labels, x->n, sizeof(x->labels[0]), by_tail);
	for (u16 i = 0; i < x->n; i++) {
		struct tail t = tail_of(&x->labels[i].label);

		x->ends[label_last(&x->labels[i].label)] = true;
		t.first = i;
		if (!i || x->tails[x->ntails - 1].bytes != t.bytes ||
		    x->tails[x->ntails - 1].mask != t.mask)
			x->tails[x->ntails++] = t;
		x->tails[x->ntails - 1].n++;
	}
}

/* Whether a tail may end in the pair: what is before its last byte may be anything if it is alone. */
static bool ends_in(const struct tail *t, unsigned int pair)
{
	u8 bytes[8], mask[8];

	memcpy(bytes, &t->bytes, sizeof(bytes));
	memcpy(mask, &t->mask, sizeof(mask));
	return pair >> 5 == (bytes[7] & 31u) && (!mask[6] || pair % 32 == (bytes[6] & 31u));
}

static int list_pairs(struct arena *a, struct label_index *x)
{
	u32 n = 0;

	for (int pass = 0; pass < 2; pass++) {
		n = 0;
		for (unsigned int pair = 0; pair < PAIRS; pair++) {
			x->first[pair] = n;
			for (u16 i = 0; i < x->ntails; i++) {
				if (!ends_in(&x->tails[i], pair))
					continue;
				if (pass)
					x->listed[n] = x->tails[i];
				x->before[pair / 32] |= 1U << pair % 32;
				n++;
			}
		}
		x->first[PAIRS] = n;
		if (!pass)
			x->listed = arena_array(a, n, sizeof(*x->listed));
		if (!x->listed)
			return -ENOMEM;
	}
	return 0;
}

static void index_add(struct label_index *x, const struct label *l, u64 set)
{
	for (u16 i = 0; i < x->n; i++) {
		const struct label *other = &x->labels[i].label;

		if (other->exact == l->exact && !strcmp(other->text, l->text)) {
			x->labels[i].sets |= set;
			return;
		}
	}
	x->labels[x->n++] = (struct indexed){.label = *l, .sets = set};
}

int label_index_build(struct arena *a, const struct label_set *const *sets, size_t nsets,
		      const struct label_index **ret_index)
{
	struct label_index *x;
	size_t total = 0;

	for (size_t i = 0; i < nsets; i++)
		total += sets[i]->first[256];
	x = arena_alloc(a, sizeof(*x) + total * sizeof(x->labels[0]));
	if (!x)
		return -ENOMEM;
	x->tails = arena_array(a, total, sizeof(*x->tails));
	if (!x->tails)
		return -ENOMEM;
	for (size_t i = 0; i < nsets; i++) {
		for (u16 k = 0; k < sets[i]->first[256]; k++)
			index_add(x, &sets[i]->labels[k], 1ULL << i);
		for (u16 d = 0; d <= sets[i]->distance; d++)
			x->near[d] |= 1ULL << i;
		x->distances[i] = sets[i]->distance;
		if (sets[i]->distance > x->distance)
			x->distance = sets[i]->distance;
	}
	take_tails(x);
	*ret_index = x;
	return list_pairs(a, x);
}

/* Of the sets asked for, those that have a label which ends at text[end), end > from. */
static u64 index_ends(const struct label_index *x, u64 asked, const u8 *text, size_t from,
		      size_t end)
{
	u8 c = text[end - 1], before = end - from > 1 ? text[end - 2] : 0;
	unsigned int pair = pair_of(c, before);
	u64 tail = 0, known = 0, sets = 0;

	if (x->first[pair] == x->first[pair + 1] ||
	    (byte_is_letter(c) && byte_joins_letter(text[end])))
		return 0;
	if (end - from >= sizeof(tail)) {
		memcpy(&tail, text + end - sizeof(tail), sizeof(tail));
		tail |= 0x2020202020202020;
		known = ~0ULL;
	}
	for (u32 k = x->first[pair]; k < x->first[pair + 1]; k++) {
		const struct tail *t = &x->listed[k];
		size_t seen = known ? t->letters : 0;

		if ((t->bytes ^ tail) & t->mask & known)
			continue;
		for (const struct indexed *l = x->labels + t->first, *end_of = l + t->n; l < end_of;
		     l++) {
			size_t n = l->label.exact ? 0 : seen;

			if ((l->sets & asked & ~sets) &&
			    label_ends_first(&l->label, l->label.len - n, text, from, end - n))
				sets |= l->sets & asked;
		}
	}
	return sets;
}

u64 label_index_ends(const struct label_index *x, const u8 *text, size_t end, size_t len,
		     u64 *ret_gap)
{
	size_t from = end > BEFORE_END ? end - BEFORE_END : 0, far = 0;
	u64 sets = end ? index_ends(x, ~0ULL, text, from, end) : 0;

	if (!sets)
		return 0;
	for (u64 m = sets; m; m &= m - 1) {
		u16 distance = x->distances[__builtin_ctzll(m)];

		far = distance > far ? distance : far;
	}
	*ret_gap = label_gap(text, end, len - end < far ? len - end : far);
	return sets;
}

/* Whether something is so in the texts that an outline is of. */
enum certainty { NEVER, SOMETIMES, ALWAYS };

/* Whether label l ends before outline[end]; that may be SOMETIMES in vain. */
static enum certainty may_be_label(const struct label *l, const u8 *outline, size_t end)
{
	bool sure = outline[end] != ANY_HEX || !byte_is_letter(label_last(l));
	size_t at = end;

	for (size_t i = l->len; i-- > 0;) {
		u8 c = (u8)l->text[i];

		if (c == ' ') {
			at -= at && label_is_space(outline[at - 1]);
			continue;
		}
		if (!at)
			return NEVER;
		at--;
		if (outline[at] == ANY_DIGIT || outline[at] == ANY_HEX)
			sure = false;
		if (!outline_may_be(outline[at], c) && (l->exact || byte_lower(outline[at]) != c))
			return NEVER;
	}
	if (at && (outline[at] == ANY_HEX || outline[at - 1] == ANY_HEX))
		return SOMETIMES;
	if (!word_begins(outline, 0, at))
		return NEVER;
	return sure ? ALWAYS : SOMETIMES;
}

/* Adds the sets of the labels with a tail that may end before outline[end]. */
static void tail_may_end(const struct label_index *x, const struct tail *t, const u8 *outline,
			 size_t end, u64 *sets, u64 *sure)
{
	for (const struct indexed *l = x->labels + t->first; l < x->labels + t->first + t->n; l++) {
		enum certainty is;

		if (!(l->sets & ~*sure))
			continue;
		is = may_be_label(&l->label, outline, end);
		*sets |= is != NEVER ? l->sets : 0;
		*sure |= is == ALWAYS ? l->sets : 0;
	}
}

/* The lower five bits that a byte of an outline may have: a bit for each. */
static u32 five_bits(u8 c)
{
	const u32 digits = 0x3ff << ('0' & 31), letters = 0x3f << ('a' & 31);

	return c == ANY_DIGIT ? digits : c == ANY_HEX ? digits | letters : 1U << (c & 31);
}

u64 label_index_may_end(const struct label_index *x, const u8 *outline, size_t end, u64 *ret_sure,
			size_t *looked)
{
	u8 bytes[22], last = outline[end - 1];
	size_t n = outline_bytes(last, bytes);
	u32 before = five_bits(end > 1 ? outline[end - 2] : 0);
	u64 sets = 0, sure = 0;

	*ret_sure = 0;
	if (byte_is_letter(last) && byte_joins_letter(outline[end]))
		return 0;
	for (size_t i = 0; i < n; i++) {
		u8 c = byte_lower(bytes[i]);

		/* Capitals come last, and are done by then. */
		if (!x->ends[c] || (n > 1 && c != bytes[i]))
			continue;
		for (u32 m = x->before[c & 31] & before; m; m &= m - 1) {
			unsigned int pair = pair_of(c, (u8)__builtin_ctz(m));

			for (u32 k = x->first[pair]; k < x->first[pair + 1]; k++) {
				tail_may_end(x, &x->listed[k], outline, end, &sets, &sure);
				*looked += x->listed[k].n;
			}
		}
	}
	*ret_sure = sure;
	return sets;
}

const u64 *label_index_near(const struct label_index *x)
{
	return x->near;
}

u64 label_index_find(const struct label_index *x, const u8 *text, size_t p)
{
	size_t from = p > SCRIM_LOOKBACK ? p - SCRIM_LOOKBACK : 0, end = p, before;
	u64 sets = 0;

	while (end > from && p - end <= x->distance && (x->near[p - end] & ~sets)) {
		sets |= index_ends(x, x->near[p - end] & ~sets, text, from, end);
		before = end;
		end = label_step_back(text, from, end, p);
		if (end == before)
			break;
	}
	return sets;
}

/*
 * Whether c may stand right before a label that begins with `first`: what word_begins() asks,
 * whatever the case of the label's first letter is in the text.
 */
static bool may_precede(u8 first, u8 c)
{
	return !byte_is_letter(first) || !byte_is_letter(c) || byte_is_lower(c) ||
	       (c >= 0x80 && c <= 0xbf); /* may be the last byte of a gap */
}

/* Adds to `set` what may stand where `left` bytes of l are still to come, read backwards. */
static void tail_place(const struct label *l, size_t left, bool *set)
{
	for (unsigned int c = 0; c < 256; c++) {
		if (!left)
			set[c] |= may_precede((u8)l->text[0], (u8)c);
		else if (l->text[left - 1] == ' ')
			set[c] |= label_is_space((u8)c);
		else
			set[c] |= (l->exact ? (u8)c : byte_lower((u8)c)) == (u8)l->text[left - 1];
	}
}

bool label_index_tail(const struct label_index *x, size_t i, bool ret_places[LABEL_PLACES][256])
{
	const struct label *l = &x->labels[i].label;
	u64 left, next; /* bit n: n bytes are still to come; the space of a label may be left out */
	bool past = false;

	if (i >= x->n)
		return false;
	memset(ret_places, 0, LABEL_PLACES * sizeof(ret_places[0]));
	for (unsigned int c = 0; c < 256; c++)
		ret_places[0][c] = !(byte_is_letter(label_last(l)) && byte_joins_letter((u8)c));
	left = 1ULL << l->len;
	for (size_t k = 1; k < LABEL_PLACES; k++, left = next) {
		memset(ret_places[k], past, sizeof(ret_places[k]));
		next = 0;
		for (size_t n = l->len + 1; n-- > 0;) {
			if (!(left >> n & 1))
				continue;
			tail_place(l, n, ret_places[k]);
			if (n && l->text[n - 1] == ' ')
				left |= 1ULL << (n - 1);
			if (n)
				next |= 1ULL << (n - 1);
			else
				past = true;
		}
	}
	return true;
}
