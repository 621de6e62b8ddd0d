/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scrim and its peers as contenders.
 */
#include "contender.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct ours {
	const struct ruleset *rs;
	struct policy *policy;
	struct mask_scratch *scratch;
	struct scrim_rule_row *rows;
	struct scrim_rule_row **row;
	struct stream stream;
};

static void ours_begin(void *self)
{
	struct ours *o = self;

	memset(o->rows, 0, o->rs->nrules * sizeof(*o->rows));
	stream_drop(&o->stream);
	stream_init(&o->stream, o->policy, (struct mask_counters){.rows = o->row});
}

static int ours_feed(void *self, u8 *data, size_t len, struct span *ret_out)
{
	struct ours *o = self;

	return stream_feed(&o->stream, o->scratch, data, len, ret_out);
}

static int ours_finish(void *self, u8 *data, struct span *ret_out)
{
	struct ours *o = self;

	return stream_finish(&o->stream, o->scratch, data, ret_out);
}

static u64 ours_matches(void *self)
{
	struct ours *o = self;
	u64 sum = 0;

	for (u16 i = 0; i < o->rs->nrules; i++)
		sum += o->rows[i].matches;
	return sum;
}

static u64 ours_rejected(void *self)
{
	struct ours *o = self;
	u64 sum = 0;

	for (u16 i = 0; i < o->rs->nrules; i++)
		sum += o->rows[i].rejected;
	return sum;
}

int contender_scrim(const struct ruleset_pair *r, const char *name, enum frame_format format,
		    enum isa isa, size_t max_chunk, struct contender *ret_c, struct err *e)
{
	struct policy_conf conf = {.format = format, .isa = isa, .enabled = r->enabled};
	struct ours *o = calloc(1, sizeof(*o));
	int ret;

	if (!o)
		return err_set(e, ENOMEM, "no memory");
	o->rs = r->rs;
	o->rows = calloc(r->rs->nrules, sizeof(*o->rows));
	o->row = calloc(r->rs->nrules, sizeof(*o->row));
	if (!o->rows || !o->row)
		return err_set(e, ENOMEM, "no memory");
	for (u16 i = 0; i < r->rs->nrules; i++)
		o->row[i] = &o->rows[i];
	ret = policy_new(r->rs, &conf, &o->policy, e);
	if (!ret)
		ret = mask_scratch_new(max_chunk, &o->scratch);
	if (ret)
		return err_prefix(e, ret, "%s", name);
	stream_init(&o->stream, o->policy, (struct mask_counters){.rows = o->row});
	*ret_c = (struct contender){.name = name,
				    .rules = r->rs,
				    .begin = ours_begin,
				    .feed = ours_feed,
				    .finish = ours_finish,
				    .matches = ours_matches,
				    .rejected = ours_rejected,
				    .framed = format != FORMAT_TEXT,
				    .self = o};
	return 0;
}

static void theirs_begin(void *self)
{
	peer_reset(self);
}

static int theirs_feed(void *self, u8 *data, size_t len, struct span *ret_out)
{
	return peer_feed(self, data, len, ret_out);
}

static int theirs_finish(void *self, u8 *data, struct span *ret_out)
{
	return peer_finish(self, data, ret_out);
}

static u64 theirs_matches(void *self)
{
	return peer_matches(self);
}

int contender_peer(const struct ruleset_pair *r, const char *name, enum peer_mode mode,
		   struct contender *ret_c, struct err *e)
{
	struct peer *p;
	int ret;

	ret = peer_new(r->defs, r->rs, r->enabled, mode, &p, e);
	if (ret)
		return ret;
	*ret_c = (struct contender){.name = name,
				    .rules = r->rs,
				    .begin = theirs_begin,
				    .feed = theirs_feed,
				    .finish = theirs_finish,
				    .matches = theirs_matches,
				    .self = p};
	return 0;
}
