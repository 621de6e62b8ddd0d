/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether one more connection is taken on: memory, connections at once, connections a second, in
 * all and of the listener. All workers pass the same gates, so what they count is atomic.
 *
 * The rate is the generic cell rate algorithm (ITU-T I.371, annex A): each connection moves a
 * virtual time on by 1/rate, and it may run ahead of the clock by a second. So after a pause as
 * many as a second allows come at once.
 *
 * Where connections wait at a limit, a worker whose own connection ends has its place at once, and
 * the others look now and then. So that they are not passed over for ever, who has waited longest
 * has the last free place to himself when it has been a second, as long as he looks for it.
 */
#include "worker.h"

#define SECOND 1000000000ULL
#define LOOKS  (SECOND / 10) /* who has not looked for so long does not any more */

/* Whether the last place is another one's. */
static bool gate_kept(const struct io_gate *g, const struct listener *l, u64 now)
{
	u64 waits = __atomic_load_n(&g->waits, __ATOMIC_RELAXED);

	return waits && now >= waits + SECOND && (!l->since || waits < l->since) &&
	       now < __atomic_load_n(&g->looked, __ATOMIC_RELAXED) + LOOKS;
}

static bool gate_count(struct io_gate *g, const struct listener *l)
{
	u32 open;

	if (!g)
		return true;
	open = __atomic_add_fetch(&g->open, 1, __ATOMIC_RELAXED);
	if (!g->most || open + gate_kept(g, l, worker_now(l->w)) <= g->most)
		return true;
	__atomic_fetch_sub(&g->open, 1, __ATOMIC_RELAXED);
	return false;
}

/* It found no place. */
static int gate_full(struct io_gate *g, struct listener *l)
{
	u64 now = worker_now(l->w), waits = __atomic_load_n(&g->waits, __ATOMIC_RELAXED);

	if (!l->w->conf.limits.wait)
		return -FLOW_LIMIT;
	l->since = l->since ?: now;
	if (!waits || l->since <= waits ||
	    now >= __atomic_load_n(&g->looked, __ATOMIC_RELAXED) + LOOKS) {
		__atomic_store_n(&g->waits, l->since, __ATOMIC_RELAXED);
		__atomic_store_n(&g->looked, now, __ATOMIC_RELAXED);
	}
	return -FLOW_LIMIT;
}

/* It has a place, and asks for none. */
static void gate_had(struct io_gate *g, const struct listener *l)
{
	u64 own = l->since;

	if (g && own)
		__atomic_compare_exchange_n(&g->waits, &own, 0, false, __ATOMIC_RELAXED,
					    __ATOMIC_RELAXED);
}

static void gate_uncount(struct io_gate *g)
{
	if (g)
		__atomic_fetch_sub(&g->open, 1, __ATOMIC_RELAXED);
}

static bool gate_pace(struct io_gate *g, u64 now)
{
	u64 at, next;

	if (!g || !g->rate)
		return true;
	at = __atomic_load_n(&g->paced_to, __ATOMIC_RELAXED);
	do {
		next = (at > now ? at : now) + SECOND / g->rate;
		if (next > now + SECOND)
			return false;
	} while (!__atomic_compare_exchange_n(&g->paced_to, &at, next, true, __ATOMIC_RELAXED,
					      __ATOMIC_RELAXED));
	return true;
}

static void gate_unpace(struct io_gate *g)
{
	if (g && g->rate)
		__atomic_fetch_sub(&g->paced_to, SECOND / g->rate, __ATOMIC_RELAXED);
}

static void gate_let_in(struct io_gate *g)
{
	if (g)
		__atomic_fetch_add(&g->open, 1, __ATOMIC_RELAXED);
}

int gate_enter(struct listener *l)
{
	struct io_worker *w = l->w;
	struct io_gate *all = w->conf.gate, *own = l->conf.gate;

	if (w->waits) { /* another process takes over: the last ones, and nobody is refused */
		gate_let_in(all);
		gate_let_in(own);
		return 0;
	}
	if (!worker_affords(w, sizeof(struct conn) + w->pool[POOL_LIGHT].stride))
		return -FLOW_MEMORY;
	if (!gate_count(all, l))
		return gate_full(all, l);
	if (!gate_count(own, l)) {
		gate_uncount(all);
		return gate_full(own, l);
	}
	if (gate_pace(all, worker_now(w))) {
		if (gate_pace(own, worker_now(w))) {
			gate_had(all, l);
			gate_had(own, l);
			l->since = 0;
			return 0;
		}
		gate_unpace(all);
	}
	gate_leave(l);
	return -FLOW_RATE;
}

void gate_leave(const struct listener *l)
{
	gate_uncount(l->w->conf.gate);
	gate_uncount(l->conf.gate);
}
