/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A stream: runs found by the framer, decided as far as they can be, masked in place.
 *
 *      head room              the chunk
 *      ┌──────────┬──────┬────┬───────────────────────────────────────────┐
 *      │ back     │ held      │ SKIP │ FIELD │ SKIP │ TEXT ...             │
 *      └──────────┴──────┴────┴───────────────────────────────────────────┘
 *      ▲ text     ▲ from ▲ unsent                             ▲ decided   ▲ end
 *                                                 └── back ───┴── held ───┘  carried on
 *
 * Only the run that is open at the chunk's end has anything undecided, and that is the chunk's
 * tail: so what may be sent is one piece. `back` is raw, as it was received: what is decided
 * never depends on what was masked before. Bytes between `from` and `unsent` went out by the idle
 * timer; they are decided again, with what followed, and only counted.
 */
#include "fill.h"
#include "work.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(FILL_HELD <= HELD_MAX, "what a field holds fits");

struct carry {
	u16 back; /* bytes looked back at */
	u16 held; /* undecided */
	u16 sent; /* of those, already sent by the idle timer */
	u8 bytes[SCRIM_LOOKBACK + HELD_MAX];
};

void stream_init(struct stream *s, const struct policy *p, struct mask_counters counters)
{
	*s = (struct stream){.policy = p, .counters = counters};
	frame_init(&s->frame, p->map);
}

void stream_drop(struct stream *s)
{
	if (!s->carry)
		return;
	explicit_bzero(s->carry, sizeof(*s->carry));
	free(s->carry);
	s->carry = NULL;
}

size_t stream_held(const struct stream *s)
{
	return s->carry ? s->carry->held - s->carry->sent : 0;
}

/* Puts what is carried in front of the chunk. */
static struct work work_begin(struct stream *s, struct mask_scratch *w, u8 *data, size_t len)
{
	const struct carry *c = s->carry;
	struct work k = {.s = s, .w = w, .text = data, .from = data, .unsent = data};

	if (c) {
		k.from = data - c->held;
		k.text = k.from - c->back;
		k.unsent = k.from + c->sent;
		memcpy(k.text, c->bytes, (size_t)c->back + c->held);
	}
	k.begin = k.text;
	k.end = data + len;
	k.decided = k.from;
	return k;
}

/* From where on what is before `decided` may be looked at; a newline is as good as the text's begin. */
static u8 *looked_back_at(u8 *text, u8 *decided)
{
	u8 *newline;

	if (decided - text > SCRIM_LOOKBACK)
		text = decided - SCRIM_LOOKBACK;
	newline = memrchr(text, '\n', (size_t)(decided - text));
	return newline ? newline + 1 : text;
}

int work_carry(struct work *k, u8 *decided, u8 *end, bool look_back)
{
	struct stream *s = k->s;
	u8 *back = decided;
	struct carry *c = s->carry;

	if (look_back)
		back = looked_back_at(k->text, decided);
	if (back == end) {
		stream_drop(s);
		return 0;
	}
	if (!c) {
		c = malloc(sizeof(*c));
		if (!c)
			return -FLOW_MEMORY;
		s->carry = c;
	}
	c->back = (u16)(decided - back);
	c->held = (u16)(end - decided);
	c->sent = k->unsent > decided ? (u16)(k->unsent - decided) : 0;
	memcpy(c->bytes, back, (size_t)(end - back));
	return 0;
}

size_t work_fill(struct work *k, u8 *from, u8 *to, bool ends, struct filled *ret_filled)
{
	struct fill_job job = {
		.p = from,
		.len = (size_t)(to - from),
		.escape = frame_escape(&k->s->frame),
		.ends = ends,
	};

	if (from < k->unsent)
		job.sent = (size_t)((k->unsent < to ? k->unsent : to) - from);
	return fill_escaped(&job, ret_filled);
}

/*
 * Whether the open field is left as it is; -EAGAIN while that cannot be told. A field whose rule
 * allows anything is held until it ends, or is longer than all that is allowed.
 */
static int field_allowed(struct work *k, u8 *end, bool ends)
{
	const struct policy *p = k->s->policy;
	size_t len = (size_t)(end - k->from);

	if (!p->allows || !k->s->whole)
		return 0;
	if (ends)
		return policy_allows(p, k->s->rule, k->from, len);
	return len <= policy_allows_max(p, k->s->rule) ? -EAGAIN : 0;
}

static int work_field(struct work *k, u8 *end, bool ends)
{
	struct tally *t = tally_of(k->w, k->s->rule);
	struct filled filled;
	int r = field_allowed(k, end, ends);

	if (r == -EAGAIN)
		return work_carry(k, k->from, end, false);
	if (r) {
		k->decided = end;
		t->allowed++;
		return 0;
	}
	k->s->whole = false;
	k->decided = k->from + work_fill(k, k->from, end, ends, &filled);
	r = ends ? 0 : work_carry(k, k->decided, end, false);
	t->masked_bytes += filled.now;
	if (filled.all && !k->s->counted) {
		k->s->counted = true;
		t->matches++;
	}
	return r;
}

/* A piece of a run at p; the run was open before, or begins. */
static int work_run(struct work *k, const struct run *run, u8 *p)
{
	struct stream *s = k->s;
	int r;

	if (run->kind == RUN_SKIP) {
		k->decided = p + run->len;
		return 0;
	}
	if (s->kind == RUN_SKIP) {
		k->text = k->from = p;
		s->kind = (u8)run->kind;
		s->rule = run->rule;
		s->counted = false;
		s->whole = true;
	}
	r = run->kind == RUN_TEXT ? work_text(k, p + run->len, run->ends)
				  : work_field(k, p + run->len, run->ends);
	if (run->ends) {
		s->kind = RUN_SKIP;
		s->tail = 0;
		stream_drop(s);
	}
	return r;
}

static int work_fail(struct work *k, int reason)
{
	k->s->reason = reason;
	explicit_bzero(k->begin, (size_t)(k->end - k->begin));
	tally_flush(k->w, (struct mask_counters){.rows = NULL});
	stream_drop(k->s);
	return reason;
}

/* What may be sent; the rest of the chunk, and what was looked back at, is wiped. */
static void work_end(struct work *k, struct span *ret_out)
{
	u8 *unsent = k->unsent < k->decided ? k->unsent : k->decided;

	*ret_out = (struct span){.p = unsent, .len = (size_t)(k->decided - unsent)};
	explicit_bzero(k->decided, (size_t)(k->end - k->decided));
	explicit_bzero(k->begin, (size_t)(unsent - k->begin));
	tally_flush(k->w, k->s->counters);
}

int stream_feed(struct stream *s, struct mask_scratch *w, u8 *data, size_t len,
		struct span *ret_out)
{
	struct work k;
	u8 *p = data;
	struct run run;
	int r = s->reason;

	if (r)
		return r;
	k = work_begin(s, w, data, len);
	while (p < k.end) {
		r = frame_next(&s->frame, p, (size_t)(k.end - p), &run);
		if (!r)
			r = work_run(&k, &run, p);
		if (r)
			return work_fail(&k, r);
		p += run.len;
	}
	work_end(&k, ret_out);
	return 0;
}

static bool stream_between(const struct stream *s)
{
	return !s->carry && frame_between(&s->frame);
}

/* What follows a record's end: nothing is carried over it, so it stands right behind the first. */
static int change_rest(struct stream *s, struct mask_scratch *w, u8 *data, size_t len,
		       struct span *first)
{
	struct span rest = {.p = data, .len = len};
	int r = 0;

	if (s->policy && len)
		r = stream_feed(s, w, data, len, &rest);
	if (!r && !first->len)
		*first = rest;
	else if (!r)
		first->len += rest.len;
	return r;
}

int stream_change(struct stream *s, struct mask_scratch *w, u8 *data, size_t len,
		  const struct policy *p, struct mask_counters counters, struct span *ret_out)
{
	struct span out = {.p = data};
	size_t n = 0;
	int r = s->reason;

	if (r)
		return r;
	if (!stream_between(s)) {
		n = frame_record_end(&s->frame, data, len);
		if (len)
			r = stream_feed(s, w, data, n ? n : len, &out);
		if (!r && n && s->carry)
			r = s->reason = -FLOW_INTERNAL; /* something is held over a record's end */
		if (r || !n) {
			*ret_out = out;
			return r;
		}
	}
	s->policy = p;
	s->counters = counters;
	if (p)
		frame_change(&s->frame, p->map);
	r = change_rest(s, w, data + n, len - n, &out);
	if (!r)
		*ret_out = out;
	return r ? r : 1;
}

int stream_finish(struct stream *s, struct mask_scratch *w, u8 *data, struct span *ret_out)
{
	const struct run rest = {.kind = (enum run_kind)s->kind, .rule = s->rule, .ends = true};
	struct work k;
	int r = s->reason;

	if (r)
		return r;
	k = work_begin(s, w, data, 0);
	r = work_run(&k, &rest, data);
	if (r)
		return work_fail(&k, r);
	work_end(&k, ret_out);
	return frame_finish(&s->frame);
}

/*
 * An escape that is not closed: its first letter says nothing, more of it may be a value. Before
 * it stands what was held because it may be allowed.
 */
static void idle_field(struct work *k, u8 *end)
{
	struct tally *t = tally_of(k->w, k->s->rule);
	struct filled filled;
	u8 *open = k->from + work_fill(k, k->from, end, false, &filled);
	u8 *rest = open > k->unsent ? open : k->unsent;
	size_t len = (size_t)(end - rest);

	t->idle += (size_t)(rest - k->unsent);
	if (end - open <= 2) {
		t->released += len;
		return;
	}
	mask_fill(rest, len);
	t->idle += len;
}

int stream_idle(struct stream *s, struct mask_scratch *w, u8 *data, struct span *ret_out)
{
	struct work k;

	if (s->reason)
		return s->reason;
	*ret_out = (struct span){.p = data};
	if (!stream_held(s))
		return 0;
	k = work_begin(s, w, data, 0);
	if (s->kind == RUN_TEXT)
		idle_text(&k, data);
	else
		idle_field(&k, data);
	s->carry->sent = s->carry->held;
	*ret_out = (struct span){.p = k.unsent, .len = (size_t)(data - k.unsent)};
	explicit_bzero(k.text, (size_t)(k.unsent - k.text));
	tally_flush(w, s->counters);
	return 0;
}
