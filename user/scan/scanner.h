/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ruleset made ready for scanning; README.md beside this file tells how all of it works.
 *
 *   struct scanner ── prefilter  which places are worth a look, for all forms together
 *                  ├─ groups[]   64 forms each, a bit for a form: which bytes may stand where
 *                  └─ forms[]    by bit: the form and its automaton, laid out for walking; those
 *                                 that need a label last
 */
#ifndef SCAN_SCANNER_H
#define SCAN_SCANNER_H

#include "prefilter.h"
#include <scrim/arena.h>
#include <scrim/scan.h>
#include <scrim/sixteen.h>

#define SCALAR_BANKS 2
#define NEON_BANKS   3
#define SSE42_BANKS  3
#define AVX2_BANKS   3
#define AVX512_BANKS 6
/* Of heaps of labels. */
#define SCALAR_HEAPS  1 /* which nobody looks at */
#define SHUFFLE_HEAPS 3
#define AVX512_HEAPS  HEAP_BANKS

#define LOOK_READ  16 /* bytes that a look at what a match begins with may read */
#define LABEL_SETS 64 /* different ones that are looked up together */

/* The blanks of an outline. */
enum { BLANK_DIGIT, BLANK_HEX, BLANKS };

/* A form as a match names it. */
struct form_id {
	u16 rule, form;
};

/*
 * 64 forms. A set bit means "form possible": before[j][c] if byte c stands before the match
 * (j: and a digit before c), at[k][c] if c is the match's byte k. Where a match may have ended
 * before k, the form's bit is set for what its guard lets stand there, then for all.
 */
struct group {
	u64 anchored;           /* possible only where an anchor was seen */
	u64 labelled;           /* need a label, or must not have one */
	u64 behind[LABEL_SETS]; /* possible only behind a label of the set */
	u64 quick;              /* have a quick way */
	u64 told;  /* that, or a brief one, and the byte before tells whether its guard holds */
	u64 often; /* know how to see quickly that they do not match */
	u64 reach[QUICK_READ]; /* may match that many bytes or more, or be refused */
	quick_fn quickly[GROUP_FORMS];
	never_fn never[GROUP_FORMS];
	struct form_id ids[GROUP_FORMS];
	u64 before[2][256];
	u64 at[FILTER_DEPTH][256];
	u64 before_blank[2][BLANKS], at_blank[FILTER_DEPTH][BLANKS]; /* for a blank of an outline */
	u64 behind_run[2][256]; /* by the two bytes behind its first digits; see struct form_sets */
	u64 under[BANKS][256];  /* by which shapes of a bank fit: the forms under them */
	u64 digits[1 << DIGIT_PATTERN]; /* by which of the first bytes are digits */
};

/*
 * An automaton by two bytes at a step, where it is small: half as many loads that wait for each
 * other. next = trans[column[byte] + automaton.column[next byte] + state]
 */
struct pairs {
	u32 column[256];
	const u16 *trans;
};
#define PAIRS_MAX 16384 /* entries */

/*
 * A form's automaton: next = trans[column[byte] + state]. States are sorted: dead (0), then those that
 * do not accept, those that do, and those that accept and lead nowhere.
 */
struct automaton {
	const struct pairs *pairs; /* NULL: too large */
	const u32 *column;
	const u16 *trans;
	u32 start;
	u32 accept; /* states from here on accept */
	u32 final;  /* states from here on accept and cannot go on */
	u16 max;    /* longest match */
};

/* The classes of an automaton that a blank of an outline may be of, each once. */
struct blank {
	u8 n;
	u8 class[22];
};

struct scan_form {
	const struct form *form;
	struct automaton dfa;
	const signed char *behind; /* what the guard says of a byte behind a match: guard_table() */
	u16 index;                 /* into ruleset.forms */
	bool unindexed;            /* its labels are not in scanner.labels */
	u64 labels, unless;        /* bits of label_index_find(); 0: none */
	struct blank digit, letter; /* letter: of a hex digit */
};

/* What a byte of an outline is held against those of lines by (memo.h), as the code of an ISA has it. */
typedef void (*outline_code_fn)(u8 c, u8 *ret_code, u8 *ret_letters);

/* What there is once for each ISA. */
struct scan_code {
	void (*run)(const struct scanner *s, struct scan_job *job);
	void (*run_lines)(const struct scanner *s, struct scan_job *job); /* with job->memo */
	const u8 *(*find_control)(const u8 *p, const u8 *end, u8 c);
	outline_code_fn outline_code;
};
const struct scan_code *scan_code(enum isa isa);
/* The processor it is built for decides which of them there are. */
extern const struct scan_code scan_scalar, scan_neon, scan_sse42, scan_avx2, scan_avx512;

struct scanner {
	struct arena arena; /* owns all of it */
	const struct ruleset *rs;
	enum isa isa;
	unsigned int owners;
	u16 nforms, ngroups;
	u64 serial;   /* no other scanner of this process has it, nor had */
	u64 memo_key; /* what tells its lines from those of others in a memo */
	u8 line_end;  /* what ends a line, too: '\r', or '\n' if some form can go on over a '\r' */
	u16 plain_groups; /* the first ones: those behind have only forms that need a label */
	struct scan_form *forms;
	struct group *groups;
	struct prefilter prefilter;
	const struct label_index *labels; /* NULL: no form has any */
	struct label_filter label_filter;
	u16 nlabels;
	bool unindexed; /* some form's labels are not in it */
	const struct label_set *label_sets[LABEL_SETS];
	signed char behind[GUARD_GROUP + 1][256]; /* by guard, for scan_form.behind */
};

/* Lays d out for walking, in a. Returns 0, -ENOMEM. */
int automaton_build(struct arena *a, const struct dfa *d, struct automaton *ret_dfa);

/* What the shapes find. */
struct fits {
	u64 *candidates; /* a bit for a place: a form may begin */
	u64 *others;     /* one that has no quick way may; perhaps too many */
	u64 *zoned;      /* one that needs a label may */
	u64 *anchors;    /* an anchor may stand */
	u8 *fit[BANKS];  /* a byte for a place: the shapes of a bank that fit */
};

/* What is known of a place. */
struct hints {
	u8 fit[BANKS];
	bool anchored; /* an anchored form may match */
	bool zoned;    /* a label may stand before */
	u64 sets;      /* of these sets one does */
	bool holder;   /* it matters which rule is the first to be undecided */
};

/* Which of the LOOK_READ bytes at t are digits: bit k for byte k. */
static inline unsigned int digits_at(const u8 *t)
{
	return sixteen_digits(sixteen_load(t));
}

/* Counts that the validator of one of a rule's forms refused what its pattern found. */
static inline void count_refused(struct scan_job *job, u16 rule)
{
	job->refused[rule / 64] |= 1ULL << rule % 64;
	if (job->rejected)
		job->rejected[rule]++;
}

/* Whether a guard in front may ask what stands before c: '-', '.' or '/', which follow each other. */
static inline bool byte_may_join(u8 c)
{
	return (u8)(c - '-') < 3;
}

/* The forms that what stands before p allows; p > 0. */
static inline u64 group_before(const struct group *g, const u8 *text, size_t p)
{
	u8 c = text[p - 1];

	return g->before[byte_may_join(c) && p > 1 && (u8)(text[p - 2] - '0') < 10][c];
}

/* Those of `forms` that can begin with the LOOK_READ bytes at t. */
static inline u64 group_look(const struct group *g, const u8 *t, u64 forms)
{
	unsigned int digits = digits_at(t), run;

	forms &= g->digits[digits % (1U << DIGIT_PATTERN)];
	if (!forms)
		return 0;
	run = (unsigned int)__builtin_ctz(~digits | 1U << RUN_MAX);
	forms &= g->behind_run[0][t[run]];
	forms &= run < RUN_MAX ? g->behind_run[1][t[run + 1]] : forms;
#pragma GCC unroll 12
	for (size_t k = 0; k < FILTER_DEPTH; k++)
		forms &= g->at[k][t[k]];
	return forms;
}

/* The forms that a label of `sets` asks for. */
static inline u64 group_behind(const struct group *g, u64 sets)
{
	u64 forms = 0;

	for (; sets; sets &= sets - 1)
		forms |= g->behind[__builtin_ctzll(sets)];
	return forms;
}

/* The forms of group g that the shapes at a place leave. */
static inline u64 candidate_forms(const struct scanner *s, u16 g, const struct hints *hints)
{
	const struct group *group = &s->groups[g];
	u64 forms = 0;

	for (int bank = 0; bank < BANKS; bank++)
		forms |= group->under[bank][hints->fit[bank]];
	forms |= hints->anchored ? group->anchored : 0;
	return forms | group_behind(group, hints->sets);
}

enum verdict { NO_MATCH, MATCH, UNDECIDED };

/*
 * The best match at p of all forms, with the exact answer: filter, automata, guards, labels,
 * validators. Adds to job->rejected and job->refused unless UNDECIDED, and to job->walked.
 *   ret_m  the match; of it only `rule` when UNDECIDED and hints->holder: the first that may
 *          still match
 */
enum verdict confirm(const struct scanner *s, struct scan_job *job, size_t p,
		     const struct hints *hints, struct match *ret_m);

/*
 * The same of some forms: forms[g] of group g, which is changed; what group_filter() looks at may have left more of them than
 * it does.
 *   labelled  it takes a look at which labels stand before p, if they matter to any
 */
enum verdict confirm_among(const struct scanner *s, struct scan_job *job, size_t p, u64 *forms,
			   bool labelled, struct match *ret_m);

/*
 * The same of `forms` of group g, none of which a label matters to; what group_filter() looks at may have left more of
 * them than it does.
 */
enum verdict confirm_group(const struct scanner *s, struct scan_job *job, size_t p, u16 g,
			   u64 forms, struct match *ret_m);

/* What ends a line: over it no match goes on, and no label is seen. */
static inline bool ends_line(const struct scanner *s, u8 c)
{
	return c == '\n' || c == s->line_end;
}

/* Those of `forms` of g that may match at p, as far as their first bytes and the two before tell. */
u64 group_filter(const struct group *g, const u8 *text, size_t p, size_t len, u64 forms);

/*
 * Takes out of `forms` of group g those whose guard forbids what stands before p, where the byte
 * before p, which is all that group_filter() looks at, does not tell: the last of a character.
 */
u64 group_guarded(const struct scanner *s, u16 g, const u8 *text, size_t p, u64 forms);

/*
 * Takes out of `forms` of group g those whose labels forbid a match at p; a label
 * of each of `sets`, and of no other, stands before it.
 */
u64 group_labelled(const struct scanner *s, u16 g, const u8 *text, size_t p, u64 forms, u64 sets);

#endif
