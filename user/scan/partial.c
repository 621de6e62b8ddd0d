/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The idle timer's question: what of a tail that is not decided should not go out as it is.
 *
 *     "... SSN 123-45-6"        four digits are there: commit point passed, mask them
 *     "... call 555"            nothing yet
 *
 * Complete matches are found as if the text ended here. At every place outside of them, each
 * form whose automaton could take another byte at the end is asked whether it is committed. One
 * that could not is either a match already or was refused for good: a part of nothing.
 */
#include "scanner.h"
#include <string.h>

/* Nothing is known of place p but the labels before it: every form is asked. */
static struct hints hints_at(const struct scanner *s, const u8 *text, size_t p)
{
	struct hints hints = {.anchored = true, .zoned = true};

	if (s->labels)
		hints.sets = label_index_find(s->labels, text, p);
	memset(hints.fit, 0xff, sizeof(hints.fit));
	return hints;
}

static bool committed(const struct form *f, const u8 *p, size_t len)
{
	size_t digits = 0;

	switch (f->commit_unit) {
	case COMMIT_NEVER:
		return false;
	case COMMIT_BYTES:
		return len >= f->commit;
	case COMMIT_DIGITS:
		for (size_t i = 0; i < len; i++)
			digits += p[i] >= '0' && p[i] <= '9';
		return digits >= f->commit;
	case COMMIT_PAST:
		for (size_t i = 0; i < len; i++)
			if (p[i] == f->commit)
				return true;
		return false;
	}
	return false;
}

/* Whether the automaton could take another byte after text[p, len). */
static bool goes_on(const struct automaton *a, const u8 *text, size_t p, size_t len)
{
	u32 state = a->start;

	for (; p < len && state; p++)
		state = a->trans[a->column[text[p]] + state];
	return state && state < a->final;
}

/*
 * The first form that has begun at p, may go on behind the end and is committed, else NULL.
 *   sets  of which a label stands before p
 */
static const struct scan_form *begun(const struct scanner *s, const u8 *text, size_t p, size_t len,
				     u64 sets)
{
	const struct scan_form *first = NULL;

	for (u16 g = 0; g < s->ngroups; g++) {
		u64 m = group_filter(&s->groups[g], text, p, len, ~0ULL);

		m = group_guarded(s, g, text, p, m);
		for (m = group_labelled(s, g, text, p, m, sets); m; m &= m - 1) {
			const struct scan_form *sf =
				&s->forms[g * GROUP_FORMS + __builtin_ctzll(m)];

			if ((!first || sf->index < first->index) &&
			    (!sf->form->preceded || sf->form->preceded(text, p)) &&
			    committed(sf->form, text + p, len - p) &&
			    goes_on(&sf->dfa, text, p, len))
				first = sf;
		}
	}
	return first;
}

size_t scan_partial(const struct scanner *s, const u8 *text, size_t start, size_t len,
		    struct match *matches, size_t cap)
{
	struct scan_job job = {.text = text, .start = start, .len = len, .ends = true};
	const struct scan_form *sf;
	size_t n = 0, p = start;
	struct match m;

	while (p < len && n < cap) {
		const struct hints hints = hints_at(s, text, p);
		size_t next = p + 1;

		if (confirm(s, &job, p, &hints, &m) == MATCH) {
			matches[n++] = m;
			next = m.to;
		}
		sf = begun(s, text, p, len, hints.sets);
		if (sf && n < cap)
			matches[n++] = (struct match){
				.from = (u32)p,
				.to = (u32)len,
				.mask_from = (u32)p,
				.mask_to = (u32)len,
				.rule = sf->form->rule,
				.form = sf->index,
			};
		p = next;
	}
	return n;
}

u16 scan_holder(const struct scanner *s, const u8 *text, size_t start, size_t len)
{
	struct scan_job job = {.text = text, .start = start, .len = len};
	struct hints hints = hints_at(s, text, start);
	struct match m;

	hints.holder = true;
	return confirm(s, &job, start, &hints, &m) == UNDECIDED ? m.rule : 0;
}
