/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What may stand between a label and its value: separators, small words, "\H\" and "\N\" of HL7, a table's bar,
 * tags of HTML or XML.
 *
 *      Patient's  M R N   number is :  1 2 3 4 5 6         <td>MRN</td><td class="n">123456
 *                 label   ---- gap --- ▲ p                     label──────── gap ────▲ p
 *
 * It is read back from a value, step by step, and on from a label, all places at once; either finds what the other
 * does (tests/unit/test_label.c).
 */
#include "bytes.h"
#include "label.h"
#include <scrim/outline.h>
#include <string.h>

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

/* Whether a small word begins with these two: few others do. */
static bool begins_small_word(u8 first, u8 second)
{
#define WITH(a) 1U << ((a) & 31)
	static const u32 seconds[32] = {
		['a' & 31] = WITH('t') | WITH('s') | WITH('r'),
		['b' & 31] = WITH('e'),
		['c' & 31] = WITH('o'),
		['h' & 31] = WITH('i') | WITH('e'),
		['i' & 31] = WITH('d') | WITH('s'),
		['m' & 31] = WITH('y') | WITH('e'),
		['n' & 31] = WITH('o') | WITH('r') | WITH('u'),
		['o' & 31] = WITH('f') | WITH('n'),
		['t' & 31] = WITH('o') | WITH('h'),
		['u' & 31] = WITH('s'),
		['v' & 31] = WITH('a'),
		['w' & 31] = WITH('a'),
		['y' & 31] = WITH('o'),
	};
#undef WITH

	return byte_is_letter(second) && seconds[first & 31] >> (second & 31) & 1;
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

/* Over a separator or a small word; or `end`. */
static size_t plain_step(const u8 *text, size_t from, size_t end)
{
	if (is_gap(text[end - 1]))
		return end - separator(text, from, end);
	if (text[end - 1] >= 0x80)
		return end - utf8_gap_before(text, from, end);
	return small_word(text, from, end);
}

/* Whether a tag of HTML or XML begins with '<' and c. */
static bool begins_tag(u8 c)
{
	return c == '/' || (c < 0x80 && byte_is_letter(c));
}

/* What a tag does not have inside: it does not go on over a line's end. */
static bool ends_search(u8 c)
{
	return c == '<' || c == '>' || (c < 0x20 && c != '\t');
}

static bool is_name(u8 c)
{
	return (c < 0x80 && byte_is_word(c)) || c == '-' || c == ':' || c == '.';
}

/*
 * Whether a tag's name ends at text[end), as that of <mrn type="x"> does. It is no longer than a label, so that it is
 * seen whole, too.
 *   also  what may begin it, too
 */
static bool tag_name_ends(const u8 *text, size_t from, size_t end, u8 also)
{
	size_t at = end;

	if (is_name(text[end]))
		return false;
	while (at > from && end - at <= LABEL_MAX && is_name(text[at - 1]))
		at--;
	return at > from && text[at - 1] == '<' && (begins_tag(text[at]) || text[at] == also);
}

/* How far behind text[end) the name of a tag goes on that it is in; n or more: of none, or not to be seen. */
static size_t tag_name_left(const u8 *text, size_t end, size_t n, u8 also)
{
	size_t k = 0, back = end < LABEL_MAX + 2 ? end : LABEL_MAX + 2;

	if (!memrchr(text + end - back, '<', back))
		return n;
	while (k < n && is_name(text[end + k]))
		k++;
	return k < n && tag_name_ends(text, 0, end + k, also) ? k : n;
}

/*
 * Where the name of the tag ends that text[end) is in and that ends before p; of one whose name that is, where it
 * begins; `end`: there is none.
 */
static size_t tag_around(const u8 *text, size_t from, size_t end, size_t p)
{
	size_t at = end;

	while (end < p && !ends_search(text[end]))
		end++;
	if (end == p || text[end] != '>')
		return at;
	for (end = at; end > from && !ends_search(text[end - 1]);)
		end--;
	if (end == from || text[end - 1] != '<')
		return at;
	for (p = end; p < at && is_name(text[p]);)
		p++;
	if (p < at && tag_name_ends(text, from, p, 0))
		return p;
	return begins_tag(text[end]) ? end - 1 : at;
}

size_t label_step_back(const u8 *text, size_t from, size_t end, size_t p)
{
	size_t before = plain_step(text, from, end);

	return before < end ? before : tag_around(text, from, end, p);
}

/* How many separators, each a step by itself, text[0, n) begins with. */
static size_t plain_gap(const u8 *text, size_t n)
{
	size_t k = 0;

	while (n - k >= 8 && !memcmp(text + k, "        ", 8))
		k += 8;
	while (k < n && is_gap(text[k]) && text[k] != '\\' && text[k] != '<')
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
	size_t name = tag_name_left(text, end, n, 0);
	size_t plain = name < n ? 0 : plain_gap(text + end, n);
	bool tag = n && !name;                       /* in one that leads on */
	u64 gap = plain ? ~0ULL >> (64 - plain) : 0; /* bit k - 1: place k leads to the label */
	const u8 *next = text + end + plain;

	/* Mostly what follows is a value. */
	if (n - plain > 1 && next[0] < 0x80 && byte_is_letter(next[0]) &&
	    !begins_small_word(next[0], next[1]))
		return gap;
	if (plain)
		run.len = 0;
	for (size_t k = plain + 1; k <= n; k++) {
		const u8 *c = text + end + k - 1;
		bool leads = k == 1 || gap >> (k - 2) & 1;
		bool word = run_step(&run, *c, leads), closes = tag && *c == '>';
		size_t step = 0;

		if (*c >= 0x80) {
			step = utf8_gap_before(text, 0, end + k);
			word = false;
		} else if (is_gap(*c)) {
			step = separator(text, 0, end + k);
		} else if (*c != '|' && !run.len && (!tag || ends_search(*c))) {
			break;
		}
		if (word || closes ||
		    (step && step <= k && (step == k || gap >> (k - step - 1) & 1)))
			gap |= 1ULL << (k - 1);
		if (ends_search(*c))
			tag = *c == '<' && leads && k < n && begins_tag(c[1]);
		tag |= k == name && k < n && gap >> (k - 1) & 1;
		/* No other step is longer than three bytes. */
		if (k >= 3 && !tag && !(run.len && run.leads && run.len < SMALL_MAX) &&
		    !(gap >> (k - 3)))
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

/* Whether a tag that may lead on ends with the k-th byte behind `end`, which is a '>'. */
static bool may_close(const u8 *outline, size_t end, size_t k, u64 gap)
{
	size_t i = k - 1, name;

	while (i > 0 && !ends_search(outline[end + i - 1]))
		i--;
	if (i > 0 && outline[end + i - 1] == '<')
		return (begins_tag(outline[end + i]) || outline[end + i] == ANY_HEX) &&
		       (i == 1 || gap >> (i - 2) & 1);
	name = i ? k : tag_name_left(outline, end, k, ANY_HEX);
	return name < k && (!name || gap >> (name - 1) & 1);
}

bool label_may_lead(const u8 *outline, size_t end, size_t k, u64 gap)
{
	u8 c = outline[end + k - 1];
	size_t before = end + k;

	if (!is_gap(c) && !byte_is_letter(c) && c != ANY_HEX)
		return false;
	if (c == '>' && may_close(outline, end, k, gap))
		return true;
	if (c != ANY_HEX)
		before = plain_step(outline, 0, end + k);
	if (before == end || (before > end && before < end + k && gap >> (before - end - 1) & 1))
		return true;
	return may_be_word(outline, end, k, gap);
}

u64 label_may_gap(const u8 *outline, size_t end, size_t n, u64 *ret_sure)
{
	size_t back = end < LABEL_MAX + 2 ? end : LABEL_MAX + 2;
	bool tags = memchr(outline + end - back, '<', back + n);
	u64 gap = 0;

	*ret_sure = label_gap(outline, end, n);
	/* No step is longer than a small word, but over a tag. */
	for (size_t k = 1; k <= n && (tags || k <= SMALL_MAX || gap >> (k - 1 - SMALL_MAX)); k++)
		gap |= (u64)label_may_lead(outline, end, k, gap) << (k - 1);
	return gap;
}
