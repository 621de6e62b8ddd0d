/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the relay's socket tests share. Each test runs in a process of its own, with a time limit:
 *
 *   test's sockets ══▶ host: an io_worker on a thread (or in a child) ══▶ test's sockets
 *
 * The bytes sent are a function of their place in the stream, so every byte received is checked.
 */
#ifndef TESTS_RELAY_H
#define TESTS_RELAY_H

#include <pthread.h>
#include <scrim/io.h>
#include <sys/types.h>

/* Ends the test's process as failed, and says where. */
#define CHECK(what)                                                                                \
	do {                                                                                       \
		if (!(what))                                                                       \
			check_failed(__FILE__, __LINE__, #what);                                   \
	} while (0)
void check_failed(const char *file, int line, const char *what) __attribute__((noreturn));

/* --- sockets ---------------------------------------------------------------------------------- */

int peer_listen(int family, u16 *ret_port);
int peer_connect(int family, u16 port);
int peer_accept(int listener);
/* Waits until somebody has asked this port of IPv4 for a connection and has no answer yet. */
void peer_await_dialling(u16 port);
/* A client, and the server's end of its relayed connection. */
struct pair {
	int client, server;
};
/* Sends bytes [from, from + len) of the stream `seed`. */
void peer_send(int fd, u32 seed, u64 from, u64 len);
/* Sends what the socket takes of some bytes at `from`: how many, or -1. */
ssize_t peer_try_send(int fd, u32 seed, u64 from);
/* Receives as many and checks each. */
void peer_expect(int fd, u32 seed, u64 from, u64 len);
/* Receives exactly this text. */
void peer_expect_text(int fd, const char *text);
void peer_send_text(int fd, const char *text);
void peer_expect_end(int fd);
void peer_expect_reset(int fd);
/* The same on a side to which the other direction's end has come already. */
void peer_expect_gone(int fd);
/* Closes with a reset. */
void peer_reset(int fd);

/* A stream of `len` bytes, and its end behind them: for pthread_create(). */
struct flow {
	int fd;
	u32 seed;
	u64 len;
};
void *flow_send(void *flow);
void *flow_expect(void *flow);

/* Every host receives as from a network card's queue, but there is no card. */
extern bool no_card;

/* --- the worker under test --------------------------------------------------------------------- */

struct host {
	struct io_conf conf;
	struct io_listener listener;
	struct io_role role;
	const void *roles; /* &role, of the one listener */
	struct io_ruleset rules;
	struct io_worker *worker;
	int family;
	u16 port, server_port;
	int server; /* the listening socket of the test's server */
	pthread_t thread;
	pid_t child;
	int reclaims;
};

/* A host not yet started: listening sockets of both sides, limits by default, no masking. */
void host_init(struct host *h, int family);
void host_start(struct host *h);       /* on a thread of this process */
void host_start_child(struct host *h); /* in a process of its own */
void host_stop(struct host *h);        /* lets it drain, and waits */
struct pair host_pair(struct host *h);
/* The first connection: `len` bytes in each direction at once, all checked, and its end. */
void host_both_ways(struct host *h, u64 len);
/* Both ends of the pair end, the end arrives at both, and the host stops with nothing to reset. */
void host_stop_with(struct host *h, struct pair p);
u64 host_flow(const struct host *h, enum scrim_flow reason);
/* Waits until the counter has reached n. */
void host_await_flow(const struct host *h, enum scrim_flow reason, u64 n);

/* Called by every worker when it looks for completions, once or more a turn; NULL: nothing is. */
extern void (*at_look)(void);
/* Called with what it found, before it is told; NULL: nothing is. */
struct io_uring_cqe;
extern void (*at_completions)(struct io_uring_cqe **cqes, unsigned int n);

/* --- a stream that is easy to foresee (fake_stream.c) ------------------------------------------- */

/*
 * Stands in for the masking library: digits become '1'; bytes from a '<' on are held until '>';
 * '!' is refused as TLS; ending while something is held is HL7_UNFINISHED. At a '?' it sleeps.
 */
const struct policy *fake_policy(void);
/* Digits become '2'. A record, after whose end a stream changes its policy, is a line. */
const struct policy *fake_other_policy(void);
/* How often stream_idle() was called. */
int fake_idles(void);
/* Waits until it sleeps at a '?'; lets it go on. */
void fake_sleeps(void);
void fake_wake(void);

/* --- the tests --------------------------------------------------------------------------------- */

struct test {
	const char *name;
	void (*run)(void);
};
extern const struct test bytes_tests[], ends_tests[], pressure_tests[], policy_tests[],
	gateway_tests[], rules_tests[], zerocopy_tests[], splice_tests[], zcrx_tests[],
	accepting_tests[], overflow_tests[], due_tests[], waiting_tests[];

#endif
