/* SPDX-License-Identifier: BSD-2-Clause */
/* What an sk_lookup program is asked about, as a flow from the client to the service. */
#ifndef SCRIM_LOOKUP_BPF_H
#define SCRIM_LOOKUP_BPF_H

#include <linux/bpf.h>

#include "tuple.bpf.h"

#define AF_INET  2
#define AF_INET6 10

/*
 * All fields are read whatever the family is (those of the other one read as 0): the verifier wants
 * each read at a constant offset, and a read in a branch is merged with its like in the other one.
 */
static __always_inline void flow_from_lookup(struct flow *f,
					     const volatile struct bpf_sk_lookup *ctx)
{
	__u32 remote4 = ctx->remote_ip4, local4 = ctx->local_ip4;

#pragma unroll
	for (int i = 0; i < 4; i++) {
		f->src[i] = ctx->remote_ip6[i];
		f->dst[i] = ctx->local_ip6[i];
	}
	if (ctx->family == AF_INET) {
		address_v4(f->src, remote4);
		address_v4(f->dst, local4);
	}
	f->sport = ctx->remote_port;
	f->dport = bpf_htons(ctx->local_port);
}

#endif
