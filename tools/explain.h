/* SPDX-License-Identifier: BSD-2-Clause */
/* What each rule of a configuration costs, and when a part of its value counts. */
#ifndef SCRIM_EXPLAIN_H
#define SCRIM_EXPLAIN_H

#include <scrim/engine.h>

/*
 * Prints every rule that a policy turns on, with its forms: the path by which each is found, the
 * states of its automaton, the longest match, the commit point.
 * Returns 0, -ENOMEM with e set.
 */
int explain(const struct engine *g, bool json, struct err *e);

/* How much of a value the idle flush asks for: "4 digits", "10 bytes", "past '@'", "never". */
void explain_commit(enum commit_unit unit, u8 commit, char *text, size_t size);

#endif
