/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A fuzz target is a file fuzz_NAME.c with LLVMFuzzerTestOneInput(), as libFuzzer calls it; what it
 * finds wrong ends the process. tests/fuzz/seeds/NAME is what it begins with. `make fuzz` runs them
 * all; replay.c gives a target the seeds alone, in `make test`.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <scrim/base.h>

/* data[0, size): any bytes. Returns 0. */
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

/* Ends the process unless `holds`, and says what does not. */
void fuzz_check(bool holds, const char *what);
/* A copy of exactly these bytes, so that a byte beyond is seen; free() it. */
u8 *fuzz_copy(const u8 *data, size_t size);

#endif
