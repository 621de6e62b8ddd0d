/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pattern compiler: PATTERN \n TEXT. It refuses, with a column within the pattern, or its automaton
 * matches at each place of the text what the pattern says as it is read by the oracle.
 */
#include "fuzz.h"
#include "one_form.h"
#include "oracle.h"
#include <stdlib.h>
#include <string.h>

#define PATTERN_MAX 200
#define TEXT_MAX    64

static void compare(const char *pattern, const u8 *text, size_t len)
{
	const struct rule_def def = {
		.name = "x", .class = ID_OTHER, .nforms = 1, .forms = {{.pattern = pattern}}};
	bool ours[SCRIM_WINDOW + 1], want[SCRIM_WINDOW + 1];
	struct ruleset *rs = NULL;

	fuzz_check(!ruleset_compile(&def, 1, &rs, NULL), "checked, and then refused");
	for (size_t p = 0; p < len; p++) {
		automaton_ends(&rs->forms[0].dfa, text, len, p, ours);
		oracle_ends(pattern, text, len, p, want);
		fuzz_check(!memcmp(ours, want, sizeof(want)), "not what the oracle says");
		for (size_t e = SCRIM_WINDOW; e > 0; e--) {
			size_t from = 0, to = 0;

			if (!want[e])
				continue;
			form_masked_part(&rs->forms[0], text + p, e, &from, &to);
			fuzz_check(from <= to && to <= e, "a part beyond its match");
			break;
		}
	}
	ruleset_free(rs);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	const u8 *nl = memchr(data, '\n', size);
	size_t len = nl ? (size_t)(nl - data) : size;
	char pattern[PATTERN_MAX + 1];
	struct err e = {0};
	unsigned int column = 0;
	int rc;

	if (len > PATTERN_MAX || memchr(data, 0, len))
		return 0;
	memcpy(pattern, data, len);
	pattern[len] = 0;
	rc = pattern_check(pattern, GUARD_NONE, &column, &e);
	if (rc) {
		fuzz_check(e.text[0] != 0, "refused without a word");
		fuzz_check(column <= len + 1, "a column beyond the pattern");
		return 0;
	}
	if (nl && size - len - 1 <= TEXT_MAX) {
		u8 *text = fuzz_copy(nl + 1, size - len - 1);

		compare(pattern, text, size - len - 1);
		free(text);
	}
	return 0;
}
