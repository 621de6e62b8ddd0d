/* SPDX-License-Identifier: BSD-2-Clause */
/* A file in memory, as what the YAML parser can take: UTF-8 of a bounded length. */
#include "yaml.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static void release_file(FILE **f)
{
	if (*f && *f != stdin)
		fclose(*f);
}

/* Whether it lies in the file's name or rights: another try is no better. */
static bool lasts(int error)
{
	return error == ENOENT || error == ENOTDIR || error == EISDIR || error == EACCES ||
	       error == ELOOP || error == ENAMETOOLONG;
}

static void unreadable(struct faults *f, const char *what, int error)
{
	fault_add(f, 0, 0, "cannot be %s: %s", what, strerror(error));
	f->failed = lasts(error) ? 0 : -error;
}

/* Bytes of the UTF-8 character at p, of `left`; 0 if it is none. RFC 3629, section 4. */
static size_t character(const u8 *p, size_t left)
{
	size_t n = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;

	if (!n || p[0] > 0xf4 || n > left)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] >= 0xa0) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] >= 0x90))
		return 0;
	return n;
}

/*
 * libfyaml does not come to an end where a directive (%) has what is not UTF-8, and takes a NUL for the
 * file's end.
 */
static bool check_bytes(const char *text, size_t len, struct faults *f)
{
	unsigned int line = 1, column = 1;
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		n = character((const u8 *)text + i, len - i);
		if (!n) {
			fault_add(f, line, column, "byte 0x%02x is not UTF-8; write the file in it",
				  (u8)text[i]);
			return false;
		}
		if (!text[i]) {
			fault_add(f, line, column, "a NUL byte; a configuration is text");
			return false;
		}
		column++;
		if (text[i] == '\n') {
			line++;
			column = 1;
		}
	}
	return true;
}

const char *yaml_file(const char *file, struct faults *f, size_t *ret_len)
{
	FILE *in cleanup(release_file) = strcmp(file, "-") ? fopen(file, "re") : stdin;
	char *text;
	size_t len;

	if (!in) {
		unreadable(f, "opened", errno);
		return NULL;
	}
	text = arena_alloc(f->arena, YAML_FILE_MAX + 2);
	if (!text) {
		yaml_no_memory(f, 0, 0, "");
		return NULL;
	}
	len = fread(text, 1, YAML_FILE_MAX + 1, in);
	if (ferror(in)) {
		unreadable(f, "read", errno);
		return NULL;
	}
	if (len > YAML_FILE_MAX) {
		fault_add(f, 0, 0, "over %u bytes: not a configuration", YAML_FILE_MAX);
		return NULL;
	}
	if (!check_bytes(text, len, f))
		return NULL;
	*ret_len = len;
	return text;
}
