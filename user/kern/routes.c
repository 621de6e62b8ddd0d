/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Policy routing of the gateway: what is steered is delivered to this host, whoever it is
 * addressed to, even where no program has seen it; and what may be steered, but cannot be read to
 * a port by the kernel's flow dissector (which gives 0), is dropped: fragments, cut headers, long
 * chains of IPv6 extension headers, protocols that can hide TCP.
 *
 *   90: iif eth1 ipproto tcp dport 2575 [to 10.2.0.0/24]    lookup 5713      a port
 *   90: iif eth2 ipproto tcp sport 2575 [from 10.2.0.0/24]  lookup 5713
 *   90: fwmark 0x5713                                       lookup 5713      shared
 *   91: iif eth1 ipproto tcp dport 1-65534                  goto 94          an interface's own
 *   91: iif eth1 ipproto tcp sport 1-65534                  goto 94
 *   91: iif eth1 ipproto udp                                goto 94
 *   91: iif eth1 ipproto icmp                               goto 94
 *   92: iif eth1 to 10.2.0.0/24                             blackhole        what cannot be read
 *   93: iif eth1                                            blackhole        (of all networks)
 *   94:                                                     nop              shared
 *   table 5713: local default dev lo
 *
 * A range cannot name 65535, so a segment passes by either port; only one from 65535 to 65535 does
 * not. Without some of 91 and 94 more is dropped, not less. 93 has a priority of its own because the
 * kernel deletes the first rule that has all that a request names: without a network, any rule of 92.
 */
#include "private.h"
#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <scrim/log.h>
#include <stdio.h>
#include <string.h>

#define REQUEST 512

/* One policy rule; what is 0 or false it does not ask for. */
struct rule {
	u32 priority;
	u8 action;
	u8 protocol;
	u16 ports; /* FRA_DPORT_RANGE or FRA_SPORT_RANGE */
	struct fib_rule_port_range range;
	bool mark;
};

#define RULE(priority_, action_, ...)                                                              \
	((struct rule){.priority = (priority_), .action = (action_), __VA_ARGS__})
#define RULES 4 /* of one thing that is steered, at most */

static const struct fib_rule_port_range readable = {1, 65534}; /* the widest there may be */

/* The rules of one thing that is steered, in the order in which they are added. */
static size_t rules_of(const struct scrim_steered *s, struct rule to[RULES])
{
	const u16 port = ntohs(s->port);

	if (!s->family)
		return 0;
	if (!*s->ifname) {
		to[0] = RULE(SCRIM_PRIORITY_DELIVER, FR_ACT_TO_TBL, .mark = true);
		to[1] = RULE(SCRIM_PRIORITY_END, FR_ACT_NOP);
		return 2;
	}
	if (!s->side) {
		for (size_t i = 0; i < 4; i++)
			to[i] = RULE(SCRIM_PRIORITY_PASS, FR_ACT_GOTO, .protocol = IPPROTO_TCP);
		to[0].ports = FRA_DPORT_RANGE;
		to[1].ports = FRA_SPORT_RANGE;
		to[0].range = to[1].range = readable;
		to[2].protocol = IPPROTO_UDP;
		to[3].protocol = s->family == AF_INET6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
		return 4;
	}
	to[0] = RULE(s->bits ? SCRIM_PRIORITY_DROP : SCRIM_PRIORITY_DROP_ALL, FR_ACT_BLACKHOLE);
	if (port)
		to[0] = RULE(SCRIM_PRIORITY_DELIVER, FR_ACT_TO_TBL, .protocol = IPPROTO_TCP,
			     .ports = s->side == SCRIM_CLIENTS ? FRA_DPORT_RANGE : FRA_SPORT_RANGE,
			     .range = {port, port});
	return 1;
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

/* Asks the kernel to add (with flags) or delete one of the rules of s. */
static int rule_change(u16 type, u16 flags, const struct scrim_steered *s, const struct rule *r)
{
	char buf[REQUEST];
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
	struct fib_rule_hdr *rule;

	h->nlmsg_type = type;
	h->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	rule = mnl_nlmsg_put_extra_header(h, sizeof(*rule));
	rule->family = s->family;
	rule->action = r->action;
	mnl_attr_put_u32(h, FRA_PRIORITY, r->priority);
	mnl_attr_put_u8(h, FRA_PROTOCOL, SCRIM_ROUTE_PROTOCOL);
	if (r->action == FR_ACT_TO_TBL)
		mnl_attr_put_u32(h, FRA_TABLE, SCRIM_ROUTE_TABLE);
	if (r->action == FR_ACT_GOTO)
		mnl_attr_put_u32(h, FRA_GOTO, SCRIM_PRIORITY_END);
	if (r->mark) {
		mnl_attr_put_u32(h, FRA_FWMARK, SCRIM_ICMP_MARK);
		mnl_attr_put_u32(h, FRA_FWMASK, ~0u);
	}
	if (*s->ifname)
		mnl_attr_put_strz(h, FRA_IIFNAME, s->ifname);
	if (r->protocol)
		mnl_attr_put_u8(h, FRA_IP_PROTO, r->protocol);
	if (r->ports)
		mnl_attr_put(h, r->ports, sizeof(r->range), &r->range);
	put_network(h, rule, s);
	return netlink_ask(NETLINK_ROUTE, h, NULL, NULL);
}

static int table_change(u8 family, u16 type, u16 flags)
{
	char buf[REQUEST];
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
	const u32 lo = if_nametoindex("lo");
	struct rtmsg *route;

	if (!lo)
		return -errno;
	h->nlmsg_type = type;
	h->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	route = mnl_nlmsg_put_extra_header(h, sizeof(*route));
	route->rtm_family = family;
	route->rtm_type = RTN_LOCAL;
	route->rtm_scope = RT_SCOPE_HOST;
	route->rtm_protocol = SCRIM_ROUTE_PROTOCOL;
	mnl_attr_put_u32(h, RTA_TABLE, SCRIM_ROUTE_TABLE);
	mnl_attr_put_u32(h, RTA_OIF, lo);
	return netlink_ask(NETLINK_ROUTE, h, NULL, NULL);
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

/* Adds those of k->steered[i] that are missing; 1 if any was. */
static int rules_add(struct kern *k, size_t i, struct err *e)
{
	const struct scrim_steered *s = &k->steered[i];
	struct rule rules[RULES];
	size_t n = rules_of(s, rules);
	char text[128];
	int rc, some = 0;

	for (size_t j = 0; j < n; j++) {
		rc = rule_change(RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, s, &rules[j]);
		if (rc == -EEXIST || no_v6(s->family, rc))
			continue;
		if (rc) {
			steered_print(s, text, sizeof(text));
			return err_set(e, -rc, "the policy rule for %s: %s", text, strerror(-rc));
		}
		k->added[i] |= (u8)(1u << j);
		some = 1;
	}
	return some;
}

/* Adds the rules that are missing, and notes which in k->added; 1 if any was. */
int routes_add(struct kern *k, struct err *e)
{
	int rc = 0, some = 0;

	if (!k->gateway)
		return 0;
	rc = table_add(AF_INET, e);
	if (!rc)
		rc = table_add(AF_INET6, e);
	if (rc)
		return rc;
	for (size_t i = 0; i < k->nsteered; i++) {
		rc = rules_add(k, i, e);
		if (rc < 0)
			return rc;
		some |= rc;
	}
	return some;
}

/* Of the rules of s those in the set. 0: some were there; -ENOENT: none; or why one may be there still. */
static int rules_remove(const struct scrim_steered *s, unsigned int set)
{
	struct rule rules[RULES];
	size_t n = rules_of(s, rules);
	int rc = -ENOENT, one;

	while (n--) {
		one = set & 1u << n ? rule_change(RTM_DELRULE, 0, s, &rules[n]) : -ENOENT;
		if (one == -ENOENT || no_v6(s->family, one))
			continue;
		if (one || rc == -ENOENT)
			rc = one;
	}
	return rc;
}

int route_remove(const struct scrim_steered *s)
{
	return rules_remove(s, ~0u);
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

/* 1: a rule leads to the table; 0: none does; or why that cannot be told. */
static int table_used(u8 family)
{
	char buf[REQUEST];
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
	struct fib_rule_hdr *rule;
	bool used = false;
	int rc;

	h->nlmsg_type = RTM_GETRULE;
	h->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	rule = mnl_nlmsg_put_extra_header(h, sizeof(*rule));
	rule->family = family;
	rc = netlink_ask(NETLINK_ROUTE, h, see_rule, &used);
	return rc ? rc : used;
}

/* 1: it was removed; 0: it is in use, or was not there. */
static int table_remove(u8 family)
{
	int rc = table_used(family);

	if (rc)
		return rc < 0 && !no_v6(family, rc) ? rc : 0;
	rc = table_change(family, RTM_DELROUTE, 0);
	if (rc == -ESRCH || rc == -ENOENT || no_v6(family, rc))
		return 0;
	return rc ? rc : 1;
}

int routes_table_remove(void (*said)(void *, const char *), void *ctx, struct err *e)
{
	static const u8 families[] = {AF_INET, AF_INET6};
	char text[96];
	int rc = 0, one;

	for (size_t i = 0; i < array_size(families); i++) {
		snprintf(text, sizeof(text), "IPv%d route local default dev lo table %d",
			 families[i] == AF_INET ? 4 : 6, SCRIM_ROUTE_TABLE);
		one = table_remove(families[i]);
		if (one < 0)
			rc = err_set(e, -one, "%s: %s", text, strerror(-one));
		else if (one && said)
			said(ctx, text);
	}
	return rc;
}

void routes_undo(struct kern *k)
{
	struct err e;
	char text[128];
	int rc;

	for (size_t i = k->added ? k->nsteered : 0; i--;) {
		rc = rules_remove(&k->steered[i], k->added[i]);
		steered_print(&k->steered[i], text, sizeof(text));
		if (rc && rc != -ENOENT)
			log_line(LOG_LEVEL_WARNING, "left behind: the policy rules for %s: %s",
				 text, strerror(-rc));
	}
	if (k->gateway && routes_table_remove(NULL, NULL, &e))
		log_line(LOG_LEVEL_WARNING, "left behind: %s", e.text);
}
