/* SPDX-License-Identifier: BSD-2-Clause */
/* Escapes of HTML, URLs and JSON, and spaces and dashes of Unicode: what they mean in a value. */
#include "bytes.h"
#include "validate.h"
#include <scrim/escape.h>
#include <stdlib.h>
#include <string.h>

#define OTHER 0xff

static const struct {
	char name[8];
	u8 means;
} entities[] = {
	{"nbsp", ' '},   {"ensp", ' '},   {"emsp", ' '},   {"thinsp", ' '}, {"shy", 0},
	{"zwnj", 0},     {"zwj", 0},      {"lrm", 0},      {"rlm", 0},      {"emsp13", ' '},
	{"emsp14", ' '}, {"numsp", ' '},  {"puncsp", ' '}, {"hairsp", ' '}, {"horbar", '-'},
	{"ndash", '-'},  {"mdash", '-'},  {"minus", '-'},  {"dash", '-'},   {"hyphen", '-'},
	{"commat", '@'}, {"period", '.'}, {"sol", '/'},    {"colon", ':'},  {"lpar", '('},
	{"rpar", ')'},   {"plus", '+'},   {"amp", '&'},    {"lt", '<'},     {"gt", '>'},
	{"quot", '"'},   {"apos", '\''},
};

/* What a code point means in a value. */
static u8 meaning(unsigned long c)
{
	if (c < 0x80)
		return c ? (u8)c : OTHER;
	/* Those that nobody sees: soft hyphen, zero width, directions of writing, marks of bytes. */
	if (c == 0xad || (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
	    (c >= 0x2060 && c <= 0x206f) || c == 0xfeff)
		return 0;
	if (c == 0xa0 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f || c == 0x205f || c == 0x3000)
		return ' ';
	return (c >= 0x2010 && c <= 0x2015) || c == 0x2212 ? '-' : OTHER;
}

static bool is_hex(u8 c)
{
	return byte_is_digit(c) || (byte_lower(c) >= 'a' && byte_lower(c) <= 'f');
}

/* n hexadecimal digits as a number; false if there are not that many. */
static bool read_hex(const u8 *text, size_t len, size_t n, unsigned long *ret_c)
{
	char digits[8] = {0};

	if (len < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!is_hex(text[i]))
			return false;
		digits[i] = (char)text[i];
	}
	*ret_c = strtoul(digits, NULL, 16);
	return true;
}

/* "&...;", its name or number at most seven bytes. */
static size_t read_entity(const u8 *text, size_t len, u8 *ret_c)
{
	char name[8] = {0}, *end;
	size_t n = 1;
	unsigned long c;
	bool hex;

	for (; n < len && n < sizeof(name) && text[n] != ';'; n++)
		name[n - 1] = (char)text[n];
	if (n == len || text[n] != ';')
		return 0;
	if (*name == '#') {
		hex = byte_lower((u8)name[1]) == 'x';
		c = strtoul(name + 1 + hex, &end, hex ? 16 : 10);
		*ret_c = meaning(c);
		return *end || !is_hex((u8)name[1 + hex]) ? 0 : n + 1;
	}
	for (size_t i = 0; i < array_size(entities); i++) {
		if (strcmp(name, entities[i].name) != 0)
			continue;
		*ret_c = entities[i].means;
		return n + 1;
	}
	return 0;
}

/* A space, dash or the like in UTF-8, two or three bytes. */
static size_t read_utf8(const u8 *text, size_t len, u8 *ret_c)
{
	unsigned long c;

	if (*text == 0xc2 && len >= 2) {
		*ret_c = meaning(text[1]);
		return *ret_c == OTHER ? 0 : 2;
	}
	if ((*text & 0xf0) != 0xe0 || len < 3)
		return 0;
	c = (*text & 0xfU) << 12 | (text[1] & 0x3fU) << 6 | (text[2] & 0x3fU);
	*ret_c = meaning(c);
	return *ret_c == OTHER || c < 0x800 ? 0 : 3;
}

size_t escape_read(const u8 *text, size_t len, u8 *ret_c)
{
	unsigned long c;

	switch (*text) {
	case '%':
		if (!read_hex(text + 1, len - 1, 2, &c))
			return 0;
		*ret_c = c < 0x80 ? meaning(c) : OTHER;
		return 3;
	case '&':
		return read_entity(text, len, ret_c);
	case '\\':
		if (len >= 2 && text[1] == '/') {
			*ret_c = '/';
			return 2;
		}
		if (len < 2 || text[1] != 'u' || !read_hex(text + 2, len - 2, 4, &c))
			return 0;
		*ret_c = meaning(c);
		return 6;
	}
	return *text < 0x80 ? 0 : read_utf8(text, len, ret_c);
}

size_t escape_plain(const u8 *text, size_t len, const char *may, u8 *plain)
{
	size_t n = 0, step;
	u8 c;

	for (size_t i = 0; i < len; i += step) {
		step = escape_read(text + i, len - i, &c);
		if (!step) {
			step = 1;
			c = text[i];
			if (may && (c >= 0x80 || c == '&' || c == '%' || c == '\\'))
				return 0; /* an escape of something else */
		} else if (may && c && !strchr(may, c)) {
			return 0;
		}
		plain[n] = c;
		n += c != 0;
	}
	return n;
}

/* A value that its validator accepts once it is written plainly. */
static bool accepts(const u8 *text, size_t len, const char *may,
		    bool (*validate)(const u8 *text, size_t len))
{
	u8 plain[SCRIM_WINDOW];
	size_t n = len <= sizeof(plain) ? escape_plain(text, len, may, plain) : 0;

	return n && (!validate || validate(plain, n));
}

bool validate_ssn_encoded(const u8 *text, size_t len)
{
	return accepts(text, len, " -.", validate_ssn);
}

bool validate_card_encoded(const u8 *text, size_t len)
{
	return accepts(text, len, " -", validate_card);
}

bool validate_date_encoded(const u8 *text, size_t len)
{
	return accepts(text, len, " -./,", validate_date);
}

/* The pattern says all that there is to a number of ten digits. */
bool validate_phone_encoded(const u8 *text, size_t len)
{
	return accepts(text, len, " -./", NULL);
}

bool validate_phone_groups_encoded(const u8 *text, size_t len)
{
	return accepts(text, len, " -./", validate_phone);
}

bool validate_email_encoded(const u8 *text, size_t len)
{
	return accepts(text, len, NULL, validate_email);
}

bool validate_url_encoded(const u8 *text, size_t len)
{
	return accepts(text, len, NULL, validate_url);
}
