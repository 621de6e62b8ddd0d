/* SPDX-License-Identifier: BSD-2-Clause */
/* Labels as compiled; label.c tells what they are. */
#ifndef RULES_LABEL_H
#define RULES_LABEL_H

#include "bytes.h"
#include "pattern.h"

#define LABEL_MAX 31 /* bytes */

/*
 * A space is any one separator, or none; LABEL_BLANK is a blank, and no less. A label that ends in a space and a sign,
 * "patient :", becomes three: "patient:", and those with a blank or a tab. Were it one, each colon of a text might end it.
 */
#define LABEL_BLANK '\n'

struct label {
	const char *text; /* lower case, unless `exact` */
	size_t len;
	bool exact;
};

/* Byte i of a label that is no space. */
static inline u8 label_byte(const struct label *l, size_t i)
{
	return l->text[i] == LABEL_BLANK ? ' ' : (u8)l->text[i];
}

/* Labels in order of their last byte (in lower case): those that end in c from first[c]. */
struct label_set {
	u16 distance;
	u16 first[256 + 1];
	struct label labels[];
};

static inline u8 label_last(const struct label *l)
{
	return byte_lower((u8)l->text[l->len - 1]);
}

/* What may stand inside a label where it has a space. */
static inline bool label_is_space(u8 c)
{
	return c == ' ' || c == '\t' || c == '-' || c == '_';
}

/*
 * Whether the label ends at text[end), `from` being the first byte that can be seen; a space in
 * it is any one separator, or none.
 */
bool label_ends(const struct label *l, const u8 *text, size_t from, size_t end);
/* The same where it is known that the first `left` bytes of l are all that is still to be compared. */
bool label_ends_first(const struct label *l, size_t left, const u8 *text, size_t from, size_t end);

/* Whether a word can begin at text[at], `from` being the first byte that can be seen. */
bool word_begins(const u8 *text, size_t from, size_t at);

/*
 * Whether a tag's name begins at text[p], right behind another tag: that is no value, whatever stands before. Without a tag
 * in front it may be one in brackets, "MRN: <A12345>".
 */
static inline bool begins_tag_name(const u8 *text, size_t p)
{
	return p > 1 && text[p - 1] == '<' && text[p - 2] == '>' && text[p] < 0x80 &&
	       byte_is_letter(text[p]);
}

/*
 * One step from a value at p back towards its label: over a separator or a small word, or over the rest of a tag
 * that ends before p; or `end`.
 */
size_t label_step_back(const u8 *text, size_t from, size_t end, size_t p);

/*
 * The gap behind a label that ends before text[end]: bit k if steps back from text[end + k + 1] lead
 * there. Reads n bytes of it, at most 64.
 */
u64 label_gap(const u8 *text, size_t end, size_t n);

#endif
