/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's side: programs, maps and links, pinned, and what outlives the daemon.
 *
 *   /sys/fs/bpf/scrim[-NAME]/       the directory itself is the lock (flock)
 *     rules flow listeners metrics  counters, and their text
 *     meta steered                  who pinned it; what is steered
 *     tcx-IFACE gateway-lookup      links of the gateway
 *     egress-IFACE                  where one interface is both sides: what drops redirects
 *     clsact-IFACE qdisc-IFACE      before Linux 6.6 instead of tcx-IFACE: the program in a filter,
 *                                   which stays without a pin; that its qdisc was made here
 *     local-lookup own-connect      links of mode local
 *
 *   policy routing of the gateway: priorities 90 to 94, table 5713, protocol 157 (abi.h)
 *
 * Each kern_open() loads programs with steering maps of their own, fills them, and swaps them
 * into the links (or filters) that are there: one atomic step for each, old or new, never none. Only the
 * counters are handed on. With no daemon alive every program refuses.
 */
#ifndef SCRIM_KERN_H
#define SCRIM_KERN_H

#include <netinet/in.h>
#include <scrim/abi.h>
#include <scrim/err.h>

struct kern;

struct kern_prefix {
	u8 family; /* AF_INET or AF_INET6 */
	u8 bits;
	u8 addr[16]; /* network order; IPv4 in the first four */
};

/* True if every address of b is one of a's; if there is an address of both. */
bool prefix_contains(const struct kern_prefix *a, const struct kern_prefix *b);
bool prefixes_overlap(const struct kern_prefix *a, const struct kern_prefix *b);

/* Who comes to a listener from a network is of that role. */
struct kern_source {
	struct kern_prefix net;
	unsigned int listener;
	unsigned int role; /* that of kern_set_socket() */
	const char *name;  /* what people call it */
};

enum kern_mode { KERN_PROXY, KERN_LOCAL, KERN_GATEWAY };

struct kern_listener {
	const char *name;
	enum kern_mode mode;
	u16 port;                      /* clients dial it, host order */
	u16 answer_port;               /* gateway: answers come from it (the upstream's) */
	const char *clients, *servers; /* gateway: interface names */
	const struct kern_prefix *protected_nets;
	size_t nprotected; /* 0: all behind the interface */
	bool refuse_existing; /* local: refuse to start over open connections, instead of closing them */
};

/*
 * What one daemon hands to the next one that takes over from it: descriptors, -1 where there is
 * none. The lock goes with its open file, so there is no moment without it. The two maps are how
 * mode local knows scrim's own connections, also those of the daemon that drains.
 */
enum kern_hand {
	KERN_LOCK,
	KERN_ALIVE, /* what the kernel's side knows the daemon's life by */
	KERN_OWN_SOCKETS,
	KERN_OWN_TUPLES,
	KERN_RULES, /* counters that are not pinned */
	KERN_FLOW,
	KERN_LISTENERS,
	KERN_HANDED
};
struct kern_handed {
	int fd[KERN_HANDED];
};

struct kern_conf {
	const char *instance; /* NULL: none */
	bool replace;         /* swap what another version pinned */
	const struct kern_listener *listeners;
	size_t nlisteners;
	unsigned int nworkers;
	const struct kern_handed
		*from; /* the daemon that is taken over from; NULL: none. Borrowed */
};

/*
 * Loads everything that conf's modes need, and fills it; nothing is in force before kern_attach().
 * Holds the instance's lock until kern_close().
 *   conf   borrowed for the call
 *   -EBUSY   another daemon holds the lock, and 5 s later too: one that was killed lets go of it only
 *            when the kernel is done with its end; the instance belongs to another network namespace; or
 *            connections are open that refuse_existing does not want closed
 *   -EPERM   e names the missing capability: CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON; CAP_SYS_ADMIN
 *            too where it takes over links, or the BPF file system or cgroup2 is not mounted
 *   -ENOTSUP e names the kernel version that is needed, what the interface is not, or whose port it is
 *   -ESTALE  pinned by another build; e hints at --replace
 *   -ENODEV  e names the interface
 */
int kern_open(const struct kern_conf *conf, struct kern **ret_k, struct err *e);

/*
 * Puts it in force, in place of what is pinned, and pins it: attaches, swaps, makes policy rules,
 * closes the connections that mode local finds open. Without a kern_set_socket() before it all is
 * refused until there is one; with kern_close() at once it is `scrim attach`.
 *   conf   as given to kern_open()
 * Returns 0, or as kern_open() does; -EBUSY: what is taken over from steers what conf does not.
 * On failure what was pinned is as it was. Traffic is never forwarded in between.
 * Afterwards CAP_NET_ADMIN and CAP_BPF are enough for all the other functions here.
 */
int kern_attach(struct kern *k, const struct kern_conf *conf, struct err *e);

/* What to hand to the next daemon; the descriptors are k's still. */
void kern_hand(const struct kern *k, struct kern_handed *ret_to);

/*
 * All is taken over: the kernel's side asks this process alone whether it lives; until here that was
 * the old one, so that nobody is refused if this one dies before. 0, or negative with e set.
 */
int kern_alone(struct kern *k, struct err *e);

/* Puts k in force again, whatever one that was to take over from it had put in its place. */
int kern_restore(struct kern *k, struct err *e);

/* Lets go of the descriptors and the lock; what is pinned stays. */
void kern_close(struct kern *k);

/*
 * How the gateway gets at an interface's packets here: "tcx links", or before Linux 6.6 "clsact
 * filters". Static; NULL after kern_open_private().
 */
const char *kern_attachment(const struct kern *k);

/*
 * The counters in this process's own memory instead (mode proxy without CAP_BPF).
 *   from  whose counters to go on with; NULL: none
 */
int kern_open_private(const struct kern_handed *from, struct kern **ret_k, struct err *e);

/* The mapped rows of verdicts and reasons; valid until kern_close(). */
struct scrim_flow_row *kern_flow(struct kern *k);

/*
 * The row of (rule, role): the existing one, or a free one now named so. NULL: all rows are taken.
 * Characters that metrics cannot carry in a label become '_'. One thread; cost: the rows in use.
 */
struct scrim_rule_row *kern_row(struct kern *k, const char *rule, const char *role);

/* How many rows are taken; and giving back those taken since, of which nothing was counted. */
struct kern_rows {
	size_t rules, listeners;
};
struct kern_rows kern_rows_taken(const struct kern *k);
void kern_rows_untake(struct kern *k, struct kern_rows before);

/* The row of (listener, role), likewise. */
struct scrim_listener_row *kern_listener_row(struct kern *k, const char *listener,
					     const char *role);

/*
 * Says which of a listener's sockets clients are led to, in place of what was said before: those of
 * the role that has the longest of the networks with the client's address; of role 0 where none has.
 * Here IPv4 is a part of IPv6's ::/0: who gives a network as wide as that gives 0.0.0.0/0 too.
 *   sources  n of them, of no order; of the same network the last one counts
 * Networks that were there and still are have a role all the while.
 * Returns 0, or negative with e set: then some of both hold, and all can be said again.
 */
int kern_set_sources(struct kern *k, const struct kern_source *sources, size_t n, struct err *e);

/*
 * Gives the kernel's side a listening socket (its family is read off it). From then on it gets its
 * share of a role's new connections. It is taken back when it is closed, and unused from the moment
 * this process dies, even where a dying ring keeps it open.
 *   fd   TCP, listening; gateway: transparent. Borrowed.
 */
int kern_set_socket(struct kern *k, unsigned int listener, unsigned int role, unsigned int worker,
		    int fd, struct err *e);

/* Takes all listening sockets back (drain): new connections are refused. */
void kern_clear_sockets(struct kern *k);

/*
 * Local: fd is scrim's own and about to connect: the kernel's side lets that connection through to
 * the service. It ends with the socket. Other modes: nothing to do. Any thread. 0 or negative errno.
 */
int kern_own(struct kern *k, int fd);

/* Destroys the TIME_WAIT socket of this tuple, if that is what it is. Any thread. 0, -ENOENT, -errno. */
int kern_reclaim(struct kern *k, const struct sockaddr *local, const struct sockaddr *remote);

/*
 * Attaches again where an interface was made anew or a program was detached, and puts back policy
 * rules that somebody flushed. Called every second; 1 if there was something to do, 0, or -errno
 * (-ENODEV: e names an interface that is gone, -ENOTSUP: one that has become a port of another and
 * lets packets past; the others were looked after; -ENOENT: somebody forced everything down, which
 * stays as it is). Cost: a few system calls for each interface and rule.
 */
int kern_refresh(struct kern *k, struct err *e);

/* Whether an instance may have this name: letters, digits, `-` and `_`, at most SCRIM_NAME_LEN - 1 of them. */
bool kern_instance_good(const char *name);

/*
 * Takes down everything of an instance: links, maps, rules and routes, exactly those that it made.
 * 0 also where nothing was there. Refused (-EBUSY) while the daemon lives, or from another network
 * namespace (its rules cannot be reached from there), unless force.
 * Where something cannot be removed e says what; what is left can be taken down by another call.
 *   said  called for each thing removed, with what it was
 */
int kern_detach(const char *instance, bool force, void (*said)(void *ctx, const char *what),
		void *ctx, struct err *e);

/* A read-only look at the pinned counters, for `scrim status` and `scrim top`; works with the daemon dead. */
struct kern_view {
	const struct scrim_rule_row *rules;         /* SCRIM_RULE_ROWS */
	const struct scrim_flow_row *flow;          /* FLOW_COUNT */
	const struct scrim_listener_row *listeners; /* SCRIM_LISTENER_ROWS */
	bool daemon_alive;
	char version[32];
	void *priv;
};
/* 0; negative errno with e set: nothing is pinned, or this user may not read it. */
int kern_view_open(const char *instance, struct kern_view *ret_v, struct err *e);
void kern_view_close(struct kern_view *v);

#endif
