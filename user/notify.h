/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the service manager is told: sd_notify(3)'s protocol, a datagram of lines to the socket
 * that it names in the environment. Without one, nothing is said and nothing is wrong.
 */
#ifndef SCRIM_NOTIFY_H
#define SCRIM_NOTIFY_H

#include <scrim/base.h>
#include <sys/socket.h>
#include <sys/un.h>

struct notify {
	int fd; /* -1: nobody listens */
	struct sockaddr_un to;
	socklen_t to_len;
	u32 watchdog_ms; /* what may pass between two signs of life; 0: nobody waits for them */
};

/* Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID. An address of another kind is logged. */
void notify_open(struct notify *n);
void notify_close(struct notify *n);

/* "READY=1\nSTATUS=..."; printf-formatted. What finds no place for three seconds is lost,
and that is logged. */
void notify_send(const struct notify *n, const char *fmt, ...) printf_like(2, 3);

#endif
