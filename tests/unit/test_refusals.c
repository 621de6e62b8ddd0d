/* SPDX-License-Identifier: BSD-2-Clause */
/* What the kernel's side refuses, in the log: a line per reason and interval, which lose none. */
#include "../../user/refusals.h"
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <endian.h>
#include <scrim/flow.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct scrim_flow_row flow[FLOW_COUNT];
static struct refusals refusals;

static void begin(void)
{
	log_init("test", LOG_LEVEL_INFO);
	cr_redirect_stderr();
	flow[FLOW_FRAGMENT].count = 1000;
	refusals_begin(&refusals, flow);
}

/* All that was said, from the beginning. */
static void said(const char *want)
{
	fflush(stderr);
	close(STDERR_FILENO);
	cr_assert_stderr_eq_str(want);
}

#define LINE(reason, what, n) "test: " reason ": " what ": " n " since the last such line\n"
#define FRAGMENTS(n)          LINE("fragment", "dropped, an IP fragment", n)

Test(refusals, nothing_new_is_no_line, .init = begin)
{
	for (u64 now = 0; now < 60000; now += 1000)
		refusals_tell(&refusals, flow, now);
	fputs("end\n", stderr);
	said("end\n");
}

Test(refusals, a_line_per_interval_and_the_count_is_whole, .init = begin)
{
	for (u64 now = 1000; now <= 22000; now += 1000) {
		flow[FLOW_FRAGMENT].count += now <= 15000; /* fifteen in all */
		refusals_tell(&refusals, flow, now);
	}
	said(FRAGMENTS("1") FRAGMENTS("10") FRAGMENTS("4"));
}

static void from(struct scrim_flow_row *row, u64 high, u64 low)
{
	row->count++;
	row->peer[0] = htobe64(high);
	row->peer[1] = htobe64(low);
	row->peer_check = SCRIM_PEER_CHECK(row->peer);
}

#define FRAGMENT_FROM(peer)                                                                        \
	"test: fragment: dropped, an IP fragment: 1 since the last such line, the last from " peer \
	"\n"

Test(refusals, the_last_sender_is_told, .init = begin)
{
	from(&flow[FLOW_FRAGMENT], 0, 0x0000ffff0a010002);
	refusals_tell(&refusals, flow, 1000);
	from(&flow[FLOW_FRAGMENT], 0xfd00000100000000, 2);
	refusals_tell(&refusals, flow, 20000);
	said(FRAGMENT_FROM("10.1.0.2") FRAGMENT_FROM("fd00:1::2"));
}

/* Two processors write at once; a packet whose sender cannot be read. */
Test(refusals, no_sender_is_made_up, .init = begin)
{
	from(&flow[FLOW_FRAGMENT], 0, 0x0000ffff0a010002);
	flow[FLOW_FRAGMENT].peer[0] = htobe64(0xfd00000100000000);
	refusals_tell(&refusals, flow, 1000);
	from(&flow[FLOW_FRAGMENT], 0, 0);
	refusals_tell(&refusals, flow, 20000);
	said(FRAGMENTS("1") FRAGMENTS("1"));
}

Test(refusals, reasons_do_not_wait_for_each_other, .init = begin)
{
	flow[FLOW_FRAGMENT].count += 2;
	refusals_tell(&refusals, flow, 1000);
	flow[FLOW_FRAGMENT].count++;
	flow[FLOW_VLAN].count += 3;
	refusals_tell(&refusals, flow, 2000);
	said(FRAGMENTS("2") LINE("vlan", "dropped, a VLAN tag inside the payload", "3"));
}

Test(refusals, every_reason_of_the_kernel_s_and_no_other, .init = begin)
{
	char want[4096] = "";
	size_t n = 0, lines = 0;

	for (int i = 0; i < FLOW_COUNT; i++) {
		flow[i].count += 7;
		if (!flow_is_kernels(i) || i == FLOW_STEERED || i == FLOW_OWN)
			continue;
		n += (size_t)snprintf(want + n, sizeof(want) - n,
				      "test: %s: %s: 7 since the last such line\n", flow_name(i),
				      flow_what(i));
		lines++;
	}
	cr_assert_eq(lines, 9);
	refusals_tell(&refusals, flow, 1000);
	said(want);
}
