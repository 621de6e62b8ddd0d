/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tree as a program (Thompson, "Regular Expression Search Algorithm", CACM 1968): sets of
 * bytes and splits whose first way is preferred. Built from the end to the front, so that every
 * instruction knows where it goes on; repeats are written out.
 */
#include "pattern.h"
#include <errno.h>
#include <string.h>

struct builder {
	struct nfa_inst *insts;
	struct byteset *sets;
	u16 ninsts, nsets;
	bool full;
};

static u16 emit(struct builder *b, enum nfa_op op, u16 x, u16 y, u16 set)
{
	if (b->ninsts == NFA_MAX) {
		b->full = true;
		return 0;
	}
	b->insts[b->ninsts] = (struct nfa_inst){.op = (u8)op, .x = x, .y = y, .set = set};
	return b->ninsts++;
}

/* Equal sets are kept once: the byte classes are made of them. */
static u16 set_index(struct builder *b, const struct byteset *s)
{
	u16 i;

	for (i = 0; i < b->nsets; i++)
		if (!memcmp(&b->sets[i], s, sizeof(*s)))
			return i;
	b->sets[b->nsets++] = *s;
	return i;
}

static u16 emit_node(struct builder *b, const struct node *n, u16 next);

static u16 emit_sequence(struct builder *b, const struct node *first, u16 next)
{
	const struct node *stack[PATTERN_MAX_LEN];
	size_t n = 0;

	for (; first; first = first->next)
		stack[n++] = first;
	while (n)
		next = emit_node(b, stack[--n], next);
	return next;
}

/* a|b|c from the last to the first: split(a, split(b, c)). */
static u16 emit_choice(struct builder *b, const struct node *n, u16 next)
{
	u16 way = emit_node(b, n, next);

	return n->next ? emit(b, NFA_SPLIT, way, emit_choice(b, n->next, next), 0) : way;
}

/* a{2,4} is a a (a (a)?)?: leaving is always to `next`. */
static u16 emit_repeat(struct builder *b, const struct node *n, u16 next)
{
	u16 at = next;

	for (u32 i = n->to; i > 0 && !b->full; i--) {
		at = emit_node(b, n->first, at);
		if (i > n->from)
			at = emit(b, NFA_SPLIT, at, next, 0);
	}
	return at;
}

static u16 emit_node(struct builder *b, const struct node *n, u16 next)
{
	if (b->full)
		return 0;
	switch (n->kind) {
	case NODE_SET:
		return emit(b, NFA_SET, next, 0, set_index(b, &n->set));
	case NODE_SEQ:
		return emit_sequence(b, n->first, next);
	case NODE_ALT:
		return emit_choice(b, n->first, next);
	case NODE_REPEAT:
		return emit_repeat(b, n, next);
	case NODE_MARK:
		next = emit(b, NFA_TO, next, 0, 0);
		return emit(b, NFA_FROM, emit_node(b, n->first, next), 0, 0);
	}
	return next;
}

int nfa_build(struct arena *a, const struct node *tree, bool marked, struct nfa *ret_nfa,
	      struct err *e)
{
	struct builder b = {
		.insts = arena_array(a, NFA_MAX, sizeof(struct nfa_inst)),
		.sets = arena_array(a, PATTERN_MAX_LEN, sizeof(struct byteset)),
	};
	u16 start;

	if (!b.insts || !b.sets)
		return -ENOMEM;
	start = emit(&b, NFA_MATCH, 0, 0, 0);
	start = emit_node(&b, tree, start);
	if (b.full)
		return err_set(e, E2BIG,
			       "the pattern needs more than %d instructions; write it shorter",
			       NFA_MAX);
	*ret_nfa = (struct nfa){
		.ninsts = b.ninsts,
		.nsets = b.nsets,
		.start = start,
		.marked = marked,
		.insts = b.insts,
		.sets = b.sets,
	};
	return 0;
}
