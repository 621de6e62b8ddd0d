/* SPDX-License-Identifier: BSD-2-Clause */
/* The limits of a configuration, as far as the system allows them. */
#ifndef SCRIM_LIMITS_H
#define SCRIM_LIMITS_H

#include <scrim/io.h>

/*
 * Lowers the connections to what there are descriptors for, which it says, so that they are refused
 * and counted and not stuck in the queue; makes of the memory of all each worker's.
 *   nsockets  listening ones of each worker
 * Returns 0, or -EINVAL with e set: that memory is too little.
 */
int limits_fit(struct io_limits *l, unsigned int nworkers, size_t nsockets, struct err *e);

#endif
