/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A stand-in for the daemon: opens the kernel's side as told, gives it listening sockets, and
 * relays without masking. Says "ready" when it stands; ends when its standard input does.
 *
 *   hold [-i INSTANCE] [-r] [-a] [-e] [-n] gateway CLIENTS SERVERS PORT [NETWORK/BITS]...
 *   hold [-i INSTANCE] [-r] [-a] [-e] [-n] local PORT
 *
 *   -r replace   -a attach only: no sockets, end at once   -e refuse existing connections
 *   -n name every row
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <scrim/kern.h>
#include <scrim/log.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define WORKERS 2

union address {
	struct sockaddr sa;
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;
};

static _Noreturn void fail(const char *what)
{
	fprintf(stderr, "hold: %s: %s\n", what, strerror(errno));
	exit(1);
}

static socklen_t address_len(const union address *a)
{
	return a->sa.sa_family == AF_INET ? sizeof(a->in4) : sizeof(a->in6);
}

static void transparent(int fd, int family)
{
	const int on = 1;

	if (family == AF_INET ? setsockopt(fd, IPPROTO_IP, IP_TRANSPARENT, &on, sizeof(on))
			      : setsockopt(fd, IPPROTO_IPV6, IPV6_TRANSPARENT, &on, sizeof(on)))
		fail("transparent");
}

static int listening(int family, bool gateway)
{
	union address at = {.sa.sa_family = (sa_family_t)family};
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	const int on = 1;

	if (family == AF_INET)
		at.in4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	else
		at.in6.sin6_addr = in6addr_loopback;
	if (fd < 0 ||
	    (family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on))))
		fail("socket");
	if (gateway)
		transparent(fd, family);
	if (bind(fd, &at.sa, address_len(&at)) || listen(fd, 64))
		fail("listen");
	return fd;
}

/* Goes on to where the client wanted; gateway: from the client's own address. */
static int go_on(struct kern *k, const struct kern_listener *l, int client)
{
	union address to, from;
	socklen_t len = sizeof(to);
	int fd;

	if (getsockname(client, &to.sa, &len) || (len = sizeof(from), 0) ||
	    getpeername(client, &from.sa, &len))
		fail("names");
	fd = socket(to.sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		fail("socket");
	if (l->mode == KERN_GATEWAY) {
		const int on = 1;

		transparent(fd, to.sa.sa_family);
		/* Else a tuple in TIME_WAIT fails here, where it is not known yet. */
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
		if (bind(fd, &from.sa, address_len(&from)))
			fail("bind");
	} else if (kern_own(k, fd)) {
		fail("kern_own");
	}
	if (connect(fd, &to.sa, address_len(&to)) && l->mode == KERN_GATEWAY &&
	    errno == EADDRNOTAVAIL) {
		if (kern_reclaim(k, &from.sa, &to.sa) || connect(fd, &to.sa, address_len(&to)))
			fail("connect again");
	}
	return fd;
}

static bool pump(int from, int to)
{
	char buf[4096];
	ssize_t n = read(from, buf, sizeof(buf));

	if (n > 0)
		return write(to, buf, (size_t)n) == n;
	if (n == 0)
		shutdown(to, SHUT_WR);
	return false;
}

static _Noreturn void relay(struct kern *k, const struct kern_listener *l, int client)
{
	struct linger reset = {.l_onoff = 1};
	const int server = go_on(k, l, client), ends[] = {client, server};
	struct pollfd fds[] = {{.fd = client, .events = POLLIN}, {.fd = server, .events = POLLIN}};

	setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	setsockopt(server, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	for (int open = 2; open && poll(fds, 2, 30000) > 0;)
		for (int i = 0; i < 2; i++)
			if (fds[i].fd >= 0 && fds[i].revents && !pump(ends[i], ends[!i])) {
				fds[i].fd = -1;
				open--;
			}
	reset.l_onoff = 0;
	setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	setsockopt(server, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	_exit(0);
}

/* Until standard input ends: a child for each connection. */
static void serve(struct kern *k, const struct kern_listener *l, const int *fds, size_t n)
{
	struct pollfd p[2 * WORKERS + 1] = {{.events = POLLIN}};
	struct err e;
	char c;

	for (size_t i = 0; i < n; i++)
		p[i + 1] = (struct pollfd){.fd = fds[i], .events = POLLIN};
	for (;;) {
		if (poll(p, n + 1, 200) < 0 && errno != EINTR)
			fail("poll");
		if (p[0].revents && read(0, &c, 1) <= 0)
			return;
		if (kern_refresh(k, &e) > 0)
			puts("refreshed");
		fflush(stdout);
		for (size_t i = 0; i < n; i++) {
			int fd = p[i + 1].revents ? accept(fds[i], NULL, NULL) : -1;

			if (fd < 0)
				continue;
			if (!fork())
				relay(k, l, fd);
			close(fd);
		}
	}
}

/* Every row taken, with names as long as they get. */
static void fill_rows(struct kern *k)
{
	char rule[64];

	for (int i = 0; i < SCRIM_RULE_ROWS; i++) {
		struct scrim_rule_row *r;

		snprintf(rule, sizeof(rule), "rule-%04d-\"of-the-longest-name-there-is", i);
		r = kern_row(k, rule, "a-role-with-the-longest-name-possible");
		if (r)
			r->matches = r->masked_bytes = ~0ull;
	}
}

static void read_network(const char *text, struct kern_prefix *p)
{
	char copy[64], *slash;

	snprintf(copy, sizeof(copy), "%s", text);
	slash = strchr(copy, '/');
	if (!slash)
		fail("a network is ADDRESS/BITS");
	*slash = 0;
	p->bits = (u8)atoi(slash + 1);
	p->family = strchr(copy, ':') ? AF_INET6 : AF_INET;
	if (inet_pton(p->family, copy, p->addr) != 1)
		fail(text);
}

int main(int argc, char **argv)
{
	struct kern_listener l = {.name = "hold"};
	struct kern_conf conf = {.listeners = &l, .nlisteners = 1, .nworkers = WORKERS};
	struct kern_prefix nets[16];
	int option, fds[2 * WORKERS];
	bool attach = false, all_rows = false;
	struct kern *k = NULL;
	struct err e;

	while ((option = getopt(argc, argv, "i:raenv")) != -1) {
		switch (option) {
		case 'i':
			conf.instance = optarg;
			break;
		case 'r':
			conf.replace = true;
			break;
		case 'a':
			attach = true;
			break;
		case 'n':
			all_rows = true;
			break;
		case 'e':
			l.refuse_existing = true;
			break;
		case 'v':
			log_init("hold", LOG_LEVEL_DEBUG);
			break;
		default:
			return 2;
		}
	}
	argv += optind;
	argc -= optind;
	if (argc >= 4 && !strcmp(argv[0], "gateway")) {
		l.mode = KERN_GATEWAY;
		l.clients = argv[1];
		l.servers = argv[2];
		l.port = l.answer_port = (u16)atoi(argv[3]);
		for (int i = 4; i < argc && l.nprotected < array_size(nets); i++)
			read_network(argv[i], &nets[l.nprotected++]);
		l.protected_nets = nets;
	} else if (argc == 2 && !strcmp(argv[0], "local")) {
		l.mode = KERN_LOCAL;
		l.port = (u16)atoi(argv[1]);
	} else {
		return 2;
	}
	signal(SIGCHLD, SIG_IGN);
	if (kern_open(&conf, &k, &e) || kern_attach(k, &conf, &e)) {
		fprintf(stderr, "hold: %s\n", e.text);
		kern_close(k);
		return 1;
	}
	kern_row(k, "ssn", "default")->matches++;
	if (all_rows)
		fill_rows(k);
	for (unsigned int i = 0; i < array_size(fds) && !attach; i++) {
		fds[i] = listening(i % 2 ? AF_INET6 : AF_INET, l.mode == KERN_GATEWAY);
		if (kern_set_socket(k, 0, 0, i / 2, fds[i], &e)) {
			fprintf(stderr, "hold: %s\n", e.text);
			return 1;
		}
	}
	puts("ready");
	fflush(stdout);
	if (!attach)
		serve(k, &l, fds, array_size(fds));
	kern_close(k);
	return 0;
}
