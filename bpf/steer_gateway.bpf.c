/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Gateway: on the ingress of both interfaces, before routing; drop_redirects() on the egress of one
 * that is both sides.
 *
 *                     ┌ SYN ─▶ live socket of the tuple, else a listening one, else a reset
 *   clients ─▶ port ──┤
 *                     └ rest ─▶ live socket of the tuple, a listening one whose SYN cookie it
 *                               brings, else dropped
 *   servers ─▶ from port ─────▶ live socket of the tuple, else dropped
 *   either  ─▶ ICMP error about a live socket: marked, a policy rule delivers it here
 *   either, from or to a protected server: what cannot be read is dropped
 *
 * A packet given to a socket is delivered here by policy rules; where those are gone the
 * kernel's forwarding drops what has a socket. What was never seen by this program (it is gone,
 * the interface was made anew) the rules still deliver here.
 */
#include "lookup.bpf.h"
#include "packet.bpf.h"
#include "redirect.bpf.h"
#include "reset.bpf.h"
#include "steer.bpf.h"

/* <linux/icmp.h> and <linux/if_packet.h> need the C library's headers. */
#define PACKET_HOST         0
#define ICMP_DEST_UNREACH   3
#define ICMP_TIME_EXCEEDED  11
#define ICMP_PARAMETERPROB  12
#define ICMPV6_INFOMSG_MASK 0x80
#define ICMP_HEADER         8
#define TCP_TIME_WAIT       6 /* states, of the kernel's net/tcp_states.h */
#define TCP_LISTEN          10
#define TCP_NEW_SYN_RECV    12
#define VLAN_ID             0x0fff

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SCRIM_IFACES);
	__type(key, __u32);
	__type(value, struct scrim_iface);
} ifaces SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, struct scrim_net_key);
	__type(value, __u32);
} nets SEC(".maps");

/* The listeners whose servers have this address, a bit each. */
static __always_inline __u32 listeners_of(__u32 slot, const __u32 addr[4])
{
	struct scrim_net_key key = net_key(slot, addr);
	__u32 *listeners = bpf_map_lookup_elem(&nets, &key);

	return listeners ? *listeners : 0;
}

static __always_inline int drop(__u32 reason, const __u32 from[4])
{
	flow_refuse(reason, from);
	return TCX_DROP;
}

/* The socket with this connection, from the side of who receives `f`; a listening one is none. */
static __always_inline struct bpf_sock *live_socket(struct __sk_buff *skb, const struct flow *f,
						    bool v6)
{
	struct bpf_sock_tuple t = {};
	struct bpf_sock *sk;
	__u32 len;

	if (v6) {
		__builtin_memcpy(t.ipv6.saddr, f->src, 16);
		__builtin_memcpy(t.ipv6.daddr, f->dst, 16);
		t.ipv6.sport = f->sport;
		t.ipv6.dport = f->dport;
		len = sizeof(t.ipv6);
	} else {
		t.ipv4.saddr = f->src[3];
		t.ipv4.daddr = f->dst[3];
		t.ipv4.sport = f->sport;
		t.ipv4.dport = f->dport;
		len = sizeof(t.ipv4);
	}
	sk = bpf_skc_lookup_tcp(skb, &t, len, BPF_F_CURRENT_NETNS, 0);
	if (!sk)
		return NULL;
	if (sk->state == TCP_LISTEN) {
		bpf_sk_release(sk);
		return NULL;
	}
	return sk;
}

/* Gives the packet to sk and lets go of it. */
static __always_inline int assign(struct __sk_buff *skb, const struct packet *p,
				  struct bpf_sock *sk, __u32 counted)
{
	long rc = bpf_sk_assign(skb, sk, 0);

	bpf_sk_release(sk);
	if (rc)
		return drop(FLOW_NOT_OWNED, p->flow.src);
	if (counted < FLOW_COUNT)
		flow_count(counted);
	return TCX_NEXT;
}

static __always_inline int refuse(struct __sk_buff *skb, struct packet *p, const struct tcphdr *syn)
{
	int rc;

	flow_refuse(FLOW_NO_LISTENER, p->flow.src);
	rc = p->v6 ? reset_v6(skb, p, syn) : reset_v4(skb, p, syn);
	return rc < 0 ? TCX_DROP : rc;
}

/*
 * A flood of SYNs has the kernel answer with cookies and keep nothing: whether this segment brings
 * one back is for the listening socket to say.
 */
static __always_inline bool brings_cookie(struct __sk_buff *skb, const struct packet *p,
					  const struct tcphdr *tcp, struct bpf_sock *sk)
{
	struct tcphdr t = *tcp;
	struct ipv6hdr v6;
	struct iphdr v4;

	if (p->v6)
		return !bpf_skb_load_bytes(skb, p->ip, &v6, sizeof(v6)) &&
		       !bpf_tcp_check_syncookie(sk, &v6, sizeof(v6), &t, sizeof(t));
	return !bpf_skb_load_bytes(skb, p->ip, &v4, sizeof(v4)) &&
	       !bpf_tcp_check_syncookie(sk, &v4, sizeof(v4), &t, sizeof(t));
}

/* Neither the beginning of a connection nor of one that is known. */
static __always_inline int unknown(struct __sk_buff *skb, const struct packet *p,
				   const struct tcphdr *tcp, __u32 listener)
{
	struct bpf_sock *sk;
	__u32 place;

	if (!tcp->ack || tcp->syn || tcp->rst || !steer_alive())
		return drop(FLOW_NOT_OWNED, p->flow.src);
	place = steer_place(listener, &p->flow, p->v6);
	sk = bpf_map_lookup_elem(&sockets, &place);
	if (!sk)
		return drop(FLOW_NOT_OWNED, p->flow.src);
	if (brings_cookie(skb, p, tcp, sk))
		return assign(skb, p, sk, FLOW_COUNT);
	bpf_sk_release(sk);
	return drop(FLOW_NOT_OWNED, p->flow.src);
}

static __always_inline int from_client(struct __sk_buff *skb, struct packet *p,
				       const struct tcphdr *tcp, __u32 listener)
{
	bool syn = tcp->syn && !tcp->ack && !tcp->rst && !tcp->fin;
	struct bpf_sock *sk;
	__u32 place, state;

	sk = live_socket(skb, &p->flow, p->v6);
	if (sk) {
		/*
		 * These two have the kernel look for a listening socket. With a daemon it finds the
		 * daemon's (steer_gateway_lookup); without one it must not look at all.
		 */
		state = sk->state;
		if (!syn || (state != TCP_TIME_WAIT && state != TCP_NEW_SYN_RECV))
			return assign(skb, p, sk, FLOW_COUNT);
		if (steer_alive())
			return assign(skb, p, sk,
				      state == TCP_TIME_WAIT ? FLOW_STEERED : FLOW_COUNT);
		bpf_sk_release(sk);
		return refuse(skb, p, tcp);
	}
	if (!syn)
		return unknown(skb, p, tcp, listener);
	if (!steer_alive())
		return refuse(skb, p, tcp);
	place = steer_place(listener, &p->flow, p->v6);
	sk = bpf_map_lookup_elem(&sockets, &place);
	return sk ? assign(skb, p, sk, FLOW_STEERED) : refuse(skb, p, tcp);
}

static __always_inline int from_server(struct __sk_buff *skb, struct packet *p)
{
	struct bpf_sock *sk = live_socket(skb, &p->flow, p->v6);

	return sk ? assign(skb, p, sk, FLOW_COUNT) : drop(FLOW_NOT_OWNED, p->flow.src);
}

/* to, from: the listeners whose servers the packet goes to, or comes from. */
static __always_inline int steer_tcp(struct __sk_buff *skb, struct packet *p, __u32 slot, __u32 to,
				     __u32 from)
{
	struct tcphdr tcp;

	if (p->l4_len < sizeof(tcp) || bpf_skb_load_bytes(skb, p->l4, &tcp, sizeof(tcp)) ||
	    tcp.doff < 5 || p->l4_len < tcp.doff * 4u)
		return drop(FLOW_MALFORMED, p->flow.src);
	p->flow.sport = tcp.source;
	p->flow.dport = tcp.dest;
	to &= steer_gate(slot, SCRIM_CLIENTS, tcp.dest);
	if (to)
		return from_client(skb, p, &tcp, __builtin_ctz(to) & (SCRIM_MAX_LISTENERS - 1));
	if (from & steer_gate(slot, SCRIM_SERVERS, tcp.source))
		return from_server(skb, p);
	return TCX_NEXT;
}

static __always_inline bool icmp_error(const struct packet *p, __u8 type)
{
	if (p->v6)
		return p->protocol == IPPROTO_ICMPV6 && type < ICMPV6_INFOMSG_MASK;
	return p->protocol == IPPROTO_ICMP &&
	       (type == ICMP_DEST_UNREACH || type == ICMP_TIME_EXCEEDED ||
		type == ICMP_PARAMETERPROB);
}

/* An error quotes what was sent: if one of the sockets here sent it, the error is for this host. */
static __always_inline void mark_error(struct __sk_buff *skb, const struct packet *p)
{
	__u32 quoted = p->l4 + ICMP_HEADER, l4;
	struct flow f = {};
	struct bpf_sock *sk;
	__be16 ports[2];
	__u8 type;

	if (bpf_skb_load_bytes(skb, p->l4, &type, sizeof(type)) || !icmp_error(p, type))
		return;
	if (p->v6) {
		struct ipv6hdr h;

		if (bpf_skb_load_bytes(skb, quoted, &h, sizeof(h)) || h.nexthdr != IPPROTO_TCP)
			return;
		__builtin_memcpy(f.src, &h.daddr, 16);
		__builtin_memcpy(f.dst, &h.saddr, 16);
		l4 = quoted + sizeof(h);
	} else {
		struct iphdr h;

		if (bpf_skb_load_bytes(skb, quoted, &h, sizeof(h)) || h.protocol != IPPROTO_TCP ||
		    h.ihl != 5)
			return;
		address_v4(f.src, h.daddr);
		address_v4(f.dst, h.saddr);
		l4 = quoted + sizeof(h);
	}
	if (bpf_skb_load_bytes(skb, l4, ports, sizeof(ports)))
		return;
	f.sport = ports[1];
	f.dport = ports[0];
	sk = live_socket(skb, &f, p->v6);
	if (!sk)
		return;
	bpf_sk_release(sk);
	skb->mark = SCRIM_ICMP_MARK;
}

/* Of a VLAN's interface, which is another one than that of the program. */
static __always_inline bool of_vlan(const struct __sk_buff *skb)
{
	return skb->vlan_present && (skb->vlan_tci & VLAN_ID);
}

SEC("tcx/ingress")
int steer_gateway(struct __sk_buff *skb)
{
	struct scrim_iface *iface;
	__u32 index = skb->ifindex, to = 0, from = 0;
	struct packet p = {};
	int bad;

	/* Not for this host's address on the wire, or of a VLAN's interface: never forwarded from here. */
	if (skb->pkt_type != PACKET_HOST || of_vlan(skb))
		return TCX_NEXT;
	iface = bpf_map_lookup_elem(&ifaces, &index);
	if (!iface)
		return drop(FLOW_NOT_OWNED, NULL);
	switch (bpf_ntohs(skb->protocol)) {
	case ETH_P_IP:
		bad = packet_read_v4(skb, iface->l2_len, &p);
		break;
	case ETH_P_IPV6:
		bad = packet_read_v6(skb, iface->l2_len, &p);
		break;
	case ETH_P_8021Q:
	case ETH_P_8021AD:
		return drop(FLOW_VLAN, NULL);
	default:
		return TCX_NEXT;
	}
	if (bad == FLOW_MALFORMED)
		return drop(bad, NULL);
	if (iface->sides & SCRIM_CLIENTS)
		to = listeners_of(iface->slot, p.flow.dst);
	if (iface->sides & SCRIM_SERVERS)
		from = listeners_of(iface->slot, p.flow.src);
	if (bad)
		return to | from ? drop(bad, p.flow.src) : TCX_NEXT;
	if (p.protocol == (p.v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP)) {
		mark_error(skb, &p);
		return TCX_NEXT;
	}
	if (!(to | from) || p.protocol == IPPROTO_UDP)
		return TCX_NEXT;
	if (p.protocol != IPPROTO_TCP)
		return drop(FLOW_PROTOCOL, p.flow.src);
	return steer_tcp(skb, &p, iface->slot, to, from);
}

/*
 * What is forwarded by where it came in has a shorter way, and the kernel tells its sender so: past
 * this host, and for the steered port too. No redirect is let out, whoever made it: it is valid from
 * the receiver's own router alone (RFC 1122 3.2.2.2, RFC 4861 8.1), so nothing is lost with one that
 * comes from elsewhere and is forwarded. A VLAN tag in the payload is none of this interface's.
 */
SEC("tcx/egress")
int drop_redirects(struct __sk_buff *skb)
{
	const __u32 kind = bpf_ntohs(skb->protocol);
	__u32 index = skb->ifindex;
	struct scrim_iface *iface;
	bool redirect;

	if (of_vlan(skb))
		return TCX_NEXT;
	iface = bpf_map_lookup_elem(&ifaces, &index);
	if (!iface)
		return drop(FLOW_NOT_OWNED, NULL);
	redirect = (kind == ETH_P_IP && redirect_v4(skb, iface->l2_len)) ||
		   (kind == ETH_P_IPV6 && redirect_v6(skb, iface->l2_len));
	return redirect ? drop(FLOW_REDIRECT, NULL) : TCX_NEXT;
}

/*
 * When the kernel itself looks for a listening socket for a steered connection (a SYN for one in
 * TIME_WAIT, an ACK whose listener went, a packet that the other program did not see), it finds
 * scrim's or none; never another program's. Of an interface that nobody has looked at yet it may be
 * the clients', made anew: there it finds none.
 */
SEC("sk_lookup")
int steer_gateway_lookup(struct bpf_sk_lookup *ctx)
{
	__u32 index = ctx->ingress_ifindex, listeners, place, slot = SCRIM_SLOT_NEW;
	bool v6 = ctx->family == AF_INET6;
	struct scrim_iface *iface;
	struct flow f = {};
	struct bpf_sock *sk;
	long rc;

	if (ctx->protocol != IPPROTO_TCP)
		return SK_PASS;
	iface = bpf_map_lookup_elem(&ifaces, &index);
	if (iface && !(iface->sides & SCRIM_CLIENTS))
		return SK_PASS;
	if (iface)
		slot = iface->slot;
	flow_from_lookup(&f, ctx);
	listeners = listeners_of(slot, f.dst) & steer_gate(slot, SCRIM_CLIENTS, f.dport);
	if (!listeners)
		return SK_PASS;
	if (!iface || !steer_alive())
		return SK_DROP;
	place = steer_place(__builtin_ctz(listeners) & (SCRIM_MAX_LISTENERS - 1), &f, v6);
	sk = bpf_map_lookup_elem(&sockets, &place);
	if (!sk)
		return SK_DROP;
	rc = bpf_sk_assign(ctx, sk, 0);
	bpf_sk_release(sk);
	return rc ? SK_DROP : SK_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
