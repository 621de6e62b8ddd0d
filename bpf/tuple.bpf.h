/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses and ports of a connection, as a packet of it carries them. */
#ifndef SCRIM_TUPLE_BPF_H
#define SCRIM_TUPLE_BPF_H

#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <stdbool.h>

/* IPv4 as ::ffff:a.b.c.d. All in network order. */
struct flow {
	__u32 src[4];
	__u32 dst[4];
	__be16 sport;
	__be16 dport;
};

static __always_inline void address_v4(__u32 to[4], __be32 from)
{
	to[0] = 0;
	to[1] = 0;
	to[2] = bpf_htonl(0xffff);
	to[3] = from;
}

/* Spreads clients' ports as well as clients; not a defence: the client picks its port anyway. */
static __always_inline __u32 flow_hash(const struct flow *f)
{
	__u32 h = ((__u32)f->sport << 16 | f->dport) * 0x9e3779b1u;

#pragma unroll
	for (int i = 0; i < 4; i++) {
		h = (h ^ f->src[i]) * 0x85ebca6bu;
		h = (h ^ (h >> 15) ^ f->dst[i]) * 0xc2b2ae35u;
	}
	return h ^ (h >> 13);
}

#endif
