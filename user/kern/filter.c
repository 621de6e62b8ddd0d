/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The gateway's interfaces where the kernel has no tcx (before 6.6): a filter of the clsact qdisc.
 *
 *   eth1 ─ clsact ─ ingress ─ priority 1 ─┬ handle 0x57...... of the instance ─▶ steer_gateway
 *                 │                       └ filters of others, as they were
 *                 └ egress ── the same, where one interface is both sides ─▶ drop_redirects
 *
 * A filter is no link: it stays where it is with no descriptor and no pin that holds it, so it
 * outlives the daemon, and refuses, until it is deleted. Whose it is, its handle says, and that the
 * program in it is scrim's: so one whose pins are gone is taken over by the next opening.
 * Putting another program into it is one atomic step, as it is with a link.
 *
 * The pins clsact-IFACE and egress-IFACE are the programs, to look at. The pin qdisc-IFACE says that
 * the qdisc was made here: then it goes with its last filter.
 */
#include "private.h"
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <export.skel.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PRIORITY 1 /* before all others; of its filters the one that came last is asked first */

static const char *const programs[KERN_HOOKS] = {"steer_gateway", "drop_redirects"};
static const char *const words[KERN_HOOKS] = {"ingress", "egress"}; /* of `tc` */

/* Of an instance, by its directory; two of one host have the same once in 16 million. */
static u32 handle_of(const char *dir)
{
	u32 h = 2166136261u; /* FNV-1a */

	for (; *dir; dir++)
		h = (h ^ (u8)*dir) * 16777619u;
	return 0x57000000u | ((h ^ h >> 24) & 0xffffffu);
}

static struct bpf_tc_hook hook_of(u32 ifindex, enum kern_hook hook)
{
	return (struct bpf_tc_hook){
		.sz = sizeof(struct bpf_tc_hook),
		.ifindex = (int)ifindex,
		.attach_point = hook == KERN_EGRESS ? BPF_TC_EGRESS : BPF_TC_INGRESS,
	};
}

static struct bpf_tc_opts filter_of(const char *dir)
{
	return (struct bpf_tc_opts){
		.sz = sizeof(struct bpf_tc_opts),
		.handle = handle_of(dir),
		.priority = PRIORITY,
	};
}

static void qdisc_pin(char to[32], const char *iface)
{
	iface_pin(to, "qdisc", iface);
}

u32 filter_program(const char *dir, u32 ifindex, enum kern_hook hook)
{
	struct bpf_tc_hook at = hook_of(ifindex, hook);
	struct bpf_tc_opts filter = filter_of(dir);

	return ifindex && !bpf_tc_query(&at, &filter) ? filter.prog_id : 0;
}

static bool program_is(int fd, u32 id, const char *name)
{
	struct bpf_prog_info info = {0};
	u32 len = sizeof(info);

	return fd >= 0 && !bpf_prog_get_info_by_fd(fd, &info, &len) && info.id == id &&
	       !strcmp(info.name, name);
}

/* The program of this identifier, if it is scrim's there; -ENOENT: it is not, or there is none. */
static int own_program(u32 id, enum kern_hook hook)
{
	int fd = id ? bpf_prog_get_fd_by_id(id) : -1;

	if (fd < 0)
		return id && errno != ENOENT ? -errno : -ENOENT;
	if (program_is(fd, id, programs[hook]))
		return fd;
	close(fd);
	return -ENOENT;
}

static int see_filter(const struct nlmsghdr *h, void *ctx)
{
	(void)h;
	*(bool *)ctx = true;
	return MNL_CB_OK;
}

/* True unless it is known that the qdisc has no filter on this side. */
static bool has_filters(u32 ifindex, u32 side)
{
	char buf[256];
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
	struct tcmsg *t;
	bool some = false;

	h->nlmsg_type = RTM_GETTFILTER;
	h->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	t = mnl_nlmsg_put_extra_header(h, sizeof(*t));
	t->tcm_family = AF_UNSPEC;
	t->tcm_ifindex = (int)ifindex;
	t->tcm_parent = TC_H_MAKE(TC_H_CLSACT, side);
	return netlink_ask(NETLINK_ROUTE, h, see_filter, &some) || some;
}

static bool qdisc_destroy(u32 ifindex)
{
	struct bpf_tc_hook both = hook_of(ifindex, KERN_INGRESS);

	both.attach_point |= BPF_TC_EGRESS; /* else it only loses the filters of one side */
	return !bpf_tc_hook_destroy(&both);
}

/* The qdisc, if it was made here and nobody has a filter in it. Its pin stays as long as ours are. */
static bool qdisc_remove(const char *dir, u32 ifindex, const char *iface)
{
	char pin[32];
	int made;

	for (int hook = 0; hook < KERN_HOOKS; hook++)
		if (filter_program(dir, ifindex, hook))
			return false;
	qdisc_pin(pin, iface);
	made = pin_get(dir, pin);
	if (made < 0)
		return false;
	close(made);
	pin_remove(dir, pin);
	return !has_filters(ifindex, TC_H_MIN_INGRESS) && !has_filters(ifindex, TC_H_MIN_EGRESS) &&
	       qdisc_destroy(ifindex);
}

/* 1: the qdisc is there now, and was not; 0: it was. */
static int qdisc_make(struct kern *k, const struct kern_iface *i, struct err *e)
{
	struct bpf_tc_hook hook = hook_of(i->index, KERN_INGRESS);
	struct kern_pin pin = {.fd = bpf_map__fd(k->export->maps.meta)}; /* any would do */
	int rc = bpf_tc_hook_create(&hook);

	if (rc == -EEXIST)
		return 0;
	if (rc)
		return err_set(e, -rc, "making a clsact qdisc on %s: %s%s", i->name, strerror(-rc),
			       rc == -ENOENT ? "; the kernel module sch_ingress is needed" : "");
	qdisc_pin(pin.name, i->name);
	rc = pin_all(k->dir, &pin, 1, e);
	if (!rc)
		return 1;
	qdisc_destroy(i->index);
	return rc;
}

static int put(const char *dir, u32 ifindex, enum kern_hook hook, int prog)
{
	struct bpf_tc_hook at = hook_of(ifindex, hook);
	struct bpf_tc_opts filter = filter_of(dir);

	filter.prog_fd = prog;
	filter.flags = BPF_TC_F_REPLACE;
	return bpf_tc_attach(&at, &filter);
}

int filter_ensure(struct kern *k, const struct kern_iface *i, enum kern_hook hook, int prog,
		  struct kern_link *ret_link, struct err *e)
{
	const u32 there = filter_program(k->dir, i->index, hook);
	int old = own_program(there, hook), rc;

	if (there && old < 0)
		return err_set(e, old == -ENOENT ? EBUSY : -old,
			       "interface `%s` has a filter of priority %d and handle %#x that is "
			       "%s: `tc filter show dev %s %s`",
			       i->name, PRIORITY, handle_of(k->dir),
			       old == -ENOENT ? "not scrim's" : strerror(-old), i->name,
			       words[hook]);
	rc = old < 0 ? qdisc_make(k, i, e) : 0;
	if (rc < 0)
		return rc;
	rc = put(k->dir, i->index, hook, prog);
	if (rc) {
		if (old >= 0)
			close(old);
		else
			qdisc_remove(k->dir, i->index, i->name);
		return err_set(
			e, -rc,
			"attaching a clsact filter of priority %d to %s: %s; the kernel module "
			"cls_bpf is needed, and no filter of another kind at that priority: "
			"`tc filter show dev %s %s`",
			PRIORITY, i->name, strerror(-rc), i->name, words[hook]);
	}
	*ret_link = (struct kern_link){
		.fd = fcntl(prog, F_DUPFD_CLOEXEC, 0),
		.prog = prog,
		.old_prog = old < 0 ? -1 : old,
		.ifindex = i->index,
		.hook = hook,
	};
	if (ret_link->fd >= 0)
		return 0;
	rc = err_set(e, errno, "a descriptor of the program on %s: %s", i->name, strerror(errno));
	ret_link->fd = prog;
	filter_undo(k->dir, ret_link);
	link_settle(ret_link);
	return rc;
}

bool filter_remove(const char *dir, u32 ifindex, enum kern_hook hook, const char *iface, int prog)
{
	struct bpf_tc_hook at = hook_of(ifindex, hook);
	struct bpf_tc_opts filter = filter_of(dir);
	const u32 there = filter_program(dir, ifindex, hook);
	int own = -1;

	if (!there)
		return false;
	if (!program_is(prog, there, programs[hook])) {
		own = own_program(there, hook);
		if (own < 0)
			return false;
		close(own);
	}
	if (bpf_tc_detach(&at, &filter))
		return false;
	qdisc_remove(dir, ifindex, iface);
	return true;
}

void filter_undo(const char *dir, const struct kern_link *l)
{
	char name[IF_NAMESIZE] = "";

	if (l->old_prog >= 0)
		put(dir, l->ifindex, l->hook, l->old_prog);
	else if (if_indextoname(l->ifindex, name))
		filter_remove(dir, l->ifindex, l->hook, name, l->fd);
}

int filter_again(const char *dir, const struct kern_link *l)
{
	return put(dir, l->ifindex, l->hook, l->prog);
}

static bool gateway_needs(const struct kern *k, u32 ifindex, enum kern_hook hook)
{
	for (size_t i = 0; k && i < k->nifaces; i++)
		if (k->ifaces[i].index == ifindex && iface_needs(&k->ifaces[i], hook))
			return true;
	return false;
}

void filters_sweep(const struct kern *k, const char *dir)
{
	struct if_nameindex *all = if_nameindex();

	for (const struct if_nameindex *i = all; i && i->if_index; i++)
		for (int hook = 0; hook < KERN_HOOKS; hook++)
			if (!gateway_needs(k, i->if_index, hook))
				filter_remove(dir, i->if_index, hook, i->if_name, -1);
	if (all)
		if_freenameindex(all);
}
