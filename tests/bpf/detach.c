/* SPDX-License-Identifier: BSD-2-Clause */
/* detach [-i INSTANCE] [-f]: kern_detach() as a command; the project's own needs the whole build. */
#include <scrim/kern.h>
#include <stdio.h>
#include <unistd.h>

static void said(void *ctx, const char *what)
{
	(void)ctx;
	puts(what);
}

int main(int argc, char **argv)
{
	const char *instance = NULL;
	bool force = false;
	struct err e;
	int option;

	while ((option = getopt(argc, argv, "i:f")) != -1) {
		if (option == 'i')
			instance = optarg;
		else if (option == 'f')
			force = true;
		else
			return 2;
	}
	if (!kern_detach(instance, force, said, NULL, &e))
		return 0;
	fprintf(stderr, "detach: %s\n", e.text);
	return 1;
}
