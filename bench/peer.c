/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text that a peer holds over a chunk's end, and the masking of what its engine finds.
 *
 *   carried: looked back at, held │ new bytes      decided is all that begins SCRIM_WINDOW
 *   ──────────────────────────────┴──────────▶     bytes before the end, and what matches of it
 */
#include "engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HOLD SCRIM_WINDOW

struct peer {
	const struct ruleset *rs;
	const struct engine *engine;
	void *self;
	struct picks picks;
	u64 end;     /* of the text seen, from the stream's begin */
	u64 decided; /* all before it has been sent */
	u64 matches;
	u8 carry[SCRIM_LOOKBACK + HOLD]; /* raw: looked back at, and held */
	size_t ncarry;
};

int picks_add(struct picks *p, struct pick new)
{
	if (p->n == p->cap) {
		size_t cap = p->cap ? 2 * p->cap : 1024;
		void *v = realloc(p->v, cap * sizeof(*p->v));

		if (!v)
			return -ENOMEM;
		p->v = v;
		p->cap = cap;
	}
	p->v[p->n++] = new;
	return 0;
}

u16 dfa_next(const struct dfa *d, u16 state, u8 byte)
{
	return d->trans[state * d->nclasses + d->class[byte]];
}

static bool dfa_matches(const struct dfa *d, const u8 *p, const u8 *end)
{
	u16 s = 1;

	for (; p < end && s; p++)
		s = dfa_next(d, s, *p);
	return s && d->accept[s];
}

bool form_holds(const struct form *f, const u8 *text, size_t from, size_t to)
{
	return form_guard_before(f, text, from) && form_labelled(f, text, from) &&
	       dfa_matches(&f->dfa, text + from, text + to) &&
	       (!f->validate || f->validate(text + from, to - from));
}

int peer_new(const struct rule_def *defs, const struct ruleset *rs, const bool *enabled,
	     enum peer_mode mode, struct peer **ret_p, struct err *e)
{
	struct peer *p = calloc(1, sizeof(*p));
	int ret;

	if (!p)
		return -ENOMEM;
	p->rs = rs;
	p->engine = mode == PEER_PCRE2 ? &engine_pcre2 : &engine_vectorscan;
	ret = p->engine->make(defs, rs, enabled, mode, &p->self, e);
	if (ret) {
		free(p);
		return ret;
	}
	*ret_p = p;
	return 0;
}

int peer_like(const struct peer *p, struct peer **ret_p)
{
	struct peer *like;
	int ret;

	if (!p->engine->like)
		return -ENOTSUP;
	like = calloc(1, sizeof(*like));
	if (!like)
		return -ENOMEM;
	like->rs = p->rs;
	like->engine = p->engine;
	ret = p->engine->like(p->self, &like->self);
	if (ret) {
		free(like);
		return ret;
	}
	*ret_p = like;
	return 0;
}

void peer_free(struct peer *p)
{
	if (!p)
		return;
	p->engine->free(p->self);
	free(p->picks.v);
	free(p);
}

void peer_reset(struct peer *p)
{
	p->engine->reset(p->self);
	p->end = p->decided = p->matches = 0;
	p->ncarry = 0;
}

u64 peer_matches(const struct peer *p)
{
	return p->matches;
}

static void peer_mask(struct peer *p, u8 *text, u64 base)
{
	for (size_t i = 0; i < p->picks.n; i++) {
		const struct pick *m = &p->picks.v[i];
		u8 *value = text + (m->from - base);
		size_t from, to;

		form_masked_part(&p->rs->forms[m->form], value, m->to - m->from, &from, &to);
		mask_fill(value + from, to - from);
	}
	p->matches += p->picks.n;
}

static int peer_step(struct peer *p, u8 *data, size_t fresh, bool ends, struct span *ret_out)
{
	u8 *text = data - p->ncarry;
	size_t len = fresh + p->ncarry, held;
	u64 sent = p->decided, base;
	struct look look;
	int ret;

	memcpy(text, p->carry, p->ncarry);
	p->end += fresh;
	base = p->end - len;
	look = (struct look){.text = text,
			     .len = len,
			     .fresh = fresh,
			     .base = base,
			     .cursor = sent,
			     .limit = p->end > sent + HOLD ? p->end - HOLD : sent,
			     .ends = ends,
			     .picks = &p->picks};
	if (ends)
		look.limit = p->end;
	p->picks.n = 0;
	ret = p->engine->find(p->self, &look);
	if (ret)
		return ret;
	p->decided = look.limit;
	if (p->picks.n && p->picks.v[p->picks.n - 1].to > p->decided)
		p->decided = p->picks.v[p->picks.n - 1].to;
	held = p->end - p->decided;
	p->ncarry = held + SCRIM_LOOKBACK < len ? held + SCRIM_LOOKBACK : len;
	memcpy(p->carry, text + len - p->ncarry, p->ncarry);
	peer_mask(p, text, base);
	ret_out->p = text + (sent - base);
	ret_out->len = p->decided - sent;
	return 0;
}

int peer_feed(struct peer *p, u8 *data, size_t len, struct span *ret_out)
{
	return peer_step(p, data, len, false, ret_out);
}

int peer_finish(struct peer *p, u8 *data, struct span *ret_out)
{
	return peer_step(p, data, 0, true, ret_out);
}
