/* SPDX-License-Identifier: BSD-2-Clause */
/* Characters written otherwise: what they mean, and that filling a value leaves what is no letter. */
#include "../../user/mask/fill.h"
#include <criterion/criterion.h>
#include <scrim/escape.h>
#include <string.h>

static const struct {
	const char *text;
	size_t len; /* 0: no escape */
	u8 means;
} escapes[] = {
	{"%2D", 3, '-'},
	{"%2d7", 3, '-'},
	{"%40", 3, '@'},
	{"%C3%A9", 3, 0xff},
	{"%2", 0, 0},
	{"%2g", 0, 0},
	{"%", 0, 0},
	{"&nbsp;", 6, ' '},
	{"&ndash;x", 7, '-'},
	{"&#45;", 5, '-'},
	{"&#x2d;", 6, '-'},
	{"&#X2D;", 6, '-'},
	{"&#8209;", 7, '-'},
	{"&#x2011;", 8, '-'},
	{"&#65;", 5, 'A'},
	{"&#233;", 6, 0xff},
	{"&shy;", 5, 0},
	{"&lrm;", 5, 0},
	{"&hairsp;", 8, ' '},
	{"&horbar;", 8, '-'},
	{"&amp;", 5, '&'},
	{"&eacute;", 0, 0},
	{"&nbsp", 0, 0},
	{"&;", 0, 0},
	{"&#;", 0, 0},
	{"&#x;", 0, 0},
	{"&#4x;", 0, 0},
	{"&#-5;", 0, 0},
	{"&", 0, 0},
	{"\\/", 2, '/'},
	{"\\u002d", 6, '-'},
	{"\\u00A0", 6, ' '},
	{"\\u0041", 6, 'A'},
	{"\\u00e9", 6, 0xff},
	{"\\u00", 0, 0},
	{"\\n", 0, 0},
	{"\\", 0, 0},
	{"\xc2\xa0", 2, ' '},
	{"\xc2\xad", 2, 0},
	{"\xc2\xa9", 0, 0},
	{"\xe2\x80\x91", 3, '-'},
	{"\xe2\x80\x8b", 3, 0},
	{"\xe2\x80\xaa", 3, 0},
	{"\xe2\x81\xa6", 3, 0},
	{"\xe2\x81\xb0", 0, 0},
	{"\xe2\x80\xaf", 3, ' '},
	{"\xe2\x88\x92", 3, '-'},
	{"\xe3\x80\x80", 3, ' '},
	{"\xef\xbb\xbf", 3, 0},
	{"\xe2\x82\xac", 0, 0},
	{"\xe2\x80", 0, 0},
	{"\xc3\xa9", 0, 0},
	{"\xe9", 0, 0},
	{"a", 0, 0},
};

Test(escape, what_is_one_and_what_it_means)
{
	for (size_t i = 0; i < array_size(escapes); i++) {
		size_t len = strlen(escapes[i].text), n;
		u8 c = 0;

		n = escape_read((const u8 *)escapes[i].text, len, &c);
		cr_expect_eq(n, escapes[i].len, "%s: %zu", escapes[i].text, n);
		if (n)
			cr_expect_eq(c, escapes[i].means, "%s: %02x", escapes[i].text, c);
		/* A part of it is none. */
		if (n)
			cr_expect_eq(escape_read((const u8 *)escapes[i].text, n - 1, &c), 0, "%s",
				     escapes[i].text);
	}
}

static const struct {
	const char *text, *may, *plain; /* NULL: refused */
} plains[] = {
	{"123%2D45&#8209;67", "-", "123-45-67"},
	{"123\xc2\xad"
	 "45\xe2\x80\x8b"
	 "67",
	 "-", "1234567"},
	{"123&nbsp;45", "-", NULL},
	{"123&#65;45", "-", NULL},
	{"123&eacute;45", "-", NULL},
	{"123\xc3\xa9"
	 "45",
	 "-", NULL},
	{"a%41b&eacute;", NULL, "aAb&eacute;"},
};

Test(escape, a_value_written_plainly)
{
	for (size_t i = 0; i < array_size(plains); i++) {
		u8 plain[64] = {0};
		size_t n = escape_plain((const u8 *)plains[i].text, strlen(plains[i].text),
					plains[i].may, plain);

		cr_expect_eq(n, plains[i].plain ? strlen(plains[i].plain) : 0, "%s",
			     plains[i].text);
		if (n)
			cr_expect_str_eq((char *)plain, plains[i].plain, "%s", (char *)plain);
	}
}

static const struct {
	const char *text, *want;
	size_t replaced;
} fills[] = {
	{"123%2D45", "111%2D11", 5},
	{"a&#8209;b&nbsp;C", "x&#8209;x&nbsp;X", 3},
	{"1\\u002d2\\u00a0a\\/b", "1\\u002d1\\u00a0x\\/x", 4},
	{"1\xe2\x80\x91"
	 "2\xc2\xa0\xc3\xa9",
	 "1\xe2\x80\x91"
	 "1\xc2\xa0xx",
	 4},
	/* What means a letter or a digit does no longer mean the same. */
	{"%41%6a%35%C3%A9", "%58%78%31%78%78", 10},
	{"&#65;&#106;&#99;&#x35;&#0233;", "&#88;&#120;&#88;&#x31;&#0120;", 13},
	{"\\u0041\\u00e9", "\\u0058\\u0078", 8},
	/* Not closed: as it is at the end, else what it looks like. */
	{"a%4", "x%4", 1},
	{"a%4g", "x%1x", 3},
	{"a\\u00", "x\\u00", 1},
	{"a\\ab", "x\\xx", 3},
	{"&smith;&eacute;", "&xxxxx;&xxxxxx;", 11},
};

Test(escape, filling_leaves_what_is_no_letter)
{
	for (size_t i = 0; i < array_size(fills); i++) {
		size_t len = strlen(fills[i].text);
		struct filled filled;
		u8 text[64] = {0};

		memcpy(text, fills[i].text, len);
		fill_encoded(&(struct fill_job){.p = text, .len = len}, &filled);
		cr_expect_str_eq((char *)text, fills[i].want, "%s", (char *)text);
		cr_expect_eq(filled.all, fills[i].replaced, "%s: %zu", fills[i].text, filled.all);
		cr_expect_eq(filled.now, filled.all);
		/* What was sent stays, whatever it is. */
		for (size_t sent = 1; sent <= len; sent++) {
			memcpy(text, fills[i].text, len);
			fill_encoded(&(struct fill_job){.p = text, .len = len, .sent = sent},
				     &filled);
			cr_expect(!memcmp(text, fills[i].text, sent) &&
					  !memcmp(text + sent, fills[i].want + sent, len - sent),
				  "%s, %zu sent", fills[i].text, sent);
		}
	}
}
