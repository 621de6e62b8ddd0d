/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every socket of a stream has. A listener's are inherited by what it accepts, so that they
 * cost no system call a connection.
 */
#include "worker.h"
#include <errno.h>
#include <netinet/tcp.h>

/*
 * A peer that vanished is found after so long a silence: its other end cannot find out by itself,
 * for scrim answers its probes. The last third of the time is that of the probes.
 */
#define KEEP_COUNT 4

static int keep_interval(const struct io_limits *l)
{
	u32 s = l->keepalive_ms / 1000 / (3 * KEEP_COUNT);

	return s ? (int)s : 1;
}

static int keep_idle(const struct io_limits *l)
{
	int s = (int)(l->keepalive_ms / 1000) - KEEP_COUNT * keep_interval(l);

	return s > 0 ? s : 1;
}

int socket_prepare(int fd, const struct io_limits *l)
{
	/* Until both directions have ended a close is a reset, also when this process is killed. */
	const struct linger reset = {.l_onoff = 1};
	const struct {
		int level, name, value;
	} options[] = {
		{IPPROTO_TCP, TCP_NODELAY, 1},
		{SOL_SOCKET, SO_OOBINLINE, 1}, /* urgent bytes are bytes of the stream */
		{SOL_SOCKET, SO_KEEPALIVE, 1},
		{IPPROTO_TCP, TCP_KEEPIDLE, keep_idle(l)},
		{IPPROTO_TCP, TCP_KEEPINTVL, keep_interval(l)},
		{IPPROTO_TCP, TCP_KEEPCNT, KEEP_COUNT},
	};

	if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)))
		return -errno;
	for (size_t i = 0; i < array_size(options); i++)
		if (setsockopt(fd, options[i].level, options[i].name, &options[i].value,
			       sizeof(options[i].value)))
			return -errno;
	return 0;
}
