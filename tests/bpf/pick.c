/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which socket a client is led to: the programs' pick (BPF_PROG_TEST_RUN of their look-ups, on maps
 * that the daemon's own code has filled) beside the role that a worker finds by its ruleset, for
 * made-up roles and addresses of both families. Also when a reload has changed the roles.
 *
 *   pick INSTANCE        in a namespace with the interfaces clients and servers
 */
#include "../../user/kern/private.h"
#include "../../user/roles.h"
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <scrim/config.h>
#include <stdlib.h>
#include <steer_gateway.skel.h>
#include <steer_local.skel.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LISTENERS 2
#define ROLES     6
#define SOURCES   5
#define WORKERS   2
#define PORT      2575
#define ROUNDS    60
#define LOOKUPS   200

static unsigned int passed, failed;
static u64 seed = 1;

static u32 random_below(u32 n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (u32)((seed >> 33) % n);
}

/* As much of a configuration as says who has which role. */
struct site {
	struct config config;
	struct config_listener listeners[LISTENERS];
	struct config_role roles[LISTENERS][ROLES];
	struct kern_prefix nets[LISTENERS][ROLES][SOURCES];
};

/* Few values, so that networks lie in one another; ::ffff:0:0/96 and what is around it among them. */
static struct kern_prefix random_net(void)
{
	static const u8 first[] = {0x00, 0x0a, 0xfd};
	static const u8 bits[] = {0, 1, 7, 8, 9, 16, 24, 31, 32, 33, 64, 79, 80, 95, 97, 127, 128};
	struct kern_prefix p = {.family = random_below(2) ? AF_INET : AF_INET6};

	do
		p.bits = bits[random_below(array_size(bits))];
	while (p.family == AF_INET && p.bits > 32);
	p.addr[0] = first[random_below(array_size(first))];
	p.addr[1] = (u8)random_below(2);
	p.addr[15] = p.family == AF_INET6 ? (u8)random_below(2) : 0;
	for (unsigned int i = p.bits; i < 128; i++)
		p.addr[i / 8] &= (u8) ~(0x80 >> i % 8);
	return p;
}

static bool is_taken(const struct site *s, unsigned int listener, const struct kern_prefix *p)
{
	for (size_t i = 0; i < s->listeners[listener].nroles; i++)
		for (size_t j = 0; j < s->roles[listener][i].nsources; j++)
			if (!memcmp(&s->nets[listener][i][j], p, sizeof(*p)))
				return true;
	return false;
}

/* roles: 1 at least. Each name is as if by chance of another role's, too. */
static void make_site(struct site *s, enum io_mode mode, unsigned int roles)
{
	static const char *const names[] = {"strict",  "limited", "research",
					    "billing", "limited", "new"};

	memset(s, 0, sizeof(*s));
	for (unsigned int l = 0; l < LISTENERS; l++) {
		s->listeners[l] = (struct config_listener){
			.name = l ? "other" : "one", .mode = mode, .roles = s->roles[l]};
		for (unsigned int i = 0; i < roles; i++) {
			struct config_role *r = &s->roles[l][i];

			*r = (struct config_role){.name = names[i], .sources = s->nets[l][i]};
			s->listeners[l].nroles = i + 1;
			while (i && r->nsources < SOURCES) {
				struct kern_prefix p = random_net();

				if (!is_taken(s, l, &p))
					r->sources[r->nsources++] = p;
				else if (!random_below(8))
					break;
			}
		}
	}
	s->config.listeners = s->listeners;
	s->config.nlisteners = LISTENERS;
}

static union io_addr random_client(void)
{
	struct kern_prefix p = random_net();
	union io_addr a = {.sa.sa_family = p.family};

	for (unsigned int i = p.bits; i < 128; i++)
		p.addr[i / 8] |= (u8)(random_below(2) << (7 - i % 8));
	if (p.family == AF_INET)
		memcpy(&a.in4.sin_addr, p.addr, 4);
	else
		memcpy(&a.in6.sin6_addr, p.addr, 16);
	return a;
}

struct stand {
	struct kern *k;
	enum io_mode mode;
	u64 cookie[LISTENERS][ROLES][2][WORKERS];
	int fds[LISTENERS * ROLES * 2 * WORKERS];
	size_t nfds;
};

static int listening(int family)
{
	union io_addr at = {.sa.sa_family = (sa_family_t)family};
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, &at.sa, family == AF_INET ? sizeof(at.in4) : sizeof(at.in6)) ||
	    listen(fd, 1)) {
		perror("listen");
		exit(1);
	}
	return fd;
}

static void give_socket(struct stand *s, unsigned int l, unsigned int role, int v6, unsigned int w)
{
	int fd = listening(v6 ? AF_INET6 : AF_INET);
	u64 *cookie = &s->cookie[l][role][v6][w];
	socklen_t len = sizeof(*cookie);
	struct err e;

	if (kern_set_socket(s->k, l, role, w, fd, &e) ||
	    getsockopt(fd, SOL_SOCKET, SO_COOKIE, cookie, &len)) {
		fprintf(stderr, "pick: a socket: %s\n", e.text);
		exit(1);
	}
	s->fds[s->nfds++] = fd;
}

/* BPF_PROG_TEST_RUN of a look-up takes no interface: it is the index 0 there. */
static void know_no_interface(struct kern *k)
{
	struct scrim_iface iface = {.sides = SCRIM_CLIENTS};
	const u32 none = 0;

	while (strcmp(k->ifaces[iface.slot].name, "clients"))
		iface.slot++;
	if (bpf_map_update_elem(bpf_map__fd(k->gateway->maps.ifaces), &none, &iface, BPF_ANY)) {
		perror("ifaces");
		exit(1);
	}
}

static void open_stand(struct stand *s, const char *instance, enum io_mode mode,
		       const struct site *site)
{
	struct kern_listener listeners[LISTENERS];
	const struct kern_conf conf = {.instance = instance,
				       .listeners = listeners,
				       .nlisteners = LISTENERS,
				       .nworkers = WORKERS};
	struct err e;

	memset(s, 0, sizeof(*s));
	s->mode = mode;
	for (unsigned int l = 0; l < LISTENERS; l++)
		listeners[l] = (struct kern_listener){
			.name = site->listeners[l].name,
			.mode = mode == IO_LOCAL ? KERN_LOCAL : KERN_GATEWAY,
			.port = (u16)(PORT + l),
			.answer_port = (u16)(PORT + l),
			.clients = "clients",
			.servers = "servers",
		};
	if (kern_open(&conf, &s->k, &e)) {
		fprintf(stderr, "pick: %s\n", e.text);
		exit(1);
	}
	for (unsigned int l = 0; l < LISTENERS; l++)
		for (unsigned int i = 0; i < site->listeners[l].nroles; i++)
			for (unsigned int w = 0; w < 2 * WORKERS; w++)
				if (roles_socket(&site->listeners[l], site->roles[l][i].name) == i)
					give_socket(s, l, i, w % 2, w / 2);
	if (mode == IO_GATEWAY)
		know_no_interface(s->k);
}

static void close_stand(struct stand *s)
{
	while (s->nfds)
		close(s->fds[--s->nfds]);
	kern_close(s->k);
}

/* The cookie of the socket that the program picks; 0: it refuses. */
static u64 picked(const struct stand *s, unsigned int l, const union io_addr *client)
{
	struct bpf_sk_lookup ctx = {.family = client->sa.sa_family,
				    .protocol = IPPROTO_TCP,
				    .remote_port = htons((u16)(1 + random_below(65535))),
				    .local_port = PORT + l};
	LIBBPF_OPTS(bpf_test_run_opts, run, .ctx_in = &ctx, .ctx_size_in = sizeof(ctx),
		    .ctx_out = &ctx, .ctx_size_out = sizeof(ctx), .repeat = 1);
	const struct bpf_program *prog = s->mode == IO_LOCAL
						 ? s->k->local->progs.steer_local
						 : s->k->gateway->progs.steer_gateway_lookup;

	if (client->sa.sa_family == AF_INET) {
		ctx.remote_ip4 = client->in4.sin_addr.s_addr;
		ctx.local_ip4 = htonl(0x0a020002);
	} else {
		memcpy(ctx.remote_ip6, &client->in6.sin6_addr, 16);
		ctx.local_ip6[0] = htonl(0xfd020000);
	}
	if (bpf_prog_test_run_opts(bpf_program__fd(prog), &run)) {
		perror("a look-up");
		exit(1);
	}
	return run.retval == SK_PASS ? ctx.cookie : 0;
}

/* The role of a socket; -1: of another listener or family, or none at all. */
static int role_of(const struct stand *s, unsigned int l, bool v6, u64 cookie)
{
	for (int i = 0; i < ROLES && cookie; i++)
		for (unsigned int w = 0; w < WORKERS; w++)
			if (s->cookie[l][i][v6][w] == cookie)
				return i;
	return -1;
}

/* How many of some clients are led to another socket than that of the role the worker gives them. */
static unsigned int wrong(const struct stand *s, const struct site *at_start,
			  const struct site *now)
{
	struct io_role roles[ROLES] = {0};
	unsigned int n = 0;

	for (int i = 0; i < LOOKUPS; i++) {
		union io_addr client = random_client();
		unsigned int l = random_below(LISTENERS);
		struct roles of = {.listener = &now->listeners[l], .roles = roles};
		const char *name = now->roles[l][roles_of(&of, &client) - roles].name;
		int want = (int)roles_socket(&at_start->listeners[l], name);

		n += role_of(s, l, client.sa.sa_family == AF_INET6, picked(s, l, &client)) != want;
	}
	return n;
}

static void result(const char *mode, const char *what, unsigned int bad)
{
	printf("%s %s: %s", bad ? "FAILED" : "ok    ", mode, what);
	printf(bad ? ": %u were not\n" : "\n", bad);
	*(bad ? &failed : &passed) += 1;
}

static void steer(const struct stand *s, const struct site *at_start, const struct site *now)
{
	struct err e;

	if (!roles_steer(&at_start->config, &now->config, s->k, &e))
		return;
	fprintf(stderr, "pick: %s\n", e.text);
	exit(1);
}

static void run(const char *instance, enum io_mode mode)
{
	const char *name = mode == IO_LOCAL ? "local" : "gateway";
	unsigned int start = 0, reloaded = 0, none = 0, untold = 0, dead = 0;
	static struct site at_start, now;
	struct stand s;

	make_site(&at_start, mode, ROLES - 1); /* the last one is a reload's */
	open_stand(&s, instance, mode, &at_start);
	for (int i = 0; i < LOOKUPS; i++) {
		union io_addr client = random_client();

		untold += role_of(&s, 1, client.sa.sa_family == AF_INET6, picked(&s, 1, &client)) !=
			  0;
	}
	for (int i = 0; i < ROUNDS; i++) {
		make_site(&at_start, mode, ROLES - 1);
		steer(&s, &at_start, &at_start);
		start += wrong(&s, &at_start, &at_start);
		make_site(&now, mode, 1 + random_below(ROLES));
		steer(&s, &at_start, &now);
		reloaded += wrong(&s, &at_start, &now);
	}
	make_site(&now, mode, 1);
	steer(&s, &at_start, &now);
	none += wrong(&s, &at_start, &now);
	kern_clear_sockets(s.k);
	for (int i = 0; i < LOOKUPS; i++) {
		union io_addr client = random_client();

		dead += picked(&s, random_below(LISTENERS), &client) != 0;
	}
	close_stand(&s);
	result(name, "without a word of roles, all are led to the default one's socket", untold);
	result(name, "clients are led to the socket of the role that the ruleset gives them",
	       start);
	result(name, "so they are when a reload has changed the roles", reloaded);
	result(name, "and when it has left none", none);
	result(name, "without sockets, clients of all roles are refused", dead);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	run(argv[1], IO_LOCAL);
	run(argv[1], IO_GATEWAY);
	printf("%u passed, %u failed, 0 skipped\n", passed, failed);
	return failed ? 1 : 0;
}
