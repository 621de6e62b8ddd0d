/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes a scanner of a ruleset: all tables are built here, once, and only read afterwards. */
#include "scanner.h"
#include <errno.h>
#include <scrim/outline.h>
#include <stdlib.h>
#include <string.h>

static void group_add(struct group *g, unsigned int bit, const struct form_sets *sets)
{
	for (unsigned int c = 0; c < 256; c++) {
		for (unsigned int j = 0; j < 2; j++)
			g->before[j][c] |= (u64)sets->before[j][c] << bit;
		for (unsigned int k = 0; k < FILTER_DEPTH; k++)
			g->at[k][c] |= (u64)sets->at[k][c] << bit;
		for (unsigned int j = 0; j < 2; j++)
			g->behind_run[j][c] |= (u64)sets->behind_run[j][c] << bit;
	}
	for (unsigned int n = 0; n < 1U << DIGIT_PATTERN; n++)
		g->digits[n] |= (sets->digits[n / 64] >> n % 64 & 1) << bit;
}

/* The bit of a set among the scanner's, which it joins; 0: there is none, or no room. */
static u64 label_bit(struct scanner *s, const struct label_set *set, struct scan_form *sf)
{
	if (!set)
		return 0;
	for (u16 i = 0; i < s->nlabels; i++)
		if (label_set_same(s->label_sets[i], set))
			return 1ULL << i;
	if (s->nlabels == LABEL_SETS) {
		sf->unindexed = s->unindexed = true;
		return 0;
	}
	s->label_sets[s->nlabels] = set;
	return 1ULL << s->nlabels++;
}

/*
 * What form_guard_after() says of each byte behind a match, more bytes being to come: -EAGAIN where that
 * depends on them. One table for all forms with that guard.
 */
static const signed char *guard_table(struct scanner *s, const struct form *f)
{
	for (unsigned int c = 0; c < 256; c++) {
		const u8 byte = (u8)c;

		s->behind[f->after][c] = (signed char)form_guard_after(f, &byte, 0, 1, false);
	}
	return s->behind[f->after];
}

/* The classes of the bytes from `first` to `last`, and of their capitals. */
static void blank_add(struct blank *b, const struct dfa *d, u8 first, u8 last)
{
	for (u8 c = first; c <= last; c++) {
		for (unsigned int shift = 0; shift <= (c > '9' ? 0x20 : 0); shift += 0x20) {
			u8 class = d->class[c - shift];

			if (!memchr(b->class, class, b->n))
				b->class[b->n++] = class;
		}
	}
}

static int add_form(struct scanner *s, struct prefilter_builder *b, u16 index)
{
	const struct form *f = &s->rs->forms[index];
	struct scan_form *sf = &s->forms[s->nforms];
	struct group *g = &s->groups[s->nforms / GROUP_FORMS];
	u64 bit = 1ULL << s->nforms % GROUP_FORMS;
	struct form_sets sets;
	int r;

	if (dfa_has_byte(&f->dfa, '\r') || (f->tail && f->tail['\r']))
		s->line_end = '\n';
	sf->form = f;
	sf->behind = guard_table(s, f);
	blank_add(&sf->digit, &f->dfa, '0', '9');
	blank_add(&sf->letter, &f->dfa, 'a', 'f');
	sf->index = index;
	sf->labels = label_bit(s, f->labels, sf);
	sf->unless = label_bit(s, f->unless, sf);
	r = automaton_build(&s->arena, &f->dfa, &sf->dfa);
	if (!r)
		r = form_sets(f, &sets);
	if (!r)
		r = prefilter_add(b, f, s->nforms, &sets, sf->labels != 0);
	if (r < 0)
		return r;
	if (r)
		g->anchored |= bit;
	if (sf->labels)
		g->behind[__builtin_ctzll(sf->labels)] |= bit;
	if (f->labels || f->unless)
		g->labelled |= bit;
	g->quickly[s->nforms % GROUP_FORMS] = f->brief;
	g->never[s->nforms % GROUP_FORMS] = f->never;
	if (f->never)
		g->often |= bit;
	g->ids[s->nforms % GROUP_FORMS] = (struct form_id){f->rule, index};
	if (f->quick)
		g->quick |= bit;
	if (f->brief && f->before == GUARD_DECIMAL)
		g->told |= bit;
	/* What a validator refuses is counted, however long it is. */
	for (u16 n = 0; n < QUICK_READ && (n <= f->dfa.max || f->validate); n++)
		g->reach[n] |= bit;
	group_add(g, s->nforms % GROUP_FORMS, &sets);
	s->nforms++;
	return 0;
}

/* The forms of a table by byte, for each blank of an outline. */
static void take_blanks(const u64 table[256], u64 ret_forms[BLANKS])
{
	for (unsigned int c = 0; c < 256; c++) {
		if (outline_may_be(ANY_HEX, (u8)c))
			ret_forms[BLANK_HEX] |= table[c];
		if (outline_may_be(ANY_DIGIT, (u8)c))
			ret_forms[BLANK_DIGIT] |= table[c];
	}
}

static void group_take_blanks(struct group *g)
{
	for (unsigned int j = 0; j < 2; j++)
		take_blanks(g->before[j], g->before_blank[j]);
	for (unsigned int k = 0; k < FILTER_DEPTH; k++)
		take_blanks(g->at[k], g->at_blank[k]);
}

/* What the builder knows of the forms under each shape, by a bank's fits. */
static void take_under(struct scanner *s, const struct prefilter_builder *b)
{
	for (u16 g = 0; g < s->ngroups; g++)
		for (unsigned int fit = 0; fit < 256; fit++)
			for (size_t i = 0; i < b->n; i++)
				if (fit >> b->shapes[i].place % 8 & 1)
					s->groups[g].under[b->shapes[i].place / 8][fit] |=
						b->shapes[i].forms[g];
}

/*
 * A bank costs time on every byte, and lets less through: it depends on the vectors. In the order
 * of enum isa.
 */
static const size_t banks[ISA_COUNT] = {SCALAR_BANKS, NEON_BANKS, SSE42_BANKS, AVX2_BANKS,
					AVX512_BANKS};

static void prepare(struct prefilter_builder *b, struct scanner *s)
{
	pages_print(&b->pages);
	b->pf = &s->prefilter;
	b->max = 8 * banks[s->isa] - 1 - ANCHOR_SHAPES;
	/* Only AVX-512 can afford a bank more. */
	b->max_quick = s->isa == ISA_AVX512 ? QUICK_MAX : 0;
	b->max -= b->max_quick;
}

static u16 count_forms(const struct ruleset *rs, const bool *enabled)
{
	u16 n = 0;

	for (u16 i = 0; i < rs->nforms; i++)
		n = (u16)(n + (!enabled || enabled[rs->forms[i].rule]));
	return n;
}

static int add_forms(struct scanner *s, const bool *enabled)
{
	struct prefilter_builder *b = calloc(1, sizeof(*b));
	u16 n = count_forms(s->rs, enabled);
	int r = 0;

	s->ngroups = (u16)((n + GROUP_FORMS - 1) / GROUP_FORMS);
	s->forms = arena_array(&s->arena, n, sizeof(*s->forms));
	s->groups = arena_array(&s->arena, s->ngroups, sizeof(*s->groups));
	if (!b || !s->forms || !s->groups)
		r = -ENOMEM;
	else
		prepare(b, s);
	/* Those that need a label come last: elsewhere nobody looks at their groups. */
	for (int labelled = 0; labelled < 2; labelled++) {
		for (u16 i = 0; i < s->rs->nforms && !r; i++)
			if (!enabled || enabled[s->rs->forms[i].rule])
				if ((s->rs->forms[i].labels != NULL) == labelled)
					r = add_form(s, b, i);
		if (!labelled)
			s->plain_groups = (u16)((s->nforms + GROUP_FORMS - 1) / GROUP_FORMS);
	}
	if (!r && s->nlabels)
		r = label_index_build(&s->arena, s->label_sets, s->nlabels, &s->labels);
	if (!r && s->nlabels)
		r = label_filter_build(&s->label_filter, s->labels, &b->pages,
				       s->isa == ISA_AVX512   ? AVX512_HEAPS
				       : s->isa == ISA_SCALAR ? SCALAR_HEAPS
							      : SHUFFLE_HEAPS,
				       s->isa != ISA_SCALAR && s->isa != ISA_AVX512);
	if (!r)
		r = prefilter_finish(b, s->isa == ISA_AVX512 ? CLASSES : CLASSES_CUT);
	if (!r)
		take_under(s, b);
	for (u16 g = 0; g < s->ngroups && !r; g++)
		group_take_blanks(&s->groups[g]);
	free(b);
	return r;
}

/*
 * What a memo knows is known by the scanner it was learnt with. Its address will not do: that may be another one's
 * when it is gone.
 */
static u64 next_serial(void)
{
	static u64 last;

	return __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
}

int scanner_new(const struct ruleset *rs, const bool *enabled, enum isa isa, struct scanner **ret_s)
{
	/* Vectors read its tables where they are. */
	struct scanner *s = aligned_alloc(_Alignof(struct scanner), sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	memset(s, 0, sizeof(*s));
	s->rs = rs;
	s->isa = isa;
	s->owners = 1;
	s->serial = next_serial();
	s->memo_key = s->serial * 0x9e3779b97f4a7c15;
	s->line_end = '\r';
	r = add_forms(s, enabled);
	if (r) {
		scanner_free(s);
		return r;
	}
	*ret_s = s;
	return 0;
}

bool scanner_is_of(const struct scanner *s, const struct ruleset *rs, const bool *enabled,
		   enum isa isa)
{
	bool all = s->rs == rs && s->isa == isa && s->nforms == count_forms(rs, enabled);

	for (u16 i = 0; i < s->nforms && all && enabled; i++)
		all = enabled[s->forms[i].form->rule];
	return all;
}

struct scanner *scanner_share(struct scanner *s)
{
	s->owners++;
	return s;
}

void scanner_free(struct scanner *s)
{
	if (!s || --s->owners)
		return;
	arena_free(&s->arena);
	free(s);
}

enum isa scanner_isa(const struct scanner *s)
{
	return s->isa;
}
