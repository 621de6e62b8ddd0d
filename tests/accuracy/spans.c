/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the built-in rules mask standard input, a line a span: "RULE FROM TO", offsets in bytes.
 *
 *   spans [RULE...]   these rules alone; without any, those of group builtin
 *
 * A masked byte may look as it did before ("1" is what fill writes), so the judge asks for places.
 */
#include <scrim/scan.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXT_MAX (64u << 20)

static int fail(const char *what)
{
	fprintf(stderr, "spans: %s\n", what);
	return 1;
}

static bool asked_for(const struct rule_def *def, char **names)
{
	if (!def->nforms)
		return false;
	if (!*names)
		return !strcmp(def->group, "builtin");
	for (; *names; names++)
		if (!strcmp(def->name, *names))
			return true;
	return false;
}

/* Names that no rule has; the first of them, or NULL. */
static const char *unknown(const struct rule_def *defs, size_t n, char **names)
{
	for (; *names; names++) {
		size_t i = 0;

		while (i < n && strcmp(defs[i].name, *names) != 0)
			i++;
		if (i == n)
			return *names;
	}
	return NULL;
}

static size_t read_all(u8 *text)
{
	size_t len = 0;
	ssize_t n;

	while (len < TEXT_MAX && (n = read(STDIN_FILENO, text + len, TEXT_MAX - len)) > 0)
		len += (size_t)n;
	return len;
}

static int print_spans(const struct ruleset *rs, const bool *enabled, const u8 *text, size_t len)
{
	struct scan_job job = {.text = text, .len = len, .ends = true, .cap = len + 1};
	struct scanner *s = NULL;
	struct err e = {0};
	enum isa isa;
	int rc = 0;

	job.matches = calloc(job.cap, sizeof(*job.matches));
	if (!job.matches || isa_choose(getenv("SCRIM_ISA"), &isa, &e) ||
	    scanner_new(rs, enabled, isa, &s)) {
		rc = fail("no scanner");
	} else {
		scan(s, &job);
		for (size_t i = 0; i < job.nmatches; i++)
			printf("%s %u %u\n", rs->rules[job.matches[i].rule].name,
			       job.matches[i].mask_from, job.matches[i].mask_to);
	}
	scanner_free(s);
	free(job.matches);
	return rc;
}

int main(int argc, char **argv)
{
	bool enabled[RULE_MAX] = {false};
	u8 *text = malloc(TEXT_MAX);
	const struct rule_def *defs;
	struct ruleset *rs = NULL;
	struct err e = {0};
	size_t n, len;
	int rc;

	(void)argc;
	defs = rules_builtin(&n);
	if (!text)
		return fail("no memory");
	if (unknown(defs, n, argv + 1)) {
		free(text);
		return fail("no such rule");
	}
	for (size_t i = 0; i < n; i++)
		enabled[i] = asked_for(&defs[i], argv + 1);
	len = read_all(text);
	rc = ruleset_compile(defs, n, &rs, &e) ? fail(e.text) : print_spans(rs, enabled, text, len);
	ruleset_free(rs);
	free(text);
	return rc ? rc : fflush(stdout) != 0;
}
