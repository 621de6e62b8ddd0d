/* SPDX-License-Identifier: BSD-2-Clause */
/* Log lines for what the kernel's side refuses: a line per reason and interval, with the count. */
#ifndef SCRIM_REFUSALS_H
#define SCRIM_REFUSALS_H

#include <scrim/abi.h>
#include <scrim/log.h>

/* Zeroed, then refusals_begin(). */
struct refusals {
	u64 told[FLOW_COUNT]; /* how many of a row were in a line, or before scrimd */
	struct log_gate gates[FLOW_COUNT];
};

/* What is counted so far is not told. */
void refusals_begin(struct refusals *r, const struct scrim_flow_row *flow);

/* Tells what was refused since the last line of its reason; now_ms as for log_gate_open(). */
void refusals_tell(struct refusals *r, const struct scrim_flow_row *flow, u64 now_ms);

#endif
