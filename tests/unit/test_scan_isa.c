/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every ISA finds what the scalar code finds, wherever the text lies in memory, and reads no byte
 * outside of it. Around the text stand bytes that would change the answer if they were read.
 */
#include "guard_page.h"
#include "scan_text.h"
#include "scanners.h"
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define OFFSETS  129 /* 0 to 128 */
#define LEN_MAX  6000
#define VARIANTS 4

/* Texts that are longer than this many bytes cross a batch of the scanner. */
static const size_t long_ones[] = {511,  512,  513,  1023, 2047,   2048,
				   2049, 2055, 2112, 4100, LEN_MAX};

/* How a text is scanned: what is only looked back at, and whether more may follow. */
struct variant {
	size_t start;
	bool ends;
};

struct outcome {
	size_t nmatches, decided;
	u64 rejected[RULE_MAX];
	struct match *matches;
};

/* No more room for matches than scan.h asks for. */
static struct outcome scan_at(const struct scanner *s, struct scan_memo *memo, const u8 *text,
			      size_t len, const struct variant *v)
{
	struct outcome o = {0};
	struct scan_job job = {
		.text = text,
		.start = v->start,
		.len = len,
		.ends = v->ends,
		.cap = len - v->start + 1,
		.rejected = o.rejected,
		.memo = memo,
	};

	o.matches = job.matches = malloc(job.cap * sizeof(*job.matches));
	cr_assert_not_null(o.matches);
	scan(s, &job);
	o.nmatches = job.nmatches;
	o.decided = job.decided;
	return o;
}

static void assert_same_outcome(const struct outcome *got, const struct outcome *want, enum isa isa,
				const char *side, size_t len, size_t offset)
{
	cr_assert_eq(got->nmatches, want->nmatches, "%s, %s %zu, length %zu: %zu matches, not %zu",
		     isa_name(isa), side, offset, len, got->nmatches, want->nmatches);
	cr_assert_eq(got->decided, want->decided, "%s, %s %zu, length %zu: decided %zu, not %zu",
		     isa_name(isa), side, offset, len, got->decided, want->decided);
	cr_assert(!memcmp(got->matches, want->matches, want->nmatches * sizeof(*want->matches)),
		  "%s, %s %zu, length %zu: the matches", isa_name(isa), side, offset, len);
	cr_assert_arr_eq(got->rejected, want->rejected, sizeof(want->rejected),
			 "%s, %s %zu, length %zu: the rejected ones", isa_name(isa), side, offset,
			 len);
}

static void make_text(u64 *seed, u8 *text, size_t len)
{
	u32 kind = draw(seed, 4);

	if (kind < 2)
		scan_text_dense(seed, text, len);
	else if (kind == 2)
		scan_text_random(seed, "0123456789012345-./ @aZ\n\x80+(", text, len);
	else
		for (size_t i = 0; i < len; i++)
			text[i] = (u8)draw(seed, 256);
}

/* A text at every place, on every ISA, with a memo or none, against the scalar code on a block of its own. */
static size_t judge_text(struct scanner *const *scanners, size_t nscanners, struct scan_memo *memo,
			 const struct guarded *g, u64 *seed, const u8 *text, size_t len)
{
	struct variant variants[VARIANTS];
	struct outcome want[VARIANTS], got;
	u8 *block = malloc(len + !len);
	size_t found = 0;

	memcpy(block, text, len);
	for (size_t v = 0; v < VARIANTS; v++) {
		variants[v] = (struct variant){v / 2 ? draw(seed, (u32)len + 1) : 0, v % 2};
		want[v] = scan_at(scanners[0], NULL, block, len, &variants[v]);
		found += want[v].nmatches;
	}
	for (size_t i = 0; i < nscanners; i++) {
		enum isa isa = scanner_isa(scanners[i]);

		for (size_t offset = 0; offset < OFFSETS; offset++) {
			const u8 *at = guarded_left(g, offset, text, len, "7@ "[offset % 3]);
			size_t v = (offset + len) % VARIANTS;

			got = scan_at(scanners[i], memo, at, len, &variants[v]);
			assert_same_outcome(&got, &want[v], isa, "offset", len, offset);
			free(got.matches);
		}
		for (size_t v = 0; v < VARIANTS; v++) {
			const u8 *at = guarded_right(g, text, len, '7');

			got = scan_at(scanners[i], memo, at, len, &variants[v]);
			assert_same_outcome(&got, &want[v], isa, "at the end,", len, v);
			free(got.matches);
		}
	}
	for (size_t v = 0; v < VARIANTS; v++)
		free(want[v].matches);
	free(block);
	return found;
}

Test(scan_isa, is_the_scalar_one_at_every_offset, .timeout = 300)
{
	const struct rule_def *defs;
	struct ruleset *rs = ruleset_builtin(&defs);
	struct guarded g = guarded_new(LEN_MAX + OFFSETS);
	struct scanner *scanners[ISA_COUNT];
	enum isa isas[ISA_COUNT];
	size_t n = isas_here(isas), found = 0;
	static u8 text[LEN_MAX];
	u64 seed = 0x15a;

	for (size_t i = 0; i < n; i++)
		scanners[i] = scanner_all(rs, isas[i]);
	for (size_t len = 0; len <= 300; len++) {
		make_text(&seed, text, len);
		found += judge_text(scanners, n, NULL, &g, &seed, text, len);
	}
	for (size_t i = 0; i < array_size(long_ones); i++) {
		make_text(&seed, text, long_ones[i]);
		found += judge_text(scanners, n, NULL, &g, &seed, text, long_ones[i]);
	}
	cr_assert_gt(found, 1000);
	for (size_t i = 0; i < n; i++)
		scanner_free(scanners[i]);
	guarded_free(&g);
	ruleset_free(rs);
}

/* Lines of few outlines, a block long, two and more; the last one is cut off. */
static void make_lines(u64 *seed, u8 *text, size_t len)
{
	static const char *const lines[] = {
		"0:00:00.000 job 1f1b1c11 of ward 0 sent, 000 bytes\n",
		"0000-00-00 00:00 MRN: 0000000, SSN 000-00-0000\r\n",
		"host 00.00.0.0 took 1a111-1d1 for the patient, who was born on 0000-00-00, "
		"and asked nothing\n",
		"paid by 0000-0000-0000-0000 at 0 Elm St, which took 00.00 s; then nothing came, "
		"for long, and "
		"then a 2feb0000, and a (000) 000-0000, dea no 1b11\n",
	};

	for (size_t at = 0; at < len;) {
		const char *line = lines[draw(seed, array_size(lines))];

		for (; *line && at < len; line++, at++)
			text[at] = *line == '0'   ? (u8)('0' + draw(seed, 10))
				   : *line == '1' ? (u8) "0123456789abcdef"[draw(seed, 16)]
						  : (u8)*line;
	}
}

Test(scan_isa, with_a_memo_is_the_scalar_one_at_every_offset)
{
	const struct rule_def *defs;
	struct ruleset *rs = ruleset_builtin(&defs);
	struct guarded g = guarded_new(1024 + OFFSETS);
	struct scanner *scanners[ISA_COUNT];
	struct scan_memo *memo = NULL;
	enum isa isas[ISA_COUNT];
	size_t n = isas_here(isas), found = 0;
	u8 text[1024];
	u64 seed = 0x15b;

	cr_assert_eq(scan_memo_new(&memo), 0);
	for (size_t i = 0; i < n; i++)
		scanners[i] = scanner_all(rs, isas[i]);
	for (size_t round = 0; round < 40; round++) {
		size_t len = sizeof(text) - draw(&seed, 2) * draw(&seed, 640);

		make_lines(&seed, text, len);
		found += judge_text(scanners, n, memo, &g, &seed, text, len);
	}
	cr_assert_gt(found, 500);
	for (size_t i = 0; i < n; i++)
		scanner_free(scanners[i]);
	scan_memo_free(memo);
	guarded_free(&g);
	ruleset_free(rs);
}

static const u8 *find_slowly(const u8 *p, const u8 *end, u8 c)
{
	while (p < end && *p != c && *p >= 0x20)
		p++;
	return p;
}

/* Nothing to find but where it is put; around it stands what would be found. */
static void judge_find(enum isa isa, const struct guarded *g, u64 *seed, size_t len, size_t offset)
{
	static const u8 wanted[] = {0, 0x1f, ' ', '|', 0x7f, 0x80, 0xff};
	u8 c = wanted[draw(seed, array_size(wanted))], text[1000];
	const u8 *at, *want;

	for (size_t i = 0; i < len; i++)
		do
			text[i] = (u8)(0x20 + draw(seed, 0xe0));
		while (text[i] == c);
	if (len && draw(seed, 4))
		text[draw(seed, (u32)len)] = c;
	if (len && draw(seed, 2))
		text[draw(seed, (u32)len)] = (u8)draw(seed, 0x20);
	at = guarded_left(g, offset, text, len, c);
	want = find_slowly(at, at + len, c);
	cr_assert_eq(scan_find_control(isa, at, at + len, c), want,
		     "%s: 0x%02x in %zu bytes at offset %zu", isa_name(isa), c, len, offset);
	at = guarded_right(g, text, len, '\n');
	want = find_slowly(at, at + len, c);
	cr_assert_eq(scan_find_control(isa, at, at + len, c), want,
		     "%s: 0x%02x in %zu bytes at the end", isa_name(isa), c, len);
}

Test(scan_isa, finds_control_bytes_as_a_loop_does, .timeout = 300)
{
	struct guarded g = guarded_new(1000 + OFFSETS);
	enum isa isas[ISA_COUNT];
	size_t n = isas_here(isas);
	u64 seed = 0xc0;

	for (size_t i = 0; i < n; i++) {
		for (size_t offset = 0; offset < OFFSETS; offset++)
			for (size_t len = 0; len <= 300; len += 1 + draw(&seed, 4))
				judge_find(isas[i], &g, &seed, len, offset);
		for (size_t len = 900; len <= 1000; len++)
			judge_find(isas[i], &g, &seed, len, len % OFFSETS);
	}
	guarded_free(&g);
}
