/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The project's generator of test streams: what its parts share.
 *
 *   rng.c      numbers, the same on every machine
 *   person.c   invented people            value.c   values, near misses, templates
 *   note.c     free text                  hl7_write.c  a message, and the truth about it
 *   hl7_*.c    segments and messages      bench.c   corpora of the benches
 *
 * Everything follows from the seed: no clock, no locale, no floating point, no libc random.
 */
#ifndef TESTS_GEN_H
#define TESTS_GEN_H

#include <scrim/base.h>

/* A string that grows; running out of memory ends the program. */
struct buf {
	char *p;
	size_t len, cap;
};

void buf_put(struct buf *b, const char *p, size_t len);
void buf_str(struct buf *b, const char *s);
void buf_printf(struct buf *b, const char *fmt, ...) printf_like(2, 3);
/* A JSON string with its quotes; the bytes are UTF-8 already. */
void buf_json(struct buf *b, const char *p, size_t len);

/* Prints "gen: ..." and ends the program with 1. */
void die(const char *fmt, ...) printf_like(1, 2) __attribute__((noreturn));

struct rng {
	u64 state;
};

/* Stream `stream` of `seed`: message i is the same however many are made. */
void rng_seed(struct rng *r, u64 seed, u64 stream);
u32 rng_below(struct rng *r, u32 n); /* 0 to n - 1 */
u32 rng_range(struct rng *r, u32 from, u32 to);
bool rng_one_in(struct rng *r, u32 n);
#define rng_pick(r, list) ((list)[rng_below(r, array_size(list))])

/*
 * Writes `as` with '#' any digit, '*' 1 to 9, '+' 2 to 9, '@' a capital. C leaves open in which
 * order arguments are evaluated, so no call has two of these numbers among its arguments.
 */
void shape(struct rng *r, const char *as, char *out);

struct day {
	u32 year, month, day;
};

/* Days that every month has: any of them is on the calendar. */
struct day day_make(struct rng *r, u32 from_year, u32 to_year);

#define VALUE_MAX 128 /* bytes of a value, with the NUL */

/* Somebody who does not exist. Telephone numbers are of the ranges kept for fiction. */
struct person {
	const char *family, *given, *middle;
	bool female;
	struct day birth;
	char ssn[12], phone[16], work_phone[16], email[64];
	char mrn[16], account[16], visit[16], licence[16], plan[16];
	char street[48], zip[11];
	const char *city, *state, *county;
};

void person_make(struct person *p, struct rng *r);
/* A relative: another given name, the rest of the house the same. */
void person_relative(struct person *p, const struct person *of, struct rng *r);
const char *person_provider(struct rng *r); /* a family name */
/* (NPA) 555-01XX: "2125550143" */
void phone_make(struct rng *r, char *out);
void npi_make(struct rng *r, char *out);

/* What a template names; see value.c. */
struct value_kind {
	const char *name;
	const char *plants; /* the kind in the truth; NULL: no identifier */
	bool covered;       /* a built-in rule finds it in free text */
	void (*make)(struct rng *r, const struct person *p, char *out);
};

/* Where an expanded template goes. k is NULL for text between values. */
struct sink {
	void (*put)(struct sink *s, const struct value_kind *k, const char *text, size_t len);
};

/*
 * Writes a template out. In it stand
 *   <name>      a value of that kind      <a|b|c>   one of these
 *   <#6>        six digits, no leading 0  <x8>      eight hexadecimal digits
 */
void expand(const char *template, struct rng *r, const struct person *p, struct sink *s);
void expand_buf(const char *template, struct rng *r, const struct person *p, struct buf *b);

/* A sentence of a clinical note: with values, or with what only looks like one. */
const char *note_sentence(struct rng *r);
/* A few words, for a result of type ST. */
const char *note_short(struct rng *r);

enum corpus {
	CORPUS_CLEAN,
	CORPUS_UNIQUE,
	CORPUS_MIX,
	CORPUS_DIGITS,
	CORPUS_MISSES,
	CORPUS_LOG,
	CORPUS_DENSITY
};

struct bench_text {
	enum corpus corpus;
	u64 bytes, seed;
	u64 every; /* CORPUS_DENSITY: bytes from value to value; 1: nothing but values. Else 0 */
};

/* Exactly `bytes` bytes of whole lines, the rest filled with dots, to standard output. */
void bench_write(const struct bench_text *t);

#endif
