/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The labels of many forms looked up together, backwards from a place that may be a value's, or
 * forwards: which bytes stand where a label ends, and how far from there a value may be.
 */
#include "label_index.h"
#include "bytes.h"
#include <scrim/outline.h>
#include <string.h>

/* What tells whether a label ends somewhere: its bytes and the character before them. */
#define BEFORE_END (LABEL_MAX + 3)

/* The eight bytes before text[end), in lower case. */
static u64 eight_before(const u8 *text, size_t end)
{
	u64 eight;

	memcpy(&eight, text + end - sizeof(eight), sizeof(eight));
	return eight | 0x2020202020202020;
}

/* A place where labels may end. */
struct label_end {
	const u8 *text;
	size_t from, end;
	u64 asked; /* sets */
};

/* What may be the head of a label before its tail: right before it, and before a separator. */
struct heads {
	u64 at[2];
	u64 known; /* all bits, if there is enough text */
	bool separated;
};

static struct heads heads_before(const u8 *text, size_t from, size_t end)
{
	struct heads h = {0};

	if (end - from <= sizeof(h.at[0]))
		return h;
	h.separated = label_is_space(text[end - 1]);
	h.at[0] = eight_before(text, end);
	h.at[1] = eight_before(text, end - h.separated);
	h.known = ~0ULL;
	return h;
}

/* Whether label l ends there, of which n letters and, as far as heads are known, the head are there. */
static bool rest_ends(const struct indexed *l, const struct heads *heads, size_t n,
		      const struct label_end *p)
{
	if (l->whole && heads->known)
		return word_begins(p->text, p->from,
				   p->end - n - (l->spaced && heads->separated) - l->nhead);
	if (l->label.exact)
		n = 0;
	return label_ends_first(&l->label, l->label.len - n, p->text, p->from, p->end - n);
}

/* Of the sets asked for, those of the labels from the first on, n of them, that end there, `seen` letters being there. */
static u64 labels_end(const struct label_index *x, size_t first, size_t n,
		      const struct heads *heads, size_t seen, const struct label_end *p)
{
	u64 sets = 0;

	for (const struct indexed *l = x->labels + first; n; l++, n--)
		if ((l->sets & p->asked & ~sets) &&
		    !((l->head ^ heads->at[l->spaced]) & l->mask & heads->known) &&
		    rest_ends(l, heads, seen, p))
			sets |= l->sets & p->asked;
	return sets;
}

/* The same of those that have this tail. */
static u64 tail_ends(const struct label_index *x, const struct tail *t, size_t seen,
		     const struct label_end *p)
{
	struct heads heads = {0};
	const u32 *first;
	unsigned int key[2];
	u64 sets;

	if (seen)
		heads = heads_before(p->text, p->from, p->end - seen);
	if (!t->heads || !heads.known)
		return labels_end(x, t->first, t->n, &heads, seen, p);
	first = x->heads[t->heads].first;
	key[0] = head_key(heads.at[0]);
	key[1] = head_key(heads.at[1]);
	sets = labels_end(x, first[0], first[1] - first[0], &heads, seen, p);
	for (int k = key[0] == key[1]; k < 2; k++)
		sets |= labels_end(x, first[key[k]], first[key[k] + 1] - first[key[k]], &heads,
				   seen, p);
	return sets;
}

/* The same of those whose tail is listed by a key, `known` being the bits of `tail` that are. */
static u64 listed_end(const struct label_index *x, const struct tails_by *by, u32 key, u64 tail,
		      u64 known, const struct label_end *p)
{
	u64 sets = 0;

	for (u32 k = by->first[key]; k < by->first[key + 1]; k++) {
		const struct tail *t = &by->listed[k];

		if (!((t->bytes ^ tail) & t->mask & known))
			sets |= tail_ends(x, t, known ? t->letters : 0, p);
	}
	return sets;
}

/* Of the sets asked for, those that have a label which ends at text[end), end > from. */
static u64 index_ends(const struct label_index *x, u64 asked, const u8 *text, size_t from,
		      size_t end)
{
	const struct label_end p = {text, from, end, asked};
	u8 c = text[end - 1], before = end - from > 1 ? text[end - 2] : 0;
	unsigned int pair = pair_of(c, before);
	u64 tail;

	if (byte_is_letter(c) && byte_joins_letter(text[end]))
		return 0;
	if (end - from < sizeof(tail))
		return listed_end(x, &x->pairs, pair, 0, 0, &p);
	tail = eight_before(text, end);
	return listed_end(x, &x->others, pair, tail, ~0ULL, &p) |
	       listed_end(x, &x->fours, four_of(tail), tail, ~0ULL, &p);
}

/* Those of the places behind text[end) that are not a tag's name. */
static u64 but_tag_names(const u8 *text, size_t end, size_t len, u64 places)
{
	u64 names = 0;

	for (u64 m = places; m; m &= m - 1) {
		size_t p = end + 1 + (size_t)__builtin_ctzll(m);

		names |= p < len && begins_tag_name(text, p) ? m & -m : 0;
	}
	return places & ~names;
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
	*ret_gap = but_tag_names(text, end, len,
				 label_gap(text, end, len - end < far ? len - end : far));
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
		u8 c = label_byte(l, i);

		if (l->text[i] == ' ') {
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

			for (u32 k = x->pairs.first[pair]; k < x->pairs.first[pair + 1]; k++) {
				tail_may_end(x, &x->pairs.listed[k], outline, end, &sets, &sure);
				*looked += x->pairs.listed[k].n;
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

	if (begins_tag_name(text, p))
		return 0;
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
			set[c] |= (l->exact ? (u8)c : byte_lower((u8)c)) == label_byte(l, left - 1);
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

static void tails_with(const struct label *l, size_t left, u8 bytes[LABEL_TAIL], size_t n,
		       label_tail_fn take, void *arg);

/* The same with up to `most` separators in front of what is there. */
static void tails_separated(const struct label *l, size_t left, size_t most, u8 bytes[LABEL_TAIL],
			    size_t n, label_tail_fn take, void *arg)
{
	tails_with(l, left, bytes, n, take, arg);
	for (unsigned int c = 0; c < 256 && most && n < LABEL_TAIL; c++) {
		if (!label_is_space((u8)c))
			continue;
		bytes[n] = (u8)c;
		tails_separated(l, left, most - 1, bytes, n + 1, take, arg);
	}
}

/* The ways to write what is left of a label, its first bytes, in front of n bytes. */
static void tails_with(const struct label *l, size_t left, u8 bytes[LABEL_TAIL], size_t n,
		       label_tail_fn take, void *arg)
{
	size_t spaces = 0;

	if (n == LABEL_TAIL || !left) {
		take(arg, bytes, n);
		return;
	}
	while (spaces < left && l->text[left - spaces - 1] == ' ')
		spaces++;
	if (spaces) {
		tails_separated(l, left - spaces, spaces, bytes, n, take, arg);
		return;
	}
	bytes[n] = label_byte(l, left - 1);
	tails_with(l, left - 1, bytes, n + 1, take, arg);
}

bool label_index_tails(const struct label_index *x, size_t i, label_tail_fn take, void *arg)
{
	const struct label *l = &x->labels[i].label;
	u8 bytes[LABEL_TAIL], last;

	if (i >= x->n)
		return false;
	last = bytes[0] = label_byte(l, l->len - 1);
	tails_with(l, l->len - 1, bytes, 1, take, arg);
	if (!l->exact && byte_is_lower(last)) {
		bytes[0] = last ^ 0x20;
		tails_with(l, l->len - 1, bytes, 1, take, arg);
	}
	return true;
}
