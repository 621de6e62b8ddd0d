/* SPDX-License-Identifier: BSD-2-Clause */
/* Definitions into a ruleset: everything checked, everything copied into one arena. */
#include "bytes.h"
#include "pattern.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A ruleset with what it owns. */
struct ruleset_box {
	struct ruleset rs;
	struct arena arena;
	struct arena scratch; /* trees and programs, freed after each form */
};

void ruleset_free(struct ruleset *rs)
{
	struct ruleset_box *box = (struct ruleset_box *)rs;

	if (!box)
		return;
	arena_free(&box->scratch);
	arena_free(&box->arena);
	free(box);
}

/* The pattern as a program in `scratch`, its tree for the lengths. */
static int pattern_program(struct arena *scratch, const char *pattern, enum guard after,
			   struct node **ret_tree, struct nfa *ret_nfa, unsigned int *ret_column,
			   struct err *e)
{
	struct parser ps = {.arena = scratch,
			    .pattern = pattern,
			    .limit = SCRIM_WINDOW - guard_holds(after),
			    .column = 1,
			    .e = e};
	int r;

	r = pattern_parse(&ps, ret_tree);
	if (r == -EINVAL && ret_column)
		*ret_column = ps.column;
	if (!r)
		r = nfa_build(scratch, *ret_tree, ps.marked, ret_nfa, e);
	return r;
}

/* Where memory was short nothing below says so. */
static int say_memory(int r, struct err *e)
{
	return r == -ENOMEM ? err_set(e, ENOMEM, "out of memory") : r;
}

static int dfa_of(struct arena *a, const char *pattern, enum guard after, struct dfa *ret_dfa,
		  unsigned int *ret_column, struct err *e)
{
	struct arena scratch cleanup(arena_free) = {0};
	struct node *tree;
	struct nfa nfa;
	int r;

	r = pattern_program(&scratch, pattern, after, &tree, &nfa, ret_column, e);
	if (!r)
		r = dfa_build(a ? a : &scratch, &nfa, tree, ret_dfa, e);
	return say_memory(r, e);
}

int pattern_check(const char *pattern, enum guard after, unsigned int *ret_column, struct err *e)
{
	struct dfa dfa;

	return dfa_of(NULL, pattern, after, &dfa, ret_column, e);
}

int pattern_dfa(struct arena *a, const char *pattern, struct dfa *ret_dfa, struct err *e)
{
	return dfa_of(a, pattern, GUARD_NONE, ret_dfa, NULL, e);
}

bool dfa_takes(const struct dfa *d, const u8 *text, size_t len)
{
	u16 state = DFA_START;

	for (size_t i = 0; i < len && state; i++)
		state = dfa_step(d, state, text[i]);
	return d->accept[state];
}

bool form_may_mask(const struct form *f, const u8 *text, size_t len)
{
	if (!len || len > SCRIM_WINDOW)
		return false;
	if (f->group)
		return group_takes(f->group, text, len);
	return dfa_takes(&f->dfa, text, len) && (!f->validate || f->validate(text, len));
}

/* Whether some match has a letter, or a byte that is no ASCII. */
static bool takes_letters(const struct dfa *d)
{
	for (unsigned int c = 0; c < 256; c++)
		if (byte_is_letter((u8)c) && dfa_has_byte(d, (u8)c))
			return true;
	return false;
}

bool form_full(const struct form *f, const u8 *text, size_t len)
{
	u16 state = DFA_START, next;

	for (size_t i = 0; i < len; i++, state = next) {
		next = dfa_step(&f->dfa, state, text[i]);
		if (!next)
			break;
	}
	for (unsigned int c = 0; c < 256; c++)
		if (dfa_step(&f->dfa, state, (u8)c))
			return false;
	return true;
}

/* The bytes of a class; *ret_tail NULL where there is none. */
static int tail_build(struct ruleset_box *box, const char *class, const bool **ret_tail,
		      struct err *e)
{
	struct dfa dfa;
	bool *tail;
	int r;

	*ret_tail = NULL;
	if (!class)
		return 0;
	r = pattern_dfa(&box->scratch, class, &dfa, e);
	if (r)
		return err_prefix(e, r, "tail");
	if (dfa.min != 1 || dfa.max != 1)
		return err_set(e, EINVAL, "a tail is a class of bytes: [...]");
	tail = arena_array(&box->arena, 256, sizeof(*tail));
	if (!tail)
		return -ENOMEM;
	for (unsigned int c = 0; c < 256; c++)
		tail[c] = dfa_step(&dfa, DFA_START, (u8)c) != 0;
	*ret_tail = tail;
	return 0;
}

static int compile_form(struct ruleset_box *box, const struct form_def *def, struct form *f,
			struct err *e)
{
	struct node *tree;
	struct nfa nfa;
	int r;

	if (!def->pattern)
		return err_set(e, EINVAL, "no pattern");
	if (def->validate) {
		f->validate = validator_find(def->validate);
		if (!f->validate)
			return err_set(e, EINVAL, "no validator is called '%s'", def->validate);
	}
	f->quick = def->quick;
	f->sure = def->sure;
	f->brief = def->quick ? def->quick : def->brief;
	f->never = def->never;
	f->preceded = def->preceded;
	f->encoded = def->encoded;
	f->refuses_shorter = def->refuses_shorter;
	f->before = def->before;
	f->after = def->after;
	f->commit_unit = def->commit_unit;
	f->commit = def->commit;
	r = label_set_build(&box->arena, def->labels, def->distance, &f->labels, e);
	if (!r)
		r = label_set_build(&box->arena, def->unless, def->distance, &f->unless, e);
	if (!r)
		r = tail_build(box, def->tail, &f->tail, e);
	if (r)
		return say_memory(r, e);
	r = pattern_program(&box->scratch, def->pattern, def->after, &tree, &nfa, NULL, e);
	if (!r)
		r = dfa_build(&box->arena, &nfa, tree, &f->dfa, e);
	if (!r)
		r = group_build(&box->arena, &nfa, &f->group);
	f->numeric = !r && !f->tail && !f->encoded && !takes_letters(&f->dfa);
	arena_free(&box->scratch);
	return say_memory(r, e);
}

static int check_name(const struct rule_def *def, const struct rule_def *defs, struct err *e)
{
	size_t len = strlen(def->name);

	if (!len || len >= sizeof(((struct rule *)0)->name) ||
	    strspn(def->name, "abcdefghijklmnopqrstuvwxyz0123456789-") != len)
		return err_set(e, EINVAL, "a rule's name is 1 to %zu of a-z, 0-9 and '-'",
			       sizeof(((struct rule *)0)->name) - 1);
	for (const struct rule_def *other = defs; other < def; other++)
		if (!strcmp(other->name, def->name))
			return err_set(e, EINVAL, "rule '%s' is defined twice", def->name);
	return 0;
}

static int copy_fields(struct arena *a, const char *const *fields, const char *const **ret_fields)
{
	const char **copy;
	size_t n = 0;

	while (fields && fields[n])
		n++;
	*ret_fields = NULL;
	if (!n)
		return 0;
	copy = arena_array(a, n + 1, sizeof(*copy));
	if (!copy)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		copy[i] = arena_strdup(a, fields[i]);
		if (!copy[i])
			return -ENOMEM;
	}
	*ret_fields = copy;
	return 0;
}

/* Compiles def as the rule `r`, its forms from forms[r->first_form]. */
static int compile_rule(struct ruleset_box *box, const struct rule_def *def, struct rule *r,
			struct form *forms, u16 index, struct err *e)
{
	int ret;

	snprintf(r->name, sizeof(r->name), "%s", def->name);
	snprintf(r->group, sizeof(r->group), "%s", def->group ? def->group : "");
	r->class = def->class;
	if (def->unused)
		return 0;
	r->nforms = def->nforms;
	ret = copy_fields(&box->arena, def->fields, &r->fields);
	if (ret)
		return say_memory(ret, e);
	if (!def->nforms && !r->fields)
		return err_set(e, EINVAL, "rule '%s' has no pattern and no field", def->name);
	for (u16 i = 0; i < def->nforms; i++) {
		struct form *f = &forms[r->first_form + i];

		f->rule = index;
		ret = compile_form(box, &def->forms[i], f, e);
		if (ret)
			return err_prefix(e, ret, "rule '%s', form %d", def->name, i + 1);
	}
	ret = value_set_build(&box->arena, def->allow, def->except, &r->allowed, e);
	return ret ? err_prefix(e, say_memory(ret, e), "rule '%s'", def->name) : 0;
}

static int compile_all(struct ruleset_box *box, const struct rule_def *defs, size_t n,
		       struct err *e)
{
	struct rule *rules;
	struct form *forms;
	size_t nforms = 0;
	int r;

	for (size_t i = 0; i < n; i++) {
		r = check_name(&defs[i], defs, e);
		if (r)
			return r;
		if (defs[i].nforms > RULE_MAX_FORMS)
			return err_set(e, EINVAL, "rule '%s' has more than %d forms", defs[i].name,
				       RULE_MAX_FORMS);
		nforms += defs[i].nforms;
	}
	rules = arena_array(&box->arena, n, sizeof(*rules));
	forms = arena_array(&box->arena, nforms, sizeof(*forms));
	if (!rules || !forms)
		return say_memory(-ENOMEM, e);
	for (size_t i = 0; i < n; i++) {
		rules[i].first_form = box->rs.nforms;
		r = compile_rule(box, &defs[i], &rules[i], forms, (u16)i, e);
		if (r)
			return r;
		box->rs.nforms = (u16)(box->rs.nforms + rules[i].nforms);
	}
	box->rs.nrules = (u16)n;
	box->rs.rules = rules;
	box->rs.forms = forms;
	return 0;
}

int ruleset_compile(const struct rule_def *defs, size_t n, struct ruleset **ret_rs, struct err *e)
{
	struct ruleset_box *box;
	int r;

	if (n > RULE_MAX)
		return err_set(e, EINVAL, "%zu rules; at most %d", n, RULE_MAX);
	box = calloc(1, sizeof(*box));
	if (!box)
		return say_memory(-ENOMEM, e);
	r = compile_all(box, defs, n, e);
	if (r) {
		ruleset_free(&box->rs);
		return r;
	}
	*ret_rs = &box->rs;
	return 0;
}
