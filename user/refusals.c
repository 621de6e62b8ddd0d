/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel's side refuses, told from the counters. It happens to packets that never come up
 * here, so a line has no peer.
 */
#include "refusals.h"
#include <scrim/flow.h>

#define EVERY_MS 10000

static u64 count_of(const struct scrim_flow_row *row)
{
	return __atomic_load_n(&row->count, __ATOMIC_RELAXED);
}

/* The verdicts that the kernel's side counts are no refusals. */
static bool is_refusal(int reason)
{
	return flow_is_kernels(reason) && reason != FLOW_STEERED && reason != FLOW_OWN;
}

void refusals_begin(struct refusals *r, const struct scrim_flow_row *flow)
{
	for (int i = 0; i < FLOW_COUNT; i++)
		r->told[i] = count_of(&flow[i]);
}

void refusals_tell(struct refusals *r, const struct scrim_flow_row *flow, u64 now_ms)
{
	u64 count, missed;

	for (int i = 0; i < FLOW_COUNT; i++) {
		count = count_of(&flow[i]);
		if (!is_refusal(i) || count == r->told[i] ||
		    !log_gate_open(&r->gates[i], now_ms, EVERY_MS, &missed))
			continue;
		log_line(LOG_LEVEL_NOTICE, "%s: %s: %llu since the last such line", flow_name(i),
			 flow_what(i), (unsigned long long)(count - r->told[i]));
		r->told[i] = count;
	}
}
