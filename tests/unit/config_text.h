/* SPDX-License-Identifier: BSD-2-Clause */
/* A configuration out of memory. */
#ifndef TEST_CONFIG_TEXT_H
#define TEST_CONFIG_TEXT_H

#include <scrim/config.h>

/* Reads a text as a file; the faults go to *ret_said, freed by the caller. As config_read(). */
int read_text_config(const char *text, size_t len, struct config **ret_c, char **ret_said);

#endif
