/* SPDX-License-Identifier: BSD-2-Clause */
/* Scanning a text in pieces, as a stream does: the undecided tail is given again. */
#ifndef TEST_SCAN_FEED_H
#define TEST_SCAN_FEED_H

#include <scrim/scan.h>

/* What a scan of a whole text gave; offsets are the text's. */
struct found {
	size_t n;
	struct match m[8192];
	u64 rejected[RULE_MAX];
	u64 walked;
};

/* Ends of the pieces: cut(arg, at) gives the next one's, beyond at. */
typedef size_t (*cut_fn)(void *arg, size_t at);

/*
 * Scans text[0, len) piece by piece. Each call of scan() gets no more than it must: SCRIM_LOOKBACK
 * bytes before what is undecided, in memory of exactly that size. Asserts the invariants of
 * scan() on the way.
 */
void scan_feed(const struct scanner *s, const u8 *text, size_t len, cut_fn cut, void *arg,
	       struct found *ret_found);

/* A memo, the caller's. */
struct scan_memo *scan_feed_memo_new(void);

/* The same with a memo. */
void scan_feed_memo(const struct scanner *s, struct scan_memo *memo, const u8 *text, size_t len,
		    cut_fn cut, void *arg, struct found *ret_found);

/* With what a text is scanned. */
struct scan_feeding {
	struct scan_memo *memo; /* or NULL */
	/* Behind each call of scan(), with the job as that left it; or NULL. */
	void (*watch)(void *arg, const struct scanner *s, const struct scan_job *job);
	void *arg;
};
void scan_feed_watched(const struct scanner *s, const struct scan_feeding *how, const u8 *text,
		       size_t len, cut_fn cut, void *arg, struct found *ret_found);

/* At once. */
void scan_whole(const struct scanner *s, const u8 *text, size_t len, struct found *ret_found);

/* Asserts that two are the same; `what` says of which. */
void assert_same(const struct found *got, const struct found *want, const char *what, size_t where);

#endif
