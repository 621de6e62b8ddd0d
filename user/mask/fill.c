/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `fill`, and what it leaves alone in HL7 (v2.8.2 chapter 2, section 2.7):
 *
 *     \F\ \S\ \T\ \R\ \E\ \P\ \H\ \N\     separators as data, highlighting: kept
 *     \.br\ \.sp3\ \.in+4\                formatting: kept
 *     \X0D0A\ \C2842\ \M1A2B3C\ \Z..\      data: the kind is kept, the data replaced
 *
 * Only what is closed is an escape; "\SMITH" is a name behind a stray backslash.
 */
#include "fill.h"
#include "fill_sixteen.h"
#include <scrim/mask.h>
#include <string.h>

#define BODY_MAX (FILL_HELD - 2) /* between the two escape characters */

static u8 fill_byte(u8 c)
{
	if (c >= '0' && c <= '9')
		return FILL_DIGIT;
	if (c >= 'A' && c <= 'Z')
		return 'X';
	if ((c >= 'a' && c <= 'z') || c >= 0x80)
		return 'x';
	return 0; /* stays */
}

typedef u64 halves __attribute__((vector_size(16)));

/* 8 to 16 bytes: the last eight are the high half; what both halves have is counted there. */
static inline size_t fill_short(u8 *p, size_t len)
{
	static const u8 once[16] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	u64 first, last, mine;
	sixteen filled;
	size_t low, high;
	halves v;

	memcpy(&first, p, 8);
	memcpy(&last, p + len - 8, 8);
	memcpy(&mine, once + 16 - len, 8);
	v = (halves)fill_sixteen((sixteen)(halves){first, last}, &filled);
	first = v[0];
	last = v[1];
	memcpy(p, &first, 8);
	memcpy(p + len - 8, &last, 8);
	high = sixteen_count(filled & (sixteen)(halves){mine, ~0ULL}, &low);
	return high + low;
}

size_t mask_fill(u8 *p, size_t len)
{
	size_t n = 0, low;
	sixteen filled;

	for (; len > 16; p += 16, len -= 16) {
		sixteen_store(p, fill_sixteen(sixteen_load(p), &filled));
		n += sixteen_count(filled, &low);
		n += low;
	}
	if (len >= 8)
		return n + fill_short(p, len);
	for (size_t i = 0; i < len; i++) {
		u8 c = fill_byte(p[i]);

		p[i] = c ? c : p[i];
		n += c != 0;
	}
	return n;
}

/* ".br", ".sp3", ".in+4": the standard's commands, with a number too short to be a value. */
static bool is_formatting(const u8 *p, size_t len)
{
	static const char commands[][4] = {".br", ".sp", ".fi", ".nf", ".in", ".ti", ".sk", ".ce"};
	bool known = false;
	size_t i = 3;

	for (size_t k = 0; k < array_size(commands) && len >= 3; k++)
		known |= !memcmp(p, commands[k], 3);
	if (i < len && (p[i] == '+' || p[i] == '-'))
		i++;
	for (; i < len && known; i++)
		known = p[i] >= '0' && p[i] <= '9' && i < 6;
	return known;
}

/*
 * What stands at p, p[0] being the escape character. Returns the length of the escape with both
 * its ends, *ret_keep bytes of which stay; 0: no escape; len + 1: it is not closed yet.
 */
static size_t escape_at(const u8 *p, size_t len, u8 escape, size_t *ret_keep)
{
	size_t n = 1;
	bool data;

	while (n < len && n <= BODY_MAX && p[n] != escape && p[n] >= ' ')
		n++;
	if (n == len)
		return len + 1;
	if (n == 1 || p[n] != escape)
		return 0;
	data = p[1] == 'X' || p[1] == 'C' || p[1] == 'M' || p[1] == 'Z';
	for (size_t i = 2; i < n && p[1] != 'Z'; i++)
		data &= fill_is_hex(p[i]);
	*ret_keep = 0;
	if (is_formatting(p + 1, n - 1))
		*ret_keep = n;
	else if (n == 2 && (p[1] == 'F' || p[1] == 'S' || p[1] == 'T' || p[1] == 'R' ||
			    p[1] == 'E' || p[1] == 'P' || p[1] == 'H' || p[1] == 'N'))
		*ret_keep = n;
	else if (data)
		*ret_keep = 2;
	return *ret_keep ? n + 1 : 0;
}

/* Byte i becomes c, unless it was sent. */
static void put(const struct fill_job *job, size_t i, u8 c, struct filled *f)
{
	f->all += c != 0;
	if (!c || i < job->sent)
		return;
	job->p[i] = c;
	f->now++;
}

/* Hexadecimal data becomes hexadecimal digits. */
static u8 data_byte(u8 c)
{
	return fill_is_hex(c) ? '4' : fill_byte(c);
}

size_t fill_escaped(const struct fill_job *job, struct filled *ret_filled)
{
	size_t i = 0, keep = 0, n;
	const u8 *p = job->p;

	*ret_filled = (struct filled){0};
	if (!job->sent && (!job->escape || !memchr(p, job->escape, job->len))) {
		ret_filled->all = ret_filled->now = mask_fill(job->p, job->len);
		return job->len;
	}
	while (i < job->len) {
		n = job->escape && p[i] == job->escape
			    ? escape_at(p + i, job->len - i, job->escape, &keep)
			    : 0;
		if (n > job->len - i && !job->ends)
			return i;
		if (n && n <= job->len - i) {
			for (size_t k = keep; k < n - 1; k++)
				put(job, i + k, data_byte(p[i + k]), ret_filled);
			i += n;
			continue;
		}
		put(job, i, fill_byte(p[i]), ret_filled);
		i++;
	}
	return job->len;
}
