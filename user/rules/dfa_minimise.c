/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two states are one when they accept alike and go on alike. No pattern loops, so the automaton
 * is a graph without cycles, and one pass from its ends to its start finds all of them
 * (Revuz, "Minimisation of acyclic deterministic automata in linear time", 1992).
 *
 * Cycles would make visit() run away: its depth is the length of the longest match.
 */
#include "pattern.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HASH_SIZE 8192

struct merge {
	u16 *trans;
	u8 *accept;
	u16 nclasses;
	u16 hash[HASH_SIZE];        /* a state that stands for its equals, 0: free */
	u16 as[DFA_MAX_STATES];     /* the state that stands for this one, 0: not known yet */
	u16 number[DFA_MAX_STATES]; /* its number in the end, 0: none yet */
	u16 order[DFA_MAX_STATES];  /* by number: which state */
};

static u16 *row(const struct merge *m, u16 s)
{
	return &m->trans[(size_t)s * m->nclasses];
}

/* The first state found that equals s, whose row only names such states by now. */
static u16 representative(struct merge *m, u16 s)
{
	size_t bytes = m->nclasses * sizeof(*m->trans), at;
	u64 h = m->accept[s];

	for (u16 k = 0; k < m->nclasses; k++) {
		h = (h ^ row(m, s)[k]) * 0x9e3779b97f4a7c15ULL;
		h ^= h >> 29;
	}
	for (at = h % HASH_SIZE; m->hash[at]; at = (at + 1) % HASH_SIZE) {
		u16 t = m->hash[at];

		if (m->accept[t] == m->accept[s] && !memcmp(row(m, t), row(m, s), bytes))
			return t;
	}
	m->hash[at] = s;
	return s;
}

static u16 visit(struct merge *m, u16 s)
{
	if (!s || m->as[s])
		return m->as[s];
	for (u16 k = 0; k < m->nclasses; k++)
		row(m, s)[k] = visit(m, row(m, s)[k]);
	m->as[s] = representative(m, s);
	return m->as[s];
}

/* Numbers what is left breadth first, so that the states near the start share cache lines. */
static u16 renumber(struct merge *m)
{
	u16 n = 2;

	m->number[1] = 1;
	m->order[1] = 1;
	for (u16 at = 1; at < n; at++) {
		for (u16 k = 0; k < m->nclasses; k++) {
			u16 to = row(m, m->order[at])[k];

			if (!to || m->number[to])
				continue;
			m->order[n] = to;
			m->number[to] = n++;
		}
	}
	return n;
}

int dfa_minimise(u16 *trans, u8 *accept, u16 *nstates, u16 nclasses)
{
	struct merge *m = calloc(1, sizeof(*m));
	u16 *old = malloc((size_t)*nstates * nclasses * sizeof(*old));
	u8 old_accept[DFA_MAX_STATES];
	int r = -ENOMEM;

	if (!m || !old)
		goto out;
	m->trans = old;
	m->accept = old_accept;
	m->nclasses = nclasses;
	memcpy(old, trans, (size_t)*nstates * nclasses * sizeof(*old));
	memcpy(old_accept, accept, *nstates);
	visit(m, 1); /* nothing leads back to the start, so it always stands for itself */
	*nstates = renumber(m);
	for (u16 s = 1; s < *nstates; s++) {
		accept[s] = old_accept[m->order[s]];
		for (u16 k = 0; k < nclasses; k++)
			trans[(size_t)s * nclasses + k] = m->number[row(m, m->order[s])[k]];
	}
	r = 0;
out:
	free(m);
	free(old);
	return r;
}
