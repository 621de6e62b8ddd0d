/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sorts labels for being looked up together: by their tails, which many have in common, and the tails by their last bytes.
 */
#include "label_index.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FEW_LABELS 4 /* of a tail: so many are looked at one by one */

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
	bool letters = true;

	l->spaced = end && text[end - 1] == ' ';
	end -= l->spaced;
	for (size_t k = 1; k <= 8 && k <= end && text[end - k] != ' '; k++) {
		bytes[8 - k] = label_byte(&l->label, end - k) | 0x20;
		mask[8 - k] = 0xff;
		letters &= (u8)text[end - k] < 0x80 && byte_is_letter((u8)text[end - k]);
		l->nhead = (u8)k;
	}
	memcpy(&l->head, bytes, sizeof(l->head));
	memcpy(&l->mask, mask, sizeof(l->mask));
	l->whole = n && letters && l->nhead == end && !l->label.exact;
}

static unsigned int label_head_key(const struct indexed *l)
{
	return l->nhead ? head_key(l->head) : 0;
}

static int by_tail(const void *a, const void *b)
{
	const struct indexed *x = a, *y = b;
	struct tail s = tail_of(&x->label), t = tail_of(&y->label);

	if (s.bytes != t.bytes)
		return s.bytes < t.bytes ? -1 : 1;
	if (s.mask != t.mask)
		return s.mask < t.mask ? -1 : 1;
	return (int)label_head_key(x) - (int)label_head_key(y);
}

/* Where the labels of a tail begin by the last byte of their heads, if they are many. */
static void take_heads(struct label_index *x, struct tail *t)
{
	struct heads_of *heads = &x->heads[x->nheads + 1];

	if (!t->letters || t->n <= FEW_LABELS)
		return;
	for (u32 i = 0; i < t->n; i++)
		for (unsigned int key = label_head_key(&x->labels[t->first + i]) + 1;
		     key <= HEAD_KEYS; key++)
			heads->first[key]++;
	for (unsigned int key = 0; key <= HEAD_KEYS; key++)
		heads->first[key] += t->first;
	t->heads = ++x->nheads;
}

/* Sorts the labels and takes their tails. */
static void take_tails(struct label_index *x)
{
	for (u32 i = 0; i < x->n; i++)
		take_head(&x->labels[i], tail_of(&x->labels[i].label).letters);
	qsort(x->labels, x->n, sizeof(x->labels[0]), by_tail);
	for (u32 i = 0; i < x->n; i++) {
		struct tail t = tail_of(&x->labels[i].label);

		x->ends[label_last(&x->labels[i].label)] = true;
		t.first = i;
		if (!i || x->tails[x->ntails - 1].bytes != t.bytes ||
		    x->tails[x->ntails - 1].mask != t.mask)
			x->tails[x->ntails++] = t;
		x->tails[x->ntails - 1].n++;
	}
	for (u32 i = 0; i < x->ntails; i++)
		take_heads(x, &x->tails[i]);
}

/* Keys that follow each other. */
struct keys {
	u32 first, n;
};

static bool has_four(const struct tail *t)
{
	return t->mask >> 32 == 0xffffffff;
}

static struct keys keys_of_four(const struct tail *t)
{
	return (struct keys){four_of(t->bytes), has_four(t)};
}

/* What is before its last byte may be anything if it is alone. */
static struct keys keys_of_pair(const struct tail *t)
{
	unsigned int pair = pair_of((u8)(t->bytes >> 56), (u8)(t->bytes >> 48));

	return t->mask >> 48 == 0xffff ? (struct keys){pair, 1} : (struct keys){pair & ~31u, 32};
}

static struct keys keys_of_other(const struct tail *t)
{
	return has_four(t) ? (struct keys){0, 0} : keys_of_pair(t);
}

/* Lists the tails by nkeys keys. */
static int list_tails(struct arena *a, const struct label_index *x, u32 nkeys,
		      struct keys (*keys_of)(const struct tail *t), struct tails_by *ret_by)
{
	u32 *first = arena_array(a, nkeys + 2, sizeof(*first)), total = 0;
	struct tail *listed;

	if (!first)
		return -ENOMEM;
	/* Two keys on: so that what is counted there is where to go on, and in the end where they begin. */
	for (u32 i = 0; i < x->ntails; i++) {
		struct keys keys = keys_of(&x->tails[i]);

		for (u32 k = 0; k < keys.n; k++)
			first[keys.first + k + 2]++;
		total += keys.n;
	}
	for (u32 k = 2; k < nkeys + 2; k++)
		first[k] += first[k - 1];
	listed = arena_array(a, total ? total : 1, sizeof(*listed));
	if (!listed)
		return -ENOMEM;
	for (u32 i = 0; i < x->ntails; i++) {
		struct keys keys = keys_of(&x->tails[i]);

		for (u32 k = 0; k < keys.n; k++)
			listed[first[keys.first + k + 1]++] = x->tails[i];
	}
	*ret_by = (struct tails_by){first, listed};
	return 0;
}

static int list_all(struct arena *a, struct label_index *x)
{
	int r = list_tails(a, x, PAIRS, keys_of_pair, &x->pairs);

	if (!r)
		r = list_tails(a, x, PAIRS, keys_of_other, &x->others);
	if (!r)
		r = list_tails(a, x, 1U << FOURS_BITS, keys_of_four, &x->fours);
	for (u32 pair = 0; !r && pair < PAIRS; pair++)
		if (x->pairs.first[pair] < x->pairs.first[pair + 1])
			x->before[pair / 32] |= 1U << pair % 32;
	return r;
}

static void index_add(struct label_index *x, const struct label *l, u64 set)
{
	for (u32 i = 0; i < x->n; i++) {
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
	x->heads = arena_array(a, 1 + total / FEW_LABELS, sizeof(*x->heads));
	if (!x->tails || !x->heads)
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
	return list_all(a, x);
}
