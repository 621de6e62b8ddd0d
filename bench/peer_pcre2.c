/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PCRE2, compiled to machine code: it knows one pattern at a time, so every form looks for its own
 * next match, and the first of them all is taken.
 *
 *   form 0   ......A.............A....       A: where PCRE2 finds the pattern, and there the
 *   form 1   ..........................      longest end at which guards, labels and validator
 *   form 2   ...A..........A...........      hold
 *            ───▶ picked: 2, 0, 2, 0         each form reads the text once, and again only where
 *                                            another one's match was in its way
 *
 * Guards go into the pattern as far as two assertions on one byte can say it, so that fewer places
 * have to be judged.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "engine.h"

#include <errno.h>
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STACK_MAX (1 << 20)

struct looker {
	u16 id;
	const struct form *form;
	pcre2_code *code;
	struct pick next; /* its first match at or behind the cursor; from == NONE: none */
};

#define NONE UINT64_MAX

struct finder {
	struct looker *looker;
	size_t n;
	pcre2_match_data *match;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
};

static const char *const before[] = {[GUARD_NONE] = "",
				     [GUARD_DIGIT] = "(?<![0-9])",
				     [GUARD_WORD] = "(?<![0-9A-Za-z_])",
				     [GUARD_DECIMAL] = "(?<![0-9])",
				     [GUARD_NUMBER] = "(?<![0-9])",
				     [GUARD_TOKEN] = "(?<![0-9A-Za-z_])",
				     [GUARD_SLASH] = "(?<![0-9A-Za-z_])",
				     [GUARD_GROUP] = "(?<![0-9])"};
static const char *const after[] = {[GUARD_NONE] = "",
				    [GUARD_DIGIT] = "(?![0-9])",
				    [GUARD_WORD] = "(?![0-9A-Za-z_])",
				    [GUARD_DECIMAL] = "(?![0-9])",
				    [GUARD_NUMBER] = "(?![0-9])",
				    [GUARD_TOKEN] = "(?![0-9A-Za-z_])",
				    [GUARD_SLASH] = "(?![0-9A-Za-z_])",
				    [GUARD_GROUP] = "(?![0-9])"};

static int compile(struct looker *k, const char *pattern, struct err *e)
{
	char *guarded;
	size_t at;
	int error;

	if (asprintf(&guarded, "%s(?:%s)%s", before[k->form->before], pattern,
		     after[k->form->after]) < 0)
		return -ENOMEM;
	k->code = pcre2_compile((PCRE2_SPTR)guarded, PCRE2_ZERO_TERMINATED, 0, &error, &at, NULL);
	free(guarded);
	if (!k->code)
		return err_set(e, EINVAL, "PCRE2: %s: error %d at %zu", pattern, error, at);
	if (pcre2_jit_compile(k->code, PCRE2_JIT_COMPLETE))
		return err_set(e, EINVAL, "PCRE2: %s: no machine code for it", pattern);
	return 0;
}

static void pcre2_peer_free(void *self)
{
	struct finder *p = self;

	for (size_t i = 0; i < p->n; i++)
		pcre2_code_free(p->looker[i].code);
	free(p->looker);
	pcre2_match_data_free(p->match);
	pcre2_match_context_free(p->context);
	pcre2_jit_stack_free(p->stack);
	free(p);
}

static int pcre2_peer_make(const struct rule_def *defs, const struct ruleset *rs,
			   const bool *enabled, enum peer_mode mode, void **ret_self, struct err *e)
{
	struct finder *p = calloc(1, sizeof(*p));
	int ret = -ENOMEM;

	(void)mode;
	if (!p)
		return -ENOMEM;
	p->looker = calloc(rs->nforms, sizeof(*p->looker));
	p->match = pcre2_match_data_create(1, NULL);
	p->context = pcre2_match_context_create(NULL);
	p->stack = pcre2_jit_stack_create(32 * 1024, STACK_MAX, NULL);
	if (!p->looker || !p->match || !p->context || !p->stack)
		goto fail;
	pcre2_jit_stack_assign(p->context, NULL, p->stack);
	for (u16 f = 0; f < rs->nforms; f++) {
		const struct form *form = &rs->forms[f];
		u16 nth = f - rs->rules[form->rule].first_form;

		if (!enabled[form->rule])
			continue;
		p->looker[p->n] = (struct looker){.id = f, .form = form};
		ret = compile(&p->looker[p->n++], defs[form->rule].forms[nth].pattern, e);
		if (ret)
			goto fail;
	}
	*ret_self = p;
	return 0;
fail:
	pcre2_peer_free(p);
	return ret;
}

static void pcre2_peer_reset(void *self)
{
	(void)self; /* it carries nothing from one look to the next */
}

/* The longest end of a match of f at text[from], or 0. */
static size_t longest(const struct form *f, const struct look *l, size_t from)
{
	size_t best = 0;
	u16 s = 1;

	for (size_t to = from; to < l->len && s; to++) {
		s = dfa_next(&f->dfa, s, l->text[to]);
		if (s && f->dfa.accept[s] &&
		    form_guard_after(f, l->text, to + 1, l->len, true) > 0 &&
		    form_holds(f, l->text, from, to + 1))
			best = to + 1;
	}
	return best;
}

/* Moves a form on to its first match at or behind `from`, before the limit. 0 or -EIO. */
static int advance(struct finder *p, struct looker *k, const struct look *l, u64 from)
{
	const size_t *ov = pcre2_get_ovector_pointer(p->match);

	k->next.from = NONE;
	while (from < l->limit) {
		int rc = pcre2_jit_match(k->code, l->text, l->len, from - l->base, 0, p->match,
					 p->context);
		size_t to;

		if (rc == PCRE2_ERROR_NOMATCH)
			return 0;
		if (rc < 0)
			return -EIO;
		from = l->base + ov[0];
		if (from >= l->limit)
			return 0;
		to = longest(k->form, l, ov[0]);
		if (to) {
			k->next = (struct pick){from, l->base + to, k->id};
			return 0;
		}
		from++;
	}
	return 0;
}

static bool pick_before(const struct pick *a, const struct pick *b)
{
	return a->from != b->from ? a->from < b->from : a->to > b->to;
}

static int pcre2_peer_find(void *self, const struct look *l)
{
	struct finder *p = self;
	int ret = 0;

	for (size_t i = 0; i < p->n && !ret; i++)
		ret = advance(p, &p->looker[i], l, l->cursor);
	while (!ret) {
		struct pick first = {.from = NONE};

		for (size_t i = 0; i < p->n; i++)
			if (pick_before(&p->looker[i].next, &first))
				first = p->looker[i].next;
		if (first.from == NONE)
			break;
		ret = picks_add(l->picks, first);
		for (size_t i = 0; i < p->n && !ret; i++)
			if (p->looker[i].next.from < first.to)
				ret = advance(p, &p->looker[i], l, first.to);
	}
	return ret;
}

const struct engine engine_pcre2 = {.make = pcre2_peer_make,
				    .free = pcre2_peer_free,
				    .reset = pcre2_peer_reset,
				    .find = pcre2_peer_find};
