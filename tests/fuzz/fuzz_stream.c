/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Streaming against one-shot: FORMAT SEED STREAM. However a stream is cut, the same bytes come out, the same
 * counts, the same reason of a refusal; and what stream_feed.h asserts on the way.
 */
#include "fuzz.h"
#include "scan_text.h"
#include "scanners.h"
#include "stream_feed.h"
#include <string.h>

#define STREAM_MAX 4000

static size_t cut_somewhere(void *arg, size_t at)
{
	u32 r = draw(arg, 100);

	return at + 1 + (r < 60 ? r / 10 : r * 2);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct feeder feeders[FORMAT_COUNT * ISA_COUNT];
	static struct fed want, got;
	const struct rule_def *defs;
	enum isa isas[ISA_COUNT];
	struct feeder *f;
	size_t n = isas_here(isas), which;
	u64 seed;

	if (size < 2 || size > STREAM_MAX)
		return 0;
	which = data[0] % (n * FORMAT_COUNT);
	f = &feeders[which];
	if (!f->rs)
		feeder_begin(f, ruleset_builtin(&defs), NULL, (enum frame_format)(which / n),
			     isas[which % n]);
	seed = 1u + data[1];
	data += 2;
	size -= 2;
	feed_whole(f, data, size, &want);
	for (int i = 0; i < 3; i++) {
		feed_cut(f, data, size, cut_somewhere, &seed, &got);
		assert_fed_same(f, &got, &want, "cut", (size_t)i);
	}
	fuzz_check(!fed_let_go(f, &want), "bytes were released early");
	return 0;
}
