/* SPDX-License-Identifier: BSD-2-Clause */
/* One question to the kernel by netlink, with all of its answer. */
#include "private.h"
#include <errno.h>
#include <libmnl/libmnl.h>

#define REPLIES 32768
#define TRIES   8

static struct mnl_socket *netlink_open(int bus)
{
	struct mnl_socket *s = mnl_socket_open2(bus, SOCK_CLOEXEC);

	if (s && mnl_socket_bind(s, 0, MNL_SOCKET_AUTOPID)) {
		mnl_socket_close(s);
		return NULL;
	}
	return s;
}

/*
 * What was asked for is done by now: whoever does not hear that would not know what to take back. So
 * where receiving fails it is tried again, without waiting: the failure may have cost the answer.
 */
static ssize_t netlink_receive(const struct mnl_socket *s, char *buf)
{
	ssize_t n = mnl_socket_recvfrom(s, buf, REPLIES);
	int why = errno;

	for (int tries = TRIES; n < 0 && why != ENOSPC && --tries;)
		n = recv(mnl_socket_get_fd(s), buf, REPLIES, MSG_DONTWAIT);
	if (n < 0)
		errno = why;
	return n;
}

static int netlink_ask_once(int bus, const struct nlmsghdr *h, mnl_cb_t each, void *ctx)
{
	struct mnl_socket *s = netlink_open(bus);
	char buf[REPLIES];
	int rc = -1;
	ssize_t n;

	if (!s)
		return -errno;
	if (mnl_socket_sendto(s, h, h->nlmsg_len) >= 0)
		do {
			n = netlink_receive(s, buf);
			rc = n < 0 ? -1
				   : mnl_cb_run(buf, (size_t)n, h->nlmsg_seq,
						mnl_socket_get_portid(s), each, ctx);
		} while (rc > MNL_CB_STOP);
	rc = rc < 0 ? -errno : 0;
	mnl_socket_close(s);
	return rc;
}

int netlink_ask(int bus, struct nlmsghdr *h, mnl_cb_t each, void *ctx)
{
	int tries = TRIES, rc;

	h->nlmsg_seq = 1;
	do /* a list that changed while it was read is read again (NLM_F_DUMP_INTR) */
		rc = netlink_ask_once(bus, h, each, ctx);
	while (rc == -EINTR && (h->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP && --tries);
	return rc;
}
