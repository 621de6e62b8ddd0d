/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which bytes of a line become blanks of its outline (scrim/outline.h): digits, and a run of hex digits that has letters
 * and is no part of a word, for it has digits, too, or stands alone. Where many runs are joined, as in a UUID, they are one.
 *
 *     volume c/fe/12, job 1f6cabed of x86 cached, 1a:02:42:00:fe:03
 *     volume 1/11/00, job 11111111 of x00 cached, 11:11:11:11:11:11
 */
#include "memo.h"
#include <string.h>

const _Alignas(64) u8 outline_codes[128] = {
	/* clang-format off */
	'0',  '1',  '2',  '3',  '4',  '5',  '6',  '7',  '8',  '9',  'A',  'B',  'C',  'D',  'E',  'F',
	0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f,
	' ',  '!',  '"',  '#',  '$',  '%',  '&',  '\'', '(',  ')',  '*',  '+',  ',',  '-',  '.',  '/',
	0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    ':',  ';',  '<',  '=',  '>',  '?',
	'@',  1,    2,    3,    4,    5,    6,    'G',  'H',  'I',  'J',  'K',  'L',  'M',  'N',  'O',
	'P',  'Q',  'R',  'S',  'T',  'U',  'V',  'W',  'X',  'Y',  'Z',  '[',  '\\', ']',  '^',  '_',
	'`',  7,    8,    9,    10,   11,   12,   'g',  'h',  'i',  'j',  'k',  'l',  'm',  'n',  'o',
	'p',  'q',  'r',  's',  't',  'u',  'v',  'w',  'x',  'y',  'z',  '{',  '|',  '}',  '~',  0x7f,
	/* clang-format on */
};

#define JOINED                                                                                     \
	5 /* runs, a dash or colon between any two: a UUID has so many, an address of MAC or IPv6 more */

/* Hex digits that follow each other, or runs of them that are joined. */
struct hex_run {
	size_t len;
	bool digits, letters; /* it has some */
};

static bool is_digit(u8 c)
{
	return outline_may_be(ANY_DIGIT, c);
}

static struct hex_run hex_run_at(const u8 *line, size_t n)
{
	struct hex_run run = {0};

	for (; run.len < n && outline_may_be(ANY_HEX, line[run.len]); run.len++) {
		run.digits |= is_digit(line[run.len]);
		run.letters |= !is_digit(line[run.len]);
	}
	return run;
}

/* The runs of hex digits from the first one on that are joined by the byte behind it; *ret_n: how many. */
static struct hex_run runs_at(const u8 *line, size_t n, size_t *ret_n)
{
	struct hex_run all = hex_run_at(line, n);
	u8 joint = all.len < n ? line[all.len] : '\0';

	*ret_n = all.len > 0;
	while ((joint == '-' || joint == ':') && all.len < n && line[all.len] == joint) {
		struct hex_run run = hex_run_at(line + all.len + 1, n - all.len - 1);

		if (!run.len)
			break;
		all.len += 1 + run.len;
		all.digits |= run.digits;
		all.letters |= run.letters;
		++*ret_n;
	}
	return all;
}

/* What stands for a byte of some hex digits: any of these, if it may. */
static u8 blank_for(u8 c, bool hex)
{
	if (is_digit(c))
		return hex ? ANY_HEX : ANY_DIGIT;
	return hex && outline_may_be(ANY_HEX, c) ? ANY_HEX : c;
}

void outline_of(const u8 *line, size_t n, u8 ret_outline[LINE_ROOM])
{
	size_t joined = 0; /* of what is before it, it is known whether it is joined */

	for (size_t i = 0, end; i < n;) {
		struct hex_run run = hex_run_at(line + i, n - i), all = run;
		size_t nruns = 0;
		bool word, hex;

		if (i >= joined) {
			all = runs_at(line + i, n - i, &nruns);
			joined = i + all.len;
		}
		if (nruns >= JOINED && all.letters)
			run = all;
		end = i + run.len;
		word = (i && is_letter(line[i - 1])) || (end < n && is_letter(line[end]));
		hex = run.letters && (run.digits || !word);
		for (; i < end; i++)
			ret_outline[i] = blank_for(line[i], hex);
		for (; i < n && !outline_may_be(ANY_HEX, line[i]); i++)
			ret_outline[i] = line[i];
	}
	memset(ret_outline + n, 0, LINE_ROOM - n);
}

void memo_line_begin(struct memo_line *l, const u8 outline[LINE_ROOM], size_t n,
		     outline_code_fn code)
{
	l->len = (u16)n;
	memcpy(l->outline, outline, LINE_ROOM);
	for (size_t i = 0; i < LINE_ROOM; i++)
		code(outline[i], &l->coded[i], &l->letters[i]);
}
