/* SPDX-License-Identifier: BSD-2-Clause */
/* The page that the test writes, and who is hit. */
#include "inject.h"
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* NULL: nothing is counted, so that what is called here is not. */
static struct inject_page *page;
static pid_t program; /* children of it are not killed in its place */

static struct inject_page *page_open(void)
{
	const char *file = getenv("SCRIM_INJECT");
	int fd = file ? open(file, O_RDWR | O_CLOEXEC) : -1;
	void *p;

	if (fd < 0)
		return NULL;
	p = mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return p == MAP_FAILED ? NULL : p;
}

/* How many are open, of the first so many: nothing here opens more. */
static int descriptors(void)
{
	int count = 0;

	for (int fd = 0; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

__attribute__((constructor)) static void begin(void)
{
	struct inject_page *p = page_open();
	void *frame;

	backtrace(&frame, 1); /* it loads a library the first time */
	if (p)
		p->descriptors[0] = descriptors();
	program = getpid();
	page = p;
}

__attribute__((destructor)) static void end(void)
{
	struct inject_page *p = page;

	page = NULL;
	if (!p)
		return;
	p->descriptors[1] = descriptors();
	p->ended = 1;
}

#define FRAMES 24
#define WAYS   16384

/* Whether it has not been called by this way before: a set of hashes; when it is full all are old. */
static bool is_new_way(void)
{
	static u64 ways[WAYS];
	void *frames[FRAMES];
	u64 hash = 14695981039346656037ULL, was; /* FNV-1a */
	int n = backtrace(frames, FRAMES);

	for (int i = 0; i < n; i++)
		hash = (hash ^ (u64)(uintptr_t)frames[i]) * 1099511628211ULL;
	hash |= 1;
	for (size_t i = 0; i < WAYS; i++) {
		u64 *at = &ways[(hash + i) % WAYS];

		was = 0;
		if (__atomic_compare_exchange_n(at, &was, hash, false, __ATOMIC_RELAXED,
						__ATOMIC_RELAXED))
			return true;
		if (was == hash)
			return false;
	}
	return false;
}

static void tell(struct inject_page *p, const char *name, int error, const void *caller)
{
	Dl_info at;

	snprintf(p->name, sizeof(p->name), "%s", name);
	if (dladdr(caller, &at) && at.dli_fname)
		snprintf(p->where, sizeof(p->where), "%s+0x%lx",
			 strrchr(at.dli_fname, '/') ? strrchr(at.dli_fname, '/') + 1 : at.dli_fname,
			 (unsigned long)((const char *)caller - (const char *)at.dli_fbase));
	p->gave = error;
}

/* names: all, where it is empty; else one behind another, with a comma between them. */
static bool is_among(const char *names, const char *name)
{
	const size_t len = strlen(name);

	if (!*names)
		return true;
	for (const char *at = names; (at = strstr(at, name)); at += len)
		if ((at == names || at[-1] == ',') && (!at[len] || at[len] == ','))
			return true;
	return false;
}

bool inject_hit(enum inject_kind kind, const char *name, int usual, const void *caller)
{
	struct inject_page *p = page;
	u64 n;

	if (!p || !is_among(p->only, name))
		return false;
	if (kind == INJECT_CALL && p->error && !inject_can(name, p->error))
		return false;
	if (p->kills && getpid() != program)
		return false;
	if (__atomic_load_n(&p->kind, __ATOMIC_ACQUIRE) == kind && p->ways && !is_new_way())
		return false;
	n = __atomic_add_fetch(&p->seen[kind], 1, __ATOMIC_RELAXED);
	if (__atomic_load_n(&p->kind, __ATOMIC_ACQUIRE) != kind || n < p->at ||
	    n - p->at >= p->times)
		return false;
	usual = p->error ? p->error : usual;
	if (__atomic_add_fetch(&p->failed, 1, __ATOMIC_RELAXED) == 1)
		tell(p, name, usual, caller);
	if (p->kills)
		kill(getpid(), SIGKILL);
	errno = usual;
	return true;
}

void *inject_next(const char *name)
{
	void *f = dlsym(RTLD_NEXT, name);

	if (!f)
		abort();
	return f;
}
