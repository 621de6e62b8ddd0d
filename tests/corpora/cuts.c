/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cuts files in two at every offset, window by window:
 *
 *     cuts ISA text|hl7 SEED FILE...
 *
 * A window is what a file begins with, or begins anywhere in it; of HL7, with a message. As two chunks
 * it must come out, and be counted, as the scalar code has it of one, without a memo of lines.
 */
#include <fcntl.h>
#include <scrim/mask.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WINDOW   3000 /* more than a batch of the scanner */
#define WINDOWS  2    /* of a file, the first among them; a file of no more than WINDOW has one */
#define FILE_MAX (16u << 20)

/* What a window became. */
struct masked {
	int reason; /* of the call that refused, or of the end */
	size_t len;
	u8 text[WINDOW];
	struct scrim_rule_row counts[RULE_MAX];
};

/* A policy, and what a thread has. */
struct masker {
	struct policy *policy;
	struct mask_scratch *scratch;
	u16 nrules;
};

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "cuts: %s\n", what);
	exit(2);
}

static size_t read_file(const char *path, u8 *to)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t got;

	while (fd >= 0 && (got = read(fd, to + len, FILE_MAX - len)) > 0)
		len += (size_t)got;
	if (fd < 0 || got < 0 || len == FILE_MAX)
		die(path);
	close(fd);
	return len;
}

static u64 draw(u64 *seed, u64 n)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (*seed >> 33) % n;
}

static void append(struct masked *m, const struct span *out)
{
	memcpy(m->text + m->len, out->p, out->len);
	m->len += out->len;
}

/* text[0, len) as two chunks, the second from `cut` on; where that is len, as one. */
static void mask(const struct masker *k, const u8 *text, size_t len, size_t cut, struct masked *m)
{
	static _Alignas(64) u8 block[SCRIM_HEADROOM + 64 + WINDOW];
	u8 *data = block + SCRIM_HEADROOM + cut % 64;
	struct scrim_rule_row *rows[RULE_MAX];
	struct span out = {.len = 0};
	struct stream s;

	m->len = 0;
	m->reason = 0;
	memset(m->counts, 0, k->nrules * sizeof(*m->counts));
	for (u16 i = 0; i < k->nrules; i++)
		rows[i] = &m->counts[i];
	stream_init(&s, k->policy, (struct mask_counters){rows});
	for (size_t at = 0, end = cut; at < len && !m->reason; at = end, end = len) {
		memcpy(data, text + at, end - at);
		m->reason = stream_feed(&s, k->scratch, data, end - at, &out);
		if (!m->reason)
			append(m, &out);
	}
	if (!m->reason) {
		m->reason = stream_finish(&s, k->scratch, data, &out);
		append(m, &out);
	}
	stream_drop(&s);
}

/* Of what is refused, where that is seen depends on the cut. */
static bool same(const struct masker *k, const struct masked *x, const struct masked *y)
{
	if (x->reason != y->reason)
		return false;
	if (x->reason && x->reason != -FLOW_HL7_UNFINISHED)
		return true;
	return x->len == y->len && !memcmp(x->text, y->text, x->len) &&
	       !memcmp(x->counts, y->counts, k->nrules * sizeof(*x->counts));
}

static void count(const struct masker *k, const struct masked *m, size_t *sum)
{
	for (u16 i = 0; i < k->nrules; i++)
		*sum += m->counts[i].matches;
}

/* Where the n-th window begins; of HL7 that is a message. */
static size_t window_at(const u8 *text, size_t len, size_t n, enum frame_format format, u64 *seed)
{
	size_t at = n ? draw(seed, len - WINDOW) : 0;

	while (n && at && format == FORMAT_HL7 && memcmp(text + at, "MSH|", 4) != 0)
		at--;
	return at;
}

struct seen {
	size_t windows, cuts, matches;
};

static void cut_file(const struct masker *plain, const struct masker *k, const char *path,
		     enum frame_format format, u64 *seed, struct seen *seen)
{
	static struct masked want, got;
	static u8 text[FILE_MAX];
	size_t len = read_file(path, text);

	for (size_t n = 0; n < (len > WINDOW ? WINDOWS : 1); n++) {
		size_t from = window_at(text, len, n, format, seed);
		size_t size = len - from < WINDOW ? len - from : WINDOW;

		mask(plain, text + from, size, size, &want);
		count(plain, &want, &seen->matches);
		seen->windows++;
		for (size_t cut = 1; cut <= size; cut++, seen->cuts++) {
			mask(k, text + from, size, cut, &got);
			if (same(k, &got, &want))
				continue;
			printf("%s: [%zu, %zu) cut at %zu is not as at once\n", path, from,
			       from + size, from + cut);
			exit(1);
		}
	}
}

static void masker_new(const struct ruleset *rs, enum frame_format format, enum isa isa,
		       struct masker *ret_k)
{
	struct policy_conf conf = {.format = format, .isa = isa};
	struct err e = {0};

	ret_k->nrules = rs->nrules;
	if (policy_new(rs, &conf, &ret_k->policy, &e))
		die(e.text);
	if (mask_scratch_new(WINDOW, &ret_k->scratch))
		die("out of memory");
}

static void masker_free(struct masker *k)
{
	mask_scratch_free(k->scratch);
	policy_free(k->policy);
}

int main(int argc, char **argv)
{
	const struct rule_def *defs;
	struct masker plain, k;
	struct seen seen = {0};
	enum frame_format format;
	struct ruleset *rs;
	struct err e = {0};
	enum isa isa;
	size_t n;
	u64 seed;

	if (argc < 5 || format_parse(argv[2], &format))
		die("cuts ISA text|hl7 SEED FILE...");
	seed = strtoull(argv[3], NULL, 10);
	defs = rules_builtin(&n);
	if (isa_choose(argv[1], &isa, &e) || ruleset_compile(defs, n, &rs, &e))
		die(e.text);
	masker_new(rs, format, ISA_SCALAR, &plain);
	mask_scratch_forget(plain.scratch);
	masker_new(rs, format, isa, &k);
	for (char **path = argv + 4; *path; path++)
		cut_file(&plain, &k, *path, format, &seed, &seen);
	printf("%zu windows, %zu cuts, %zu matches\n", seen.windows, seen.cuts, seen.matches);
	masker_free(&k);
	masker_free(&plain);
	ruleset_free(rs);
	return 0;
}
