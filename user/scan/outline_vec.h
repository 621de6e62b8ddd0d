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

/* 64 bytes of text. */
struct block {
	vec v[BLOCK_VECS];
};

/* Two bytes that are shifted as one; a byte whose top bit is the sign. */
typedef u16 pairs_vec __attribute__((vector_size(WIDTH)));
typedef signed char signed_vec __attribute__((vector_size(WIDTH)));

/* Each vector by itself: a copy in smaller pieces would have to be waited for. */
static inline struct block block_load(const u8 *text)
{
	struct block b;

#pragma GCC unroll 4
	for (size_t k = 0; k < BLOCK_VECS; k++)
		memcpy(&b.v[k], text + k * WIDTH, WIDTH);
	return b;
}

/* The block at text, of which n bytes may be read; zeros behind them. */
static inline struct block block_at(const u8 *text, size_t n)
{
	u8 copy[64] = {0};

	if (n >= sizeof(copy))
		return block_load(text);
	memcpy(copy, text, n);
	return block_load(copy);
}

static inline size_t behind(size_t n, size_t at)
{
	return n > at ? n - at : 0;
}

/* What reading a line takes. */
struct line_reader {
	u8 other; /* what ends a line, beside '\n' */
	u64 key;  /* of the scanner */
};

static inline struct line_reader line_reader(u8 other, u64 key)
{
	return (struct line_reader){other, key};
}

/* Where lines end in the first 64 of n bytes: a bit for a byte. */
static inline u64 line_ends(const struct line_reader *r, const u8 *text, size_t n)
{
	struct block b = block_at(text, n);
	u64 ends = 0;

#pragma GCC unroll 4
	for (size_t k = 0; k < BLOCK_VECS; k++)
		ends |= vec_bits((vec)(b.v[k] == '\n') | (vec)(b.v[k] == r->other)) << k * WIDTH;
	return ends;
}

/* Those bits of a block at `at` that are of a line of n bytes. */
static inline u64 block_bits(size_t n, size_t at)
{
	size_t in = behind(n, at);

	return in < 64 ? ~(~0ULL << in) : ~0ULL;
}

/*
 * Finds what block i of a line has of hex digits, of those bytes that are in it. Returns what goes into the hash: where
 * they are, and of the other bytes three bits.
 */
static inline u64 block_read(const struct block *b, u64 in, size_t i, struct line *line)
{
	u64 digits = 0, hex = 0, bits[3] = {0}, others;

#pragma GCC unroll 4
	for (size_t k = 0; k < BLOCK_VECS; k++) {
		vec v = b->v[k], digit = (vec)(v - '0' <= (u8)9);
		vec letter = (vec)((v | 0x20) - 'a' <= (u8)5);

		digits |= vec_bits(digit) << k * WIDTH;
		hex |= vec_bits(digit | letter) << k * WIDTH;
		/* The top bits of bytes are what counts. */
#pragma GCC unroll 3
		for (int j = 0; j < 3; j++)
			bits[j] |= vec_bits((vec)((signed_vec)((pairs_vec)v << (7 - j)) < 0))
				   << k * WIDTH;
	}
	line->digits[i] = digits & in;
	line->hex[i] = hex & in;
	others = in & ~hex;
	return (hex & in) * 0x9e3779b97f4a7c15 + (bits[0] & others) * 0xc2b2ae3d27d4eb4f +
	       (bits[1] & others) * 0x165667b19e3779f9 + (bits[2] & others) * 0xd6e8feb86659fd93;
}

static inline u64 hash_add(u64 hash, u64 block)
{
	hash = (hash ^ hash >> 32 ^ block) * 0x9e3779b97f4a7c15;
	return hash ^ hash >> 29;
}

/* Block i of a line; text ends at `end`. */
static inline struct block line_block(const struct line *line, const u8 *end, size_t i)
{
	return block_at(line->text + 64 * i, behind((size_t)(end - line->text), 64 * i));
}

/* line_read() for a line of more than two blocks. */
static __attribute__((noinline)) u64 long_line_read(const struct line_reader *r, const u8 *end,
						    struct line *line)
{
	u64 hash = r->key;
	size_t i;

	for (i = 0; 64 * i < line->len; i++) {
		struct block b = line_block(line, end, i);

		hash = hash_add(hash, block_read(&b, block_bits(line->len, 64 * i), i, line));
	}
	line->digits[i] = 0;
	return hash_add(hash, line->len) | 1ULL << 63;
}

/*
 * Finds what a line, where and how long it is being known, has of hex digits, and returns the hash of its rough outline.
 * Most have two blocks at most, and whether one would do is hard to guess.
 *   end  of the text, which may be read to there
 */
static inline u64 line_read(const struct line_reader *r, const u8 *end, struct line *line)
{
	struct block b[2] = {line_block(line, end, 0), line_block(line, end, 1)};
	u64 hash = r->key;

	if (line->len > 128)
		return long_line_read(r, end, line);
	hash = hash_add(hash, block_read(&b[0], block_bits(line->len, 0), 0, line));
	hash = hash_add(hash, block_read(&b[1], block_bits(line->len, 64), 1, line));
	line->digits[2] = 0;
	return hash_add(hash, line->len) | 1ULL << 63;
}

/* Where block i of a line is not what the outline of l may stand for. */
static inline u64 block_differs(const struct memo_line *l, const struct block *b,
				const struct line *line, size_t i)
{
	u64 same = l->behind[i] | (line->digits[i] & l->digit_blanks[i]) |
		   (line->hex[i] & l->hex_blanks[i]);

#pragma GCC unroll 4
	for (size_t k = 0; k < BLOCK_VECS; k++) {
		vec outline;

		memcpy(&outline, l->outline + 64 * i + k * WIDTH, sizeof(outline));
		same |= vec_bits((vec)(outline == b->v[k])) << k * WIDTH;
	}
	return ~same;
}

/* Whether a line, as long as l, is one that the outline of l stands for. */
static inline bool line_fits(const struct memo_line *l, const struct line *line, const u8 *end)
{
	u64 differ = 0;
	size_t i = 0;

	do {
		struct block b = line_block(line, end, i);

		differ |= block_differs(l, &b, line, i);
	} while (++i < 2 || 64 * i < line->len);
	return !differ;
}

/* The first of a set's tags that is `hash`, or any if there is none. */
static inline size_t first_way(const u64 tags[MEMO_WAYS], u64 hash)
{
	size_t way = 0;

	for (size_t i = MEMO_WAYS; i-- > 0;)
		way = tags[i] == hash ? i : way;
	return way;
}

/* Those places of a line, a bit for each, at which something may match by place_digits. */
static inline u32 places_left(const struct memo_line *l, const struct line *line, const u8 *end,
			      bool few)
{
	const u8 *text = line->text;
	const u64 seen = (1U << PLACE_SEEN) - 1;
	u32 left = 0;

	(void)end;
	(void)few;
	for (size_t i = 0; i < l->nplaces; i++) {
		const struct place_digits *d = &l->digits[i / EIGHT_PLACES];
		size_t k = i % EIGHT_PLACES, at = l->at[i];
		u64 here;

		memcpy(&here, (const u8 *)line->digits + at / 8, sizeof(here));
		here = here >> at % 8 & seen;
		/* Before a line's begin all may be. */
		left |= (u32)(d->pattern[k] >> here & d->before[k] >> text[at - (at > 0)] % 64 &
			      d->begin[k] >> text[at] % 64 & d->second[k] >> text[at + 1] % 64 & 1)
			<< i;
	}
	return left;
}

/* What bits say where there are some. */
static inline size_t first_bit(u64 bits)
{
	return (size_t)__builtin_ctzll(bits | 1ULL << 63);
}

#endif
