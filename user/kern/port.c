/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether what comes in by an interface is routed there. Where it is a port of another one, a bridge,
 * a bond, a switch in software, what it passes on is mostly addressed to others on the wire, is never
 * routed here, and goes past the program and the policy rules alike. What comes in by a port of a VRF
 * is routed as come in by the VRF, past the rules; and no program on the VRF itself ever sees it.
 */
#include "private.h"
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>

#define VRF "vrf"

struct port {
	char own[16];  /* its own kind, "veth"; "": none, a card's */
	char kind[16]; /* as a port: "bridge"; "": it is none */
	u32 master;
};

static int see_kind(const struct nlattr *a, void *ctx)
{
	struct port *p = ctx;

	if (mnl_attr_get_type(a) == IFLA_INFO_KIND)
		strncpy(p->own, mnl_attr_get_str(a), sizeof(p->own) - 1);
	if (mnl_attr_get_type(a) == IFLA_INFO_SLAVE_KIND)
		strncpy(p->kind, mnl_attr_get_str(a), sizeof(p->kind) - 1);
	return MNL_CB_OK;
}

static int see_attribute(const struct nlattr *a, void *ctx)
{
	struct port *p = ctx;

	if (mnl_attr_get_type(a) == IFLA_MASTER)
		p->master = mnl_attr_get_u32(a);
	if (mnl_attr_get_type(a) == IFLA_LINKINFO)
		mnl_attr_parse_nested(a, see_kind, p);
	return MNL_CB_OK;
}

static int see_link(const struct nlmsghdr *h, void *ctx)
{
	mnl_attr_parse(h, sizeof(struct ifinfomsg), see_attribute, ctx);
	return MNL_CB_STOP;
}

int iface_routed(const struct kern_iface *i, struct err *e)
{
	char buf[256], master[IF_NAMESIZE] = "?";
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
	struct port p = {0};
	struct ifinfomsg *link;
	int rc;

	h->nlmsg_type = RTM_GETLINK;
	h->nlmsg_flags = NLM_F_REQUEST;
	link = mnl_nlmsg_put_extra_header(h, sizeof(*link));
	link->ifi_index = (int)i->index;
	rc = netlink_ask(NETLINK_ROUTE, h, see_link, &p);
	if (rc)
		return err_set(e, -rc, "interface `%s`: %s", i->name, strerror(-rc));
	if (!strcmp(p.own, VRF) || !strcmp(p.kind, VRF))
		return err_set(e, ENOTSUP,
			       "interface `%s` is a VRF, or in one: what is routed there does not "
			       "come to scrim; see `ip link set DEV nomaster`",
			       i->name);
	if (!*p.kind)
		return 0;
	if_indextoname(p.master, master);
	return err_set(e, ENOTSUP,
		       "interface `%s` is a port of %s, a %s: what that passes on goes past scrim "
		       "unmasked; the gateway masks what this host routes, so name the interface "
		       "that has the address",
		       i->name, master, p.kind);
}
