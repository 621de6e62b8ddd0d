/* SPDX-License-Identifier: BSD-2-Clause */
/* The built-in rules and all that one stream under them needs, in one object. */
#include <errno.h>
#include <scrim/masker.h>
#include <stdlib.h>
#include <string.h>

struct masker_whole {
	struct masker masker; /* what the program sees: first, so that one is the other */
	struct ruleset *rules;
	struct policy *policy;
	struct mask_scratch *scratch;
	struct stream stream;
	u8 memory[]; /* head room, then a chunk */
};

static struct masker_whole *whole_of(struct masker *m)
{
	return (struct masker_whole *)m;
}

static int builtin_policy(struct masker_whole *w, enum frame_format format, struct err *e)
{
	struct policy_conf conf = {.format = format};
	bool enabled[RULE_MAX] = {0};
	size_t n;
	const struct rule_def *defs = rules_builtin(&n);
	int rc = isa_choose(NULL, &conf.isa, e);

	if (!rc)
		rc = ruleset_compile(defs, n, &w->rules, e);
	if (rc)
		return rc;
	for (size_t i = 0; i < n; i++)
		enabled[i] = !strcmp(defs[i].group, "builtin");
	conf.enabled = enabled;
	return policy_new(w->rules, &conf, &w->policy, e);
}

struct masker *masker_new(enum frame_format format, size_t max_chunk, struct err *e)
{
	struct masker_whole *w = NULL;
	int rc;

	if (max_chunk <= SIZE_MAX / 2)
		w = calloc(1, sizeof(*w) + SCRIM_HEADROOM + max_chunk);
	rc = w ? mask_scratch_new(max_chunk, &w->scratch) : -ENOMEM;
	if (!rc)
		rc = builtin_policy(w, format, e);
	if (rc == -ENOMEM)
		err_set(e, ENOMEM, "out of memory");
	if (rc) {
		masker_free(w ? &w->masker : NULL);
		return NULL;
	}
	w->masker = (struct masker){.data = w->memory + SCRIM_HEADROOM, .room = max_chunk};
	stream_init(&w->stream, w->policy, (struct mask_counters){0});
	return &w->masker;
}

void masker_free(struct masker *m)
{
	struct masker_whole *w = whole_of(m);

	if (!m)
		return;
	if (w->policy)
		stream_drop(&w->stream);
	policy_free(w->policy);
	ruleset_free(w->rules);
	mask_scratch_free(w->scratch);
	explicit_bzero(w->memory, SCRIM_HEADROOM + m->room);
	free(w);
}

int masker_feed(struct masker *m, size_t len, struct span *ret_out)
{
	struct masker_whole *w = whole_of(m);

	*ret_out = (struct span){0};
	return stream_feed(&w->stream, w->scratch, m->data, len, ret_out);
}

int masker_finish(struct masker *m, struct span *ret_out)
{
	struct masker_whole *w = whole_of(m);

	*ret_out = (struct span){0};
	return stream_finish(&w->stream, w->scratch, m->data, ret_out);
}
