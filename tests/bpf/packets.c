/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets byte by byte: the test must not share a header struct's mistake with the program. */
#include "packets.h"
#include <scrim/abi.h>
#include <string.h>

#define STEERED 2575
#define CLIENT  40000
#define DATA    .flags = TH_ACK, .data = 9
#define ICMP    .egress = true, .protocol = 1
#define ICMPV6  .egress = true, .protocol = 58

const struct packet_case packet_cases[] = {
	{"SYN, no listener", VERDICT_REDIRECT, FLOW_NO_LISTENER, BOTH, .flags = TH_SYN},
	{"SYN with options and data", VERDICT_REDIRECT, FLOW_NO_LISTENER, BOTH, .flags = TH_SYN,
	 .doff = 10, .data = 13},
	{"data without a socket", VERDICT_DROP, FLOW_NOT_OWNED, BOTH, DATA},
	{"SYN|ACK without a socket", VERDICT_DROP, FLOW_NOT_OWNED, BOTH, .flags = TH_SYN | TH_ACK},
	{"SYN|FIN", VERDICT_DROP, FLOW_NOT_OWNED, BOTH, .flags = TH_SYN | TH_FIN},
	{"RST without a socket", VERDICT_DROP, FLOW_NOT_OWNED, BOTH, .flags = TH_RST},
	{"another port", VERDICT_NEXT, -1, BOTH, .dport = 80, .flags = TH_SYN},
	{"an address that is not protected", VERDICT_NEXT, -1, BOTH, .outside = true,
	 .flags = TH_SYN},
	{"answer without a socket", VERDICT_DROP, FLOW_NOT_OWNED, BOTH, .from_server = true,
	 .sport = STEERED, .dport = CLIENT, DATA},
	{"from a server, another port", VERDICT_NEXT, -1, BOTH, .from_server = true, .sport = 80,
	 .dport = CLIENT, DATA},
	{"first fragment", VERDICT_DROP, FLOW_FRAGMENT, V4, .frag = 0x2000, .flags = TH_SYN},
	{"later fragment", VERDICT_DROP, FLOW_FRAGMENT, V4, .frag = 0x0002, DATA},
	{"fragment of UDP", VERDICT_DROP, FLOW_FRAGMENT, V4, .frag = 0x2000, .protocol = 17},
	{"fragment to elsewhere", VERDICT_NEXT, -1, V4, .frag = 0x2000, .outside = true, DATA},
	{"fragment from a server", VERDICT_DROP, FLOW_FRAGMENT, V4, .frag = 0x2000,
	 .from_server = true, DATA},
	{"do not fragment", VERDICT_REDIRECT, FLOW_NO_LISTENER, V4, .frag = 0x4000,
	 .flags = TH_SYN},
	{"IP options", VERDICT_DROP, FLOW_IP_OPTIONS, V4, .options = 4, .flags = TH_SYN},
	{"the most IP options", VERDICT_DROP, FLOW_IP_OPTIONS, V4, .options = 40, DATA},
	{"IP options to elsewhere", VERDICT_NEXT, -1, V4, .options = 4, .outside = true, DATA},
	{"fragment header", VERDICT_DROP, FLOW_FRAGMENT, V6, .protocol = 44, DATA},
	{"hop-by-hop", VERDICT_DROP, FLOW_EXTENSION, V6, .protocol = 0xff, DATA},
	{"routing header", VERDICT_DROP, FLOW_EXTENSION, V6, .protocol = 43, DATA},
	{"destination options", VERDICT_DROP, FLOW_EXTENSION, V6, .protocol = 60, DATA},
	{"mobility header", VERDICT_DROP, FLOW_EXTENSION, V6, .protocol = 135, DATA},
	{"HIP", VERDICT_DROP, FLOW_EXTENSION, V6, .protocol = 139, DATA},
	{"Shim6", VERDICT_DROP, FLOW_EXTENSION, V6, .protocol = 140, DATA},
	{"experimental header", VERDICT_DROP, FLOW_EXTENSION, V6, .protocol = 253, DATA},
	{"extension to elsewhere", VERDICT_NEXT, -1, V6, .protocol = 60, .outside = true, DATA},
	{"IP in IP", VERDICT_DROP, FLOW_PROTOCOL, BOTH, .protocol = 4, DATA},
	{"IPv6 in IP", VERDICT_DROP, FLOW_PROTOCOL, BOTH, .protocol = 41, DATA},
	{"GRE", VERDICT_DROP, FLOW_PROTOCOL, BOTH, .protocol = 47, DATA},
	{"ESP", VERDICT_DROP, FLOW_PROTOCOL, BOTH, .protocol = 50, DATA},
	{"AH", VERDICT_DROP, FLOW_PROTOCOL, BOTH, .protocol = 51, DATA},
	{"SCTP", VERDICT_DROP, FLOW_PROTOCOL, BOTH, .protocol = 132, DATA},
	{"GRE from a server", VERDICT_DROP, FLOW_PROTOCOL, BOTH, .protocol = 47,
	 .from_server = true, DATA},
	{"GRE elsewhere", VERDICT_NEXT, -1, BOTH, .protocol = 47, .outside = true, DATA},
	{"ICMP of the other family", VERDICT_DROP, FLOW_PROTOCOL, V4, .protocol = 58, DATA},
	{"UDP", VERDICT_NEXT, -1, BOTH, .protocol = 17, DATA},
	{"ICMP", VERDICT_NEXT, -1, V4, .protocol = 1, DATA},
	{"ICMPv6", VERDICT_NEXT, -1, V6, .protocol = 58, DATA},
	{"a VLAN tag in the payload", VERDICT_DROP, FLOW_VLAN, V4, .ethertype = 0x88a8, DATA},
	{"ARP", VERDICT_NEXT, -1, V4, .ethertype = 0x0806, DATA},
	{"a TCP header of four words", VERDICT_DROP, FLOW_MALFORMED, BOTH, .doff = 4,
	 .flags = TH_SYN},
	{"a TCP header beyond the end", VERDICT_DROP, FLOW_MALFORMED, BOTH, .doff = 15,
	 .flags = TH_SYN, .longer = -40},
	{"longer than it is", VERDICT_DROP, FLOW_MALFORMED, BOTH, .flags = TH_SYN, .longer = 1},
	{"merged beyond 64 KiB", VERDICT_DROP, FLOW_NOT_OWNED, BOTH, .merged = true, DATA},
	{"merged, the length in a header", VERDICT_DROP, FLOW_NOT_OWNED, V6, .merged = true,
	 .jumbo = 6, DATA},
	{"merged from a server, the length in a header", VERDICT_DROP, FLOW_NOT_OWNED, V6,
	 .merged = true, .jumbo = 6, .from_server = true, .sport = STEERED, .dport = CLIENT, DATA},
	{"merged, more headers behind the length", VERDICT_DROP, FLOW_EXTENSION, V6, .merged = true,
	 .jumbo = 60, DATA},
	{"the length in a header on the wire", VERDICT_DROP, FLOW_EXTENSION, V6, .jumbo = 6, DATA},
	{"for another host", VERDICT_NEXT, -1, BOTH, .other_mac = true, .flags = TH_SYN},
	{"redirect of a network", VERDICT_DROP, FLOW_REDIRECT, V4, ICMP, .sport = 0x0500},
	{"redirect of a host", VERDICT_DROP, FLOW_REDIRECT, V4, ICMP, .sport = 0x0501},
	{"redirect with IP options", VERDICT_DROP, FLOW_REDIRECT, V4, ICMP, .sport = 0x0501,
	 .options = 12},
	{"redirect in its first fragment", VERDICT_DROP, FLOW_REDIRECT, V4, ICMP, .sport = 0x0501,
	 .frag = 0x2000},
	{"redirect from elsewhere", VERDICT_DROP, FLOW_REDIRECT, V4, ICMP, .sport = 0x0501,
	 .from_server = true, .other_mac = true},
	{"a later fragment that looks like one", VERDICT_NEXT, -1, V4, ICMP, .sport = 0x0501,
	 .frag = 0x0002},
	{"ICMP unreachable out", VERDICT_NEXT, -1, V4, ICMP, .sport = 0x0304},
	{"ICMP with IP options out", VERDICT_NEXT, -1, V4, ICMP, .sport = 0x0800, .options = 12},
	{"UDP out, like a redirect", VERDICT_NEXT, -1, BOTH, .egress = true, .protocol = 17,
	 .sport = 0x0501},
	{"ICMPv6 of type 5 out", VERDICT_NEXT, -1, V6, ICMPV6, .sport = 0x0501},
	{"redirect", VERDICT_DROP, FLOW_REDIRECT, V6, ICMPV6, .sport = 137 << 8},
	{"neighbour advertisement out", VERDICT_NEXT, -1, V6, ICMPV6, .sport = 136 << 8},
	{"router advertisement out", VERDICT_NEXT, -1, V6, ICMPV6, .sport = 134 << 8},
	{"packet too big out", VERDICT_NEXT, -1, V6, ICMPV6, .sport = 2 << 8},
	{"a SYN out", VERDICT_NEXT, -1, BOTH, .egress = true, .flags = TH_SYN},
	{"ARP out", VERDICT_NEXT, -1, V4, .egress = true, .ethertype = 0x0806, DATA},
	{"a VLAN tag in the payload out", VERDICT_NEXT, -1, V4, ICMP, .ethertype = 0x88a8,
	 .sport = 0x0501},
};
const size_t packet_ncases = sizeof(packet_cases) / sizeof(packet_cases[0]);

static void put16(uint8_t *p, size_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint32_t sum(const uint8_t *p, size_t len, uint32_t s)
{
	for (size_t i = 0; i < len; i++)
		s += (uint32_t)p[i] << (i % 2 ? 0 : 8);
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return s;
}

static void put_address(uint8_t *to, bool v6, bool server)
{
	static const uint8_t server4[4] = {10, 2, 0, 2}, client4[4] = {10, 1, 0, 2};

	if (!v6) {
		memcpy(to, server ? server4 : client4, 4);
		return;
	}
	memset(to, 0, 16);
	to[0] = 0xfd;
	to[1] = server ? 2 : 1;
	to[15] = 9;
}

/* RFC 2675: an option of a hop-by-hop header. */
static size_t put_jumbo(uint8_t *p, uint8_t next, size_t l4)
{
	p[0] = next;
	p[2] = 0xc2;
	p[3] = 4;
	put16(p + 6, 8 + l4);
	return 8;
}

static size_t put_ip(uint8_t *p, const struct packet_case *c, bool v6, size_t l4)
{
	uint8_t protocol = c->protocol == 0xff ? 0 : c->protocol ? c->protocol : IPPROTO_TCP;
	bool unsaid = c->merged || c->jumbo;
	size_t head = v6 ? 40 : 20u + c->options, at = v6 ? 8 : 12;
	size_t addr = v6 ? 16 : 4;

	if (v6) {
		p[0] = 0x60;
		put16(p + 4, unsaid ? 0 : (size_t)((int)l4 + c->longer));
		p[6] = c->jumbo ? 0 : protocol;
		p[7] = 60;
	} else {
		p[0] = (uint8_t)(0x40 | head / 4);
		put16(p + 2, unsaid ? 0 : (size_t)((int)(head + l4) + c->longer));
		put16(p + 6, c->frag);
		p[8] = 60;
		p[9] = protocol;
		memset(p + 20, 1, c->options); /* no-operation */
	}
	put_address(p + at, v6, c->from_server);
	put_address(p + at + addr, v6, !c->from_server && !c->outside);
	if (!v6)
		put16(p + 10, 0xffff ^ sum(p, head, 0));
	return head + (c->jumbo ? put_jumbo(p + head, c->jumbo, l4) : 0);
}

size_t packet_make(uint8_t *to, const struct packet_case *c, bool v6)
{
	size_t tcp = (c->doff > 5 ? c->doff : 5) * 4u, l4 = tcp + c->data;
	uint16_t type = c->ethertype ? c->ethertype : v6 ? 0x86dd : 0x0800;
	uint8_t *p = to + PACKET_L2;

	memset(to, 0, 256);
	to[5] = c->other_mac ? 0x77 : 0; /* lo has no address: 0 is this host */
	to[11] = 0x42;
	put16(to + 12, type);
	p += put_ip(p, c, v6, l4);
	put16(p, c->sport ? c->sport : CLIENT);
	put16(p + 2, c->dport ? c->dport : STEERED);
	put16(p + 4, 0x1234);
	put16(p + 6, 0x5678);
	p[12] = (uint8_t)((c->doff ? c->doff : 5) << 4);
	p[13] = c->flags;
	memset(p + 20, 1, tcp - 20);
	memset(p + tcp, 'x', c->data);
	return (size_t)(p + l4 - to);
}

const char *packet_is_reset(const uint8_t *out, size_t len, const uint8_t *in, size_t in_len,
			    bool v6)
{
	size_t head = v6 ? 40 : 20, at = v6 ? 8 : 12, addr = v6 ? 16 : 4;
	const uint8_t *ip = out + PACKET_L2, *tcp = ip + head;
	const uint8_t *was = in + PACKET_L2, *syn = was + head;
	uint32_t data = (uint32_t)(in_len - PACKET_L2 - head - (syn[12] >> 4) * 4u);
	uint32_t pseudo;

	if (len != PACKET_L2 + head + 20)
		return "the length is wrong";
	if (memcmp(out, in + 6, 6) || memcmp(out + 6, in, 6) || memcmp(out + 12, in + 12, 2))
		return "the link layer's addresses are not swapped";
	if (memcmp(ip + at, was + at + addr, addr) || memcmp(ip + at + addr, was + at, addr))
		return "the addresses are not swapped";
	if (memcmp(tcp, syn + 2, 2) || memcmp(tcp + 2, syn, 2))
		return "the ports are not swapped";
	if (get32(tcp + 4) || get32(tcp + 8) != get32(syn + 4) + 1 + data)
		return "sequence or acknowledgement is wrong";
	if (tcp[12] != 0x50 || tcp[13] != (TH_RST | TH_ACK))
		return "not RST|ACK of five words";
	if (v6 ? (ip[4] || ip[5] != 20 || ip[6] != 6 || ip[0] != 0x60)
	       : (ip[2] || ip[3] != 40 || ip[9] != 6 || ip[0] != 0x45))
		return "the IP header is wrong";
	if (!v6 && sum(ip, 20, 0) != 0xffff)
		return "the IP checksum is wrong";
	pseudo = sum(ip + at, 2 * addr, 6 + 20);
	return sum(tcp, 20, pseudo) == 0xffff ? NULL : "the TCP checksum is wrong";
}
