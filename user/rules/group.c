/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The marked part of a match: which bytes ( ) took, when the whole pattern takes exactly
 * [0, len), the earlier alternative and the longer repeat preferred. That is what a
 * backtracking matcher anchored at both ends finds; here all ways go on side by side, most
 * preferred first, one thread for each instruction at most (Pike's machine), so that time is
 * bounded by instructions times bytes.
 */
#include "pattern.h"
#include <errno.h>
#include <string.h>

struct group_prog {
	struct nfa nfa;
};

struct thread {
	u16 at;
	u16 from, to; /* the marked part so far */
};

struct threads {
	u16 n;
	struct thread t[NFA_MAX];
};

/* What a match takes of the stack: a part of what mask.h promises of all. */
_Static_assert(2 * sizeof(struct threads) + (NFA_MAX + 1) * sizeof(struct thread) <= 40 * 1024,
	       "the stack of a thread is no place for more");

int group_build(struct arena *a, const struct nfa *nfa, const struct group_prog **ret_group)
{
	struct group_prog *g;
	const void *insts, *sets;

	if (!nfa->marked) {
		*ret_group = NULL;
		return 0;
	}
	g = arena_alloc(a, sizeof(*g));
	insts = arena_copy(a, nfa->insts, nfa->ninsts * sizeof(*nfa->insts));
	sets = arena_copy(a, nfa->sets, nfa->nsets * sizeof(*nfa->sets));
	if (!g || !insts || !sets)
		return -ENOMEM;
	g->nfa = *nfa;
	g->nfa.insts = insts;
	g->nfa.sets = sets;
	*ret_group = g;
	return 0;
}

/*
 * Adds the threads that t becomes without a byte, in order of preference. Each instruction is
 * pushed at most once as `x` and once as `y` of its split before it is seen.
 */
static void add_thread(const struct nfa *nfa, struct threads *list, u64 *seen, struct thread t,
		       u16 pos)
{
	struct thread stack[NFA_MAX + 1];
	size_t n = 0;

	stack[n++] = t;
	while (n) {
		const struct nfa_inst *in;

		t = stack[--n];
		if (seen[t.at / 64] >> (t.at % 64) & 1)
			continue;
		seen[t.at / 64] |= 1ULL << (t.at % 64);
		in = &nfa->insts[t.at];
		if (in->op == NFA_SET || in->op == NFA_MATCH) {
			list->t[list->n++] = t;
			continue;
		}
		if (in->op == NFA_SPLIT)
			stack[n++] = (struct thread){in->y, t.from, t.to};
		else if (in->op == NFA_FROM)
			t.from = pos;
		else
			t.to = pos;
		t.at = in->x;
		stack[n++] = t;
	}
}

static void marked_part(const struct nfa *nfa, const u8 *text, size_t len, size_t *ret_from,
			size_t *ret_to)
{
	struct threads lists[2], *now = &lists[0], *next = &lists[1], *swap;
	u64 seen[NFA_MAX / 64] = {0};

	now->n = 0;
	add_thread(nfa, now, seen, (struct thread){nfa->start, 0, 0}, 0);
	for (size_t i = 0; i < len; i++) {
		next->n = 0;
		memset(seen, 0, sizeof(seen));
		for (u16 k = 0; k < now->n; k++) {
			const struct nfa_inst *in = &nfa->insts[now->t[k].at];
			struct thread t = {in->x, now->t[k].from, now->t[k].to};

			if (in->op == NFA_SET && byteset_has(&nfa->sets[in->set], text[i]))
				add_thread(nfa, next, seen, t, (u16)(i + 1));
		}
		swap = now;
		now = next;
		next = swap;
	}
	for (u16 k = 0; k < now->n; k++) {
		if (nfa->insts[now->t[k].at].op != NFA_MATCH || now->t[k].to == now->t[k].from)
			continue;
		*ret_from = now->t[k].from;
		*ret_to = now->t[k].to;
		return;
	}
}

/* Marks in `to` where i leads without a byte, within the group; whether its end is among that. */
static bool reach(const struct nfa *nfa, u16 i, bool *to)
{
	u16 stack[NFA_MAX + 1];
	bool ends = false;
	size_t n = 0;

	stack[n++] = i;
	while (n) {
		const struct nfa_inst *in = &nfa->insts[i = stack[--n]];

		if (to[i])
			continue;
		to[i] = true;
		ends |= in->op == NFA_TO;
		if (in->op == NFA_SPLIT) {
			stack[n++] = in->x;
			stack[n++] = in->y;
		}
	}
	return ends;
}

bool group_takes(const struct group_prog *group, const u8 *text, size_t len)
{
	const struct nfa *nfa = &group->nfa;
	bool sets[2][NFA_MAX] = {{false}}, *now = sets[0], *next = sets[1], *swap, ends = false;

	for (u16 i = 0; i < nfa->ninsts; i++)
		if (nfa->insts[i].op == NFA_FROM)
			reach(nfa, nfa->insts[i].x, now);
	for (size_t k = 0; k < len; k++) {
		ends = false;
		memset(next, 0, NFA_MAX * sizeof(*next));
		for (u16 i = 0; i < nfa->ninsts; i++) {
			const struct nfa_inst *in = &nfa->insts[i];

			if (now[i] && in->op == NFA_SET &&
			    byteset_has(&nfa->sets[in->set], text[k]))
				ends |= reach(nfa, in->x, next);
		}
		swap = now;
		now = next;
		next = swap;
	}
	return ends;
}

void form_masked_part(const struct form *f, const u8 *text, size_t len, size_t *ret_from,
		      size_t *ret_to)
{
	*ret_from = 0;
	*ret_to = len;
	if (f->group)
		marked_part(&f->group->nfa, text, len, ret_from, ret_to);
}
