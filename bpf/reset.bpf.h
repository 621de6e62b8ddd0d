/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes a reset out of a SYN, in place, and sends it back where it came from:
 *
 *   eth src,dst   ip src,dst   tcp sport,dport seq ... SYN    [options] [data]
 *        ╳             ╳             ╳      ack = seq + 1 + data, RST|ACK   cut
 */
#ifndef SCRIM_RESET_BPF_H
#define SCRIM_RESET_BPF_H

#include <linux/bpf.h>

#include "packet.bpf.h"
#include <bpf/bpf_core_read.h>
#include <linux/if_ether.h>
#include <linux/tcp.h>

#define RESET_TTL            64
#define CHECKSUM_IN_HARDWARE 3 /* CHECKSUM_PARTIAL */

/* The one field of the kernel's struct that a program's context does not show. */
struct sk_buff {
	__u8 ip_summed : 2;
} __attribute__((preserve_access_index));

extern void *bpf_cast_to_kern_ctx(void *) __ksym __weak; /* of Linux 6.2 */

/* Whether the checksum of the packet is not made yet. */
static __always_inline bool left_to_hardware(struct __sk_buff *skb)
{
	struct sk_buff *kernel;

	if (bpf_core_enum_value_exists(enum bpf_attach_type, BPF_TCX_INGRESS)) {
		kernel = bpf_cast_to_kern_ctx(skb);
		return BPF_CORE_READ_BITFIELD(kernel, ip_summed) == CHECKSUM_IN_HARDWARE;
	}
	/* Before Linux 6.6: what the context points to is that struct, though the verifier hides it. */
	kernel = (void *)skb;
	return BPF_CORE_READ_BITFIELD_PROBED(kernel, ip_summed) == CHECKSUM_IN_HARDWARE;
}

static __always_inline __u16 checksum_fold(__u32 sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (__u16)sum;
}

/* The segment that answers `syn` (RFC 9293, 3.10.7.1), without its checksum. */
static __always_inline struct tcphdr reset_segment(const struct packet *p, const struct tcphdr *syn)
{
	__u32 data = p->l4_len - syn->doff * 4u;

	return (struct tcphdr){
		.source = syn->dest,
		.dest = syn->source,
		.ack_seq = bpf_htonl(bpf_ntohl(syn->seq) + 1 + data),
		.doff = sizeof(struct tcphdr) / 4,
		.rst = 1,
		.ack = 1,
	};
}

/*
 * The TCP checksum. Where the SYN came from a stack that left it to the hardware (a virtual
 * interface), the reset goes the same way: then only the pseudo header's sum belongs there.
 */
static __always_inline __u16 reset_checksum(struct __sk_buff *skb, __u32 pseudo, struct tcphdr *tcp)
{
	if (left_to_hardware(skb))
		return checksum_fold(pseudo);
	return ~checksum_fold(bpf_csum_diff(NULL, 0, (__be32 *)tcp, sizeof(*tcp), pseudo));
}

static __always_inline int reset_send(struct __sk_buff *skb, struct packet *p, void *frame,
				      __u32 len)
{
	struct ethhdr eth;
	__u8 mac[ETH_ALEN];

	if (bpf_skb_change_tail(skb, p->ip + len, 0) ||
	    bpf_skb_store_bytes(skb, p->ip, frame, len,
				BPF_F_RECOMPUTE_CSUM | BPF_F_INVALIDATE_HASH))
		return -1;
	if (p->ip < sizeof(eth))
		return bpf_redirect(skb->ifindex, 0);
	if (bpf_skb_load_bytes(skb, 0, &eth, sizeof(eth)))
		return -1;
	__builtin_memcpy(mac, eth.h_dest, sizeof(mac));
	__builtin_memcpy(eth.h_dest, eth.h_source, sizeof(mac));
	__builtin_memcpy(eth.h_source, mac, sizeof(mac));
	if (bpf_skb_store_bytes(skb, 0, &eth, sizeof(eth), 0))
		return -1;
	return bpf_redirect(skb->ifindex, 0);
}

static __always_inline int reset_v4(struct __sk_buff *skb, struct packet *p,
				    const struct tcphdr *syn)
{
	struct {
		struct iphdr ip;
		struct tcphdr tcp;
	} r = {
		.ip = {.version = 4,
		       .ihl = 5,
		       .tot_len = bpf_htons(sizeof(r)),
		       .frag_off = bpf_htons(IP_DF),
		       .ttl = RESET_TTL,
		       .protocol = IPPROTO_TCP,
		       .saddr = p->flow.dst[3],
		       .daddr = p->flow.src[3]},
	};
	__be32 pseudo[] = {r.ip.saddr, r.ip.daddr, bpf_htonl(IPPROTO_TCP << 16 | sizeof(r.tcp))};

	r.ip.check = ~checksum_fold(bpf_csum_diff(NULL, 0, (__be32 *)&r.ip, sizeof(r.ip), 0));
	r.tcp = reset_segment(p, syn);
	r.tcp.check =
		reset_checksum(skb, bpf_csum_diff(NULL, 0, pseudo, sizeof(pseudo), 0), &r.tcp);
	return reset_send(skb, p, &r, sizeof(r));
}

static __always_inline int reset_v6(struct __sk_buff *skb, struct packet *p,
				    const struct tcphdr *syn)
{
	struct {
		struct ipv6hdr ip;
		struct tcphdr tcp;
	} r = {
		.ip = {.version = 6,
		       .payload_len = bpf_htons(sizeof(r.tcp)),
		       .nexthdr = IPPROTO_TCP,
		       .hop_limit = RESET_TTL},
	};
	struct {
		__u8 src[16], dst[16];
		__be32 len, protocol;
	} pseudo = {.len = bpf_htonl(sizeof(r.tcp)), .protocol = bpf_htonl(IPPROTO_TCP)};

	__builtin_memcpy(&r.ip.saddr, p->flow.dst, 16);
	__builtin_memcpy(&r.ip.daddr, p->flow.src, 16);
	__builtin_memcpy(pseudo.src, p->flow.dst, 16);
	__builtin_memcpy(pseudo.dst, p->flow.src, 16);
	r.tcp = reset_segment(p, syn);
	r.tcp.check = reset_checksum(
		skb, bpf_csum_diff(NULL, 0, (__be32 *)&pseudo, sizeof(pseudo), 0), &r.tcp);
	return reset_send(skb, p, &r, sizeof(r));
}

#endif
