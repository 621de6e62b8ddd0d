/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The HL7 framer: STEP STREAM. What it says of each byte is what the oracle says, at once and STEP bytes at
 * a time, up to where it refuses.
 */
#include "frame_bytes.h"
#include "fuzz.h"
#include "scanners.h"
#include <string.h>

#define STREAM_MAX 2000

static bool same(const struct hl7_byte *got, const struct hl7_byte *want, size_t i)
{
	return got[i].kind == want[i].kind && got[i].rule == want[i].rule &&
	       got[i].escape == want[i].escape &&
	       (!i || (got[i].value == got[i - 1].value) == (want[i].value == want[i - 1].value));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct hl7_byte want[STREAM_MAX], whole[STREAM_MAX], cut[STREAM_MAX];
	static struct ruleset *rs;
	static struct frame_map *map;
	const struct rule_def *defs;
	size_t n, m, step;
	int reason, other;

	if (size < 1 || size > STREAM_MAX)
		return 0;
	if (!rs)
		rs = ruleset_builtin(&defs);
	if (!map)
		fuzz_check(!frame_map_new(FORMAT_HL7, rs, NULL, ISA_SCALAR, &map, NULL), "no map");
	step = 1u + data[0];
	data++;
	size--;
	n = size ? frame_bytes(map, data, size, size, whole, &reason) : 0;
	m = size ? frame_bytes(map, data, size, step, cut, &other) : 0;
	if (!size)
		return 0;
	fuzz_check(reason == other && (n == m || reason), "cut it is refused for another reason");
	n = n < m ? n : m;
	hl7_oracle(rs, NULL, READ_AS_FRAMED, data, n, want);
	for (size_t i = 0; i < n; i++) {
		fuzz_check(same(whole, want, i), "a byte is not what the oracle says");
		fuzz_check(same(cut, want, i), "cut a byte is not what the oracle says");
	}
	return 0;
}
