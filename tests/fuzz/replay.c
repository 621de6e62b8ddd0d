/* SPDX-License-Identifier: BSD-2-Clause */
/* Gives a fuzz target each file of its command line, and says how many. */
#include "fuzz.h"
#include <stdio.h>
#include <stdlib.h>

#define INPUT_MAX (1 << 20)

int main(int argc, char **argv)
{
	u8 *data = malloc(INPUT_MAX);

	for (int i = 1; i < argc; i++) {
		FILE *file = fopen(argv[i], "rb");
		u8 *copy;
		size_t n;

		fuzz_check(data && file, argv[i]);
		n = fread(data, 1, INPUT_MAX, file);
		fclose(file);
		fprintf(stderr, "%s\n", argv[i]);
		copy = fuzz_copy(data, n);
		LLVMFuzzerTestOneInput(copy, n);
		free(copy);
	}
	printf("%d passed, 0 failed, 0 skipped\n", argc - 1);
	free(data);
	return 0;
}
