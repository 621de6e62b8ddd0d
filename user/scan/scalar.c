/* SPDX-License-Identifier: BSD-2-Clause */
/* The scanner for every CPU, and the reference for the others. */
#include "scanner.h"

#include "vec_scalar.h"

#include "scan_generic.h"

#include "outline_vec.h"

#include "spots_vec.h"

#include "lines_generic.h"

const struct scan_code scan_scalar = {
	.run = run,
	.run_lines = run_lines,
	.find_control = find_control,
	.outline_code = outline_code,
};
