/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads a packet's headers. Only plain ones can be read: what is not plain is named, and the
 * caller decides whether it matters (it does from or to a protected server).
 */
#ifndef SCRIM_PACKET_BPF_H
#define SCRIM_PACKET_BPF_H

#include <linux/bpf.h>

#include "tuple.bpf.h"
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <scrim/abi.h>

#define IP_DF             0x4000
#define IP_FRAGMENT       0x3fff /* more fragments, or an offset */
#define OPTION_JUMBO      0xc2
#define PROTOCOL_MOBILITY 135
#define PROTOCOL_HIP      139
#define PROTOCOL_SHIM6    140
#define PROTOCOL_TEST1    253
#define PROTOCOL_TEST2    254

struct packet {
	struct flow flow; /* addresses; the ports when it is TCP */
	__u32 ip;         /* offset of the IP header */
	__u32 l4;         /* offset of what follows it */
	__u32 l4_len;     /* as the IP header says it */
	__u8 protocol;
	bool v6;
};

/* Returns 0, or the flow reason for which it cannot be read; addresses are set unless MALFORMED. */
static __always_inline int packet_read_v4(struct __sk_buff *skb, __u32 ip, struct packet *p)
{
	struct iphdr h;
	__u32 len;

	if (bpf_skb_load_bytes(skb, ip, &h, sizeof(h)) || h.version != 4 || h.ihl < 5)
		return FLOW_MALFORMED;
	len = bpf_ntohs(h.tot_len);
	if (!len && skb->gso_segs > 1)
		len = skb->len - ip; /* merged beyond 64 KiB by the receiving driver's side */
	if (len < h.ihl * 4u || len > skb->len - ip)
		return FLOW_MALFORMED;
	address_v4(p->flow.src, h.saddr);
	address_v4(p->flow.dst, h.daddr);
	p->ip = ip;
	p->l4 = ip + sizeof(h);
	p->l4_len = len - sizeof(h);
	p->protocol = h.protocol;
	p->v6 = false;
	if (h.frag_off & bpf_htons(IP_FRAGMENT))
		return FLOW_FRAGMENT;
	return h.ihl > 5 ? FLOW_IP_OPTIONS : 0;
}

static __always_inline bool packet_extension(__u8 protocol)
{
	switch (protocol) {
	case IPPROTO_HOPOPTS:
	case IPPROTO_ROUTING:
	case IPPROTO_DSTOPTS:
	case PROTOCOL_MOBILITY:
	case PROTOCOL_HIP:
	case PROTOCOL_SHIM6:
	case PROTOCOL_TEST1:
	case PROTOCOL_TEST2:
		return true;
	}
	return false;
}

/*
 * Of TCP over IPv6 that the kernel has merged, or not yet cut, beyond 64 KiB the length is in a header
 * of its own in front ("BIG TCP", RFC 2675; include/net/ipv6.h). On the wire there is no such packet.
 */
struct jumbo {
	__u8 next, words, type, size;
	__be32 len;
};

static __always_inline bool packet_jumbo(struct __sk_buff *skb, __u32 at, struct jumbo *ret_j)
{
	return skb->gso_segs > 1 && !bpf_skb_load_bytes(skb, at, ret_j, sizeof(*ret_j)) &&
	       !ret_j->words && ret_j->type == OPTION_JUMBO && ret_j->size == sizeof(ret_j->len) &&
	       ret_j->next == IPPROTO_TCP;
}

static __always_inline int packet_read_v6(struct __sk_buff *skb, __u32 ip, struct packet *p)
{
	struct jumbo jumbo;
	struct ipv6hdr h;
	__u32 len;

	if (bpf_skb_load_bytes(skb, ip, &h, sizeof(h)) || h.version != 6)
		return FLOW_MALFORMED;
	len = bpf_ntohs(h.payload_len);
	__builtin_memcpy(p->flow.src, &h.saddr, 16);
	__builtin_memcpy(p->flow.dst, &h.daddr, 16);
	p->ip = ip;
	p->l4 = ip + sizeof(h);
	p->protocol = h.nexthdr;
	p->v6 = true;
	if (!len && h.nexthdr == IPPROTO_HOPOPTS && packet_jumbo(skb, p->l4, &jumbo)) {
		p->l4 += sizeof(jumbo);
		p->protocol = jumbo.next;
	}
	if (p->protocol == IPPROTO_FRAGMENT)
		return FLOW_FRAGMENT;
	if (packet_extension(p->protocol))
		return FLOW_EXTENSION;
	if (!len && skb->gso_segs > 1)
		len = skb->len - p->l4;
	if (len > skb->len - p->l4)
		return FLOW_MALFORMED;
	p->l4_len = len;
	return 0;
}

#endif
