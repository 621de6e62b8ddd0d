/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel's side and the user's side agree on: map names, pin names, rows, reasons.
 * Included by BPF programs and by user code alike, so it uses only <linux/types.h>.
 *
 *   /sys/fs/bpf/scrim/            (instance NAME: /sys/fs/bpf/scrim.NAME/)
 *     rules      array, mmapable: a row per (rule, role)
 *     flow       array, mmapable: a row per verdict or reason of refusal
 *     metrics    iterator: OpenMetrics text
 *     ...        maps and links of the modes in use: see bpf/maps.bpf.h
 */
#ifndef SCRIM_ABI_H
#define SCRIM_ABI_H

#include <linux/types.h>

/* Changes whenever a pinned map's meaning or layout does. Kept in the map "meta". */
#define SCRIM_ABI_VERSION 1

#define SCRIM_NAME_LEN 32      /* rule, role, listener names, with the NUL */
#define SCRIM_RULE_ROWS 1024   /* (rule, role) rows */
#define SCRIM_MAX_LISTENERS 32
#define SCRIM_MAX_ROLES 32     /* per listener, the default role included */
#define SCRIM_MAX_WORKERS 64

/*
 * One rule under one role. A row with an empty rule name is free. Names are written before
 * the first count; a row never changes its names: counts go on over reload and restart.
 */
struct scrim_rule_row {
	char rule[SCRIM_NAME_LEN];
	char role[SCRIM_NAME_LEN];
	__u64 matches;      /* values found (and masked, unless the action says otherwise) */
	__u64 masked_bytes; /* bytes of values replaced, separators within them included */
	__u64 rejected;     /* candidates that the rule's validator refused */
	__u64 released;     /* held bytes released raw by the idle timer */
	__u64 idle;         /* held bytes masked by the idle timer */
	__u64 reserved[3];
};

/* One verdict or reason of refusal. */
struct scrim_flow_row {
	char name[SCRIM_NAME_LEN];
	__u64 count;
	__u64 reserved[3];
};

/*
 * Verdicts first, then reasons of refusal. X(symbol, name in the row, what it says)
 * The kernel's side counts the ones marked k, the user's side the ones marked u.
 */
#define SCRIM_FLOW(X)                                                                             \
	X(STEERED, "steered", "k: a new connection given to a listener")                          \
	X(OWN, "own", "k: a connection of scrim's own let through to the service")                \
	X(ACCEPTED, "accepted", "u: a connection accepted")                                       \
	X(RELAYED, "relayed", "u: a connection that ended by itself in both directions")          \
	X(NO_LISTENER, "no-listener", "k: refused, no live listener")                             \
	X(FRAGMENT, "fragment", "k: dropped, an IP fragment")                                     \
	X(IP_OPTIONS, "ip-options", "k: dropped, IPv4 options")                                   \
	X(EXTENSION, "extension-header", "k: dropped, an IPv6 extension header")                  \
	X(PROTOCOL, "protocol", "k: dropped, a protocol that can hide TCP")                       \
	X(VLAN, "vlan", "k: dropped, a VLAN tag inside the payload")                              \
	X(MALFORMED, "malformed", "k: dropped, a header that cannot be read")                     \
	X(NOT_OWNED, "not-owned", "k: dropped, mid-stream without a live socket of scrim's")      \
	X(NOT_STEERED, "not-steered", "u: refused, came to scrim's own address")                  \
	X(LOOP, "loop", "u: refused, would connect scrim to itself")                              \
	X(HL7_NO_MSH, "hl7-no-msh", "u: reset, a message that does not begin with MSH")           \
	X(HL7_SEPARATOR, "hl7-separator", "u: reset, an impossible separator")                    \
	X(HL7_FRAME, "hl7-frame", "u: reset, MLLP framing is broken")                             \
	X(HL7_UNFINISHED, "hl7-unfinished", "u: the stream ended inside a frame")                 \
	X(TLS, "tls", "u: reset, an encrypted stream cannot be masked")                           \
	X(COMPRESSED, "compressed", "u: reset, a compressed stream cannot be masked")             \
	X(MEMORY, "memory", "u: reset or refused, out of memory")                                 \
	X(LIMIT, "limit", "u: refused, too many connections")                                     \
	X(SOURCE_PORT, "source-port", "u: refused, the client's address and port is taken")       \
	X(UPSTREAM_REFUSED, "upstream-refused", "u: reset, the server refused")                   \
	X(UPSTREAM_TIMEOUT, "upstream-timeout", "u: reset, the server did not answer")            \
	X(UPSTREAM_UNREACHABLE, "upstream-unreachable", "u: reset, no way to the server")         \
	X(CLIENT_RESET, "client-reset", "u: the client reset")                                    \
	X(SERVER_RESET, "server-reset", "u: the server reset")                                    \
	X(DRAINED, "drained", "u: reset at the drain's time limit")                               \
	X(EXISTING, "existing", "u: closed, open since before scrim")                             \
	X(INTERNAL, "internal", "u: reset, an error of scrim's own")

enum scrim_flow {
#define X(symbol, name, what) FLOW_##symbol,
	SCRIM_FLOW(X)
#undef X
	FLOW_COUNT
};

_Static_assert(sizeof(struct scrim_rule_row) == 128, "row size is ABI");
_Static_assert(sizeof(struct scrim_flow_row) == 64, "row size is ABI");

#endif
