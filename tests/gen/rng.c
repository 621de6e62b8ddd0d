/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers that follow from a seed: SplitMix64 (Steele, Lea, Flood: OOPSLA 2014). */
#include "gen.h"

static u64 next(struct rng *r)
{
	u64 z = r->state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

void rng_seed(struct rng *r, u64 seed, u64 stream)
{
	r->state = seed;
	r->state = next(r) ^ stream;
	next(r);
}

u32 rng_below(struct rng *r, u32 n)
{
	return (u32)(((next(r) >> 32) * n) >> 32);
}

u32 rng_range(struct rng *r, u32 from, u32 to)
{
	return from + rng_below(r, to - from + 1);
}

bool rng_one_in(struct rng *r, u32 n)
{
	return rng_below(r, n) == 0;
}

struct day day_make(struct rng *r, u32 from_year, u32 to_year)
{
	struct day d;

	d.year = rng_range(r, from_year, to_year);
	d.month = rng_range(r, 1, 12);
	d.day = rng_range(r, 1, 28);
	return d;
}

void shape(struct rng *r, const char *as, char *out)
{
	for (; *as; as++, out++)
		*out = *as == '#'   ? (char)('0' + rng_below(r, 10))
		       : *as == '*' ? (char)('1' + rng_below(r, 9))
		       : *as == '+' ? (char)('2' + rng_below(r, 8))
		       : *as == '@' ? (char)('A' + rng_below(r, 26))
				    : *as;
	*out = 0;
}
