/* SPDX-License-Identifier: BSD-2-Clause */
/* The scanner for CPUs with AVX-512 (VBMI); the Makefile says what else it is compiled for. */
#include "scanner.h"

#include "vec_avx512.h"

#include "scan_generic.h"

#include "outline_avx512.h"

#include "spots_avx2.h"

#include "lines_generic.h"

const struct scan_code scan_avx512 = {
	.run = run,
	.run_lines = run_lines,
	.find_control = find_control,
	.outline_code = outline_code,
};
