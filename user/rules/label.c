/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Labels: the words in front of a value that say what it is.
 *
 *      Patient's  M R N   number is :  1 2 3 4 5 6
 *                 label   ---- gap --- ▲ p
 *
 * Read backwards from the value, so that text without candidates pays nothing. What the gap may be says
 * label_gap.c; it has at most `distance` bytes. A label begins and ends where a word does; digits and underscores
 * separate words here ("patient_mrn", "MRN123456"), and so does a capital after a small letter ("patientMrn").
 *
 * With a label of at most LABEL_MAX bytes and a distance of at most RULE_MAX_DISTANCE, the
 * character before the label is still within SCRIM_LOOKBACK: the answer is the same however far the text
 * goes on to the left.
 */
#include "label.h"
#include "bytes.h"
#include <errno.h>
#include <string.h>

#define WAYS 3 /* that a space in front of a sign may be */

_Static_assert(RULE_MAX_DISTANCE + LABEL_MAX + 3 <= SCRIM_LOOKBACK, "a label is seen whole");

static bool is_exact(const char *label)
{
	return label[0] == '=' && label[1];
}

int label_check(const char *label, struct err *e)
{
	size_t len = strlen(label + is_exact(label));

	if (!len || len > LABEL_MAX || strpbrk(label, "\r\n"))
		return err_set(e, EINVAL, "a label is 1 to %d bytes of one line", LABEL_MAX);
	if (label[is_exact(label)] == ' ' || label[strlen(label) - 1] == ' ')
		return err_set(e, EINVAL, "a label neither begins nor ends with a space");
	return 0;
}

static int label_build(struct arena *a, const char *from, struct label *ret_l, struct err *e)
{
	bool exact = is_exact(from);
	size_t len = strlen(from + exact);
	char *text;

	if (label_check(from, e))
		return -EINVAL;
	text = arena_strdup(a, from + exact);
	if (!text)
		return -ENOMEM;
	for (size_t i = 0; i < len && !exact; i++)
		text[i] = (char)byte_lower((u8)text[i]);
	*ret_l = (struct label){text, len, exact};
	return 0;
}

static bool ends_in_sign(const struct label *l)
{
	return l->len > 2 && l->text[l->len - 2] == ' ' && !byte_is_word((u8)l->text[l->len - 1]);
}

/* The label as one that has c in the place of its last space; 0: nothing. */
static int label_with(struct arena *a, const struct label *l, char c, struct label *ret_l)
{
	char *text = arena_strdup(a, l->text);

	if (!text)
		return -ENOMEM;
	*ret_l = (struct label){text, l->len - !c, l->exact};
	if (c) {
		text[l->len - 2] = c;
	} else {
		text[l->len - 2] = text[l->len - 1];
		text[l->len - 1] = 0;
	}
	return 0;
}

/* As many labels as it is: one, or those of a space in front of a sign. */
static int label_ways(struct arena *a, const char *from, struct label ret_ways[WAYS], size_t *ret_n,
		      struct err *e)
{
	static const char between[WAYS] = {0, LABEL_BLANK, '\t'};
	struct label l = {0};
	int r = label_build(a, from, &l, e);

	ret_ways[0] = l;
	*ret_n = 1;
	if (r || !ends_in_sign(&l))
		return r;
	for (*ret_n = 0; !r && *ret_n < WAYS; ++*ret_n)
		r = label_with(a, &l, between[*ret_n], &ret_ways[*ret_n]);
	return r;
}

/* Puts l behind the n labels that are there, where its last byte belongs. */
static void insert(struct label_set *set, size_t n, struct label l)
{
	size_t at = n;

	for (; at > 0 && label_last(&set->labels[at - 1]) > label_last(&l); at--)
		set->labels[at] = set->labels[at - 1];
	set->labels[at] = l;
	for (unsigned int c = label_last(&l) + 1u; c <= 256; c++)
		set->first[c]++;
}

int label_set_build(struct arena *a, const char *const *labels, u16 distance,
		    const struct label_set **ret_labels, struct err *e)
{
	struct label_set *set;
	size_t n = 0, there = 0;
	int r;

	while (labels && labels[n])
		n++;
	if (!n) {
		*ret_labels = NULL;
		return 0;
	}
	if (distance > RULE_MAX_DISTANCE)
		return err_set(e, EINVAL,
			       "distance %u: at most %d bytes between a label and its value",
			       distance, RULE_MAX_DISTANCE);
	if (n > RULE_MAX_LABELS)
		return err_set(e, EINVAL, "%zu labels; at most %d", n, RULE_MAX_LABELS);
	set = arena_alloc(a, sizeof(*set) + WAYS * n * sizeof(set->labels[0]));
	if (!set)
		return -ENOMEM;
	set->distance = distance;
	for (size_t i = 0; i < n; i++) {
		struct label ways[WAYS];
		size_t nways;

		r = label_ways(a, labels[i], ways, &nways, e);
		if (r)
			return r;
		for (size_t k = 0; k < nways; k++)
			insert(set, there++, ways[k]);
	}
	*ret_labels = set;
	return 0;
}

bool word_begins(const u8 *text, size_t from, size_t at)
{
	if (at == from || !byte_is_letter(text[at]) || !byte_is_letter(text[at - 1]))
		return true;
	return (byte_is_upper(text[at]) && byte_is_lower(text[at - 1])) ||
	       utf8_gap_before(text, from, at);
}

bool label_ends(const struct label *l, const u8 *text, size_t from, size_t end)
{
	return label_ends_first(l, l->len, text, from, end);
}

bool label_ends_first(const struct label *l, size_t left, const u8 *text, size_t from, size_t end)
{
	size_t at = end;

	for (size_t i = left; i-- > 0;) {
		if (l->text[i] == ' ') {
			if (at > from && label_is_space(text[at - 1]))
				at--;
			continue;
		}
		if (at == from ||
		    (l->exact ? text[at - 1] : byte_lower(text[at - 1])) != label_byte(l, i))
			return false;
		at--;
	}
	return word_begins(text, from, at);
}

/* Whether some label ends at text[end), end > from. */
static bool any_label_ends(const struct label_set *set, const u8 *text, size_t from, size_t end)
{
	u8 c = byte_lower(text[end - 1]);

	/* A letter on both sides is the middle of a word. */
	if (byte_is_letter(c) && byte_joins_letter(text[end]))
		return false;
	for (u16 i = set->first[c]; i < set->first[c + 1]; i++)
		if (label_ends(&set->labels[i], text, from, end))
			return true;
	return false;
}

/* Whether a label of the set stands before p. */
static bool label_stands(const struct label_set *set, const u8 *text, size_t p)
{
	size_t from = p > SCRIM_LOOKBACK ? p - SCRIM_LOOKBACK : 0, end = p, before;

	if (begins_tag_name(text, p))
		return false;
	while (end > from && p - end <= set->distance) {
		if (any_label_ends(set, text, from, end))
			return true;
		before = end;
		end = label_step_back(text, from, end, p);
		if (end == before)
			return false;
	}
	return false;
}

bool form_labelled(const struct form *f, const u8 *text, size_t p)
{
	return (!f->preceded || f->preceded(text, p)) &&
	       (!f->labels || label_stands(f->labels, text, p)) &&
	       (!f->unless || !label_stands(f->unless, text, p));
}

bool label_set_same(const struct label_set *a, const struct label_set *b)
{
	if (a->distance != b->distance || a->first[256] != b->first[256])
		return false;
	for (u16 i = 0; i < a->first[256]; i++)
		if (a->labels[i].exact != b->labels[i].exact ||
		    strcmp(a->labels[i].text, b->labels[i].text) != 0)
			return false;
	return true;
}
