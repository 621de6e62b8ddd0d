/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Labels: the words in front of a value that say what it is.
 *
 *      Patient's  M R N   number is :  1 2 3 4 5 6
 *                 label   ---- gap --- ▲ p
 *
 * Read backwards from the value, so that text without candidates pays nothing. The gap is
 * separators and small words, at most `distance` bytes. A label begins and ends where a word
 * does; digits and underscores separate words here ("patient_mrn", "MRN123456"), and so does a
 * capital after a small letter ("patientMrn").
 *
 * With a label of at most LABEL_MAX bytes and a distance of at most DISTANCE_MAX, the byte
 * before the label is still within SCRIM_LOOKBACK: the answer is the same however far the text
 * goes on to the left.
 */
#include "bytes.h"
#include "pattern.h"
#include <errno.h>
#include <string.h>

#define LABEL_MAX    31   /* bytes */
#define LABELS_MAX   1024 /* of a form */
#define DISTANCE_MAX (SCRIM_LOOKBACK - 32)

_Static_assert(DISTANCE_MAX + LABEL_MAX + 1 <= SCRIM_LOOKBACK, "a label is seen whole");

/* What may stand inside a label where it has a space. */
#define LABEL_SPACE " \t-_"

/* The words that may, too. */
#define SMALL_MAX 6
static const char small_words[][8] = {
	"no", "nr",  "id",  "is",  "of",  "my",  "me",  "us",   "at",   "on",    "to",    "be",
	"as", "num", "was", "are", "the", "his", "her", "code", "your", "value", "their", "number",
};

struct label {
	const char *text; /* lower case, unless `exact` */
	size_t len;
	bool exact;
};

/* Labels in order of their last byte (in lower case): those that end in c from first[c]. */
struct label_set {
	u16 distance;
	u16 first[256 + 1];
	struct label labels[];
};

static bool is_one_of(u8 c, const char *set)
{
	return c && strchr(set, c);
}

/* What may stand between a label and its value: a bit for each byte below 0x80. */
static bool is_gap(u8 c)
{
	static const u64 bits[2] = {
#define BIT(b) (1ULL << ((b) & 63))
		BIT('\t') | BIT(' ') | BIT('"') | BIT('#') | BIT('\'') | BIT('(') | BIT(')') |
			BIT('*') | BIT(',') | BIT('-') | BIT('.') | BIT(':') | BIT('<') | BIT('=') |
			BIT('>'),
		BIT('[') | BIT('\\') | BIT(']') | BIT('_'),
#undef BIT
	};

	return c < 0x80 && bits[c >> 6] >> (c & 63) & 1;
}

static u8 lower(u8 c)
{
	return byte_is_upper(c) ? c | 0x20 : c;
}

static int label_build(struct arena *a, const char *from, struct label *ret_l, struct err *e)
{
	bool exact = from[0] == '=' && from[1];
	size_t len = strlen(from + exact);
	char *text;

	if (!len || len > LABEL_MAX || strchr(from, '\n'))
		return err_set(e, EINVAL, "a label is 1 to %d bytes of one line", LABEL_MAX);
	if (from[0] == ' ' || from[exact + len - 1] == ' ')
		return err_set(e, EINVAL, "a label neither begins nor ends with a space");
	text = arena_strdup(a, from + exact);
	if (!text)
		return -ENOMEM;
	for (size_t i = 0; i < len && !exact; i++)
		text[i] = (char)lower((u8)text[i]);
	*ret_l = (struct label){text, len, exact};
	return 0;
}

static u8 last_byte(const struct label *l)
{
	return lower((u8)l->text[l->len - 1]);
}

/* Puts l behind the n labels that are there, where its last byte belongs. */
static void insert(struct label_set *set, size_t n, struct label l)
{
	size_t at = n;

	for (; at > 0 && last_byte(&set->labels[at - 1]) > last_byte(&l); at--)
		set->labels[at] = set->labels[at - 1];
	set->labels[at] = l;
	for (unsigned int c = last_byte(&l) + 1u; c <= 256; c++)
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
	if (distance > DISTANCE_MAX)
		return err_set(e, EINVAL,
			       "distance %u: at most %d bytes between a label and its value",
			       distance, DISTANCE_MAX);
	if (n > LABELS_MAX)
		return err_set(e, EINVAL, "%zu labels; at most %d", n, LABELS_MAX);
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

/* Whether a word can begin at text[at], `from` being the first byte that can be seen. */
static bool word_begins(const u8 *text, size_t from, size_t at)
{
	if (at == from || !byte_is_letter(text[at]) || !byte_is_letter(text[at - 1]))
		return true;
	return byte_is_upper(text[at]) && byte_is_lower(text[at - 1]);
}

/* Whether the label ends at text[end); a space in it is any one separator, or none. */
static bool label_ends(const struct label *l, const u8 *text, size_t from, size_t end)
{
	size_t at = end;

	for (size_t i = l->len; i-- > 0;) {
		if (l->text[i] == ' ') {
			if (at > from && is_one_of(text[at - 1], LABEL_SPACE))
				at--;
			continue;
		}
		if (at == from || (l->exact ? text[at - 1] : lower(text[at - 1])) != (u8)l->text[i])
			return false;
		at--;
	}
	return word_begins(text, from, at);
}

/* Whether some label ends at text[end), end > from. */
static bool any_label_ends(const struct label_set *set, const u8 *text, size_t from, size_t end)
{
	u8 c = lower(text[end - 1]);

	/* A letter on both sides is the middle of a word. */
	if (byte_is_letter(c) && byte_is_letter(text[end]))
		return false;
	for (u16 i = set->first[c]; i < set->first[c + 1]; i++)
		if (label_ends(&set->labels[i], text, from, end))
			return true;
	return false;
}

/* The begin of the small word that ends at text[end), or end if there is none. */
static size_t small_word(const u8 *text, size_t from, size_t end)
{
	char word[8] = {0};
	u64 packed, other;
	size_t at = end;

	while (at > from && end - at <= SMALL_MAX && byte_is_letter(text[at - 1]))
		at--;
	if (end - at > SMALL_MAX || end - at < 2)
		return end;
	for (size_t i = 0; i < end - at; i++)
		word[i] = (char)lower(text[at + i]);
	memcpy(&packed, word, sizeof(packed));
	for (size_t i = 0; i < array_size(small_words); i++) {
		memcpy(&other, small_words[i], sizeof(other));
		if (packed == other)
			return at;
	}
	return end;
}

/* One step from a value back towards its label: over a separator or a small word; or `end`. */
static size_t step_back(const u8 *text, size_t from, size_t end)
{
	return is_gap(text[end - 1]) ? end - 1 : small_word(text, from, end);
}

/* Whether a label of the set stands before p. */
static bool label_stands(const struct label_set *set, const u8 *text, size_t p)
{
	size_t from = p > SCRIM_LOOKBACK ? p - SCRIM_LOOKBACK : 0, end = p, before;

	while (end > from && p - end <= set->distance) {
		if (any_label_ends(set, text, from, end))
			return true;
		before = end;
		end = step_back(text, from, end);
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

/* A label of some sets of an index. */
struct indexed {
	struct label label;
	u64 sets;
};

/* Labels in the order of a label_set's, those of equal text together. */
struct label_index {
	u16 distance;               /* the longest */
	u64 near[DISTANCE_MAX + 1]; /* by distance: the sets that look so far */
	u16 first[256 + 1];
	struct indexed labels[];
};

static void index_add(struct label_index *x, size_t *n, const struct label *l, u64 set)
{
	size_t at = *n;

	for (size_t i = 0; i < *n; i++) {
		const struct label *other = &x->labels[i].label;

		if (other->exact == l->exact && !strcmp(other->text, l->text)) {
			x->labels[i].sets |= set;
			return;
		}
	}
	for (; at > 0 && last_byte(&x->labels[at - 1].label) > last_byte(l); at--)
		x->labels[at] = x->labels[at - 1];
	x->labels[at] = (struct indexed){*l, set};
	for (unsigned int c = last_byte(l) + 1u; c <= 256; c++)
		x->first[c]++;
	++*n;
}

int label_index_build(struct arena *a, const struct label_set *const *sets, size_t nsets,
		      const struct label_index **ret_index)
{
	struct label_index *x;
	size_t total = 0, n = 0;

	for (size_t i = 0; i < nsets; i++)
		total += sets[i]->first[256];
	x = arena_alloc(a, sizeof(*x) + total * sizeof(x->labels[0]));
	if (!x)
		return -ENOMEM;
	for (size_t i = 0; i < nsets; i++) {
		for (u16 k = 0; k < sets[i]->first[256]; k++)
			index_add(x, &n, &sets[i]->labels[k], 1ULL << i);
		for (u16 d = 0; d <= sets[i]->distance; d++)
			x->near[d] |= 1ULL << i;
		if (sets[i]->distance > x->distance)
			x->distance = sets[i]->distance;
	}
	*ret_index = x;
	return 0;
}

/* Of the sets asked for, those that have a label which ends at text[end), end > from. */
static u64 index_ends(const struct label_index *x, u64 asked, const u8 *text, size_t from,
		      size_t end)
{
	u8 c = lower(text[end - 1]);
	u64 sets = 0;

	if (x->first[c] == x->first[c + 1] || (byte_is_letter(c) && byte_is_letter(text[end])))
		return 0;
	for (u16 i = x->first[c]; i < x->first[c + 1]; i++)
		if ((x->labels[i].sets & asked & ~sets) &&
		    label_ends(&x->labels[i].label, text, from, end))
			sets |= x->labels[i].sets & asked;
	return sets;
}

u64 label_index_find(const struct label_index *x, u64 asked, const u8 *text, size_t p)
{
	size_t from = p > SCRIM_LOOKBACK ? p - SCRIM_LOOKBACK : 0, end = p, before;
	u64 sets = 0;

	while (end > from && p - end <= x->distance && (asked & x->near[p - end] & ~sets)) {
		sets |= index_ends(x, asked & x->near[p - end], text, from, end);
		before = end;
		end = step_back(text, from, end);
		if (end == before)
			break;
	}
	return sets;
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
