/* SPDX-License-Identifier: BSD-2-Clause */
#include "config_text.h"
#include <criterion/criterion.h>
#include <sys/mman.h>
#include <unistd.h>

int read_text_config(const char *text, size_t len, struct config **ret_c, char **ret_said)
{
	int fd = memfd_create("config", MFD_CLOEXEC);
	char path[64];
	size_t size;
	FILE *said = open_memstream(ret_said, &size);
	int rc;

	cr_assert(fd >= 0 && write(fd, text, len) == (ssize_t)len);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	rc = config_read(path, said, ret_c);
	fclose(said);
	close(fd);
	return rc;
}
