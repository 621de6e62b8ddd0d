/* SPDX-License-Identifier: BSD-2-Clause */
/* scrimd from its configuration to its end. */
#ifndef SCRIM_DAEMON_H
#define SCRIM_DAEMON_H

#include <scrim/engine.h>

struct daemon_args {
	const char *file;     /* the configuration's, to be read again */
	const char *instance; /* NULL: none */
	bool replace;
	int launcher;  /* launcher_start() */
	bool takeover; /* from the daemon of this instance that runs */
};

/*
 * Runs until SIGTERM or SIGINT and the drain after it; a second signal ends the drain.
 * Returns 0 after an orderly end, or negative with e set: nothing could be started, or a worker broke.
 */
int daemon_run(struct config *c, const struct daemon_args *args, struct err *e);

#endif
