/* SPDX-License-Identifier: BSD-2-Clause */
/* A policy made ready, and the working memory of a thread with the counts of a chunk. */
#include "private.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool any_pattern(const struct ruleset *rs, const bool *enabled)
{
	for (u16 i = 0; i < rs->nrules; i++)
		if ((!enabled || enabled[i]) && rs->rules[i].nforms)
			return true;
	return false;
}

static int read_allowed(struct policy *p, const struct policy_conf *conf, struct err *e)
{
	int r = value_set_build(&p->arena, conf->allow, NULL, &p->allowed, e);

	p->allows = p->allowed;
	for (u16 i = 0; i < p->rs->nrules; i++)
		p->allows |= p->rs->rules[i].allowed && (!conf->enabled || conf->enabled[i]);
	return r == -ENOMEM ? err_set(e, ENOMEM, "out of memory") : r;
}

bool policy_allows(const struct policy *p, u16 rule, const u8 *value, size_t len)
{
	const struct value_set *own = p->rs->rules[rule].allowed;

	if (!p->allows)
		return false;
	return (own && value_set_has(own, value, len)) ||
	       (p->allowed && value_set_has(p->allowed, value, len));
}

size_t policy_allows_max(const struct policy *p, u16 rule)
{
	const struct value_set *own = p->rs->rules[rule].allowed;
	size_t most = p->allowed ? value_set_max(p->allowed) : 0;

	return own && value_set_max(own) > most ? value_set_max(own) : most;
}

/* There is a scanner for it, or one is made. */
static int find_scanner(struct policy *p, const struct policy_conf *conf)
{
	for (size_t i = 0; i < conf->nothers; i++) {
		const struct policy *other = conf->others[i];

		if (!other || !other->scanner ||
		    !scanner_is_of(other->scanner, p->rs, conf->enabled, conf->isa))
			continue;
		p->scanner = scanner_share(other->scanner);
		return 0;
	}
	return scanner_new(p->rs, conf->enabled, conf->isa, &p->scanner);
}

int policy_new(const struct ruleset *rs, const struct policy_conf *conf, struct policy **ret_p,
	       struct err *e)
{
	struct policy *p = calloc(1, sizeof(*p));
	int r;

	if (!p)
		return err_set(e, ENOMEM, "out of memory");
	p->rs = rs;
	r = read_allowed(p, conf, e);
	if (r) {
		policy_free(p);
		return r;
	}
	r = frame_map_new(conf->format, rs, conf->enabled, conf->isa, &p->map, e);
	if (!r && any_pattern(rs, conf->enabled)) {
		r = find_scanner(p, conf);
		if (r)
			err_set(e, -r, "out of memory");
	}
	if (r) {
		policy_free(p);
		return r;
	}
	*ret_p = p;
	return 0;
}

void policy_free(struct policy *p)
{
	if (!p)
		return;
	scanner_free(p->scanner);
	frame_map_free(p->map);
	arena_free(&p->arena);
	free(p);
}

int mask_scratch_new(size_t max_chunk, struct mask_scratch **ret_w)
{
	struct mask_scratch *w = calloc(1, sizeof(*w));

	if (!w)
		return -ENOMEM;
	w->cap = SCRIM_HEADROOM + max_chunk + 1;
	w->matches = malloc(w->cap * sizeof(*w->matches));
	if (!w->matches || scan_memo_new(&w->memo)) {
		mask_scratch_free(w);
		return -ENOMEM;
	}
	*ret_w = w;
	return 0;
}

void mask_scratch_forget(struct mask_scratch *w)
{
	scan_memo_free(w->memo);
	w->memo = NULL;
}

void mask_scratch_free(struct mask_scratch *w)
{
	if (!w)
		return;
	scan_memo_free(w->memo);
	free(w->matches);
	free(w);
}

static void add(__u64 *row, u64 n)
{
	if (n)
		__atomic_fetch_add(row, n, __ATOMIC_RELAXED);
}

/* A chunk is short and rules are many: only what it has touched is looked at. */
void tally_flush(struct mask_scratch *w, struct mask_counters to)
{
	for (size_t k = 0; k < array_size(w->touched); k++) {
		for (; w->touched[k]; w->touched[k] &= w->touched[k] - 1) {
			size_t i = 64 * k + (size_t)__builtin_ctzll(w->touched[k]);
			struct scrim_rule_row *row = to.rows ? to.rows[i] : NULL;
			struct tally *t = &w->tally[i];

			if (i < SCAN_FILL_RULES) {
				t->matches += w->filled[i] / SCAN_FILLED;
				t->masked_bytes += w->filled[i] % SCAN_FILLED;
				w->filled[i] = 0;
			}
			if (row) {
				add(&row->matches, t->matches);
				add(&row->masked_bytes, t->masked_bytes);
				add(&row->rejected, w->rejected[i]);
				add(&row->released, t->released);
				add(&row->idle, t->idle);
				add(&row->allowed, t->allowed);
			}
			w->tally[i] = (struct tally){0};
			w->rejected[i] = 0;
		}
	}
}
