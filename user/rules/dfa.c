/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Subset construction: every set of instructions the program can be in becomes one state.
 *
 * Bytes that no set of the pattern tells apart share a class, so a row is a few entries long.
 * States and work are limited: a pattern whose states explode is refused, in milliseconds.
 */
#include "pattern.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define WORDS     (NFA_MAX / 64)
#define HASH_SIZE 8192        /* a power of two, over twice DFA_MAX_STATES */
#define WORK_MAX  (32U << 20) /* instructions looked at, words put together */

/* The instructions a state stands for; only SET and MATCH are kept. */
struct subset {
	u64 w[WORDS];
};

struct subsets {
	const struct nfa *nfa;
	u16 words;              /* used of each subset */
	struct subset *closure; /* by instruction: where it leads without a byte */
	struct subset *states;
	u16 nstates;
	u16 hash[HASH_SIZE]; /* state number, 0: free */
	u16 *trans;
	u16 nclasses;
	u8 sample[256]; /* a byte of each class */
	u64 work;
};

/* Bytes are put into classes by one set after the other; each set splits classes in two. */
static u16 byte_classes(const struct nfa *nfa, u8 *class)
{
	u16 n = 1;

	memset(class, 0, 256);
	for (u16 s = 0; s < nfa->nsets; s++) {
		int inside[256]; /* by class: the class of its bytes in the set */

		memset(inside, -1, sizeof(inside));
		for (unsigned int c = 0; c < 256; c++)
			if (!byteset_has(&nfa->sets[s], (u8)c))
				inside[class[c]] = class[c]; /* some stay: the others move out */
		for (unsigned int c = 0; c < 256; c++) {
			u8 old = class[c];

			if (!byteset_has(&nfa->sets[s], (u8)c) || inside[old] < 0)
				continue;
			if (inside[old] == old)
				inside[old] = n++;
			class[c] = (u8)inside[old];
		}
	}
	return n;
}

static void close_over(const struct nfa *nfa, u16 from, struct subset *s)
{
	u16 stack[NFA_MAX + 1];
	struct subset seen = {0};
	size_t n = 0;

	stack[n++] = from;
	while (n) {
		u16 i = stack[--n];
		const struct nfa_inst *inst = &nfa->insts[i];

		if (seen.w[i / 64] >> (i % 64) & 1)
			continue;
		seen.w[i / 64] |= 1ULL << (i % 64);
		if (inst->op == NFA_SET || inst->op == NFA_MATCH) {
			s->w[i / 64] |= 1ULL << (i % 64);
			continue;
		}
		if (inst->op == NFA_SPLIT)
			stack[n++] = inst->y;
		stack[n++] = inst->x;
	}
}

/* The state of a set, made if it is new; -E2BIG at the limit. The empty set is state 0. */
static int state_of(struct subsets *c, const struct subset *s)
{
	u64 h = 0, any = 0;
	size_t at;

	for (u16 i = 0; i < c->words; i++) {
		h = (h ^ s->w[i]) * 0x9e3779b97f4a7c15ULL;
		h ^= h >> 29;
		any |= s->w[i];
	}
	if (!any)
		return 0;
	for (at = h % HASH_SIZE; c->hash[at]; at = (at + 1) % HASH_SIZE)
		if (!memcmp(&c->states[c->hash[at]], s, sizeof(*s)))
			return c->hash[at];
	if (c->nstates == DFA_MAX_STATES)
		return -E2BIG;
	c->states[c->nstates] = *s;
	c->hash[at] = c->nstates;
	return c->nstates++;
}

/* Where state `from` goes on the byte. */
static int step(struct subsets *c, u16 from, u8 byte)
{
	const struct nfa *nfa = c->nfa;
	struct subset to = {0};

	for (u16 w = 0; w < c->words; w++) {
		for (u64 bits = c->states[from].w[w]; bits; bits &= bits - 1) {
			const struct nfa_inst *in = &nfa->insts[w * 64 + __builtin_ctzll(bits)];

			c->work++;
			if (in->op != NFA_SET || !byteset_has(&nfa->sets[in->set], byte))
				continue;
			for (u16 i = 0; i < c->words; i++)
				to.w[i] |= c->closure[in->x].w[i];
			c->work += c->words;
		}
	}
	return c->work > WORK_MAX ? -E2BIG : state_of(c, &to);
}

static int explore(struct subsets *c)
{
	struct subset start = c->closure[c->nfa->start];
	int to = state_of(c, &start);

	for (u16 s = 1; s < c->nstates; s++) {
		for (u16 k = 0; k < c->nclasses; k++) {
			to = step(c, s, c->sample[k]);
			if (to < 0)
				return to;
			c->trans[s * c->nclasses + k] = (u16)to;
		}
	}
	return 0;
}

static void subsets_free(struct subsets **c)
{
	if (!*c)
		return;
	free((*c)->closure);
	free((*c)->states);
	free((*c)->trans);
	free(*c);
}

static int subsets_new(const struct nfa *nfa, const u8 *class, u16 nclasses, struct subsets **ret_c)
{
	struct subsets *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	c->nfa = nfa;
	c->nstates = 1;
	c->words = (u16)((nfa->ninsts + 63) / 64);
	c->nclasses = nclasses;
	c->closure = calloc(nfa->ninsts, sizeof(*c->closure));
	c->states = calloc(DFA_MAX_STATES, sizeof(*c->states));
	c->trans = calloc((size_t)DFA_MAX_STATES * nclasses, sizeof(*c->trans));
	if (!c->closure || !c->states || !c->trans) {
		subsets_free(&c);
		return -ENOMEM;
	}
	for (u16 i = 0; i < nfa->ninsts; i++)
		close_over(nfa, i, &c->closure[i]);
	for (unsigned int b = 0; b < 256; b++)
		c->sample[class[b]] = (u8)b;
	*ret_c = c;
	return 0;
}

int dfa_build(struct arena *a, const struct nfa *nfa, const struct node *tree, struct dfa *ret_dfa,
	      struct err *e)
{
	struct dfa d = {.min = (u16)tree->min, .max = (u16)tree->max};
	struct subsets *c cleanup(subsets_free) = NULL;
	u8 accept[DFA_MAX_STATES] = {0};
	int r;

	d.nclasses = byte_classes(nfa, d.class);
	r = subsets_new(nfa, d.class, d.nclasses, &c);
	if (r)
		return r;
	r = explore(c);
	if (r)
		return err_set(
			e, -r,
			"the pattern needs more than %d states; use fewer or shorter repeats",
			DFA_MAX_STATES);
	for (u16 s = 1; s < c->nstates; s++)
		accept[s] = c->states[s].w[0] & 1; /* instruction 0 is MATCH */
	d.nstates = c->nstates;
	r = dfa_minimise(c->trans, accept, &d.nstates, d.nclasses);
	if (r)
		return r;
	d.trans = arena_copy(a, c->trans, (size_t)d.nstates * d.nclasses * sizeof(*d.trans));
	d.accept = arena_copy(a, accept, d.nstates);
	if (!d.trans || !d.accept)
		return -ENOMEM;
	*ret_dfa = d;
	return 0;
}
