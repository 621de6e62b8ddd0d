/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `fill` of a value that may hold escapes: what is written as "%2D", "&#8209;", "\u00a0", or as a
 * space or dash of Unicode stays as it stands, so that what reads the text still can. An escape
 * that means a letter or a digit becomes one that means X, x or 1; other bytes as ever.
 */
#include "fill.h"
#include <scrim/escape.h>
#include <scrim/mask.h>
#include <string.h>

/* Writes a number into n digits, zeros in front. */
static void put_number(u8 *digits, size_t n, unsigned int value, unsigned int base)
{
	for (; n; value /= base)
		digits[--n] = (u8) "0123456789abcdef"[value % base];
}

/* The escape [p, p + n), which means c, as one of the same length that means 1, X or x. */
static size_t fill_escape(u8 *p, size_t n, u8 c)
{
	unsigned int to = c >= '0' && c <= '9' ? '1' : c >= 'A' && c <= 'Z' ? 'X' : 'x';
	size_t from = *p == '%' ? 1 : 2, end = *p == '&' ? n - 1 : n;
	bool hex = *p != '&' || (p[2] | 0x20) == 'x';

	from += *p == '&' && hex;
	/* "&#99;" has no room for 120. */
	if (!hex && to == 'x' && end - from < 3)
		to = 'X';
	put_number(p + from, end - from, to, hex ? 16 : 10);
	return end - from;
}

/* Whether an escape begins at p that [p, end) does not end: more of it may follow. */
static bool begun(const u8 *p, const u8 *end)
{
	size_t n = 1;

	if (*p == '\\' && end - p > 1)
		n = p[1] == 'u' ? 2 : 0;
	else if (*p != '%' && *p != '\\')
		n = 0;
	while (n && p + n < end && fill_is_hex(p[n]))
		n++;
	return n && p + n == end;
}

static bool means_text(u8 c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c >= 0x80;
}

void fill_encoded(const struct fill_job *job, struct filled *ret_filled)
{
	u8 copy[FILL_ENCODED_MAX], c;
	size_t step, n;

	*ret_filled = (struct filled){0};
	memcpy(copy, job->p, job->len);
	for (size_t i = 0; i < job->len; i += step) {
		step = escape_read(copy + i, job->len - i, &c);
		if (!step && begun(copy + i, copy + job->len))
			break;
		if (step)
			n = means_text(c) ? fill_escape(copy + i, step, c) : 0;
		else
			n = mask_fill(copy + i, step = 1);
		ret_filled->all += n;
		ret_filled->now += i >= job->sent ? n : 0;
	}
	memcpy(job->p + job->sent, copy + job->sent, job->len - job->sent);
}
