/* SPDX-License-Identifier: BSD-2-Clause */
/* How much bulk is received at a time where it is masked. */
#include "../../user/io/turn.h"
#include <criterion/criterion.h>

/* Where it ends, with bytes that take so many ns each; never over a buffer, never without end. */
static u32 turn_from(u32 turn, u32 most, u32 len, double ns)
{
	u32 last = 0;
	int steps;

	for (steps = 0; turn != last && steps < 20; steps++) {
		cr_assert_leq(turn, most);
		last = turn;
		len = len < turn ? len : turn;
		turn = turn_next(turn, most, len, (u64)(len * ns));
	}
	cr_assert_lt(steps, 20);
	return turn;
}

static u32 turn_at(u32 most, double ns)
{
	u32 turn = turn_first(most);

	for (int i = 0; i < 10; i++)
		turn = turn_from(turn, most, most, ns);
	return turn;
}

Test(turn, is_a_buffer_of_what_takes_little)
{
	for (u32 most = 4096; most <= 1 << 20; most *= 2)
		cr_expect_eq(turn_at(most, 0.3), most);
}

Test(turn, is_about_a_millisecond_of_what_takes_long)
{
	for (double ns = 0.1; ns < 30; ns *= 1.3) {
		u32 turn = turn_at(1 << 20, ns);

		cr_expect_leq(turn * ns, TURN_NS);
		cr_expect(turn == 1 << 20 || turn * ns >= TURN_NS / 3, "%u, %f", turn, ns);
	}
}

/* What comes in smaller pieces does not make it more, but less where they take long. */
Test(turn, is_less_for_pieces_that_take_long)
{
	cr_expect_eq(turn_from(1 << 16, 1 << 20, 20000, 0.1), 1 << 16);
	cr_expect_leq(turn_from(1 << 20, 1 << 20, 300000, 50) * 50, 2 * TURN_NS);
}

Test(turn, is_never_small)
{
	cr_expect_eq(turn_at(1 << 20, 1000), TURN_LEAST);
	cr_expect_eq(turn_at(8192, 1000), 8192);
}
