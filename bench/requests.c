/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Latency of requests through a relay, by a schedule that nothing slows down.
 *
 *   requests --relay PORT --sink PORT [--pid PID] --connections N --size BYTES [--rate N]
 *            [--burst SECONDS --rest SECONDS] --warm SECONDS --seconds SECONDS --corpus FILE
 *            --expect FILE
 *
 * Request i is due at begin + i / rate, whatever became of the ones before, and its latency counts
 * from then until the last byte of its reply is here and compared. So a relay that stalls is
 * charged for every request that had to wait meanwhile (no coordinated omission). A connection
 * carries several requests at once where replies are late.
 *
 * With --rest the load comes in bursts, and request i is due later by the rests before it. A guest
 * whose cores are all busy for long is stopped by its host, and then it is the host that is measured.
 * Both cores were asleep until a burst begins: its first part is not recorded.
 *
 *   |▒▒████████████|         |▒▒████████████|         |▒▒██...     ▒ not recorded
 *    burst          rest      burst
 *
 * Without --rate: each connection asks again as soon as it is answered, which shows the peak.
 * Clients and server share this thread and its core. By schedule it sleeps in rests only, so that
 * no timer's wake-up is part of a latency; else it waits, so that its CPU time means something.
 *
 * Printed is one JSON object: requests, rate, latencies in microseconds, CPU-seconds.
 */
#include "requests.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define SECOND     1000000000ULL
#define STALLED_NS (10 * SECOND)
#define MS         1000000ULL
#define UNRECORDED 8 /* a burst's first part: one of so many */

struct client {
	int fd;
	bool blocked;  /* its socket was full */
	u64 due;       /* requests that should have been sent by now */
	u64 sent, got; /* bytes */
	u64 asked_at;  /* without a rate: when the one request on its way was due */
};

struct run {
	u16 relay, sink;
	int pid, epoll;
	unsigned int n; /* connections */
	u32 size;
	double rate;        /* requests a second; 0: as fast as they are answered */
	u64 burst, rest;    /* ns; rest 0: without */
	u64 warm, measured; /* ns */
	struct text corpus, expect;
	u64 begin, end, recorded_from;
	u64 due, answered; /* requests of all connections */
	u32 *latency;      /* ns, of those recorded */
	u64 nlatency, room;
	struct client client[CONNECTIONS_MAX];
	struct server server;
	u8 buffer[SIZE_MAX_BYTES];
};

/* Where in the corpus a connection's byte `at` lies. */
static size_t corpus_at(const struct run *r, const struct client *c, u64 at)
{
	u64 i = at / r->size * r->n + (u64)(c - r->client);

	return i % (r->corpus.len / r->size) * r->size + at % r->size;
}

static u64 due_at(const struct run *r, u64 i)
{
	u64 at = (u64)((double)i * (double)SECOND / r->rate);

	return r->begin + at + (r->rest ? at / r->burst * r->rest : 0);
}

static bool is_recorded(const struct run *r, u64 due)
{
	if (due < r->recorded_from || r->nlatency == r->room)
		return false;
	return !(r->rate > 0) || !r->rest ||
	       (due - r->begin) % (r->burst + r->rest) >= r->burst / UNRECORDED;
}

static void client_send(struct run *r, struct client *c)
{
	while (!c->blocked && c->sent < c->due * r->size) {
		size_t left = r->size - c->sent % r->size;
		ssize_t n = send(c->fd, r->corpus.p + corpus_at(r, c, c->sent), left, MSG_NOSIGNAL);

		if (n < 0 && errno != EAGAIN)
			die("send: %s", strerror(errno));
		c->sent += n > 0 ? (u64)n : 0;
		c->blocked = n < (ssize_t)left;
		if (c->blocked)
			epoll_set(r->epoll, EPOLL_CTL_MOD, c->fd, EPOLLIN | EPOLLOUT, c);
	}
}

static void client_ask(struct run *r, struct client *c, u64 at)
{
	c->due++;
	c->asked_at = at;
	r->due++;
	client_send(r, c);
}

/* The reply to request number `nth` of a connection is complete. */
static void client_answered(struct run *r, struct client *c, u64 nth)
{
	u64 now = now_ns();
	u64 due = r->rate > 0 ? due_at(r, nth * r->n + (u64)(c - r->client)) : c->asked_at;

	r->answered++;
	if (is_recorded(r, due))
		r->latency[r->nlatency++] = now - due > UINT32_MAX ? UINT32_MAX : (u32)(now - due);
	if (!(r->rate > 0) && now < r->end)
		client_ask(r, c, now);
}

static void client_receive(struct run *r, struct client *c)
{
	ssize_t n = recv(c->fd, r->buffer, sizeof(r->buffer), 0);

	if (!n || (n < 0 && errno != EAGAIN))
		die("recv: %s", n ? strerror(errno) : "the connection ended");
	for (ssize_t seen = 0; seen < n;) {
		size_t left = r->size - c->got % r->size;

		if (left > (size_t)(n - seen))
			left = (size_t)(n - seen);
		if (memcmp(r->buffer + seen, r->expect.p + corpus_at(r, c, c->got), left))
			die("a reply differs within %zu of byte %lu", left, c->got);
		seen += (ssize_t)left;
		c->got += left;
		if (c->got > c->sent)
			die("more came back than was sent");
		if (c->got % r->size == 0)
			client_answered(r, c, c->got / r->size - 1);
	}
}

static void client_event(struct run *r, struct client *c, u32 events)
{
	if (events & EPOLLOUT) {
		c->blocked = false;
		epoll_set(r->epoll, EPOLL_CTL_MOD, c->fd, EPOLLIN, c);
		client_send(r, c);
	}
	if (events & ~(u32)EPOLLOUT)
		client_receive(r, c);
}

/* Handles what has happened; waits at most `ms` for something. */
static int run_turn(struct run *r, int ms)
{
	struct epoll_event ev[64];
	int n = epoll_wait(r->epoll, ev, (int)array_size(ev), ms);

	for (int i = 0; i < n; i++) {
		if (server_owns(&r->server, ev[i].data.ptr))
			server_event(&r->server, ev[i].data.ptr, ev[i].events);
		else
			client_event(r, ev[i].data.ptr, ev[i].events);
	}
	return n;
}

static void run_schedule(struct run *r)
{
	u64 moved = 0;

	while (r->answered < r->due || due_at(r, r->due) < r->end) {
		u64 now = now_ns(), next;

		for (; (next = due_at(r, r->due)) <= now && next < r->end; moved = now)
			client_ask(r, &r->client[r->due % r->n], now);
		if (run_turn(r, next < now + 2 * MS ? 0 : (int)((next - now) / MS) - 1) > 0)
			moved = now;
		if (now > r->end && now - moved > STALLED_NS)
			die("no reply came for %llu s", STALLED_NS / SECOND);
	}
}

static void run_peak(struct run *r)
{
	for (unsigned int i = 0; i < r->n; i++)
		client_ask(r, &r->client[i], r->begin);
	while (r->answered < r->due)
		if (run_turn(r, (int)(STALLED_NS / 1000000)) <= 0)
			die("no reply came for %llu s", STALLED_NS / SECOND);
}

static int ascending(const void *a, const void *b)
{
	u32 x = *(const u32 *)a, y = *(const u32 *)b;

	return (x > y) - (x < y);
}

/* Microseconds that a share of all recorded requests took at most. */
static double percentile(const struct run *r, double share)
{
	u64 i = (u64)((double)r->nlatency * share);

	return (double)r->latency[i < r->nlatency ? i : r->nlatency - 1] / 1e3;
}

static void run_print(struct run *r, const struct usage *a, const struct usage *b)
{
	if (!r->nlatency)
		die("no reply was measured");
	qsort(r->latency, r->nlatency, sizeof(*r->latency), ascending);
	printf("{\"requests\": %lu, \"answered\": %lu, \"rate\": %.1f, \"p50\": %.2f, "
	       "\"p99\": %.2f, \"p999\": %.2f, \"max\": %.2f, ",
	       r->nlatency, r->answered,
	       r->rate > 0 ? r->rate : (double)r->nlatency * (double)SECOND / (double)r->measured,
	       percentile(r, 0.5), percentile(r, 0.99), percentile(r, 0.999),
	       (double)r->latency[r->nlatency - 1] / 1e3);
	usage_print(a, b);
	printf("}\n");
}

static void run_arguments(struct run *r, int argc, char **argv)
{
	static const struct option options[] = {{"relay", required_argument, NULL, 'r'},
						{"sink", required_argument, NULL, 's'},
						{"pid", required_argument, NULL, 'p'},
						{"connections", required_argument, NULL, 'n'},
						{"size", required_argument, NULL, 'b'},
						{"rate", required_argument, NULL, 'a'},
						{"burst", required_argument, NULL, 'u'},
						{"rest", required_argument, NULL, 'z'},
						{"warm", required_argument, NULL, 'w'},
						{"seconds", required_argument, NULL, 't'},
						{"corpus", required_argument, NULL, 'c'},
						{"expect", required_argument, NULL, 'e'},
						{0}};
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (o == 'r')
			r->relay = (u16)atoi(optarg);
		else if (o == 's')
			r->sink = (u16)atoi(optarg);
		else if (o == 'p')
			r->pid = atoi(optarg);
		else if (o == 'n')
			r->n = (unsigned int)atoi(optarg);
		else if (o == 'b')
			r->size = (u32)atoi(optarg);
		else if (o == 'a')
			r->rate = atof(optarg);
		else if (o == 'u')
			r->burst = (u64)(atof(optarg) * (double)SECOND);
		else if (o == 'z')
			r->rest = (u64)(atof(optarg) * (double)SECOND);
		else if (o == 'w')
			r->warm = (u64)(atof(optarg) * (double)SECOND);
		else if (o == 't')
			r->measured = (u64)(atof(optarg) * (double)SECOND);
		else if (o == 'c')
			r->corpus = text_open(optarg);
		else if (o == 'e')
			r->expect = text_open(optarg);
		else
			exit(2);
	}
	if (!r->relay || !r->sink || !r->n || r->n > CONNECTIONS_MAX || !r->size ||
	    r->size > SIZE_MAX_BYTES || !r->measured || (r->rest && !r->burst) ||
	    r->corpus.len < r->size || r->corpus.len != r->expect.len)
		die("an argument is missing or too large, or corpus and expect differ in length");
}

int main(int argc, char **argv)
{
	static struct run r;
	struct sockaddr_in to;
	struct usage a, b;

	run_arguments(&r, argc, argv);
	to = address("127.0.0.1", r.relay);
	r.room = r.rate > 0 ? (u64)(r.rate * (double)r.measured / (double)SECOND) + 1 : 1 << 24;
	r.latency = malloc(r.room * sizeof(*r.latency));
	r.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (!r.latency || r.epoll < 0)
		die("no memory");
	server_open(&r.server, r.epoll, r.sink, r.size);
	for (unsigned int i = 0; i < r.n; i++) {
		r.client[i].fd = client_new(&to);
		epoll_set(r.epoll, EPOLL_CTL_ADD, r.client[i].fd, EPOLLIN, &r.client[i]);
	}
	a = usage_now(r.pid);
	r.begin = now_ns();
	r.recorded_from = r.begin + r.warm;
	r.end = r.recorded_from + r.measured;
	if (r.rate > 0)
		run_schedule(&r);
	else
		run_peak(&r);
	b = usage_now(r.pid);
	run_print(&r, &a, &b);
	return 0;
}
