/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Outlines of lines for all but AVX-512: in operators on vectors, and vec_bits() of the instruction set. A line is
 * kept by codes, in which all digits are one, and these are held against those of an outline:
 *
 *      line      j  o  b     f  6  2  6         a byte is as in the outline, or a letter where that may be
 *      codes     j  o  b     f  0  0  0
 *      outline   j  o  b     0  0  0  0
 *      letters   .  .  .     a  a  a  a
 */
#ifndef SCAN_OUTLINE_VEC_H
#define SCAN_OUTLINE_VEC_H

#include "memo.h"
#include "ways.h"
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

/* Pairs of bytes are numbers; or bytes are less than 0, too, as all instruction sets compare them. */
typedef u16 pairs_vec __attribute__((vector_size(WIDTH)));
typedef signed char signed_vec __attribute__((vector_size(WIDTH)));

/* 64 bytes of text. */
struct block {
	vec v[BLOCK_VECS];
};

/* Each vector by itself: a copy in smaller pieces would have to be waited for. */
static inline struct block block_load(const u8 *text)
{
	struct block b;

#pragma GCC unroll 4
	for (size_t k = 0; k < BLOCK_VECS; k++)
		memcpy(&b.v[k], text + k * WIDTH, WIDTH);
	return b;
}

static inline size_t behind(size_t n, size_t at)
{
	return n > at ? n - at : 0;
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

/* What a compiler takes for no constant: those it would make anew for each line. */
static inline vec kept(vec v)
{
#if defined(__aarch64__)
	__asm__("" : "+w"(v));
#else
	__asm__("" : "+x"(v));
#endif
	return v;
}

static inline vec all(u8 c)
{
	return (vec){0} + c;
}

/* What tells hex digits: moved down to the least numbers with a sign, a kind of them is less than one number. */
struct hex_bounds {
	vec digits, letters, lower, low_half;
	signed_vec ten, six;
};

#define LEAST 0x80

static inline struct hex_bounds hex_bounds(void)
{
	return (struct hex_bounds){
		.digits = kept(all('0' + LEAST)),
		.letters = kept(all('a' + LEAST)),
		.lower = kept(all(0x20)),
		.low_half = kept(all(0xf)),
		.ten = (signed_vec)kept(all(LEAST + 10)),
		.six = (signed_vec)kept(all(LEAST + 6)),
	};
}

/* Masks of digits, and of hex digits that are letters. */
static inline vec digits_in(const struct hex_bounds *b, vec v)
{
	return (vec)((signed_vec)(v - b->digits) < b->ten);
}

static inline vec letters_in(const struct hex_bounds *b, vec v)
{
	return (vec)((signed_vec)((v | b->lower) - b->letters) < b->six);
}

/* What reading a line takes. */
struct line_reader {
	u8 other; /* what ends a line, beside '\n' */
	u64 key;  /* of the scanner */
	struct hex_bounds hex;
};

static inline struct line_reader line_reader(u8 other, u64 key)
{
	return (struct line_reader){other, key, hex_bounds()};
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

/* Bytes by codes: all digits have one, which nothing else has, and any other byte is its own. */
#define CODE_DIGIT '0'

static inline vec coded(const struct hex_bounds *b, vec v)
{
	return v & ~(digits_in(b, v) & b->low_half);
}

/* The codes that a byte of an outline stands for: `letters` are all bits if those that are letters are among them. */
static inline void outline_code(u8 c, u8 *ret_code, u8 *ret_letters)
{
	*ret_code = c == ANY_HEX || c == ANY_DIGIT ? CODE_DIGIT : c;
	*ret_letters = c == ANY_HEX ? 0xff : 0;
}

/* A line of CODED_ROOM bytes at most, zeros behind it. */
static __attribute__((noinline)) void copy_line(const struct line *line, u8 ret_copy[CODED_ROOM])
{
	memset(ret_copy, 0, CODED_ROOM);
	memcpy(ret_copy, line->text, line->len);
}

/* The same as blocks; the text ends at `end`, and may be read to there. */
static inline void two_blocks(const struct line *line, const u8 *end, struct block ret_b[2])
{
	static const u8 in_line[2 * CODED_ROOM] = {[0 ... CODED_ROOM - 1] = 0xff};
	const u8 *text = line->text, *mine = in_line + CODED_ROOM - line->len;
	u8 copy[CODED_ROOM];

	/* Compilers make a register for each place in it, else. */
	__asm__("" : "+r"(mine));
	if (end - text < CODED_ROOM) {
		copy_line(line, copy);
		text = copy;
	}
#pragma GCC unroll 8
	for (size_t k = 0; k < 2 * BLOCK_VECS; k++) {
		vec v, in;

		memcpy(&v, text + k * WIDTH, WIDTH);
		memcpy(&in, mine + k * WIDTH, WIDTH);
		ret_b[k / BLOCK_VECS].v[k % BLOCK_VECS] = v & in;
	}
}

/* Block i of a longer line. */
static inline struct block long_block(const struct line *line, size_t i)
{
	return block_at(line->text + 64 * i, line->len - 64 * i);
}

#define HASH_FACTOR 0x9e37U

/* A vector's rough outline, as pairs of bytes. */
static inline pairs_vec rough(const struct hex_bounds *b, vec v)
{
	return (pairs_vec)(v | digits_in(b, v) | letters_in(b, v));
}

/* Of a vector of 32 bytes its halves put together; 16 are what they are. */
static inline sixteen hash_fold(pairs_vec pairs)
{
#if WIDTH == 32
	typedef u16 half __attribute__((vector_size(16)));
	half low = __builtin_shufflevector(pairs, pairs, 0, 1, 2, 3, 4, 5, 6, 7);
	half high = __builtin_shufflevector(pairs, pairs, 8, 9, 10, 11, 12, 13, 14, 15);

	return (sixteen)(low + high * 0x68e3);
#else
	return (sixteen)pairs;
#endif
}

/* What is left of its blocks, the line's length and the key, as 64 bits: the halves of a product. */
static inline u64 hash_end(pairs_vec pairs, u64 key, u64 n)
{
	const sixteen left = hash_fold(pairs);
	unsigned __int128 product;
	u64 part[2];

	memcpy(part, &left, sizeof(part));
	product = (unsigned __int128)(part[0] ^ key) * (part[1] ^ (key << 32 | key >> 32) ^ n);
	return ((u64)product ^ (u64)(product >> 64)) | 1ULL << 63;
}

/*
 * Finds the codes of a line of CODED_ROOM bytes at most, where and how long it is being known, and returns the hash of its
 * rough outline. Most have two blocks, and whether one would do is hard to guess.
 *   end  of the text, which may be read to there
 */
static inline u64 line_read(const struct line_reader *r, const u8 *end, struct line *line)
{
	pairs_vec hash = {0};
	struct block b[2];
	u16 factor = 1;

	two_blocks(line, end, b);
	/* Each has a factor of its own: a product of products would have to be waited for. */
#pragma GCC unroll 8
	for (size_t k = 0; k < 2 * BLOCK_VECS; k++) {
		vec v = b[k / BLOCK_VECS].v[k % BLOCK_VECS], codes = coded(&r->hex, v);

		memcpy(line->coded + k * WIDTH, &codes, WIDTH);
		factor = (u16)(factor * HASH_FACTOR);
		hash += rough(&r->hex, v) * factor;
	}
	return hash_end(hash, r->key, line->len);
}

/* The same of a longer one. */
static __attribute__((noinline)) u64 long_line_read(const struct line_reader *r, struct line *line)
{
	pairs_vec hash = {0};

	for (size_t i = 0; 64 * i < line->len; i++) {
		struct block b = long_block(line, i);

		for (size_t k = 0; k < BLOCK_VECS; k++) {
			vec codes = coded(&r->hex, b.v[k]);

			if (64 * i < CODED_ROOM)
				memcpy(line->coded + 64 * i + k * WIDTH, &codes, WIDTH);
			hash = (hash + rough(&r->hex, b.v[k])) * HASH_FACTOR;
		}
	}
	return hash_end(hash, r->key, line->len);
}

/* A mask of those bytes of a vector of codes at `at` that the outline of l may stand for. */
static inline vec codes_same(const struct hex_bounds *b, const struct memo_line *l, vec codes,
			     size_t at)
{
	vec outline, letters;

	memcpy(&outline, l->coded + at, sizeof(outline));
	memcpy(&letters, l->letters + at, sizeof(letters));
	return (vec)(codes == outline) | (letters & letters_in(b, codes));
}

/* Whether all bytes of a mask are set. */
static inline bool is_all(vec mask)
{
	return vec_bits(mask) == (1ULL << WIDTH) - 1;
}

/* line_fits() behind the bytes that are kept by codes. */
static __attribute__((noinline)) bool rest_fits(const struct line_reader *r,
						const struct memo_line *l, const struct line *line)
{
	for (size_t i = CODED_ROOM / 64; 64 * i < line->len; i++) {
		struct block b = long_block(line, i);

		for (size_t k = 0; k < BLOCK_VECS; k++)
			if (!is_all(codes_same(&r->hex, l, coded(&r->hex, b.v[k]),
					       64 * i + k * WIDTH)))
				return false;
	}
	return true;
}

/* Whether a line, as long as l, is one that the outline of l stands for. */
static inline bool line_fits(const struct line_reader *r, const struct memo_line *l,
			     const struct line *line)
{
	vec same = all(0xff);

#pragma GCC unroll 8
	for (size_t at = 0; at < CODED_ROOM; at += WIDTH) {
		vec codes;

		memcpy(&codes, line->coded + at, sizeof(codes));
		same &= codes_same(&r->hex, l, codes, at);
	}
	return is_all(same) && (line->len <= CODED_ROOM || rest_fits(r, l, line));
}

/* What bits say where there are some. */
static inline size_t first_bit(u64 bits)
{
	return (size_t)__builtin_ctzll(bits | 1ULL << 63);
}

#endif
