/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is sure of a line's places once its outline is known: the quick way of a form says so of its digits (sure_fn), and the
 * other forms that may match there cannot be as long, if they do not begin with some of the digits.
 *
 *     00.00.00.000      an address, if each number is an octet, the last one up to 255 that is; a telephone number begins
 *                       with 0, and so the first digit is to be from 1 to 9
 */
#include "memo_study.h"
#include <string.h>

/*
 * Narrows r to texts that do not begin with certain digits, a bit for each, number i being that of c % 64. False if it cannot
 * be said so.
 */
static bool do_not_begin(struct sure_ranges *r, u64 begins)
{
	const u32 first = 1U << 24; /* of a number, its first byte counts */
	size_t i = 0;
	u32 low, high;

	if (!begins)
		return true;
	while (i < 4 && r->from[4 * i + 3])
		i++;
	if (i == 4)
		return false;
	low = r->low[i];
	high = low + r->span[i];
	if (r->span[i] == ~0U) {
		low = '0' * first;
		high = '9' * first + (first - 1);
	}
	while (low < high && begins >> low / first % 64 & 1)
		low = (low / first + 1) * first;
	while (low < high && begins >> high / first % 64 & 1)
		high = high / first * first - 1;
	r->low[i] = low;
	r->span[i] = high - low;
	for (u32 c = low / first; c <= high / first; c++)
		if (begins >> c % 64 & 1)
			return false;
	return low < high;
}

/* What spot i of a line is sure of, if that is anything. */
static bool ranges_of(struct study *y, const struct memo_line *l, size_t i,
		      struct sure_ranges *ret_r)
{
	const struct memo_place *place = &l->places[l->spots[i].first];
	const struct group *g = &y->s->groups[place->group];
	const struct scan_form *forms = &y->s->forms[place->group * GROUP_FORMS];
	const struct form *f;
	u64 begins = 0;

	if (!place->quick || place->id.rule >= SCAN_FILL_RULES ||
	    l->spots[i].at + SURE_BYTES > CODED_ROOM)
		return false;
	_Static_assert(CODED_ROOM + QUICK_READ <= LINE_ROOM, "an outline has that many bytes");
	f = forms[__builtin_ctzll(place->forms ^ place->others)].form;
	if (!f->sure || !f->numeric || !f->sure(y->bytes + l->spots[i].at, ret_r) ||
	    ret_r->len > SURE_BYTES)
		return false;
	for (u64 others = place->others & g->reach[ret_r->len]; others; others &= others - 1)
		begins |= form_begins(y, &forms[__builtin_ctzll(others)], l->spots[i].at);
	return do_not_begin(ret_r, begins);
}

/* Whether spot i of a line has one place, and is not in a match before `end`. */
static bool is_alone(const struct memo_line *l, size_t i, size_t end)
{
	return l->spots[i].at >= end && l->spots[i].nplaces == 1;
}

static void add_sure(const struct study *y, struct memo_line *l, size_t i,
		     const struct sure_ranges *r)
{
	const size_t n = l->nsure++;
	const u8 at = (u8)l->spots[i].at;
	struct memo_sure *sure = &l->sure[n];

	_Static_assert(SURE_AMONG <= 8, "a bit for each");
	l->surely |= (u8)(1U << i);
	l->sure_at[n] = at;
	l->sure_len[n] = r->len;
	l->sure_rule[n] = (u8)l->places[l->spots[i].first].id.rule;
	l->sure_rules |= 1ULL << l->sure_rule[n];
	l->sure_digits[n] = 0;
	memcpy(sure->low, r->low, sizeof(r->low));
	memcpy(sure->span, r->span, sizeof(r->span));
	for (size_t k = 0; k < SURE_BYTES; k++) {
		bool digit = k < r->len && y->bytes[at + k] == ANY_DIGIT;

		sure->from[k] = r->from[k];
		sure->digits[k] = digit ? 0xff : 0;
		l->sure_digits[n] = (u8)(l->sure_digits[n] + digit);
	}
}

void find_sure(struct study *y, struct memo_line *l)
{
	size_t end = 0;

	l->surely = l->nsure = 0;
	l->sure_rules = 0;
	for (size_t i = 0; i < l->nspots && i < SURE_AMONG && l->nsure < SURE_SPOTS; i++) {
		struct sure_ranges r;

		if (!is_alone(l, i, end) || !ranges_of(y, l, i, &r))
			continue;
		add_sure(y, l, i, &r);
		end = l->spots[i].at + r.len;
	}
	_Static_assert(SURE_SPOTS % 2 == 0, "there is room for it");
	if (l->nsure % 2) {
		l->sure[l->nsure] = l->sure[l->nsure - 1];
		l->sure_at[l->nsure] = l->sure_at[l->nsure - 1];
	}
}
