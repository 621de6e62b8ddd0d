/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values that are found and left as they are: a list (`allow`), looked up by halves, and patterns
 * (`except`), each an automaton that has to take the whole value.
 */
#include "bytes.h"
#include "pattern.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PATTERNS_MAX RULE_MAX_FORMS

/* In lower case. */
struct value {
	const char *text;
	size_t len;
};

struct value_set {
	size_t nvalues, npatterns;
	u16 max;              /* the longest that can be in it, bytes */
	struct value *values; /* in order */
	struct dfa patterns[PATTERNS_MAX];
};

static size_t list_length(const char *const *list)
{
	size_t n = 0;

	while (list && list[n])
		n++;
	return n;
}

/* Values in order of length, then of bytes. */
static int value_compare(const void *a, const void *b)
{
	const struct value *x = a, *y = b;

	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	return memcmp(x->text, y->text, x->len);
}

static int add_values(struct arena *a, const char *const *allow, struct value_set *set,
		      struct err *e)
{
	size_t n = list_length(allow);

	set->values = arena_array(a, n, sizeof(*set->values));
	if (!set->values)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(allow[i]);
		char *text;

		if (!len || len > SCRIM_WINDOW || strchr(allow[i], '\n'))
			return err_set(e, EINVAL, "an allowed value is 1 to %d bytes of one line",
				       SCRIM_WINDOW);
		text = arena_strdup(a, allow[i]);
		if (!text)
			return -ENOMEM;
		for (size_t k = 0; k < len; k++)
			text[k] = (char)byte_lower((u8)text[k]);
		set->values[set->nvalues++] = (struct value){text, len};
		set->max = len > set->max ? (u16)len : set->max;
	}
	qsort(set->values, n, sizeof(*set->values), value_compare);
	return 0;
}

static int add_patterns(struct arena *a, const char *const *except, struct value_set *set,
			struct err *e)
{
	size_t n = list_length(except);
	int r;

	if (n > PATTERNS_MAX)
		return err_set(e, EINVAL, "%zu patterns of exceptions; at most %d", n,
			       PATTERNS_MAX);
	for (size_t i = 0; i < n; i++) {
		struct dfa *dfa = &set->patterns[set->npatterns++];

		r = pattern_dfa(a, except[i], dfa, e);
		if (r)
			return err_prefix(e, r, "except");
		set->max = dfa->max > set->max ? dfa->max : set->max;
	}
	return 0;
}

int value_set_build(struct arena *a, const char *const *allow, const char *const *except,
		    const struct value_set **ret_set, struct err *e)
{
	struct value_set *set;
	int r;

	*ret_set = NULL;
	if (!list_length(allow) && !list_length(except))
		return 0;
	set = arena_alloc(a, sizeof(*set));
	if (!set)
		return -ENOMEM;
	r = add_values(a, allow, set, e);
	if (!r)
		r = add_patterns(a, except, set, e);
	if (!r)
		*ret_set = set;
	return r;
}

bool value_set_has(const struct value_set *set, const u8 *value, size_t len)
{
	char text[SCRIM_WINDOW];
	const struct value key = {text, len};

	if (!len || len > set->max)
		return false;
	for (size_t i = 0; i < len; i++)
		text[i] = (char)byte_lower(value[i]);
	if (bsearch(&key, set->values, set->nvalues, sizeof(key), value_compare))
		return true;
	for (size_t i = 0; i < set->npatterns; i++)
		if (dfa_takes(&set->patterns[i], value, len))
			return true;
	return false;
}

size_t value_set_max(const struct value_set *set)
{
	return set->max;
}
