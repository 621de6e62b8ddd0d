/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Masking a stream in pieces, as a worker does, with every invariant of mask.h asserted on the
 * way. Pieces lie between guard pages, by turns against the one behind and the one in front:
 *
 *     │ guard │ head room │ chunk │ slack      │ guard │
 *     │ guard │      slack │ head room │ chunk │ guard │
 */
#ifndef TEST_STREAM_FEED_H
#define TEST_STREAM_FEED_H

#include "scan_feed.h"
#include <scrim/mask.h>

#define FED_MAX (160 * 1024) /* the longest stream */

/* What a stream gave. */
struct fed {
	int reason; /* of the call that refused, or of the end */
	size_t in, n;
	u64 early; /* bytes given out by stream_idle() */
	u8 out[FED_MAX];
	struct scrim_rule_row rows[RULE_MAX];
};

struct feeder {
	const struct ruleset *rs;
	struct policy *policy;
	struct mask_scratch *scratch;
	struct scrim_rule_row *rows[RULE_MAX];
	u8 *map;
	size_t map_len;
	unsigned int turn;
	struct stream stream;
	struct fed *fed;
};

/* The test fails if the policy is refused. */
void feeder_begin(struct feeder *f, const struct ruleset *rs, const bool *enabled,
		  enum frame_format format, enum isa isa);
/* The same, with the scanner of another feeder if that has the same rules: making one takes long. */
void feeder_begin_beside(struct feeder *f, const struct feeder *other, const bool *enabled,
			 enum frame_format format, enum isa isa);
void feeder_end(struct feeder *f);
/* One of all rules for each format. */
void feeders_begin(struct feeder f[FORMAT_COUNT], const struct ruleset *rs, enum isa isa);
void feeders_end(struct feeder f[FORMAT_COUNT]);

/* A stream: begun, fed, left idle, finished. Each returns what the stream said. */
void feed_begin(struct feeder *f, struct fed *ret_fed);
int feed_bytes(struct feeder *f, const u8 *bytes, size_t len);
int feed_idle(struct feeder *f);
int feed_finish(struct feeder *f);

/* A whole stream, its pieces cut by `cut`; it is ended where it is refused. */
void feed_cut(struct feeder *f, const u8 *bytes, size_t len, cut_fn cut, void *arg,
	      struct fed *ret_fed);
/* At once. */
void feed_whole(struct feeder *f, const u8 *bytes, size_t len, struct fed *ret_fed);

/*
 * A whole stream at once into *ret_fed; then byte by byte and cut in two at every place, which must
 * give the same.
 */
void feed_all_cuts(struct feeder *f, const u8 *bytes, size_t len, const char *what,
		   struct fed *ret_fed);

/* Asserts the same reason; of streams that were not refused, bytes and counts, too. */
void assert_fed_same(const struct feeder *f, const struct fed *got, const struct fed *want,
		     const char *what, size_t where);

/* Sums over the rules. */
u64 fed_let_go(const struct feeder *f, const struct fed *fed); /* idle and released */
u64 fed_matches(const struct feeder *f, const struct fed *fed);

/* The built-in rules; free with ruleset_free(). */
struct ruleset *builtin_rules(const struct rule_def **ret_defs);
/* Whether a refusal may come after bytes were given out: all do but an end inside a frame. */
bool refused(const struct fed *fed);

#endif
