/* SPDX-License-Identifier: BSD-2-Clause */
/* The configuration as the kernel's side wants it. */
#ifndef SCRIM_STEER_H
#define SCRIM_STEER_H

#include <scrim/config.h>

/* How many workers: what the configuration says, or one per core this process may run on. */
unsigned int steer_workers(const struct config *c);

/* The core that worker i is pinned to: the i-th allowed one, again from the first past the last. */
int steer_cpu(unsigned int i);

/* True if a listener's mode needs the kernel's side (all but proxy). */
bool steer_needed(const struct config *c);

/* Fills in listeners and the number of workers; memory is c's. */
void steer_conf(struct config *c, struct kern_conf *ret_conf);

#endif
