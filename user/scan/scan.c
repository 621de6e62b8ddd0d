/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads a run of text from left to right. */
#include "scanner.h"

void scan(const struct scanner *s, struct scan_job *job)
{
	size_t p = job->start;
	struct match m;

	job->nmatches = 0;
	job->walked = 0;
	job->decided = job->len;
	while (p < job->len) {
		switch (confirm(s, job, p, &m)) {
		case UNDECIDED:
			job->decided = p;
			return;
		case MATCH:
			job->matches[job->nmatches++] = m;
			p = m.to;
			break;
		case NO_MATCH:
			p++;
			break;
		}
	}
}

const u8 *scan_find3(enum isa isa, const u8 *p, const u8 *end, u8 a, u8 b, u8 c)
{
	(void)isa;
	while (p < end && *p != a && *p != b && *p != c)
		p++;
	return p;
}
