/* SPDX-License-Identifier: BSD-2-Clause */
/* How much a worker looks: never over its share and what it has saved, and always where it may. */
#include "../../user/io/look.h"
#include <criterion/criterion.h>
#include <stdlib.h>

#define LONGEST 20000ULL /* ns */
#define TURNS   100000

/* Works, looks where it may, and sleeps, for random times; how much of `passed` it looked. */
static u64 looked(u32 percent, u64 *ret_passed)
{
	u64 now = 1, sum = 0;
	struct look l = {.at = now};
	unsigned int seed = percent;

	for (int i = 0; i < TURNS; i++) {
		now += (u64)rand_r(&seed) % (i % 1000 ? 2 * LONGEST : 1000 * LONGEST);
		if (look_may(&l, now, LONGEST, percent)) {
			u64 took = (u64)rand_r(&seed) % (LONGEST + 1);

			now += took;
			sum += took;
			look_paid(&l, took);
		}
	}
	*ret_passed = now - 1;
	return sum;
}

Test(look, no_more_than_its_share)
{
	for (u32 percent = 1; percent <= 100; percent++) {
		u64 passed, sum = looked(percent, &passed);

		cr_assert_leq(sum, passed * percent / 100, "%u%%", percent);
		cr_assert_geq(sum, passed * (percent < 20 ? percent : 20) / 400, "%u%%", percent);
	}
}

Test(look, a_hundred_percent_is_always)
{
	struct look l = {.at = 0};
	u64 now = LONGEST;

	for (int i = 0; i < TURNS; i++) {
		cr_assert(look_may(&l, now, LONGEST, 100));
		now += LONGEST;
		look_paid(&l, LONGEST);
	}
}

Test(look, a_long_sleep_saves_a_few)
{
	struct look l = {.at = 0};
	u64 now = 1ULL << 60;
	int looks = 0;

	for (; look_may(&l, now, LONGEST, 1); looks++)
		look_paid(&l, LONGEST);
	cr_assert_eq(looks, LOOKS_SAVED);
}

/* Who is put off while it looks has looked for longer than it may: that is not owed. */
Test(look, owes_nothing)
{
	struct look l = {.at = 0};

	cr_assert(look_may(&l, 100 * LONGEST, LONGEST, 10));
	look_paid(&l, 1000 * LONGEST);
	cr_assert_not(look_may(&l, 109 * LONGEST, LONGEST, 10));
	cr_assert(look_may(&l, 110 * LONGEST, LONGEST, 10));
}
