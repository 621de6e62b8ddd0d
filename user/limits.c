/* SPDX-License-Identifier: BSD-2-Clause */
#include "limits.h"
#include "privilege.h"
#include <errno.h>
#include <scrim/log.h>

static void fit_descriptors(struct io_limits *l, unsigned int nworkers, size_t nsockets)
{
	/* Maps, links, listening sockets. */
	const u32 other = 256 + (nsockets > 64 ? (u32)nsockets : 64) * nworkers;
	const u32 all = privilege_descriptors();
	const u32 fit = all > other + 2 ? (all - other) / 2 : 1;

	if (l->connections <= fit)
		return;
	l->connections = fit;
	log_line(LOG_LEVEL_NOTICE, "%u descriptors allowed (ulimit -Hn): %u connections, not more",
		 all, fit);
}

int limits_fit(struct io_limits *l, unsigned int nworkers, size_t nsockets, struct err *e)
{
	struct io_limits standard;

	fit_descriptors(l, nworkers, nsockets);
	io_limits_default(&standard);
	l->memory_kib = l->memory_kib ? l->memory_kib / nworkers : standard.memory_kib;
	if (l->memory_kib >= io_limits_least(l))
		return 0;
	return err_set(e, EINVAL,
		       "limits: memory leaves %u KiB for each of %u workers, whose buffers need "
		       "%llu; more memory, fewer workers, or smaller buffers",
		       l->memory_kib, nworkers, (unsigned long long)io_limits_least(l));
}
