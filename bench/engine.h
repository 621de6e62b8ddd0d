/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A library of regular expressions in a peer: peer.c holds the text and masks, an engine finds.
 *
 *   peer.c ── struct look: held and new bytes ──▶ peer_vectorscan.c or peer_pcre2.c
 *          ◀── picks: the matches, in order ─────
 *
 * An engine may find more than a form matches, never less; form_holds() has the last word.
 */
#ifndef BENCH_ENGINE_H
#define BENCH_ENGINE_H

#include "peer.h"

/* A match: offsets from the stream's begin. */
struct pick {
	u64 from, to;
	u16 form;
};

/* Grows; keeps its memory when it is emptied by setting n to 0. */
struct picks {
	struct pick *v;
	size_t n, cap;
};

/* Returns 0, -ENOMEM. */
int picks_add(struct picks *p, struct pick new);

/* What an engine is asked: all matches that begin in [cursor, limit), as scrim/rules.h chooses. */
struct look {
	const u8 *text; /* raw: what may be looked back at, what was held, the new bytes */
	size_t len;
	size_t fresh; /* of them new, at the end */
	u64 base;     /* of text[0], from the stream's begin; so are cursor and limit */
	u64 cursor;
	u64 limit; /* no match that begins before depends on bytes behind the text */
	bool ends; /* nothing follows */
	struct picks *picks;
};

struct engine {
	/* As peer_new(). */
	int (*make)(const struct rule_def *defs, const struct ruleset *rs, const bool *enabled,
		    enum peer_mode mode, void **ret_self, struct err *e);
	/* As peer_like(); NULL: it cannot be shared. */
	int (*like)(const void *self, void **ret_self);
	void (*free)(void *self);
	void (*reset)(void *self);
	/* Adds to l->picks. Returns 0, -EIO, -ENOMEM. */
	int (*find)(void *self, const struct look *l);
};

extern const struct engine engine_vectorscan, engine_pcre2;

/* The state that d reaches by a byte; 0: none. */
u16 dfa_next(const struct dfa *d, u16 state, u8 byte);
/* Whether text[from, to) is a match of f by all that scrim/rules.h asks but the guard behind. */
bool form_holds(const struct form *f, const u8 *text, size_t from, size_t to);

#endif
