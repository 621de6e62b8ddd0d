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
#include <sys/types.h>

#define LINE_BLOCKS 5                  /* of 64 bytes: longer lines are not remembered */
#define LINE_ROOM   (64 * LINE_BLOCKS) /* with what ends it */
#define CODED_ROOM  128                /* so much of a line is kept by codes */
#define MEMO_SETS   512
#define MEMO_WAYS   8  /* lines of a set */
#define MEMO_SPOTS  64 /* of a line, where something may match: a bit for each is a word */
#define MEMO_PLACES 32 /* of a line: of its spots, many have the same */

/*
 * A line that is being read. Its rough outline has a blank for each hex digit, the letters of words among them: that
 * takes no look at what stands around it, and most lines that have the same are of one outline.
 */
struct line {
	u64 hash;       /* of its rough outline and the scanner: never 0 */
	const u8 *text; /* where it stands */
	size_t len;     /* with what ends it */
	struct memo_line *expected;
	u64 left; /* of its spots, those at which something may match: a bit for each */
	/* Its first bytes, and zeros, by codes: those of the instruction set, as scan_code.outline_code() has them. */
	_Alignas(64) u8 coded[CODED_ROOM];
};

/* Lines that follow each other. */
#define BATCH_LINES 64 /* a bit for each is a word */
struct line_batch {
	size_t n;          /* those that are not too long */
	size_t bytes_read; /* of these */
	size_t bytes;      /* of all */
	struct line line[BATCH_LINES];
};

/* Where something may match in a line, and its places: spots that have the same share them. */
struct memo_spot {
	u16 at;
	u8 first, nplaces;
};

/* Forms of a group that may match at a spot of a line, which has a place for each group that has such. */
struct memo_place {
	u16 group;
	bool labelled; /* for some of them it must be seen which labels stand before */
	/* The quick way of one of them, if none is labelled and what stands before is no blank; or NULL. */
	quick_fn quick;
	struct form_id id; /* that one */
	u64 forms, others; /* all of them; all but that one */
};

/*
 * What some of a line's bytes say of four spots, before any form is asked. Where a blank is any hex digit, it says much
 * which of those are digits: "deadbeef" is no date. Where it is a digit, the first one does: "93 14" is no phone. And what
 * stands before a place in a run of hex digits would have to be a label's end.
 */
#define FOUR_SPOTS   4
#define SPOT_SEEN    6   /* bytes of one */
#define SPOTS_BEHIND 8   /* bytes behind a line that may be read if they are there */
#define BEGINS_SEEN  128 /* spots are looked at so far from a line's begin */
struct spot_digits {
	/* A bit for each pattern of digits that the first SPOT_SEEN bytes may have. */
	u64 pattern[FOUR_SPOTS];
	/* A bit for each hex digit c that may stand before it, or be its first byte or second: bit c % 64, or all. */
	u64 before[FOUR_SPOTS], begin[FOUR_SPOTS], second[FOUR_SPOTS];
};

/*
 * What is sure of a spot: where its numbers are in these ranges (struct sure_ranges), there is a match, and no other could be
 * as long.
 */
#define SURE_SPOTS 4  /* of a line, in pairs */
#define SURE_AMONG 8  /* its first ones */
#define SURE_BYTES 16 /* a match has no more, nor do its ranges read more */
struct memo_sure {
	_Alignas(64) u8 from[SURE_BYTES];
	u32 low[4], span[4];
	u8 digits[SURE_BYTES]; /* a mask of those of the match */
};

/* A line that was seen is remembered by its hash alone; the second time one learns where to look. */
enum memo_state {
	LINE_SEEN,
	LINE_KNOWN,
	LINE_UNFIT /* too much may match in it, or does, or to learn it costs too much */
};
#define CROWD  20 /* bytes of a line for each of its spots that are left: a crowd has fewer */
#define CROWDS 16 /* crowds, and it is unfit */

/* What is known of lines of one outline. What is looked at of each line comes first. */
struct memo_line {
	_Alignas(64) u64 knows; /* memo_knows(), or 0 if nothing is known */
	u64 scanner;            /* scanner.serial */
	u16 len;
	u8 state;
	u8 nspots, nplaces;
	bool placed; /* it has spots */
	bool used;   /* since room was looked for in its set */
	u8 crowds; /* lines of it that were crowds, less those that had some spots left and were none */
	u8 surely; /* which of the first SURE_AMONG spots may be sure of a match: a bit for each */
	/* Of these, the n-th one at n; where the last one has none beside it, it is twice in sure_at[] and sure[]. */
	u8 nsure, sure_at[SURE_SPOTS], sure_len[SURE_SPOTS], sure_digits[SURE_SPOTS];
	u8 sure_rule[SURE_SPOTS]; /* of the match */
	u64 sure_rules;           /* a bit for each of these */
	u64 alone; /* spots that have one place, to which no label matters: a bit for each */
	struct memo_spot spots[MEMO_SPOTS]; /* in order */
	/* Its outline by codes, and, if these do not say it, where letters may stand for them: scan_code.outline_code(). */
	_Alignas(64) u8 coded[LINE_ROOM];
	_Alignas(64) u8 letters[LINE_ROOM];
	struct memo_sure sure[SURE_SPOTS];
	/* Of the spots, then zeros. */
	_Alignas(64) struct spot_digits digits[MEMO_SPOTS / FOUR_SPOTS];
	struct memo_place places[MEMO_PLACES];
	_Alignas(64) u8 outline[LINE_ROOM];
	u8 apart[64]; /* else all lines begin at a few places of a cache */
};

_Static_assert(sizeof(struct memo_line) / 64 % 2, "an odd number of a cache's lines");

struct scan_memo {
	_Alignas(64) u64 tag[MEMO_SETS][MEMO_WAYS]; /* hashes; 0: none */
	void *memory;                               /* in which this is */
	size_t lines, read;                         /* of late, the latter in bytes */
	size_t again;   /* of these bytes, those of lines that are known */
	size_t asleep;  /* bytes to do without it */
	size_t nap;     /* as many the next time */
	ssize_t credit; /* for bytes that were read, not yet spent on learning */
	struct memo_line line[MEMO_SETS][MEMO_WAYS];
	struct line_batch batch; /* what is being read */
};

/* What memo_line.knows is of lines of that length that s knows; which one it is, that only its outline tells. */
#define KNOWS_UNFIT (1U << 15) /* and it is unfit */
static inline u64 memo_knows(const struct scanner *s, size_t len)
{
	_Static_assert(LINE_ROOM < KNOWS_UNFIT, "a serial number has 48 bits");
	return s->serial << 16 | len;
}

/*
 * Of a line that nothing is known of, remembers the hash, or learns it when that is seen the second time. Returns what is known
 * then, or NULL.
 */
struct memo_line *memo_meet(struct scan_memo *m, const struct scanner *s, const struct line *line);

/* The set of tags that a hash belongs to. */
static inline size_t memo_set(u64 hash)
{
	return hash % MEMO_SETS;
}

/* The line of one of a set's tags, first_way(). */
static inline struct memo_line *memo_line_at(struct scan_memo *m, size_t set, size_t way)
{
	return &m->line[set][way];
}

/*
 * Bytes of ASCII by codes that hold a line against its outline with AVX-512: digits are 0, hex digits that are letters 1 to
 * 12, and what had these codes has those of the former. Any other byte is its own code. No byte has CODE_HEX.
 */
#define CODE_HEX 13 /* of an outline: for what is less */
extern const u8 outline_codes[128];

/* The outline of a line of n bytes, and zeros behind it. */
void outline_of(const u8 *line, size_t n, u8 ret_outline[LINE_ROOM]);

/* Makes l one that stands for all lines of that outline; what is known of them it does not say. */
void memo_line_begin(struct memo_line *l, const u8 outline[LINE_ROOM], size_t n,
		     outline_code_fn code);

/* For bytes that were read some more may be learnt. */
void memo_pay(struct scan_memo *m, size_t bytes);

/* Behind each batch: where few lines are known, the memo does not pay for a while. */
void memo_judge(struct scan_memo *m);

/*
 * Where something may match in a line of that outline. Sets l->state, l->spots, l->places. Returns what it cost, in units
 * of about a nanosecond; where that would be more than LEARN_MOST, by little, the line is unfit.
 */
#define LEARN_MOST (3u << 19)
size_t memo_learn(const struct scanner *s, const u8 *bytes, size_t len, struct memo_line *l);

#endif
