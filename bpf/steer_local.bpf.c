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

/* Set by the user's side before connect(); goes with the socket. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u32);
} own_sockets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1 << 18);
	__type(key, struct scrim_tuple);
	__type(value, __u32);
} own_tuples SEC(".maps");

/* True if the connection that f is the first packet of was made by scrim's own socket. */
static __always_inline bool is_own(const struct flow *f)
{
	struct scrim_tuple key = {.local_port = f->sport, .remote_port = f->dport};

	__builtin_memcpy(key.local, f->src, sizeof(key.local));
	__builtin_memcpy(key.remote, f->dst, sizeof(key.remote));
	return bpf_map_lookup_elem(&own_tuples, &key);
}

static __always_inline int refuse(void)
{
	flow_count(FLOW_NO_LISTENER);
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
	if (!steer_alive())
		return refuse();
	flow_from_lookup(&f, ctx);
	if (is_own(&f)) {
		flow_count(FLOW_OWN);
		return SK_PASS;
	}
	place = steer_place(__builtin_ctz(listeners) & (SCRIM_MAX_LISTENERS - 1), &f, v6);
	sk = bpf_map_lookup_elem(&sockets, &place);
	if (!sk)
		return refuse();
	rc = bpf_sk_assign(ctx, sk, 0);
	bpf_sk_release(sk);
	if (rc)
		return refuse();
	flow_count(FLOW_STEERED);
	return SK_PASS;
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

SEC("sockops")
int own_connect(struct bpf_sock_ops *ctx)
{
	struct scrim_tuple t = {};
	const __u32 one = 1;
	struct bpf_sock *sk = ctx->sk;

	if (ctx->op != BPF_SOCK_OPS_TCP_CONNECT_CB && ctx->op != BPF_SOCK_OPS_STATE_CB)
		return 1;
	if (!sk || !bpf_sk_storage_get(&own_sockets, sk, NULL, 0))
		return 1;
	own_tuple(&t, ctx);
	if (ctx->op == BPF_SOCK_OPS_TCP_CONNECT_CB) {
		bpf_map_update_elem(&own_tuples, &t, &one, BPF_ANY);
		bpf_sock_ops_cb_flags_set(ctx,
					  ctx->bpf_sock_ops_cb_flags | BPF_SOCK_OPS_STATE_CB_FLAG);
	} else if (ctx->args[1] == BPF_TCP_CLOSE) {
		bpf_map_delete_elem(&own_tuples, &t);
	}
	return 1;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
