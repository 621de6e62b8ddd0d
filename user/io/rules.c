/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Going over to another ruleset, while bytes flow.
 *
 *   worker     A ─┬──────────────────▶ B
 *   between       └─ at once ────────▶ B
 *   in a record   A ... its end ─┬───▶ B        within one receive, if the end is in it
 *
 * Each direction counts as a user of the ruleset that it is under, so the last one to leave is
 * seen by the owner.
 */
#include "worker.h"

void ruleset_use(struct io_ruleset **at, struct io_ruleset *rules)
{
	if (rules)
		__atomic_fetch_add(&rules->users, 1, __ATOMIC_RELAXED);
	if (*at)
		__atomic_fetch_sub(&(*at)->users, 1, __ATOMIC_RELEASE);
	*at = rules;
}

static const struct io_role *role_now(const struct conn *c)
{
	const struct io_ruleset *rules = c->w->conf.rules;

	return rules->role_of(rules->roles[c->l->conf.index], &c->client);
}

int rules_feed(struct direction *d, u8 *data, size_t len, struct span *ret_out)
{
	struct conn *c = direction_conn(d);
	const struct io_role *role = role_now(c);
	int r;

	if (!role)
		return -FLOW_INTERNAL;
	r = stream_change(&d->stream, c->w->scratch, data, len, role->policy, role->counters,
			  ret_out);
	if (r <= 0)
		return r;
	ruleset_use(&d->rules, c->w->conf.rules);
	if (!role->policy) {
		stream_drop(&d->stream);
		d->masked = false;
	}
	return 0;
}

/* A direction that nothing was masked of. */
static void adopt_unmasked(struct direction *d, const struct io_role *role, bool masks)
{
	struct conn *c = direction_conn(d);

	if (masks && role->policy && !d->eof) {
		if (d->received) {
			conn_reset(c, FLOW_POLICY_CHANGED);
			return;
		}
		stream_init(&d->stream, role->policy, role->counters);
		d->masked = true;
	}
	ruleset_use(&d->rules, c->w->conf.rules);
}

static void adopt(struct conn *c)
{
	const bool masks[2] = {c->l->conf.mask_to_server, c->l->conf.mask_to_client};
	const struct io_role *role = role_now(c);
	u8 none[SCRIM_HEADROOM];
	struct span out;

	if (!role) {
		conn_reset(c, FLOW_INTERNAL);
		return;
	}
	c->traffic = role->traffic;
	for (int i = 0; i < 2 && !c->dead; i++) {
		struct direction *d = &c->dir[i];

		if (!d->masked || d->eof)
			adopt_unmasked(d, role, masks[i]);
		else if (rules_feed(d, none + sizeof(none), 0, &out) < 0)
			conn_reset(c, FLOW_INTERNAL);
	}
}

void rules_adopt(struct io_worker *w)
{
	struct link *l, *next;

	ruleset_use(&w->conf.rules, __atomic_load_n(&w->next, __ATOMIC_ACQUIRE));
	for (l = w->conns.next; l != &w->conns; l = next) {
		struct conn *c = container_of(l, struct conn, link);

		next = l->next;
		if (!c->dead)
			adopt(c);
		conn_reap(c);
	}
	__atomic_store_n(&w->ruled_by, w->conf.rules, __ATOMIC_RELEASE);
}
