/* SPDX-License-Identifier: BSD-2-Clause */
/* The arena: pieces are zeroed, aligned, apart from one another, and stay where they are. */
#include <criterion/criterion.h>
#include <scrim/arena.h>
#include <string.h>

Test(arena, pieces_are_zeroed_aligned_and_apart)
{
	struct arena a = {0};
	u8 *pieces[200];

	for (size_t i = 0; i < array_size(pieces); i++) {
		size_t size = 1 + i * 7;

		pieces[i] = arena_alloc(&a, size);
		cr_assert_not_null(pieces[i]);
		cr_assert_eq((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
		for (size_t k = 0; k < size; k++)
			cr_assert_eq(pieces[i][k], 0);
		memset(pieces[i], (int)i, size);
	}
	for (size_t i = 0; i < array_size(pieces); i++)
		for (size_t k = 0; k < 1 + i * 7; k++)
			cr_assert_eq(pieces[i][k], (u8)i);
	arena_free(&a);
	cr_assert_null(a.blocks);
}

Test(arena, copies)
{
	struct arena a = {0};
	char *s = arena_strdup(&a, "text");

	cr_assert_str_eq(s, "text");
	cr_assert_arr_eq(arena_copy(&a, "\0\1\2", 3), "\0\1\2", 3);
	cr_assert_not_null(arena_alloc(&a, 0));
	cr_assert_str_eq(s, "text");
	arena_free(&a);
	arena_free(&a);
}

Test(arena, pieces_larger_than_a_block)
{
	struct arena a = {0};
	u8 *small = arena_alloc(&a, 16), *large = arena_alloc(&a, 1 << 20);

	cr_assert_not_null(large);
	memset(large, 1, 1 << 20);
	cr_assert_eq(small[15], 0);
	arena_free(&a);
}

Test(arena, sizes_that_overflow)
{
	struct arena a = {0};

	cr_assert_null(arena_array(&a, SIZE_MAX / 2, 3));
	cr_assert_null(arena_array(&a, SIZE_MAX / 4, 3));
	cr_assert_null(arena_alloc(&a, SIZE_MAX));
	arena_free(&a);
}
