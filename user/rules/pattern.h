/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a pattern to an automaton, the steps between.
 *
 *   "ab?(c|d){2}"  pattern_parse()   tree of nodes       pattern_parse.c, pattern_set.c
 *                  nfa_build()       program of insts    nfa.c
 *                  dfa_build()       table of states     dfa.c, dfa_minimise.c
 *                  group_build()     the program kept    group.c
 */
#ifndef RULES_PATTERN_H
#define RULES_PATTERN_H

#include <scrim/arena.h>
#include <scrim/rules.h>

#define PATTERN_MAX_LEN   1024 /* bytes of a pattern as written */
#define PATTERN_MAX_DEPTH 16   /* groups inside groups */
#define NFA_MAX           2048 /* instructions of a program */
#define DFA_MAX_STATES    4096 /* before minimising */

/* A set of byte values. */
struct byteset {
	u64 w[4];
};

static inline void byteset_add(struct byteset *s, u8 c)
{
	s->w[c >> 6] |= 1ULL << (c & 63);
}

static inline void byteset_remove(struct byteset *s, u8 c)
{
	s->w[c >> 6] &= ~(1ULL << (c & 63));
}

static inline bool byteset_has(const struct byteset *s, u8 c)
{
	return s->w[c >> 6] >> (c & 63) & 1;
}

enum node_kind { NODE_SET, NODE_SEQ, NODE_ALT, NODE_REPEAT, NODE_MARK };

struct node {
	enum node_kind kind;
	u32 min, max;       /* what it matches, bytes */
	u32 from, to;       /* NODE_REPEAT: how often */
	struct byteset set; /* NODE_SET */
	struct node *first; /* children, in order */
	struct node *next;  /* sibling */
};

/* Where a parse stands. Columns are 1-based offsets in bytes. */
struct parser {
	struct arena *arena;
	const char *pattern;
	const char *p;
	unsigned int depth;
	bool fold;           /* (?i) */
	bool marked;         /* the group that marks has been seen */
	u32 limit;           /* of what it may match, bytes */
	unsigned int column; /* of the error */
	struct err *e;
};

/* Sets the error at `at`: -EINVAL, "column N: ..." */
int parser_fail(struct parser *ps, const char *at, const char *fmt, ...) printf_like(3, 4);

/*
 * Parses the whole pattern into *ret_tree (in ps->arena).
 * Returns 0, -EINVAL with ps->column and e set, -ENOMEM.
 */
int pattern_parse(struct parser *ps, struct node **ret_tree);

/* After a backslash at ps->p: the set it stands for; moves ps->p behind it. 0 or -EINVAL. */
int pattern_escape(struct parser *ps, struct byteset *ret_set);
/* A class, ps->p behind its '['; moves ps->p behind the ']'. 0 or -EINVAL. */
int pattern_class(struct parser *ps, struct byteset *ret_set);
/* Adds the other case of every ASCII letter in s. */
void byteset_fold(struct byteset *s);

enum nfa_op {
	NFA_SET,   /* one byte of `set`, then on to x */
	NFA_SPLIT, /* x is tried before y */
	NFA_FROM,  /* the marked part begins here; on to x */
	NFA_TO,    /* and ends here */
	NFA_MATCH
};

struct nfa_inst {
	u8 op;
	u16 x, y;
	u16 set; /* index into nfa.sets */
};

struct nfa {
	u16 ninsts, nsets;
	u16 start;
	bool marked; /* has FROM and TO */
	const struct nfa_inst *insts;
	const struct byteset *sets;
};

/* Returns 0, -E2BIG with e set, -ENOMEM. */
int nfa_build(struct arena *a, const struct node *tree, bool marked, struct nfa *ret_nfa,
	      struct err *e);

/* The automaton in `a`. Returns 0, -E2BIG with e set, -ENOMEM. */
int dfa_build(struct arena *a, const struct nfa *nfa, const struct node *tree, struct dfa *ret_dfa,
	      struct err *e);

/* Merges states that accept the same rests, in place (trans, accept, nstates). 0 or -ENOMEM. */
int dfa_minimise(u16 *trans, u8 *accept, u16 *nstates, u16 nclasses);

/* Keeps what form_masked_part() needs; *ret_group is NULL where nothing is marked. */
int group_build(struct arena *a, const struct nfa *nfa, const struct group_prog **ret_group);

/* Whether d accepts text[0, len). */
bool dfa_takes(const struct dfa *d, const u8 *text, size_t len);

/* A pattern's automaton, and no more, in `a`. Returns 0, -EINVAL or -E2BIG with e set, -ENOMEM. */
int pattern_dfa(struct arena *a, const char *pattern, struct dfa *ret_dfa, struct err *e);

/* How many bytes behind a match are held while this guard waits for the one behind them. */
u32 guard_holds(enum guard after);

/* Whether the group that marks a part can take text[0, len). */
bool group_takes(const struct group_prog *group, const u8 *text, size_t len);

/*
 * Compiles labels (NULL-ended); *ret_labels in `a`, NULL where there are none.
 * Returns 0, -EINVAL with e set, -ENOMEM.
 */
int label_set_build(struct arena *a, const char *const *labels, u16 distance,
		    const struct label_set **ret_labels, struct err *e);

#endif
