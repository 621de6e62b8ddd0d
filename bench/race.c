/* SPDX-License-Identifier: BSD-2-Clause */
#include "race.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#define COPY       (64u << 20)
#define SAMPLE_SEC 0.05 /* a sample repeats its pass until it has run for so long */

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

static void sink_write(struct text *out, const struct span *s)
{
	memcpy(out->p + out->len, s->p, s->len);
	out->len += s->len;
}

/*
 * One pass over a corpus: refill as many chunks as make CHUNK bytes, then feed them.
 *   out          receives what may be sent, or NULL: nobody looks at it
 *   ret_refill   += seconds spent on refilling
 * Returns the seconds spent on masking.
 */
static double pass(struct race *r, struct lane *l, const struct text *in, struct text *out,
		   double *ret_refill)
{
	size_t stride = SCRIM_HEADROOM + l->chunk, n;
	const struct contender *c = &l->c;
	double t0, t1, sum = 0;
	struct span s;
	u8 *slot;

	c->begin(c->self);
	for (size_t at = 0; at < in->len; at += CHUNK) {
		size_t batch = in->len - at < CHUNK ? in->len - at : CHUNK;

		t0 = now();
		slot = r->slots + SCRIM_HEADROOM;
		for (size_t i = 0; i < batch; i += n, slot += stride) {
			n = batch - i < l->chunk ? batch - i : l->chunk;
			memcpy(slot, in->p + at + i, n);
		}
		t1 = now();
		*ret_refill += t1 - t0;
		slot = r->slots + SCRIM_HEADROOM;
		for (size_t i = 0; i < batch; i += n, slot += stride) {
			n = batch - i < l->chunk ? batch - i : l->chunk;
			if (c->feed(c->self, slot, n, &s))
				die("%s fails", c->name);
			if (out)
				sink_write(out, &s);
		}
		sum += now() - t1;
	}
	t1 = now();
	if (c->finish(c->self, r->slots + SCRIM_HEADROOM, &s))
		die("%s fails at the end", c->name);
	if (out)
		sink_write(out, &s);
	return sum + now() - t1;
}

/* What the first lane makes of a corpus is what all must make of it. */
static void compare_corpus(struct race *r, enum corpus_id k, struct text *want, struct text *got)
{
	const struct text *in = &r->corpus[k].text;
	double unused = 0;

	pass(r, &r->lane[0], in, want, &unused);
	r->corpus[k].matches = r->lane[0].c.matches(r->lane[0].c.self);
	r->corpus[k].rejected =
		(double)r->lane[0].c.rejected(r->lane[0].c.self) * 1e3 / (double)in->len;
	for (size_t i = 1; i < r->n; i++) {
		const struct contender *c = &r->lane[i].c;

		if (!r->lane[i].compared)
			continue;
		got->len = 0;
		pass(r, &r->lane[i], in, got, &unused);
		if (c->matches(c->self) != r->corpus[k].matches)
			die("%s: %s finds %lu values, %s %lu", r->corpus[k].name, c->name,
			    c->matches(c->self), r->lane[0].c.name, r->corpus[k].matches);
		if (got->len != in->len || memcmp(got->p, want->p, in->len))
			die("%s: %s and %s give different bytes", r->corpus[k].name, c->name,
			    r->lane[0].c.name);
	}
}

void race_compare(struct race *r)
{
	for (int k = 0; k < NCORPORA; k++) {
		const struct corpus *c = &r->corpus[k];
		struct text want = {.p = memory(c->text.len)}, got = {.p = memory(c->text.len)};

		compare_corpus(r, (enum corpus_id)k, &want, &got);
		if (c->empty && (c->matches || memcmp(want.p, c->text.p, want.len)))
			die("%s: %lu values in text that must have none", c->name, c->matches);
		if (!c->empty && !c->matches)
			die("%s: no values", c->name);
		munmap(want.p, c->text.len);
		munmap(got.p, c->text.len);
	}
}

void race_round(struct race *r, int round)
{
	static u8 *from, *to;
	double t, sum, refill = 0, bytes = 0;

	from = from ? from : memory(COPY);
	to = to ? to : memory(COPY);
	for (int i = 0; i < 8; i++) {
		t = now();
		memcpy(to, from, COPY);
		r->copy[round] += (now() - t) / 8;
	}
	r->copy[round] = COPY / r->copy[round] / 1e9;
	for (size_t i = 0; i < r->n; i++) {
		struct lane *l = &r->lane[(i + (size_t)round) % r->n];

		for (int k = 0; k < NCORPORA; k++) {
			double done = 0;

			for (sum = 0; sum < SAMPLE_SEC; done += (double)r->corpus[k].text.len)
				sum += pass(r, l, &r->corpus[k].text, NULL, &refill);
			l->rate[k][round] = done / sum / 1e9;
			bytes += done;
		}
	}
	r->refill[round] = bytes / refill / 1e9;
}
