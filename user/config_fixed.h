/* SPDX-License-Identifier: BSD-2-Clause */
/* What of a configuration a daemon that runs cannot change. */
#ifndef SCRIM_CONFIG_FIXED_H
#define SCRIM_CONFIG_FIXED_H

#include <scrim/config.h>

/*
 * 0 if `to` differs from `from` in nothing but rules, policies, and the listeners' policy and roles
 * (listeners are the same ones by their names); else -EINVAL with e naming the key.
 */
int config_fixed(const struct config *from, const struct config *to, struct err *e);

const struct config_listener *config_listener_find(const struct config *c, const char *name);

#endif
