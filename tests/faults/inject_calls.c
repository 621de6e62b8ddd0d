/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * System calls, as libc's functions have them: those of scrim and of the libraries that it uses.
 * Each with the error that a person would meet first.
 *
 * Left out is what gives something back (close, munmap, freeing of lists), what waits for a thread
 * or wakes one, signals (their masks, their handlers), clocks, and the system's constants (sysconf):
 * none can fail as it is called. Of writes those to a log, which is judged, and to an eventfd, which
 * cannot fail; of stdio's those before the flush of standard output, which is asked at the end. What
 * a library calls that scrim never comes to, as libelf's reading of files, libbpf's of a kernel's
 * configuration and its epoll, and libfyaml's of terminals; and fscanf, which is only come to where
 * a ring has been refused already.
 */
#include "inject.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <mntent.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A function whose failing is `bad`. */
#define CALL(type, bad, usual, name, params, ...)                                                  \
	type name params                                                                           \
	{                                                                                          \
		static type(*next) params;                                                         \
                                                                                                   \
		if (inject_hit(INJECT_CALL, #name, usual, __builtin_return_address(0)))            \
			return bad;                                                                \
		if (!next)                                                                         \
			next = inject_next(#name);                                                 \
		return next(__VA_ARGS__);                                                          \
	}

/* One that moves up to n bytes: it fails, or does with half of them. */
#define PARTIAL(usual, n, name, params, ...)                                                       \
	ssize_t name params                                                                        \
	{                                                                                          \
		static ssize_t(*next) params;                                                      \
                                                                                                   \
		if (inject_hit(INJECT_CALL, #name, usual, __builtin_return_address(0))) {          \
			if (errno != INJECT_SHORT)                                                 \
				return -1;                                                         \
			n = (n + 1) / 2;                                                           \
		}                                                                                  \
		if (!next)                                                                         \
			next = inject_next(#name);                                                 \
		return next(__VA_ARGS__);                                                          \
	}

#define REST 6

/*
 * The same, with -1 for its failing, where what follows `last` is there or not: it lies in registers
 * or on the stack, and passing on what else lies there harms nothing. skip: when it is left out.
 */
#define VARIADIC(type, name, usual, skip, last, params, ...)                                       \
	type name params                                                                           \
	{                                                                                          \
		static type(*next) params;                                                         \
		long rest[REST];                                                                   \
		va_list ap;                                                                        \
                                                                                                   \
		if (inject_hit(INJECT_CALL, #name, usual, __builtin_return_address(0)))            \
			return -1;                                                                 \
		if (skip)                                                                          \
			return 0;                                                                  \
		va_start(ap, last);                                                                \
		for (size_t i = 0; i < REST; i++)                                                  \
			rest[i] = va_arg(ap, long);                                                \
		va_end(ap);                                                                        \
		if (!next)                                                                         \
			next = inject_next(#name);                                                 \
		return next(__VA_ARGS__, rest[0], rest[1], rest[2], rest[3], rest[4], rest[5]);    \
	}

/* --- files ------------------------------------------------------------------------------------- */

VARIADIC(int, open, EMFILE, false, flags, (const char *path, int flags, ...), path, flags)
VARIADIC(int, open64, EMFILE, false, flags, (const char *path, int flags, ...), path, flags)
VARIADIC(int, openat, EMFILE, false, flags, (int dir, const char *path, int flags, ...), dir, path,
	 flags)
VARIADIC(int, openat64, EMFILE, false, flags, (int dir, const char *path, int flags, ...), dir,
	 path, flags)
CALL(FILE *, NULL, EMFILE, fopen, (const char *path, const char *mode), path, mode)
CALL(FILE *, NULL, EMFILE, fopen64, (const char *path, const char *mode), path, mode)
CALL(FILE *, NULL, EMFILE, setmntent, (const char *path, const char *mode), path, mode)
CALL(DIR *, NULL, EMFILE, opendir, (const char *path), path)
PARTIAL(EIO, n, read, (int fd, void *to, size_t n), fd, to, n)
PARTIAL(EINVAL, n, splice,
	(int in, off64_t *in_at, int out, off64_t *out_at, size_t n, unsigned int flags), in, in_at,
	out, out_at, n, flags)
CALL(int, -1, EACCES, access, (const char *path, int mode), path, mode)
CALL(int, -1, EACCES, faccessat, (int dir, const char *path, int mode, int flags), dir, path, mode,
     flags)
CALL(int, -1, EIO, fstat, (int fd, struct stat *to), fd, to)
CALL(int, -1, EACCES, stat, (const char *path, struct stat *to), path, to)
CALL(int, -1, EIO, statfs, (const char *path, struct statfs *to), path, to)
CALL(int, -1, EIO, statfs64, (const char *path, struct statfs64 *to), path, to)
CALL(int, -1, EACCES, mkdir, (const char *path, mode_t mode), path, mode)
CALL(int, -1, EACCES, rename, (const char *from, const char *to), from, to)
CALL(int, -1, EACCES, rmdir, (const char *path), path)
CALL(int, -1, EACCES, unlink, (const char *path), path)
CALL(int, -1, EINTR, flock, (int fd, int how), fd, how)
CALL(int, -1, EACCES, renameat2,
     (int from_dir, const char *from, int to_dir, const char *to, unsigned int flags), from_dir,
     from, to_dir, to, flags)
CALL(struct dirent *, NULL, EIO, readdir, (DIR * dir), dir)
CALL(struct dirent64 *, NULL, EIO, readdir64, (DIR * dir), dir)
CALL(int, -1, EPERM, mount,
     (const char *what, const char *at, const char *type, unsigned long flags, const void *data),
     what, at, type, flags, data)
CALL(int, -1, EPERM, fsopen, (const char *type, unsigned int flags), type, flags)
CALL(int, -1, EPERM, fsconfig,
     (int fd, unsigned int command, const char *key, const void *value, int aux), fd, command, key,
     value, aux)
CALL(int, -1, EPERM, fsmount, (int fd, unsigned int flags, unsigned int attributes), fd, flags,
     attributes)
CALL(int, -1, ENOMEM, ftruncate, (int fd, off_t size), fd, size)
CALL(int, -1, ENOMEM, ftruncate64, (int fd, off64_t size), fd, size)
CALL(int, -1, EMFILE, pipe, (int fd[2]), fd)
CALL(int, -1, EMFILE, pipe2, (int fd[2], int flags), fd, flags)
CALL(int, -1, EBUSY, dup2, (int from, int to), from, to)
CALL(int, -1, EBUSY, dup3, (int from, int to, int flags), from, to, flags)
CALL(int, -1, EPERM, close_range, (unsigned int first, unsigned int last, int flags), first, last,
     flags)
CALL(int, -1, EINTR, poll, (struct pollfd * list, nfds_t n, int ms), list, n, ms)

/* stdio's own calls cannot be reached: what has them says so, as where they fail. */
static bool stream_hit(FILE *f, const char *name, int usual, const void *caller)
{
	if (!inject_hit(INJECT_CALL, name, usual, caller))
		return false;
	f->_flags |= _IO_ERR_SEEN;
	return true;
}

#define STREAM(type, bad, usual, f, name, params, ...)                                             \
	type name params                                                                           \
	{                                                                                          \
		static type(*next) params;                                                         \
                                                                                                   \
		if (stream_hit(f, #name, usual, __builtin_return_address(0)))                      \
			return bad;                                                                \
		if (!next)                                                                         \
			next = inject_next(#name);                                                 \
		return next(__VA_ARGS__);                                                          \
	}

STREAM(size_t, 0, EIO, f, fread, (void *to, size_t size, size_t n, FILE *f), to, size, n, f)
STREAM(char *, NULL, EIO, f, fgets, (char *to, int n, FILE *f), to, n, f)
STREAM(struct mntent *, NULL, EIO, f, getmntent, (FILE * f), f)

int fflush(FILE *f)
{
	static int (*next)(FILE *);

	if (f == stdout && stream_hit(f, "fflush", ENOSPC, __builtin_return_address(0)))
		return EOF;
	if (!next)
		next = inject_next("fflush");
	return next(f);
}

ssize_t write(int fd, const void *from, size_t n)
{
	static ssize_t (*next)(int, const void *, size_t);

	if (fd == STDOUT_FILENO &&
	    inject_hit(INJECT_CALL, "write", ENOSPC, __builtin_return_address(0)))
		return -1;
	if (!next)
		next = inject_next("write");
	return next(fd, from, n);
}

/* --- memory, limits, threads ------------------------------------------------------------------- */

CALL(void *, MAP_FAILED, ENOMEM, mmap,
     (void *at, size_t len, int prot, int flags, int fd, off_t offset), at, len, prot, flags, fd,
     offset)
CALL(void *, MAP_FAILED, ENOMEM, mmap64,
     (void *at, size_t len, int prot, int flags, int fd, off64_t offset), at, len, prot, flags, fd,
     offset)
CALL(int, -1, EINVAL, madvise, (void *at, size_t len, int advice), at, len, advice)
CALL(int, -1, ENOMEM, mlock2, (const void *at, size_t len, unsigned int flags), at, len, flags)
CALL(int, -1, ENOMEM, mlockall, (int flags), flags)
CALL(int, -1, EMFILE, memfd_create, (const char *name, unsigned int flags), name, flags)
CALL(int, -1, EPERM, getrlimit, (__rlimit_resource_t which, struct rlimit *to), which, to)
CALL(int, -1, EPERM, setrlimit, (__rlimit_resource_t which, const struct rlimit *to), which, to)
CALL(int, -1, EPERM, getrlimit64, (__rlimit_resource_t which, struct rlimit64 *to), which, to)
CALL(int, -1, EPERM, setrlimit64, (__rlimit_resource_t which, const struct rlimit64 *to), which, to)
CALL(int, -1, EINVAL, sched_getaffinity, (pid_t pid, size_t n, cpu_set_t *to), pid, n, to)
CALL(int, -1, EINVAL, sched_setaffinity, (pid_t pid, size_t n, const cpu_set_t *to), pid, n, to)
CALL(int, errno, EAGAIN, pthread_create,
     (pthread_t *restrict to, const pthread_attr_t *restrict attr, void *(*f)(void *),
      void *restrict arg),
     to, attr, f, arg)

CALL(pid_t, -1, EAGAIN, fork, (void))
CALL(pid_t, -1, ECHILD, waitpid, (pid_t pid, int *to, int options), pid, to, options)
CALL(int, -1, ENOENT, execvp, (const char *file, char *const argv[]), file, argv)
CALL(int, -1, EINTR, sem_wait, (sem_t * s), s)
CALL(int, -1, EINTR, nanosleep, (const struct timespec *how_long, struct timespec *left), how_long,
     left)
CALL(int, -1, ENOSYS, uname, (struct utsname * to), to)

VARIADIC(long, syscall, EPERM, false, number, (long number, ...), number)
/* Dumpable it stays, or the sanitizer could not look for leaks. */
VARIADIC(int, prctl, EINVAL, what == PR_SET_DUMPABLE, what, (int what, ...), what)
VARIADIC(int, fcntl, EMFILE, false, what, (int fd, int what, ...), fd, what)
VARIADIC(int, fcntl64, EMFILE, false, what, (int fd, int what, ...), fd, what)
VARIADIC(int, ioctl, ENODEV, false, what, (int fd, unsigned long what, ...), fd, what)

/* --- sockets ----------------------------------------------------------------------------------- */

CALL(int, -1, EMFILE, socket, (int family, int type, int protocol), family, type, protocol)
CALL(int, -1, EMFILE, socketpair, (int family, int type, int protocol, int fd[2]), family, type,
     protocol, fd)
CALL(int, -1, EMFILE, eventfd, (unsigned int n, int flags), n, flags)
CALL(int, -1, EADDRINUSE, bind, (int fd, const struct sockaddr *at, socklen_t len), fd, at, len)
CALL(int, -1, EMFILE, signalfd, (int fd, const sigset_t *set, int flags), fd, set, flags)
CALL(int, -1, EMFILE, accept4,
     (int fd, struct sockaddr *restrict from, socklen_t *restrict len, int flags), fd, from, len,
     flags)
CALL(ssize_t, -1, ENOMEM, recv, (int fd, void *to, size_t n, int flags), fd, to, n, flags)
CALL(int, -1, ECONNREFUSED, connect, (int fd, const struct sockaddr *to, socklen_t len), fd, to,
     len)
CALL(int, -1, EADDRINUSE, listen, (int fd, int n), fd, n)
CALL(int, -1, ENOTCONN, shutdown, (int fd, int how), fd, how)
CALL(int, -1, ENOTCONN, getpeername,
     (int fd, struct sockaddr *restrict to, socklen_t *restrict len), fd, to, len)
CALL(int, -1, ENOBUFS, getsockname, (int fd, struct sockaddr *restrict to, socklen_t *restrict len),
     fd, to, len)
CALL(int, -1, ENOPROTOOPT, getsockopt,
     (int fd, int level, int name, void *restrict to, socklen_t *restrict len), fd, level, name, to,
     len)
CALL(int, -1, ENOPROTOOPT, setsockopt,
     (int fd, int level, int name, const void *from, socklen_t len), fd, level, name, from, len)
CALL(ssize_t, -1, ENOBUFS, send, (int fd, const void *from, size_t n, int flags), fd, from, n,
     flags)
CALL(ssize_t, -1, ENOBUFS, sendto,
     (int fd, const void *from, size_t n, int flags, const struct sockaddr *to, socklen_t len), fd,
     from, n, flags, to, len)
CALL(ssize_t, -1, ENOBUFS, sendmsg, (int fd, const struct msghdr *m, int flags), fd, m, flags)
CALL(ssize_t, -1, ENOBUFS, recvmsg, (int fd, struct msghdr *m, int flags), fd, m, flags)
CALL(unsigned int, 0, ENODEV, if_nametoindex, (const char *name), name)
CALL(struct if_nameindex *, NULL, ENOBUFS, if_nameindex, (void))
CALL(char *, NULL, ENXIO, if_indextoname, (unsigned int index, char to[IF_NAMESIZE]), index, to)
CALL(int, -1, ENOBUFS, getifaddrs, (struct ifaddrs * *ret_list), ret_list)
