/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether this process and this kernel can do it; else the sentence that says what is missing. */
#include "private.h"
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/capability.h>
#include <scrim/log.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

/* The oldest that tests/kernels/run boots; io_uring needs it too (user/io/probe.c). */
#define KERNEL_MAJOR 6
#define KERNEL_MINOR 1

static int check_capabilities(struct err *e)
{
	static const struct {
		unsigned int bit;
		const char *name;
	} needed[] = {
		{CAP_BPF, "CAP_BPF"},
		{CAP_NET_ADMIN, "CAP_NET_ADMIN"},
		{CAP_PERFMON, "CAP_PERFMON"},
	};
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct caps[_LINUX_CAPABILITY_U32S_3] = {0};

	if (syscall(SYS_capget, &head, caps))
		return err_set(e, errno, "capget: %s", strerror(errno));
	for (size_t i = 0; i < array_size(needed); i++)
		if (!(caps[needed[i].bit / 32].effective & 1u << needed[i].bit % 32))
			return err_set(e, EPERM,
				       "%s is missing: run as root, or give the program CAP_BPF, "
				       "CAP_NET_ADMIN and CAP_PERFMON",
				       needed[i].name);
	return 0;
}

static int check_kernel(struct err *e)
{
	struct utsname u;
	int major, minor;

	if (uname(&u))
		return err_set(e, errno, "the kernel does not tell its version: %s",
			       strerror(errno));
	if (sscanf(u.release, "%d.%d", &major, &minor) != 2)
		return err_set(e, ENOTSUP, "the kernel does not tell its version");
	if (major < KERNEL_MAJOR || (major == KERNEL_MAJOR && minor < KERNEL_MINOR))
		return err_set(e, ENOTSUP, "Linux %d.%d or later is needed, this is %s",
			       KERNEL_MAJOR, KERNEL_MINOR, u.release);
	if (access("/sys/kernel/btf/vmlinux", R_OK))
		return err_set(e, ENOTSUP,
			       "a kernel built with CONFIG_DEBUG_INFO_BTF is needed "
			       "(/sys/kernel/btf/vmlinux: %s)",
			       strerror(errno));
	return 0;
}

bool check_tcx(void)
{
	struct bpf_prog_query_opts q = {.sz = sizeof(q)};

	/* One without it does not know the kind of attachment. */
	return !bpf_prog_query_opts((int)if_nametoindex("lo"), BPF_TCX_INGRESS, &q) ||
	       errno != EINVAL;
}

/* Of net.ipv4.conf; 0 where there is none. */
static int setting(const char *iface, const char *name)
{
	char path[128], value[8] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv4/conf/%s/%s", iface, name);
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (!fgets(value, sizeof(value), f))
		value[0] = 0;
	fclose(f);
	return atoi(value);
}

void check_settings(const struct kern *k)
{
	const bool all = setting("all", "src_valid_mark");

	for (size_t i = 0; i < k->nifaces; i++)
		if (all || setting(k->ifaces[i].name, "src_valid_mark"))
			log_line(LOG_LEVEL_WARNING,
				 "net.ipv4.conf.%s.src_valid_mark is 1: the kernel then drops ICMP "
				 "errors for connections of scrim's, path MTU among them; set it "
				 "to 0",
				 all ? "all" : k->ifaces[i].name);
}

int check_system(struct err *e)
{
	int rc = check_capabilities(e);

	return rc ? rc : check_kernel(e);
}
