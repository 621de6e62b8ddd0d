/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The relay: accepts connections, connects on, moves and masks the bytes. One worker is one
 * thread, one io_uring, one pool of buffers; both legs of a connection live on one worker.
 *
 *   accept ─▶ role, destination ─▶ connect ─▶ [recv ─▶ stream_feed ─▶ send] x 2 ─▶ shutdown ─▶ close
 */
#ifndef SCRIM_IO_H
#define SCRIM_IO_H

#include <netinet/in.h>
#include <scrim/err.h>
#include <scrim/mask.h>
#include <sys/socket.h>

union io_addr {
	struct sockaddr sa;
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;
};

/* A role on a listener: which policy, where its counts go. policy NULL: pass through unmasked (written down in the config). */
struct io_role {
	const char *name;
	const struct policy *policy;
	struct mask_counters counters;
	struct scrim_listener_row *traffic; /* its connections and bytes; NULL: not counted */
};

/*
 * A version of what is masked for whom. The owner's; it stays as it is while anybody uses it: a
 * worker the last one that it was given, a direction of a connection the one that its record began
 * under.
 */
struct io_ruleset {
	u32 users;                /* atomic; to begin with 0 */
	const void *const *roles; /* of each listener, by io_listener.index */
	/* The role of a client, out of a listener's; NULL: the connection is refused. */
	const struct io_role *(*role_of)(const void *roles, const union io_addr *client);
};

/*
 * What connections pass to be taken on. Shared by the workers, and the owner's: zeroed but for the
 * limits, and gone after the workers are.
 */
struct io_gate {
	u32 most;     /* connections at once; 0: any number */
	u32 rate;     /* connections a second, so many at once after a pause; 0: any number */
	u32 open;     /* atomic: connections now */
	u64 paced_to; /* atomic, ns of CLOCK_MONOTONIC: as far as the rate is used up */
	u64 waits; /* atomic, likewise: since when the one has waited for a place that has longest */
	u64 looked; /* atomic, likewise: when that one last found none */
};

enum io_mode { IO_PROXY, IO_LOCAL, IO_GATEWAY };

/*
 * Without a copy: by itself what no rule applies to is spliced, what is masked is sent so where the
 * network's device can do that, and a card's queue is received from so; nothing; all is sent so,
 * even where the kernel has to copy after all, which costs more than an ordinary send (tests).
 */
enum io_zero_copy { IO_ZERO_COPY_AUTO, IO_ZERO_COPY_OFF, IO_ZERO_COPY_ALWAYS };

/*
 * A network card's receive queue that only the relay's streams come through: what comes in by it
 * no other program can read.
 */
struct io_queue {
	const char *interface; /* NULL: none; "": of no card, the kernel copies to it (tests) */
	u32 number;
};

/* What a listening socket serves. */
struct io_listener {
	const char *name; /* for log lines */
	int fd; /* this worker's listening socket; the caller's. O_NONBLOCK is cleared, SO_LINGER 0 and TCP_NODELAY set: accepted sockets inherit them */
	enum io_mode mode;
	u16 port; /* the service's port, host order: what getsockname() must say in local and gateway, else FLOW_NOT_STEERED */
	bool mask_to_server, mask_to_client;
	bool upstream_original; /* go on to the address the client dialled */
	union io_addr upstream; /* else to this one */
	bool send_proxy_v2;
	enum io_zero_copy zero_copy;
	unsigned int index;   /* its roles in a ruleset */
	struct io_gate *gate; /* of all its sockets and workers; NULL: no limit of its own */
};

/* All of one size, so that two of them can be compared whole. */
struct io_limits {
	u32 connections; /* in all, and */
	u32 accept_rate; /* a second, 0: any number: for the owner of the gates */
	u32 wait;        /* 1: at a limit connections wait in the backlog; 0: they are refused */
	u32 memory_kib;  /* KiB of this worker's buffers and connections; 262144 */
	u32 connection_memory; /* bytes of both sockets' buffers; 16 MiB */
	u32 idle_ms;           /* how long nothing may move; 0: for ever, the default */
	u32 hold_us;           /* the idle timer, default 2000 */
	u32 connect_ms;        /* default 10000 */
	u32 drain_ms;          /* default 30000 */
	u32 reset_ms;     /* how long a reset waits for bytes before it that nobody takes; 10000 */
	u32 keepalive_ms; /* how long the silence of a peer that has vanished; 5000 at least, 180000 */
	/*
	 * Receive buffers for bulk: bytes each (head room not counted), how many at the start, how
	 * many under pressure (at most 1024). Beside them there are 32 times as many of 16 KiB for
	 * small messages. The start's worth should fit the CPU's second-level cache.
	 */
	u32 buffer_size;
	u32 buffers;
	u32 buffers_max;
	u32 line_memo; /* 1, the default: a worker remembers lines to read them faster (scan.h); 0: none */
	/* How long a worker looks for more to do, awake, where that has paid of late; 0: it sleeps at once; 20. */
	u32 busy_wait_us;
	u32 busy_share; /* percent of its time that it may spend so, 1 to 100; 10 */
};
/* Fills in the defaults. */
void io_limits_default(struct io_limits *l);
/* KiB of memory that a worker with such buffers needs at least. */
u64 io_limits_least(const struct io_limits *l);

struct io_conf {
	struct io_limits limits;
	int cpu;      /* pin to it; -1: do not pin */
	bool waits;   /* accepts nobody before io_worker_accept() */
	u32 alive_ms; /* a turn at least this often, even with nothing to do; 0: need not be */
	/*
	 * Of the clients' side and of the servers': received from without a copy, for listeners whose
	 * zero_copy is not off. For one worker alone; needs CAP_NET_ADMIN. Where it cannot be, the log
	 * says why, and all is received with a copy; but a queue that another program has is -EBUSY or
	 * -EEXIST.
	 */
	struct io_queue receive[2];
	struct io_gate *gate;        /* of all connections; NULL: no limit */
	struct scrim_flow_row *flow; /* FLOW_COUNT rows, shared, relaxed atomics */
	struct io_ruleset *rules;    /* used until io_worker_rules(), or io_worker_free() */
	/*
	 * Called with a new upstream socket before it connects (local: the kernel's side learns that
	 * it is scrim's own). NULL: nothing to do. Negative: the connection is refused (FLOW_INTERNAL).
	 */
	int (*own)(void *ctx, int fd);
	/*
	 * Called when connect() says that the tuple is in TIME_WAIT (gateway, the client uses its port
	 * again at once): may destroy that socket, and then returns 0 for another try.
	 */
	int (*reclaim)(void *ctx, const union io_addr *local, const union io_addr *remote);
	void *ctx;
};

struct io_worker;

/*
 * Makes a worker with n listeners (copied; what they point to is borrowed).
 * To be called on the thread that will run it (the ring is single-issuer); it pins that thread.
 * Returns 0; -EPERM / -ENOSYS with e saying which setting forbids io_uring and what to set;
 * -ENOMEM.
 */
int io_worker_new(const struct io_conf *conf, const struct io_listener *listeners, size_t n,
		  struct io_worker **ret_w, struct err *e);

/* Runs until io_worker_stop(); returns 0, or a negative errno when the ring itself broke. */
int io_worker_run(struct io_worker *w);

/*
 * How many turns of its loop the worker has done: one that grows says that it is not stuck, which
 * alive_ms makes so for a worker with nothing to do. From any thread; a relaxed read.
 */
u64 io_worker_turns(const struct io_worker *w);

/*
 * From any thread: goes over to another ruleset, for the same listeners. New connections come under
 * it, open ones where a record ends, those between two records at once. A stream that was passed on
 * unmasked has no records: if it is to be masked it is reset (FLOW_POLICY_CHANGED).
 */
void io_worker_rules(struct io_worker *w, struct io_ruleset *rules);

/*
 * From any thread: the ruleset that the worker has gone over to, with all connections that are
 * between two records. One that nobody uses after that its owner may free.
 */
const struct io_ruleset *io_worker_ruled_by(const struct io_worker *w);
/* From any thread: whether a worker or a connection uses it. */
static inline bool io_ruleset_used(const struct io_ruleset *rules)
{
	return __atomic_load_n(&rules->users, __ATOMIC_ACQUIRE);
}

/*
 * From any thread: accepts new connections, or no more until asked again; the listening sockets
 * are left as they are, and who comes waits in their queues. Another process with the same sockets
 * may accept once io_worker_accepting() is 0, not before: a waiting accept here can be woken for a
 * connection and cancelled before it has taken it, and then nobody else is woken for that one. Who
 * begins after that looks into the queue first.
 */
void io_worker_accept(struct io_worker *w, bool on);

/*
 * From any thread: how many accepts are in the ring, and one more while there may be others: until it
 * has heard that it shall accept nobody.
 */
u32 io_worker_accepting(const struct io_worker *w);

/* From any thread or a signal handler: no new connections; open ones end by themselves or are reset at drain_ms. */
void io_worker_stop(struct io_worker *w);

/* Resets what is still open, wipes and frees. From any thread, when io_worker_run() is over. NULL is allowed. */
void io_worker_free(struct io_worker *w);

/*
 * Whether this process may use io_uring as the workers do; else e names the sysctl, seccomp, limit or
 * kernel version.
 *   ret_kind  receives words for a log line: what of it this kernel has. Static; may be NULL
 */
int io_probe(const char **ret_kind, struct err *e);

#endif
