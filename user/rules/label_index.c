/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The labels of many forms looked up together, backwards from a place that may be a value's, or
 * forwards: which bytes stand where a label ends, and how far from there a value may be.
 */
#include "bytes.h"
#include "label.h"
#include <errno.h>
#include <string.h>

/* A label of some sets. */
struct indexed {
	struct label label;
	u64 sets;
};

/* A label's last bytes up to a space, without case: looked at first. */
struct tail {
	u32 bytes, mask;
};

/* Labels in the order of a label_set's, those of equal text together. */
struct label_index {
	u16 distance;               /* the longest */
	u64 near[DISTANCE_MAX + 1]; /* by distance: the sets that look so far */
	u16 first[256 + 1];
	struct tail *tails; /* in the order of labels */
	struct indexed labels[];
};

static struct tail tail_of(const struct label *l)
{
	u8 bytes[4] = {0}, mask[4] = {0};
	struct tail t;

	for (size_t k = 1; k <= 4 && k <= l->len && l->text[l->len - k] != ' '; k++) {
		bytes[4 - k] = (u8)l->text[l->len - k] | 0x20;
		mask[4 - k] = 0xff;
	}
	memcpy(&t.bytes, bytes, sizeof(t.bytes));
	memcpy(&t.mask, mask, sizeof(t.mask));
	return t;
}

static void index_add(struct label_index *x, size_t *n, const struct label *l, u64 set)
{
	size_t at = *n;

	for (size_t i = 0; i < *n; i++) {
		const struct label *other = &x->labels[i].label;

		if (other->exact == l->exact && !strcmp(other->text, l->text)) {
			x->labels[i].sets |= set;
			return;
		}
	}
	for (; at > 0 && label_last(&x->labels[at - 1].label) > label_last(l); at--)
		x->labels[at] = x->labels[at - 1];
	x->labels[at] = (struct indexed){.label = *l, .sets = set};
	for (unsigned int c = label_last(l) + 1u; c <= 256; c++)
		x->first[c]++;
	++*n;
}

int label_index_build(struct arena *a, const struct label_set *const *sets, size_t nsets,
		      const struct label_index **ret_index)
{
	struct label_index *x;
	size_t total = 0, n = 0;

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
			index_add(x, &n, &sets[i]->labels[k], 1ULL << i);
		for (u16 d = 0; d <= sets[i]->distance; d++)
			x->near[d] |= 1ULL << i;
		if (sets[i]->distance > x->distance)
			x->distance = sets[i]->distance;
	}
	for (size_t i = 0; i < n; i++)
		x->tails[i] = tail_of(&x->labels[i].label);
	*ret_index = x;
	return 0;
}

/* Of the sets asked for, those that have a label which ends at text[end), end > from. */
static u64 index_ends(const struct label_index *x, u64 asked, const u8 *text, size_t from,
		      size_t end)
{
	u8 c = byte_lower(text[end - 1]);
	u32 tail = 0, known = 0;
	u64 sets = 0;

	if (x->first[c] == x->first[c + 1] || (byte_is_letter(c) && byte_is_letter(text[end])))
		return 0;
	if (end - from >= sizeof(tail)) {
		memcpy(&tail, text + end - sizeof(tail), sizeof(tail));
		tail |= 0x20202020;
		known = ~0U;
	}
	for (u16 i = x->first[c]; i < x->first[c + 1]; i++)
		if (!((x->tails[i].bytes ^ tail) & x->tails[i].mask & known) &&
		    (x->labels[i].sets & asked & ~sets) &&
		    label_ends(&x->labels[i].label, text, from, end))
			sets |= x->labels[i].sets & asked;
	return sets;
}

unsigned int label_index_reach(const struct label_index *x, const u8 *text, size_t end)
{
	size_t from = end > LABEL_MAX + 1 ? end - LABEL_MAX - 1 : 0;
	u64 sets = end ? index_ends(x, ~0ULL, text, from, end) : 0;
	unsigned int reach = 0;

	while (sets && reach <= x->distance && (x->near[reach] & sets))
		reach++;
	return reach;
}

u64 label_index_find(const struct label_index *x, u64 asked, const u8 *text, size_t p)
{
	size_t from = p > SCRIM_LOOKBACK ? p - SCRIM_LOOKBACK : 0, end = p, before;
	u64 sets = 0;

	while (end > from && p - end <= x->distance && (asked & x->near[p - end] & ~sets)) {
		sets |= index_ends(x, asked & x->near[p - end], text, from, end);
		before = end;
		end = label_step_back(text, from, end);
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
	return !byte_is_letter(first) || !byte_is_letter(c) || byte_is_lower(c);
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

	if (i >= x->first[256])
		return false;
	memset(ret_places, 0, LABEL_PLACES * sizeof(ret_places[0]));
	for (unsigned int c = 0; c < 256; c++)
		ret_places[0][c] = !(byte_is_letter(label_last(l)) && byte_is_letter((u8)c));
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
