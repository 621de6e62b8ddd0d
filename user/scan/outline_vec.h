/* SPDX-License-Identifier: BSD-2-Clause */
/* Outlines of lines for all but AVX-512: in operators on vectors, and vec_bits() of the instruction set. */
#ifndef SCAN_OUTLINE_VEC_H
#define SCAN_OUTLINE_VEC_H

#include "memo.h"
#include <scrim/sixteen.h>
#include <string.h>

/* What has no vectors of its own takes those that are always there. */
#ifndef WIDTH
#define WIDTH 16
typedef sixteen vec;

static inline u64 vec_bits(vec mask)
{
	return sixteen_bits(mask);
}
#endif

#define BLOCK_VECS (64 / WIDTH)

/* The bytes at p, of which n are there, and `room` may be read; zeros behind them. */
static inline vec load_some(const u8 *p, size_t n, size_t room)
{
	static const u8 places[32] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10,
				      11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
				      22, 23, 24, 25, 26, 27, 28, 29, 30, 31};
	u8 copy[WIDTH] = {0};
	vec v, place;

	if (n >= WIDTH) {
		memcpy(&v, p, sizeof(v));
		return v;
	}
	if (room >= WIDTH) {
		memcpy(&v, p, sizeof(v));
	} else {
		memcpy(copy, p, n);
		memcpy(&v, copy, sizeof(v));
	}
	memcpy(&place, places, sizeof(place));
	return v & (vec)(place < (u8)n);
}

/* Where '\n' or `other` stands in text[0, n), n <= 64: a bit for a byte. */
static inline u64 line_ends(const u8 *text, size_t n, u8 other)
{
	u64 ends = 0;

	for (size_t k = 0; k < n; k += WIDTH) {
		vec v = load_some(text + k, n - k, n - k);

		ends |= vec_bits((vec)(v == '\n') | (vec)(v == other)) << k;
	}
	return ends;
}

static inline size_t line_length(const u8 *text, size_t room, u8 other)
{
	for (size_t i = 0; i < room && i < LINE_ROOM; i += 64) {
		u64 ends = line_ends(text + i, room - i < 64 ? room - i : 64, other);

		if (ends)
			return i + (size_t)__builtin_ctzll(ends) + 1;
	}
	return 0;
}

/* Part k of a line, WIDTH bytes, zeros behind its end; `room` may be read. */
static inline vec line_part(const u8 *text, size_t n, size_t room, size_t k)
{
	size_t at = k * WIDTH;

	return load_some(text + at, at < n ? n - at : 0, at < room ? room - at : 0);
}

/* What is made of the parts of a line for its hash. */
typedef u32 word_vec __attribute__((vector_size(WIDTH)));
struct line_sums {
	word_vec even, odd;
};

/* Finds what block i of a line has of hex digits. */
static inline void block_read(const u8 *text, size_t i, size_t room, struct line *line,
			      struct line_sums *sums)
{
	u64 digits = 0, hex = 0;

	for (size_t k = 0; k < BLOCK_VECS; k++) {
		vec v = line_part(text, line->len, room, i * BLOCK_VECS + k);
		vec digit = (vec)(v - '0' <= (u8)9);
		vec letter = (vec)((v | 0x20) - 'a' <= (u8)5);
		word_vec rough = (word_vec)(v | digit | letter); /* 0xff for a blank */

		digits |= vec_bits(digit) << k * WIDTH;
		hex |= vec_bits(digit | letter) << k * WIDTH;
		if (k % 2)
			sums->odd = sums->odd * 0x85ebca77 + rough;
		else
			sums->even = sums->even * 0x9e3779b1 + rough;
	}
	line->digits[i] = digits;
	line->hex[i] = hex;
}

/*
 * Finds how long the line is that text[0, room) begins with, with what ends it, '\n' or `other`, and what it has of hex
 * digits; returns the hash of its rough outline. A length of 0: it has no end, or is longer than LINE_ROOM.
 */
static inline u64 line_read(const u8 *text, size_t room, u8 other, struct line *line)
{
	struct line_sums sums = {0};
	u64 lanes[sizeof(sums) / sizeof(u64)], hash;
	size_t i = 0;

	line->len = hash = line_length(text, room, other);
	if (!hash)
		return 0;
	do
		block_read(text, i, room, line, &sums);
	while (++i < 2 || 64 * i < line->len);
	line->digits[i] = 0;
	memcpy(lanes, &sums, sizeof(sums));
	for (i = 0; i < sizeof(sums) / sizeof(u64); i++)
		hash = (hash ^ hash >> 32 ^ lanes[i]) * 0x9e3779b97f4a7c15;
	return (hash ^ hash >> 32) | 1ULL << 63;
}

/* Whether a line, as long as l, is one that the outline of l stands for. */
static inline bool line_fits(const struct memo_line *l, const u8 *text, size_t room,
			     const struct line *line)
{
	for (size_t i = 0; 64 * i < line->len; i++) {
		u64 same =
			(line->digits[i] & l->digit_blanks[i]) | (line->hex[i] & l->hex_blanks[i]);

		for (size_t k = 0; k < BLOCK_VECS; k++) {
			vec outline;

			memcpy(&outline, l->outline + 64 * i + k * WIDTH, sizeof(outline));
			same |= vec_bits((vec)(outline == line_part(text, line->len, room,
								    i * BLOCK_VECS + k)))
				<< k * WIDTH;
		}
		if (~same)
			return false;
	}
	return true;
}

/* Those places of a line, a bit for each, at which something may match by place_digits. */
static inline u32 places_left(const struct memo_line *l, const u8 *text, size_t room,
			      const struct line *line)
{
	const u64 seen = (1U << PLACE_SEEN) - 1;
	u32 left = 0;

	(void)room; /* the line has its places */

	for (size_t i = 0; i < l->nplaces; i++) {
		const struct place_digits *d = &l->digits[i / EIGHT_PLACES];
		size_t k = i % EIGHT_PLACES;
		u64 at;

		memcpy(&at, (const u8 *)line->digits + l->at[i] / 8, sizeof(at));
		at >>= l->at[i] % 8;
		left |= (u32)(d->first[k] >> (at & seen) &
			      d->second[k] >> (at >> PLACE_SEEN & seen) &
			      d->begin[k] >> text[l->at[i]] % 64 & 1)
			<< i;
	}
	return left;
}

#endif
