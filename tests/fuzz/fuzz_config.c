/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The configuration's reader: it accepts, or says on a line of its own where each fault is; whatever the
 * file is. Nothing but what it was given is read: a file in memory.
 */
#include "fuzz.h"
#include <errno.h>
#include <scrim/config.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define FILE_MAX 8192

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct config *c = NULL;
	char path[32], *said = NULL;
	size_t len = 0;
	FILE *errors;
	int fd, rc;

	if (size > FILE_MAX)
		return 0;
	fd = memfd_create("config", MFD_CLOEXEC);
	errors = open_memstream(&said, &len);
	fuzz_check(fd >= 0 && errors && write(fd, data, size) == (ssize_t)size, "no memory");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	rc = config_read(path, errors, &c);
	fclose(errors);
	fuzz_check(rc == 0 || rc == -EINVAL, "another error");
	fuzz_check((rc == 0) == (c != NULL), "a configuration with an error");
	if (rc)
		fuzz_check(len > 0 && said[len - 1] == '\n' && !strncmp(said, path, strlen(path)),
			   "refused without saying where");
	config_free(c);
	free(said);
	close(fd);
	return 0;
}
