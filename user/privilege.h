/* SPDX-License-Identifier: BSD-2-Clause */
/* What the process may do, and what is done so that nobody reads its memory. */
#ifndef SCRIM_PRIVILEGE_H
#define SCRIM_PRIVILEGE_H

#include <scrim/err.h>

/*
 * At start: no core dump and no ptrace by others, no new privileges by exec, descriptors and
 * locked memory as many as allowed, memory kept out of swap where that is allowed.
 */
void privilege_start(void);

/* How many descriptors this process may have. */
u32 privilege_descriptors(void);

/*
 * Gives up all capabilities of the calling thread. Where `steers` says that the kernel's side is in
 * use three stay: CAP_NET_ADMIN (transparent sockets, closing of sockets, policy rules),
 * CAP_NET_BIND_SERVICE (a client's own source port, which may be a low one) and CAP_BPF (attaching
 * to an interface made anew). With mode proxy alone nothing is kept.
 * Every thread calls it once it has what it needs. 0, or -errno.
 */
int privilege_drop(bool steers);

#endif
