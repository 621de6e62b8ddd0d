/* SPDX-License-Identifier: BSD-2-Clause */
/* Which call can fail with which error: a call is not failed with one that it never gives. */
#include "inject.h"
#include <errno.h>
#include <string.h>

enum { INTR = 1, AGAIN = 2, PERM = 4, BADF = 8, NOMEM = 16, SHORT = 32 };

/* What is not here (the ring's calls, bpf and others by number) may give any. */
static const struct {
	const char *name;
	int errors;
} calls[] = {
	{"open", INTR | AGAIN | PERM | NOMEM},
	{"open64", INTR | AGAIN | PERM | NOMEM},
	{"openat", INTR | AGAIN | PERM | BADF | NOMEM},
	{"openat64", INTR | AGAIN | PERM | BADF | NOMEM},
	{"fopen", INTR | AGAIN | PERM | NOMEM},
	{"fopen64", INTR | AGAIN | PERM | NOMEM},
	{"setmntent", INTR | AGAIN | PERM | NOMEM},
	{"opendir", INTR | PERM | NOMEM},
	{"access", PERM | NOMEM},
	{"faccessat", PERM | NOMEM},
	{"fstat", BADF | NOMEM},
	{"stat", NOMEM},
	{"statfs", INTR | NOMEM},
	{"statfs64", INTR | NOMEM},
	{"read", INTR | AGAIN | PERM | BADF | NOMEM | SHORT},
	{"splice", INTR | AGAIN | PERM | BADF | NOMEM | SHORT},
	{"fread", INTR | AGAIN | PERM | BADF | NOMEM},
	{"fgets", INTR | AGAIN | PERM | BADF | NOMEM},
	{"getmntent", INTR | NOMEM},
	{"fflush", INTR | AGAIN | PERM | BADF},
	{"mkdir", PERM | NOMEM},
	{"rename", PERM | NOMEM},
	{"renameat2", PERM | BADF | NOMEM},
	{"rmdir", PERM | NOMEM},
	{"unlink", PERM | NOMEM},
	{"flock", INTR | BADF | NOMEM}, /* EAGAIN is no failure: somebody has the lock */
	{"readdir", BADF | NOMEM},
	{"readdir64", BADF | NOMEM},
	{"mount", PERM | NOMEM},
	{"fsopen", PERM | NOMEM},
	{"fsconfig", PERM | BADF | NOMEM},
	{"fsmount", PERM | BADF | NOMEM},
	{"ftruncate", INTR | PERM | BADF | NOMEM},
	{"ftruncate64", INTR | PERM | BADF | NOMEM},
	{"pipe", NOMEM},
	{"pipe2", NOMEM},
	{"dup2", INTR | BADF},
	{"dup3", INTR | BADF},
	{"close_range", PERM | NOMEM},
	{"poll", INTR | AGAIN | NOMEM},
	{"mmap", AGAIN | PERM | BADF | NOMEM},
	{"mmap64", AGAIN | PERM | BADF | NOMEM},
	{"madvise", AGAIN | PERM | BADF | NOMEM},
	{"mlock2", AGAIN | PERM | NOMEM},
	{"mlockall", AGAIN | PERM | NOMEM},
	{"memfd_create", PERM | NOMEM},
	{"getrlimit", PERM},
	{"setrlimit", PERM},
	{"getrlimit64", PERM},
	{"setrlimit64", PERM},
	{"sched_getaffinity", PERM},
	{"sched_setaffinity", PERM | NOMEM},
	{"pthread_create", AGAIN | PERM | NOMEM},
	{"fork", AGAIN | NOMEM},
	{"waitpid", INTR},
	{"execvp", AGAIN | PERM | NOMEM},
	{"nanosleep", INTR},
	{"sem_wait", INTR},
	{"uname", 0},
	{"prctl", PERM | NOMEM},
	{"fcntl", AGAIN | PERM | BADF},
	{"fcntl64", AGAIN | PERM | BADF},
	{"ioctl", INTR | PERM | BADF | NOMEM},
	{"socket", PERM | NOMEM},
	{"socketpair", PERM | NOMEM},
	{"eventfd", NOMEM},
	{"signalfd", BADF | NOMEM},
	{"bind", PERM | BADF | NOMEM},
	{"listen", PERM | BADF | NOMEM},
	{"shutdown", PERM | BADF},
	{"getpeername", PERM | BADF | NOMEM},
	{"getsockname", PERM | BADF | NOMEM},
	{"getsockopt", PERM | BADF | NOMEM},
	{"setsockopt", PERM | BADF | NOMEM},
	{"if_nametoindex", PERM | NOMEM},
	{"if_nameindex", PERM | NOMEM},
	{"if_indextoname", PERM | NOMEM},
	{"getifaddrs", PERM | NOMEM},
};

static int bit(int error)
{
	switch (error) {
	case EINTR:
		return INTR;
	case EAGAIN:
		return AGAIN;
	case EPERM:
		return PERM;
	case EBADF:
		return BADF;
	case ENOMEM:
		return NOMEM;
	case INJECT_SHORT:
		return SHORT;
	default:
		return ~0;
	}
}

bool inject_can(const char *name, int error)
{
	for (size_t i = 0; i < array_size(calls); i++)
		if (!strcmp(calls[i].name, name))
			return calls[i].errors & bit(error);
	return error != INJECT_SHORT;
}
