/* SPDX-License-Identifier: BSD-2-Clause */
#include "scan_feed.h"
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* job->refused has the rules whose counts are not what they were. */
static bool refused_right(const struct scan_job *job, const u64 *counts)
{
	bool right = true;

	for (u16 i = 0; i < RULE_MAX; i++)
		right &= (job->refused[i / 64] >> i % 64 & 1) == (job->rejected[i] != counts[i]);
	return right;
}

/*
 * Scans text[from, to), looking back at most SCRIM_LOOKBACK bytes; returns what is decided.
 */
static size_t feed_piece(const struct scanner *s, const struct scan_feeding *how, const u8 *text,
			 size_t from, size_t to, bool ends, struct found *f)
{
	size_t back = from < SCRIM_LOOKBACK ? from : SCRIM_LOOKBACK, begin = from - back;
	size_t cap = to - from + 1;
	u64 counts[RULE_MAX];
	u8 *copy = malloc(to - begin + !(to - begin));
	struct match *m = malloc(cap * sizeof(*m));
	struct scan_job job = {.text = copy,
			       .start = back,
			       .len = to - begin,
			       .ends = ends,
			       .matches = m,
			       .cap = cap,
			       .rejected = f->rejected,
			       .memo = how->memo};

	memcpy(copy, text + begin, to - begin);
	memcpy(counts, f->rejected, sizeof(counts));
	scan(s, &job);
	cr_assert(refused_right(&job, counts));
	cr_assert(job.decided >= job.start && job.decided <= job.len);
	cr_assert_leq(job.len - job.decided, SCRIM_WINDOW);
	cr_assert(!ends || job.decided == job.len);
	cr_assert_leq(job.looked_up, job.len - job.start + RULE_MAX_DISTANCE);
	cr_assert_leq(job.nmatches, cap);
	cr_assert_leq(f->n + job.nmatches, array_size(f->m));
	if (how->watch)
		how->watch(how->arg, s, &job);
	for (size_t i = 0; i < job.nmatches; i++) {
		cr_assert_leq(m[i].to, job.decided);
		m[i].from += (u32)begin;
		m[i].to += (u32)begin;
		m[i].mask_from += (u32)begin;
		m[i].mask_to += (u32)begin;
		f->m[f->n++] = m[i];
	}
	f->walked += job.walked;
	free(copy);
	free(m);
	return begin + job.decided;
}

struct scan_memo *scan_feed_memo_new(void)
{
	struct scan_memo *m = NULL;

	cr_assert_eq(scan_memo_new(&m), 0);
	return m;
}

void scan_feed_watched(const struct scanner *s, const struct scan_feeding *how, const u8 *text,
		       size_t len, cut_fn cut, void *arg, struct found *ret_found)
{
	size_t from = 0, to = 0;

	memset(ret_found, 0, offsetof(struct found, m));
	memset(ret_found->rejected, 0, sizeof(ret_found->rejected));
	ret_found->walked = 0;
	while (to < len) {
		to = cut(arg, to);
		if (to > len)
			to = len;
		from = feed_piece(s, how, text, from, to, false, ret_found);
	}
	feed_piece(s, how, text, from, len, true, ret_found);
}

void scan_feed_memo(const struct scanner *s, struct scan_memo *memo, const u8 *text, size_t len,
		    cut_fn cut, void *arg, struct found *ret_found)
{
	struct scan_feeding how = {.memo = memo};

	scan_feed_watched(s, &how, text, len, cut, arg, ret_found);
}

void scan_feed(const struct scanner *s, const u8 *text, size_t len, cut_fn cut, void *arg,
	       struct found *ret_found)
{
	scan_feed_memo(s, NULL, text, len, cut, arg, ret_found);
}

static size_t cut_nowhere(void *arg, size_t at)
{
	(void)arg;
	(void)at;
	return SIZE_MAX;
}

void scan_whole(const struct scanner *s, const u8 *text, size_t len, struct found *ret_found)
{
	scan_feed(s, text, len, cut_nowhere, NULL, ret_found);
}

void assert_same(const struct found *got, const struct found *want, const char *what, size_t where)
{
	cr_assert_eq(got->n, want->n, "%s %zu: %zu matches, not %zu", what, where, got->n, want->n);
	for (size_t i = 0; i < want->n; i++)
		cr_assert(!memcmp(&got->m[i], &want->m[i], sizeof(want->m[i])),
			  "%s %zu: match %zu is [%u, %u) of rule %u, not [%u, %u) of rule %u", what,
			  where, i, got->m[i].from, got->m[i].to, got->m[i].rule, want->m[i].from,
			  want->m[i].to, want->m[i].rule);
	cr_assert_arr_eq(got->rejected, want->rejected, sizeof(want->rejected),
			 "%s %zu: rejected counts", what, where);
}
