/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Other instances of this network namespace. Two that steer the same local port would each take
 * the other's connections for a client's: round and round. Policy rules they may share.
 */
#include "private.h"
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* 1: the instance of this directory steers this, here; 0: it does not; or why that cannot be told. */
static int steers(const char *dir, const struct scrim_steered *key)
{
	struct scrim_meta meta;
	u64 here = 0;
	u32 value;
	int rc = old_meta(dir, &meta), fd;

	if (!rc)
		rc = netns_cookie(&here);
	if (rc || meta.netns != here)
		return rc == -ENOENT ? 0 : rc;
	fd = pin_get(dir, "steered");
	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	rc = bpf_map_lookup_elem(fd, key, &value) ? -errno : 1;
	close(fd);
	return rc == -ENOENT ? 0 : rc;
}

static int check_one(const struct kern_conf *conf, const char *dir, struct err *e)
{
	for (size_t i = 0; i < conf->nlisteners; i++) {
		const struct kern_listener *l = &conf->listeners[i];
		const struct scrim_steered key = {.side = SCRIM_CLIENTS, .port = htons(l->port)};
		int rc = l->mode == KERN_LOCAL ? steers(dir, &key) : 0;

		if (rc < 0)
			return err_set(e, -rc, "whether %s steers local port %u: %s", dir, l->port,
				       strerror(-rc));
		if (rc)
			return err_set(
				e, EBUSY,
				"listener %s: local port %u is steered by another instance "
				"(pinned in %s); choose another port, or `scrim detach` that "
				"one",
				l->name, l->port, dir);
	}
	return 0;
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
	DIR *all = opendir(PINS);
	char dir[64];
	int rc = 0, more;

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
