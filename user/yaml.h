/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A YAML file as a tree in which every node knows its line and column.
 *
 * Anchors, aliases and tags are refused: a configuration is read by people, and an alias can
 * grow without bound. Values stay text; what they mean is the reader's business.
 */
#ifndef SCRIM_YAML_H
#define SCRIM_YAML_H

#include "fault.h"

#define YAML_FILE_MAX  (1u << 20) /* bytes of a file */
#define YAML_DEPTH_MAX 16

enum yaml_kind { YAML_TEXT, YAML_LIST, YAML_MAP };

struct yaml {
	enum yaml_kind kind;
	unsigned int line, column; /* 1-based, in characters */
	const char *text;          /* YAML_TEXT: the value, NUL-ended; "" where nothing stands */
	const char *raw;           /* YAML_TEXT: its first byte in the file, behind a quote */
	char style;                /* of a text: its quote, | for a block, or 0 */
	const struct yaml *key;    /* of a map's value: its key, a YAML_TEXT */
	const struct yaml *first;  /* of a list or map: its values */
	const struct yaml *next;
	size_t n; /* how many values */
};

/*
 * Reads a file ("-": standard input).
 *   f  gets what is wrong; f->arena owns the tree
 * Returns 0 with *ret_root, or -EINVAL with at least one fault.
 */
int yaml_read(const char *file, struct faults *f, const struct yaml **ret_root);

/* The whole file ("-": standard input), in f->arena and in UTF-8; NULL with a fault. */
const char *yaml_file(const char *file, struct faults *f, size_t *ret_len);

/* A fault that is none of the file's: what it was for, and that memory is out. */
void yaml_no_memory(struct faults *f, unsigned int line, unsigned int column, const char *what);

/*
 * The column in the file of the n-th byte (from 0) of a value; the value's own column where it
 * spans lines.
 */
unsigned int yaml_column(const struct yaml *text, size_t n);

#endif
