/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Those who mask streams in bench-scan, behind one interface: scrim on an ISA, Vectorscan, PCRE2.
 */
#ifndef BENCH_CONTENDER_H
#define BENCH_CONTENDER_H

#include "peer.h"

/* Rules as written and as compiled; enabled[] says which of them take part. */
struct ruleset_pair {
	const struct rule_def *defs;
	struct ruleset *rs;
	bool *enabled;
};

/* begin() starts a new stream and sets the counts to 0; feed and finish as in scrim/mask.h. */
struct contender {
	const char *name;
	const struct ruleset *rules; /* that it masks by */
	void (*begin)(void *self);
	int (*feed)(void *self, u8 *data, size_t len, struct span *ret_out);
	int (*finish)(void *self, u8 *data, struct span *ret_out);
	u64 (*matches)(void *self);  /* values masked */
	u64 (*rejected)(void *self); /* candidates a validator refused; NULL: not known */
	bool framed;                 /* it reads a format that the others do not know */
	void *self;
};

/* scrim. Returns 0, or a negative errno with e set. It lives as long as the program. */
int contender_scrim(const struct ruleset_pair *r, const char *name, enum frame_format format,
		    enum isa isa, size_t max_chunk, struct contender *ret_c, struct err *e);
/* Vectorscan or PCRE2, which read text. The same. */
int contender_peer(const struct ruleset_pair *r, const char *name, enum peer_mode mode,
		   struct contender *ret_c, struct err *e);

#endif
