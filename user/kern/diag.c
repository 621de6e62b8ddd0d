/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sockets of this host, by sock_diag: ending connections that are open since before scrim, and
 * clearing a tuple that waits in TIME_WAIT.
 */
#include "private.h"
#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <scrim/log.h>
#include <string.h>

#define TCP_NEW_SYN_RECV_STATE 12 /* the kernel's name is not in <netinet/tcp.h> */

/* All that carry or may soon carry data; a bit for each TCP state. */
#define STATES                                                                                     \
	(1u << TCP_ESTABLISHED | 1u << TCP_SYN_RECV | 1u << TCP_FIN_WAIT1 | 1u << TCP_FIN_WAIT2 |  \
	 1u << TCP_CLOSE_WAIT | 1u << TCP_LAST_ACK | 1u << TCP_CLOSING |                           \
	 1u << TCP_NEW_SYN_RECV_STATE)

static struct nlmsghdr *diag_message(char *buf, u16 type, u16 flags, u8 family, u32 states,
				     const struct inet_diag_sockid *id)
{
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
	struct inet_diag_req_v2 *req;

	h->nlmsg_type = type;
	h->nlmsg_flags = NLM_F_REQUEST | flags;
	req = mnl_nlmsg_put_extra_header(h, sizeof(*req));
	req->sdiag_family = family;
	req->sdiag_protocol = IPPROTO_TCP;
	req->idiag_states = states;
	if (id)
		req->id = *id;
	return h;
}

static int diag_ask(struct nlmsghdr *h, mnl_cb_t each, void *ctx)
{
	return netlink_ask(NETLINK_SOCK_DIAG, h, each, ctx);
}

static int destroy(u8 family, const struct inet_diag_sockid *id)
{
	char buf[256];

	return diag_ask(diag_message(buf, SOCK_DESTROY, NLM_F_ACK, family, 0, id), NULL, NULL);
}

#define LISTED 32 /* existing connections that are named, each on a line */
#define PASSES 64

struct visit {
	__be16 port;
	bool only_count;
	int n;
	int failed;
};

static void list(const struct inet_diag_msg *m, const struct visit *v)
{
	char peer[INET6_ADDRSTRLEN] = "?";

	if (v->n == LISTED)
		log_line(LOG_LEVEL_NOTICE, "port %u: and more", ntohs(v->port));
	if (v->n >= LISTED)
		return;
	inet_ntop(m->idiag_family, m->id.idiag_dst, peer, sizeof(peer));
	log_line(LOG_LEVEL_NOTICE, "port %u: open since before scrim, %s: %s port %u",
		 ntohs(v->port), v->only_count ? "seen" : "closed", peer, ntohs(m->id.idiag_dport));
}

static int see_socket(const struct nlmsghdr *h, void *ctx)
{
	const struct inet_diag_msg *m = mnl_nlmsg_get_payload(h);
	struct visit *v = ctx;
	int rc;

	if (m->id.idiag_sport != v->port)
		return MNL_CB_OK;
	rc = v->only_count ? 0 : destroy(m->idiag_family, &m->id);
	if (!rc) {
		list(m, v);
		v->n++;
	} else if (rc != -ENOENT) {
		v->failed = rc;
	}
	return MNL_CB_OK;
}

/* One look at all sockets of a family; what it finds is in v. */
static int visit(u8 family, struct visit *v)
{
	char buf[256];
	int rc = diag_ask(diag_message(buf, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, family, STATES, NULL),
			  see_socket, v);

	return rc ? rc : v->failed;
}

int existing_close(struct kern *k, const struct kern_listener *l, bool only_count, struct err *e)
{
	static const u8 families[] = {AF_INET, AF_INET6};
	struct visit v = {.port = htons(l->port), .only_count = only_count};
	int rc, before, passes = 0;

	for (size_t i = 0; i < array_size(families); i++) {
		/*
		 * The kernel lists in pieces and goes on by how many it has told of a hash chain: it
		 * passes over as many as were closed meanwhile. So until a look finds none.
		 */
		do {
			before = v.n;
			rc = visit(families[i], &v);
			if (++passes > PASSES && v.n > before)
				rc = -EAGAIN;
		} while (!rc && !only_count && v.n > before);
		if (rc)
			return err_set(e, -rc,
				       "closing connections to port %u that are open since before "
				       "scrim: %s (CONFIG_INET_DIAG_DESTROY is needed)",
				       l->port, strerror(-rc));
	}
	if (!only_count)
		__atomic_fetch_add(&k->flow[FLOW_EXISTING].count, (u64)v.n, __ATOMIC_RELAXED);
	return v.n;
}

struct found {
	struct inet_diag_sockid id;
	u8 state;
};

static int see_one(const struct nlmsghdr *h, void *ctx)
{
	const struct inet_diag_msg *m = mnl_nlmsg_get_payload(h);
	struct found *f = ctx;

	f->id = m->id;
	f->state = m->idiag_state;
	return MNL_CB_STOP;
}

static void put_end(const struct sockaddr *a, __be16 *port, __be32 addr[4])
{
	const struct sockaddr_in6 *a6 = (const void *)a;
	const struct sockaddr_in *a4 = (const void *)a;

	if (a->sa_family == AF_INET) {
		*port = a4->sin_port;
		addr[0] = a4->sin_addr.s_addr;
	} else {
		*port = a6->sin6_port;
		memcpy(addr, &a6->sin6_addr, 16);
	}
}

int kern_reclaim(struct kern *k, const struct sockaddr *local, const struct sockaddr *remote)
{
	struct inet_diag_sockid id = {
		.idiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE},
	};
	struct found f = {0};
	char buf[256];
	int rc;

	(void)k;
	put_end(local, &id.idiag_sport, id.idiag_src);
	put_end(remote, &id.idiag_dport, id.idiag_dst);
	rc = diag_ask(diag_message(buf, SOCK_DIAG_BY_FAMILY, 0, (u8)local->sa_family, ~0u, &id),
		      see_one, &f);
	if (rc)
		return rc;
	if (f.state != TCP_TIME_WAIT)
		return -ENOENT;
	return destroy((u8)local->sa_family, &f.id); /* that very socket: it has a cookie */
}
