/* SPDX-License-Identifier: BSD-2-Clause */
/* The code of each ISA, and which of them a scanner runs. */
#include "scanner.h"
#include <string.h>

static const struct scan_code *const codes[ISA_COUNT] = {
	[ISA_SCALAR] = &scan_scalar,
#if defined(__x86_64__)
	[ISA_SSE42] = &scan_sse42,
	[ISA_AVX2] = &scan_avx2,
	[ISA_AVX512] = &scan_avx512,
#elif defined(__aarch64__)
	[ISA_NEON] = &scan_neon,
#endif
};

const struct scan_code *scan_code(enum isa isa)
{
	return codes[isa];
}

#define LINES_MIN 400 /* bytes: in fewer there are too few whole lines */

void scan(const struct scanner *s, struct scan_job *job)
{
	job->nmatches = 0;
	memset(job->refused, 0, sizeof(job->refused));
	job->filled = job->walked = job->looked_up = 0;
	job->decided = job->len;
	if (job->memo && job->len - job->start >= LINES_MIN)
		codes[s->isa]->run_lines(s, job);
	else
		codes[s->isa]->run(s, job);
}

const u8 *scan_find_control(enum isa isa, const u8 *p, const u8 *end, u8 c)
{
	return codes[isa]->find_control(p, end, c);
}
