/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a thread remembers of lines: machines write the same lines over and over, with other numbers in
 * them. Of each line only the outline is kept,
 *
 *     12:11:12.609 job f626bc41 of ward 3 sent, 550 bytes
 *     00:00:00.000 job 11111111 of ward 0 sent, 000 bytes
 *
 * and with it where, in a line of that outline, which forms may match. A line whose outline is known
 * is asked about nothing else; and there, confirm_among() has the last word.
 *
 * That a line is a whole by itself is what makes it possible: no pattern matches a newline, and no label is seen
 * over one.
 */
#ifndef SCAN_MEMO_H
#define SCAN_MEMO_H

#include "scanner.h"
#include <scrim/outline.h>

#define LINE_BLOCKS 5                  /* of 64 bytes: longer lines are not remembered */
#define LINE_ROOM   (64 * LINE_BLOCKS) /* with what ends it */
#define MEMO_SETS   1024
#define MEMO_WAYS   4  /* lines of a set */
#define MEMO_PLACES 32 /* of a line */

/*
 * A line that is being read. Its rough outline has a blank for each hex digit, the letters of words among them: that
 * takes no look at what stands around it, and most lines that have the same are of one outline.
 */
struct line {
	u64 hash;       /* of its rough outline and the scanner: never 0 */
	size_t at, len; /* in the text; with what ends it */
	struct memo_line *expected;
	u64 digits[LINE_BLOCKS + 1]; /* where it has some, and a block of zeros behind it */
	u64 hex[LINE_BLOCKS]; /* where it has hex digits; as of the former, of two blocks at least */
};

/* Lines that follow each other. */
#define BATCH_LINES 32
struct line_batch {
	size_t n, bytes_read;
	struct line line[BATCH_LINES];
	size_t nplaces; /* lines that are known, have places, and are not yet read */
	u8 places[BATCH_LINES];
};

/* Forms of a group that may match at a place of a line. */
struct memo_place {
	u16 group;
	bool labelled; /* for some of them it must be seen which labels stand before */
	/* The quick way of one of them, if none is labelled and what stands before is no blank; or NULL. */
	quick_fn quick;
	const struct form_id *id; /* that one */
	u64 forms, others;        /* all of them; all but that one */
};

/*
 * What some of a line's bytes say of eight places, before any form is asked. Where a blank is any hex digit, it says much
 * which of those are digits: "deadbeef" is no date. Where it is a digit, the first one does: "93 14" is no phone. And what
 * stands before a place in a run of hex digits would have to be a label's end.
 */
#define PLACE_SEEN   6 /* bytes */
#define EIGHT_PLACES 8
#define BEGINS_SEEN  128 /* places are looked at so far from a line's begin */
struct place_digits {
	u64 pattern
		[EIGHT_PLACES]; /* a bit for each pattern of digits that the first PLACE_SEEN bytes may have */
	/* A bit for each hex digit c that may stand before it, that may be its first byte: bit c % 64, or all. */
	u64 before[EIGHT_PLACES], begin[EIGHT_PLACES];
};

/* A line that was seen is remembered by its hash alone; the second time one learns where to look. */
enum memo_state {
	LINE_SEEN,
	LINE_KNOWN,
	LINE_UNFIT /* too much may match in it, or to learn it costs too much */
};

struct memo_line {
	u64 scanner; /* scanner.serial */
	u16 len;
	u8 state;
	u8 nplaces;
	bool used; /* since room was looked for in its set */
	/* Where its outline has blanks of each kind, and where it has ended. */
	u64 digit_blanks[LINE_BLOCKS], hex_blanks[LINE_BLOCKS], behind[LINE_BLOCKS];
	_Alignas(64) u16 at[MEMO_PLACES]; /* where the places are, in order */
	/* Of the places, then zeros. */
	_Alignas(64) struct place_digits digits[MEMO_PLACES / EIGHT_PLACES];
	struct memo_place places[MEMO_PLACES];
	_Alignas(64) u8 outline[LINE_ROOM];
};

struct scan_memo {
	void *memory;                  /* in which this is */
	u64 tag[MEMO_SETS][MEMO_WAYS]; /* hashes; 0: none */
	size_t lines, read;            /* of late, the latter in bytes */
	size_t again;                  /* of these bytes, those of lines that are known */
	size_t asleep;                 /* bytes to do without it */
	size_t nap;                    /* as many the next time */
	size_t credit;                 /* for bytes that were read, not yet spent on learning */
	struct memo_line line[MEMO_SETS][MEMO_WAYS];
	struct line_batch batch; /* what is being read */
};

/* Whether l says what s knows of a line of that length; which one, that only its outline tells. */
static inline bool memo_knows(const struct memo_line *l, const struct scanner *s, size_t len)
{
	return l->state == LINE_KNOWN && l->scanner == s->serial && l->len == len;
}

/*
 * What is known of lines of this one's outline; NULL if nothing is: then its hash is remembered, and it is learnt when
 * it is seen the second time.
 */
struct memo_line *memo_meet(struct scan_memo *m, const struct scanner *s, const u8 *text,
			    const struct line *line);

/* The tags of the set that a hash belongs to. */
static inline const u64 *memo_tags(const struct scan_memo *m, u64 hash)
{
	return m->tag[hash % MEMO_SETS];
}

/* The line of one of a set's tags, first_way(): it will be looked at soon. */
static inline struct memo_line *memo_expect(struct scan_memo *m, const u64 *tags, size_t way)
{
	struct memo_line *l = &m->line[(size_t)(tags - m->tag[0]) / MEMO_WAYS][way];

	__builtin_prefetch(l);
	__builtin_prefetch(l->outline);
	__builtin_prefetch(l->outline + 64);
	return l;
}

/* The outline of a line of n bytes, and zeros behind it. */
void outline_of(const u8 *line, size_t n, u8 ret_outline[LINE_ROOM]);

/* Makes l one that stands for all lines of that outline; what is known of them it does not say. */
void memo_line_begin(struct memo_line *l, const u8 outline[LINE_ROOM], size_t n);

/* Behind each batch: where few lines are known, the memo does not pay for a while. */
void memo_judge(struct scan_memo *m);

/*
 * Where something may match in a line of that outline. Sets l->state, l->places. Returns what it cost, in units
 * of about a nanosecond; where that would be more than LEARN_MOST, by little, the line is unfit.
 */
#define LEARN_MOST (1u << 19)
size_t memo_learn(const struct scanner *s, const u8 *bytes, size_t len, struct memo_line *l);

#endif
