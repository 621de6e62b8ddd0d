/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Masking a stream: frame, scan, replace in place, hold what is undecided.
 *
 *              head room         the chunk just received
 *        ┌───────────────────┬──────────────────────────────────────┐
 *        │ lookback │ held   │ new bytes                            │
 *        └───────────────────┴──────────────────────────────────────┘
 *                   ▲ ret_out.p ......................▲ + ret_out.len  ┊ held again
 *
 * stream_feed() copies what the stream carries into the head room, masks in place, copies the
 * undecided tail out, wipes it, and says which bytes may be sent.
 *
 * For one stream under the built-in rules masker.h does the setting up.
 *
 * Stack: a call on a stream takes less than 128 KiB, whatever the rules; compiling and policy_new()
 * take more.
 */
#ifndef SCRIM_MASK_H
#define SCRIM_MASK_H

#include <scrim/abi.h>
#include <scrim/frame.h>
#include <scrim/scan.h>

/*
 * A policy ready to run: which rules, for which format. Immutable; what a rule finds is filled, if
 * neither the rule nor the policy allows the value.
 */
struct policy;

struct policy_conf {
	enum frame_format format;
	enum isa isa;
	const bool *enabled; /* rs->nrules flags, or NULL: all; borrowed for the call */
	/* NULL-ended, or NULL: values that no rule masks, as rule_def.allow; borrowed for the call */
	const char *const *allow;
	/* Policies made before, NULL among them; of one that looks for the same rules the scanner is shared. */
	struct policy *const *others;
	size_t nothers;
};

/*
 *   rs  must outlive the policy
 * Returns 0 and *ret_p, freed by policy_free(); -EINVAL (a field the format does not know, a value
 * that cannot be allowed) or -ENOMEM with e set.
 */
int policy_new(const struct ruleset *rs, const struct policy_conf *conf, struct policy **ret_p,
	       struct err *e);
/* Streams of it must be gone. NULL is allowed. */
void policy_free(struct policy *p);

/* Working memory of a thread: matches of one chunk, counts not yet added. Not shared. */
struct mask_scratch;
/*
 * max_chunk: the longest chunk that will be fed, bytes. 0, -ENOMEM. With it comes a memo of lines (scan.h):
 * some 19 MiB, of which only what repeats is touched.
 */
int mask_scratch_new(size_t max_chunk, struct mask_scratch **ret_w);
/* Does without that memo from now on. What it knew is wiped; what is masked stays the same. */
void mask_scratch_forget(struct mask_scratch *w);
/* Wipes the memo. NULL is allowed. */
void mask_scratch_free(struct mask_scratch *w);

/* Where a role's counts go: rows[i] is the row of rule i. What is NULL is not counted. */
struct mask_counters {
	struct scrim_rule_row *const *rows;
};

struct span {
	u8 *p;
	size_t len;
};

/*
 * One direction of one connection. A zeroed struct is not a stream: use stream_init(). What a
 * stream carries over a chunk's end is the one thing allocated after compile: at most 400 bytes.
 */
struct stream {
	const struct policy *policy;
	struct mask_counters counters;
	struct frame frame;
	struct carry *carry; /* NULL while nothing is held: an idle stream costs nothing more */
	int reason;          /* negative: refused */
	u16 rule;            /* of the run that is open at the chunk's end */
	u8 kind;             /* enum run_kind; SKIP: none is open */
	bool counted;        /* the open field has been counted as a value */
	bool whole;          /* nothing of it has been decided */
	u8 lacks;            /* bytes of a masked character that are still to come */
	u16 tail;            /* 1 + the form whose value's tail is being masked; 0: none */
	u16 tail_rule;       /* whose `masked_bytes` both are */
};

/*
 * A stream at its begin; allocates nothing. p and the rows of `counters` must outlive it, or be changed
 * by stream_change(). It ends with stream_drop().
 */
void stream_init(struct stream *s, const struct policy *p, struct mask_counters counters);
/* Frees what is carried, wiped. Safe on a stream that failed. */
void stream_drop(struct stream *s);

/*
 * Masks the next bytes of the stream in place.
 *   w        this thread's
 *   data     len bytes, at most the max_chunk of w, SCRIM_HEADROOM writable bytes in front of them; changed
 *   ret_out  the bytes that may be sent, within [data - SCRIM_HEADROOM, data + len)
 * Counts are in the rows (relaxed atomics) before this returns.
 * Returns 0, or a negative reason (-FLOW_TLS, -FLOW_MEMORY...; flow.h has its name): the stream is
 * refused, nothing of this chunk may be sent, and every later call returns the same.
 * Invariant: the bytes said to be sent, glued together, are the same for every split of the
 * input (stream_idle() apart). Bytes outside of ret_out that were raw are wiped.
 */
int stream_feed(struct stream *s, struct mask_scratch *w, u8 *data, size_t len,
		struct span *ret_out);

/*
 * The stream ends: all that is held is decided.
 *   data  no bytes, but SCRIM_HEADROOM writable bytes in front of it
 * Returns 0 with *ret_out, or -FLOW_HL7_UNFINISHED with *ret_out (the ended frame's rest is to be
 * sent all the same and the reason counted), or another reason.
 */
int stream_finish(struct stream *s, struct mask_scratch *w, u8 *data, struct span *ret_out);

/*
 * As stream_feed(), but from the first record's end on (frame_between()) under another policy of
 * the same format. Where the stream is between two records that is at once, len may be 0 then.
 *   p  NULL: the rest is passed on as it is, and the stream is over: drop it
 * Returns 1 if it has changed, 0 if no record ended, or a reason.
 */
int stream_change(struct stream *s, struct mask_scratch *w, u8 *data, size_t len,
		  const struct policy *p, struct mask_counters counters, struct span *ret_out);

/* Bytes received and not yet said to be sent. */
size_t stream_held(const struct stream *s);

/*
 * The idle timer: the held tail goes out, parts of values masked (scan_partial), the rest raw.
 * It is remembered, so that what follows is decided as if it had not been sent. Each byte sent is
 * counted once, as `idle` or as `released`; `masked_bytes` counts those replaced later.
 *   data  as for stream_finish()
 * Returns 0 with *ret_out, empty where nothing is held; or the reason for which the stream is refused.
 */
int stream_idle(struct stream *s, struct mask_scratch *w, u8 *data, struct span *ret_out);

/*
 * `fill`: a digit becomes '1', a letter 'X' or 'x', a byte over 0x7f 'x'; everything else stays.
 * '1' and not '0': a number may begin with it in JSON, and 11111111 is a calendar date.
 * Returns how many bytes were replaced.
 */
size_t mask_fill(u8 *p, size_t len);

#endif
