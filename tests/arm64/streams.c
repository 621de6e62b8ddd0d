/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Masks standard input with the library alone, on any processor:
 *
 *     streams ISA text|hl7 > MASKED 2> COUNTS
 *
 * over and over, each of the 64 places behind a multiple of 64 with one of the chunk sizes. The masked
 * stream and the counts must be the same each time; they are written once.
 */
#include <scrim/mask.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STREAM_MAX (1 << 20)
#define CHUNK_MAX  65536

static const size_t chunks[] = {CHUNK_MAX, 4096, 1000, 61};

struct masked {
	u8 *text;
	size_t len;
	struct scrim_rule_row counts[RULE_MAX];
};

static void die(const char *what)
{
	fprintf(stderr, "streams: %s\n", what);
	exit(2);
}

static void *memory(size_t size)
{
	void *p = aligned_alloc(64, (size + 63) / 64 * 64);

	if (!p)
		die("out of memory");
	return p;
}

static size_t read_all(u8 *to, size_t cap)
{
	size_t len = 0;
	ssize_t got;

	while ((got = read(STDIN_FILENO, to + len, cap - len)) > 0)
		len += (size_t)got;
	if (got < 0 || len == cap)
		die("cannot read the stream, or it is too long");
	return len;
}

static void append(struct masked *m, const struct span *out)
{
	memcpy(m->text + m->len, out->p, out->len);
	m->len += out->len;
}

/* The stream text[0, len), each chunk beginning `offset` bytes behind a multiple of 64. */
static void mask_all(const struct policy *p, const u8 *text, size_t len, size_t chunk,
		     size_t offset, struct masked *m)
{
	u8 *block = memory(SCRIM_HEADROOM + 64 + CHUNK_MAX),
	   *data = block + SCRIM_HEADROOM + offset;
	struct scrim_rule_row *rows[RULE_MAX];
	struct mask_scratch *scratch;
	struct stream s;
	struct span out;

	memset(m->counts, 0, sizeof(m->counts));
	m->len = 0;
	for (size_t i = 0; i < RULE_MAX; i++)
		rows[i] = &m->counts[i];
	if (mask_scratch_new(CHUNK_MAX, &scratch))
		die("out of memory");
	stream_init(&s, p, (struct mask_counters){rows});
	for (size_t at = 0; at < len; at += chunk) {
		size_t n = len - at < chunk ? len - at : chunk;

		memcpy(data, text + at, n);
		if (stream_feed(&s, scratch, data, n, &out))
			die("the stream is refused");
		append(m, &out);
	}
	if (stream_finish(&s, scratch, data, &out))
		die("the stream's end is refused");
	append(m, &out);
	stream_drop(&s);
	mask_scratch_free(scratch);
	free(block);
}

static bool same(const struct masked *x, const struct masked *y)
{
	return x->len == y->len && !memcmp(x->text, y->text, x->len) &&
	       !memcmp(x->counts, y->counts, sizeof(x->counts));
}

static void print(const struct ruleset *rules, const struct masked *m)
{
	if (fwrite(m->text, 1, m->len, stdout) != m->len || fflush(stdout))
		die("cannot write");
	for (u16 i = 0; i < rules->nrules; i++)
		fprintf(stderr, "%s %llu %llu %llu\n", rules->rules[i].name,
			(unsigned long long)m->counts[i].matches,
			(unsigned long long)m->counts[i].masked_bytes,
			(unsigned long long)m->counts[i].rejected);
}

int main(int argc, char **argv)
{
	static struct masked first, again;
	u8 *text = memory(STREAM_MAX);
	struct policy_conf conf = {0};
	const struct rule_def *defs;
	struct ruleset *rules;
	struct policy *policy;
	struct err e = {0};
	size_t n, len;

	if (argc != 3)
		die("streams ISA text|hl7");
	conf.format = strcmp(argv[2], "hl7") ? FORMAT_TEXT : FORMAT_HL7;
	first.text = memory(STREAM_MAX);
	again.text = memory(STREAM_MAX);
	len = read_all(text, STREAM_MAX);
	defs = rules_builtin(&n);
	if (isa_choose(argv[1], &conf.isa, &e) || ruleset_compile(defs, n, &rules, &e) ||
	    policy_new(rules, &conf, &policy, &e))
		die(e.text);
	mask_all(policy, text, len, CHUNK_MAX, 0, &first);
	for (size_t k = 0; k < array_size(chunks); k++) {
		for (size_t offset = k; offset < 64; offset += array_size(chunks)) {
			mask_all(policy, text, len, chunks[k], offset, &again);
			if (!same(&first, &again)) {
				fprintf(stderr, "streams: chunks of %zu at offset %zu differ\n",
					chunks[k], offset);
				return 1;
			}
		}
	}
	print(rules, &first);
	policy_free(policy);
	ruleset_free(rules);
	free(first.text);
	free(again.text);
	free(text);
	return 0;
}
