/* SPDX-License-Identifier: BSD-2-Clause */
/* Which spots of a line are left, behind outline_vec.h: one after the other. */
#ifndef SCAN_SPOTS_VEC_H
#define SCAN_SPOTS_VEC_H

/* Where a line has digits, a bit for a byte, and a block of zeros behind. */
struct line_digits {
	u64 bits[LINE_BLOCKS + 1];
};

static __attribute__((noinline)) void rest_digits(const struct line *line, struct line_digits *ret)
{
	const struct hex_bounds hex = hex_bounds();
	size_t i;

	for (i = CODED_ROOM / 64; 64 * i < line->len; i++) {
		struct block b = long_block(line, i);

		ret->bits[i] = 0;
		for (size_t k = 0; k < BLOCK_VECS; k++)
			ret->bits[i] |= vec_bits(digits_in(&hex, b.v[k])) << k * WIDTH;
	}
	ret->bits[i] = 0;
}

static inline void line_digits(const struct line *line, struct line_digits *ret)
{
	_Static_assert(CODED_ROOM == 128, "two blocks are kept by codes");
	for (size_t i = 0; i < 2; i++) {
		struct block b = block_load(line->coded + 64 * i);

		ret->bits[i] = 0;
#pragma GCC unroll 4
		for (size_t k = 0; k < BLOCK_VECS; k++)
			ret->bits[i] |= vec_bits((vec)(b.v[k] == CODE_DIGIT)) << k * WIDTH;
	}
	ret->bits[2] = 0;
	if (line->len > CODED_ROOM)
		rest_digits(line, ret);
}

/* spots_left() of those of the four from the i-th on that are `asked`. */
static inline u64 four_left(const struct memo_line *l, size_t i, u32 asked, const u8 *text,
			    const struct line_digits *digits)
{
	const struct spot_digits *d = &l->digits[i / FOUR_SPOTS];
	const u64 seen = (1U << SPOT_SEEN) - 1;
	u64 left = 0;

	for (; asked; asked &= asked - 1) {
		size_t k = (size_t)__builtin_ctz(asked), at = l->spots[i + k].at;
		/* Before a line's begin all may be. */
		const u8 *p = text + at, *before = p - (at > 0);
		u64 any, here;

		memcpy(&here, (const u8 *)digits->bits + at / 8, sizeof(here));
		here = here >> at % 8 & seen;
		any = d->pattern[k] >> here & d->before[k] >> *before % 64 &
		      d->begin[k] >> p[0] % 64 & d->second[k] >> p[1] % 64;
		left |= (any & 1) << k;
	}
	return left << i;
}

/*
 * Those spots of a line, a bit for each, at which something may match by spot_digits. Those that may be sure of a match
 * nearly always are, and are not asked.
 */
static inline u64 spots_left(const struct memo_line *l, const struct line *line, const u8 *text)
{
	const u64 asked = ~0ULL >> (MEMO_SPOTS - l->nspots) & ~(u64)l->surely;
	struct line_digits digits;
	u64 left = l->surely;

	line_digits(line, &digits);
	for (size_t i = 0; i < l->nspots; i += FOUR_SPOTS)
		left |= four_left(l, i, asked >> i & 0xf, text, &digits);
	return left;
}

#endif
