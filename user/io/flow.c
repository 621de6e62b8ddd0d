/* SPDX-License-Identifier: BSD-2-Clause */
/* Verdicts: counted where every worker counts, and logged so that a flood stays readable. */
#include "worker.h"
#include <scrim/flow.h>

#define LOG_EVERY_MS 10000

void flow_count(struct io_worker *w, enum scrim_flow reason)
{
	count_add(&w->conf.flow[reason].count, 1);
}

void flow_refuse(struct io_worker *w, enum scrim_flow reason, const struct listener *l,
		 const union io_addr *client, const union io_addr *server)
{
	char from[ADDRESS_TEXT], to[ADDRESS_TEXT] = "";
	u64 missed;

	flow_count(w, reason);
	if (!log_gate_open(&w->gate[reason], worker_now(w) / 1000000, LOG_EVERY_MS, &missed))
		return;
	if (server)
		address_text(server, to);
	log_line(LOG_LEVEL_NOTICE,
		 "listener %s: %s%s%s: %s: %s (%llu more since the last such line)", l->conf.name,
		 address_text(client, from), server ? " to " : "", to, flow_name(reason),
		 flow_what(reason), (unsigned long long)missed);
}
