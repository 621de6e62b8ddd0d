/* SPDX-License-Identifier: BSD-2-Clause */
/* Collects faults, sorts them by place, and guesses what a misspelt word was meant to be. */
#include "fault.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* A word of the file that a fault repeats makes no line of a log, and nothing that a terminal obeys. */
static void tame(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = '?';
}

void fault_add(struct faults *f, unsigned int line, unsigned int column, const char *fmt, ...)
{
	struct fault *new;
	char text[512], *copy;
	va_list ap;

	if (f->n == array_size(f->list)) {
		f->more++;
		return;
	}
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	tame(text);
	new = &f->list[f->n++];
	new->line = line;
	new->column = column;
	copy = arena_strdup(f->arena, text);
	new->text = copy ?: "out of memory";
}

static int by_place(const void *a, const void *b)
{
	const struct fault *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	return strcmp(x->text, y->text);
}

void fault_print(struct faults *f, FILE *to)
{
	qsort(f->list, f->n, sizeof(f->list[0]), by_place);
	for (size_t i = 0; i < f->n; i++) {
		const struct fault *one = &f->list[i];

		if (one->line)
			fprintf(to, "%s:%u:%u: %s\n", f->file, one->line, one->column, one->text);
		else
			fprintf(to, "%s: %s\n", f->file, one->text);
	}
	if (f->more)
		fprintf(to, "%s: and %zu faults more\n", f->file, f->more);
}

/* Levenshtein's distance, capitals aside, one row at a time; words of the configuration are short. */
static size_t distance(const char *a, const char *b)
{
	size_t row[64], la = strlen(a), lb = strlen(b);

	if (la >= array_size(row) || lb >= array_size(row))
		return array_size(row);
	for (size_t j = 0; j <= lb; j++)
		row[j] = j;
	for (size_t i = 1; i <= la; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			size_t best = diagonal + (tolower((unsigned char)a[i - 1]) !=
						  tolower((unsigned char)b[j - 1]));

			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			diagonal = row[j];
			row[j] = best;
		}
	}
	return row[lb];
}

const char *fault_nearest(const char *word, const char *const *words, size_t n)
{
	size_t least = strlen(word) / 3 + 2;
	const char *nearest = NULL;

	for (size_t i = 0; i < n; i++) {
		size_t d = distance(word, words[i]);

		if (d < least && d < strlen(words[i]) && 2 * d <= strlen(word)) {
			least = d;
			nearest = words[i];
		}
	}
	return nearest;
}
