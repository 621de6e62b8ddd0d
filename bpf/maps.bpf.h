/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The maps that more than one program uses. The user's side makes the steering maps anew at each
 * start, fills them, and then swaps the programs: a change of configuration is one atomic step.
 *
 *   ifaces     interface index ─▶ slot, sides; none: not the gateway's; not there: made since
 *   gates      (slot, side, port) ─▶ listeners, a bit each
 *   nets       (slot, network) ─▶ listeners whose servers are there, a bit each
 *   roles      (listener, network) ─▶ role of who comes from there; none: the default one
 *   sockets    (listener, role, worker, family) ─▶ listening socket; empty: none is alive
 *   alive      a socket that only the daemon's process holds, and that goes the moment it dies;
 *              listening sockets may live on for a while in a dying ring
 */
#ifndef SCRIM_MAPS_BPF_H
#define SCRIM_MAPS_BPF_H

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>
#include <scrim/abi.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, FLOW_COUNT);
	__type(key, __u32);
	__type(value, struct scrim_flow_row);
} scrim_flow SEC(".maps");

static __always_inline void flow_count(__u32 reason)
{
	struct scrim_flow_row *row = bpf_map_lookup_elem(&scrim_flow, &reason);

	if (row)
		__sync_fetch_and_add(&row->count, 1);
}

/* A refusal, with the address it came from; NULL: that cannot be told. */
static __always_inline void flow_refuse(__u32 reason, const __u32 from[4])
{
	struct scrim_flow_row *row = bpf_map_lookup_elem(&scrim_flow, &reason);
	__u64 peer[2] = {};

	if (!row)
		return;
	if (from)
		__builtin_memcpy(peer, from, sizeof(peer));
	row->peer[0] = peer[0];
	row->peer[1] = peer[1];
	row->peer_check = SCRIM_PEER_CHECK(peer);
	__sync_fetch_and_add(&row->count, 1);
}

#endif
