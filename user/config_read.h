/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between the files that read the configuration: a map is read by a table of its keys, a value
 * by a function of its kind. A reader that finds a fault notes it and goes on.
 */
#ifndef SCRIM_CONFIG_READ_H
#define SCRIM_CONFIG_READ_H

#include "must.h"
#include "yaml.h"
#include <scrim/config.h>

struct reader {
	struct config *config;
	struct faults *faults;
};

/* Reads a value into its field; on a fault the field is as it was. */
typedef void (*read_fn)(struct reader *r, const struct yaml *value, void *field);

struct key {
	const char *name;
	size_t offset; /* of the field within the map's struct */
	read_fn read;
	const char *need; /* what to add where the key is absent; NULL: may be absent */
};

/* A fault at a node's place. */
#define wrong(r, at, ...) fault_add((r)->faults, (at)->line, (at)->column, __VA_ARGS__)

#define KEYS_MOST 24 /* of a map */

/*
 * Reads a map into a struct: unknown, repeated and missing keys are faults.
 *   what  in messages: "a listener"
 */
void read_keys(struct reader *r, const struct yaml *map, const char *what, const struct key *keys,
	       size_t n, void *into);
/* The same of an array of keys, as many as it may have. */
#define read_map(r, map, what, keys, n, into)                                                      \
	do {                                                                                       \
		_Static_assert((n) <= KEYS_MOST, "there is room for all keys of a map");           \
		read_keys(r, map, what, keys, n, into);                                            \
	} while (0)

/* True if the node is of the kind; else a fault that says what it should be. */
bool expect(struct reader *r, const struct yaml *node, enum yaml_kind kind, const char *what);

/* Which of the words a value is, or -1 with a fault. */
int read_word(struct reader *r, const struct yaml *value, const char *const *words, size_t n);

/* "x, y or z" of a list of words. */
const char *words_joined(struct reader *r, const char *const *words, size_t n);

/* Field types in brackets. */
void read_node(struct reader *r, const struct yaml *value, void *field); /* const struct yaml * */
void read_name(struct reader *r, const struct yaml *value, void *field); /* const char * */
void read_text(struct reader *r, const struct yaml *value, void *field); /* const char * */
void read_interface(struct reader *r, const struct yaml *value, void *field); /* const char * */
void read_port(struct reader *r, const struct yaml *value, void *field);      /* u16 */
void read_count(struct reader *r, const struct yaml *value, void *field);     /* u32, over 0 */
void read_percent(struct reader *r, const struct yaml *value, void *field);   /* u32, 1 to 100 */
void read_us(struct reader *r, const struct yaml *value, void *field);        /* u32, "2ms" */
void read_ms(struct reader *r, const struct yaml *value, void *field);        /* u32, "10s" */
void read_kib(struct reader *r, const struct yaml *value, void *field);       /* u32, "2GiB" */
void read_size(struct reader *r, const struct yaml *value, void *field);      /* u32, "64KiB" */

/* A number of at most 9 digits and what follows it. */
bool parse_number(const char *text, u32 *ret_n, const char **ret_rest);

/* 0, or -EINVAL with a fault. */
int parse_prefix(struct reader *r, const struct yaml *value, struct kern_prefix *ret_prefix);
int parse_address(struct reader *r, const struct yaml *value, union io_addr *ret_addr);
int parse_address_port(struct reader *r, const struct yaml *value, union io_addr *ret_addr);

/* A list of networks, none of which may hold another. */
void read_networks(struct reader *r, const struct yaml *value, struct kern_prefix **ret_nets,
		   size_t *ret_n);

/* A text or a list of texts, as a NULL-ended list; NULL where a fault was found. */
const char *const *read_texts(struct reader *r, const struct yaml *value, const char *what);
/* The same of labels. */
const char *const *read_labels(struct reader *r, const struct yaml *value);
/* `labels`, or `context`, which is the same; NULL: neither. Both are a fault. */
const struct yaml *either_labels(struct reader *r, const struct yaml *labels,
				 const struct yaml *context);
/* Whether a text is a pattern, in front of such a guard; or a fault in its place. */
bool check_pattern(struct reader *r, const struct yaml *item, enum guard after);

/* `allow`: values. `except`: patterns. As read_texts(). */
const char *const *read_allow(struct reader *r, const struct yaml *value);
const char *const *read_except(struct reader *r, const struct yaml *value);
/* A value of `allow` that the rule never finds is a fault. */
void check_allow(struct reader *r, const struct yaml *value, const struct rule_def *rule);
/* Nor one of a policy's that none of its rules finds. */
void check_policy_allow(struct reader *r, const struct yaml *value,
			const struct config_policy *policy);

/* The built-in rule that an entry of `rules` has the name of; NULL: the entry is a site's own. */
struct rule_def *amended(const struct config *c, const struct yaml *entry);
/* Adds what an entry of `rules` says to def, a built-in rule of r->config. */
void amend_rule(struct reader *r, const struct yaml *rules, const struct yaml *entry,
		struct rule_def *def);

/* The parts of a file, each into r->config. A NULL node: the key is absent. */
void read_limits(struct reader *r, const struct yaml *value);
void read_listener_limits(struct reader *r, const struct yaml *value, struct config_listener *l);
void read_receive_queues(struct reader *r, const struct yaml *value);
void read_rules(struct reader *r, const struct yaml *value);
void read_policies(struct reader *r, const struct yaml *value);
/* Which rules no policy has on; from then on they are not compiled. */
void mark_unused(struct config *c);
void check_rules_used(struct reader *r, const struct yaml *rules);
/* policy: of those that no role names. */
void read_roles(struct reader *r, const struct yaml *roles, const struct yaml *policy,
		struct config_listener *l);
void read_listeners(struct reader *r, const struct yaml *value);
/* More rows of counters than there are is a fault. */
void check_rows(struct reader *r, const struct yaml *listeners);

#endif
