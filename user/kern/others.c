/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Other instances of this network namespace. Two that steer the same local port would each take
 * the other's connections for a client's: round and round. Of two gateways whose clients are on one
 * interface, with one port and an address in common, both programs would give a client to a socket
 * of theirs, and the dead one would reset what the living one took. Where no server is of both, each
 * lets the other's packets pass; so do both on the servers' side, where live sockets alone count,
 * whoever's. Policy rules they may share.
 */
#include "private.h"
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The map "steered" of the instance of this directory; -ENOENT: nothing is steered by it, here. */
static int steered_open(const char *dir)
{
	struct scrim_meta meta;
	u64 here = 0;
	int rc = old_meta(dir, &meta);

	if (!rc)
		rc = netns_cookie(&here);
	if (!rc && meta.netns != here)
		rc = -ENOENT;
	return rc ? rc : pin_get(dir, "steered");
}

/* 1: the instance of this directory steers this, here; 0: it does not; or why that cannot be told. */
static int steers(const char *dir, const struct scrim_steered *key)
{
	int fd = steered_open(dir), rc;
	u32 value;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	rc = bpf_map_lookup_elem(fd, key, &value) ? -errno : 1;
	close(fd);
	return rc == -ENOENT ? 0 : rc;
}

static bool has_server(const struct kern_listener *l, const struct scrim_steered *s)
{
	struct kern_prefix net = {.family = s->family, .bits = s->bits};

	memcpy(net.addr, s->addr, sizeof(net.addr));
	for (size_t i = 0; i < l->nprotected; i++)
		if (prefixes_overlap(&l->protected_nets[i], &net))
			return true;
	return !l->nprotected;
}

/* Whether clients of the listener are clients of what is steered, too. */
static bool meets(const struct kern_listener *l, const struct scrim_steered *s)
{
	if (s->side != SCRIM_CLIENTS || s->port != htons(l->port))
		return false;
	if (l->mode == KERN_LOCAL)
		return !*s->ifname;
	return l->mode == KERN_GATEWAY && !strncmp(s->ifname, l->clients, sizeof(s->ifname)) &&
	       has_server(l, s);
}

static int taken(const struct kern_listener *l, const struct scrim_steered *s, const char *dir,
		 struct err *e)
{
	const char *name = dir + strlen(PINS "/scrim"); /* "", or "-NAME" */
	const char *option = *name ? " --instance " : "";
	char text[128];

	name += *name == '-';
	steered_print(s, text, sizeof(text));
	return err_set(e, EBUSY,
		       "listener %s: %s is steered by another instance%s%s (pinned in %s); choose "
		       "another port%s, or end that one and `scrim detach%s%s`",
		       l->name, text, *name ? ", " : "", name, dir,
		       l->mode == KERN_GATEWAY ? ", or `servers` that it does not have" : "",
		       option, name);
}

/* Whether this directory's map is laid out as ours. */
static int check_layout(int fd)
{
	struct bpf_map_info info = {0};
	u32 len = sizeof(info);

	if (bpf_map_get_info_by_fd(fd, &info, &len))
		return -errno;
	return info.key_size == sizeof(struct scrim_steered) ? 0 : -ESTALE;
}

/* 1: one of conf's listeners meets what is in this map; 0: none does; -errno. */
static int meeting(const struct kern_conf *conf, int fd, const struct kern_listener **ret_l,
		   struct scrim_steered *ret_s)
{
	struct scrim_steered *last = NULL;
	int rc = check_layout(fd);

	while (!rc && (rc = steered_next(fd, last, ret_s)) > 0) {
		last = ret_s;
		for (size_t i = 0; i < conf->nlisteners; i++) {
			*ret_l = &conf->listeners[i];
			if (meets(*ret_l, ret_s))
				return 1;
		}
		rc = 0;
	}
	return rc;
}

static int check_one(const struct kern_conf *conf, const char *dir, struct err *e)
{
	const struct kern_listener *l = conf->listeners;
	struct scrim_steered s;
	int fd = steered_open(dir), rc = fd == -ENOENT ? 0 : fd;

	if (fd >= 0) {
		rc = meeting(conf, fd, &l, &s);
		close(fd);
	}
	if (rc < 0)
		return err_set(e, -rc, "whether %s steers a port of a listener here: %s", dir,
			       strerror(-rc));
	return rc ? taken(l, &s, dir, e) : 0;
}

/* 1 with the next directory of an instance that is not `own`; 0: there is none; -errno. */
static int next_other(DIR *all, const char *own, char ret_dir[64])
{
	struct dirent *d;

	while (errno = 0, (d = readdir(all))) {
		if (strncmp(d->d_name, "scrim", 5) || (d->d_name[5] && d->d_name[5] != '-') ||
		    (size_t)snprintf(ret_dir, 64, PINS "/%s", d->d_name) >= 64)
			continue;
		if (strcmp(ret_dir, own))
			return 1;
	}
	return -errno;
}

int others_check(const struct kern *k, const struct kern_conf *conf, struct err *e)
{
	DIR *all;
	char dir[64];
	int rc = 0, more;

	if (!k->is_steered)
		return 0;
	all = opendir(PINS);
	if (!all)
		return err_set(e, errno, PINS ": %s", strerror(errno));
	while (!rc && (more = next_other(all, k->dir, dir)))
		rc = more < 0 ? err_set(e, -more, PINS ": %s", strerror(-more))
			      : check_one(conf, dir, e);
	closedir(all);
	return rc;
}

int others_steer(const char *own, const struct scrim_steered *s)
{
	DIR *all = opendir(PINS);
	char dir[64];
	int rc = 0, more;

	if (!all)
		return -errno;
	while (!rc && (more = next_other(all, own, dir)))
		rc = more < 0 ? more : steers(dir, s);
	closedir(all);
	return rc;
}
