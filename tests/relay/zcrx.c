/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Receiving as from a network card's queue: where it can be every byte is as sent, and where it
 * cannot the log says why, once, and nothing else is different. Both show with a queue of no card,
 * which Linux has from 7.1 on. The other tests go through it with --no-card.
 */
#include "relay.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#define MIB (1024 * 1024)

/* What is logged from here on. */
static int log_file(void)
{
	int fd = memfd_create("log", MFD_CLOEXEC);

	CHECK(fd >= 0 && dup2(fd, STDERR_FILENO) == STDERR_FILENO);
	return fd;
}

static int times(const char *text, const char *what)
{
	int n = 0;

	for (const char *at = text; (at = strstr(at, what)); at++)
		n++;
	return n;
}

static void expect_logged(int fd, const char *what)
{
	char text[4096] = {0};

	CHECK(pread(fd, text, sizeof(text) - 1, 0) > 0);
	CHECK(times(text, what) == 1);
	CHECK(times(text, "\n") == 1);
}

static bool linux_has_it(void)
{
	struct utsname u;
	int major = 0, minor = 0;

	CHECK(!uname(&u) && sscanf(u.release, "%d.%d", &major, &minor) == 2);
	return major > 7 || (major == 7 && minor >= 1);
}

static void both_ways(struct host *h)
{
	struct pair p = host_pair(h);
	struct flow f[4] = {{p.client, 1, 8 * MIB},
			    {p.server, 1, 8 * MIB},
			    {p.server, 2, 8 * MIB},
			    {p.client, 2, 8 * MIB}};
	pthread_t t[4];

	for (int i = 0; i < 4; i++)
		CHECK(!pthread_create(&t[i], NULL, i % 2 ? flow_expect : flow_send, &f[i]));
	for (int i = 0; i < 4; i++)
		CHECK(!pthread_join(t[i], NULL));
	host_await_flow(h, FLOW_RELAYED, 1);
	host_stop(h);
}

static void queue_within(u32 memory_kib, const char *interface, u32 number, const char *logged)
{
	int log = log_file();
	struct host h;

	host_init(&h, AF_INET);
	h.conf.receive[0] = h.conf.receive[1] = (struct io_queue){interface, number};
	h.conf.limits.memory_kib = memory_kib;
	host_start(&h);
	expect_logged(log, logged);
	both_ways(&h);
}

static void queue(const char *interface, u32 number, const char *logged)
{
	queue_within(256 * 1024, interface, number, logged);
}

static void of_no_card(void)
{
	if (geteuid())
		queue("", 0, "received with a copy, for ");
	else if (linux_has_it())
		queue("", 0, "queue of no card: bound");
	else
		queue("", 0, "received with a copy, for this kernel has no zcrx");
}

static void of_no_hardware(void)
{
	queue("lo", 0, "interface lo, queue 0: received with a copy, for ");
}

static void of_no_interface(void)
{
	queue("none", 3, "interface none, queue 3: received with a copy, for ");
}

static void of_little_memory(void)
{
	queue_within(63 * 1024, "lo", 0, "received with a copy, for `memory` ");
}

static void off(void)
{
	int log = log_file();
	struct host h;
	char c;

	host_init(&h, AF_INET6);
	h.conf.receive[0] = h.conf.receive[1] = (struct io_queue){.interface = "lo"};
	h.listener.zero_copy = IO_ZERO_COPY_OFF;
	host_start(&h);
	both_ways(&h);
	CHECK(!pread(log, &c, 1, 0));
}

const struct test zcrx_tests[] = {
	{"zcrx: a queue of no card", of_no_card},
	{"zcrx: an interface that is no card", of_no_hardware},
	{"zcrx: no such interface", of_no_interface},
	{"zcrx: little memory", of_little_memory},
	{"zcrx: off", off},
	{0},
};
