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

bool kern_instance_good(const char *name)
{
	size_t len =
		strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

	return len && len < SCRIM_NAME_LEN && !name[len];
}

int dir_name(const char *instance, char *ret_dir, size_t size, struct err *e)
{
	if (!instance) {
		snprintf(ret_dir, size, PINS "/scrim");
		return 0;
	}
	if (!kern_instance_good(instance))
		return err_set(e, EINVAL,
			       "instance `%s`: a name is at most %d letters, digits, `-` and `_`",
			       instance, SCRIM_NAME_LEN - 1);
	snprintf(ret_dir, size, PINS "/scrim-%s", instance);
	return 0;
}

#define LOOK_TRIES 20 /* who only looks, as dir_locked() does, is gone by then */
#define ALL_TRIES                                                                                  \
	500 /* so is who mounts or pins; but anybody may lock what he can read, for ever */

/* The lock, within so many tries; -EWOULDBLOCK: somebody has it. */
static int lock_soon(int fd, int tries)
{
	const struct timespec moment = {.tv_nsec = 10000000};

	while (flock(fd, LOCK_EX | LOCK_NB)) {
		if ((errno != EWOULDBLOCK && errno != EINTR) || !--tries)
			return -errno;
		nanosleep(&moment, NULL);
	}
	return 0;
}

/* Whether the BPF file system is there; -errno where that cannot be told. */
static int bpffs_mounted(struct err *e)
{
	struct statfs fs;

	if (statfs(PINS, &fs))
		return err_set(e, errno, PINS ": %s", strerror(errno));
	return fs.f_type == BPF_FS_MAGIC;
}

int pins_lock(struct err *e)
{
	int fd = open(PINS, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

	if (fd < 0)
		return err_set(e, errno, PINS ": %s", strerror(errno));
	rc = lock_soon(fd, ALL_TRIES);
	if (!rc)
		return fd;
	close(fd);
	if (rc == -EWOULDBLOCK)
		return err_set(e, EBUSY, PINS " is locked by another program (`lslocks`)");
	return err_set(e, -rc, PINS ": %s", strerror(-rc));
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
	below = pins_lock(e);
	if (below < 0)
		return below;
	rc = bpffs_mounted(e);
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

/* owned: who may write to it is looked at. */
static int dir_take(const char *dir, bool owned, int *ret_fd, struct err *e)
{
	int rc, fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return err_set(e, errno, "%s: %s%s", dir, strerror(errno),
			       errno == EACCES ? "; run as root" : "");
	rc = owned ? check_owner(dir, fd, e) : 0;
	if (rc) {
		close(fd);
		return rc;
	}
	*ret_fd = fd;
	return 0;
}

int dir_open(const char *dir, bool make, int *ret_fd, struct err *e)
{
	bool made = false;
	int rc;

	if (make) {
		rc = mount_bpffs(e);
		if (rc)
			return rc;
		made = !mkdir(dir, 0700);
		if (!made && errno != EEXIST)
			return err_set(e, errno == EACCES ? EPERM : errno, "%s: %s", dir,
				       strerror(errno));
	}
	rc = dir_take(dir, make, ret_fd, e);
	if (rc && made)
		rmdir(dir); /* who has it open meanwhile sees in dir_lock() that it is gone */
	return rc;
}

int dir_gone(const char *dir, int fd)
{
	struct stat opened, named;

	if (fstat(fd, &opened) || stat(dir, &named))
		return errno == ENOENT ? 1 : -errno;
	return opened.st_ino != named.st_ino;
}

int dir_locked(int fd)
{
	if (flock(fd, LOCK_SH | LOCK_NB))
		return errno == EWOULDBLOCK ? 1 : -errno;
	flock(fd, LOCK_UN); /* else its end does it */
	return 0;
}

int dir_lock(const char *dir, int fd, struct err *e)
{
	int rc = lock_soon(fd, LOOK_TRIES);

	if (rc == -EWOULDBLOCK)
		return err_set(e, EBUSY,
			       "%s is in use: a scrimd of this instance is running; end it first "
			       "(another one needs --instance NAME)",
			       dir);
	if (!rc)
		rc = dir_gone(dir, fd);
	if (rc < 0)
		return err_set(e, -rc, "%s, its lock: %s", dir, strerror(-rc));
	if (rc)
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

int pin_remove(const char *dir, const char *name)
{
	char path[128];

	pin_path(path, sizeof(path), dir, "", name);
	return unlink(path) && errno != ENOENT ? -errno : 0;
}

static int pin_one(const char *dir, const struct kern_pin *p)
{
	char path[128];

	pin_path(path, sizeof(path), dir, "new-", p->name);
	unlink(path);
	return bpf_obj_pin(p->fd, path) ? -errno : 0;
}

/* It takes its name; what had the name before has the other one from then on. */
static int pin_name(const char *from, const char *to)
{
	if (!renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_EXCHANGE))
		return 0;
	return errno != ENOENT || rename(from, to) ? -errno : 0;
}

/* What had the name has it again; the new one is gone. */
static void pin_unname(const char *from, const char *to)
{
	if (rename(from, to) && errno == ENOENT)
		unlink(to);
}

int pin_all(const char *dir, const struct kern_pin *pins, size_t n, struct err *e)
{
	char from[128], to[128];
	size_t made, named = 0;
	int rc = 0;

	for (made = 0; made < n && !rc; made++) {
		rc = pin_one(dir, &pins[made]);
		if (rc)
			err_set(e, -rc, "pinning %s/%s: %s", dir, pins[made].name, strerror(-rc));
	}
	while (named < n && !rc) {
		pin_path(from, sizeof(from), dir, "new-", pins[named].name);
		pin_path(to, sizeof(to), dir, "", pins[named].name);
		rc = pin_name(from, to);
		if (rc)
			err_set(e, -rc, "%s: %s", to, strerror(-rc));
		else
			named++;
	}
	for (size_t i = 0; i < made; i++) {
		pin_path(from, sizeof(from), dir, "new-", pins[i].name);
		pin_path(to, sizeof(to), dir, "", pins[i].name);
		if (rc && i < named)
			pin_unname(from, to);
		unlink(from);
	}
	return rc;
}

int netns_cookie(u64 *ret_cookie)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), rc;
	socklen_t len = sizeof(*ret_cookie);

	if (fd < 0)
		return -errno;
	rc = getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, ret_cookie, &len) ? -errno : 0;
	close(fd);
	return rc;
}
