/* SPDX-License-Identifier: BSD-2-Clause */
#include "fuzz.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fuzz_check(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "fuzz: %s\n", what);
	abort();
}

u8 *fuzz_copy(const u8 *data, size_t size)
{
	u8 *copy = malloc(size + !size);

	fuzz_check(copy != NULL, "out of memory");
	memcpy(copy, data, size);
	return copy;
}
