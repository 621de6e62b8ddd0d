/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pin directory. It is the lock too (flock on the directory itself): what the lock protects
 * and the lock cannot part. Pins are made under another name and renamed: there is no moment
 * without one.
 */
#include "private.h"
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

int dir_name(const char *instance, char *ret_dir, size_t size, struct err *e)
{
	if (!instance) {
		snprintf(ret_dir, size, PINS "/scrim");
		return 0;
	}
	if (!*instance || strlen(instance) >= SCRIM_NAME_LEN || strpbrk(instance, "./"))
		return err_set(e, EINVAL,
			       "instance `%s`: a name has 1 to %d characters and no dot or slash",
			       instance, SCRIM_NAME_LEN - 1);
	snprintf(ret_dir, size, PINS "/scrim-%s", instance);
	return 0;
}

#define LOOK_TRIES  20  /* who only looks, as dir_locked() does, is gone by then */
#define MOUNT_TRIES 500 /* so is who mounts; but anybody may lock what he can read, for ever */

static bool lock_soon(int fd, int tries)
{
	const struct timespec moment = {.tv_nsec = 10000000};

	while (flock(fd, LOCK_EX | LOCK_NB)) {
		if (!--tries)
			return false;
		nanosleep(&moment, NULL);
	}
	return true;
}

/* Whether the BPF file system is there; -errno where that cannot be told. */
static int bpffs_mounted(struct err *e)
{
	struct statfs fs;

	if (statfs(PINS, &fs))
		return err_set(e, errno, PINS ": %s", strerror(errno));
	return fs.f_type == BPF_FS_MAGIC;
}

/*
 * Mounts it where nobody did, and never over another: that would hide every pin, and the locks
 * with them. Of two that start at once the second waits at the directory below, and looks again.
 */
static int mount_bpffs(struct err *e)
{
	int below, rc = bpffs_mounted(e);

	if (rc)
		return rc < 0 ? rc : 0;
	below = open(PINS, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (below < 0)
		return err_set(e, errno, PINS ": %s", strerror(errno));
	rc = lock_soon(below, MOUNT_TRIES)
		     ? bpffs_mounted(e)
		     : err_set(e, EBUSY,
			       PINS " is locked by another program (`lslocks`); `mount "
				    "-t bpf bpf " PINS "`");
	if (!rc && mount("bpf", PINS, "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700"))
		rc = err_set(e, errno,
			     "no BPF file system at " PINS
			     ", and mounting one failed: %s; `mount -t bpf bpf " PINS "`",
			     strerror(errno));
	close(below);
	return rc < 0 ? rc : 0;
}

/*
 * The BPF file system may be mounted so that all may write to it. Whoever owns the directory can
 * take pins away, and with them what refuses.
 */
static int check_owner(const char *dir, int fd, struct err *e)
{
	struct stat is;

	if (fstat(fd, &is))
		return err_set(e, errno, "%s: %s", dir, strerror(errno));
	if ((is.st_uid && is.st_uid != geteuid()) || is.st_mode & (S_IWGRP | S_IWOTH))
		return err_set(e, EBUSY,
			       "%s belongs to user %u, or others may write to it: who can has "
			       "what is pinned there in hand; remove it",
			       dir, is.st_uid);
	return 0;
}

int dir_open(const char *dir, bool make, int *ret_fd, struct err *e)
{
	int rc, fd;

	if (make) {
		rc = mount_bpffs(e);
		if (rc)
			return rc;
		if (mkdir(dir, 0700) && errno != EEXIST)
			return err_set(e, errno == EACCES ? EPERM : errno, "%s: %s", dir,
				       strerror(errno));
	}
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return err_set(e, errno, "%s: %s", dir, strerror(errno));
	rc = make ? check_owner(dir, fd, e) : 0;
	if (rc) {
		close(fd);
		return rc;
	}
	*ret_fd = fd;
	return 0;
}

bool dir_gone(const char *dir, int fd)
{
	struct stat opened, named;

	return fstat(fd, &opened) || stat(dir, &named) || opened.st_ino != named.st_ino;
}

bool dir_locked(int fd)
{
	if (flock(fd, LOCK_SH | LOCK_NB))
		return true;
	flock(fd, LOCK_UN);
	return false;
}

int dir_lock(const char *dir, int fd, struct err *e)
{
	if (!lock_soon(fd, LOOK_TRIES))
		return err_set(e, EBUSY,
			       "%s is in use: a scrimd of this instance is running (another one "
			       "needs --instance NAME)",
			       dir);
	if (dir_gone(dir, fd))
		return err_set(e, EBUSY, "%s was taken down at this moment; try again", dir);
	return 0;
}

static void pin_path(char *to, size_t size, const char *dir, const char *prefix, const char *name)
{
	snprintf(to, size, "%s/%s%s", dir, prefix, name);
}

int pin_get(const char *dir, const char *name)
{
	char path[128];
	int fd;

	pin_path(path, sizeof(path), dir, "", name);
	fd = bpf_obj_get(path);
	return fd < 0 ? -errno : fd;
}

void pin_remove(const char *dir, const char *name)
{
	char path[128];

	pin_path(path, sizeof(path), dir, "", name);
	unlink(path);
}

static int pin_one(const char *dir, const struct kern_pin *p)
{
	char path[128];

	pin_path(path, sizeof(path), dir, "new-", p->name);
	unlink(path);
	return bpf_obj_pin(p->fd, path) ? -errno : 0;
}

int pin_all(const char *dir, const struct kern_pin *pins, size_t n, struct err *e)
{
	char from[128], to[128];
	size_t i;
	int rc;

	for (i = 0; i < n; i++) {
		rc = pin_one(dir, &pins[i]);
		if (rc) {
			err_set(e, -rc, "pinning %s/%s: %s", dir, pins[i].name, strerror(-rc));
			goto undo;
		}
	}
	for (i = 0; i < n; i++) {
		pin_path(from, sizeof(from), dir, "new-", pins[i].name);
		pin_path(to, sizeof(to), dir, "", pins[i].name);
		if (rename(from, to)) {
			rc = err_set(e, errno, "%s: %s", to, strerror(errno));
			goto undo;
		}
	}
	return 0;
undo:
	for (i = 0; i < n; i++) {
		pin_path(from, sizeof(from), dir, "new-", pins[i].name);
		unlink(from);
	}
	return rc;
}

u64 netns_cookie(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(u64);
	u64 cookie = 0;

	if (fd < 0)
		return 0;
	if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &len))
		cookie = 0;
	close(fd);
	return cookie;
}
