/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether io_uring may be used here and has what the relay needs; else, what to set. */
#include "worker.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

static int sysctl_disabled(void)
{
	FILE *f = fopen("/proc/sys/kernel/io_uring_disabled", "re");
	int value = 0;

	if (!f)
		return 0;
	if (fscanf(f, "%d", &value) != 1)
		value = 0;
	fclose(f);
	return value;
}

static int probe_forbidden(struct err *e)
{
	int disabled = sysctl_disabled();

	if (disabled == 2)
		return err_set(e, EPERM,
			       "io_uring is forbidden to all: sysctl "
			       "kernel.io_uring_disabled is 2; set it to 0");
	if (disabled == 1)
		return err_set(
			e, EPERM,
			"io_uring is forbidden to this user: sysctl "
			"kernel.io_uring_disabled is 1; set it to 0, or put the user's group "
			"into kernel.io_uring_group");
	return err_set(e, EPERM,
		       "io_uring is forbidden, by a seccomp filter it seems: allow io_uring_setup, "
		       "io_uring_enter and io_uring_register (container runtimes: a profile of "
		       "their own; systemd: SystemCallFilter=@io-event io_uring_setup "
		       "io_uring_enter io_uring_register)");
}

static int probe_old(struct err *e, int code)
{
	struct utsname u = {0};

	uname(&u);
	return err_set(e, code,
		       "Linux 6.1 or newer is needed for io_uring as used here; this is %s",
		       u.release);
}

int ring_no_memory(struct err *e)
{
	return err_set(e, ENOMEM,
		       "no memory for an io_uring; raise RLIMIT_MEMLOCK (ulimit -l), or give "
		       "scrimd more memory");
}

static const char *ring_kind(const struct io_uring_params *p)
{
	if (p->flags & IORING_SETUP_NO_SQARRAY)
		return "io_uring without an index array";
	if (p->features & ZERO_COPY_NEEDS)
		return "io_uring with an index array";
	return "io_uring with an index array, all sends with a copy (without: 6.3)";
}

int io_probe(const char **ret_kind, struct err *e)
{
	struct io_uring_params params = {.flags = RING_FLAGS};
	struct io_uring ring;
	int r = io_uring_queue_init_params(4, &ring, &params);

	if (r == -EPERM || r == -EACCES)
		return probe_forbidden(e);
	if (r == -ENOSYS)
		return sysctl_disabled() ? probe_forbidden(e) : probe_old(e, ENOSYS);
	if (r == -EINVAL)
		return probe_old(e, ENOSYS);
	if (r == -ENOMEM)
		return ring_no_memory(e);
	if (r)
		return err_set(e, -r, "io_uring_setup: %s", strerror(-r));
	io_uring_queue_exit(&ring);
	if (ret_kind)
		*ret_kind = ring_kind(&params);
	return 0;
}
