/* SPDX-License-Identifier: BSD-2-Clause */
/* A datagram to the service manager. */
#include "notify.h"
#include <errno.h>
#include <scrim/log.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

/* The manager's time limit, if it means this process. */
static u32 watchdog_ms(void)
{
	const char *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
	unsigned long long ms;

	if (!usec || (pid && strtol(pid, NULL, 10) != getpid()))
		return 0;
	ms = strtoull(usec, NULL, 10) / 1000;
	return ms < UINT32_MAX ? (u32)ms : UINT32_MAX;
}

void notify_open(struct notify *n)
{
	const char *path = getenv("NOTIFY_SOCKET");
	const struct timeval second = {.tv_sec = 1};
	size_t len = path ? strlen(path) : 0;

	*n = (struct notify){.fd = -1, .to.sun_family = AF_UNIX};
	if (!len)
		return;
	if (len < 2 || len >= sizeof(n->to.sun_path) || !strchr("/@", *path)) {
		log_line(LOG_LEVEL_WARNING, "NOTIFY_SOCKET is not a path or @name, or is too long");
		return;
	}
	memcpy(n->to.sun_path, path, len + 1);
	n->to_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	if (*path == '@')
		n->to.sun_path[0] = 0; /* a name without a file, as long as it is */
	else
		n->to_len++;
	n->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (n->fd >= 0 && setsockopt(n->fd, SOL_SOCKET, SO_SNDTIMEO, &second, sizeof(second)))
		notify_close(n);
	if (n->fd < 0)
		log_line(LOG_LEVEL_WARNING, "NOTIFY_SOCKET: %s", strerror(errno));
	else
		n->watchdog_ms = watchdog_ms();
}

void notify_close(struct notify *n)
{
	if (n->fd >= 0)
		close(n->fd);
	n->fd = -1;
}

void notify_send(const struct notify *n, const char *fmt, ...)
{
	char text[256];
	va_list ap;
	int len, tries = 3;
	ssize_t rc;

	if (n->fd < 0)
		return;
	va_start(ap, fmt);
	len = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (len <= 0 || (size_t)len >= sizeof(text))
		return;
	/* One that does not read for a second is no reason to say nothing: it may end this process. */
	do
		rc = sendto(n->fd, text, (size_t)len, MSG_NOSIGNAL, (const struct sockaddr *)&n->to,
			    n->to_len);
	while (rc < 0 && (errno == EINTR || errno == EAGAIN) && --tries);
	if (rc < 0)
		log_line(LOG_LEVEL_WARNING, "NOTIFY_SOCKET: %s", strerror(errno));
}
