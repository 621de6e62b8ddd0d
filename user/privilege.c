/* SPDX-License-Identifier: BSD-2-Clause */
/* Limits, locked memory, capabilities. */
#include "privilege.h"
#include <errno.h>
#include <linux/capability.h>
#include <scrim/log.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define DESCRIPTORS (1u << 20)

/* Raises a limit to `want`, or as far as it goes; true if that is all of it. */
static bool raise_limit(int which, rlim_t want)
{
	struct rlimit limit = {.rlim_cur = want, .rlim_max = want};
	struct rlimit now;

	if (!getrlimit((unsigned int)which, &now) && now.rlim_cur != RLIM_INFINITY &&
	    (want == RLIM_INFINITY || now.rlim_cur < want)) {
		if (now.rlim_max != RLIM_INFINITY && setrlimit((unsigned int)which, &limit)) {
			limit.rlim_cur = limit.rlim_max = now.rlim_max;
			setrlimit((unsigned int)which, &limit);
			return false;
		}
		limit.rlim_max = now.rlim_max > want ? now.rlim_max : want;
		return !setrlimit((unsigned int)which, &limit);
	}
	return true;
}

void privilege_start(void)
{
	if (prctl(PR_SET_DUMPABLE, 0) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		log_line(LOG_LEVEL_WARNING, "prctl: %s", strerror(errno));
	raise_limit(RLIMIT_NOFILE, DESCRIPTORS);
	/* Without the limit raised a later allocation could fail for want of lockable memory. */
	if (!raise_limit(RLIMIT_MEMLOCK, RLIM_INFINITY) ||
	    mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT))
		log_line(LOG_LEVEL_INFO, "memory is not locked (no privilege): it may reach swap");
}

u32 privilege_descriptors(void)
{
	struct rlimit now;

	if (getrlimit(RLIMIT_NOFILE, &now) || now.rlim_cur > DESCRIPTORS)
		return DESCRIPTORS;
	return (u32)now.rlim_cur;
}

int privilege_drop(bool steers)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct caps[_LINUX_CAPABILITY_U32S_3] = {0};
	const unsigned int kept[] = {CAP_NET_ADMIN, CAP_NET_BIND_SERVICE, CAP_BPF};

	if (syscall(SYS_capget, &head, caps))
		return -errno;
	for (size_t word = 0; word < array_size(caps); word++) {
		u32 keep = 0;

		for (size_t i = 0; steers && i < array_size(kept); i++)
			if (kept[i] / 32 == word)
				keep |= 1u << kept[i] % 32;
		caps[word].permitted &= keep;
		caps[word].effective &= keep;
		caps[word].inheritable = 0;
	}
	return syscall(SYS_capset, &head, caps) ? -errno : 0;
}
