/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Driving a contender over a text, chunk by chunk, with its output looked at or its time taken.
 */
#ifndef BENCH_DRIVE_H
#define BENCH_DRIVE_H

#include "contender.h"

#define CHUNK       (64 * 1024) /* the longest chunk, bytes */
#define CHUNK_SMALL 64          /* the shortest */

struct text {
	u8 *p;
	size_t len;
};

void printf_like(1, 2) __attribute__((noreturn)) die(const char *fmt, ...);
/* len zeroed bytes that are really there; dies without. */
void *memory(size_t len);

/* The chunks of a receive, each with its head room in front of it. */
struct drive {
	u8 *slots;
	double refill_seconds, refill_bytes; /* spent on refilling them; of those timed */
};

void drive_init(struct drive *d);
/*
 * One pass of a contender over a text.
 *   chunk  CHUNK_SMALL to CHUNK
 *   out    room for the text: receives what may be sent
 * Returns the values masked; dies unless as many bytes come out as went in.
 */
u64 drive_output(struct drive *d, const struct contender *c, size_t chunk, const struct text *in,
		 u8 *out);
/* The values masked in a text, fed in chunks of CHUNK bytes. */
u64 drive_count(struct drive *d, const struct contender *c, const struct text *in);
/*
 * Passes until they have run for `seconds`: GB/s. Refilling is not counted. Who is slow is stopped
 * in the middle of a pass, after DRIVE_LONGEST times that: a text is alike throughout.
 */
#define DRIVE_LONGEST 4
double drive_rate(struct drive *d, const struct contender *c, size_t chunk, const struct text *in,
		  double seconds);
/* memcpy, 64 MiB to 64 MiB, `times` times: GB/s. */
double drive_copy_rate(int times);

#endif
