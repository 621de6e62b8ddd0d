/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel's side refuses, told from the counters. It happens to packets that never come up
 * here: of their senders the last one stands beside the counter.
 */
#include "refusals.h"
#include <arpa/inet.h>
#include <scrim/flow.h>
#include <stdio.h>
#include <string.h>

#define EVERY_MS 10000

static u64 count_of(const struct scrim_flow_row *row)
{
	return __atomic_load_n(&row->count, __ATOMIC_RELAXED);
}

/* ", the last from ADDRESS"; "" if it is not known, or two were written at once. */
static const char *last_from(const struct scrim_flow_row *row, char text[80])
{
	const u64 peer[2] = {__atomic_load_n(&row->peer[0], __ATOMIC_RELAXED),
			     __atomic_load_n(&row->peer[1], __ATOMIC_RELAXED)};
	u64 check = __atomic_load_n(&row->peer_check, __ATOMIC_RELAXED);
	char address[INET6_ADDRSTRLEN] = "?";
	struct in6_addr in6;

	if (check != SCRIM_PEER_CHECK(peer) || !(peer[0] | peer[1]))
		return "";
	memcpy(&in6, peer, sizeof(in6));
	if (IN6_IS_ADDR_V4MAPPED(&in6))
		inet_ntop(AF_INET, &in6.s6_addr[12], address, sizeof(address));
	else
		inet_ntop(AF_INET6, &in6, address, sizeof(address));
	snprintf(text, 80, ", the last from %s", address);
	return text;
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
	char from[80];
	u64 count, missed;

	for (int i = 0; i < FLOW_COUNT; i++) {
		count = count_of(&flow[i]);
		if (!is_refusal(i) || count == r->told[i] ||
		    !log_gate_open(&r->gates[i], now_ms, EVERY_MS, &missed))
			continue;
		log_line(LOG_LEVEL_NOTICE, "%s: %s: %llu since the last such line%s", flow_name(i),
			 flow_what(i), (unsigned long long)(count - r->told[i]),
			 last_from(&flow[i], from));
		r->told[i] = count;
	}
}
