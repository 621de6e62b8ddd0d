/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The counters as OpenMetrics text: an iterator over `export_steps`, whose elements say nothing;
 * their indices do. A step prints one line of one family, and the family's head before its first:
 * so a family stays together, and no step has a loop for the verifier to walk through.
 *
 *   step   0 .. 1023   1024 .. 2047    ...   6144 .. 7167           ...   9216 ..   the last
 *          matches     masked_bytes    ...   listener_connections   ...   flow      # EOF
 */
#include "maps.bpf.h"

#define ROWS      SCRIM_RULE_ROWS
#define FAMILIES  6 /* of rules; the listeners' follow */
#define STEP_FLOW ((FAMILIES + 3) * ROWS)
#define STEP_EOF  (STEP_FLOW + FLOW_COUNT)
#define STEPS     (STEP_EOF + 1)

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, SCRIM_RULE_ROWS);
	__type(key, __u32);
	__type(value, struct scrim_rule_row);
} scrim_rule SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, SCRIM_LISTENER_ROWS);
	__type(key, __u32);
	__type(value, struct scrim_listener_row);
} scrim_listener SEC(".maps");
_Static_assert(SCRIM_LISTENER_ROWS == SCRIM_RULE_ROWS, "families of as many rows");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scrim_meta);
} meta SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct scrim_steered);
	__type(value, __u32);
} steered SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, STEPS);
	__type(key, __u32);
	__type(value, __u32);
} export_steps SEC(".maps");

/* Of the kernel's own structs, what an iterator is called with. */
struct seq_file;
struct bpf_iter_meta {
	struct seq_file *seq;
} __attribute__((preserve_access_index));
struct bpf_iter__bpf_map_elem {
	struct bpf_iter_meta *meta;
	__u32 *key;
} __attribute__((preserve_access_index));

#define PRINT(seq, fmt, ...)                                                                       \
	({                                                                                         \
		static const char text[] = fmt;                                                    \
		__u64 args[] = {__VA_ARGS__};                                                      \
		bpf_seq_printf(seq, text, sizeof(text), args, sizeof(args));                       \
	})
#define SAY(seq, text_)                                                                            \
	({                                                                                         \
		static const char text[] = text_;                                                  \
		bpf_seq_write(seq, text, sizeof(text) - 1);                                        \
	})

static __always_inline void head(struct seq_file *seq, __u32 family)
{
	switch (family) {
	case 0:
		SAY(seq, "# TYPE scrim_rule_matches counter\n"
			 "# HELP scrim_rule_matches Values found.\n");
		break;
	case 1:
		SAY(seq, "# TYPE scrim_rule_masked_bytes counter\n"
			 "# UNIT scrim_rule_masked_bytes bytes\n"
			 "# HELP scrim_rule_masked_bytes Bytes of values replaced.\n");
		break;
	case 2:
		SAY(seq, "# TYPE scrim_rule_rejected counter\n"
			 "# HELP scrim_rule_rejected Candidates that the validator refused.\n");
		break;
	case 3:
		SAY(seq, "# TYPE scrim_rule_released_bytes counter\n"
			 "# UNIT scrim_rule_released_bytes bytes\n"
			 "# HELP scrim_rule_released_bytes Held bytes released by the idle "
			 "timer.\n");
		break;
	case 4:
		SAY(seq, "# TYPE scrim_rule_idle_bytes counter\n"
			 "# UNIT scrim_rule_idle_bytes bytes\n"
			 "# HELP scrim_rule_idle_bytes Held bytes masked by the idle timer.\n");
		break;
	case 5:
		SAY(seq, "# TYPE scrim_rule_allowed counter\n"
			 "# HELP scrim_rule_allowed Values found and left, as configured.\n");
		break;
	case FAMILIES:
		SAY(seq, "# TYPE scrim_listener_connections counter\n"
			 "# HELP scrim_listener_connections Connections taken on.\n");
		break;
	case FAMILIES + 1:
		SAY(seq, "# TYPE scrim_listener_client_bytes counter\n"
			 "# UNIT scrim_listener_client_bytes bytes\n"
			 "# HELP scrim_listener_client_bytes Bytes received from clients.\n");
		break;
	case FAMILIES + 2:
		SAY(seq, "# TYPE scrim_listener_server_bytes counter\n"
			 "# UNIT scrim_listener_server_bytes bytes\n"
			 "# HELP scrim_listener_server_bytes Bytes received from servers.\n");
		break;
	}
}

static __always_inline void line(struct seq_file *seq, __u32 family, const struct scrim_rule_row *r)
{
	const __u64 rule = (__u64)(unsigned long)r->rule, role = (__u64)(unsigned long)r->role;

	switch (family) {
	case 0:
		PRINT(seq, "scrim_rule_matches_total{rule=\"%s\",role=\"%s\"} %llu\n", rule, role,
		      r->matches);
		break;
	case 1:
		PRINT(seq, "scrim_rule_masked_bytes_total{rule=\"%s\",role=\"%s\"} %llu\n", rule,
		      role, r->masked_bytes);
		break;
	case 2:
		PRINT(seq, "scrim_rule_rejected_total{rule=\"%s\",role=\"%s\"} %llu\n", rule, role,
		      r->rejected);
		break;
	case 3:
		PRINT(seq, "scrim_rule_released_bytes_total{rule=\"%s\",role=\"%s\"} %llu\n", rule,
		      role, r->released);
		break;
	case 4:
		PRINT(seq, "scrim_rule_idle_bytes_total{rule=\"%s\",role=\"%s\"} %llu\n", rule,
		      role, r->idle);
		break;
	case 5:
		PRINT(seq, "scrim_rule_allowed_total{rule=\"%s\",role=\"%s\"} %llu\n", rule, role,
		      r->allowed);
		break;
	}
}

static __always_inline void listener_line(struct seq_file *seq, __u32 family,
					  const struct scrim_listener_row *r)
{
	const __u64 name = (__u64)(unsigned long)r->listener, role = (__u64)(unsigned long)r->role;

	switch (family) {
	case FAMILIES:
		PRINT(seq, "scrim_listener_connections_total{listener=\"%s\",role=\"%s\"} %llu\n",
		      name, role, r->connections);
		break;
	case FAMILIES + 1:
		PRINT(seq, "scrim_listener_client_bytes_total{listener=\"%s\",role=\"%s\"} %llu\n",
		      name, role, r->client_bytes);
		break;
	case FAMILIES + 2:
		PRINT(seq, "scrim_listener_server_bytes_total{listener=\"%s\",role=\"%s\"} %llu\n",
		      name, role, r->server_bytes);
		break;
	}
}

static __always_inline void print_listener(struct seq_file *seq, __u32 family, __u32 row)
{
	struct scrim_listener_row *r = bpf_map_lookup_elem(&scrim_listener, &row);

	if (!row)
		head(seq, family);
	if (r && *(volatile char *)r->listener)
		listener_line(seq, family, r);
}

static __always_inline void print_rule(struct seq_file *seq, __u32 family, __u32 row)
{
	struct scrim_rule_row *r = bpf_map_lookup_elem(&scrim_rule, &row);

	if (!row)
		head(seq, family);
	if (r && *(volatile char *)r->rule)
		line(seq, family, r);
}

static __always_inline void print_flow(struct seq_file *seq, __u32 row)
{
	struct scrim_flow_row *r = bpf_map_lookup_elem(&scrim_flow, &row);

	if (!row)
		SAY(seq, "# TYPE scrim_flow counter\n"
			 "# HELP scrim_flow Steering verdicts, and refusals by reason.\n");
	if (r)
		PRINT(seq, "scrim_flow_total{reason=\"%s\"} %llu\n", (__u64)(unsigned long)r->name,
		      r->count);
}

SEC("iter/bpf_map_elem")
int export_metrics(struct bpf_iter__bpf_map_elem *ctx)
{
	struct seq_file *seq = ctx->meta->seq;
	__u32 *key = ctx->key, step;

	if (!key)
		return 0;
	step = *key;
	if (step < FAMILIES * ROWS)
		print_rule(seq, step / ROWS, step % ROWS);
	else if (step < STEP_FLOW)
		print_listener(seq, step / ROWS, step % ROWS);
	else if (step < STEP_EOF)
		print_flow(seq, step - STEP_FLOW);
	else
		SAY(seq, "# EOF\n");
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
