/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * More has happened than the ring has room for: the kernel keeps the rest (IORING_FEAT_NODROP) and
 * says so (IORING_SQ_CQ_OVERFLOW). The linker leads the two calls to here, where a ring is made tiny
 * and each look for completions is seen.
 */
#include "relay.h"
#include <liburing.h>
#include <string.h>
#include <unistd.h>

#define ENTRIES 4
#define CROWD   48
#define TURNS   3
#define ANSWER  20000 /* bytes */

void (*at_look)(void);
void (*at_completions)(struct io_uring_cqe **cqes, unsigned int n);
static bool tiny;
static u32 overflows; /* looks at a ring that lacked some */

int __real_io_uring_queue_init_params(unsigned int entries, struct io_uring *ring,
				      struct io_uring_params *p);
int __wrap_io_uring_queue_init_params(unsigned int entries, struct io_uring *ring,
				      struct io_uring_params *p);
unsigned int __real_io_uring_peek_batch_cqe(struct io_uring *ring, struct io_uring_cqe **cqes,
					    unsigned int count);
unsigned int __wrap_io_uring_peek_batch_cqe(struct io_uring *ring, struct io_uring_cqe **cqes,
					    unsigned int count);

int __wrap_io_uring_queue_init_params(unsigned int entries, struct io_uring *ring,
				      struct io_uring_params *p)
{
	if (tiny)
		entries = p->cq_entries = ENTRIES;
	return __real_io_uring_queue_init_params(entries, ring, p);
}

unsigned int __wrap_io_uring_peek_batch_cqe(struct io_uring *ring, struct io_uring_cqe **cqes,
					    unsigned int count)
{
	unsigned int n;

	if (at_look)
		at_look();
	if (io_uring_cq_has_overflow(ring))
		__atomic_fetch_add(&overflows, 1, __ATOMIC_RELAXED);
	n = __real_io_uring_peek_batch_cqe(ring, cqes, count);
	if (at_completions)
		at_completions(cqes, n);
	return n;
}

static u32 overflows_seen(void)
{
	return __atomic_load_n(&overflows, __ATOMIC_RELAXED);
}

/* A client that waits in the backlog, with a line and its end sent already. */
static int dial_at_once(const struct host *h)
{
	int fd = peer_connect(h->family, h->port);

	peer_send_text(fd, "early 12\n");
	CHECK(!shutdown(fd, SHUT_WR));
	return fd;
}

/* While the worker sleeps each connection has bytes both ways, and as many clients dial. */
static void burst(struct host *h, int sleeper, struct pair *p, u32 turn)
{
	u32 before = overflows_seen();
	int early[CROWD], fd;

	peer_send_text(sleeper, "?");
	fake_sleeps();
	for (u32 i = 0; i < CROWD; i++) {
		peer_send_text(p[i].client, "room 34\n");
		peer_send(p[i].server, i, turn * ANSWER, ANSWER);
		early[i] = dial_at_once(h);
	}
	fake_wake();
	for (u32 i = 0; i < CROWD; i++) {
		peer_expect_text(p[i].server, "room 11\n");
		peer_expect(p[i].client, i, turn * ANSWER, ANSWER);
	}
	for (u32 i = 0; i < CROWD; i++) {
		fd = peer_accept(h->server);
		peer_expect_text(fd, "early 11\n");
		peer_expect_end(fd);
		close(fd);
	}
	for (u32 i = 0; i < CROWD; i++) {
		peer_expect_end(early[i]);
		close(early[i]);
	}
	CHECK(overflows_seen() > before);
}

/* Nothing is lost: no byte, no end, no connection, no buffer. */
static void completion_overflow(void)
{
	struct pair sleeper, p[CROWD];
	struct host h;

	tiny = true;
	host_init(&h, AF_INET);
	h.role.policy = fake_policy();
	h.listener.mask_to_server = true;
	host_start(&h);
	sleeper = host_pair(&h);
	for (u32 i = 0; i < CROWD; i++)
		p[i] = host_pair(&h);
	for (u32 turn = 0; turn < TURNS; turn++)
		burst(&h, sleeper.client, p, turn);
	for (u32 i = 0; i < CROWD; i++) {
		CHECK(!shutdown(p[i].client, SHUT_WR));
		peer_expect_end(p[i].server);
		close(p[i].server);
		peer_expect_end(p[i].client);
	}
	peer_expect_text(sleeper.server, "???");
	host_stop_with(&h, sleeper);
	CHECK(host_flow(&h, FLOW_ACCEPTED) == 1 + CROWD + TURNS * CROWD);
}

const struct test overflow_tests[] = {
	{"more completions than the ring has room for", completion_overflow}, {0}};
