/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of user/kern share.
 *
 *   open.c     the order of an opening, and its undoing        check.c   privilege, kernel version
 *   bpffs.c    the pin directory, its lock, pins               load.c    programs and their maps
 *   fill.c     configuration ─▶ steering maps                  links.c   attaching, swapping
 *   steered.c  what is steered, as a list                      filter.c  the same before Linux 6.6
 *   sockets.c  while the daemon runs                           routes.c  policy rules
 *   rows.c     counters                                        diag.c    sockets of this host
 *   detach.c   taking down                                     others.c  other instances
 *   netlink.c questions to the kernel                  port.c    interfaces that do not route
 *   prefix.c  networks
 */
#ifndef SCRIM_KERN_PRIVATE_H
#define SCRIM_KERN_PRIVATE_H

#include <net/if.h>
#include <scrim/kern.h>

#define PINS "/sys/fs/bpf"

struct export;
struct steer_gateway;
struct steer_local;

/* Where programs of an interface are. */
enum kern_hook {
	KERN_INGRESS, /* steers */
	KERN_EGRESS,  /* drops redirects, where clients and servers share the interface */
	KERN_HOOKS
};

/* An interface of the gateway. */
struct kern_iface {
	char name[IF_NAMESIZE];
	u8 sides;
	u32 index;             /* 0: not there */
	int links[KERN_HOOKS]; /* indices in kern.links; -1: none */
};

/* An attachment, and what it was before this opening. */
struct kern_link {
	char pin[32];
	int fd;              /* the link; of a filter its program */
	int prog;            /* ours; the object's */
	int old_prog;        /* -1: made by this opening */
	u32 ifindex;         /* of a filter (filter.c); 0: it is a link */
	enum kern_hook hook; /* of a filter */
};

/* Something to pin: it replaces what has the name at once. */
struct kern_pin {
	char name[32];
	int fd; /* borrowed */
};

#define KERN_LINKS (KERN_HOOKS * SCRIM_SLOTS + 4)
#define KERN_PINS  (KERN_LINKS + 16)

struct kern {
	char dir[64];
	int dir_fd; /* locked; -1: private */
	bool tcx;   /* else filters of clsact */
	struct export *export;
	struct steer_gateway *gateway; /* NULL: not needed */
	struct steer_local *local;
	struct scrim_rule_row *rules;
	struct scrim_flow_row *flow;
	struct scrim_listener_row *listeners;
	struct kern_iface ifaces[SCRIM_SLOTS];
	size_t nifaces;
	struct kern_link links[KERN_LINKS];
	size_t nlinks;
	struct scrim_steered *steered; /* what this configuration steers */
	u8 *added; /* of each, the rules that were not there before, a bit each */
	size_t nsteered;
	int memory[3]; /* private counters: rules, flow, listeners; -1: pinned ones */
	int alive[2];  /* a pair of sockets: the map "alive" knows the first */
	size_t nlisteners;
	u32 is_steered, is_local; /* a bit for each listener */
	unsigned int nworkers;
	u32 roles_version; /* of what is in the map "roles" */
};

/* check.c: negative with e saying what is missing. */
int check_system(struct err *e);
bool check_tcx(void);                      /* whether the kernel has it */
void check_settings(const struct kern *k); /* says what on this host works against the gateway */

/* bpffs.c */
int dir_name(const char *instance, char *ret_dir, size_t size, struct err *e);
int dir_open(const char *dir, bool make, int *ret_fd, struct err *e); /* -ENOENT: nothing there */
int dir_lock(const char *dir, int fd, struct err *e);                 /* -EBUSY: a daemon lives */
int dir_locked(int fd);                                               /* 1: a daemon lives */
int pins_lock(struct err *e); /* a descriptor, the lock of all instances until it is closed */
int dir_gone(const char *dir, int fd);          /* 1: it is gone, or another by now */
int pin_get(const char *dir, const char *name); /* descriptor or -errno */
int pin_all(const char *dir, const struct kern_pin *pins, size_t n, struct err *e);
int pin_remove(const char *dir, const char *name); /* 0 also where there is none */
int netns_cookie(u64 *ret_cookie);

/* load.c: the objects loaded, nothing attached; rules and flow are the pinned ones where they fit. */
int load_all(struct kern *k, const struct kern_conf *conf, struct err *e);
void load_free(struct kern *k);
int old_meta(const char *dir, struct scrim_meta *ret_meta);

/* others.c: -EBUSY with e set where another instance takes connections of a listener of conf's. */
int others_check(const struct kern *k, const struct kern_conf *conf, struct err *e);
/* 1: another one steers this too. own: directory to pass over. */
int others_steer(const char *own, const struct scrim_steered *s);

/* fill.c */
int fill_maps(struct kern *k, const struct kern_conf *conf, struct err *e);
int fill_iface(struct kern *k, const struct kern_iface *i, struct err *e);
void fill_others(struct kern *k); /* interfaces of this host that are not the gateway's */

/* port.c: -ENOTSUP with e set where packets go past the interface's program. */
int iface_routed(const struct kern_iface *i, struct err *e);

/* steered.c */
int steered_list(struct kern *k, const struct kern_conf *conf, struct err *e);
bool steered_has(const struct kern *k, const struct scrim_steered *s);
/* Behind `last` (NULL: the first) in a map "steered". 1, 0: there is none; -errno. */
int steered_next(int map, const struct scrim_steered *last, struct scrim_steered *ret_next);
void steered_print(const struct scrim_steered *s, char *text, size_t size);

/* links.c */
int links_attach(struct kern *k, struct err *e);
void links_undo(struct kern *k);
bool iface_needs(const struct kern_iface *i, enum kern_hook hook);
int iface_link(struct kern *k, struct kern_iface *i, struct err *e); /* what is not on it yet */
bool iface_on(const struct kern *k, const struct kern_iface *i);     /* all that it needs is */
void link_settle(struct kern_link *l); /* it is not taken back any more */
void iface_pin(char to[32], const char *kind, const char *iface); /* KIND-IFACE, without dots */

/*
 * filter.c: as link_ensure() of links.c does it; -EBUSY: what is in its place is not scrim's. What
 * is called iface is the interface's name.
 */
int filter_ensure(struct kern *k, const struct kern_iface *i, enum kern_hook hook, int prog,
		  struct kern_link *ret_link, struct err *e);
void filter_undo(const char *dir, const struct kern_link *l);
int filter_again(const char *dir, const struct kern_link *l); /* puts our program in again */
/* Its identifier; 0: there is no filter. */
u32 filter_program(const char *dir, u32 ifindex, enum kern_hook hook);
/* True: there was one. prog: what is in it, where that is known: without it CAP_SYS_ADMIN is needed. */
bool filter_remove(const char *dir, u32 ifindex, enum kern_hook hook, const char *iface, int prog);
/* Removes the instance's filters but those that k's gateway needs (NULL: all). */
void filters_sweep(const struct kern *k, const char *dir);

/* netlink.c: bus is NETLINK_...; each (may be NULL) sees what is listed. 0, -errno: also the kernel's answer. */
struct nlmsghdr;
int netlink_ask(int bus, struct nlmsghdr *h, int (*each)(const struct nlmsghdr *, void *),
		void *ctx);

/* routes.c */
int routes_add(struct kern *k, struct err *e);
void routes_undo(struct kern *k);
int route_remove(const struct scrim_steered *s); /* -ENOENT: none was there */
/* Unless something leads to it still. */
int routes_table_remove(void (*said)(void *, const char *), void *ctx, struct err *e);

/* detach.c: what was steered before, and is not any more. */
struct leftovers;
int leftovers_find(struct kern *k, struct leftovers **ret_old, struct err *e);
bool leftovers_any(const struct kern *k, const struct leftovers *old);
bool leftovers_had_local(const struct leftovers *old, u16 port);
void leftovers_remove(struct kern *k, const struct leftovers *old);
void leftovers_free(struct leftovers *old);

/* diag.c: how many connections to the port there are (only_count), or were closed. */
int existing_close(struct kern *k, const struct kern_listener *l, bool only_count, struct err *e);

/* rows.c */
void kern_empty(struct kern *k); /* nothing open yet */
int rows_map(struct kern *k, struct err *e);
void rows_unmap(struct kern *k);

#endif
