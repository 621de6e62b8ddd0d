/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Labels: the words in front of a value that say what it is.
 *
 *      Patient's  M R N   number is :  1 2 3 4 5 6
 *                 label   ---- gap --- ▲ p
 *
 * Read backwards from the value, so that text without candidates pays nothing. The gap is
 * separators, small words, "\H\", "\N\" of HL7 and a table's bar, at most `distance` bytes. A label begins and ends
 * where a word does; digits and underscores separate words here ("patient_mrn", "MRN123456"), and so
 * does a capital after a small letter ("patientMrn").
 *
 * With a label of at most LABEL_MAX bytes and a distance of at most RULE_MAX_DISTANCE, the
 * character before the label is still within SCRIM_LOOKBACK: the answer is the same however far the text
 * goes on to the left.
 */
#include "label.h"
#include "bytes.h"
#include <errno.h>
#include <scrim/outline.h>
#include <string.h>

_Static_assert(RULE_MAX_DISTANCE + LABEL_MAX + 3 <= SCRIM_LOOKBACK, "a label is seen whole");

/* The words that may, too, in the order of their length, and how many are shorter than n bytes. */
#define SMALL_MAX 6
static const char small_words[][8] = {
	"no", "nr",  "id",  "is",  "of",  "my",  "me",  "us",   "at",   "on",    "to",    "be",
	"as", "num", "was", "are", "the", "his", "her", "code", "your", "value", "their", "number",
};
static const u8 shorter[SMALL_MAX + 2] = {0, 0, 0, 13, 19, 21, 23, array_size(small_words)};

/* What may stand between a label and its value: a bit for each byte below 0x80. */
static bool is_gap(u8 c)
{
	static const u64 bits[2] = {
#define BIT(b) (1ULL << ((b) & 63))
		BIT('\t') | BIT(' ') | BIT('"') | BIT('#') | BIT('\'') | BIT('(') | BIT(')') |
			BIT('*') | BIT(',') | BIT('-') | BIT('.') | BIT(':') | BIT('<') | BIT('=') |
			BIT('>'),
		BIT('[') | BIT('\\') | BIT(']') | BIT('^') | BIT('_') | BIT('{') | BIT('}'),
#undef BIT
	};

	return c < 0x80 && bits[c >> 6] >> (c & 63) & 1;
}

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
	struct label l = {0};
	size_t n = 0;
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
	set = arena_alloc(a, sizeof(*set) + n * sizeof(set->labels[0]));
	if (!set)
		return -ENOMEM;
	set->distance = distance;
	for (size_t i = 0; i < n; i++) {
		r = label_build(a, labels[i], &l, e);
		if (r)
			return r;
		insert(set, i, l);
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
		    (l->exact ? text[at - 1] : byte_lower(text[at - 1])) != (u8)l->text[i])
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

/* Of n letters, 2 to SMALL_MAX, the first in the lowest byte. */
static bool is_small_word(u64 packed, size_t n)
{
	u64 other;

	for (size_t i = shorter[n]; i < shorter[n + 1]; i++) {
		memcpy(&other, small_words[i], sizeof(other));
		if (packed == other)
			return true;
	}
	return false;
}

/* The begin of the small word that ends at text[end), or end if there is none. */
static size_t small_word(const u8 *text, size_t from, size_t end)
{
	char word[8] = {0};
	size_t at = end, n;
	u64 packed;

	while (at > from && end - at <= SMALL_MAX && byte_is_letter(text[at - 1]))
		at--;
	n = end - at;
	if (n > SMALL_MAX || n < 2)
		return end;
	for (size_t i = 0; i < n; i++)
		word[i] = (char)byte_lower(text[at + i]);
	memcpy(&packed, word, sizeof(packed));
	return is_small_word(packed, n) ? at : end;
}

/* Whether highlighting begins or ends there, in a text of HL7 (v2.8.2, section 2.7.4). */
static bool highlight_ends(const u8 *text, size_t from, size_t end)
{
	return end - from >= 3 && text[end - 1] == '\\' && text[end - 3] == '\\' &&
	       (text[end - 2] == 'H' || text[end - 2] == 'N');
}

static bool is_blank(u8 c)
{
	return c == ' ' || c == '\t';
}

/*
 * Whether a table's bar and a blank end at text[end), behind a blank: "| MRN | 4711882 |". Those of HL7 have
 * no blanks beside them, and what is in one field says nothing of the next.
 */
static bool bar_ends(const u8 *text, size_t from, size_t end)
{
	return end - from >= 3 && text[end - 2] == '|' && is_blank(text[end - 1]) &&
	       is_blank(text[end - 3]);
}

/* How long the separator that ends at text[end) is, which is_gap(). */
static size_t separator(const u8 *text, size_t from, size_t end)
{
	if (highlight_ends(text, from, end))
		return 3;
	return bar_ends(text, from, end) ? 2 : 1;
}

size_t label_step_back(const u8 *text, size_t from, size_t end)
{
	if (is_gap(text[end - 1]))
		return end - separator(text, from, end);
	if (text[end - 1] >= 0x80)
		return end - utf8_gap_before(text, from, end);
	return small_word(text, from, end);
}

/* How many separators, each a step by itself, text[0, n) begins with. */
static size_t plain_gap(const u8 *text, size_t n)
{
	size_t k = 0;

	while (n - k >= 8 && !memcmp(text + k, "        ", 8))
		k += 8;
	while (k < n && is_gap(text[k]) && text[k] != '\\')
		k++;
	return k;
}

/* The letters that lead to a place, read forwards. */
struct run {
	size_t len;
	bool leads; /* from a place that leads on */
	u64 packed; /* the first ones, without case */
};

/* Whether a small word ends behind c, the next byte of a text. */
static bool run_step(struct run *run, u8 c, bool leads)
{
	if (!byte_is_letter(c)) {
		run->len = 0;
		return false;
	}
	if (!run->len++)
		*run = (struct run){.len = 1, .leads = leads};
	if (!run->leads || run->len > SMALL_MAX)
		return false;
	run->packed |= (u64)byte_lower(c) << 8 * (run->len - 1);
	return run->len > 1 && is_small_word(run->packed, run->len);
}

u64 label_gap(const u8 *text, size_t end, size_t n)
{
	struct run run = {.len = end && byte_is_letter(text[end - 1])};
	size_t plain = plain_gap(text + end, n);
	u64 gap = plain ? ~0ULL >> (64 - plain) : 0; /* bit k - 1: place k leads to the label */

	if (plain)
		run.len = 0;
	for (size_t k = plain + 1; k <= n; k++) {
		const u8 *c = text + end + k - 1;
		bool leads = k == 1 || gap >> (k - 2) & 1;
		bool word = run_step(&run, *c, leads);
		size_t step = 0;

		if (*c >= 0x80) {
			step = utf8_gap_before(text, 0, end + k);
			word = false;
		} else if (is_gap(*c)) {
			step = separator(text, 0, end + k);
		} else if (*c != '|' && !run.len) {
			break;
		}
		if (word || (step && step <= k && (step == k || gap >> (k - step - 1) & 1)))
			gap |= 1ULL << (k - 1);
		/* No other step is longer than three bytes. */
		if (k >= 3 && !(run.len && run.leads && run.len < SMALL_MAX) && !(gap >> (k - 3)))
			break;
	}
	return gap;
}

/* Whether `word` may end at outline[end), in some text of the outline; n bytes of it are there. */
static bool may_be(const char *word, const u8 *outline, size_t end, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		u8 c = outline[end - n + i];

		if (!outline_may_be(c, (u8)word[i]) && byte_lower(c) != (u8)word[i])
			return false;
	}
	return true;
}

/*
 * Whether a small word that is partly blank may lead to text[end + k] from a place that is in the gap, for some
 * text of the outline: "code5" is co111.
 */
static bool may_be_word(const u8 *outline, size_t end, size_t k, u64 gap)
{
	for (size_t n = 2; n <= SMALL_MAX && n <= k; n++) {
		if (n < k && !(gap >> (k - n - 1) & 1))
			continue;
		for (size_t i = shorter[n]; i < shorter[n + 1]; i++)
			if (may_be(small_words[i], outline, end + k, n))
				return true;
	}
	return false;
}

bool label_may_lead(const u8 *outline, size_t end, size_t k, u64 gap)
{
	u8 c = outline[end + k - 1];
	size_t before = end + k;

	if (!is_gap(c) && !byte_is_letter(c) && c != ANY_HEX)
		return false;
	if (c != ANY_HEX)
		before = label_step_back(outline, 0, end + k);
	if (before == end || (before > end && before < end + k && gap >> (before - end - 1) & 1))
		return true;
	return may_be_word(outline, end, k, gap);
}

u64 label_may_gap(const u8 *outline, size_t end, size_t n, u64 *ret_sure)
{
	u64 gap = 0;

	*ret_sure = label_gap(outline, end, n);
	/* No step is longer than a small word. */
	for (size_t k = 1; k <= n && (k <= SMALL_MAX || gap >> (k - 1 - SMALL_MAX)); k++)
		gap |= (u64)label_may_lead(outline, end, k, gap) << (k - 1);
	return gap;
}

/* Whether a label of the set stands before p. */
static bool label_stands(const struct label_set *set, const u8 *text, size_t p)
{
	size_t from = p > SCRIM_LOOKBACK ? p - SCRIM_LOOKBACK : 0, end = p, before;

	while (end > from && p - end <= set->distance) {
		if (any_label_ends(set, text, from, end))
			return true;
		before = end;
		end = label_step_back(text, from, end);
		if (end == before)
			return false;
	}
	return false;
}

bool form_labelled(const struct form *f, const u8 *text, size_t p)
{
	return (!f->labels || label_stands(f->labels, text, p)) &&
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
