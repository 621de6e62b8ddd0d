/* SPDX-License-Identifier: BSD-2-Clause */
/* Outlines of lines for all but AVX-512: in operators on vectors, and vec_bits() of the instruction set. */
#ifndef SCAN_OUTLINE_VEC_H
#define SCAN_OUTLINE_VEC_H

#include "memo.h"
#include "outline_bits.h"
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

/* A mask of the lowest WIDTH bits: a byte for each. */
static inline vec bytes_of(u64 bits)
{
	static const u8 bit_of[32] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128,
				      1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
	u64 each[WIDTH / 8];
	vec v, bit;

	for (size_t i = 0; i < WIDTH / 8; i++)
		each[i] = (bits >> 8 * i & 0xff) * 0x0101010101010101;
	memcpy(&v, each, sizeof(v));
	memcpy(&bit, bit_of, sizeof(bit));
	return (vec)((v & bit) != 0);
}

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

/* The block at text[i] of a line of n bytes: what it is in the outline. */
static inline void outline_block(const u8 *text, size_t i, size_t n, size_t room,
				 struct run_before *before, u8 *to, u64 *ret_digits)
{
	struct block_bits bits = {0};
	vec v[BLOCK_VECS];
	u64 hex;

	for (size_t k = 0; k < BLOCK_VECS; k++) {
		size_t at = i + k * WIDTH;
		vec digits, letter;

		v[k] = load_some(text + at, at < n ? n - at : 0, at < room ? room - at : 0);
		digits = (vec)((u8)'0' <= v[k]) & (vec)(v[k] <= (u8)'9');
		letter = (v[k] | 0x20) - 'a';
		bits.digits |= vec_bits(digits) << k * WIDTH;
		bits.letters |= vec_bits((vec)(letter <= (u8)5)) << k * WIDTH;
		bits.others |= vec_bits((vec)(letter - 6 <= (u8)19)) << k * WIDTH;
		v[k] = (v[k] & ~digits) | (digits & (u8)ANY_DIGIT);
	}
	*ret_digits = bits.digits;
	hex = hex_runs(&bits, before);
	for (size_t k = 0; k < BLOCK_VECS; k++) {
		if (hex) {
			vec run = bytes_of(hex >> k * WIDTH);

			v[k] = (v[k] & ~run) | (run & (u8)ANY_HEX);
		}
		memcpy(to + i + k * WIDTH, &v[k], sizeof(v[k]));
	}
}

/* A hash of the n bytes that are there, a multiple of 64: first of each lane of vectors by itself. */
static inline u64 outline_hash(const u8 *bytes, size_t n)
{
	typedef u32 words __attribute__((vector_size(WIDTH)));
	words sum = {0}, other = {0}, v, w;
	u64 lanes[2 * WIDTH / 8], hash = n;

	for (size_t i = 0; i < n; i += 2 * WIDTH) {
		memcpy(&v, bytes + i, sizeof(v));
		memcpy(&w, bytes + i + WIDTH, sizeof(w));
		sum = sum * 0x9e3779b1 + v;
		other = other * 0x85ebca77 + w;
	}
	memcpy(lanes, &sum, sizeof(sum));
	memcpy(lanes + WIDTH / 8, &other, sizeof(other));
	for (size_t i = 0; i < 2 * WIDTH / 8; i++)
		hash = (hash ^ hash >> 32 ^ lanes[i]) * 0x9e3779b97f4a7c15;
	return hash ^ hash >> 32;
}

/*
 * The outline of a line of n bytes, at most LINE_ROOM; returns its hash.
 *   room  bytes of text that may be read
 */
static inline u64 outline_of(const u8 *text, size_t n, size_t room, u8 *to,
			     u64 ret_digits[LINE_BLOCKS + 1])
{
	struct run_before before = {0};

	for (size_t i = 0; i < OUTLINE_SIZE(n); i += 64)
		outline_block(text, i, n, room, &before, to, ret_digits + i / 64);
	ret_digits[OUTLINE_SIZE(n) / 64] = 0;
	return outline_hash(to, OUTLINE_SIZE(n)) | 1ULL << 63;
}

/* Whether the outlines of two lines of n bytes are the same. */
static inline bool outline_same(const u8 *x, const u8 *y, size_t n)
{
	vec differ = {0}, v, w;

	for (size_t i = 0; i < n; i += WIDTH) {
		memcpy(&v, x + i, sizeof(v));
		memcpy(&w, y + i, sizeof(w));
		differ |= v ^ w;
	}
	return !vec_bits((vec)(differ != 0));
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

/* Those places of a line, a bit for each, at which something may match by where the line has digits. */
static inline u32 places_left(const struct memo_line *l, const u64 digits[LINE_BLOCKS + 1])
{
	const u64 seen = (1U << PLACE_SEEN) - 1;
	u32 left = 0;

	for (size_t i = 0; i < l->nplaces; i++) {
		u64 at;

		const struct place_digits *d = &l->digits[i / EIGHT_PLACES];
		size_t k = i % EIGHT_PLACES;

		memcpy(&at, (const u8 *)digits + l->at[i] / 8, sizeof(at));
		at >>= l->at[i] % 8;
		left |= (u32)(d->first[k] >> (at & seen) &
			      d->second[k] >> (at >> PLACE_SEEN & seen) & 1)
			<< i;
	}
	return left;
}

#endif
