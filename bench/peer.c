/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Vectorscan reports (form, leftmost start, end) for every end. What is masked follows from that
 * by the definition in scrim/rules.h:
 *
 *   reports ─▶ of each the first start where guards, labels, pattern and validator hold
 *           ─▶ in order of that start: the longest, then the first rule; reading goes on at its end
 *
 * A report is decided when no match that Vectorscan has not seen yet could begin before it: all
 * that begins SCRIM_WINDOW + 1 bytes before the end of the text. Guards on whole words go into
 * the pattern as \b where that is the same or weaker, so that fewer reports have to be judged;
 * a repeat with a high bound goes in without one, because Vectorscan calls such patterns too
 * large. Both find more than the form does, never less; the form's own automaton has the last word.
 */
#include "peer.h"

#include <errno.h>
#include <hs/hs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOLD (SCRIM_WINDOW + 1)
#define MANY 16

struct report {
	u64 from; /* no match of the form that ends at `to` begins before; settled: the first good one */
	u64 to;
	u16 form;
};

struct peer {
	const struct ruleset *rs;
	enum peer_mode mode;
	bool borrows; /* db and scratch are another's */
	hs_database_t *db;
	hs_scratch_t *scratch;
	hs_stream_t *stream;
	struct report *reports, *chosen;
	size_t nreports, nchosen, cap;
	u64 end;     /* of the text seen, from the stream's begin */
	u64 decided; /* all before it has been sent */
	u64 block;   /* PEER_BLOCK: where the block begins that is being scanned */
	u64 matches;
	u8 carry[SCRIM_LOOKBACK + HOLD]; /* raw: looked back at, and held */
	size_t ncarry;
};

static bool is_word(int c)
{
	return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z');
}

static u16 dfa_next(const struct dfa *d, u16 state, u8 byte)
{
	return d->trans[state * d->nclasses + d->class[byte]];
}

/* Whether every match begins (ends, with `last`) with a letter, digit or underscore. */
static bool dfa_on_word(const struct dfa *d, bool last)
{
	for (u16 s = 1; s < (last ? d->nstates : 2); s++) {
		for (int c = 0; c < 256; c++) {
			u16 next = dfa_next(d, s, (u8)c);

			if (next && (!last || d->accept[next]) && !is_word(c))
				return false;
		}
	}
	return true;
}

static bool dfa_matches(const struct dfa *d, const u8 *p, const u8 *end)
{
	u16 s = 1;

	for (; p < end && s; p++)
		s = dfa_next(d, s, *p);
	return s && d->accept[s];
}

/* The pattern with {m,n} as {m,} where n is over MANY; NULL without memory. The caller frees it. */
static char *pattern_relax(const char *pattern)
{
	char *out = calloc(1, strlen(pattern) + 1), *to = out;
	bool in_class = false;

	for (const char *p = pattern; out && *p; p++) {
		unsigned int min, max;
		int n = 0;

		if (!in_class && (sscanf(p, "{%u,%u}%n", &min, &max, &n) == 2) && n && max > MANY) {
			to += sprintf(to, "{%u,}", min);
			p += n - 1;
			continue;
		}
		in_class = *p == '[' || (in_class && *p != ']');
		if (*p == '\\' && p[1])
			*to++ = *p++;
		*to++ = *p;
	}
	return out;
}

static int peer_compile(struct peer *p, const struct rule_def *defs, const bool *enabled,
			struct err *e)
{
	unsigned int mode =
		p->mode == PEER_STREAM ? HS_MODE_STREAM | HS_MODE_SOM_HORIZON_SMALL : HS_MODE_BLOCK;
	unsigned int *flags = calloc(p->rs->nforms, sizeof(*flags));
	unsigned int *ids = calloc(p->rs->nforms, sizeof(*ids));
	char **patterns = calloc(p->rs->nforms, sizeof(*patterns));
	hs_compile_error_t *error = NULL;
	unsigned int n = 0;
	int ret = -ENOMEM;

	if (!flags || !ids || !patterns)
		goto out;
	for (u16 f = 0; f < p->rs->nforms; f++) {
		const struct form *form = &p->rs->forms[f];
		u16 nth = f - p->rs->rules[form->rule].first_form;
		bool before = form->before == GUARD_WORD && dfa_on_word(&form->dfa, false);
		bool after = form->after == GUARD_WORD && dfa_on_word(&form->dfa, true);

		char *relaxed;

		if (!enabled[form->rule])
			continue;
		relaxed = pattern_relax(defs[form->rule].forms[nth].pattern);
		if (!relaxed || asprintf(&patterns[n], "%s(?:%s)%s", before ? "\\b" : "", relaxed,
					 after ? "\\b" : "") < 0) {
			free(relaxed);
			goto out;
		}
		free(relaxed);
		flags[n] = HS_FLAG_SOM_LEFTMOST;
		ids[n++] = f;
	}
	ret = 0;
	if (hs_compile_multi((const char *const *)patterns, flags, ids, n, mode, NULL, &p->db,
			     &error) != HS_SUCCESS)
		ret = err_set(e, EINVAL, "Vectorscan: %s: %s",
			      error->expression < 0 ? "all" : patterns[error->expression],
			      error->message);
out:
	hs_free_compile_error(error);
	for (unsigned int i = 0; patterns && i < n; i++)
		free(patterns[i]);
	free(patterns);
	free(flags);
	free(ids);
	return ret;
}

int peer_new(const struct rule_def *defs, const struct ruleset *rs, const bool *enabled,
	     enum peer_mode mode, struct peer **ret_p, struct err *e)
{
	struct peer *p = calloc(1, sizeof(*p));
	int ret;

	if (!p)
		return -ENOMEM;
	p->rs = rs;
	p->mode = mode;
	ret = peer_compile(p, defs, enabled, e);
	if (!ret && (hs_alloc_scratch(p->db, &p->scratch) != HS_SUCCESS ||
		     (mode == PEER_STREAM && hs_open_stream(p->db, 0, &p->stream) != HS_SUCCESS)))
		ret = -ENOMEM;
	if (ret) {
		peer_free(p);
		return ret;
	}
	*ret_p = p;
	return 0;
}

int peer_like(const struct peer *p, struct peer **ret_p)
{
	struct peer *like = calloc(1, sizeof(*like));

	if (!like)
		return -ENOMEM;
	*like = (struct peer){
		.rs = p->rs, .mode = p->mode, .borrows = true, .db = p->db, .scratch = p->scratch};
	if (p->mode == PEER_STREAM && hs_open_stream(p->db, 0, &like->stream) != HS_SUCCESS) {
		free(like);
		return -ENOMEM;
	}
	*ret_p = like;
	return 0;
}

void peer_free(struct peer *p)
{
	if (!p)
		return;
	if (p->stream)
		hs_close_stream(p->stream, NULL, NULL, NULL);
	if (!p->borrows) {
		hs_free_scratch(p->scratch);
		hs_free_database(p->db);
	}
	free(p->reports);
	free(p->chosen);
	free(p);
}

void peer_reset(struct peer *p)
{
	if (p->stream)
		hs_reset_stream(p->stream, 0, NULL, NULL, NULL);
	p->end = p->decided = p->matches = 0;
	p->nreports = p->ncarry = 0;
}

u64 peer_matches(const struct peer *p)
{
	return p->matches;
}

static int on_report(unsigned int id, unsigned long long from, unsigned long long to,
		     unsigned int flags, void *context)
{
	struct peer *p = context;

	(void)flags;
	if (p->nreports == p->cap) {
		size_t cap = p->cap ? 2 * p->cap : 1024;
		void *r = realloc(p->reports, cap * sizeof(*p->reports));
		void *c = r ? realloc(p->chosen, cap * sizeof(*p->chosen)) : NULL;

		p->reports = r ? r : p->reports;
		p->chosen = c ? c : p->chosen;
		if (!c)
			return 1;
		p->cap = cap;
	}
	/* A relaxed repeat may begin long before the form could. */
	if (to - from > p->rs->forms[id].dfa.max)
		from = to - p->rs->forms[id].dfa.max;
	p->reports[p->nreports++] =
		(struct report){.from = p->block + from, .to = p->block + to, .form = (u16)id};
	return 0;
}

/* Whether form f matches text[from, to) by all that scrim/rules.h asks. */
static bool form_holds(const struct form *f, const u8 *text, size_t from, size_t to)
{
	return form_guard_before(f, text, from) && form_labelled(f, text, from) &&
	       dfa_matches(&f->dfa, text + from, text + to) &&
	       (!f->validate || f->validate(text + from, to - from));
}

/* Moves a report to its first start at or after `cursor` that holds; false if there is none. */
static bool report_settle(const struct peer *p, struct report *r, const u8 *text, u64 base,
			  size_t len, u64 cursor)
{
	const struct form *f = &p->rs->forms[r->form];
	u64 from = r->from > cursor ? r->from : cursor;

	if (!form_guard_after(f, text, r->to - base, len, true))
		return false;
	for (; from + f->dfa.min <= r->to; from++) {
		if (form_holds(f, text, from - base, r->to - base)) {
			r->from = from;
			return true;
		}
	}
	return false;
}

static bool report_before(const struct report *a, const struct report *b)
{
	if (a->from != b->from)
		return a->from < b->from;
	if (a->to != b->to)
		return a->to > b->to;
	return a->form < b->form;
}

/* Insertion: Vectorscan's order of ends is nearly the order of starts. */
static void report_insert(struct report *r, size_t n, struct report new)
{
	while (n && report_before(&new, &r[n - 1])) {
		r[n] = r[n - 1];
		n--;
	}
	r[n] = new;
}

/* Settles what may begin before `limit` and chooses; what may begin later stays in p->reports. */
static void peer_choose(struct peer *p, const u8 *text, u64 base, size_t len, u64 limit)
{
	struct report *r = p->reports;
	size_t n = 0, later = 0;
	u64 cursor = p->decided;

	/* In place: r[0, n) are settled and sorted, r[0, i) are read. */
	for (size_t i = 0; i < p->nreports; i++) {
		struct report new = r[i];

		if (new.from >= limit || report_settle(p, &new, text, base, len, cursor))
			report_insert(r, n++, new);
	}
	p->nchosen = 0;
	for (size_t i = 0; i < n; i++) {
		struct report top = r[i];

		if (top.from >= limit) {
			r[later++] = top;
		} else if (top.from >= cursor) {
			p->chosen[p->nchosen++] = top;
			cursor = top.to;
		} else if (report_settle(p, &top, text, base, len, cursor)) {
			/* Overlapped by the chosen one, and still good from a later start. */
			size_t at = i;

			for (; at + 1 < n && report_before(&r[at + 1], &top); at++)
				r[at] = r[at + 1];
			r[at] = top;
			i--;
		}
	}
	p->nreports = later;
	p->decided = cursor > limit ? cursor : limit;
}

static void peer_mask(struct peer *p, u8 *text, u64 base)
{
	for (size_t i = 0; i < p->nchosen; i++) {
		const struct report *r = &p->chosen[i];
		u8 *value = text + (r->from - base);
		size_t from, to;

		form_masked_part(&p->rs->forms[r->form], value, r->to - r->from, &from, &to);
		mask_fill(value + from, to - from);
	}
	p->matches += p->nchosen;
}

/* Text is what is held with its look-back, then the new bytes; all before `limit` is decided. */
static void peer_emit(struct peer *p, u8 *text, size_t len, u64 limit, struct span *ret_out)
{
	u64 base = p->end - len, sent = p->decided;
	size_t held;

	peer_choose(p, text, base, len, limit);
	held = p->end - p->decided;
	p->ncarry = held + SCRIM_LOOKBACK < len ? held + SCRIM_LOOKBACK : len;
	memcpy(p->carry, text + len - p->ncarry, p->ncarry);
	peer_mask(p, text, base);
	ret_out->p = text + (sent - base);
	ret_out->len = p->decided - sent;
}

int peer_feed(struct peer *p, u8 *data, size_t len, struct span *ret_out)
{
	u8 *text = data - p->ncarry;
	size_t ntext = len + p->ncarry;
	hs_error_t ret;

	memcpy(text, p->carry, p->ncarry);
	p->end += len;
	if (p->mode == PEER_STREAM) {
		ret = hs_scan_stream(p->stream, (const char *)data, (unsigned int)len, 0,
				     p->scratch, on_report, p);
	} else {
		p->nreports = 0;
		p->block = p->end - ntext;
		ret = hs_scan(p->db, (const char *)text, (unsigned int)ntext, 0, p->scratch,
			      on_report, p);
	}
	if (ret != HS_SUCCESS)
		return -EIO;
	peer_emit(p, text, ntext, p->end > p->decided + HOLD ? p->end - HOLD : p->decided, ret_out);
	return 0;
}

int peer_finish(struct peer *p, u8 *data, struct span *ret_out)
{
	u8 *text = data - p->ncarry;
	hs_error_t ret = HS_SUCCESS;

	memcpy(text, p->carry, p->ncarry);
	if (p->mode == PEER_STREAM) {
		ret = hs_reset_stream(p->stream, 0, p->scratch, on_report, p);
	} else {
		p->nreports = 0;
		p->block = p->end - p->ncarry;
		ret = hs_scan(p->db, (const char *)text, (unsigned int)p->ncarry, 0, p->scratch,
			      on_report, p);
	}
	if (ret != HS_SUCCESS)
		return -EIO;
	peer_emit(p, text, p->ncarry, p->end, ret_out);
	return 0;
}
