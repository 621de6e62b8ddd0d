/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pattern language: regular expressions whose every repeat has a bound.
 *
 *   pattern  = ["(?i)"] choice
 *   choice   = sequence { "|" sequence }
 *   sequence = repeat { repeat }
 *   repeat   = atom [ "?" | "{m}" | "{m,n}" ]
 *   atom     = byte | "." | "\" escape | "[" class "]" | "(?:" choice ")" | "(" choice ")"
 *
 * Lengths are added up on the way, so that no tree ever grows beyond parser.limit bytes of
 * match: with every part at least able to match a byte, that bounds the tree as well.
 */
#include "pattern.h"
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int parse_choice(struct parser *ps, struct node **ret);

int parser_fail(struct parser *ps, const char *at, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	ps->column = (unsigned int)(at - ps->pattern) + 1;
	return err_set(ps->e, EINVAL, "column %u: %s", ps->column, text);
}

static struct node *node_new(struct parser *ps, enum node_kind kind, u32 min, u32 max)
{
	struct node *n = arena_alloc(ps->arena, sizeof(*n));

	if (n) {
		n->kind = kind;
		n->min = min;
		n->max = max;
	}
	return n;
}

static int check_length(struct parser *ps, const char *at, u32 max)
{
	if (max <= ps->limit)
		return 0;
	return parser_fail(ps, at,
			   "up to here it can match %u bytes; the limit is %u%s; shorten it", max,
			   ps->limit, ps->limit < SCRIM_WINDOW ? " with this guard behind it" : "");
}

/* ps->p behind "(?": says why this group is refused. */
static int refuse_group(struct parser *ps, const char *open)
{
	switch (*ps->p) {
	case '=':
	case '!':
		return parser_fail(ps, open, "no look-ahead; say what may follow with after:");
	case '<':
		if (ps->p[1] == '=' || ps->p[1] == '!')
			return parser_fail(ps, open, "no look-behind; use before: or labels:");
		/* fall through */
	case 'P':
	case '\'':
		return parser_fail(ps, open, "no named groups; ( ) marks the part to mask");
	case '>':
		return parser_fail(ps, open, "no atomic groups; write (?: )");
	case 'i':
		return parser_fail(ps, open, "(?i) stands only at the pattern's begin");
	default:
		return parser_fail(ps, open, "an unknown kind of group; there are (?: ) and ( )");
	}
}

static int parse_group(struct parser *ps, struct node **ret)
{
	const char *open = ps->p - 1;
	struct node *body, *mark;
	bool marks = *ps->p != '?';
	int r;

	if (!marks) {
		ps->p++;
		if (*ps->p != ':')
			return refuse_group(ps, open);
		ps->p++;
	} else if (*ps->p == '*') {
		return parser_fail(ps, open, "no verbs; for the bracket itself write \\(");
	} else if (ps->marked) {
		return parser_fail(ps, open,
				   "a second ( ): only one part can be marked; write (?: )");
	}
	if (marks)
		ps->marked = true;
	if (++ps->depth > PATTERN_MAX_DEPTH)
		return parser_fail(ps, open, "groups inside groups: at most %d deep",
				   PATTERN_MAX_DEPTH);
	r = parse_choice(ps, &body);
	if (r)
		return r;
	ps->depth--;
	if (*ps->p != ')')
		return parser_fail(ps, open,
				   "'(' is never closed; for the bracket itself write \\(");
	ps->p++;
	*ret = body;
	if (!marks)
		return 0;
	if (!body->min)
		return parser_fail(ps, open, "the marked part can be empty; require a byte of it");
	mark = node_new(ps, NODE_MARK, body->min, body->max);
	if (!mark)
		return -ENOMEM;
	mark->first = body;
	*ret = mark;
	return 0;
}

static int set_node(struct parser *ps, const struct byteset *set, struct node **ret)
{
	struct node *n = node_new(ps, NODE_SET, 1, 1);

	if (!n)
		return -ENOMEM;
	n->set = *set;
	if (ps->fold)
		byteset_fold(&n->set);
	*ret = n;
	return 0;
}

/* A byte that stands for itself; the bytes of one UTF-8 character are one atom. */
static int parse_literal(struct parser *ps, struct node **ret)
{
	struct node *seq = NULL, **tail = NULL;
	struct byteset s;
	int r;

	do {
		s = (struct byteset){0};
		byteset_add(&s, (u8)*ps->p);
		r = set_node(ps, &s, ret);
		if (r || (u8)*ps->p++ < 0x80)
			return r;
		if (!seq) {
			seq = node_new(ps, NODE_SEQ, 0, 0);
			if (!seq)
				return -ENOMEM;
			tail = &seq->first;
		}
		*tail = *ret;
		tail = &(*ret)->next;
		seq->min = ++seq->max;
	} while (((u8)*ps->p & 0xc0) == 0x80 && seq->max < 4);
	*ret = seq;
	return 0;
}

static int parse_atom(struct parser *ps, struct node **ret)
{
	struct byteset s = {{~0ULL, ~0ULL, ~0ULL, ~0ULL}};
	const char *at = ps->p;
	char c = *ps->p;

	switch (c) {
	case '(':
		ps->p++;
		return parse_group(ps, ret);
	case '[':
		ps->p++;
		return pattern_class(ps, &s) ? -EINVAL : set_node(ps, &s, ret);
	case '\\':
		ps->p++;
		return pattern_escape(ps, &s) ? -EINVAL : set_node(ps, &s, ret);
	case '.':
		ps->p++;
		byteset_remove(&s, '\n');
		return set_node(ps, &s, ret);
	case '^':
	case '$':
		return parser_fail(ps, at,
				   "'%c': no anchors; use before: and after:, or write \\%c", c, c);
	case '*':
	case '+':
	case '?':
	case '{':
		return parser_fail(
			ps, at, "'%c' has nothing to repeat; for the byte itself write \\%c", c, c);
	case '\n':
		return parser_fail(ps, at, "a pattern never matches a newline; leave it out");
	default:
		return parse_literal(ps, ret);
	}
}

#define COUNT_MAX 9999 /* far beyond what a match may have */

/* Digits at ps->p as a number, COUNT_MAX + 1 for all beyond; -1 if there are none. */
static int parse_count(struct parser *ps)
{
	int n = -1;

	while (isdigit((unsigned char)*ps->p)) {
		n = (n < 0 ? 0 : n) * 10 + (*ps->p++ - '0');
		if (n > COUNT_MAX)
			n = COUNT_MAX + 1;
	}
	return n;
}

/* "{m}" or "{m,n}", ps->p behind the '{'. */
static int parse_braces(struct parser *ps, u32 *ret_from, u32 *ret_to)
{
	const char *open = ps->p - 1;
	int from = parse_count(ps), to = from;

	if (from >= 0 && *ps->p == ',') {
		ps->p++;
		to = parse_count(ps);
	}
	if (from > COUNT_MAX || to > COUNT_MAX)
		return parser_fail(
			ps, open,
			"a repeat of more than %d; a match has at most %u bytes; shorten it",
			COUNT_MAX, ps->limit);
	if (from >= 0 && to < 0)
		return parser_fail(ps, open, "'{%d,' has no upper bound; write {%d,N}", from, from);
	if (from < 0 || *ps->p != '}')
		return parser_fail(ps, open,
				   "a repeat is {m} or {m,n}; for the brace itself write \\{");
	ps->p++;
	if (to < from)
		return parser_fail(ps, open,
				   "{%d,%d}: the bounds are the wrong way round; write {%d,%d}",
				   from, to, to, from);
	if (!to)
		return parser_fail(ps, open, "{0} never matches anything; leave the part out");
	*ret_from = (u32)from;
	*ret_to = (u32)to;
	return 0;
}

/* Wraps *ret, just parsed, if a quantifier follows. marks: the part to mask is in it. */
static int parse_repeat(struct parser *ps, bool marks, struct node **ret)
{
	const char *at = ps->p;
	struct node *n;
	u32 from = 0, to = 1;

	if (*at == '*' || *at == '+')
		return parser_fail(ps, at, "'%c' has no bound; write {%d,N}", *at, *at == '+');
	if (*at != '?' && *at != '{')
		return 0;
	ps->p++;
	if (*at == '{' && parse_braces(ps, &from, &to))
		return -EINVAL;
	if (strchr("?*+{", *ps->p) && *ps->p)
		return parser_fail(ps, ps->p, "a repeat of a repeat; group the first: (?: )");
	if (check_length(ps, at, (*ret)->max * to))
		return -EINVAL;
	if (marks && to > 1)
		return parser_fail(ps, at,
				   "of a repeated ( ) only the last would be masked; put the "
				   "repeat inside");
	n = node_new(ps, NODE_REPEAT, (*ret)->min * from, (*ret)->max * to);
	if (!n)
		return -ENOMEM;
	n->from = from;
	n->to = to;
	n->first = *ret;
	*ret = n;
	return 0;
}

static int parse_sequence(struct parser *ps, struct node **ret)
{
	struct node *seq = node_new(ps, NODE_SEQ, 0, 0), **tail, *n = NULL;
	const char *at = ps->p;
	bool marked;
	int r;

	if (!seq)
		return -ENOMEM;
	tail = &seq->first;
	while (*ps->p && *ps->p != '|' && *ps->p != ')') {
		at = ps->p;
		marked = ps->marked;
		r = parse_atom(ps, &n);
		if (!r)
			r = parse_repeat(ps, ps->marked && !marked, &n);
		if (!r)
			r = check_length(ps, at, seq->max + n->max);
		if (r)
			return r;
		seq->min += n->min;
		seq->max += n->max;
		*tail = n;
		tail = &n->next;
	}
	if (!seq->first)
		return parser_fail(ps, at,
				   "nothing here to match; for an optional part write (?: )?");
	*ret = seq;
	return 0;
}

static int parse_choice(struct parser *ps, struct node **ret)
{
	struct node *alt, **tail, *n;
	int r;

	r = parse_sequence(ps, &n);
	if (r)
		return r;
	*ret = n;
	if (*ps->p != '|')
		return 0;
	alt = node_new(ps, NODE_ALT, n->min, n->max);
	if (!alt)
		return -ENOMEM;
	alt->first = n;
	tail = &n->next;
	while (*ps->p == '|') {
		ps->p++;
		r = parse_sequence(ps, &n);
		if (r)
			return r;
		alt->min = n->min < alt->min ? n->min : alt->min;
		alt->max = n->max > alt->max ? n->max : alt->max;
		*tail = n;
		tail = &n->next;
	}
	*ret = alt;
	return 0;
}

int pattern_parse(struct parser *ps, struct node **ret_tree)
{
	struct node *tree;
	int r;

	if (strlen(ps->pattern) > PATTERN_MAX_LEN)
		return parser_fail(ps, ps->pattern + PATTERN_MAX_LEN,
				   "a pattern has at most %d bytes", PATTERN_MAX_LEN);
	ps->p = ps->pattern;
	if (!strncmp(ps->p, "(?i)", 4)) {
		ps->fold = true;
		ps->p += 4;
	}
	r = parse_choice(ps, &tree);
	if (r)
		return r;
	if (*ps->p)
		return parser_fail(ps, ps->p,
				   "')' closes nothing; for the bracket itself write \\)");
	if (!tree->min)
		return parser_fail(ps, ps->pattern,
				   "the pattern can match nothing at all; require a byte of it");
	*ret_tree = tree;
	return 0;
}
