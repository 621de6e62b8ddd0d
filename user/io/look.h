/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How much a worker may look for more to do, awake: a share of the time that passes, saved up to a few looks.
 *
 *   time passes ──▶ + share of it ─▶ saved ─▶ enough for a look? look, and pay what it took
 *
 * Who looks all the time uses its processor up for nothing, and a host stops a guest that does.
 */
#ifndef IO_LOOK_H
#define IO_LOOK_H

#include <scrim/base.h>

#define LOOKS_SAVED 10

struct look {
	u64 saved; /* ns of looking; at most LOOKS_SAVED of the longest look */
	u64 at;    /* ns, when that was so */
};

/* May it look for `longest` ns now? percent: the share, 100 for always. */
static inline bool look_may(struct look *l, u64 now, u64 longest, u32 percent)
{
	l->saved += (now - l->at) * percent / 100;
	if (l->saved > LOOKS_SAVED * longest)
		l->saved = LOOKS_SAVED * longest;
	l->at = now;
	return l->saved >= longest;
}

static inline void look_paid(struct look *l, u64 took)
{
	l->saved -= took < l->saved ? took : l->saved;
}

#endif
