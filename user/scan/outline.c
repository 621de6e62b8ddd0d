/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which bytes of a line become blanks of its outline (scrim/outline.h): digits, and a run of hex digits that has letters
 * and is no part of a word, for it has digits, too, or stands alone.
 *
 *     volume c/fe/12, job 1f6cabed of x86 cached
 *     volume 1/11/00, job 11111111 of x00 cached
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

/* Hex digits that follow each other. */
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

void outline_of(const u8 *line, size_t n, u8 ret_outline[LINE_ROOM])
{
	for (size_t i = 0; i < n;) {
		struct hex_run run = hex_run_at(line + i, n - i);
		size_t end = i + run.len;
		bool word = (i && is_letter(line[i - 1])) || (end < n && is_letter(line[end]));
		bool hex = run.letters && (run.digits || !word);

		for (; i < end; i++)
			ret_outline[i] = hex ? ANY_HEX : is_digit(line[i]) ? ANY_DIGIT : line[i];
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
