/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every socket of a stream has. A listener's are inherited by what it accepts, so that they
 * cost no system call a connection.
 */
#include "worker.h"
#include <errno.h>
#include <netinet/tcp.h>

/*
 * A peer that vanished is found after three minutes of silence: its other end cannot find out by
 * itself, for scrim answers its probes.
 */
#define KEEP_IDLE     120 /* s */
#define KEEP_INTERVAL 15
#define KEEP_COUNT    4

int socket_prepare(int fd)
{
	/* Until both directions have ended a close is a reset, also when this process is killed. */
	const struct linger reset = {.l_onoff = 1};
	const struct {
		int level, name, value;
	} options[] = {
		{IPPROTO_TCP, TCP_NODELAY, 1},
		{SOL_SOCKET, SO_OOBINLINE, 1}, /* urgent bytes are bytes of the stream */
		{SOL_SOCKET, SO_KEEPALIVE, 1},
		{IPPROTO_TCP, TCP_KEEPIDLE, KEEP_IDLE},
		{IPPROTO_TCP, TCP_KEEPINTVL, KEEP_INTERVAL},
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
