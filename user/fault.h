/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is wrong with a configuration: every fault with its place, printed as
 *	file:line:column: what is wrong; what would be right
 */
#ifndef SCRIM_FAULT_H
#define SCRIM_FAULT_H

#include <scrim/arena.h>
#include <stdio.h>

struct fault {
	unsigned int line, column; /* 1-based; 0, 0: the file as a whole */
	const char *text;
};

struct faults {
	struct arena *arena;
	const char *file;
	struct fault list[64]; /* more than this nobody reads in one go */
	size_t n;
	size_t more; /* not kept */
	int failed;  /* -errno: it could not be read now, which says nothing of it */
};

void fault_add(struct faults *f, unsigned int line, unsigned int column, const char *fmt, ...)
	printf_like(4, 5);

/* Prints all, in the order of the file. */
void fault_print(struct faults *f, FILE *to);

/*
 * Of n words the one that `word` was probably meant to be: at most a third of its letters differ.
 * NULL if none is near.
 */
const char *fault_nearest(const char *word, const char *const *words, size_t n);

#endif
