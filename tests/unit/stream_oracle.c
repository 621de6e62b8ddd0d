/* SPDX-License-Identifier: BSD-2-Clause */
#include "stream_oracle.h"
#include "hl7_oracle.h"
#include "oracle.h"
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

struct pipeline {
	const struct ruleset *rs;
	const struct rule_def *defs;
	const u8 *stream;
	struct fed *fed;
	bool *filled;
};

static void fill_part(struct pipeline *o, size_t from, size_t to, u16 rule, u8 escape, bool always)
{
	size_t n = oracle_fill(o->fed->out + from, to - from, escape, o->filled + from);

	o->fed->rows[rule].masked_bytes += n;
	o->fed->rows[rule].matches += always || n;
}

static void do_text(struct pipeline *o, size_t from, size_t to, u8 escape)
{
	size_t cap = to - from + 1, n;
	struct match *m = malloc(cap * sizeof(*m));
	u64 rejected[RULE_MAX] = {0};

	cr_assert_not_null(m);
	n = oracle_scan(o->rs, o->defs, NULL, o->stream + from, to - from, m, cap, rejected);
	for (size_t i = 0; i < n; i++)
		fill_part(o, from + m[i].mask_from, from + m[i].mask_to, m[i].rule, escape, true);
	for (u16 i = 0; i < o->rs->nrules; i++)
		o->fed->rows[i].rejected += rejected[i];
	free(m);
}

void stream_oracle(const struct ruleset *rs, const struct rule_def *defs, enum frame_format format,
		   const u8 *stream, size_t len, struct fed *ret_fed, bool *ret_filled)
{
	struct pipeline o = {rs, defs, stream, ret_fed, ret_filled};
	struct hl7_byte *bytes = calloc(len + 1, sizeof(*bytes));
	size_t to;

	cr_assert_not_null(bytes);
	cr_assert_leq(len, FED_MAX);
	ret_fed->reason = 0;
	ret_fed->in = ret_fed->n = len;
	memcpy(ret_fed->out, stream, len);
	memset(ret_fed->rows, 0, sizeof(ret_fed->rows));
	memset(ret_filled, 0, len * sizeof(*ret_filled));
	if (format == FORMAT_TEXT)
		do_text(&o, 0, len, 0);
	else
		hl7_oracle(rs, NULL, READ_AS_FRAMED, stream, len, bytes);
	for (size_t at = 0; at < len && format == FORMAT_HL7; at = to) {
		const struct hl7_byte *b = &bytes[at];

		for (to = at + 1; to < len && bytes[to].value == b->value; to++)
			;
		if (b->kind == RUN_TEXT)
			do_text(&o, at, to, b->escape);
		else if (b->kind == RUN_FIELD)
			fill_part(&o, at, to, b->rule, b->escape, false);
	}
	free(bytes);
}
