/* SPDX-License-Identifier: BSD-2-Clause */
#include "stream_feed.h"
#include <criterion/criterion.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define UNUSED 0xa5 /* what the head room holds before a call */

static void begin(struct feeder *f, const struct ruleset *rs, const struct policy_conf *conf)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct err e = {0};

	*f = (struct feeder){.rs = rs};
	cr_assert_eq(policy_new(rs, conf, &f->policy, &e), 0, "%s", e.text);
	cr_assert_eq(mask_scratch_new(FED_MAX, &f->scratch), 0);
	f->map_len = (SCRIM_HEADROOM + FED_MAX + page - 1) / page * page + 2 * page;
	f->map = mmap(NULL, f->map_len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	cr_assert_neq(f->map, MAP_FAILED);
	cr_assert_eq(mprotect(f->map, page, PROT_NONE), 0);
	cr_assert_eq(mprotect(f->map + f->map_len - page, page, PROT_NONE), 0);
}

void feeder_begin(struct feeder *f, const struct ruleset *rs, const bool *enabled,
		  enum frame_format format, enum isa isa)
{
	begin(f, rs, &(struct policy_conf){.format = format, .isa = isa, .enabled = enabled});
}

void feeder_begin_beside(struct feeder *f, const struct feeder *other, const bool *enabled,
			 enum frame_format format, enum isa isa)
{
	begin(f, other->rs,
	      &(struct policy_conf){.format = format,
				    .isa = isa,
				    .enabled = enabled,
				    .others = &other->policy,
				    .nothers = 1});
}

void feeder_end(struct feeder *f)
{
	munmap(f->map, f->map_len);
	mask_scratch_free(f->scratch);
	policy_free(f->policy);
}

void feeders_begin(struct feeder f[FORMAT_COUNT], const struct ruleset *rs, enum isa isa)
{
	feeder_begin(&f[0], rs, NULL, (enum frame_format)0, isa);
	for (int i = 1; i < FORMAT_COUNT; i++)
		feeder_begin_beside(&f[i], &f[0], NULL, (enum frame_format)i, isa);
}

void feeders_end(struct feeder f[FORMAT_COUNT])
{
	for (int i = 0; i < FORMAT_COUNT; i++)
		feeder_end(&f[i]);
}

void feed_begin(struct feeder *f, struct fed *ret_fed)
{
	f->fed = ret_fed;
	ret_fed->reason = 0;
	ret_fed->in = ret_fed->n = 0;
	ret_fed->early = 0;
	memset(ret_fed->rows, 0, f->rs->nrules * sizeof(ret_fed->rows[0]));
	for (u16 i = 0; i < f->rs->nrules; i++)
		f->rows[i] = &ret_fed->rows[i];
	stream_init(&f->stream, f->policy, (struct mask_counters){.rows = f->rows});
}

/* Where a chunk of len bytes is put this time; its head room is made ready. */
static u8 *place(struct feeder *f, size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	u8 *data =
		f->turn++ & 1 ? f->map + page + SCRIM_HEADROOM : f->map + f->map_len - page - len;

	memset(data - SCRIM_HEADROOM, UNUSED, SCRIM_HEADROOM);
	return data;
}

/* Takes what was given out; nothing else is left of the chunk and of what was carried. */
static void take(struct feeder *f, const u8 *data, size_t len, struct span out)
{
	const u8 *p = data - SCRIM_HEADROOM, *end = data + len;
	struct fed *fed = f->fed;
	bool outside = out.p < p || out.p + out.len > end, raw = false;

	cr_assert(!outside, "ret_out lies outside of the chunk and its head room");
	while (p < out.p && *p == UNUSED)
		p++;
	for (; p < out.p; p++)
		raw |= *p != 0;
	for (p = out.p + out.len; p < end; p++)
		raw |= *p != 0;
	cr_assert(!raw, "bytes outside of ret_out are not wiped");
	cr_assert_leq(fed->n + out.len, FED_MAX);
	memcpy(fed->out + fed->n, out.p, out.len);
	fed->n += out.len;
	cr_assert_eq(stream_held(&f->stream), fed->in - fed->n, "%zu held, not %zu",
		     stream_held(&f->stream), fed->in - fed->n);
	cr_assert_leq(stream_held(&f->stream), SCRIM_WINDOW);
}

/* A refusal: nothing given, nothing counted, nothing held, nothing left, and it stays. */
static void check_refusal(struct feeder *f, u8 *data, size_t len, const struct scrim_rule_row *rows)
{
	struct span out = {.len = 0};
	u8 *p = data - SCRIM_HEADROOM;
	bool raw = false;
	int r = f->fed->reason;

	while (p < data && *p == UNUSED)
		p++;
	for (; p < data + len; p++)
		raw |= *p != 0;
	cr_assert(!raw, "a refused chunk is not wiped");
	cr_assert_arr_eq(f->fed->rows, rows, f->rs->nrules * sizeof(rows[0]),
			 "a refused chunk is counted");
	cr_assert_null(f->stream.carry);
	cr_assert_eq(stream_held(&f->stream), 0);
	cr_assert_eq(stream_feed(&f->stream, f->scratch, data, len, &out), r);
	cr_assert_eq(stream_idle(&f->stream, f->scratch, data, &out), r);
	cr_assert_eq(stream_finish(&f->stream, f->scratch, data, &out), r);
	cr_assert(!out.p && !out.len, "bytes of a refused stream");
	cr_assert_arr_eq(f->fed->rows, rows, f->rs->nrules * sizeof(rows[0]));
}

int feed_bytes(struct feeder *f, const u8 *bytes, size_t len)
{
	struct scrim_rule_row rows[RULE_MAX];
	u8 *data = place(f, len);
	struct span out = {.len = 0};
	int r;

	memcpy(rows, f->fed->rows, f->rs->nrules * sizeof(rows[0]));
	memcpy(data, bytes, len);
	r = stream_feed(&f->stream, f->scratch, data, len, &out);
	if (r) {
		f->fed->reason = r;
		cr_assert(!out.p && !out.len, "bytes of a refused chunk");
		check_refusal(f, data, len, rows);
		return r;
	}
	f->fed->in += len;
	take(f, data, len, out);
	return 0;
}

int feed_idle(struct feeder *f)
{
	u8 *data = place(f, 0);
	struct span out = {.len = 0};
	int r = stream_idle(&f->stream, f->scratch, data, &out);

	cr_assert_eq(r, 0);
	f->fed->early += out.len;
	take(f, data, 0, out);
	cr_assert_eq(stream_held(&f->stream), 0);
	return 0;
}

int feed_finish(struct feeder *f)
{
	u8 *data = place(f, 0);
	struct span out = {.len = 0};
	int r = stream_finish(&f->stream, f->scratch, data, &out);

	cr_assert(!r || r == -FLOW_HL7_UNFINISHED, "reason %d", r);
	f->fed->reason = r;
	take(f, data, 0, out);
	cr_assert_null(f->stream.carry);
	cr_assert_eq(f->fed->n, f->fed->in);
	return r;
}

void feed_cut(struct feeder *f, const u8 *bytes, size_t len, cut_fn cut, void *arg,
	      struct fed *ret_fed)
{
	size_t at = 0, next;
	int r = 0;

	feed_begin(f, ret_fed);
	for (; at < len && !r; at = next) {
		next = cut(arg, at);
		next = next < len ? next : len;
		r = feed_bytes(f, bytes + at, next - at);
	}
	if (!r)
		feed_finish(f);
	stream_drop(&f->stream);
}

static size_t cut_nowhere(void *arg, size_t at)
{
	(void)arg;
	(void)at;
	return SIZE_MAX;
}

void feed_whole(struct feeder *f, const u8 *bytes, size_t len, struct fed *ret_fed)
{
	feed_cut(f, bytes, len, cut_nowhere, NULL, ret_fed);
}

bool refused(const struct fed *fed)
{
	return fed->reason && fed->reason != -FLOW_HL7_UNFINISHED;
}

void assert_fed_same(const struct feeder *f, const struct fed *got, const struct fed *want,
		     const char *what, size_t where)
{
	size_t i = 0;

	cr_assert_eq(got->reason, want->reason, "%s %zu: reason %d, not %d", what, where,
		     got->reason, want->reason);
	if (refused(want))
		return;
	cr_assert_eq(got->n, want->n, "%s %zu: %zu bytes, not %zu", what, where, got->n, want->n);
	while (i < got->n && got->out[i] == want->out[i])
		i++;
	cr_assert_eq(i, got->n, "%s %zu: byte %zu is %02x, not %02x", what, where, i, got->out[i],
		     want->out[i]);
	for (u16 k = 0; k < f->rs->nrules; k++)
		cr_assert(!memcmp(&got->rows[k], &want->rows[k], sizeof(want->rows[k])),
			  "%s %zu: rule %s counts %llu %llu %llu %llu %llu, not %llu %llu %llu",
			  what, where, f->rs->rules[k].name, got->rows[k].matches,
			  got->rows[k].masked_bytes, got->rows[k].rejected, got->rows[k].released,
			  got->rows[k].idle, want->rows[k].matches, want->rows[k].masked_bytes,
			  want->rows[k].rejected);
}

static size_t cut_at(void *arg, size_t at)
{
	return at < *(size_t *)arg ? *(size_t *)arg : SIZE_MAX;
}

static size_t cut_one(void *arg, size_t at)
{
	(void)arg;
	return at + 1;
}

void feed_all_cuts(struct feeder *f, const u8 *bytes, size_t len, const char *what,
		   struct fed *ret_fed)
{
	static struct fed got;

	feed_whole(f, bytes, len, ret_fed);
	feed_cut(f, bytes, len, cut_one, NULL, &got);
	assert_fed_same(f, &got, ret_fed, what, 0);
	for (size_t at = 1; at < len; at++) {
		feed_cut(f, bytes, len, cut_at, &at, &got);
		assert_fed_same(f, &got, ret_fed, what, at);
	}
}

u64 fed_let_go(const struct feeder *f, const struct fed *fed)
{
	u64 n = 0;

	for (u16 i = 0; i < f->rs->nrules; i++)
		n += fed->rows[i].idle + fed->rows[i].released;
	return n;
}

u64 fed_matches(const struct feeder *f, const struct fed *fed)
{
	u64 n = 0;

	for (u16 i = 0; i < f->rs->nrules; i++)
		n += fed->rows[i].matches;
	return n;
}

struct ruleset *builtin_rules(const struct rule_def **ret_defs)
{
	struct ruleset *rs = NULL;
	struct err e = {0};
	size_t n;

	*ret_defs = rules_builtin(&n);
	cr_assert_eq(ruleset_compile(*ret_defs, n, &rs, &e), 0, "%s", e.text);
	return rs;
}
