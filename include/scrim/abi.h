/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel's side and the user's side agree on: map names, pin names, rows, reasons.
 * Included by BPF programs and by user code alike, so it uses only <linux/types.h>.
 *
 *   /sys/fs/bpf/scrim/            (instance NAME: /sys/fs/bpf/scrim-NAME/; bpffs allows no dots)
 *     rules      array, mmapable: a row per (rule, role)
 *     flow       array, mmapable: a row per verdict or reason of refusal
 *     listeners  array, mmapable: a row per (listener, role)
 *     metrics    iterator: OpenMetrics text
 *     meta       who pinned this
 *     steered    what is steered, and so which policy rules there are
 *     ...        maps and links of the modes in use: see bpf/maps.bpf.h
 */
#ifndef SCRIM_ABI_H
#define SCRIM_ABI_H

#include <linux/types.h>

/* Changes whenever a pinned map's meaning or layout does. Kept in the map "meta". */
#define SCRIM_ABI_VERSION 5

#define SCRIM_NAME_LEN      32   /* rule, role, listener names, with the NUL */
#define SCRIM_RULE_ROWS     1024 /* (rule, role) rows */
#define SCRIM_MAX_LISTENERS 32
#define SCRIM_MAX_ROLES     32 /* per listener, the default role included */
#define SCRIM_MAX_WORKERS   64
#define SCRIM_LISTENER_ROWS (SCRIM_MAX_LISTENERS * SCRIM_MAX_ROLES)

/*
 * One rule under one role. A row with an empty rule name is free. Names are written before
 * the first count; a row never changes its names: counts go on over reload and restart.
 */
struct scrim_rule_row {
	char rule[SCRIM_NAME_LEN];
	char role[SCRIM_NAME_LEN];
	__u64 matches;      /* values found (and masked, unless the action says otherwise) */
	__u64 masked_bytes; /* letters, digits and bytes over 0x7f replaced */
	__u64 rejected;     /* candidates that the rule's validator refused */
	__u64 released;     /* held bytes released raw by the idle timer */
	__u64 idle;         /* held bytes masked by the idle timer */
	__u64 allowed;      /* values found and left as they are: the configuration allows them */
	__u64 reserved[2];
};

/* One role on one listener: what came, before anything of it is passed on. Names as above. */
struct scrim_listener_row {
	char listener[SCRIM_NAME_LEN];
	char role[SCRIM_NAME_LEN];
	__u64 connections;  /* taken on under this role */
	__u64 client_bytes; /* received from clients */
	__u64 server_bytes; /* received from servers */
	__u64 reserved[5];
};

/*
 * One verdict or reason of refusal. Of what the kernel refuses, the sender of the last packet stands
 * beside it for the log, IPv4 as ::ffff:a.b.c.d, in network order; 0: it was not to be read.
 */
struct scrim_flow_row {
	char name[SCRIM_NAME_LEN];
	__u64 count;
	__u64 peer[2];
	__u64 peer_check; /* SCRIM_PEER_CHECK(); else halves of two at once, or nobody yet */
};

#define SCRIM_PEER_CHECK(peer) (~((peer)[0] ^ (peer)[1]))

/*
 * Verdicts first, then reasons of refusal. X(symbol, name in the row, what it says)
 * The kernel's side counts the ones marked k, the user's side the ones marked u.
 */
#define SCRIM_FLOW(X)                                                                              \
	X(STEERED, "steered", "k: a new connection given to a listener (gateway: a SYN of one)")   \
	X(OWN, "own", "k: a connection of scrim's own let through to the service")                 \
	X(ACCEPTED, "accepted", "u: a connection accepted")                                        \
	X(RELAYED, "relayed", "u: a connection that ended by itself in both directions")           \
	X(NO_LISTENER, "no-listener", "k: refused, no live listener (a packet that needs one)")    \
	X(FRAGMENT, "fragment", "k: dropped, an IP fragment")                                      \
	X(IP_OPTIONS, "ip-options", "k: dropped, IPv4 options")                                    \
	X(EXTENSION, "extension-header", "k: dropped, an IPv6 extension header")                   \
	X(PROTOCOL, "protocol", "k: dropped, a protocol that can hide TCP")                        \
	X(VLAN, "vlan", "k: dropped, a VLAN tag inside the payload")                               \
	X(MALFORMED, "malformed", "k: dropped, a header that cannot be read")                      \
	X(NOT_OWNED, "not-owned", "k: dropped, mid-stream without a live socket of scrim's")       \
	X(REDIRECT, "redirect", "k: dropped, an ICMP redirect: it would lead past this host")      \
	X(NOT_STEERED, "not-steered", "u: refused, came to scrim's own address")                   \
	X(LOOP, "loop", "u: refused, would connect scrim to itself")                               \
	X(HL7_NO_MSH, "hl7-no-msh", "u: reset, a message that does not begin with MSH")            \
	X(HL7_SEPARATOR, "hl7-separator",                                                          \
	  "u: reset, an impossible separator, or a character set that may hide one")               \
	X(HL7_FRAME, "hl7-frame", "u: reset, MLLP framing is broken")                              \
	X(HL7_SEGMENT, "hl7-segment", "u: reset, a line that is not an HL7 segment")               \
	X(HL7_UNFINISHED, "hl7-unfinished", "u: the stream ended inside a frame")                  \
	X(TLS, "tls", "u: reset, an encrypted stream cannot be masked")                            \
	X(COMPRESSED, "compressed", "u: reset, a compressed stream cannot be masked")              \
	X(MEMORY, "memory", "u: reset or refused, out of memory")                                  \
	X(WAITED, "waited", "u: a connection that found a limit reached, and waits for room")      \
	X(LIMIT, "limit", "u: refused, too many connections")                                      \
	X(RATE, "rate", "u: refused, too many connections a second")                               \
	X(SOURCE_PORT, "source-port",                                                              \
	  "u: refused, no source port is left, or the client's is taken")                          \
	X(UPSTREAM_REFUSED, "upstream-refused", "u: reset, the server refused")                    \
	X(UPSTREAM_TIMEOUT, "upstream-timeout", "u: reset, the server did not answer")             \
	X(UPSTREAM_UNREACHABLE, "upstream-unreachable", "u: reset, no way to the server")          \
	X(CLIENT_RESET, "client-reset", "u: the client reset")                                     \
	X(SERVER_RESET, "server-reset", "u: the server reset")                                     \
	X(UNDELIVERED, "undelivered",                                                              \
	  "u: reset with bytes before it that the other end did not take")                         \
	X(IDLE_TIMEOUT, "idle-timeout", "u: reset, nothing moved for too long")                    \
	X(DRAINED, "drained", "u: reset at the drain's time limit")                                \
	X(POLICY_CHANGED, "policy-changed", "u: reset, a reload masks what was passed on")         \
	X(EXISTING, "existing", "u: closed, open since before scrim")                              \
	X(INTERNAL, "internal", "u: reset, an error of scrim's own")

enum scrim_flow {
#define X(symbol, name, what) FLOW_##symbol,
	SCRIM_FLOW(X)
#undef X
		FLOW_COUNT
};

/*
 * How the steering maps are keyed. Interfaces have slots, so that one that is made anew (with
 * another index) finds its ports and networks unchanged. Addresses are 16 bytes, IPv4 as
 * ::ffff:a.b.c.d. Ports are in network order.
 */
#define SCRIM_CLIENTS    1u /* sides of an interface, bits: a one-armed host has both on one */
#define SCRIM_SERVERS    2u
#define SCRIM_SLOTS      (2 * SCRIM_MAX_LISTENERS)
#define SCRIM_SLOT_LOCAL 0xffffu /* mode local: no interface */
#define SCRIM_SLOT_NEW   0xfffeu /* interfaces that nobody has looked at yet: all of the gateway's */
#define SCRIM_IFACES     4096    /* interfaces of the host, those of no listener included */

struct scrim_iface {
	__u32 slot;
	__u8 sides;
	__u8 l2_len; /* bytes in front of the IP header: 14, or 0 on a tunnel */
	__u8 zero[2];
};

struct scrim_gate_key {
	__u32 slot;
	__be16 port; /* clients: the destination's, servers: the source's */
	__u8 side;
	__u8 zero;
};

/* Longest prefix match: of `owner` and the address, so prefixes count 32 bits more. */
struct scrim_net_key {
	__u32 prefix;
	__u32 owner; /* map "nets": the interface's slot; map "roles": the listener */
	__u8 addr[16];
};

/*
 * Whose clients come from a network. A role is a place among a listener's sockets; 0 is the default
 * one's, and that of roles that a reload has added, for which no sockets were made.
 */
struct scrim_role {
	__u32 role;
	__u32 version; /* grows with each reload; what has an older one is gone at its end */
	char name[SCRIM_NAME_LEN]; /* for who reads the map */
};

/* Scrim's own sockets (mode local), by what is in their storage. */
#define SCRIM_OWN_CONNECTS 1u
#define SCRIM_OWN_LISTENS  2u /* and what it accepted, which inherits it */

/* A connection of scrim's own to the service (mode local), as its own socket names the ends. */
struct scrim_tuple {
	__u8 local[16];
	__u8 remote[16];
	__be16 local_port;
	__be16 remote_port;
};

/* Where a listening socket stands in the map "sockets". */
#define SCRIM_SOCKETS(listeners) ((listeners) * SCRIM_MAX_ROLES * SCRIM_MAX_WORKERS * 2)
#define SCRIM_SOCKET(listener, role, worker, v6)                                                   \
	((((listener) * SCRIM_MAX_ROLES + (role)) * SCRIM_MAX_WORKERS + (worker)) * 2 + (v6))

/*
 * Policy routing of the gateway: documented, so that an operator keeps off. The priorities are in
 * the order of user/kern/routes.c's drawing.
 */
#define SCRIM_ROUTE_TABLE       5713
#define SCRIM_ROUTE_PROTOCOL    157
#define SCRIM_PRIORITY_DELIVER  90
#define SCRIM_PRIORITY_PASS     91
#define SCRIM_PRIORITY_DROP     92 /* to or from a network */
#define SCRIM_PRIORITY_DROP_ALL 93
#define SCRIM_PRIORITY_END      94
#define SCRIM_ICMP_MARK         0x5713u

/*
 * One thing that is steered; each of the gateway's is policy rules too. Key of the map "steered".
 *
 *   ifname, side, port   the packets of a port, to or from a network
 *   ifname, side         what cannot be read to a port, to or from a network
 *   ifname               what can be read and is no business of scrim's
 *   port                 mode local
 *   none of them         what the rules of all interfaces share, and marked ICMP errors
 */
struct scrim_steered {
	char ifname[16];
	__u8 side; /* both: of what cannot be read, to or from any network */
	__u8 family;
	__u8 bits; /* of the network; 0: all */
	__u8 zero;
	__be16 port;
	__u8 zero2[2];
	__u8 addr[16];
};

struct scrim_meta {
	__u32 abi;
	__u32 zero;
	__u64 netns; /* SO_NETNS_COOKIE of the network namespace this belongs to */
	char version[SCRIM_NAME_LEN];
	__u8 tags[8][8]; /* of the programs, in bpf/'s order */
};

_Static_assert(sizeof(struct scrim_rule_row) == 128, "row size is ABI");
_Static_assert(sizeof(struct scrim_listener_row) == 128, "row size is ABI");
_Static_assert(sizeof(struct scrim_flow_row) == 64, "row size is ABI");
_Static_assert(sizeof(struct scrim_gate_key) == 8, "no padding in a key");
_Static_assert(sizeof(struct scrim_net_key) == 24, "no padding in a key");
_Static_assert(!(SCRIM_MAX_ROLES & (SCRIM_MAX_ROLES - 1)), "a power of two: programs mask by it");
_Static_assert(sizeof(struct scrim_tuple) == 36, "no padding in a key");
_Static_assert(sizeof(struct scrim_steered) == 40, "no padding in a key");

#endif
