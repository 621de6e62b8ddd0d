/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where something may match in a line, by its outline. All that the line says for sure is used: what stands
 * before, the first bytes, labels, and then the form's automaton, which is run on all lines of that
 * outline at once.
 *
 *     00:00:00.000 sent by 000.00.0.000 to ward 0
 *                          ▲ an IPv4 address, whatever the digits are
 */
#include "memo.h"
#include <string.h>

#define STATES 64 /* that an automaton may be in at once; with more it is said to match */

/*
 * About how many nanoseconds it takes: for a state and class; for a label that is looked at, and a place that may be in
 * the gap behind one; for a place, and for it and a group.
 */
#define STEP_WORK  4
#define LOOK_WORK  4
#define GAP_WORK   20
#define LABEL_WORK 100
#define GROUP_WORK 30

/* An outline, and the sets of labels of which one stands before each of its places: may stand, does. */
struct study {
	const struct scanner *s;
	const u8 *bytes;
	size_t len;
	u64 sets[LINE_ROOM], sure[LINE_ROOM];
	u64 ended[LINE_ROOM];  /* sets of labels that may end before a place */
	u64 gap[LINE_ROOM];    /* and where they do, what label_may_gap() says of what follows */
	u8 variant[LINE_ROOM]; /* the outline, for who changes a byte and puts it back */
	u64 need[GROUPS_MAX]; /* forms of a group that need a label which the scanner's index has */
	size_t work;          /* that was done so far */
};

/* label_index_may_end() of y's outline, or of one that is it but for a byte. */
static u64 may_end(struct study *y, const u8 *outline, size_t end, u64 *ret_sure)
{
	size_t looked = 0;
	u64 sets = label_index_may_end(y->s->labels, outline, end, ret_sure, &looked);

	y->work += LOOK_WORK * looked;
	return sets;
}

/* Labels that end before place `end`. */
static void add_labels(struct study *y, size_t end, u64 sets, u64 sure)
{
	const u64 *near = label_index_near(y->s->labels);
	size_t far = y->len - end < RULE_MAX_DISTANCE ? y->len - end : RULE_MAX_DISTANCE;
	u64 sure_gap, gap = label_may_gap(y->bytes, end, far, &sure_gap);

	y->gap[end] = gap;
	y->work += LABEL_WORK + GAP_WORK * (64 - (size_t)__builtin_clzll(gap | 1));
	for (size_t distance = 0; distance <= far && end + distance < y->len; distance++) {
		if (distance && !(gap >> (distance - 1) & 1))
			continue;
		y->sets[end + distance] |= sets & near[distance];
		if (!distance || sure_gap >> (distance - 1) & 1)
			y->sure[end + distance] |= sure & near[distance];
	}
}

static void find_labels(struct study *y)
{
	for (size_t end = 1; y->s->labels && end < y->len && y->work <= LEARN_MOST; end++) {
		u64 sure, sets = may_end(y, y->bytes, end, &sure);

		y->ended[end] = sets;
		if (sets)
			add_labels(y, end, sets, sure);
	}
}

/* The forms of a table by byte, and by blank, that a byte of the outline leaves. */
static u64 forms_by(const u64 table[256], const u64 blank[BLANKS], u8 c)
{
	return c == ANY_DIGIT ? blank[BLANK_DIGIT] : c == ANY_HEX ? blank[BLANK_HEX] : table[c];
}

/* As group_before() has it. */
static u64 forms_before(const struct group *g, const u8 *bytes, size_t p)
{
	u8 c = p ? bytes[p - 1] : '\n', second = p > 1 ? bytes[p - 2] : '\n';
	bool joins = byte_may_join(c);
	u64 behind_digit = forms_by(g->before[1], g->before_blank[1], c);
	u64 behind_other = forms_by(g->before[0], g->before_blank[0], c);

	if (joins && second == ANY_DIGIT)
		return behind_digit;
	return joins && second == ANY_HEX ? behind_digit | behind_other : behind_other;
}

/* Those of group g that may begin at p, by what is known of all forms at once. */
static u64 forms_at(const struct study *y, u16 g, size_t p)
{
	const struct group *group = &y->s->groups[g];
	u64 forms = forms_before(group, y->bytes, p);

	forms &= ~y->need[g] | group_behind(group, y->sets[p]);
	for (size_t k = 0; k < FILTER_DEPTH && p + k < y->len && forms; k++)
		forms &= forms_by(group->at[k], group->at_blank[k], y->bytes[p + k]);
	return forms;
}

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

/* Reads place p of the outline, from the states in `from` to those in `to`. */
static bool walk_step(struct study *y, const struct scan_form *sf, const struct states *from,
		      size_t p, struct states *to)
{
	const struct dfa *d = &sf->form->dfa;
	u8 c = y->bytes[p];
	const struct blank one = {.n = 1, .class = {d->class[c]}};

	to->n = 0;
	y->work += STEP_WORK * from->n * (c == ANY_HEX ? sf->digit.n + sf->letter.n : 1);
	if (c == ANY_DIGIT || c == ANY_HEX)
		return states_step(d, from, &sf->digit, to) &&
		       (c == ANY_DIGIT || states_step(d, from, &sf->letter, to));
	return states_step(d, from, &one, to);
}

/* Whether the form may match from p on. */
static bool may_match(struct study *y, const struct scan_form *sf, size_t p)
{
	const struct dfa *d = &sf->form->dfa;
	struct states states[2] = {{.n = 1, .state = {1}}}, *now = states, *next = states + 1;

	for (; p + 1 < y->len && now->n; p++) {
		struct states *other = now;

		if (y->work > LEARN_MOST || !walk_step(y, sf, now, p, next))
			return true;
		if (any_accepts(d, next) && may_stand_behind(sf, y->bytes + p + 1, y->len - p - 1))
			return true;
		now = next;
		next = other;
	}
	return false;
}

/* Those of `forms` of group g that may match from p on. */
static u64 forms_matching(struct study *y, u16 g, size_t p, u64 forms)
{
	u64 kept = 0;

	for (; forms; forms &= forms - 1) {
		unsigned int bit = (unsigned int)__builtin_ctzll(forms);

		if (may_match(y, &y->s->forms[g * GROUP_FORMS + bit], p))
			kept |= 1ULL << bit;
	}
	return kept;
}

/* With which digits and other bytes from p + from on some of these forms may match at p, as place_digits has it. */
static u64 patterns_of(const struct study *y, u16 g, size_t p, u64 forms)
{
	const struct group *group = &y->s->groups[g];
	u64 left[2][PLACE_SEEN]; /* forms that a byte leaves: one that is no digit, one that is */
	u64 patterns = 0;
	bool vary = false;

	_Static_assert(PLACE_SEEN <= FILTER_DEPTH, "a group knows of as many bytes");
	for (size_t k = 0; k < PLACE_SEEN; k++) {
		u8 c = p + k < y->len ? y->bytes[p + k] : '\n';

		vary |= c == ANY_HEX;
		left[1][k] = c == ANY_HEX || c == ANY_DIGIT ? group->at_blank[k][BLANK_DIGIT] : 0;
		left[0][k] = c == ANY_DIGIT ? 0 : ~0ULL;
		if (c == ANY_HEX)
			left[0][k] = group->at_blank[k][BLANK_LETTER];
	}
	if (!vary)
		return ~0ULL;
	for (unsigned int pattern = 0; pattern < 1 << PLACE_SEEN; pattern++) {
		u64 any = forms;

		for (size_t k = 0; k < PLACE_SEEN; k++)
			any &= left[pattern >> k & 1][k];
		patterns |= (u64)(any != 0) << pattern;
	}
	return patterns;
}

/* The hex digits with which some of these forms may begin at p, as place_digits has it. */
static u64 begins_of(const struct study *y, u16 g, size_t p, u64 forms)
{
	u8 bytes[22];
	size_t n = outline_bytes(y->bytes[p], bytes);
	u64 begins = 0;

	for (size_t i = 0; i < n; i++)
		begins |= (u64)((y->s->groups[g].at[0][bytes[i]] & forms) != 0) << bytes[i] % 64;
	return n == 1 || p >= BEGINS_SEEN ? ~0ULL : begins;
}

/* The sets of labels of which one may stand before p if `byte` does. */
static u64 sets_behind(struct study *y, size_t p, u8 byte)
{
	const u64 *near = label_index_near(y->s->labels);
	size_t first = p > RULE_MAX_DISTANCE ? p - RULE_MAX_DISTANCE : 1;
	u64 unused, sets;

	y->variant[p - 1] = byte;
	sets = may_end(y, y->variant, p, &unused) & near[0];
	for (size_t end = first; end < p; end++) {
		u64 more = y->ended[end] & near[p - end] & ~sets;

		if (!more)
			continue;
		y->work += GAP_WORK;
		if (label_may_lead(y->variant, end, p - end, y->gap[end]))
			sets |= more;
	}
	y->variant[p - 1] = y->bytes[p - 1];
	return sets;
}

/* The forms of a place's group that labels allow at p behind `byte`, a blank or a letter. */
static u64 labels_allow(struct study *y, struct memo_place place, size_t p, u8 byte)
{
	if (!place.labelled || y->s->unindexed)
		return ~0ULL;
	y->work += LABEL_WORK;
	return ~y->need[place.group] |
	       group_behind(&y->s->groups[place.group], sets_behind(y, p, byte));
}

/* The hex digits before p behind which some of a place's forms may begin there, as place_digits has it. */
static u64 before_of(struct study *y, struct memo_place place, size_t p)
{
	const struct group *g = &y->s->groups[place.group];
	u64 before = 0, allowed = 0;
	u8 bytes[22], of = 0; /* allowed: behind that byte */
	size_t n = p && p <= BEGINS_SEEN ? outline_bytes(y->bytes[p - 1], bytes) : 1;

	for (size_t i = 0; n > 1 && i < n; i++) {
		u64 forms = place.forms & g->before[0][bytes[i]];
		u8 byte = outline_may_be(ANY_DIGIT, bytes[i]) ? ANY_DIGIT : bytes[i];

		if (forms && of != byte) {
			allowed = labels_allow(y, place, p, byte);
			of = byte;
		}
		before |= (u64)((forms & allowed) != 0) << bytes[i] % 64;
	}
	return n > 1 ? before : ~0ULL;
}

/* Whether forms_before() is exact: what stands before p is no blank. */
static bool before_is_known(const u8 *bytes, size_t p)
{
	u8 c = p ? bytes[p - 1] : '\n';

	if (c == ANY_DIGIT || c == ANY_HEX)
		return false;
	return !byte_may_join(c) || p < 2 || bytes[p - 2] != ANY_HEX;
}

static void take_quick(const struct group *g, struct memo_place *place)
{
	u64 quick = place->forms & g->quick;
	unsigned int bit;

	if (!quick)
		return;
	bit = (unsigned int)__builtin_ctzll(quick);
	place->quick = g->quickly[bit];
	place->id = &g->ids[bit];
	place->others = place->forms & ~(1ULL << bit);
}

/* What to ask of group g at p, if anything. */
static struct memo_place place_of(struct study *y, u16 g, size_t p)
{
	struct memo_place place = {.group = g};
	bool vague = y->s->unindexed || y->sets[p] != y->sure[p];
	u64 forms = forms_at(y, g, p);

	if (!vague)
		forms = group_labelled(y->s, g, y->bytes, p, forms, y->sets[p]);
	place.forms = forms_matching(y, g, p, forms);
	place.labelled = vague && (place.forms & y->s->groups[g].labelled);
	if (!place.labelled && before_is_known(y->bytes, p))
		take_quick(&y->s->groups[g], &place);
	return place;
}

/* A place of a line; there is room for it. */
static void add_place(struct study *y, size_t p, struct memo_place place, struct memo_line *l)
{
	struct place_digits *d = &l->digits[l->nplaces / EIGHT_PLACES];
	size_t i = l->nplaces % EIGHT_PLACES;

	l->places[l->nplaces++] = place;
	l->at[l->nplaces - 1] = (u16)p;
	d->pattern[i] = patterns_of(y, place.group, p, place.forms);
	d->before[i] = before_of(y, place, p);
	d->begin[i] = begins_of(y, place.group, p, place.forms);
}

size_t memo_learn(const struct scanner *s, const u8 *bytes, size_t len, struct memo_line *l)
{
	struct study y = {.s = s, .bytes = bytes, .len = len};

	l->state = LINE_UNFIT;
	l->nplaces = 0;
	memcpy(y.variant, bytes, len);
	memset(l->digits, 0, sizeof(l->digits));
	find_labels(&y);
	for (u16 g = 0; g < s->ngroups; g++)
		for (u16 i = 0; i < s->nlabels; i++)
			y.need[g] |= s->groups[g].behind[i];
	for (size_t p = 0; p < len; p++) {
		y.work += LABEL_WORK;
		for (u16 g = 0; g < s->ngroups; g++) {
			struct memo_place place = place_of(&y, g, p);

			y.work += GROUP_WORK;
			if (y.work > LEARN_MOST || (place.forms && l->nplaces == MEMO_PLACES))
				return y.work;
			if (place.forms)
				add_place(&y, p, place, l);
		}
	}
	l->state = LINE_KNOWN;
	return y.work;
}
