/* SPDX-License-Identifier: BSD-2-Clause */
/* Where in the file a byte of a value stands: quotes and escapes take more room there. */
#include "yaml.h"
#include <stdlib.h>
#include <string.h>

/* Bytes of the file that stand for a part of a double-quoted value, *ret_bytes bytes long. */
static size_t escape_length(const char *raw, size_t *ret_bytes)
{
	char digits[9] = "";
	size_t n = raw[1] == 'x' ? 2 : raw[1] == 'u' ? 4 : raw[1] == 'U' ? 8 : 0;
	unsigned long c;

	*ret_bytes = 1;
	if (raw[0] != '\\')
		return 1;
	if (!n) {
		*ret_bytes = strchr("N_", raw[1]) ? 2 : strchr("LP", raw[1]) ? 3 : 1;
		return 2;
	}
	strncpy(digits, raw + 2, n);
	c = strtoul(digits, NULL, 16);
	*ret_bytes = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	return 2 + n;
}

unsigned int yaml_column(const struct yaml *text, size_t n)
{
	const char *p = text->raw, *line_end = p + strcspn(p, "\n");
	unsigned int column = text->column;
	size_t step, bytes;

	if (text->style == '|')
		return text->column;
	for (; n && p < line_end; n -= n < bytes ? n : bytes) {
		step = bytes = 1;
		if (text->style == '\'')
			step = *p == '\'' ? 2 : 1;
		else if (text->style == '"')
			step = escape_length(p, &bytes);
		for (; step && p < line_end; step--)
			column += ((u8)*p++ & 0xc0) != 0x80;
	}
	return p < line_end ? column : text->column;
}
