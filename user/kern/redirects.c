/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One interface for both sides: what the kernel forwards there leaves by where it came in, and by
 * default it then tells both ends of the shorter way, by ICMP redirects. They would take it for
 * the steered port, too, past this host. So it is told not to; it asks the setting of all
 * interfaces and that of each, and sends where one of them says so.
 */
#include "private.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int turn_off(const char *iface, struct err *e)
{
	char path[128];
	int fd, rc = 0;

	if (!setting(iface, "send_redirects"))
		return 0;
	snprintf(path, sizeof(path), "/proc/sys/net/ipv4/conf/%s/send_redirects", iface);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "0", 1) != 1)
		rc = err_set(e, errno,
			     "ICMP redirects of this host would lead clients past it, and cannot "
			     "be turned off: %s: %s; `sysctl net/ipv4/conf/%s/send_redirects=0`",
			     path, strerror(errno), iface);
	if (fd >= 0)
		close(fd);
	return rc;
}

int redirects_off(const struct kern *k, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < k->nifaces && !rc; i++) {
		if (k->ifaces[i].sides != (SCRIM_CLIENTS | SCRIM_SERVERS))
			continue;
		rc = turn_off("all", e);
		if (!rc)
			rc = turn_off(k->ifaces[i].name, e);
	}
	return rc;
}
