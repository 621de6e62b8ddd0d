/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Knows an ICMP redirect on its way out. The kernel's own have no IPv6 extension headers, but they
 * have the IPv4 options of the packet that they are about, and on a small MTU come in fragments.
 */
#ifndef SCRIM_REDIRECT_BPF_H
#define SCRIM_REDIRECT_BPF_H

#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <stdbool.h>

#define IP_OFFSET       0x1fff /* of a fragment */
#define ICMP_REDIRECT   5
#define ICMPV6_REDIRECT 137

static __always_inline bool redirect_type(struct __sk_buff *skb, __u32 at, __u8 wanted)
{
	__u8 type;

	return !bpf_skb_load_bytes(skb, at, &type, sizeof(type)) && type == wanted;
}

/* ip: offset of the IP header. */
static __always_inline bool redirect_v4(struct __sk_buff *skb, __u32 ip)
{
	struct iphdr h;

	return !bpf_skb_load_bytes(skb, ip, &h, sizeof(h)) && h.protocol == IPPROTO_ICMP &&
	       !(h.frag_off & bpf_htons(IP_OFFSET)) &&
	       redirect_type(skb, ip + h.ihl * 4u, ICMP_REDIRECT);
}

static __always_inline bool redirect_v6(struct __sk_buff *skb, __u32 ip)
{
	struct ipv6hdr h;

	return !bpf_skb_load_bytes(skb, ip, &h, sizeof(h)) && h.nexthdr == IPPROTO_ICMPV6 &&
	       redirect_type(skb, ip + sizeof(h), ICMPV6_REDIRECT);
}

#endif
