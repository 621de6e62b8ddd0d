/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Contract 8: a count is in the map before its bytes are sent. The linker leads what a worker sends
 * by to here, where the rows are looked at in the moment of sending. Each line says which it is, in
 * letters that stay:
 *
 *     111-11-1111 aaaabc
 */
#include "../relay/relay.h"
#include "scanners.h"
#include <criterion/criterion.h>
#include <fcntl.h>
#include <liburing.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE   19 /* bytes, of which DIGITS are masked */
#define DIGITS 9
#define LINES  200000

bool no_card;

static struct ruleset *rules;
static struct policy *policy;
static struct host host;
static struct scrim_rule_row row;
static struct scrim_listener_row traffic;
static u64 sends, lent; /* that were looked at */
static u64 spliced;     /* bytes */
static u64 idle_least;  /* to be counted as let go when anything is sent */

static u64 now(const __u64 *count)
{
	return __atomic_load_n(count, __ATOMIC_RELAXED);
}

static void write_line(char *to, u32 i)
{
	memcpy(to, "123-45-6789 aaaaaa\n", LINE);
	for (size_t k = LINE - 2; i; i /= 26)
		to[k--] = (char)('a' + i % 26);
}

/* The last line that ends in p[0, len), 1 for the first; 0: none does. */
static u64 last_line(const u8 *p, size_t len)
{
	const u8 *end = memrchr(p, '\n', len);
	u64 i = 0;

	if (!end || end - p < 6)
		return 0;
	for (int k = -6; k < 0; k++)
		i = i * 26 + end[k] - 'a';
	return i + 1;
}

static void look(const void *p, size_t len, u64 *kind)
{
	u64 lines = last_line(p, len);

	(*kind)++;
	CHECK(now(&traffic.client_bytes) >= lines * LINE);
	CHECK(now(&row.idle) >= idle_least);
	if (!host.role.policy)
		return;
	CHECK(now(&row.matches) >= lines);
	CHECK(now(&row.masked_bytes) >= lines * DIGITS);
}

/* The test's own threads send, too. */
static bool by_worker(void)
{
	return pthread_equal(pthread_self(), host.thread);
}

ssize_t __real_send(int fd, const void *p, size_t len, int flags);
ssize_t __wrap_send(int fd, const void *p, size_t len, int flags);
ssize_t __real_sendmsg(int fd, const struct msghdr *m, int flags);
ssize_t __wrap_sendmsg(int fd, const struct msghdr *m, int flags);
ssize_t __real_splice(int in, off64_t *at, int out, off64_t *to, size_t len, unsigned int flags);
ssize_t __wrap_splice(int in, off64_t *at, int out, off64_t *to, size_t len, unsigned int flags);

ssize_t __wrap_send(int fd, const void *p, size_t len, int flags)
{
	if (by_worker())
		look(p, len, &sends);
	return __real_send(fd, p, len, flags);
}

ssize_t __wrap_sendmsg(int fd, const struct msghdr *m, int flags)
{
	for (size_t i = 0; by_worker() && i < m->msg_iovlen; i++)
		look(m->msg_iov[i].iov_base, m->msg_iov[i].iov_len, &sends);
	return __real_sendmsg(fd, m, flags);
}

/* Of the two that take bytes through a pipe, the one that sends them. What it has sent says how many. */
ssize_t __wrap_splice(int in, off64_t *at, int out, off64_t *to, size_t len, unsigned int flags)
{
	ssize_t r = __real_splice(in, at, out, to, len, flags);

	if (fcntl(out, F_GETPIPE_SZ) < 0 && r > 0) {
		spliced += (u64)r;
		CHECK(now(&traffic.client_bytes) >= spliced);
	}
	return r;
}

/* What the ring will send once it is submitted. */
static void look_at_ring(const struct io_uring *ring)
{
	for (unsigned int i = ring->sq.sqe_head; i != ring->sq.sqe_tail; i++) {
		const struct io_uring_sqe *sqe = &ring->sq.sqes[i & ring->sq.ring_mask];

		if (sqe->opcode == IORING_OP_SEND_ZC)
			look((const void *)(uintptr_t)sqe->addr, sqe->len, &lent);
	}
}

/* A call that submits. */
#define SUBMITS(name, params, ...)                                                                 \
	int __real_##name params;                                                                  \
	int __wrap_##name params;                                                                  \
	int __wrap_##name params                                                                   \
	{                                                                                          \
		look_at_ring(ring);                                                                \
		return __real_##name(__VA_ARGS__);                                                 \
	}
SUBMITS(io_uring_submit, (struct io_uring * ring), ring)
SUBMITS(io_uring_submit_and_get_events, (struct io_uring * ring), ring)
SUBMITS(io_uring_submit_and_wait, (struct io_uring * ring, unsigned int n), ring, n)
SUBMITS(io_uring_submit_and_wait_timeout,
	(struct io_uring * ring, struct io_uring_cqe **cqe, unsigned int n,
	 struct __kernel_timespec *t, sigset_t *mask),
	ring, cqe, n, t, mask)

/* Starts a host that masks on the way to the server, if at all, and counts. */
static void begin(bool masks, enum io_zero_copy zero_copy)
{
	static const struct rule_def number = {.name = "number",
					       .class = ID_OTHER,
					       .nforms = 1,
					       .forms = {{.pattern = "[0-9]{3}-[0-9]{2}-[0-9]{4}",
							  .commit_unit = COMMIT_DIGITS,
							  .commit = 4}}};
	static const struct policy_conf conf = {.format = FORMAT_TEXT, .isa = ISA_SCALAR};
	static struct scrim_rule_row *rows[] = {&row};
	struct err e = {{0}};

	cr_assert_eq(io_probe(NULL, &e), 0, "%s", e.text);
	host_init(&host, AF_INET);
	if (masks) {
		rules = ruleset_of(&number, 1);
		cr_assert_eq(policy_new(rules, &conf, &policy, &e), 0, "%s", e.text);
		host.role.policy = policy;
		host.role.counters.rows = rows;
	}
	host.role.traffic = &traffic;
	host.listener.mask_to_server = true;
	host.listener.zero_copy = zero_copy;
	host_start(&host);
}

static void end(void)
{
	policy_free(policy);
	ruleset_free(rules);
}

TestSuite(counted, .fini = end);

/* Lines, and the end. */
static void *send_lines(void *client)
{
	static char piece[LINE * 4096];

	for (u32 i = 0; i < LINES;) {
		size_t n = 0;

		for (; n < sizeof(piece) && i < LINES; n += LINE)
			write_line(piece + n, i++);
		for (size_t sent = 0; sent < n;) {
			ssize_t r = send(*(int *)client, piece + sent, n - sent, MSG_NOSIGNAL);

			CHECK(r > 0);
			sent += (size_t)r;
		}
	}
	CHECK(!shutdown(*(int *)client, SHUT_WR));
	return NULL;
}

/* Many lines to a server that does not read at first. */
static void pour(void)
{
	const struct timespec while_it_fills = {.tv_nsec = 50000000};
	struct pair p = host_pair(&host);
	static u8 piece[65536];
	pthread_t sender;
	u64 got = 0;
	ssize_t r;

	CHECK(!pthread_create(&sender, NULL, send_lines, &p.client));
	nanosleep(&while_it_fills, NULL);
	while ((r = recv(p.server, piece, sizeof(piece), 0)) > 0)
		got += (u64)r;
	cr_assert_eq(got, (u64)LINES * LINE);
	CHECK(!pthread_join(sender, NULL));
	host_stop_with(&host, p);
	cr_assert_eq(traffic.client_bytes, got);
}

static void assert_counts(u64 lines)
{
	cr_assert_eq(row.matches, lines);
	cr_assert_eq(row.masked_bytes, lines * DIGITS);
}

Test(counted, before_a_line_is_sent)
{
	char line[LINE + 1] = "";
	struct pair p;

	begin(true, IO_ZERO_COPY_OFF);
	p = host_pair(&host);
	for (u32 i = 0; i < 200; i++) {
		write_line(line, i);
		peer_send_text(p.client, line);
		memcpy(line, "111-11-1111", 11);
		peer_expect_text(p.server, line);
	}
	host_stop_with(&host, p);
	cr_assert_geq(sends, 200);
	assert_counts(200);
}

Test(counted, before_a_queue_is_sent)
{
	begin(true, IO_ZERO_COPY_OFF);
	pour();
	cr_assert_gt(sends, 0);
	assert_counts(LINES);
}

Test(counted, before_a_buffer_is_lent)
{
	begin(true, IO_ZERO_COPY_ALWAYS);
	pour();
	cr_assert_gt(lent, 0);
	assert_counts(LINES);
}

Test(counted, before_bytes_leave_a_pipe)
{
	begin(false, IO_ZERO_COPY_AUTO);
	pour();
	cr_assert_gt(spliced, 0);
}

/* What was held is let go when nothing follows. */
Test(counted, before_the_idle_timer_sends)
{
	struct pair p;

	idle_least = 9;
	begin(true, IO_ZERO_COPY_OFF);
	p = host_pair(&host);
	peer_send_text(p.client, "123-45-67");
	peer_expect_text(p.server, "111-11-11");
	host_stop_with(&host, p);
	cr_assert_gt(sends, 0);
	cr_assert_eq(row.idle, 9);
}
