/* SPDX-License-Identifier: BSD-2-Clause */
/* Going over to another ruleset: every record under exactly one, at once where there is none. */
#include "relay.h"
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A second version of what is masked for whom. */
struct version {
	struct io_role role;
	const void *roles;
	struct io_ruleset rules;
};

static void version_make(const struct host *h, struct version *v, const struct policy *p)
{
	*v = (struct version){.role = {.name = "other", .policy = p}, .roles = &v->role};
	v->rules = (struct io_ruleset){.roles = &v->roles, .role_of = h->rules.role_of};
}

/* The worker has gone over to it. */
static void change(const struct host *h, struct io_ruleset *rules)
{
	const struct timespec ms = {.tv_nsec = 1000000};

	io_worker_rules(h->worker, rules);
	while (io_worker_ruled_by(h->worker) != rules)
		nanosleep(&ms, NULL);
}

static void host_masked(struct host *h)
{
	host_init(h, AF_INET);
	h->role.policy = fake_policy();
	h->listener.mask_to_server = h->listener.mask_to_client = true;
	host_start(h);
}

/* Between two records the change is there at once, in a record at its end. */
static void at_a_records_end(void)
{
	struct version two;
	struct pair inside, between;
	struct host h;

	host_masked(&h);
	version_make(&h, &two, fake_other_policy());
	inside = host_pair(&h);
	between = host_pair(&h);
	peer_send_text(inside.client, "a7\nb7");
	peer_expect_text(inside.server, "a1\nb1");
	peer_send_text(between.client, "a7\n");
	peer_expect_text(between.server, "a1\n");
	change(&h, &two.rules);
	peer_send_text(between.client, "b7");
	peer_expect_text(between.server, "b2");
	peer_send_text(inside.client, "7");
	peer_expect_text(inside.server, "1");
	CHECK(io_ruleset_used(&h.rules));
	peer_send_text(inside.client, "7\nc7\nd7");
	peer_expect_text(inside.server, "1\nc2\nd2");
	CHECK(!io_ruleset_used(&h.rules));
	peer_send_text(inside.server, "7");
	peer_expect_text(inside.client, "2");
	CHECK(!close(between.client) && !close(between.server));
	host_stop_with(&h, inside);
	CHECK(!io_ruleset_used(&two.rules));
}

/* A version that nobody was under any more when the next one came is not gone back to. */
static void twice(void)
{
	struct version two, three;
	struct host h;
	struct pair p;

	host_masked(&h);
	version_make(&h, &two, fake_other_policy());
	version_make(&h, &three, fake_policy());
	p = host_pair(&h);
	peer_send_text(p.client, "7");
	peer_expect_text(p.server, "1");
	change(&h, &two.rules);
	change(&h, &three.rules);
	CHECK(!io_ruleset_used(&two.rules) && io_ruleset_used(&h.rules));
	peer_send_text(p.client, "7\n7");
	peer_expect_text(p.server, "1\n1");
	CHECK(!io_ruleset_used(&h.rules));
	host_stop_with(&h, p);
}

/* From masked to passed on at a record's end; from passed on to masked by a reset. */
static void to_and_from_unmasked(void)
{
	struct version raw, masked;
	struct host h;
	struct pair p, fresh;

	host_masked(&h);
	version_make(&h, &raw, NULL);
	version_make(&h, &masked, fake_policy());
	p = host_pair(&h);
	peer_send_text(p.client, "7");
	peer_expect_text(p.server, "1");
	change(&h, &raw.rules);
	peer_send_text(p.client, "7\n7");
	peer_expect_text(p.server, "1\n7");
	fresh = host_pair(&h);
	change(&h, &masked.rules);
	peer_expect_reset(p.client);
	peer_expect_reset(p.server);
	CHECK(host_flow(&h, FLOW_POLICY_CHANGED) == 1);
	peer_send_text(fresh.client, "7");
	peer_expect_text(fresh.server, "1");
	CHECK(!close(fresh.client) && !close(fresh.server));
	host_stop(&h);
	CHECK(!io_ruleset_used(&raw.rules) && !io_ruleset_used(&h.rules));
}

/* Many changes under a stream in full flow: each line is under one version, and none goes back. */
static void under_load(void)
{
	enum { LINES = 20000, LINE = 50 };
	static char sent[LINES * LINE], got[LINES * LINE];
	struct version v[2];
	size_t out = 0, in = 0;
	struct host h;
	struct pair p;
	int n = 0;

	host_masked(&h);
	version_make(&h, &v[0], fake_other_policy());
	version_make(&h, &v[1], fake_policy());
	p = host_pair(&h);
	memset(sent, '7', sizeof(sent));
	for (size_t i = 0; i < LINES; i++)
		sent[i * LINE + LINE - 1] = '\n';
	while (in < sizeof(got)) {
		ssize_t r = send(p.client, sent + out, sizeof(sent) - out, MSG_DONTWAIT);

		out += r > 0 ? (size_t)r : 0;
		r = recv(p.server, got + in, sizeof(got) - in, MSG_DONTWAIT);
		in += r > 0 ? (size_t)r : 0;
		if (r > 0)
			change(&h, &v[n++ % 2].rules);
	}
	CHECK(n > 2);
	for (size_t i = 0; i < LINES; i++) {
		const char *line = got + i * LINE;

		CHECK(*line == '1' || *line == '2');
		for (size_t j = 1; j < LINE - 1; j++)
			CHECK(line[j] == *line);
		CHECK(line[LINE - 1] == '\n');
	}
	host_stop_with(&h, p);
}

const struct test rules_tests[] = {
	{"another ruleset at a record's end", at_a_records_end},
	{"two changes in one record", twice},
	{"to passing on and back", to_and_from_unmasked},
	{"changes under load", under_load},
	{0},
};
