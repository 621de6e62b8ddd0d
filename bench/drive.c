/* SPDX-License-Identifier: BSD-2-Clause */
#include "drive.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#define COPY (64u << 20)

void printf_like(1, 2) __attribute__((noreturn)) die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("bench-scan: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(1);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void *memory(size_t len)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (p == MAP_FAILED)
		die("no memory");
	return p;
}

void drive_init(struct drive *d)
{
	*d = (struct drive){.slots = memory((CHUNK / CHUNK_SMALL) * (SCRIM_HEADROOM + CHUNK_SMALL) +
					    SCRIM_HEADROOM + CHUNK)};
}

static void sink_write(struct text *out, const struct span *s, size_t room)
{
	if (s->len > room - out->len)
		die("more bytes come out than went in");
	memcpy(out->p + out->len, s->p, s->len);
	out->len += s->len;
}

/*
 * One pass over a text: refill as many chunks as make CHUNK bytes, then feed them.
 *   out       receives what may be sent, or NULL: nobody looks at it
 *   longest   seconds, after which the rest of the text is left out; 0: none is
 *   ret_done  += bytes masked
 * Returns the seconds spent on masking.
 */
static double pass(struct drive *d, const struct contender *c, size_t chunk, const struct text *in,
		   struct text *out, double longest, double *ret_done)
{
	size_t stride = SCRIM_HEADROOM + chunk, n, at;
	double t0, t1, sum = 0;
	struct span s;
	u8 *slot;

	c->begin(c->self);
	for (at = 0; at < in->len && (!longest || sum < longest); at += CHUNK) {
		size_t batch = in->len - at < CHUNK ? in->len - at : CHUNK;

		t0 = now();
		slot = d->slots + SCRIM_HEADROOM;
		for (size_t i = 0; i < batch; i += n, slot += stride) {
			n = batch - i < chunk ? batch - i : chunk;
			memcpy(slot, in->p + at + i, n);
		}
		t1 = now();
		d->refill_seconds += t1 - t0;
		slot = d->slots + SCRIM_HEADROOM;
		for (size_t i = 0; i < batch; i += n, slot += stride) {
			n = batch - i < chunk ? batch - i : chunk;
			if (c->feed(c->self, slot, n, &s))
				die("%s fails", c->name);
			if (out)
				sink_write(out, &s, in->len);
		}
		sum += now() - t1;
		d->refill_bytes += (double)batch;
		*ret_done += (double)batch;
	}
	t1 = now();
	/* Where the rest was left out, a message may have no end. */
	if (c->finish(c->self, d->slots + SCRIM_HEADROOM, &s) && at >= in->len)
		die("%s fails at the end", c->name);
	if (out)
		sink_write(out, &s, in->len);
	return sum + now() - t1;
}

u64 drive_output(struct drive *d, const struct contender *c, size_t chunk, const struct text *in,
		 u8 *out)
{
	struct text to = {.p = out};
	double unused = 0;

	pass(d, c, chunk, in, &to, 0, &unused);
	if (to.len != in->len)
		die("%s: %zu bytes come out of %zu", c->name, to.len, in->len);
	return c->matches(c->self);
}

u64 drive_count(struct drive *d, const struct contender *c, const struct text *in)
{
	double unused = 0;

	pass(d, c, CHUNK, in, NULL, 0, &unused);
	return c->matches(c->self);
}

double drive_rate(struct drive *d, const struct contender *c, size_t chunk, const struct text *in,
		  double seconds)
{
	double sum = 0, done = 0;

	do {
		sum += pass(d, c, chunk, in, NULL, DRIVE_LONGEST * seconds, &done);
	} while (sum < seconds);
	return done / sum / 1e9;
}

double drive_copy_rate(int times)
{
	static u8 *from, *to;
	double t = 0, t0;

	from = from ? from : memory(COPY);
	to = to ? to : memory(COPY);
	for (int i = 0; i < times; i++) {
		t0 = now();
		memcpy(to, from, COPY);
		t += now() - t0;
	}
	return COPY / (t / times) / 1e9;
}
