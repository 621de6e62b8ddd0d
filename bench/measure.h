/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the load programs share: texts to send and to expect, sockets of the one server and its
 * clients, CPU time of the relay, of the load and of the machine. All of them die on an error.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <netinet/in.h>
#include <scrim/base.h>

void printf_like(1, 2) __attribute__((noreturn)) die(const char *fmt, ...);

struct text {
	const u8 *p;
	size_t len;
};

/* A file in memory, never empty. It lives as long as the program. */
struct text text_open(const char *name);

/* Nanoseconds of CLOCK_MONOTONIC. */
u64 now_ns(void);

/* Seconds; relay: CPU of all threads of a process, those that ended since excepted. */
struct usage {
	double wall, relay, self, machine;
};
/* pid 0: there is no relay. */
struct usage usage_now(int pid);
/* b - a as the inner part of a JSON object: "seconds", "relay", "load", "machine". */
void usage_print(const struct usage *a, const struct usage *b);

/* An IPv4 address as text, and a port. */
struct sockaddr_in address(const char *host, u16 port);
/* A listening socket that does not block; its backlog is what the system allows. */
int listener_new(const struct sockaddr_in *a);
/* A connected socket that does not block, with TCP_NODELAY. */
int client_new(const struct sockaddr_in *to);

/* epoll_ctl(); with op EPOLL_CTL_ADD or EPOLL_CTL_MOD. */
void epoll_set(int epoll, int op, int fd, u32 events, void *what);

#endif
