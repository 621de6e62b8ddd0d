/* SPDX-License-Identifier: BSD-2-Clause */
#include "measure.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

void printf_like(1, 2) __attribute__((noreturn)) die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fprintf(stderr, "%s: ", program_invocation_short_name);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(1);
}

struct text text_open(const char *name)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	struct text t = {0};
	struct stat st;

	if (fd < 0 || fstat(fd, &st) || !st.st_size)
		die("%s: %s", name, errno ? strerror(errno) : "empty");
	t.len = (size_t)st.st_size;
	t.p = mmap(NULL, t.len, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (t.p == MAP_FAILED)
		die("%s: %s", name, strerror(errno));
	close(fd);
	return t;
}

u64 now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (u64)t.tv_sec * 1000000000 + (u64)t.tv_nsec;
}

static double process_cpu(int pid)
{
	char name[300];
	struct dirent *de;
	u64 ns, sum = 0;
	FILE *f;
	DIR *d;

	snprintf(name, sizeof(name), "/proc/%d/task", pid);
	d = opendir(name);
	if (!d)
		die("%s: %s", name, strerror(errno));
	while ((de = readdir(d))) {
		if (de->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "/proc/%d/task/%s/schedstat", pid, de->d_name);
		f = fopen(name, "re");
		if (!f)
			continue;
		if (fscanf(f, "%lu", &ns) == 1)
			sum += ns;
		fclose(f);
	}
	closedir(d);
	return (double)sum / 1e9;
}

/* Busy CPU-seconds of the machine: all of /proc/stat's first line but idle and iowait. */
static double machine_cpu(void)
{
	u64 user, nice, system, irq, softirq, steal;
	FILE *f = fopen("/proc/stat", "re");

	if (!f || fscanf(f, "cpu %lu %lu %lu %*u %*u %lu %lu %lu", &user, &nice, &system, &irq,
			 &softirq, &steal) != 6)
		die("/proc/stat cannot be read");
	fclose(f);
	return (double)(user + nice + system + irq + softirq + steal) /
	       (double)sysconf(_SC_CLK_TCK);
}

struct usage usage_now(int pid)
{
	struct timespec self;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &self);
	return (struct usage){.wall = (double)now_ns() / 1e9,
			      .self = (double)self.tv_sec + (double)self.tv_nsec / 1e9,
			      .relay = pid ? process_cpu(pid) : 0,
			      .machine = machine_cpu()};
}

void usage_print(const struct usage *a, const struct usage *b)
{
	printf("\"seconds\": %.6f, \"relay\": %.6f, \"load\": %.6f, \"machine\": %.3f",
	       b->wall - a->wall, b->relay - a->relay, b->self - a->self, b->machine - a->machine);
}

struct sockaddr_in address(const char *host, u16 port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};

	if (inet_pton(AF_INET, host, &a.sin_addr) != 1)
		die("%s is no IPv4 address", host);
	return a;
}

int listener_new(const struct sockaddr_in *a)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)); /* inherited */
	if (bind(fd, (const void *)a, sizeof(*a)) || listen(fd, 65535))
		die("port %u: %s", ntohs(a->sin_port), strerror(errno));
	return fd;
}

int client_new(const struct sockaddr_in *to)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	if (fd < 0 || setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) ||
	    connect(fd, (const void *)to, sizeof(*to)) || fcntl(fd, F_SETFL, O_NONBLOCK))
		die("connect to port %u: %s", ntohs(to->sin_port), strerror(errno));
	return fd;
}

void epoll_set(int epoll, int op, int fd, u32 events, void *what)
{
	struct epoll_event ev = {.events = events, .data.ptr = what};

	if (epoll_ctl(epoll, op, fd, &ev))
		die("epoll_ctl: %s", strerror(errno));
}
