/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where something may match in a line, by its outline. All that the line says for sure is used: what stands
 * before, the first bytes, labels, and then the form's automaton, which is run on all lines of that
 * outline at once.
 *
 *     00:00:00.000 sent by 000.00.0.000 to ward 0
 *                          ▲ an IPv4 address, whatever the digits are
 */
#include "memo_study.h"
#include <string.h>

/*
 * About how many nanoseconds it takes: for a label that is looked at, and a place that may be in the gap behind one; for a
 * place, and for it and a group.
 */
#define LOOK_WORK  4
#define GAP_WORK   20
#define LABEL_WORK 100
#define GROUP_WORK 30

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
		if ((!distance || sure_gap >> (distance - 1) & 1) &&
		    y->bytes[end + distance - 1] != '<')
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

/* Those of `forms` of group g that may match from p on. */
static u64 forms_matching(struct study *y, u16 g, size_t p, u64 forms)
{
	u64 kept = 0;

	for (; forms; forms &= forms - 1) {
		unsigned int bit = (unsigned int)__builtin_ctzll(forms);

		if (form_may_match(y, &y->s->forms[g * GROUP_FORMS + bit], p))
			kept |= 1ULL << bit;
	}
	return kept;
}

/* With which digits and other bytes from p on some of these forms may match there, as spot_digits has it. */
static u64 patterns_of(struct study *y, u16 g, size_t p, u64 forms)
{
	const struct scan_form *of = &y->s->forms[g * GROUP_FORMS];
	u64 patterns = 0;

	if (!memchr(y->bytes + p, ANY_HEX, y->len - p < SPOT_SEEN ? y->len - p : SPOT_SEEN))
		return ~0ULL;
	for (; forms && ~patterns; forms &= forms - 1)
		patterns |= form_patterns(y, &of[__builtin_ctzll(forms)], p);
	return patterns;
}

/* Of place p, which is less than BEGINS_SEEN, and of some byte: whether that is a blank that is looked at. */
static bool is_seen_blank(const struct study *y, size_t p)
{
	return p < BEGINS_SEEN && (y->bytes[p] == ANY_DIGIT || y->bytes[p] == ANY_HEX);
}

/* What some of a group's forms have for their first two bytes at p. */
static void first_two(struct study *y, u16 g, size_t p, u64 forms, u64 *ret_begins,
		      u64 *ret_seconds)
{
	bool first = is_seen_blank(y, p), second = is_seen_blank(y, p + 1);

	*ret_begins = first ? 0 : ~0ULL;
	*ret_seconds = second ? 0 : ~0ULL;
	for (; forms; forms &= forms - 1) {
		unsigned int bit = (unsigned int)__builtin_ctzll(forms);
		const struct scan_form *sf = &y->s->forms[g * GROUP_FORMS + bit];

		if (first)
			*ret_begins |= form_begins(y, sf, p);
		if (second)
			*ret_seconds |= form_seconds(y, sf, p);
	}
}

static u64 find_sets_behind(struct study *y, size_t p, u8 byte)
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

/* The sets of labels of which one may stand before p if `byte` does. */
static u64 sets_behind(struct study *y, size_t p, u8 byte)
{
	if (y->behind.at != p) {
		y->behind.at = p;
		memset(y->behind.known, 0, sizeof(y->behind.known));
	}
	if (!(y->behind.known[byte / 64] >> byte % 64 & 1)) {
		y->work += LABEL_WORK;
		y->behind.sets[byte] = find_sets_behind(y, p, byte);
		y->behind.known[byte / 64] |= 1ULL << byte % 64;
	}
	return y->behind.sets[byte];
}

/* The forms of a place's group that labels allow at p behind `byte`, a blank or a letter. */
static u64 labels_allow(struct study *y, struct memo_place place, size_t p, u8 byte)
{
	if (!place.labelled || y->s->unindexed)
		return ~0ULL;
	return ~y->need[place.group] |
	       group_behind(&y->s->groups[place.group], sets_behind(y, p, byte));
}

/* The hex digits before p behind which some of a place's forms may begin there, as spot_digits has it. */
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

static void take_quick(const struct study *y, struct memo_place *place)
{
	const struct group *g = &y->s->groups[place->group];
	u64 quick = place->forms & g->quick;
	unsigned int bit;

	if (!quick)
		quick = place->forms & g->told;
	if (!quick)
		return;
	bit = (unsigned int)__builtin_ctzll(quick);
	place->quick = g->quickly[bit];
	place->id = g->ids[bit];
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
		take_quick(y, &place);
	return place;
}

/* What a place's forms say of the digits at a spot, which is at p. */
static void add_digits(struct study *y, size_t p, const struct memo_place *place,
		       struct spot_digits *d, size_t i)
{
	u64 begins, seconds;

	first_two(y, place->group, p, place->forms, &begins, &seconds);
	d->pattern[i] |= patterns_of(y, place->group, p, place->forms);
	d->before[i] |= before_of(y, *place, p);
	d->begin[i] |= begins;
	d->second[i] |= seconds;
}

static bool same_places(const struct memo_place *a, const struct memo_place *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (a[i].group != b[i].group || a[i].forms != b[i].forms ||
		    a[i].labelled != b[i].labelled || a[i].quick != b[i].quick)
			return false;
	return true;
}

/* Gives the last spot of a line these places, as another one has them if there is one; false if there is no room. */
static bool add_places(struct memo_line *l, const struct memo_place *places, size_t n)
{
	struct memo_spot *last = &l->spots[l->nspots - 1];

	last->nplaces = (u8)n;
	for (const struct memo_spot *other = l->spots; other < last; other++) {
		last->first = other->first;
		if (other->nplaces == n && same_places(&l->places[other->first], places, n))
			return true;
	}
	if (l->nplaces + n > MEMO_PLACES)
		return false;
	last->first = l->nplaces;
	memcpy(&l->places[l->nplaces], places, n * sizeof(*places));
	l->nplaces = (u8)(l->nplaces + n);
	return true;
}

/* Adds a spot at p to a line if anything may match there; false if it would be too much. */
static bool add_spot(struct study *y, size_t p, struct memo_line *l)
{
	struct memo_place places[MEMO_PLACES];
	size_t n = 0, i = l->nspots;

	y->work += LABEL_WORK;
	for (u16 g = 0; g < y->s->ngroups; g++) {
		struct memo_place place = place_of(y, g, p);

		y->work += GROUP_WORK;
		if (y->work > LEARN_MOST)
			return false;
		if (!place.forms)
			continue;
		if (i == MEMO_SPOTS || n == MEMO_PLACES)
			return false;
		add_digits(y, p, &place, &l->digits[i / FOUR_SPOTS], i % FOUR_SPOTS);
		places[n++] = place;
	}
	if (!n)
		return true;
	l->alone |= (u64)(n == 1 && !places[0].labelled) << i;
	l->spots[l->nspots++].at = (u16)p;
	return add_places(l, places, n);
}

size_t memo_learn(const struct scanner *s, const u8 *bytes, size_t len, struct memo_line *l)
{
	struct study y = {.s = s, .bytes = bytes, .len = len};

	l->state = LINE_UNFIT;
	l->nspots = l->nplaces = l->crowds = 0;
	l->alone = 0;
	memcpy(y.variant, bytes, len);
	memset(l->spots, 0, sizeof(l->spots));
	memset(l->digits, 0, sizeof(l->digits));
	find_labels(&y);
	for (u16 g = 0; g < s->ngroups; g++)
		for (u16 i = 0; i < s->nlabels; i++)
			y.need[g] |= s->groups[g].behind[i];
	for (size_t p = 0; p < len; p++)
		if (!add_spot(&y, p, l))
			return y.work;
	l->state = LINE_KNOWN;
	l->placed = l->nspots;
	find_sure(&y, l);
	return y.work;
}
