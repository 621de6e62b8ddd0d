/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scanner's peers: Vectorscan or PCRE2 finding the same forms, and masking them the same way.
 *
 * It works like a stream of scrim's (scrim/mask.h): head room in front of every chunk, what is
 * undecided is held, the decided bytes are masked in place. So its output is byte for byte
 * scrim's, which the bench asserts.
 */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include <scrim/mask.h>

enum peer_mode {
	PEER_STREAM, /* hs_scan_stream(): Vectorscan keeps the state between chunks */
	PEER_BLOCK,  /* hs_scan(): what was held is scanned again with the next chunk */
	PEER_PCRE2   /* pcre2_jit_match(), form by form; what was held is scanned again */
};

struct peer;

/*
 *   defs, rs  the same rules as written and as compiled; both must outlive the peer
 * Only rules of which enabled[] is true take part. Returns 0, or -EINVAL with e set: the
 * library refuses a pattern; or -ENOMEM.
 */
int peer_new(const struct rule_def *defs, const struct ruleset *rs, const bool *enabled,
	     enum peer_mode mode, struct peer **ret_p, struct err *e);
/*
 * Another stream of the same kind, for a thread that has many: it borrows what p has compiled, so
 * p must outlive it. Returns 0, -ENOMEM; -ENOTSUP with PEER_PCRE2.
 */
int peer_like(const struct peer *p, struct peer **ret_p);
void peer_free(struct peer *p);

/* Begins a new stream: nothing held, no matches counted. */
void peer_reset(struct peer *p);
/* As stream_feed() and stream_finish(). Returns 0, -EIO when the library fails, -ENOMEM. */
int peer_feed(struct peer *p, u8 *data, size_t len, struct span *ret_out);
int peer_finish(struct peer *p, u8 *data, struct span *ret_out);
/* Values masked since peer_reset(). */
u64 peer_matches(const struct peer *p);

#endif
