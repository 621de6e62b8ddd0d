/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where labels may end, for many bytes at a time: labels are rare, so forms that need one are
 * asked only in the zone behind what may be the end of one.
 *
 *      Patient M R N   n u m b e r   i s   1 2 3 4 5 6
 *            3 2 1 0                              places of "mrn"
 *                  |<----- zone: `distance` --->|
 *
 * The labels are put on heaps such that these find least in a page of text; what fits a heap
 * is looked up in a table of the last six bytes, or fewer, and only then among the labels.
 */
#include "prefilter.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CHANCE 3 /* against what the page says */

/*
 * Known by its halves, a byte passes for one of a set if each half is one's that is in it, though of two
 * different ones.
 */
enum half { LOW, HIGH, HALVES };

struct heap {
	bool at[HEAP_PLACES][256];
	u64 set[HEAP_PLACES][256 / 64]; /* the same: a bit for a byte */
	float common[HEAP_PLACES];      /* how common these are together */
	/* Where the page has a byte that may be of at[k], by each half of it, k + 1 bytes back. */
	u64 page[HALVES][HEAP_PLACES][PAGE_WORDS];
};

struct heaps {
	size_t n;
	bool halves; /* bytes are known by their halves */
	const struct pages *pages;
	float common[256]; /* how common each byte is, among its kind */
	struct heap heap[8 * HEAP_BANKS + 1];
	u64 between[PAGE_WORDS]; /* places of the page between two letters */
	float size[8 * HEAP_BANKS + 1];
	float growth[8 * HEAP_BANKS + 1][8 * HEAP_BANKS + 1]; /* of two when put together */
};

/* All bytes with a half that a byte of `set` has. */
static void half_of(const bool set[256], enum half half, bool ret_all[256])
{
	bool has[16] = {false};

	for (unsigned int c = 0; c < 256; c++)
		has[half == LOW ? c % 16 : c / 16] |= set[c];
	for (unsigned int c = 0; c < 256; c++)
		ret_all[c] = has[half == LOW ? c % 16 : c / 16];
}

/* How common the bytes are together that both x and y have at place k. */
static float common_to(const struct heaps *hs, const struct heap *x, const struct heap *y, int k)
{
	float sum = 0;

	for (unsigned int w = 0; w < 256 / 64; w++)
		for (u64 set = x->set[k][w] & y->set[k][w]; set; set &= set - 1)
			sum += hs->common[64 * w + (unsigned int)__builtin_ctzll(set)];
	return sum;
}

/* How often bytes that x or y has at each place meet, were they drawn by how common they are. */
static float heap_chance(const struct heaps *hs, const struct heap *x, const struct heap *y)
{
	float chance = 1;

	for (int k = 0; k < HEAP_PLACES; k++)
		chance *= x == y ? x->common[k]
				 : x->common[k] + y->common[k] - common_to(hs, x, y, k);
	return chance;
}

/* How often the page fits x or y at each place, and other pages would. */
static float heap_size(const struct heaps *hs, const struct heap *x, const struct heap *y)
{
	float size = CHANCE * heap_chance(hs, x, y);

	for (int w = 0; w < PAGE_WORDS; w++) {
		u64 fit = ~hs->between[w];

		for (int k = 0; k < HEAP_PLACES && fit; k++) {
			for (int half = LOW; half < HALVES; half++)
				fit &= x->page[half][k][w] | y->page[half][k][w];
			size += k < 2 || k == HEAP_PLACES - 1 ? 0 : 0.001f * (float)bits_in(fit);
		}
		size += (float)bits_in(fit);
	}
	return size;
}

static void heap_join(const struct heaps *hs, struct heap *h, const struct heap *other)
{
	for (int k = 0; k < HEAP_PLACES; k++) {
		h->common[k] += other->common[k] - common_to(hs, h, other, k);
		for (unsigned int c = 0; c < 256; c++)
			h->at[k][c] |= other->at[k][c];
		for (int w = 0; w < 256 / 64; w++)
			h->set[k][w] |= other->set[k][w];
		for (int w = 0; w < PAGE_WORDS; w++)
			for (int half = LOW; half < HALVES; half++)
				h->page[half][k][w] |= other->page[half][k][w];
	}
}

/* What has come to heap i: weighs it, alone and with any other. */
static void weigh(struct heaps *hs, size_t i)
{
	hs->size[i] = heap_size(hs, &hs->heap[i], &hs->heap[i]);
	for (size_t j = 0; j < hs->n; j++)
		hs->growth[i][j] = hs->growth[j][i] =
			heap_size(hs, &hs->heap[i], &hs->heap[j]) - hs->size[i] - hs->size[j];
}

/* Moves the last heap to j, which is free. */
static void move_last(struct heaps *hs, size_t j)
{
	size_t i = --hs->n;

	if (i == j)
		return;
	hs->heap[j] = hs->heap[i];
	hs->size[j] = hs->size[i];
	for (size_t k = 0; k < hs->n; k++)
		if (k != j)
			hs->growth[j][k] = hs->growth[k][j] = hs->growth[i][k];
}

/* Puts the two together that grow least. */
static void join_cheapest(struct heaps *hs)
{
	size_t best_i = 0, best_j = 1;

	for (size_t i = 0; i < hs->n; i++) {
		for (size_t j = i + 1; j < hs->n; j++) {
			if (hs->growth[i][j] < hs->growth[best_i][best_j]) {
				best_i = i;
				best_j = j;
			}
		}
	}
	heap_join(hs, &hs->heap[best_i], &hs->heap[best_j]);
	move_last(hs, best_j);
	weigh(hs, best_i);
}

/* A heap of one label. */
static void add_heap(struct heaps *hs, bool places[LABEL_PLACES][256])
{
	struct heap *h = &hs->heap[hs->n];

	memcpy(h->at, places + 1, sizeof(h->at));
	memset(h->set, 0, sizeof(h->set));
	for (size_t k = 0; k < HEAP_PLACES; k++) {
		for (unsigned int c = 0; c < 256; c++)
			h->set[k][c / 64] |= (u64)h->at[k][c] << c % 64;
		h->common[k] = common_to(hs, h, h, (int)k);
		for (int half = LOW; half < HALVES; half++) {
			bool all[256];

			half_of(h->at[k], half, all);
			sample_set(hs->pages, hs->halves ? all : h->at[k], k + 1, h->page[half][k]);
		}
	}
	weigh(hs, hs->n++);
}

static void find_between(struct heaps *hs)
{
	u64 before[PAGE_WORDS];
	bool letters[256];

	for (unsigned int c = 0; c < 256; c++)
		letters[c] = is_letter((u8)c);
	sample_set(hs->pages, letters, 0, hs->between);
	sample_set(hs->pages, letters, 1, before);
	for (int w = 0; w < PAGE_WORDS; w++)
		hs->between[w] &= before[w];
}

/* The vector code tells these apart by their upper half only. */
static void make_alike(u8 *fits, unsigned int from, unsigned int to)
{
	u8 any = 0;

	for (unsigned int c = from; c < to; c++)
		any |= fits[c];
	memset(fits + from, any, to - from);
}

static void set_tail(struct label_filter *lf, u64 tail)
{
	lf->tails[tail_row(tail)][tail_bit(tail) / 64] |= 1ULL << tail_bit(tail) % 64;
}

/* Sets the bits of a tail of n bytes, the last one on top, and of all those with any others before it. */
static void set_with_any(struct label_filter *lf, u64 tail, size_t n)
{
	if (n >= 6)
		set_tail(lf, tail & TAIL_SIX);
	else if (n >= 4)
		set_tail(lf, tail & TAIL_FOUR);
	else if (n == 3)
		set_tail(lf, tail & TAIL_THREE);
	for (u64 c = 0; n < 3 && c < 32; c++)
		set_with_any(lf, tail | c << (56 - 8 * n), n + 1);
}

static void add_tail(void *arg, const u8 bytes[LABEL_TAIL], size_t n)
{
	u64 tail = 0;

	for (size_t k = 0; k < n; k++)
		tail |= (u64)bytes[k] << (56 - 8 * k);
	set_with_any(arg, tail, n);
}

static void put_heap(struct label_filter *lf, const struct heap *heap, size_t h)
{
	for (int k = 0; k < HEAP_PLACES; k++)
		for (unsigned int c = 0; c < 256; c++)
			lf->fits[h / 8][k][c] |= (u8)(heap->at[k][c] << h % 8);
}

/* Whether class i of n, whose fits are in fits_class, is what byte c needs. */
static bool class_is(const struct label_filter *lf, unsigned int i, unsigned int c)
{
	bool same = true;

	for (int k = 0; k < HEAP_BANKS * HEAP_PLACES; k++)
		same &= lf->fits_class[k / HEAP_PLACES][k % HEAP_PLACES][i] ==
			lf->fits[k / HEAP_PLACES][k % HEAP_PLACES][c];
	return same;
}

/*
 * Bytes that fit alike share a class. The last class takes in all that are left when there are
 * too many: bytes come in the order of how little that loses.
 */
static void label_classes(struct label_filter *lf)
{
	unsigned int n = 0, i;

	for (unsigned int rank = 0; rank < 256; rank++) {
		unsigned int c = (u8)(rank + 'a');

		for (i = 0; i < n && !class_is(lf, i, c); i++)
			;
		if (i == CLASSES)
			i--;
		if (i == n)
			n++;
		lf->class[c] = (u8)i;
		for (int k = 0; k < HEAP_BANKS * HEAP_PLACES; k++)
			lf->fits_class[k / HEAP_PLACES][k % HEAP_PLACES][i] |=
				lf->fits[k / HEAP_PLACES][k % HEAP_PLACES][c];
	}
}

static void label_halves(struct label_filter *lf)
{
	for (int bank = 0; bank < HEAP_BANKS; bank++) {
		for (int k = 0; k < HEAP_PLACES; k++) {
			for (unsigned int c = 0; c < 256; c++) {
				lf->low[bank][k][c % 16] |= lf->fits[bank][k][c];
				lf->high[bank][k][c / 16] |= lf->fits[bank][k][c];
			}
		}
	}
}

/* How often bytes meet at each place that a label takes, were they drawn by how common they are. */
static float label_chance(const struct heaps *hs, bool places[LABEL_PLACES][256])
{
	float chance = 1;

	for (int k = 1; k < LABEL_PLACES; k++) {
		float common = 0;

		for (unsigned int c = 0; c < 256; c++)
			common += places[k][c] ? hs->common[c] : 0;
		chance *= common;
	}
	return chance;
}

struct ranked {
	float chance;
	size_t label;
};

static int by_chance(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->chance != y->chance)
		return x->chance > y->chance ? -1 : 1;
	return x->label < y->label ? -1 : 1;
}

/*
 * The n labels in the order in which they come to the heaps: those first that find most. They make the heaps what they are,
 * and what comes later joins where it adds least; in other orders up to twice as many ends are found in vain.
 */
static struct ranked *ranked_new(const struct heaps *hs, const struct label_index *x, size_t *ret_n)
{
	bool places[LABEL_PLACES][256];
	struct ranked *ranked;
	size_t n = 0;

	while (label_index_tail(x, n, places))
		n++;
	ranked = calloc(n ? n : 1, sizeof(*ranked));
	if (!ranked)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		label_index_tail(x, i, places);
		ranked[i] = (struct ranked){label_chance(hs, places), i};
	}
	qsort(ranked, n, sizeof(*ranked), by_chance);
	*ret_n = n;
	return ranked;
}

int label_filter_build(struct label_filter *lf, const struct label_index *x,
		       const struct pages *pages, size_t banks, bool halves)
{
	struct heaps *hs = calloc(1, sizeof(*hs));
	bool places[LABEL_PLACES][256];
	struct ranked *ranked;
	size_t n;

	if (!hs)
		return -ENOMEM;
	memset(lf, 0, sizeof(*lf));
	hs->halves = halves;
	hs->pages = pages;
	for (unsigned int c = 0; c < 256; c++) {
		struct mass m = {0};

		mass_add(&m, (u8)c);
		hs->common[c] = m.of[0] + m.of[1] + m.of[2];
	}
	find_between(hs);
	ranked = ranked_new(hs, x, &n);
	if (!ranked) {
		free(hs);
		return -ENOMEM;
	}
	for (size_t i = 0; i < n; i++) {
		label_index_tail(x, ranked[i].label, places);
		label_index_tails(x, ranked[i].label, add_tail, lf);
		add_heap(hs, places);
		if (hs->n > 8 * banks)
			join_cheapest(hs);
	}
	lf->banks = (u8)((hs->n + 7) / 8);
	for (size_t h = 0; h < hs->n; h++)
		put_heap(lf, &hs->heap[h], h);
	for (int k = 0; k < HEAP_BANKS * HEAP_PLACES; k++) {
		make_alike(lf->fits[k / HEAP_PLACES][k % HEAP_PLACES], 0, 0x20);
		make_alike(lf->fits[k / HEAP_PLACES][k % HEAP_PLACES], 0x80, 0x100);
	}
	label_classes(lf);
	label_halves(lf);
	free(ranked);
	free(hs);
	return 0;
}
