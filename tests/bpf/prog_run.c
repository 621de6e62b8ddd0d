/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs the steering programs on made-up packets (BPF_PROG_TEST_RUN) and looks at the verdict, at
 * the counter that moved, that no other moved, and at the packet that came out.
 * Giving a packet to a socket needs a real ingress, which tests/netns has.
 */
#include "packets.h"
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <scrim/abi.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <steer_gateway.skel.h>
#include <steer_local.skel.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LO 1 /* the loopback interface's index: PROG_TEST_RUN comes in there */

static unsigned int passed, failed;

static void result(const char *name, bool good, const char *why)
{
	printf("%s %s%s%s\n", good ? "ok    " : "FAILED", name, good ? "" : ": ", good ? "" : why);
	*(good ? &passed : &failed) += 1;
}

static void counts(int map, __u64 to[FLOW_COUNT])
{
	struct scrim_flow_row row;

	for (__u32 i = 0; i < FLOW_COUNT; i++) {
		if (bpf_map_lookup_elem(map, &i, &row))
			abort();
		to[i] = row.count;
	}
}

/* True if exactly `moved` went up by one; -1: none did. */
static bool only_moved(const __u64 before[FLOW_COUNT], const __u64 after[FLOW_COUNT], int moved)
{
	for (int i = 0; i < FLOW_COUNT; i++)
		if (after[i] - before[i] != (i == moved))
			return false;
	return true;
}

/* Who sent the packet, where one that is dropped for this reason can be read so far. */
static bool names_sender(int map, int reason, const __u8 *packet, bool v6)
{
	__u8 sender[16] = {[10] = 0xff, 0xff};
	struct scrim_flow_row row;

	if (reason < 0 || reason == FLOW_STEERED || reason == FLOW_OWN || reason == FLOW_VLAN ||
	    reason == FLOW_MALFORMED || reason == FLOW_REDIRECT)
		return true;
	if (v6)
		memcpy(sender, packet + PACKET_L2 + 8, 16);
	else
		memcpy(sender + 12, packet + PACKET_L2 + 12, 4);
	if (bpf_map_lookup_elem(map, &reason, &row))
		abort();
	return !memcmp(row.peer, sender, 16) && row.peer_check == SCRIM_PEER_CHECK(row.peer);
}

static void put(int map, const void *key, const void *value)
{
	if (bpf_map_update_elem(map, key, value, BPF_ANY)) {
		perror("a map");
		exit(1);
	}
}

static void net(int map, __u32 owner, __u32 bits, const __u8 addr[16], __u32 value)
{
	struct scrim_net_key key = {.prefix = 32 + bits, .owner = owner};

	memcpy(key.addr, addr, 16);
	put(map, &key, &value);
}

/* lo is both sides; the servers are 10.2.0.0/24 and fd02::/64; port 2575. */
static void fill(struct steer_gateway *g, __u8 l2_len)
{
	struct scrim_iface iface = {
		.slot = 3, .sides = SCRIM_CLIENTS | SCRIM_SERVERS, .l2_len = l2_len};
	struct scrim_gate_key gate = {.slot = 3, .port = htons(2575), .side = SCRIM_CLIENTS};
	__u32 index = LO, none = 0, first = 1;

	put(bpf_map__fd(g->maps.ifaces), &index, &iface);
	/* BPF_PROG_TEST_RUN of a lookup takes no interface: it is the index 0 there. */
	put(bpf_map__fd(g->maps.ifaces), &none, &iface);
	put(bpf_map__fd(g->maps.gates), &gate, &first);
	gate.side = SCRIM_SERVERS;
	put(bpf_map__fd(g->maps.gates), &gate, &first);
	net(bpf_map__fd(g->maps.nets), 3, 96 + 24, (__u8[16]){[10] = 0xff, 0xff, 10, 2, 0, 0}, 1);
	net(bpf_map__fd(g->maps.nets), 3, 64, (__u8[16]){0xfd, 0x02}, 1);
}

static void run_case(struct steer_gateway *g, const struct packet_case *c, bool v6)
{
	__u8 in[256], out[256];
	__u64 before[FLOW_COUNT], after[FLOW_COUNT];
	struct __sk_buff merged = {.gso_segs = 2, .gso_size = 100};
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = in, .data_out = out,
		    .data_size_out = sizeof(out), .repeat = 1, .ctx_in = c->merged ? &merged : NULL,
		    .ctx_size_in = c->merged ? sizeof(merged) : 0);
	const struct bpf_program *prog =
		c->egress ? g->progs.drop_redirects : g->progs.steer_gateway;
	const char *why = NULL;
	char name[96], text[96];

	run.data_size_in = (__u32)packet_make(in, c, v6);
	snprintf(name, sizeof(name), "gateway IPv%d %s", v6 ? 6 : 4, c->name);
	counts(bpf_map__fd(g->maps.scrim_flow), before);
	if (bpf_prog_test_run_opts(bpf_program__fd(prog), &run)) {
		result(name, false, strerror(errno));
		return;
	}
	counts(bpf_map__fd(g->maps.scrim_flow), after);
	if ((int)run.retval != c->verdict) {
		snprintf(text, sizeof(text), "verdict %d, not %d", (int)run.retval, c->verdict);
		why = text;
	} else if (!only_moved(before, after, c->counted)) {
		why = "the wrong counters moved";
	} else if (!names_sender(bpf_map__fd(g->maps.scrim_flow), c->counted, in, v6)) {
		why = "another sender is told";
	} else if (c->verdict == VERDICT_REDIRECT) {
		why = packet_is_reset(out, run.data_size_out, in, run.data_size_in, v6);
	} else if (run.data_size_out != run.data_size_in || memcmp(in, out, run.data_size_in)) {
		why = "the packet was changed";
	}
	result(name, !why, why);
}

/* Every cut of a steered SYN: dropped or passed, never forwarded as TCP, never a fault. */
static void run_short(struct steer_gateway *g, bool v6)
{
	const struct packet_case *syn = &packet_cases[0];
	__u8 in[256], out[256];
	size_t len = packet_make(in, syn, v6), bad = 0;
	char name[64];

	for (size_t cut = 14; cut < len; cut++) {
		LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = in, .data_size_in = (__u32)cut,
			    .data_out = out, .data_size_out = sizeof(out), .repeat = 1);

		/* The kernel itself refuses to run on less than an IP header. */
		if (bpf_prog_test_run_opts(bpf_program__fd(g->progs.steer_gateway), &run))
			bad += cut >= 14u + (v6 ? 40 : 20);
		else
			bad += (int)run.retval != VERDICT_DROP;
	}
	snprintf(name, sizeof(name), "gateway IPv%d cut short at every byte", v6 ? 6 : 4);
	result(name, !bad, "not dropped");
}

static int listening(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, (void *)&at, sizeof(at)) || listen(fd, 1)) {
		perror("listen");
		exit(1);
	}
	return fd;
}

static void lookup(int prog, int flow, const char *name, __u16 port, int verdict, int counted,
		   bool chosen)
{
	struct bpf_sk_lookup ctx = {.family = AF_INET,
				    .protocol = IPPROTO_TCP,
				    .remote_ip4 = htonl(0x0a010002),
				    .remote_port = htons(40000),
				    .local_ip4 = htonl(0x0a020002),
				    .local_port = port};
	LIBBPF_OPTS(bpf_test_run_opts, run, .ctx_in = &ctx, .ctx_size_in = sizeof(ctx),
		    .ctx_out = &ctx, .ctx_size_out = sizeof(ctx), .repeat = 1);
	__u64 before[FLOW_COUNT], after[FLOW_COUNT];
	bool good;

	counts(flow, before);
	if (bpf_prog_test_run_opts(prog, &run)) {
		result(name, false, strerror(errno));
		return;
	}
	counts(flow, after);
	good = (int)run.retval == verdict && only_moved(before, after, counted) &&
	       !!ctx.cookie == chosen;
	result(name, good, "verdict, counter or socket is wrong");
}

static void run_local(void)
{
	struct scrim_gate_key gate = {
		.slot = SCRIM_SLOT_LOCAL, .port = htons(2575), .side = SCRIM_CLIENTS};
	struct scrim_tuple own = {.local = {[10] = 0xff, 0xff, 10, 1, 0, 2},
				  .remote = {[10] = 0xff, 0xff, 10, 2, 0, 2},
				  .local_port = htons(40000),
				  .remote_port = htons(2575)};
	struct steer_local *l = steer_local__open_and_load();
	__u32 first = 1, zero = 0, place = SCRIM_SOCKET(0, 0, 0, 0);
	int pair[2], prog, flow;
	__u64 fd;

	if (!l || socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		exit(1);
	prog = bpf_program__fd(l->progs.steer_local);
	flow = bpf_map__fd(l->maps.scrim_flow);
	lookup(prog, flow, "local: a port that is not steered", 80, SK_PASS, -1, false);
	put(bpf_map__fd(l->maps.gates), &gate, &first);
	lookup(prog, flow, "local: no daemon", 2575, SK_DROP, FLOW_NO_LISTENER, false);
	put(bpf_map__fd(l->maps.own_tuples), &own, &zero);
	lookup(prog, flow, "local: own tuple of a dead daemon", 2575, SK_DROP, FLOW_NO_LISTENER,
	       false);
	fd = (__u64)pair[0];
	put(bpf_map__fd(l->maps.alive), &zero, &fd);
	lookup(prog, flow, "local: own tuple", 2575, SK_PASS, FLOW_OWN, false);
	lookup(prog, flow, "local: own tuple, looked up again", 2575, SK_PASS, -1, false);
	bpf_map_delete_elem(bpf_map__fd(l->maps.own_tuples), &own);
	lookup(prog, flow, "local: a daemon without a socket", 2575, SK_DROP, FLOW_NO_LISTENER,
	       false);
	fd = (__u64)listening();
	put(bpf_map__fd(l->maps.sockets), &place, &fd);
	lookup(prog, flow, "local: steered", 2575, SK_PASS, -1, true);
	close(pair[0]);
	lookup(prog, flow, "local: a listener that outlives the daemon", 2575, SK_DROP,
	       FLOW_NO_LISTENER, false);
	close(pair[1]);
	close((int)fd);
	steer_local__destroy(l);
}

int main(void)
{
	struct steer_gateway *g = steer_gateway__open_and_load();

	if (!g) {
		perror("steer_gateway");
		return 1;
	}
	fill(g, PACKET_L2);
	for (size_t i = 0; i < packet_ncases; i++) {
		const struct packet_case *c = &packet_cases[i];

		if (c->families & 4)
			run_case(g, c, false);
		if (c->families & 6 & ~4)
			run_case(g, c, true);
	}
	run_short(g, false);
	run_short(g, true);
	lookup(bpf_program__fd(g->progs.steer_gateway_lookup), bpf_map__fd(g->maps.scrim_flow),
	       "gateway lookup: no other program's listener", 2575, SK_DROP, -1, false);
	lookup(bpf_program__fd(g->progs.steer_gateway_lookup), bpf_map__fd(g->maps.scrim_flow),
	       "gateway lookup: another port", 80, SK_PASS, -1, false);
	steer_gateway__destroy(g);
	run_local();
	printf("%u passed, %u failed, 0 skipped\n", passed, failed);
	return failed ? 1 : 0;
}
