/* SPDX-License-Identifier: BSD-2-Clause */
/* Which places of a line are left, behind outline_vec.h: one after the other. */
#ifndef SCAN_PLACES_VEC_H
#define SCAN_PLACES_VEC_H

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

/* places_left() of those of the four from the i-th on that are `asked`. */
static inline u32 four_left(const struct memo_line *l, size_t i, u32 asked, const u8 *text,
			    const struct line_digits *digits)
{
	const struct place_digits *d = &l->digits[i / FOUR_PLACES];
	const u64 seen = (1U << PLACE_SEEN) - 1;
	u32 left = 0;

	for (; asked; asked &= asked - 1) {
		size_t k = (size_t)__builtin_ctz(asked), at = l->at[i + k];
		/* Before a line's begin all may be. */
		const u8 *p = text + at, *before = p - (at > 0);
		u64 any, here;

		memcpy(&here, (const u8 *)digits->bits + at / 8, sizeof(here));
		here = here >> at % 8 & seen;
		any = d->pattern[k] >> here & d->before[k] >> *before % 64 &
		      d->begin[k] >> p[0] % 64 & d->second[k] >> p[1] % 64;
		left |= (u32)(any & 1) << k;
	}
	return left << i;
}

/*
 * Those places of a line, a bit for each, at which something may match by place_digits. Those that may be sure of a match
 * nearly always are, and are not asked.
 */
static inline u32 places_left(const struct memo_line *l, const struct line *line, const u8 *text)
{
	const u32 asked = (u32)((1ULL << l->nplaces) - 1) & ~(u32)l->surely;
	struct line_digits digits;
	u32 left = l->surely;

	line_digits(line, &digits);
	left |= four_left(l, 0, asked & 0xf, text, &digits);
	for (size_t i = FOUR_PLACES; i < l->nplaces; i += FOUR_PLACES)
		left |= four_left(l, i, asked >> i & 0xf, text, &digits);
	return left;
}

#endif
