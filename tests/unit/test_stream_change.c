/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A stream that changes its policy: up to the first record's end behind the place where it is asked
 * to, bytes and counts are those of the one policy, from there on those of the other one; wherever
 * it is asked, and however the rest is cut.
 */
#include "hl7_text.h"
#include "scanners.h"
#include "stream_feed.h"
#include <criterion/criterion.h>
#include <string.h>

static u8 text[8192], out[8192];
static struct fed a, b, tail;
static struct scrim_rule_row rows[2][RULE_MAX];
static u64 differ; /* documents that the two policies mask differently */

enum shape { LINES, FRAMED, BARE };

static bool is_line_end(u8 c)
{
	return c == '\r' || c == '\n';
}

/* Whether what goes before text[at] ends a record. */
static bool ends_record(enum shape shape, size_t at)
{
	size_t i = at;

	if (!at)
		return true;
	switch (shape) {
	case LINES:
		return text[at - 1] == '\n';
	case FRAMED:
		while (i && is_line_end(text[i - 1]))
			i--;
		return !i || text[i - 1] == 0x1c;
	case BARE:
		if (at < 3 || (at > 3 && !is_line_end(text[at - 4])))
			return false;
		return !strncasecmp((char *)text + at - 3, "MSH", 3) ||
		       !strncasecmp((char *)text + at - 3, "FHS", 3) ||
		       !strncasecmp((char *)text + at - 3, "BHS", 3);
	}
	return false;
}

static struct mask_counters counters(struct feeder *f, int which)
{
	for (u16 i = 0; i < f->rs->nrules; i++)
		f->rows[i] = &rows[which][i];
	return (struct mask_counters){.rows = f->rows};
}

/* Feeds text[0, len), asked at `ask` to change, in pieces of `piece`; what came out is in out. */
static void feed_changed(struct feeder *f, struct feeder *g, size_t len, size_t ask, size_t piece)
{
	static u8 memory[SCRIM_HEADROOM + sizeof(text)];
	u8 *data = memory + SCRIM_HEADROOM;
	size_t n = 0, step;
	struct stream s;
	struct span got;
	int changed = 0;

	memset(rows, 0, sizeof(rows));
	stream_init(&s, f->policy, counters(f, 0));
	for (size_t at = 0; at < len; at += step) {
		step = at < ask ? ask - at : piece < len - at ? piece : len - at;
		memcpy(data, text + at, step);
		got = (struct span){0};
		if (at < ask || changed) {
			cr_assert_eq(stream_feed(&s, f->scratch, data, step, &got), 0);
		} else {
			changed = stream_change(&s, f->scratch, data, step, g->policy,
						counters(g, 1), &got);
			cr_assert_geq(changed, 0, "reason %d", changed);
		}
		memcpy(out + n, got.p, got.len);
		n += got.len;
		cr_assert_eq(n + stream_held(&s), at + step);
	}
	got = (struct span){0};
	stream_finish(&s, f->scratch, data, &got);
	memcpy(out + n, got.p, got.len);
	cr_assert_eq(n + got.len, len);
	stream_drop(&s);
}

static void assert_changed(struct feeder *f, struct feeder *g, enum shape shape, size_t len,
			   size_t ask, size_t piece)
{
	size_t at = ask;

	while (at < len && !ends_record(shape, at))
		at++;
	feed_changed(f, g, len, ask, piece);
	for (size_t i = 0; i < len; i++)
		cr_assert_eq(out[i], i < at ? a.out[i] : b.out[i],
			     "asked at %zu, pieces of %zu, a record ends at %zu: byte %zu is %02x, "
			     "not %02x (%02x)",
			     ask, piece, at, i, out[i], a.out[i], b.out[i]);
	/* What stands alone is counted alone. */
	if (shape == BARE || piece == 1)
		return;
	feed_whole(f, text, at, &tail);
	cr_assert_arr_eq(tail.rows, rows[0], f->rs->nrules * sizeof(rows[0][0]));
	feed_whole(g, text + at, len - at, &tail);
	cr_assert_arr_eq(tail.rows, rows[1], f->rs->nrules * sizeof(rows[0][0]));
}

static size_t make(u64 *seed, enum shape shape)
{
	size_t len = 0;

	if (shape == LINES) {
		len = 400 + draw(seed, 400);
		scan_text_dense(seed, text, len);
		return len;
	}
	for (int i = 0; i < 3; i++)
		len += hl7_text(seed, shape == FRAMED, text + len, 512);
	return len;
}

/* Every place of made-up documents. */
static void check(enum shape shape, u64 seed, int documents)
{
	const enum frame_format format = shape == LINES ? FORMAT_TEXT : FORMAT_HL7;
	const enum isa isa = isa_best();
	const struct rule_def *defs;
	struct ruleset *rs = builtin_rules(&defs);
	bool enabled[RULE_MAX];
	struct feeder f, g;

	for (u16 i = 0; i < rs->nrules; i++)
		enabled[i] = i % 2;
	feeder_begin(&f, rs, NULL, format, isa);
	feeder_begin(&g, rs, enabled, format, isa);
	for (int i = 0; i < documents;) {
		size_t len = make(&seed, shape);

		feed_whole(&f, text, len, &a);
		feed_whole(&g, text, len, &b);
		if (refused(&a) || refused(&b))
			continue;
		differ += memcmp(a.out, b.out, len) != 0;
		for (size_t ask = 0; ask <= len; ask++) {
			assert_changed(&f, &g, shape, len, ask, SIZE_MAX);
			if (ask % 7 == 0)
				assert_changed(&f, &g, shape, len, ask, 1);
		}
		i++;
	}
	cr_assert_gt(differ, (u64)documents / 2);
	feeder_end(&g);
	feeder_end(&f);
	ruleset_free(rs);
}

Test(stream_change, lines)
{
	check(LINES, 0xc4a1, 3);
}

Test(stream_change, frames)
{
	check(FRAMED, 0xc4a2, 6);
}

Test(stream_change, bare_messages)
{
	check(BARE, 0xc4a3, 6);
}

/* To passing on: from the record's end the bytes are those that came. */
Test(stream_change, to_no_policy)
{
	const struct rule_def *defs;
	struct ruleset *rs = builtin_rules(&defs);
	u8 memory[SCRIM_HEADROOM + 64], *data = memory + SCRIM_HEADROOM;
	const char in[] = "45-6789\nSSN 123-45-6789\n";
	struct feeder f;
	struct span got;

	feeder_begin(&f, rs, NULL, FORMAT_TEXT, ISA_SCALAR);
	feed_begin(&f, &a);
	cr_assert_eq(feed_bytes(&f, (const u8 *)"SSN 123-", 8), 0);
	memcpy(data, in, sizeof(in));
	cr_assert_eq(stream_change(&f.stream, f.scratch, data, strlen(in), NULL,
				   (struct mask_counters){0}, &got),
		     1);
	cr_assert(got.len >= strlen(in));
	cr_assert_arr_eq(got.p + got.len - strlen(in), "11-1111\nSSN 123-45-6789\n", strlen(in));
	stream_drop(&f.stream);
	feeder_end(&f);
	ruleset_free(rs);
}
