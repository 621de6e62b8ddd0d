/* SPDX-License-Identifier: BSD-2-Clause */
/* The scanner for arm64. */
#include "scanner.h"

#include "vec_neon.h"

#include "scan_generic.h"

#include "outline_vec.h"

#include "spots_vec.h"

#include "lines_generic.h"

const struct scan_code scan_neon = {
	.run = run,
	.run_lines = run_lines,
	.find_control = find_control,
	.outline_code = outline_code,
};
