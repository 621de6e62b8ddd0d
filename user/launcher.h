/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A process that starts the next daemon for `scrim restart`: the daemon itself has given up the
 * privileges that one needs.
 *
 *   scrimd ─┬─ fork ─▶ launcher: sleeps, holds no payload ─ fork, fork, exec ─▶ scrimd ... --takeover
 *           └─ serves, without privileges
 *
 * All that it can be asked for is the command line of its own daemon once more. It ends with it.
 */
#ifndef SCRIM_LAUNCHER_H
#define SCRIM_LAUNCHER_H

#include <scrim/base.h>

/*
 * To be called before there is a thread, or a secret.
 *   argv  the daemon's own, borrowed for ever
 * Returns a descriptor: readable when a daemon that was started has ended. Or -errno.
 */
int launcher_start(char **argv);

/* Has a daemon started that takes over. 0, -errno. */
int launcher_ask(int fd);

/* fd being readable: 1: a daemon that was started has ended; 0: it is the launcher; -errno: nothing yet. */
int launcher_heard(int fd);

#endif
