/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The HL7 framer: STEP STREAM. What it says of each byte is what the oracle says, at once and STEP bytes at
 * a time, up to where it refuses; and no lenient reader sees a value where it sees none.
 */
#include "frame_bytes.h"
#include "fuzz.h"
#include "hl7_lenient.h"
#include "scanners.h"
#include <string.h>

#define STREAM_MAX 2000

static bool same(const struct hl7_byte *got, const struct hl7_byte *want, size_t i)
{
	return got[i].kind == want[i].kind && got[i].rule == want[i].rule &&
	       got[i].escape == want[i].escape &&
	       (!i || (got[i].value == got[i - 1].value) == (want[i].value == want[i - 1].value));
}

/* By `step` bytes; ret_reason is why it is refused. Returns how many bytes are accepted. */
static size_t judge(const struct ruleset *rs, const struct frame_map *map, const u8 *data,
		    size_t size, size_t step, int *ret_reason)
{
	static struct hl7_byte want[STREAM_MAX], got[STREAM_MAX];
	size_t n = frame_bytes(map, data, size, step, got, ret_reason);
	enum hl7_reader reader;

	hl7_oracle(rs, NULL, READ_AS_FRAMED, data, n, want);
	for (size_t i = 0; i < n; i++)
		fuzz_check(same(got, want, i), "a byte is not what the oracle says");
	fuzz_check(hl7_lenient(rs, data, n, got, &reader) == n, "a lenient reader sees a value");
	return n;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct ruleset *rs;
	static struct frame_map *map;
	const struct rule_def *defs;
	size_t whole, cut;
	int reason, other;

	if (size < 2 || size > STREAM_MAX)
		return 0;
	if (!rs)
		rs = ruleset_builtin(&defs);
	if (!map)
		fuzz_check(!frame_map_new(FORMAT_HL7, rs, NULL, ISA_SCALAR, &map, NULL), "no map");
	/* Of what is refused more is seen by smaller steps. */
	whole = judge(rs, map, data + 1, size - 1, size - 1, &reason);
	cut = judge(rs, map, data + 1, size - 1, 1u + data[0], &other);
	fuzz_check(reason == other && (whole == cut || reason),
		   "cut it is refused for another reason");
	return 0;
}
