/* SPDX-License-Identifier: BSD-2-Clause */
#include "frame_bytes.h"
#include <criterion/criterion.h>

size_t frame_bytes(const struct frame_map *m, const u8 *text, size_t len, size_t step,
		   struct hl7_byte *ret_bytes, int *ret_reason)
{
	struct run run = {.ends = true};
	bool open = false;
	struct frame f;
	u32 value = 0;
	size_t at = 0;

	frame_init(&f, m);
	*ret_reason = 0;
	while (at < len) {
		size_t room = step - at % step < len - at ? step - at % step : len - at;
		enum run_kind before = run.kind;

		*ret_reason = frame_next(&f, text + at, room, &run);
		if (*ret_reason)
			return at;
		cr_assert_leq(run.len, room);
		cr_assert(run.kind == RUN_SKIP || run.ends || run.len == room,
			  "an open run goes to the chunk's end");
		cr_assert(!open || run.kind == before, "a run that is open goes on");
		cr_assert(run.len || (open && run.ends), "a piece of length 0 ends a run");
		value += !open;
		for (size_t i = at; i < at + run.len; i++)
			ret_bytes[i] = (struct hl7_byte){
				.kind = (u8)run.kind,
				.escape = run.kind == RUN_SKIP ? 0 : frame_escape(&f),
				.rule = run.kind == RUN_FIELD ? run.rule : 0,
				.value = run.kind == RUN_SKIP ? 0 : value,
			};
		open = run.kind != RUN_SKIP && !run.ends;
		at += run.len;
	}
	*ret_reason = frame_finish(&f);
	return len;
}
