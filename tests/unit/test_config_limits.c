/* SPDX-License-Identifier: BSD-2-Clause */
/* The limits of a configuration: what is at one is read, the next is refused by name. */
#include "config_text.h"
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define POLICY "policies: {strict: {rules: [ssn]}}\n"

struct limit {
	const char *what;
	size_t last, next; /* what is still allowed, and what no more */
	void (*print)(const struct limit *l, FILE *out, size_t n);
	const char *says;
};

/* A word of n bytes. */
static const char *word(size_t n)
{
	static char text[2048];

	cr_assert_lt(n, sizeof(text));
	memset(text, 'x', n);
	text[n] = '\0';
	return text;
}

static void listener(FILE *out, const char *name, size_t port, const char *more)
{
	fprintf(out,
		"  - {name: %s, mode: proxy, port: %zu, upstream: '[::1]:2', format: text,"
		" mask: both, policy: strict%s}\n",
		name, port, more);
}

/* `what` is a key of the top with a number. */
static void top(const struct limit *l, FILE *out, size_t n)
{
	fprintf(out, "%s: %zu\n" POLICY, l->what, n);
}

/* A limit, its number before a unit. */
static void limits(const struct limit *l, FILE *out, size_t n)
{
	fprintf(out, "limits: {%.*s: %zu%s}\n" POLICY, (int)strcspn(l->what, " "), l->what, n,
		l->what + strcspn(l->what, " ") + (strchr(l->what, ' ') != NULL));
}

static void listeners(const struct limit *l, FILE *out, size_t n)
{
	char name[32];

	fprintf(out, POLICY "%s:\n", l->what);
	for (size_t i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "l%zu", i);
		listener(out, name, 1 + i, "");
	}
}

/* All of one policy, and so of one name. */
static void roles(const struct limit *l, FILE *out, size_t n)
{
	fprintf(out,
		POLICY "listeners:\n"
		       "  - name: feed\n    mode: proxy\n    port: 1\n    upstream: '[::1]:2'\n"
		       "    format: text\n    mask: both\n    policy: strict\n    %s:\n",
		l->what);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "      - {sources: [10.%zu.0.0/16], policy: strict}\n", i);
}

/* n - 31 * 31 rules of the default role, and 31 for each of 31 others. */
static void rows(const struct limit *l, FILE *out, size_t n)
{
	size_t rules = n - 31 * 31;

	(void)l;
	fprintf(out, "listeners:\n");
	fprintf(out, "  - name: feed\n    mode: proxy\n    port: 1\n    upstream: '[::1]:2'\n"
		     "    format: text\n    mask: both\n    policy: most\n    roles:\n");
	for (size_t i = 0; i < 31; i++)
		fprintf(out, "      - {sources: [10.%zu.0.0/16], policy: some, name: r%zu}\n", i,
			i);
	fprintf(out, "  - {name: again, mode: proxy, port: 3, upstream: '[::1]:2', format: text,"
		     " mask: both, policy: most}\n");
	fprintf(out, "rules:\n");
	for (size_t i = 0; i < rules; i++)
		fprintf(out, "  - {name: s%zu, class: other-id, pattern: 's%zu'}\n", i, i);
	fprintf(out, "policies:\n  most: {rules: [");
	for (size_t i = 0; i < rules; i++)
		fprintf(out, "s%zu, ", i);
	fprintf(out, "]}\n  some: {rules: [");
	for (size_t i = 0; i < 31; i++)
		fprintf(out, "s%zu, ", i);
	fprintf(out, "]}\n");
}

static void listener_name(const struct limit *l, FILE *out, size_t n)
{
	(void)l;
	fprintf(out, POLICY "listeners:\n");
	listener(out, word(n), 1, "");
}

static void role_name(const struct limit *l, FILE *out, size_t n)
{
	char more[2048];

	(void)l;
	fprintf(out, POLICY "listeners:\n");
	snprintf(more, sizeof(more), ", roles: [{sources: [10.0.0.0/8], policy: strict, name: %s}]",
		 word(n));
	listener(out, "feed", 1, more);
}

static void policy_name(const struct limit *l, FILE *out, size_t n)
{
	(void)l;
	fprintf(out, "policies: {%s: {rules: [ssn]}}\n", word(n));
}

static void interface(const struct limit *l, FILE *out, size_t n)
{
	(void)l;
	fprintf(out,
		POLICY "listeners:\n  - {name: feed, mode: gateway, port: 1, format: text,"
		       " mask: both, policy: strict, interfaces: {clients: %s, servers: b}}\n",
		word(n));
}

static void port(const struct limit *l, FILE *out, size_t n)
{
	(void)l;
	fprintf(out, POLICY "listeners:\n");
	listener(out, "feed", n, "");
}

static void network(const struct limit *l, FILE *out, size_t n)
{
	char more[2048];

	fprintf(out, POLICY "listeners:\n");
	snprintf(more, sizeof(more), ", roles: [{sources: ['%s/%zu'], policy: strict}]", l->what,
		 n);
	listener(out, "feed", 1, more);
}

/* A rule with the key that l->what names. */
static void rule(FILE *out, const char *name, const char *what)
{
	fprintf(out,
		"policies: {strict: {rules: [%s]}}\nrules:\n"
		"  - {class: other-id, name: %s, %s: ",
		name, name, what);
}

static void rule_name(const struct limit *l, FILE *out, size_t n)
{
	(void)l;
	rule(out, word(n), "pattern");
	fprintf(out, "'a'}\n");
}

static void rules(const struct limit *l, FILE *out, size_t n)
{
	size_t builtin;

	(void)l;
	rules_builtin(&builtin);
	fprintf(out, "rules:\n");
	for (size_t i = builtin; i < n; i++)
		fprintf(out, "  - {name: s%zu, class: other-id, pattern: 's%zu'}\n", i, i);
	fprintf(out, "policies: {strict: {rules: [");
	for (size_t i = builtin; i < n; i++)
		fprintf(out, "s%zu, ", i);
	fprintf(out, "]}}\n");
}

/* A list of n values of the key. */
static void list(const struct limit *l, FILE *out, size_t n)
{
	rule(out, "site", l->what);
	fprintf(out, "[");
	for (size_t i = 0; i < n; i++)
		fprintf(out, "a%zu, ", i);
	fprintf(out, strcmp(l->what, "pattern") ? "], pattern: 'a[0-9]{1,4}'}\n" : "]}\n");
}

static void label_bytes(const struct limit *l, FILE *out, size_t n)
{
	(void)l;
	rule(out, "site", "labels");
	fprintf(out, "[%s], pattern: 'a'}\n", word(n));
}

static void distance(const struct limit *l, FILE *out, size_t n)
{
	rule(out, "site", l->what);
	fprintf(out, "%zu, labels: [bed], pattern: 'a'}\n", n);
}

/* That much to write, and little to match. */
static void pattern_bytes(const struct limit *l, FILE *out, size_t n)
{
	(void)l;
	rule(out, "site", "pattern");
	fprintf(out, n % 2 ? "'a" : "'aa");
	for (size_t i = 2 - n % 2; i < n; i += 2)
		fprintf(out, "|a");
	fprintf(out, "'}\n");
}

static void window(const struct limit *l, FILE *out, size_t n)
{
	rule(out, "site", "pattern");
	fprintf(out, "'a{%zu}', after: %s}\n", n, l->what);
}

static void allowed_bytes(const struct limit *l, FILE *out, size_t n)
{
	(void)l;
	fprintf(out,
		"policies: {strict: {rules: [site], allow: [%s]}}\n"
		"rules: [{name: site, class: other-id, pattern: 'x{1,256}'}]\n",
		word(n));
}

/* What is written so far, and a comment. */
static void file_bytes(const struct limit *l, FILE *out, size_t n)
{
	(void)l;
	fprintf(out, POLICY "#");
	while ((size_t)ftell(out) + 1 < n)
		fputc(' ', out);
	fputc('\n', out);
}

static const struct limit all[] = {
	{"workers", 64, 65, top, "workers `65` is neither `auto` nor a number from 1 to 64"},
	{"listeners", 32, 33, listeners, "33 listeners; at most 32"},
	{"roles", 31, 32, roles, "32 roles beside the default one; at most 31"},
	{"rows", 1024, 1025, rows,
	 "1025 rows of counters, one for each rule of each role; at most 1024"},
	{"listener's name", 31, 32, listener_name, "use at most 31 of a-z"},
	{"role's name", 31, 32, role_name, "use at most 31 of a-z"},
	{"policy's name", 31, 32, policy_name, "use at most 31 of a-z"},
	{"rule's name", 31, 32, rule_name, "use at most 31 of a-z"},
	{"interface's name", 15, 16, interface, "cannot be an interface's name"},
	{"port", 65535, 65536, port, "a number from 1 to 65535"},
	{"port", 1, 0, port, "a number from 1 to 65535"},
	{"10.1.2.3", 32, 33, network, "a number from 0 to 32"},
	{"fd00::1", 128, 129, network, "a number from 0 to 128"},
	{"0.0.0.0", 0, 999, network, "a number from 0 to 32"},
	{"rules", 256, 257, rules, "257 rules with the built-in ones; at most 256"},
	{"pattern", 20, 21, list, "21 patterns; a rule has at most 20"},
	{"except", 20, 21, list, "21 patterns of exceptions; a rule has at most 20"},
	{"labels", 1024, 1025, list, "1025 labels; a pattern has at most 1024"},
	{"unless", 1024, 1025, list, "1025 labels; a pattern has at most 1024"},
	{"label", 31, 32, label_bytes, "a label is 1 to 31 bytes"},
	{"distance", 64, 65, distance, "a distance of 65 bytes; at most 64"},
	{"pattern", 1024, 1025, pattern_bytes, "a pattern has at most 1024 bytes"},
	{"word", 256, 257, window, "the limit is 256"},
	{"token", 255, 256, window, "the limit is 255"},
	{"allowed value", 256, 257, allowed_bytes, "an allowed value of 257 bytes"},
	{"connections", 999999999, 1000000000, limits, "a number from 1 to 999999999"},
	{"connections", 1, 0, limits, "a number from 1 to 999999999"},
	{"hold s", 4294, 4295, limits, "`4295s` is not read here"},
	{"idle m", 71582, 71583, limits, "`71583m` is not read here"},
	{"memory GiB", 4095, 4096, limits, "`4096GiB` is not read here"},
	{"connection_memory MiB", 4095, 4096, limits, "`4096MiB` is not read here"},
	{"connection_memory", 262144, 262143, limits, "at least 256KiB"},
	{"buffer KiB", 1024, 2048, limits, "from 4KiB to 1MiB"},
	{"buffer KiB", 4, 2, limits, "from 4KiB to 1MiB"},
	{"buffers_max", 1024, 1025, limits, "buffers_max of 1025; at most 1024"},
	{"keepalive ms", 36000000, 36000001, limits, "from 5s to 600m"},
	{"keepalive ms", 5000, 4999, limits, "from 5s to 600m"},
	{"file", 1u << 20, (1u << 20) + 1, file_bytes, "over 1048576 bytes"},
};

static int read_with(const struct limit *l, size_t n, char **ret_said)
{
	struct config *c = NULL;
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	int rc;

	fprintf(out, "version: 1\n");
	l->print(l, out, n);
	fclose(out);
	rc = read_text_config(text, len, &c, ret_said);
	config_free(c);
	free(text);
	return rc;
}

Test(config_limits, the_last_is_read_and_the_next_is_refused)
{
	char *said;

	for (size_t i = 0; i < array_size(all); i++) {
		cr_expect_eq(read_with(&all[i], all[i].last, &said), 0, "%s: %s", all[i].what,
			     said);
		free(said);
		cr_expect_lt(read_with(&all[i], all[i].next, &said), 0, "%s %zu", all[i].what,
			     all[i].next);
		cr_expect(strstr(said, all[i].says), "%s %zu: %s", all[i].what, all[i].next, said);
		free(said);
	}
}
