/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the parts of the relay share: the worker, a connection, its two directions.
 *
 *   worker ─┬─ listeners
 *           ├─ pools: light (16 KiB, many), bulk (the configured size, few), a card's (zcrx.h)
 *           └─ connections ── dir[0]  fd[0] client ══▶ fd[1] server
 *                          └─ dir[1]  fd[1] server ══▶ fd[0] client
 *
 * A direction begins light: a multishot receive, so that a small message costs no re-arming and
 * takes a small buffer. When it fills one it becomes bulk: one receive at a time into a big
 * buffer, of no more bytes than the other socket has room for. So a reader that stalls leaves
 * at most a few small buffers, or nothing, on this side. Where a card's queue is received from a
 * direction is neither: the receive is a multishot one, of pieces as long as packets.
 */
#ifndef IO_WORKER_H
#define IO_WORKER_H

#include "address.h"
#include "list.h"
#include "look.h"
#include "pool.h"
#include <scrim/io.h>
#include <scrim/log.h>

/* What a completion is for: in the low bits of user_data, beside a 16-byte aligned address. */
enum op {
	OP_IGNORE,
	OP_ACCEPT,  /* struct listener */
	OP_WAKE,    /* none: somebody asks for something */
	OP_SEND,    /* struct buffer */
	OP_CONNECT, /* struct direction, from here on */
	OP_RECV,
	OP_WRITABLE,
	OP_HANGUP,
	OP_MASK = 15
};

enum { POOL_LIGHT, POOL_BULK, POOL_CLIENTS, POOL_SERVERS, POOLS };

/* What is known of sending without a copy on a socket: zerocopy.c. */
enum zero_copy { ZERO_COPY_NEW, ZERO_COPY_TRIED, ZERO_COPY_ON, ZERO_COPY_OFF };

struct direction {
	struct io_ruleset *rules; /* what its record began under */
	struct stream stream;
	struct buffer *head, *tail; /* received, not yet sent, oldest first */
	u64 received;               /* bytes, ever */
	u32 queued;                 /* bytes of the queue */
	u32 turn;                   /* bytes of a bulk receive that is masked; 0: not known yet */
	u16 count;                  /* buffers of it */
	u8 index;                   /* 0: client to server */
	u8 small;                   /* small receives in a row while bulk */
	u8 zero_copy;               /* enum zero_copy: of the socket that is sent to */
	u8 nic;                     /* received without a copy: which pool; 0: it is not */
	bool masked : 1;            /* bytes go through the stream */
	bool bulk : 1;
	bool probing : 1;   /* one small receive first: much may have come meanwhile */
	bool drained : 1;   /* the last receive left nothing behind */
	bool receiving : 1; /* a receive is armed ... */
	bool from_bulk : 1; /* ... on this pool */
	bool cancelling : 1;
	bool sending : 1;     /* the queue's head is being sent by the ring */
	bool polling : 1;     /* waits for room in the other socket */
	bool writable : 1;    /* ... which has come */
	bool eof : 1;         /* the sender has ended */
	bool shut : 1;        /* the end was passed on */
	bool cut : 1;         /* the sender has ended by a reset */
	bool watching : 1;    /* a poll for the sender's reset is armed */
	bool unwatched : 1;   /* ... or will be, once completions have room */
	bool awaiting : 1;    /* `receiving` is a poll: bytes will be spliced, splice.c */
	bool woken : 1;       /* ... which has fired */
	bool spliced : 1;     /* bytes were: the other socket is O_NONBLOCK */
	u64 idle_at;          /* ns: when the held tail goes out */
	struct link idle;     /* in worker.idle while bytes are held */
	struct link starving; /* in worker.starving[pool]: waits for a buffer */
	struct link blocked;  /* in worker.blocked: cannot send, holds buffers of a pool */
} __attribute__((aligned(16)));

struct conn {
	struct direction dir[2];
	struct io_worker *w;
	const struct listener *l;
	struct scrim_listener_row *traffic; /* NULL: not counted */
	int fd[2];
	u32 pending;   /* operations in the ring */
	u32 lent;      /* of them, those of which only the buffer is awaited back */
	bool dead : 1; /* ended; freed when nothing is pending */
	bool closed : 1;
	bool connected : 1;
	bool retried : 1;
	bool lost : 1; /* one side has reset: see reset.c */
	u8 lost_side;
	union io_addr client, server;
	u64 connect_by;         /* ns */
	u64 look_at;            /* ns: is the last byte acknowledged? */
	u64 give_up_at;         /* ns: when nothing was acknowledged until then */
	u64 acked;              /* bytes, at the last look */
	struct link link;       /* in worker.conns */
	struct link connecting; /* in worker.connecting */
	struct link resetting;  /* in worker.resetting */
	u64 quiet_by;           /* ns: reset when nothing has moved until then */
	struct link quiet;      /* in worker.quiet */
};

struct listener {
	struct io_listener conf;
	union io_addr bound;
	struct io_worker *w;
	bool accepting;
	int waiting; /* accepted, and waits at a limit, with those in the backlog behind it; or -1 */
	u64 since;   /* ns: found no place then, and has had none since; 0: is not in want of one */
} __attribute__((aligned(16)));

struct io_worker {
	struct io_uring ring;
	struct io_conf conf;
	struct pool pool[POOLS];
	u8 nic[2]; /* by side: which pool a card fills, 0: none */
	struct mask_scratch *scratch;
	struct listener *listeners;
	size_t nlisteners;
	int wake;                          /* an eventfd, told of what is asked */
	u32 asked;                         /* atomic, bits: asks.c */
	struct io_ruleset *next;           /* atomic: the ruleset that is asked for */
	const struct io_ruleset *ruled_by; /* atomic: what it has gone over to wholly */
	bool stopping;
	bool waits;    /* accepts nobody for now */
	u32 accepting; /* atomic: accepts in the ring, and one more unless it waits */
	u32 nconns;
	size_t spilled;      /* bytes in memory outside of the pools */
	int pipe[2];         /* splice.c; empty between two calls; -1: none */
	u32 pipe_size;       /* bytes that it holds; 0: nothing is spliced */
	struct ifaddrs *own; /* this host's addresses; NULL: not read */
	int own_news;        /* a socket that is told when they change; -1: none */
	bool overdue;        /* deadlines were left to the next turn */
	bool at_limit;       /* a listener waits for room */
	size_t turn;         /* the one that is let in first then */
	bool unwatched;      /* a direction is */
	bool pins_no_more;   /* buffers cannot be registered: said once */
	struct link conns, connecting, resetting, quiet, idle, blocked, starving[POOLS];
	int habit;                        /* how many of the last waits were short: wait.c */
	struct look look;                 /* and how much it may look */
	u64 now;                          /* ns, read at most once a round; 0: not read yet */
	u64 tick_at, drain_by, accept_at; /* ns; 0: none */
	u64 turns;                        /* of the loop; written by the worker, read by any */
	struct log_gate gate[FLOW_COUNT], accept_gate;
	int broke;                   /* 0, or the ring's -errno: it ends */
	struct io_uring_sqe nowhere; /* what is put in from then on */
};

static inline struct conn *direction_conn(struct direction *d)
{
	return container_of(d - d->index, struct conn, dir[0]);
}
static inline int direction_in(struct direction *d)
{
	return direction_conn(d)->fd[d->index];
}
static inline int direction_out(struct direction *d)
{
	return direction_conn(d)->fd[!d->index];
}

/* ring.c */
/*
 * DEFER_TASKRUN came with Linux 6.1 and stands for all that this release needs. Where the kernel has
 * NO_SQARRAY (6.6) liburing sets it by itself.
 */
#define RING_FLAGS                                                                                 \
	(IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_SUBMIT_ALL |       \
	 IORING_SETUP_TASKRUN_FLAG)
/* flags: further ones. On failure ring->ring_fd is -1. */
int ring_open(struct io_uring *ring, unsigned int flags, struct err *e);
/* e says what to give it. -ENOMEM. */
int ring_no_memory(struct err *e);
/* Whether what a call to the ring returned is for good; else it is made again. */
bool ring_broke(int r);
/* Of an operation's errno: the call as such has failed, and it says nothing of a connection. */
bool call_failed(int error);
/* Where it goes nowhere, for the ring broke, w->broke says so. */
struct io_uring_sqe *ring_sqe(struct io_worker *w, void *what, enum op op);
void ring_cancel(struct io_worker *w, void *what, enum op op);

/* wait.c */
/* CLOCK_MONOTONIC, ns, as of this round. */
u64 worker_now(struct io_worker *w);
/* The same, as of now. */
u64 clock_ns(void);
/* Submits, and waits for a completion or the next deadline. As io_uring_submit_and_wait(). */
int worker_wait(struct io_worker *w);

/* asks.c */
void asks_listen(struct io_worker *w);
/* Somebody asks for something: does it, and listens again. */
void asks_take(struct io_worker *w);

/* loop.c */
/* Whether a turn has met so many deadlines of a kind that the rest are left to the next: others wait. */
static inline bool due_enough(struct io_worker *w, int met)
{
	if (met < 32)
		return false;
	w->overdue = true;
	return true;
}
/* One turn: submits, waits, takes what has happened. 0, or what broke. */
int loop_turn(struct io_worker *w);
/* Whether it was stopped, and all has ended. */
bool loop_done(const struct io_worker *w);

/* flow.c */
/* Adds to a counter that workers share. */
static inline void count_add(__u64 *counter, u64 n)
{
	__atomic_fetch_add(counter, n, __ATOMIC_RELAXED);
}
void flow_count(struct io_worker *w, enum scrim_flow reason);
/* Counts a refusal and says so in the log, now and then. server: NULL where it is not known yet. */
void flow_refuse(struct io_worker *w, enum scrim_flow reason, const struct listener *l,
		 const union io_addr *client, const union io_addr *server);

/* socket.c */
/* Linger, delay, keep-alive: for listeners and upstream sockets. 0, -errno. */
int socket_prepare(int fd, const struct io_limits *l);

/* accept.c */
int listener_open(struct io_worker *w, const struct io_listener *conf, struct listener *ret_l);
void listener_arm(struct listener *l);
void accept_done(struct listener *l, const struct io_uring_cqe *cqe);
/* Takes on who waits, if there is room now, and accepts again. */
void listener_resume(struct listener *l);
/* All of them, by turns: no queue that is never empty keeps the others waiting. */
void listeners_resume(struct io_worker *w);
/* Takes on who waits, for another process accepts from now on. */
void listener_let_in(struct listener *l);
/* Refuses who waits. */
void listener_close(struct listener *l);

/* own.c */
/* From the start on: so a worker has as many descriptors then as later. */
void own_open(struct io_worker *w);
/* Whether it is one of this host's addresses. */
bool own_address(struct io_worker *w, const union io_addr *a);
void own_close(struct io_worker *w);

/* gate.c */
/* 0: one more connection of the listener is taken on, until gate_leave(); else a negative reason. */
int gate_enter(struct listener *l);
void gate_leave(const struct listener *l);

/* connect.c */
void connect_start(struct conn *c);
void connect_done(struct conn *c, int res);
void connect_timeouts(struct io_worker *w);

/* proxy_v2.c */
/* The header for a client's connection; 28 or 52 bytes. to has PROXY_V2_MAX. */
#define PROXY_V2_MAX 52
u32 proxy_v2_header(const union io_addr *from, const union io_addr *dialled, u8 *to);

/* conn.c */
/* Something has moved. */
void conn_touch(struct conn *c);
void conn_timeouts(struct io_worker *w);
struct conn *conn_new(struct listener *l, int fd, const union io_addr *client,
		      const struct io_role *role);
/* Ends it with a reset to both ends, counted. */
void conn_reset(struct conn *c, enum scrim_flow reason);
/* Ends it cleanly: both directions have ended and all is sent. */
void conn_end(struct conn *c);
/* Closes both sockets: what the linger time says. */
void conn_die(struct conn *c);
/* Frees it if it has ended and nothing is pending. */
void conn_reap(struct conn *c);

/* queue.c */
/* Whether so many bytes more are within the worker's limit. */
bool worker_affords(const struct io_worker *w, size_t more);
/* More buffers; half of the memory stays for connections and what readers that stall leave. */
bool queue_grow(const struct io_worker *w, struct pool *p);
void queue_append(struct direction *d, struct buffer *b);
/*
 * Sends the head of the queue with what follows it, as much as the socket takes at once. Returns the
 * bytes, of *ret_asked, or a negative errno.
 */
ssize_t queue_send(const struct direction *d, int fd, size_t *ret_asked);
/* So many bytes at the head are sent. */
void queue_sent(struct direction *d, size_t n);
void queue_drop(struct direction *d);
/* Copies the queue of the longest blocked direction out of the pools. False: nobody to take from. */
bool queue_spill(struct io_worker *w);

/* room.c */
/* Bytes that a bulk direction may receive next so that they can be sent on at once, up to `most`; 0: wait. */
u32 room_left(struct direction *d, u32 most);
/* Keeps both sockets' buffers within connection_memory. */
void room_look(struct direction *d);

/* relay.c */
/* Polls for the sender's reset, where a receive would not see it. */
void direction_watch(struct direction *d);
/* The same of all that wait for room in the ring. */
void relay_watch(struct io_worker *w);
/* Waits for room in the other socket. */
void direction_poll(struct direction *d);
/* A light direction's receive would go on by itself: no more. */
void direction_pause(struct direction *d);
/* The other socket is full: receive no more, wait for room. */
void direction_blocked(struct direction *d);
/* Ended, or one that leads to a side that has reset. */
static inline bool direction_over(const struct direction *d, const struct conn *c)
{
	return c->dead || (c->lost && c->lost_side != d->index);
}
void relay_start(struct conn *c);
void relay_pump(struct direction *d);
void relay_writable(struct direction *d, int res);
void relay_hangup(struct direction *d, int res, bool more);

/* The ring has sent so many bytes of the queue's head, or a negative errno. */
void relay_sent(struct direction *d, int res);
/* Flags of a send of the queue up to and with b. */
int relay_send_flags(const struct direction *d, const struct buffer *b);
/* Masks what was received, and queues what may go on. False: the connection was reset. */
bool relay_mask(struct direction *d, struct buffer *b);

/* receive.c */
/* Arms a receive, if the direction may take bytes now. */
void direction_receive(struct direction *d);
/* more: the next completion is of this receive, too. */
void relay_received(struct direction *d, const struct io_uring_cqe *cqe, bool more);

/* nic.c */
/* Whether any of the listeners may receive from a card's queue. */
bool nic_wanted(const struct io_worker *w, const struct io_listener *listeners, size_t n);
/* Binds the queues, or says why not; the ring has long completions. 0, or negative: one is taken. */
int nic_open(struct io_worker *w, struct err *e);

/* piece.c */
/* A piece of a card's memory was received, or the copy of a short one. */
void piece_got(struct direction *d, struct buffer *b);

/* zerocopy.c */
/* Of a ring's features: came with Linux 6.3; that the kernel says whether it copied, which has none, with 6.2. */
#define ZERO_COPY_NEEDS IORING_FEAT_REG_REG_RING
enum zero_copy zero_copy_start(const struct listener *l);
/* Whether the queue's head goes out without a copy: then relay_sent() follows. */
bool zero_copy_send(struct direction *d);
void zero_copy_done(struct buffer *b, const struct io_uring_cqe *cqe);

/* splice.c */
void splice_open(struct io_worker *w);
void splice_close(struct io_worker *w);
/* Whether bytes of the direction may go through the pipe: in front of none that wait already. */
bool splice_may(struct direction *d);
/* Bytes that have come and were not received. */
u32 splice_there(struct direction *d);
/* Takes up to len of them into the pipe, how many; 0: a receive must tell what is there. */
u32 splice_take(struct direction *d, u32 len);
/* Moves those n to the other socket, or what that does not take into the queue. The connection may be reset. */
void splice_pass(struct direction *d, u32 n);

/* reset.c */
/* This side has reset, or is gone: counted, and carried over to the other end. */
void reset_by(struct conn *c, int side);
/* Whether the sender ended before it reset, now that all its bytes are received. */
bool reset_after_end(const struct direction *d, const struct conn *c);
void reset_looks(struct io_worker *w);

/* rules.c */
void ruleset_use(struct io_ruleset **at, struct io_ruleset *rules);
/* The worker goes over to w->next. */
void rules_adopt(struct io_worker *w);
/* Bytes of a direction that is behind: as stream_feed(). */
int rules_feed(struct direction *d, u8 *data, size_t len, struct span *ret_out);

/* mask.c */
/* Masks b in place. False: the connection was reset; b is the caller's either way. */
bool mask_received(struct direction *d, struct buffer *b);
/* Bytes of a bulk receive, at most. */
u32 mask_turn(struct direction *d);
bool mask_finish(struct direction *d);
/* The sender has reset: what is held goes out as the idle timer would let it; reset.c says why. */
void mask_cut(struct direction *d);
void mask_idle(struct io_worker *w);
/* A receive was armed: what is held may wait for so long from now on. */
void mask_receiving(struct direction *d);

#endif
