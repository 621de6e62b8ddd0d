/* SPDX-License-Identifier: BSD-2-Clause */
/* What the daemon is made of, and how it comes to stand. */
#ifndef SCRIM_DAEMON_START_H
#define SCRIM_DAEMON_START_H

#include "daemon.h"
#include "heir.h"
#include "notify.h"
#include "refusals.h"
#include "reload.h"

struct daemon {
	struct config *config;
	struct io_limits limits; /* its, as far as the system allows them */
	struct reload reload;
	struct kern_conf kern_conf;
	struct kern *kern;
	bool is_private; /* kern: counters alone, in this process */
	struct listen listen;
	struct io_gate gate; /* of all connections */
	struct worker *workers;
	unsigned int nworkers;
	const char *ring; /* words for what the kernel has of io_uring */
	bool steers;
	int signals; /* a signalfd */
	int control; /* a listening socket, or -1 */
	struct takeover from;
	struct heir heir;
	bool handed_over;
	struct refusals refusals;
	struct log_gate unheard; /* requests that could not be taken */
	struct notify notify;
	u32 tick_ms; /* TICK_MS, or less for the service manager's sake */
};

/*
 * Everything from the configuration, which d has, to workers that serve. Returns 0, or negative with
 * e set: what stands by then is the caller's to take down.
 */
int daemon_start(struct daemon *d, const struct daemon_args *args, struct err *e);

#endif
