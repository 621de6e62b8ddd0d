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

/* Whether the instance of this directory steers this, here. */
static bool steers(const char *dir, const struct scrim_steered *key)
{
	struct scrim_meta meta;
	int fd;
	u32 value;
	bool yes;

	if (old_meta(dir, &meta) || meta.netns != netns_cookie())
		return false;
	fd = pin_get(dir, "steered");
	yes = fd >= 0 && !bpf_map_lookup_elem(fd, key, &value);
	if (fd >= 0)
		close(fd);
	return yes;
}

static int check_one(const struct kern_conf *conf, const char *dir, struct err *e)
{
	for (size_t i = 0; i < conf->nlisteners; i++) {
		const struct kern_listener *l = &conf->listeners[i];
		const struct scrim_steered key = {.side = SCRIM_CLIENTS, .port = htons(l->port)};

		if (l->mode == KERN_LOCAL && steers(dir, &key))
			return err_set(
				e, EBUSY,
				"listener %s: local port %u is steered by another instance "
				"(pinned in %s); choose another port, or `scrim detach` that "
				"one",
				l->name, l->port, dir);
	}
	return 0;
}

/* The next directory of an instance that is not `own`; false: there is none. */
static bool next_other(DIR *all, const char *own, char ret_dir[64])
{
	struct dirent *d;

	while ((d = readdir(all))) {
		if (strncmp(d->d_name, "scrim", 5) || (d->d_name[5] && d->d_name[5] != '-') ||
		    (size_t)snprintf(ret_dir, 64, PINS "/%s", d->d_name) >= 64)
			continue;
		if (strcmp(ret_dir, own))
			return true;
	}
	return false;
}

int others_check(const struct kern *k, const struct kern_conf *conf, struct err *e)
{
	DIR *all = opendir(PINS);
	char dir[64];
	int rc = 0;

	if (!all)
		return err_set(e, errno, PINS ": %s", strerror(errno));
	while (!rc && next_other(all, k->dir, dir))
		rc = check_one(conf, dir, e);
	closedir(all);
	return rc;
}

bool others_steer(const char *own, const struct scrim_steered *s)
{
	DIR *all = opendir(PINS);
	char dir[64];
	bool yes = false;

	while (all && !yes && next_other(all, own, dir))
		yes = steers(dir, s);
	if (all)
		closedir(all);
	return yes;
}
