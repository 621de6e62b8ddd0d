/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One measurement of a relay: bulk clients and their server in one thread on one core.
 *
 *   load --relay PORT --sink PORT --pid PID --connections N --bytes N --corpus FILE --expect FILE
 *
 *   clients ══▶ relay (another process, another core) ══▶ sink, compares every byte
 *
 * Every client sends the corpus again and again, whole, until `bytes` are reached, and ends its
 * direction; the server must see exactly the expected file as often, and then the end. Printed is
 * one JSON object: bytes, seconds, and CPU-seconds of the relay (all its threads), of this
 * process and of the whole machine.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <scrim/base.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MAX_CONNECTIONS 64
#define PIECE           (256 * 1024)
#define STALLED_MS      10000

struct text {
	const u8 *p;
	size_t len;
};

struct leg {
	int fd;
	bool sends;
	u64 done;
};

struct load {
	u16 relay, sink;
	int pid;
	unsigned int connections;
	u64 bytes; /* per connection, a multiple of the corpus */
	struct text corpus, expect;
	int epoll, listener;
	struct leg client[MAX_CONNECTIONS], server[MAX_CONNECTIONS];
	unsigned int accepted, ended;
	u8 buffer[PIECE];
};

struct usage {
	double wall, relay, self, machine;
};

static void printf_like(1, 2) __attribute__((noreturn)) die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("load: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(1);
}

static struct text text_open(const char *name)
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

/* CPU-seconds of all threads of a process, those that ended since excepted. */
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

static struct usage usage_now(int pid)
{
	struct timespec t, self;

	clock_gettime(CLOCK_MONOTONIC, &t);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &self);
	return (struct usage){.wall = (double)t.tv_sec + (double)t.tv_nsec / 1e9,
			      .self = (double)self.tv_sec + (double)self.tv_nsec / 1e9,
			      .relay = process_cpu(pid),
			      .machine = machine_cpu()};
}

static void load_watch(struct load *l, int fd, u32 events, void *what)
{
	struct epoll_event ev = {.events = events, .data.ptr = what};

	if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &ev))
		die("epoll_ctl: %s", strerror(errno));
}

static void load_listen(struct load *l)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
				.sin_port = htons(l->sink),
				.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int one = 1;

	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	l->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	setsockopt(l->listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(l->listener, (void *)&a, sizeof(a)) || listen(l->listener, MAX_CONNECTIONS))
		die("port %u: %s", l->sink, strerror(errno));
	load_watch(l, l->listener, EPOLLIN, NULL);
}

static void load_connect(struct load *l)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
				.sin_port = htons(l->relay),
				.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	for (unsigned int i = 0; i < l->connections; i++) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

		if (fd < 0 || connect(fd, (void *)&a, sizeof(a)) || fcntl(fd, F_SETFL, O_NONBLOCK))
			die("connect to port %u: %s", l->relay, strerror(errno));
		l->client[i] = (struct leg){.fd = fd, .sends = true};
		load_watch(l, fd, EPOLLOUT, &l->client[i]);
	}
}

static void on_accept(struct load *l)
{
	int fd = accept4(l->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	if (l->accepted == l->connections)
		die("the relay opened more connections than it was given");
	l->server[l->accepted] = (struct leg){.fd = fd};
	load_watch(l, fd, EPOLLIN, &l->server[l->accepted++]);
}

static void on_writable(struct load *l, struct leg *g)
{
	size_t at = g->done % l->corpus.len, n = l->corpus.len - at;
	ssize_t r;

	r = send(g->fd, l->corpus.p + at, n < PIECE ? n : PIECE, MSG_NOSIGNAL);
	if (r < 0 && errno != EAGAIN)
		die("send: %s after %lu bytes", strerror(errno), g->done);
	if (r > 0)
		g->done += (u64)r;
	if (g->done == l->bytes) {
		epoll_ctl(l->epoll, EPOLL_CTL_DEL, g->fd, NULL);
		shutdown(g->fd, SHUT_WR);
	}
}

static void on_readable(struct load *l, struct leg *g)
{
	ssize_t r = recv(g->fd, l->buffer, PIECE, 0);

	if (r < 0 && errno != EAGAIN)
		die("recv: %s after %lu bytes", strerror(errno), g->done);
	if (!r) {
		if (g->done != l->bytes)
			die("ended after %lu of %lu bytes", g->done, l->bytes);
		close(g->fd);
		l->ended++;
	}
	for (ssize_t seen = 0; seen < r;) {
		size_t at = g->done % l->expect.len, n = l->expect.len - at;

		if (n > (size_t)(r - seen))
			n = (size_t)(r - seen);
		if (memcmp(l->buffer + seen, l->expect.p + at, n))
			die("received bytes differ within %zu of byte %lu", n, g->done);
		g->done += n;
		seen += (ssize_t)n;
	}
}

static void load_run(struct load *l)
{
	struct epoll_event ev[2 * MAX_CONNECTIONS + 1];
	int n;

	while (l->ended < l->connections) {
		n = epoll_wait(l->epoll, ev, (int)array_size(ev), STALLED_MS);
		if (n <= 0)
			die("nothing moved for %d ms", STALLED_MS);
		for (int i = 0; i < n; i++) {
			struct leg *g = ev[i].data.ptr;

			if (!g)
				on_accept(l);
			else if (g->sends)
				on_writable(l, g);
			else
				on_readable(l, g);
		}
	}
}

static void load_arguments(struct load *l, int argc, char **argv)
{
	static const struct option options[] = {{"relay", required_argument, NULL, 'r'},
						{"sink", required_argument, NULL, 's'},
						{"pid", required_argument, NULL, 'p'},
						{"connections", required_argument, NULL, 'n'},
						{"bytes", required_argument, NULL, 'b'},
						{"corpus", required_argument, NULL, 'c'},
						{"expect", required_argument, NULL, 'e'},
						{0}};
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (o) {
		case 'r':
			l->relay = (u16)atoi(optarg);
			break;
		case 's':
			l->sink = (u16)atoi(optarg);
			break;
		case 'p':
			l->pid = atoi(optarg);
			break;
		case 'n':
			l->connections = (unsigned int)atoi(optarg);
			break;
		case 'b':
			l->bytes = strtoull(optarg, NULL, 10);
			break;
		case 'c':
			l->corpus = text_open(optarg);
			break;
		case 'e':
			l->expect = text_open(optarg);
			break;
		default:
			exit(2);
		}
	}
	if (!l->relay || !l->sink || !l->pid || !l->connections ||
	    l->connections > MAX_CONNECTIONS || !l->corpus.p || l->corpus.len != l->expect.len)
		die("an argument is missing, or corpus and expect differ in length");
	l->bytes += l->corpus.len - 1;
	l->bytes -= l->bytes % l->corpus.len;
}

int main(int argc, char **argv)
{
	static struct load l;
	struct usage a, b;

	load_arguments(&l, argc, argv);
	load_listen(&l);
	a = usage_now(l.pid);
	load_connect(&l);
	load_run(&l);
	b = usage_now(l.pid);
	printf("{\"bytes\": %lu, \"seconds\": %.6f, \"relay\": %.6f, \"load\": %.6f, "
	       "\"machine\": %.3f}\n",
	       l.bytes * l.connections, b.wall - a.wall, b.relay - a.relay, b.self - a.self,
	       b.machine - a.machine);
	return 0;
}
