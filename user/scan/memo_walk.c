/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a form makes of an outline: its automaton is run on all lines at once that the outline stands for, with as many
 * states as a blank leads to.
 *
 *      0 0 0 . 0      of an address, the first blank leads to one state, and the dot is expected in three
 */
#include "memo_study.h"

#define STATES    64 /* that an automaton may be in at once; with more it is said to match */
#define NEAR      4  /* bytes that are looked at where it would be much work to look at all */
#define STEP_WORK 4  /* about how many nanoseconds it takes, for a state and class */

/* Whether the guard behind a match may let the n > 0 bytes of an outline stand there. */
static bool may_stand_behind(const struct scan_form *sf, const u8 *bytes, size_t n)
{
	u8 next[22], second[22] = {'\n'};
	size_t nnext = outline_bytes(bytes[0], next);
	size_t nsecond = n > 1 ? outline_bytes(bytes[1], second) : 1;

	for (size_t i = 0; i < nnext; i++) {
		int holds = sf->behind[next[i]];

		if (holds > 0)
			return true;
		for (size_t j = 0; holds < 0 && j < nsecond; j++) {
			u8 behind[2] = {next[i], second[j]};

			if (form_guard_after(sf->form, behind, 0, sizeof(behind), true))
				return true;
		}
	}
	return false;
}

/* States of an automaton, each once. */
struct states {
	size_t n;
	u16 state[STATES];
};

/* Adds where `from` leads with a byte of one of b's classes; false if that is more than there is room for. */
static bool states_step(const struct dfa *d, const struct states *from, const struct blank *b,
			struct states *to)
{
	for (size_t i = 0; i < from->n; i++) {
		const u16 *row = d->trans + from->state[i] * d->nclasses;

		for (size_t j = 0; j < b->n; j++) {
			u16 next = row[b->class[j]];
			size_t k = 0;

			while (k < to->n && to->state[k] != next)
				k++;
			if (!next || k < to->n)
				continue;
			if (k == STATES)
				return false;
			to->state[to->n++] = next;
		}
	}
	return true;
}

static bool any_accepts(const struct dfa *d, const struct states *states)
{
	for (size_t i = 0; i < states->n; i++)
		if (d->accept[states->state[i]])
			return true;
	return false;
}

/* What place p of the outline may be read as. */
enum reading { ANYTHING, A_DIGIT, NO_DIGIT };

/* Reads place p of the outline so, from the states in `from` to those in `to`; false if there are too many. */
static bool walk_step(struct study *y, const struct scan_form *sf, const struct states *from,
		      size_t p, enum reading as, struct states *to)
{
	const struct dfa *d = &sf->form->dfa;
	u8 c = y->bytes[p];
	const struct blank one = {.n = 1, .class = {d->class[c]}};
	bool digit = as != NO_DIGIT && (c == ANY_DIGIT || c == ANY_HEX);
	bool other = as != A_DIGIT && c != ANY_DIGIT;
	const struct blank *others = c == ANY_HEX ? &sf->letter : &one;

	to->n = 0;
	y->work += STEP_WORK * from->n * ((digit ? sf->digit.n : 0u) + (other ? others->n : 0u));
	return (!digit || states_step(d, from, &sf->digit, to)) &&
	       (!other || states_step(d, from, others, to));
}

/* Whether the form may match that is in `state` before p, as far as `far` bytes tell. */
static bool may_match(struct study *y, const struct scan_form *sf, size_t p, u16 state, size_t far)
{
	const struct dfa *d = &sf->form->dfa;
	struct states states[2] = {{.n = 1, .state = {state}}}, *now = states, *next = states + 1;

	for (size_t end = p + far; p + 1 < y->len && now->n; p++) {
		struct states *other = now;

		if (p >= end || y->work > LEARN_MOST || !walk_step(y, sf, now, p, ANYTHING, next))
			return true;
		if (any_accepts(d, next) && may_stand_behind(sf, y->bytes + p + 1, y->len - p - 1))
			return true;
		now = next;
		next = other;
	}
	return false;
}

bool form_may_match(struct study *y, const struct scan_form *sf, size_t p)
{
	return may_match(y, sf, p, DFA_START, LINE_ROOM);
}

/* All patterns of which the first n bytes are those of `pattern`. */
static u64 patterns_like(unsigned int pattern, size_t n)
{
	u64 patterns = 0;

	for (unsigned int other = pattern; other < 1 << SPOT_SEEN; other += 1U << n)
		patterns |= 1ULL << other;
	return patterns;
}

/* The patterns that go on behind the n bytes of `pattern`, which led to these states. */
static u64 patterns_from(struct study *y, const struct scan_form *sf, size_t p,
			 unsigned int pattern, size_t n, const struct states *from)
{
	struct states to;
	u64 patterns = 0;

	/* Behind a match, and behind the line, may be anything. */
	if (n == SPOT_SEEN || p + n >= y->len || any_accepts(&sf->form->dfa, from) ||
	    y->work > LEARN_MOST)
		return patterns_like(pattern, n);
	for (unsigned int digit = 0; digit < 2; digit++) {
		unsigned int longer = pattern | digit << n;

		if (!walk_step(y, sf, from, p + n, digit ? A_DIGIT : NO_DIGIT, &to))
			patterns |= patterns_like(longer, n + 1);
		else if (to.n)
			patterns |= patterns_from(y, sf, p, longer, n + 1, &to);
	}
	return patterns;
}

u64 form_patterns(struct study *y, const struct scan_form *sf, size_t p)
{
	const struct states start = {.n = 1, .state = {DFA_START}};

	return patterns_from(y, sf, p, 0, 0, &start);
}

u64 form_begins(struct study *y, const struct scan_form *sf, size_t p)
{
	const struct dfa *d = &sf->form->dfa;
	/* What follows far away in an id may be nearly anything, and is much work to find. */
	const size_t far = y->bytes[p] == ANY_HEX ? NEAR : LINE_ROOM;
	u16 last = 0; /* what is known of it: whether it is `in` */
	u64 begins = 0;
	u8 bytes[22];
	bool in = false;

	for (size_t i = 0, n = outline_bytes(y->bytes[p], bytes); i < n; i++) {
		u16 state = dfa_step(d, DFA_START, bytes[i]);

		if (state != last)
			in = state && (d->accept[state] || may_match(y, sf, p + 1, state, far));
		last = state;
		begins |= (u64)(state && in) << bytes[i] % 64;
	}
	return begins;
}

u64 form_seconds(struct study *y, const struct scan_form *sf, size_t p)
{
	const struct dfa *d = &sf->form->dfa;
	u8 first[22], second[22];
	size_t nfirst = outline_bytes(y->bytes[p], first);
	size_t nsecond = outline_bytes(y->bytes[p + 1], second);
	u64 seconds = 0;

	y->work += nfirst * nsecond;
	for (size_t i = 0; i < nfirst; i++) {
		u16 state = dfa_step(d, DFA_START, first[i]);

		if (d->accept[state])
			return ~0ULL;
		for (size_t j = 0; j < nsecond && state; j++)
			seconds |= (u64)(dfa_step(d, state, second[j]) != 0) << second[j] % 64;
	}
	return seconds;
}
