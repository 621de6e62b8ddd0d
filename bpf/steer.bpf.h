/* SPDX-License-Identifier: BSD-2-Clause */
/* The steering maps (maps.bpf.h draws them), and picking a listening socket. */
#ifndef SCRIM_STEER_BPF_H
#define SCRIM_STEER_BPF_H

#include "maps.bpf.h"
#include "tuple.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4 * SCRIM_MAX_LISTENERS);
	__type(key, struct scrim_gate_key);
	__type(value, __u32);
} gates SEC(".maps");

/* Looked at where a listening socket is looked for: for a SYN, not for each packet. */
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 2 * 65536); /* the old ones are there until the new ones are */
	__type(key, struct scrim_net_key);
	__type(value, struct scrim_role);
} roles SEC(".maps");

/* As large as SCRIM_SOCKETS() says of the listeners that there are. */
struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, SCRIM_SOCKETS(SCRIM_MAX_LISTENERS));
	__type(key, __u32);
	__type(value, __u64);
} sockets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} alive SEC(".maps");

const volatile __u32 nworkers = 1;

/* The listeners that a port belongs to, a bit each. */
static __always_inline __u32 steer_gate(__u32 slot, __u8 side, __be16 port)
{
	struct scrim_gate_key key = {.slot = slot, .port = port, .side = side};
	__u32 *listeners = bpf_map_lookup_elem(&gates, &key);

	return listeners ? *listeners : 0;
}

/* True while the daemon's process lives. */
static __always_inline bool steer_alive(void)
{
	struct bpf_sock *sk;
	__u32 zero = 0;

	sk = bpf_map_lookup_elem(&alive, &zero);
	if (!sk)
		return false;
	bpf_sk_release(sk);
	return true;
}

/* The key of an address; what owns it is said in abi.h. */
static __always_inline struct scrim_net_key net_key(__u32 owner, const __u32 addr[4])
{
	struct scrim_net_key key = {.prefix = 32 + 128, .owner = owner};

	__builtin_memcpy(key.addr, addr, sizeof(key.addr));
	return key;
}

/* By the longest of the networks that the client's address is in. */
static __always_inline __u32 steer_role(__u32 listener, const struct flow *f)
{
	struct scrim_net_key key = net_key(listener, f->src);
	struct scrim_role *role = bpf_map_lookup_elem(&roles, &key);

	return role ? role->role & (SCRIM_MAX_ROLES - 1) : 0;
}

/*
 * The place of the listening socket for a client: by listener, role, and a worker by the hash of the
 * connection, so that a SYN sent again meets the same one. A socket is a backlog: who floods that of
 * one role keeps nobody of another from being let in. What is masked for the client is not decided
 * here: the worker does that by its ruleset, in which there is no moment between two versions.
 */
static __always_inline __u32 steer_place(__u32 listener, const struct flow *f, bool v6)
{
	__u32 worker = ((__u64)flow_hash(f) * nworkers) >> 32;

	return SCRIM_SOCKET(listener, steer_role(listener, f), worker, v6);
}

#endif
