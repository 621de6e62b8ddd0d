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

/*
 * Runs that are joined by dashes or colons are one id if they are so many (a UUID has five, an address of MAC or IPv6 more), and
 * have letters in so many: "2014-10-28-02-16-be" is no id.
 */
#define JOINED   5
#define LETTERED 2

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

/* Whether hex digits line[from, to) are no part of a word. */
static bool stands_alone(const u8 *line, size_t n, size_t from, size_t to)
{
	return !(from && is_letter(line[from - 1])) && !(to < n && is_letter(line[to]));
}

/*
 * Where the runs of hex digits end that stand alone and are joined by the byte behind the first one, line[from, end).
 * *ret_id: whether there are so many, and letters in so many, that they are one id and no date or path.
 */
static size_t joined_end(const u8 *line, size_t n, size_t from, size_t end, bool *ret_id)
{
	u8 joint = end < n ? line[end] : '\0';
	size_t runs = 0, lettered = 0;

	while (stands_alone(line, n, from, end)) {
		struct hex_run run = hex_run_at(line + from, end - from);

		runs++;
		lettered += run.letters;
		if ((joint != '-' && joint != ':') || end == n || line[end] != joint)
			break;
		run = hex_run_at(line + end + 1, n - end - 1);
		if (!run.len || !stands_alone(line, n, end + 1, end + 1 + run.len))
			break;
		from = end + 1;
		end = from + run.len;
	}
	*ret_id = runs >= JOINED && lettered >= LETTERED;
	return end;
}

static u8 blank_for(u8 c, bool hex)
{
	return hex ? ANY_HEX : is_digit(c) ? ANY_DIGIT : c;
}

void outline_of(const u8 *line, size_t n, u8 ret_outline[LINE_ROOM])
{
	size_t joined = 0; /* behind what is known to be joined or not */
	bool id = false;   /* it is */

	for (size_t i = 0, end; i < n;) {
		struct hex_run run = hex_run_at(line + i, n - i);
		bool hex;

		end = i + run.len;
		if (run.len && i >= joined)
			joined = joined_end(line, n, i, end, &id);
		hex = id || (run.letters && (run.digits || stands_alone(line, n, i, end)));
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
