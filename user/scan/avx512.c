/* SPDX-License-Identifier: BSD-2-Clause */
/* The scanner for CPUs with AVX-512 (VBMI); the Makefile says what else it is compiled for. */
#include "scanner.h"

#include "vec_avx512.h"

#include "scan_generic.h"

const struct scan_code scan_avx512 = {.run = run, .find_control = find_control};
