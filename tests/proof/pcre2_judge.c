/* SPDX-License-Identifier: BSD-2-Clause */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "pcre2_judge.h"
#include <criterion/criterion.h>
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STACK_MAX   (1 << 20)
#define MATCH_LIMIT 20000 /* steps back, before the automaton is asked instead */
#define PATTERN_MAX 2048

struct pcre2_judge {
	pcre2_code *guarded, *bare;
	pcre2_match_data *match;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
	int workspace[8192];
};

/* A word's guard: bytes over 0x7f are letters, but for spaces, dashes and quotes of Unicode. */
#define GAP_BEFORE                                                                                 \
	"(?:(?<=\\xe2[\\x80\\x81][\\x80-\\xbf])|(?<=\\xe2\\x88\\x92)|(?<=\\xe3\\x80\\x80)|"        \
	"(?<=\\xef\\xbb\\xbf)|(?<=\\xc2[\\xa0-\\xa9\\xab-\\xb4\\xb6-\\xb9\\xbb-\\xbf]))"
#define NO_WORD_BEFORE "(?<![0-9A-Za-z_])(?:(?<![\\x80-\\xff])|" GAP_BEFORE ")"
#define NO_WORD_BEHIND "(?![0-9A-Za-z_\\x80-\\xc1\\xc3-\\xe1\\xe3-\\xff])"

/*
 * A group of 1 to 22 digits and what may divide them, behind a digit or a bracket and a space: 24 bytes.
 * This PCRE2 looks back over alternatives that each have one length.
 */
#define GROUP(n)             "[0-9)] [-./0-9:]{" #n "}"
#define GROUPS_4(a, b, c, d) "|" GROUP(a) "|" GROUP(b) "|" GROUP(c) "|" GROUP(d)
#define GROUP_BEFORE                                                                               \
	"(?<=" GROUP(1) "|" GROUP(2) GROUPS_4(3, 4, 5, 6) GROUPS_4(7, 8, 9, 10)                    \
		GROUPS_4(11, 12, 13, 14) GROUPS_4(15, 16, 17, 18) GROUPS_4(19, 20, 21, 22) ")"

static const char *const before[] = {
	[GUARD_NONE] = "",
	[GUARD_DIGIT] = "(?<![0-9])",
	[GUARD_WORD] = NO_WORD_BEFORE,
	[GUARD_DECIMAL] = "(?<![0-9])(?<![0-9]\\.)",
	[GUARD_NUMBER] = "(?<![0-9])(?<![0-9][.-])",
	[GUARD_TOKEN] = NO_WORD_BEFORE "(?<![0-9][.-])",
	[GUARD_SLASH] = NO_WORD_BEFORE "(?<![0-9][./-])",
	[GUARD_GROUP] = "(?<![0-9])",
};
static const char *const after[] = {
	[GUARD_NONE] = "",
	[GUARD_DIGIT] = "(?![0-9])",
	[GUARD_WORD] = NO_WORD_BEHIND,
	[GUARD_DECIMAL] = "(?![0-9])(?!\\.[0-9])",
	[GUARD_NUMBER] = "(?![0-9])(?![.-][0-9])",
	[GUARD_TOKEN] = NO_WORD_BEHIND "(?![.-][0-9])",
	[GUARD_SLASH] = NO_WORD_BEHIND "(?![./-][0-9])",
	[GUARD_GROUP] = "(?![0-9])(?!" GROUP_BEFORE "[-./:][0-9])",
};

/* Our pattern for PCRE2 without UTF, where a repeat behind a character is one of its last byte. */
static void translate(const char *pattern, char *to)
{
	bool class = false;

	while (*pattern) {
		size_t n = *pattern == '\\' ? 2 : 1;

		if ((u8)*pattern >= 0xc0 && !class) {
			for (n = 1; ((u8)pattern[n] & 0xc0) == 0x80; n++)
				;
			to += sprintf(to, "(?:%.*s)", (int)n, pattern);
		} else {
			class = class ? *pattern != ']' : *pattern == '[';
			memcpy(to, pattern, n);
			to += n;
		}
		pattern += n;
	}
	*to = 0;
}

/* Auto-possessification would keep pcre2_dfa_match from naming all ends. */
static pcre2_code *compile(const char *pattern)
{
	int error;
	size_t offset;
	pcre2_code *re = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
				       PCRE2_NO_AUTO_POSSESS, &error, &offset, NULL);

	cr_assert_not_null(re, "%s: PCRE2 refuses it at %zu: %d", pattern, offset, error);
	/* Where there is no machine code for it pcre2_match reads the pattern: slower, the same. */
	pcre2_jit_compile(re, PCRE2_JIT_COMPLETE);
	return re;
}

struct pcre2_judge *pcre2_judge_new(const struct form_def *def)
{
	struct pcre2_judge *j = calloc(1, sizeof(*j));
	char bare[PATTERN_MAX], guarded[PATTERN_MAX + 1024];

	cr_assert_not_null(j);
	cr_assert_lt(strlen(def->pattern), PATTERN_MAX / 6);
	translate(def->pattern, bare);
	snprintf(guarded, sizeof(guarded), "%s(?:%s)%s", before[def->before], bare,
		 after[def->after]);
	j->guarded = compile(guarded);
	j->bare = compile(bare);
	j->match = pcre2_match_data_create(2, NULL);
	j->context = pcre2_match_context_create(NULL);
	j->stack = pcre2_jit_stack_create(32 * 1024, STACK_MAX, NULL);
	cr_assert(j->match && j->context && j->stack);
	pcre2_set_match_limit(j->context, MATCH_LIMIT);
	pcre2_jit_stack_assign(j->context, NULL, j->stack);
	return j;
}

void pcre2_judge_free(struct pcre2_judge *j)
{
	pcre2_code_free(j->guarded);
	pcre2_code_free(j->bare);
	pcre2_match_data_free(j->match);
	pcre2_match_context_free(j->context);
	pcre2_jit_stack_free(j->stack);
	free(j);
}

static bool gave_up(int rc)
{
	return rc == PCRE2_ERROR_MATCHLIMIT || rc == PCRE2_ERROR_JIT_STACKLIMIT;
}

bool pcre2_judge_next(struct pcre2_judge *j, const u8 *line, size_t len, size_t from, size_t *ret_p,
		      size_t *ret_e)
{
	const size_t *ov = pcre2_get_ovector_pointer(j->match);
	int rc = pcre2_match(j->guarded, line, len, from, 0, j->match, j->context);
	u32 anchored = PCRE2_ANCHORED;

	if (rc == PCRE2_ERROR_NOMATCH)
		return false;
	if (gave_up(rc))
		anchored = 0;
	else
		cr_assert_geq(rc, 0, "PCRE2 says %d", rc);
	rc = pcre2_dfa_match(j->guarded, line, len, anchored ? ov[0] : from, anchored, j->match,
			     NULL, j->workspace, array_size(j->workspace));
	if (rc == PCRE2_ERROR_NOMATCH && !anchored)
		return false;
	/* 0: there are more ends than room; the longest are there. */
	cr_assert_geq(rc, 0, "PCRE2 found a match, and then %d", rc);
	*ret_p = ov[0];
	*ret_e = ov[1];
	return true;
}

bool pcre2_judge_part(struct pcre2_judge *j, const u8 *match, size_t len, size_t *ret_from,
		      size_t *ret_to)
{
	const size_t *ov = pcre2_get_ovector_pointer(j->match);
	int rc = pcre2_match(j->bare, match, len, 0, PCRE2_ANCHORED | PCRE2_ENDANCHORED, j->match,
			     j->context);

	if (gave_up(rc))
		return false;
	cr_assert_gt(rc, 0, "PCRE2 does not match its own span: %d", rc);
	*ret_from = rc > 1 ? ov[2] : 0;
	*ret_to = rc > 1 ? ov[3] : len;
	return true;
}
