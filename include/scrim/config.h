/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The configuration as read, checked whole: what a caller holds has no fault left that can be
 * seen without the network, the kernel or a privilege.
 *
 *   YAML ─▶ struct config ─▶ struct engine (compiled) ─▶ listeners, workers
 *
 * README.md has every key by example.
 */
#ifndef SCRIM_CONFIG_H
#define SCRIM_CONFIG_H

#include <scrim/arena.h>
#include <scrim/frame.h>
#include <scrim/io.h>
#include <scrim/kern.h>
#include <stdio.h>

struct config_policy {
	const char *name;
	bool pass;                /* written down: the stream goes on unmasked */
	bool *enabled;            /* by rule, struct config.ndefs flags */
	const char *const *allow; /* NULL-ended: values that none of them masks; NULL: none */
};

/* Who comes from these networks is masked by this policy. */
struct config_role {
	const char *name; /* counts are kept under it */
	const struct config_policy *policy;
	struct kern_prefix *sources; /* none: the listener's default role */
	size_t nsources;
};

struct config_listener {
	const char *name;
	enum io_mode mode;
	u16 port;
	enum frame_format format;
	bool mask_to_server, mask_to_client;
	bool upstream_original;
	union io_addr upstream;
	bool send_proxy_v2;
	enum io_zero_copy zero_copy;
	u32 connections; /* at once; 0: no limit of its own */
	u32 accept_rate; /* a second; 0: the same */
	bool refuse_existing;
	const char *clients, *servers; /* gateway: interfaces */
	struct kern_prefix *protected_nets;
	size_t nprotected;
	union io_addr *listen; /* proxy: the addresses, with the port */
	size_t nlisten;
	struct config_role *roles; /* the first is the default */
	size_t nroles;
};

struct config {
	struct arena arena;
	unsigned int workers;       /* 0: one per allowed core */
	struct io_limits limits;    /* memory_kib: of all workers, 0: by default */
	struct io_queue receive[2]; /* of the clients' and the servers' side */
	struct config_listener *listeners;
	size_t nlisteners;
	struct config_policy *policies;
	size_t npolicies;
	struct rule_def
		*defs; /* the site's rules, then the built-in ones: the order of precedence */
	size_t ndefs, nsite;
};

/*
 * Reads and checks a file ("-": standard input).
 *   errors  gets each fault on a line, "file:line:column: what; what would be right"
 * Returns 0 and *ret_config, freed by config_free(); after at least one line -EINVAL: it is faulty, or
 * not there to be read; or another -errno: it could not be read now, which says nothing of it.
 */
int config_read(const char *file, FILE *errors, struct config **ret_config);

/* What holds without a file: every built-in rule, group "builtin" on, as one policy "default". */
struct config *config_builtin(void);

void config_free(struct config *c);

/* By name; NULL if there is none. */
const struct config_policy *config_policy_find(const struct config *c, const char *name);
/* Whether a policy of c has a rule on that could find something in that format; one that masks nothing is true. */
bool config_policy_masks(const struct config *c, const struct config_policy *p,
			 enum frame_format format);

#endif
