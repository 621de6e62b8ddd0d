/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Policy routing of the gateway: what is steered is delivered to this host, whoever it is
 * addressed to, even where no program has seen it.
 *
 *   90: iif eth1 ipproto tcp dport 2575 [to 10.2.0.0/24]    lookup 5713
 *   90: iif eth2 ipproto tcp sport 2575 [from 10.2.0.0/24]  lookup 5713
 *   90: fwmark 0x5713                                       lookup 5713
 *   table 5713: local default dev lo
 */
#include "private.h"
#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#define REPLIES 8192
#define REQUEST 512

static struct mnl_socket *netlink_open(void)
{
	struct mnl_socket *s = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);

	if (s && mnl_socket_bind(s, 0, MNL_SOCKET_AUTOPID)) {
		mnl_socket_close(s);
		return NULL;
	}
	return s;
}

/* Sends one request and waits for its answer(s). */
static int netlink_ask(struct nlmsghdr *h, mnl_cb_t each, void *ctx)
{
	struct mnl_socket *s = netlink_open();
	char buf[REPLIES];
	int rc = -1;
	ssize_t n;

	if (!s)
		return -errno;
	h->nlmsg_seq = 1;
	if (mnl_socket_sendto(s, h, h->nlmsg_len) >= 0)
		do {
			n = mnl_socket_recvfrom(s, buf, sizeof(buf));
			rc = n < 0 ? -1
				   : mnl_cb_run(buf, (size_t)n, 1, mnl_socket_get_portid(s), each,
						ctx);
		} while (rc > MNL_CB_STOP);
	rc = rc < 0 ? -errno : 0;
	mnl_socket_close(s);
	return rc;
}

static void put_network(struct nlmsghdr *h, struct fib_rule_hdr *rule,
			const struct scrim_steered *s)
{
	size_t len = s->family == AF_INET ? 4 : 16;

	if (!s->bits)
		return;
	if (s->side == SCRIM_CLIENTS)
		rule->dst_len = s->bits;
	else
		rule->src_len = s->bits;
	mnl_attr_put(h, s->side == SCRIM_CLIENTS ? FRA_DST : FRA_SRC, len, s->addr);
}

static struct nlmsghdr *rule_message(char *buf, u16 type, u16 flags, const struct scrim_steered *s)
{
	const struct fib_rule_port_range port = {ntohs(s->port), ntohs(s->port)};
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
	struct fib_rule_hdr *rule;

	h->nlmsg_type = type;
	h->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	rule = mnl_nlmsg_put_extra_header(h, sizeof(*rule));
	rule->family = s->family;
	rule->action = FR_ACT_TO_TBL;
	mnl_attr_put_u32(h, FRA_PRIORITY, SCRIM_ROUTE_PRIORITY);
	mnl_attr_put_u32(h, FRA_TABLE, SCRIM_ROUTE_TABLE);
	mnl_attr_put_u8(h, FRA_PROTOCOL, SCRIM_ROUTE_PROTOCOL);
	if (!s->port) {
		mnl_attr_put_u32(h, FRA_FWMARK, SCRIM_ICMP_MARK);
		mnl_attr_put_u32(h, FRA_FWMASK, ~0u);
		return h;
	}
	mnl_attr_put_strz(h, FRA_IIFNAME, s->ifname);
	mnl_attr_put_u8(h, FRA_IP_PROTO, IPPROTO_TCP);
	mnl_attr_put(h, s->side == SCRIM_CLIENTS ? FRA_DPORT_RANGE : FRA_SPORT_RANGE, sizeof(port),
		     &port);
	put_network(h, rule, s);
	return h;
}

static int table_change(u8 family, u16 type, u16 flags)
{
	char buf[REQUEST];
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
	struct rtmsg *route;

	h->nlmsg_type = type;
	h->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	route = mnl_nlmsg_put_extra_header(h, sizeof(*route));
	route->rtm_family = family;
	route->rtm_type = RTN_LOCAL;
	route->rtm_scope = RT_SCOPE_HOST;
	route->rtm_protocol = SCRIM_ROUTE_PROTOCOL;
	mnl_attr_put_u32(h, RTA_TABLE, SCRIM_ROUTE_TABLE);
	mnl_attr_put_u32(h, RTA_OIF, if_nametoindex("lo"));
	return netlink_ask(h, NULL, NULL);
}

/* IPv6 turned off, on this host or on lo: no socket of scrim's can be there, all of it is refused. */
static bool no_v6(u8 family, int rc)
{
	return family == AF_INET6 && (rc == -EACCES || rc == -EAFNOSUPPORT || rc == -EOPNOTSUPP);
}

static int table_add(u8 family, struct err *e)
{
	int rc = table_change(family, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);

	if (!rc || rc == -EEXIST || no_v6(family, rc))
		return 0;
	return err_set(e, -rc, "the route `local default dev lo table %d` (IPv%d): %s%s",
		       SCRIM_ROUTE_TABLE, family == AF_INET ? 4 : 6, strerror(-rc),
		       rc == -ENETDOWN ? "; `ip link set lo up`" : "");
}

/* Adds the rules that are missing, and notes which in k->added; 1 if any was. */
int routes_add(struct kern *k, struct err *e)
{
	char buf[REQUEST], text[128];
	int rc = 0, some = 0;

	if (!k->gateway)
		return 0;
	rc = table_add(AF_INET, e);
	if (!rc)
		rc = table_add(AF_INET6, e);
	for (size_t i = 0; i < k->nsteered && !rc; i++) {
		const struct scrim_steered *s = &k->steered[i];

		if (!s->family)
			continue;
		rc = netlink_ask(rule_message(buf, RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, s), NULL,
				 NULL);
		if (rc == -EEXIST || no_v6(s->family, rc)) {
			rc = 0;
			continue;
		}
		steered_print(s, text, sizeof(text));
		if (rc)
			return err_set(e, -rc, "the policy rule for %s: %s", text, strerror(-rc));
		k->added[i] = true;
		some = 1;
	}
	return rc ? rc : some;
}

int route_remove(const struct scrim_steered *s)
{
	char buf[REQUEST];

	return s->family ? netlink_ask(rule_message(buf, RTM_DELRULE, 0, s), NULL, NULL) : -ENOENT;
}

static int see_rule(const struct nlmsghdr *h, void *ctx)
{
	const struct nlattr *a;
	bool *used = ctx;

	mnl_attr_for_each(a, h,
			  sizeof(struct fib_rule_hdr)) if (mnl_attr_get_type(a) == FRA_TABLE &&
							   mnl_attr_get_u32(a) ==
								   SCRIM_ROUTE_TABLE) *used = true;
	return MNL_CB_OK;
}

/* True unless it is known that no rule leads to the table. */
static bool table_used(u8 family)
{
	char buf[REQUEST];
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
	struct fib_rule_hdr *rule;
	bool used = false;

	h->nlmsg_type = RTM_GETRULE;
	h->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	rule = mnl_nlmsg_put_extra_header(h, sizeof(*rule));
	rule->family = family;
	return netlink_ask(h, see_rule, &used) || used;
}

int routes_table_remove(void (*said)(void *, const char *), void *ctx)
{
	static const u8 families[] = {AF_INET, AF_INET6};
	char text[96];

	for (size_t i = 0; i < array_size(families); i++) {
		if (table_used(families[i]) || table_change(families[i], RTM_DELROUTE, 0))
			continue;
		snprintf(text, sizeof(text), "IPv%d route local default dev lo table %d",
			 families[i] == AF_INET ? 4 : 6, SCRIM_ROUTE_TABLE);
		said(ctx, text);
	}
	return 0;
}

static void say_nothing(void *ctx, const char *what)
{
	(void)ctx;
	(void)what;
}

void routes_undo(struct kern *k)
{
	for (size_t i = 0; k->added && i < k->nsteered; i++)
		if (k->added[i])
			route_remove(&k->steered[i]);
	routes_table_remove(say_nothing, NULL);
}
