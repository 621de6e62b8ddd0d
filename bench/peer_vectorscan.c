/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Vectorscan reports (form, leftmost start, end) for every end. What is masked follows from that
 * by the definition in scrim/rules.h:
 *
 *   reports ─▶ of each the first start where guards, labels, pattern and validator hold
 *           ─▶ in order of that start: the longest, then the first rule; reading goes on at its end
 *
 * A report is decided when no match that Vectorscan has not seen yet could begin before it. Starts
 * are asked for in block mode, too: who masks needs them, and finding them from the end costs more.
 * Guards on whole words go into the pattern as \b where that is the same or weaker, so that fewer
 * reports have to be judged; a repeat with a high bound goes in without one, because Vectorscan
 * calls such patterns too large. Both find more than the form does, never less.
 */
#include "engine.h"

#include <errno.h>
#include <hs/hs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MANY 16

struct finder {
	const struct ruleset *rs;
	enum peer_mode mode;
	bool borrows; /* db and scratch are another's */
	hs_database_t *db;
	hs_scratch_t *scratch;
	hs_stream_t *stream;
	/* from: no match of the form that ends at `to` begins before; settled: the first good one */
	struct picks reports;
	u64 block; /* PEER_BLOCK: where the block begins that is being scanned */
};

static bool is_word(int c)
{
	return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z');
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

static int compile(struct finder *p, const struct rule_def *defs, const bool *enabled,
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

static void vectorscan_free(void *self)
{
	struct finder *p = self;

	if (p->stream)
		hs_close_stream(p->stream, NULL, NULL, NULL);
	if (!p->borrows) {
		hs_free_scratch(p->scratch);
		hs_free_database(p->db);
	}
	free(p->reports.v);
	free(p);
}

static int vectorscan_make(const struct rule_def *defs, const struct ruleset *rs,
			   const bool *enabled, enum peer_mode mode, void **ret_self, struct err *e)
{
	struct finder *p = calloc(1, sizeof(*p));
	int ret;

	if (!p)
		return -ENOMEM;
	p->rs = rs;
	p->mode = mode;
	ret = compile(p, defs, enabled, e);
	if (!ret && (hs_alloc_scratch(p->db, &p->scratch) != HS_SUCCESS ||
		     (mode == PEER_STREAM && hs_open_stream(p->db, 0, &p->stream) != HS_SUCCESS)))
		ret = -ENOMEM;
	if (ret) {
		vectorscan_free(p);
		return ret;
	}
	*ret_self = p;
	return 0;
}

static int vectorscan_like(const void *self, void **ret_self)
{
	const struct finder *p = self;
	struct finder *like = calloc(1, sizeof(*like));

	if (!like)
		return -ENOMEM;
	*like = (struct finder){
		.rs = p->rs, .mode = p->mode, .borrows = true, .db = p->db, .scratch = p->scratch};
	if (p->mode == PEER_STREAM && hs_open_stream(p->db, 0, &like->stream) != HS_SUCCESS) {
		free(like);
		return -ENOMEM;
	}
	*ret_self = like;
	return 0;
}

static void vectorscan_reset(void *self)
{
	struct finder *p = self;

	if (p->stream)
		hs_reset_stream(p->stream, 0, NULL, NULL, NULL);
	p->reports.n = 0;
}

static int on_report(unsigned int id, unsigned long long from, unsigned long long to,
		     unsigned int flags, void *context)
{
	struct finder *p = context;

	(void)flags;
	/* A relaxed repeat may begin long before the form could. */
	if (to - from > p->rs->forms[id].dfa.max)
		from = to - p->rs->forms[id].dfa.max;
	return picks_add(&p->reports, (struct pick){p->block + from, p->block + to, (u16)id}) != 0;
}

/* Moves a report to its first start at or after `cursor` that holds; false if there is none. */
static bool report_settle(const struct finder *p, struct pick *r, const struct look *l, u64 cursor)
{
	const struct form *f = &p->rs->forms[r->form];
	u64 from = r->from > cursor ? r->from : cursor;

	if (!form_guard_after(f, l->text, r->to - l->base, l->len, true))
		return false;
	for (; from + f->dfa.min <= r->to; from++) {
		if (form_holds(f, l->text, from - l->base, r->to - l->base)) {
			r->from = from;
			return true;
		}
	}
	return false;
}

static bool report_before(const struct pick *a, const struct pick *b)
{
	if (a->from != b->from)
		return a->from < b->from;
	if (a->to != b->to)
		return a->to > b->to;
	return a->form < b->form;
}

/* Insertion: Vectorscan's order of ends is nearly the order of starts. */
static void report_insert(struct pick *r, size_t n, struct pick new)
{
	while (n && report_before(&new, &r[n - 1])) {
		r[n] = r[n - 1];
		n--;
	}
	r[n] = new;
}

/* Settles what may begin before the limit and picks; what may begin later stays in f->reports. */
static int choose(struct finder *f, const struct look *l)
{
	struct pick *r = f->reports.v;
	size_t n = 0, later = 0;
	u64 cursor = l->cursor;
	int ret = 0;

	/* In place: r[0, n) are settled and sorted, r[0, i) are read. */
	for (size_t i = 0; i < f->reports.n; i++) {
		struct pick new = r[i];

		if (new.from >= l->limit || report_settle(f, &new, l, cursor))
			report_insert(r, n++, new);
	}
	for (size_t i = 0; i < n && !ret; i++) {
		struct pick top = r[i];

		if (top.from >= l->limit) {
			r[later++] = top;
		} else if (top.from >= cursor) {
			ret = picks_add(l->picks, top);
			cursor = top.to;
		} else if (report_settle(f, &top, l, cursor)) {
			/* Overlapped by the chosen one, and still good from a later start. */
			size_t at = i;

			for (; at + 1 < n && report_before(&r[at + 1], &top); at++)
				r[at] = r[at + 1];
			r[at] = top;
			i--;
		}
	}
	f->reports.n = later;
	return ret;
}

static int vectorscan_find(void *self, const struct look *l)
{
	struct finder *p = self;
	const char *text = (const char *)l->text;
	hs_error_t ret = HS_SUCCESS;

	if (p->mode == PEER_STREAM) {
		ret = hs_scan_stream(p->stream, text + l->len - l->fresh, (unsigned int)l->fresh, 0,
				     p->scratch, on_report, p);
		if (ret == HS_SUCCESS && l->ends)
			ret = hs_reset_stream(p->stream, 0, p->scratch, on_report, p);
	} else {
		p->reports.n = 0;
		p->block = l->base;
		ret = hs_scan(p->db, text, (unsigned int)l->len, 0, p->scratch, on_report, p);
	}
	return ret == HS_SUCCESS ? choose(p, l) : -EIO;
}

const struct engine engine_vectorscan = {.make = vectorscan_make,
					 .like = vectorscan_like,
					 .free = vectorscan_free,
					 .reset = vectorscan_reset,
					 .find = vectorscan_find};
