/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stands in for the masking library, so that what the relay does with each of its answers can be
 * asked for by a byte. What is held lies in a static table by stream: tests hold little.
 */
#include "relay.h"
#include <errno.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>

struct policy {
	u8 digit;
};
struct mask_scratch {
	size_t max;
};
struct carry {
	size_t len;
	u8 bytes[64];
};

static int idles;
static sem_t asleep, awake;

int fake_idles(void)
{
	return __atomic_load_n(&idles, __ATOMIC_RELAXED);
}

void fake_sleeps(void)
{
	while (sem_wait(&asleep))
		CHECK(errno == EINTR);
}

void fake_wake(void)
{
	CHECK(!sem_post(&awake));
}

static void sleep_here(void)
{
	CHECK(!sem_post(&asleep));
	while (sem_wait(&awake))
		CHECK(errno == EINTR);
}

const struct policy *fake_policy(void)
{
	static const struct policy p = {'1'};

	return &p;
}

const struct policy *fake_other_policy(void)
{
	static const struct policy p = {'2'};

	return &p;
}

int mask_scratch_new(size_t max_chunk, struct mask_scratch **ret_w)
{
	struct mask_scratch *w = malloc(sizeof(*w));

	if (!w)
		return -12;
	w->max = max_chunk;
	*ret_w = w;
	return 0;
}

void mask_scratch_forget(struct mask_scratch *w)
{
	(void)w;
}

void mask_scratch_free(struct mask_scratch *w)
{
	free(w);
}

void stream_init(struct stream *s, const struct policy *p, struct mask_counters counters)
{
	*s = (struct stream){.policy = p, .counters = counters};
}

void stream_drop(struct stream *s)
{
	free(s->carry);
	s->carry = NULL;
}

size_t stream_held(const struct stream *s)
{
	return s->carry ? s->carry->len : 0;
}

static void stream_hold(struct stream *s, u8 *p, size_t len)
{
	s->carry = calloc(1, sizeof(*s->carry));
	CHECK(s->carry && len <= sizeof(s->carry->bytes));
	memcpy(s->carry->bytes, p, len);
	s->carry->len = len;
	memset(p, 0, len);
}

/* What was held, in front of data. */
static u8 *stream_unhold(struct stream *s, u8 *data)
{
	size_t len = stream_held(s);

	if (len)
		memcpy(data - len, s->carry->bytes, len);
	stream_drop(s);
	return data - len;
}

int stream_feed(struct stream *s, struct mask_scratch *w, u8 *data, size_t len,
		struct span *ret_out)
{
	u8 *p = stream_unhold(s, data), *end = data + len, *open = NULL;

	CHECK(len <= w->max);
	if (len)
		s->counted = data[len - 1] != '\n'; /* inside a line */
	for (u8 *at = p; at < end; at++) {
		if (*at == '!')
			return -FLOW_TLS;
		if (*at == '?')
			sleep_here();
		if (*at >= '0' && *at <= '9')
			*at = s->policy->digit;
		if (*at == '<')
			open = at;
		else if (*at == '>')
			open = NULL;
	}
	if (open)
		stream_hold(s, open, (size_t)(end - open));
	*ret_out = (struct span){.p = p, .len = (size_t)((open ?: end) - p)};
	return 0;
}

/* A record is a line. */
int stream_change(struct stream *s, struct mask_scratch *w, u8 *data, size_t len,
		  const struct policy *p, struct mask_counters counters, struct span *ret_out)
{
	struct span out = {.p = data}, rest;
	size_t n = 0;

	if (s->counted) {
		const u8 *end = len ? memchr(data, '\n', len) : NULL;

		n = end ? (size_t)(end + 1 - data) : len;
		CHECK(!stream_feed(s, w, data, n, &out));
		*ret_out = out;
		if (!end)
			return 0;
	}
	s->policy = p;
	s->counters = counters;
	rest = (struct span){.p = data + n, .len = len - n};
	if (p)
		CHECK(!stream_feed(s, w, rest.p, rest.len, &rest));
	*ret_out = (struct span){.p = out.len ? out.p : rest.p, .len = out.len + rest.len};
	return 1;
}

int stream_finish(struct stream *s, struct mask_scratch *w, u8 *data, struct span *ret_out)
{
	size_t len = stream_held(s);

	(void)w;
	*ret_out = (struct span){.p = stream_unhold(s, data), .len = len};
	return len ? -FLOW_HL7_UNFINISHED : 0;
}

int stream_idle(struct stream *s, struct mask_scratch *w, u8 *data, struct span *ret_out)
{
	size_t len = stream_held(s);

	(void)w;
	__atomic_fetch_add(&idles, 1, __ATOMIC_RELAXED);
	*ret_out = (struct span){.p = stream_unhold(s, data), .len = len};
	return 0;
}
