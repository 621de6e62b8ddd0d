/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Local: the service keeps its port; connections to it land in scrim, scrim goes on to it.
 *
 *   client ─▶ :2575 ─▶ steer_local ─▶ scrim's listening socket ─▶ scrim ─▶ :2575 ─▶ the service
 *                          │ no daemon: refused                   own_connect
 *                          └◀── own: is this tuple scrim's? ◀──── writes the tuple down
 *
 * Whether a connection is scrim's is known by the socket itself: user code puts a mark into its
 * storage through its descriptor, and when it connects the kernel writes down the tuple it got.
 * Nothing that a packet carries, no address, port or mark, can claim to be one.
 */
#include "lookup.bpf.h"
#include "steer.bpf.h"
#include <linux/in.h>

/* Set by the user's side before connect(), or before a listening socket is in use. Goes with the socket. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE);
	__type(key, int);
	__type(value, __u32);
} own_sockets SEC(".maps");

/* The value: whether it is counted. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1 << 18);
	__type(key, struct scrim_tuple);
	__type(value, __u32);
} own_tuples SEC(".maps");

/*
 * Scrim's connections that found no place there, by a hash of the tuple: refused, for they would go
 * round and round. So is who has the same hash, until that connection has ended.
 */
#define LOST 4096 /* a power of two */
static volatile __u8 own_lost[LOST];

static __always_inline __u32 lost_place(const struct flow *f)
{
	return flow_hash(f) & (LOST - 1);
}

/*
 * True if the connection that f is a packet of was made by scrim's own socket. The kernel asks again
 * for a SYN that was lost and for an answered cookie: it is counted once.
 */
static __always_inline bool is_own(const struct flow *f)
{
	__u32 *counted;
	struct scrim_tuple key = {.local_port = f->sport, .remote_port = f->dport};

	__builtin_memcpy(key.local, f->src, sizeof(key.local));
	__builtin_memcpy(key.remote, f->dst, sizeof(key.remote));
	counted = bpf_map_lookup_elem(&own_tuples, &key);
	if (counted && !__sync_lock_test_and_set(counted, 1))
		flow_count(FLOW_OWN);
	return counted;
}

static __always_inline int refuse(const struct flow *f)
{
	flow_refuse(FLOW_NO_LISTENER, f->src);
	return SK_DROP;
}

SEC("sk_lookup")
int steer_local(struct bpf_sk_lookup *ctx)
{
	bool v6 = ctx->family == AF_INET6;
	__u32 listeners, place;
	struct flow f = {};
	struct bpf_sock *sk;
	long rc;

	if (ctx->protocol != IPPROTO_TCP)
		return SK_PASS;
	listeners = steer_gate(SCRIM_SLOT_LOCAL, SCRIM_CLIENTS, bpf_htons(ctx->local_port));
	if (!listeners)
		return SK_PASS;
	flow_from_lookup(&f, ctx);
	if (!steer_alive())
		return refuse(&f);
	if (is_own(&f))
		return SK_PASS;
	if (own_lost[lost_place(&f)])
		return refuse(&f);
	place = steer_place(__builtin_ctz(listeners) & (SCRIM_MAX_LISTENERS - 1), &f, v6);
	sk = bpf_map_lookup_elem(&sockets, &place);
	if (!sk)
		return refuse(&f);
	rc = bpf_sk_assign(ctx, sk, 0);
	bpf_sk_release(sk);
	return rc ? refuse(&f) : SK_PASS;
}

/* Reads all fields whatever the family is, for the reason that lookup.bpf.h gives. */
static __always_inline void own_tuple(struct scrim_tuple *t,
				      const volatile struct bpf_sock_ops *ctx)
{
	__u32 local4 = ctx->local_ip4, remote4 = ctx->remote_ip4, local[4], remote[4];

#pragma unroll
	for (int i = 0; i < 4; i++) {
		local[i] = ctx->local_ip6[i];
		remote[i] = ctx->remote_ip6[i];
	}
	if (ctx->family == AF_INET) {
		address_v4(local, local4);
		address_v4(remote, remote4);
	}
	__builtin_memcpy(t->local, local, sizeof(local));
	__builtin_memcpy(t->remote, remote, sizeof(remote));
	t->local_port = bpf_htons((__u16)ctx->local_port);
	t->remote_port = bpf_htons(bpf_ntohl(ctx->remote_port));
}

/* The tuple as a packet of the connection carries it. */
static __always_inline __u32 tuple_lost_place(const struct scrim_tuple *t)
{
	struct flow f = {.sport = t->local_port, .dport = t->remote_port};

	__builtin_memcpy(f.src, t->local, sizeof(f.src));
	__builtin_memcpy(f.dst, t->remote, sizeof(f.dst));
	return lost_place(&f);
}

/*
 * A look-up may be for a packet that makes no connection, or for the same one again; so a connection
 * is counted here, where it is one. Not where scrim's own address was dialled.
 */
static __always_inline void count_accepted(const struct bpf_sock_ops *ctx)
{
	if (steer_gate(SCRIM_SLOT_LOCAL, SCRIM_CLIENTS, bpf_htons((__u16)ctx->local_port)))
		flow_count(FLOW_STEERED);
}

SEC("sockops")
int own_connect(struct bpf_sock_ops *ctx)
{
	struct scrim_tuple t = {};
	struct bpf_sock *sk = ctx->sk;
	const __u32 none = 0;
	__u32 *own;

	if (ctx->op != BPF_SOCK_OPS_TCP_CONNECT_CB && ctx->op != BPF_SOCK_OPS_STATE_CB &&
	    ctx->op != BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB)
		return 1;
	own = sk ? bpf_sk_storage_get(&own_sockets, sk, NULL, 0) : NULL;
	if (!own)
		return 1;
	if (*own == SCRIM_OWN_LISTENS) {
		if (ctx->op == BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB)
			count_accepted(ctx);
		return 1;
	}
	own_tuple(&t, ctx);
	if (ctx->op == BPF_SOCK_OPS_TCP_CONNECT_CB) {
		if (bpf_map_update_elem(&own_tuples, &t, &none, BPF_ANY))
			own_lost[tuple_lost_place(&t)] = 1;
		bpf_sock_ops_cb_flags_set(ctx,
					  ctx->bpf_sock_ops_cb_flags | BPF_SOCK_OPS_STATE_CB_FLAG);
	} else if (ctx->args[1] == BPF_TCP_CLOSE) {
		if (bpf_map_delete_elem(&own_tuples, &t))
			own_lost[tuple_lost_place(&t)] = 0;
	}
	return 1;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
