/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The configuration's reader from inside: places, guesses, networks, and that no text, however
 * broken, does more than give faults. What it says of each fault is in tests/config/.
 */
#include "../../user/config_read.h"
#include "../../user/roles.h"
#include "config_text.h"
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

static const char good[] = "version: 1\n"
			   "listeners:\n"
			   "  - name: feed\n"
			   "    mode: proxy\n"
			   "    port: 2575\n"
			   "    upstream: \"[fd00::1]:2575\"\n"
			   "    format: hl7\n"
			   "    mask: both\n"
			   "    policy: strict\n"
			   "    roles:\n"
			   "      - {sources: [10.0.0.0/8, \"fd00:1::/64\"], policy: wide}\n"
			   "      - {sources: [10.1.0.0/16], policy: narrow}\n"
			   "policies:\n"
			   "  strict: {rules: [builtin, site]}\n"
			   "  wide: {rules: [builtin], except: [date]}\n"
			   "  narrow: {default: none}\n"
			   "rules:\n"
			   "  - {name: site, class: other-id, pattern: 'it''s [0-9]{2}'}\n";

static const struct rule_def *rule_of(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->ndefs; i++)
		if (!strcmp(c->defs[i].name, name))
			return &c->defs[i];
	cr_assert_fail("no rule %s", name);
	return NULL;
}

/* One policy is enough; a rule that none has on is not compiled. */
Test(config, a_rule_is_unused_where_no_policy_has_it_on)
{
	static const char text[] = "version: 1\n"
				   "policies:\n"
				   "  few: {rules: [ssn]}\n"
				   "  other: {rules: [email]}\n"
				   "  narrow: {default: none}\n"
				   "listeners:\n"
				   "  - {name: a, mode: proxy, port: 1, upstream: \"[::1]:2\","
				   " format: text, mask: both, policy: few}\n";
	struct config *c = NULL;
	char *said;

	cr_assert_eq(read_text_config(text, strlen(text), &c, &said), 0, "%s", said);
	cr_expect_not(rule_of(c, "ssn")->unused);
	cr_expect_not(rule_of(c, "email")->unused);
	cr_expect(rule_of(c, "date")->unused);
	config_free(c);
	free(said);
	c = config_builtin();
	for (size_t i = 0; i < c->ndefs; i++)
		cr_expect_eq(c->defs[i].unused, !c->policies[0].enabled[i], "%s", c->defs[i].name);
	config_free(c);
}

Test(config, good)
{
	struct config *c = NULL;
	char *said;

	cr_assert_eq(read_text_config(good, strlen(good), &c, &said), 0, "%s", said);
	cr_expect_eq(c->nlisteners, 1);
	cr_expect_eq(c->listeners[0].port, 2575);
	cr_expect_eq(c->listeners[0].format, FORMAT_HL7);
	cr_expect(c->listeners[0].mask_to_server && c->listeners[0].mask_to_client);
	cr_expect_eq(c->listeners[0].upstream.in6.sin6_family, AF_INET6);
	cr_expect_eq(ntohs(c->listeners[0].upstream.in6.sin6_port), 2575);
	cr_expect_eq(c->listeners[0].nlisten, 2);
	cr_expect_eq(c->listeners[0].nroles, 3);
	cr_expect_str_eq(c->listeners[0].roles[0].name, "strict");
	cr_expect_str_eq(c->defs[0].name, "site");
	cr_expect(config_policy_find(c, "narrow")->pass);
	cr_expect_null(config_policy_find(c, "none"));
	config_free(c);
	free(said);
}

/* Every text one byte short, and every beginning, is read without harm; a fault has its words. */
Test(config, broken)
{
	const size_t len = strlen(good);
	char text[sizeof(good)];

	for (size_t cut = 0; cut < 2 * len; cut++) {
		struct config *c = NULL;
		size_t n = cut < len ? cut : len - 1;
		char *said;

		memcpy(text, good, len);
		if (cut >= len)
			memmove(text + cut - len, text + cut - len + 1, 2 * len - cut - 1);
		if (read_text_config(text, n, &c, &said))
			cr_expect(strlen(said) > 10, "no words for the cut at %zu", cut);
		else
			config_free(c);
		free(said);
	}
}

/* What is not there is as wrong as what is faulty; what cannot be read now is not. */
Test(config, not_read)
{
	struct rlimit limit, none = {0};
	struct config *c;
	FILE *null = fopen("/dev/null", "we");
	int rc;

	cr_assert(null);
	cr_expect_eq(config_read("/dev/null/none", null, &c), -EINVAL);
	cr_expect_eq(config_read("/", null, &c), -EINVAL);
	cr_assert(!getrlimit(RLIMIT_NOFILE, &limit));
	none.rlim_max = limit.rlim_max;
	cr_assert(!setrlimit(RLIMIT_NOFILE, &none));
	rc = config_read("/dev/null", null, &c);
	cr_assert(!setrlimit(RLIMIT_NOFILE, &limit)); /* Criterion needs some */
	cr_expect_eq(rc, -EMFILE);
	fclose(null);
}

Test(config, built_in)
{
	struct config *c = config_builtin();
	size_t on = 0;

	for (size_t i = 0; i < c->ndefs; i++)
		on += c->policies[0].enabled[i];
	cr_expect(on > 8 && on < c->ndefs, "group builtin is on, providers off: %zu", on);
	config_free(c);
}

Test(config, nearest)
{
	const char *const words[] = {"policy", "port", "mask", "upstream"};

	cr_expect_str_eq(fault_nearest("polcy", words, 4), "policy");
	cr_expect_str_eq(fault_nearest("upsteram", words, 4), "upstream");
	cr_expect_null(fault_nearest("reload", words, 4));
	cr_expect_null(fault_nearest("", words, 4));
}

Test(config, column)
{
	const struct yaml plain = {.column = 10, .raw = "a{1}b", .line = 1};
	const struct yaml single = {.column = 10, .raw = "it''s*'", .style = '\''};
	const struct yaml twice = {
		.column = 10, .raw = "\\x41\\tb\\u0041\\xe9\\N*\"", .style = '"'};
	const struct yaml beyond = {.column = 10, .raw = "\xc3\xa9\xe2\x82\xac*"};
	const struct yaml block = {.column = 10, .raw = "ab*\n", .style = '|'};

	cr_expect_eq(yaml_column(&plain, 4), 14);
	cr_expect_eq(yaml_column(&single, 4), 15);
	cr_expect_eq(yaml_column(&twice, 4), 23);
	cr_expect_eq(yaml_column(&twice, 8), 29);
	cr_expect_eq(yaml_column(&beyond, 5), 12);
	cr_expect_eq(yaml_column(&block, 2), 10);
	cr_expect_eq(yaml_column(&plain, 40), 10);
}

static const char *role_of(const struct roles *r, const char *address)
{
	union io_addr a = {0};

	if (inet_pton(AF_INET, address, &a.in4.sin_addr) == 1)
		a.sa.sa_family = AF_INET;
	else if (inet_pton(AF_INET6, address, &a.in6.sin6_addr) == 1)
		a.sa.sa_family = AF_INET6;
	return roles_of(r, &a)->name;
}

/* A name that is a rule's and a class's, too, excepts the whole class, and nothing else. */
Test(config, except_takes_a_class_whole)
{
	static const char text[] = "version: 1\n"
				   "policies: {all: {rules: [builtin, providers, desk]},"
				   " some: {rules: [builtin, providers, desk], except: [phone]}}\n"
				   "rules: [{name: desk, class: fax, pattern: 'desk [0-9]{4}'}]\n";
	struct config *c = NULL;
	size_t off = 0;
	char *said;

	cr_assert_eq(read_text_config(text, strlen(text), &c, &said), 0, "%s", said);
	for (size_t i = 0; i < c->ndefs; i++) {
		cr_expect(c->policies[0].enabled[i]);
		cr_expect_eq(c->policies[1].enabled[i], c->defs[i].class != ID_PHONE, "%s",
			     c->defs[i].name);
		off += !c->policies[1].enabled[i];
	}
	cr_expect_eq(off, 3, "phone, hl7-phone and hl7-provider-phone: %zu", off);
	config_free(c);
	free(said);
}

Test(config, narrowest_role)
{
	struct config *c = NULL;
	char *said;

	cr_assert_eq(read_text_config(good, strlen(good), &c, &said), 0, "%s", said);

	struct io_role roles[] = {{.name = "strict"}, {.name = "wide"}, {.name = "narrow"}};
	const struct roles r = {.listener = &c->listeners[0], .roles = roles};

	cr_expect_str_eq(role_of(&r, "10.2.0.1"), "wide");
	cr_expect_str_eq(role_of(&r, "10.1.255.255"), "narrow");
	cr_expect_str_eq(role_of(&r, "11.0.0.1"), "strict");
	cr_expect_str_eq(role_of(&r, "fd00:1::9"), "wide");
	cr_expect_str_eq(role_of(&r, "fd00:2::9"), "strict");
	cr_expect_str_eq(role_of(&r, "::ffff:10.1.0.1"), "narrow");
	config_free(c);
	free(said);
}
