/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sorts labels for being looked up together: by their tails, which many have in common, and the tails by their last two
 * bytes.
 */
#include "label_index.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct tail tail_of(const struct label *l)
{
	u8 bytes[8] = {0}, mask[8] = {0};
	struct tail t = {0};
	bool letters = true;

	for (size_t k = 1; k <= 8 && k <= l->len && l->text[l->len - k] != ' '; k++) {
		bytes[8 - k] = label_byte(l, l->len - k) | 0x20;
		mask[8 - k] = 0xff;
		letters &= bytes[8 - k] >= 'a' && bytes[8 - k] <= 'z';
		t.letters = letters ? (u8)k : 0;
	}
	memcpy(&t.bytes, bytes, sizeof(t.bytes));
	memcpy(&t.mask, mask, sizeof(t.mask));
	return t;
}

/* Takes the head of a label behind which a tail of n bytes is, all letters: the last eight bytes of it. */
static void take_head(struct indexed *l, size_t n)
{
	const char *text = l->label.text;
	size_t end = l->label.len - n;
	u8 bytes[8] = {0}, mask[8] = {0};

	l->spaced = end && text[end - 1] == ' ';
	end -= l->spaced;
	for (size_t k = 1; k <= 8 && k <= end && text[end - k] != ' '; k++) {
		bytes[8 - k] = label_byte(&l->label, end - k) | 0x20;
		mask[8 - k] = 0xff;
	}
	memcpy(&l->head, bytes, sizeof(l->head));
	memcpy(&l->mask, mask, sizeof(l->mask));
}

static int by_tail(const void *a, const void *b)
{
	const struct indexed *x = a, *y = b;
	struct tail s = tail_of(&x->label), t = tail_of(&y->label);

	if (s.bytes != t.bytes)
		return s.bytes < t.bytes ? -1 : 1;
	return (s.mask > t.mask) - (s.mask < t.mask);
}

/* Sorts the labels and takes their tails. */
static void take_tails(struct label_index *x)
{
	qsort(x->labels, x->n, sizeof(x->labels[0]), by_tail);
	for (u16 i = 0; i < x->n; i++) {
		struct tail t = tail_of(&x->labels[i].label);

		x->ends[label_last(&x->labels[i].label)] = true;
		take_head(&x->labels[i], t.letters);
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
