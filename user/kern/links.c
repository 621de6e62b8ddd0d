/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attaching. A pinned link that is still attached where it should be gets the new program in one
 * atomic step, so that there is no moment without one; else a new link is made, and takes the
 * pin's name at the end. Until then links_undo() brings everything back. Where the kernel has no
 * links for interfaces, filter.c does the same.
 */
#include "private.h"
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <export.skel.h>
#include <fcntl.h>
#include <mntent.h>
#include <stdio.h>
#include <steer_gateway.skel.h>
#include <steer_local.skel.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static int link_info(int fd, struct bpf_link_info *info)
{
	u32 len = sizeof(*info);

	memset(info, 0, sizeof(*info));
	return bpf_link_get_info_by_fd(fd, info, &len);
}

static bool link_on(const struct kern *k, const struct kern_link *l, u32 ifindex)
{
	struct bpf_prog_info prog = {0};
	struct bpf_link_info info;
	u32 len = sizeof(prog);

	if (l->ifindex)
		return l->ifindex == ifindex && !bpf_prog_get_info_by_fd(l->fd, &prog, &len) &&
		       prog.id == filter_program(k->dir, ifindex, l->hook);
	return l->fd >= 0 && !link_info(l->fd, &info) && info.type == BPF_LINK_TYPE_TCX &&
	       info.tcx.ifindex == ifindex;
}

/* 1: the pinned link is attached where a new one would be; 0: it is not; -errno. */
static int link_fits(const struct bpf_link_info *info, int target, enum bpf_attach_type type)
{
	struct stat at;

	switch (type) {
	case BPF_TCX_INGRESS:
	case BPF_TCX_EGRESS:
		return info->type == BPF_LINK_TYPE_TCX && (int)info->tcx.ifindex == target;
	case BPF_SK_LOOKUP:
		if (fstat(target, &at))
			return -errno;
		return info->type == BPF_LINK_TYPE_NETNS && info->netns.netns_ino == at.st_ino;
	case BPF_CGROUP_SOCK_OPS:
		/* A cgroup's inode has its identifier as its number. */
		if (fstat(target, &at))
			return -errno;
		return info->type == BPF_LINK_TYPE_CGROUP && info->cgroup.cgroup_id == at.st_ino;
	default:
		return 0; /* iterators are always made anew */
	}
}

/* A row for the link in k->links, the old one of that pin if there is one (that is closed then). */
static struct kern_link *link_row(struct kern *k, const char *pin)
{
	struct kern_link *l;

	for (l = k->links; l < k->links + k->nlinks; l++)
		if (!strcmp(l->pin, pin)) {
			close(l->fd);
			return l;
		}
	if (k->nlinks == KERN_LINKS)
		return NULL;
	k->nlinks++;
	snprintf(l->pin, sizeof(l->pin), "%s", pin);
	return l;
}

/* Swaps the program of the pinned link; -ENOENT where there is none that fits. */
static int link_swap(struct kern *k, const char *pin, int prog, int target,
		     enum bpf_attach_type type, struct kern_link *ret_link)
{
	int fd = pin_get(k->dir, pin), old, rc;
	struct bpf_link_info info;

	if (fd < 0)
		return fd;
	rc = link_info(fd, &info) ? -errno : link_fits(&info, target, type);
	if (rc <= 0) {
		close(fd);
		return rc ? rc : -ENOENT;
	}
	old = bpf_prog_get_fd_by_id(info.prog_id);
	rc = old < 0 || bpf_link_update(fd, prog, NULL) ? -errno : 0;
	if (rc) {
		close(fd);
		if (old >= 0)
			close(old);
		return rc;
	}
	ret_link->fd = fd;
	ret_link->old_prog = old;
	return 0;
}

/* Puts new into k->links; ret_index (may be NULL) receives its row. */
static int link_keep(struct kern *k, const char *pin, const struct kern_link *new, int *ret_index,
		     struct err *e)
{
	struct kern_link *l = link_row(k, pin);

	if (!l) {
		close(new->fd);
		return err_set(e, ENOSPC, "attaching %s: too many links", pin);
	}
	l->fd = new->fd;
	l->prog = new->prog;
	l->old_prog = new->old_prog;
	l->ifindex = new->ifindex;
	l->hook = new->hook;
	if (ret_index)
		*ret_index = (int)(l - k->links);
	return 0;
}

/* Attaches prog, or swaps it in; ret_index (may be NULL) receives its row in k->links. */
static int link_ensure(struct kern *k, const char *pin, const struct bpf_program *prog, int target,
		       enum bpf_attach_type type, const struct bpf_link_create_opts *opts,
		       int *ret_index, struct err *e)
{
	struct kern_link new = {.fd = -1, .old_prog = -1};
	int fd = bpf_program__fd(prog), rc;

	rc = link_swap(k, pin, fd, target, type, &new);
	if (rc == -ENOENT) {
		new.fd = bpf_link_create(fd, target, type, opts);
		rc = new.fd < 0 ? -errno : 0;
	}
	if (rc)
		return err_set(e, -rc, "attaching %s: %s", pin, strerror(-rc));
	new.prog = fd;
	return link_keep(k, pin, &new, ret_index, e);
}

void iface_pin(char to[32], const char *kind, const char *iface)
{
	snprintf(to, 32, "%.15s-%.15s", kind, iface);
	for (; *to; to++)
		if (*to == '.')
			*to = ':'; /* no dots in bpffs; no colon in an interface's name */
}

bool iface_needs(const struct kern_iface *i, enum kern_hook hook)
{
	return hook == KERN_INGRESS || i->sides == (SCRIM_CLIENTS | SCRIM_SERVERS);
}

static bool hook_on(const struct kern *k, const struct kern_iface *i, enum kern_hook hook)
{
	return i->links[hook] >= 0 && link_on(k, &k->links[i->links[hook]], i->index);
}

bool iface_on(const struct kern *k, const struct kern_iface *i)
{
	for (int hook = 0; hook < KERN_HOOKS; hook++)
		if (iface_needs(i, hook) && !hook_on(k, i, hook))
			return false;
	return true;
}

static int hook_link(struct kern *k, struct kern_iface *i, enum kern_hook hook, struct err *e)
{
	const struct bpf_link_create_opts first = {.sz = sizeof(first), .flags = BPF_F_BEFORE};
	const bool out = hook == KERN_EGRESS;
	const struct bpf_program *prog =
		out ? k->gateway->progs.drop_redirects : k->gateway->progs.steer_gateway;
	struct kern_link filter;
	char pin[32];
	int rc;

	iface_pin(pin, out ? "egress" : k->tcx ? "tcx" : "clsact", i->name);
	if (k->tcx)
		return link_ensure(k, pin, prog, (int)i->index,
				   out ? BPF_TCX_EGRESS : BPF_TCX_INGRESS, &first, &i->links[hook],
				   e);
	rc = filter_ensure(k, i, hook, bpf_program__fd(prog), &filter, e);
	return rc ? rc : link_keep(k, pin, &filter, &i->links[hook], e);
}

int iface_link(struct kern *k, struct kern_iface *i, struct err *e)
{
	int rc = 0;

	for (int hook = 0; hook < KERN_HOOKS && !rc; hook++)
		if (iface_needs(i, hook) && !hook_on(k, i, hook))
			rc = hook_link(k, i, hook, e);
	return rc;
}

static int attach_lookup(struct kern *k, const char *pin, const struct bpf_program *prog,
			 struct err *e)
{
	int ns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), rc;

	if (ns < 0)
		return err_set(e, errno, "/proc/self/ns/net: %s", strerror(errno));
	rc = link_ensure(k, pin, prog, ns, BPF_SK_LOOKUP, NULL, NULL, e);
	close(ns);
	return rc;
}

/* The cgroup2 hierarchy's top, as it is mounted, or by a mount that nobody sees. */
static int cgroup_root(struct err *e)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent *m;
	int fd = -1, fs, mount;

	while (mounts && fd < 0 && (m = getmntent(mounts)))
		if (!strcmp(m->mnt_type, "cgroup2"))
			fd = open(m->mnt_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (mounts)
		endmntent(mounts);
	if (fd >= 0)
		return fd;
	fs = fsopen("cgroup2", FSOPEN_CLOEXEC);
	mount = fs < 0 || fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0)
			? -1
			: fsmount(fs, FSMOUNT_CLOEXEC, 0);
	fd = mount < 0 ? -1 : openat(mount, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		err_set(e, errno,
			"mode local needs cgroup2, which is not mounted and cannot be: %s; `mount "
			"-t cgroup2 none DIR`",
			strerror(errno));
	if (mount >= 0)
		close(mount);
	if (fs >= 0)
		close(fs);
	return fd < 0 ? -EPERM : fd;
}

/* First the program that knows scrim's own connections, then the one that asks it. */
static int attach_local(struct kern *k, struct err *e)
{
	int root = cgroup_root(e), rc;

	if (root < 0)
		return root;
	rc = link_ensure(k, "own-connect", k->local->progs.own_connect, root, BPF_CGROUP_SOCK_OPS,
			 NULL, NULL, e);
	close(root);
	return rc ? rc : attach_lookup(k, "local-lookup", k->local->progs.steer_local, e);
}

int links_attach(struct kern *k, struct err *e)
{
	union bpf_iter_link_info steps = {
		.map.map_fd = (u32)bpf_map__fd(k->export->maps.export_steps),
	};
	const struct bpf_link_create_opts over = {
		.sz = sizeof(over),
		.iter_info = &steps,
		.iter_info_len = sizeof(steps),
	};
	int rc;

	rc = link_ensure(k, "metrics", k->export->progs.export_metrics, 0, BPF_TRACE_ITER, &over,
			 NULL, e);
	if (!rc && k->gateway)
		rc = attach_lookup(k, "gateway-lookup", k->gateway->progs.steer_gateway_lookup, e);
	for (size_t i = 0; i < k->nifaces && !rc; i++)
		rc = iface_link(k, &k->ifaces[i], e);
	if (!rc && k->local)
		rc = attach_local(k, e);
	return rc;
}

void link_settle(struct kern_link *l)
{
	if (l->old_prog >= 0)
		close(l->old_prog);
	l->old_prog = -1;
}

void links_undo(struct kern *k)
{
	while (k->nlinks) {
		struct kern_link *l = &k->links[--k->nlinks];

		if (l->ifindex)
			filter_undo(k->dir, l);
		else if (l->old_prog >= 0)
			bpf_link_update(l->fd, l->old_prog, NULL);
		link_settle(l);
		close(l->fd); /* a new link ends with its last descriptor */
	}
}
