/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Contract 9: memory that held payload is wiped before it goes back. The linker leads free() and
 * munmap() of all that is tested to here, where a word of the payload is looked for in what they
 * are given.
 */
#include "../../user/io/pool.h"
#include "../../user/mask/private.h"
#include "../../user/scan/memo.h"
#include "stream_feed.h"
#include <criterion/criterion.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

static const char word[] = "Vq-zKx-pWm";
static struct fed fed;
static bool looking;
static size_t given_back, with_word;

static bool has_word(const void *p, size_t len)
{
	return memmem(p, len, word, strlen(word));
}

static void see(const void *p, size_t len)
{
	given_back++;
	with_word += has_word(p, len);
}

void __real_free(void *p);
void __wrap_free(void *p);
int __real_munmap(void *p, size_t len);
int __wrap_munmap(void *p, size_t len);

void __wrap_free(void *p)
{
	if (p && looking)
		see(p, malloc_usable_size(p));
	__real_free(p);
}

int __wrap_munmap(void *p, size_t len)
{
	if (looking)
		see(p, len);
	return __real_munmap(p, len);
}

/* From here to assert_wiped(). */
static void look(void)
{
	looking = true;
	given_back = with_word = 0;
}

static void assert_wiped(const char *what)
{
	looking = false;
	cr_assert_gt(given_back, 0, "%s: nothing was given back", what);
	cr_assert_eq(with_word, 0, "%s: given back with the word in it", what);
}

static struct ruleset *rules(void)
{
	static const struct rule_def token = {.name = "token",
					      .class = ID_OTHER,
					      .nforms = 1,
					      .forms = {{.pattern = "T-[A-Za-z-]{10}[0-9]{6}"}}};
	struct ruleset *rs = NULL;
	struct err e = {0};

	cr_assert_eq(ruleset_compile(&token, 1, &rs, &e), 0, "%s", e.text);
	return rs;
}

static void feed(struct feeder *f, const char *text, int want)
{
	cr_assert_eq(feed_bytes(f, (const u8 *)text, strlen(text)), want, "%s", text);
}

/* A stream that holds the word. */
static void hold(struct feeder *f, const char *before)
{
	feed_begin(f, &fed);
	feed(f, before, 0);
	feed(f, "T-Vq-zKx-pWm12", 0);
	cr_assert_eq(stream_held(&f->stream), 14);
	cr_assert(has_word(f->stream.carry, malloc_usable_size(f->stream.carry)));
	look();
}

Test(wiped, what_a_stream_held)
{
	static const char note[] = "MSH|^~\\&|a\rNTE|1||";
	struct ruleset *rs = rules();
	struct feeder f[FORMAT_COUNT], *text = &f[FORMAT_TEXT], *hl7 = &f[FORMAT_HL7];

	feeders_begin(f, rs, ISA_SCALAR);
	hold(text, "a ");
	stream_drop(&text->stream);
	assert_wiped("dropped");
	hold(text, "a ");
	cr_assert_eq(feed_finish(text), 0);
	assert_wiped("finished");
	hold(text, "a ");
	feed(text, "3456\n", 0);
	assert_wiped("decided");
	hold(hl7, note);
	feed(hl7, "\r", 0);
	assert_wiped("the run ended");
	hold(hl7, note);
	cr_assert_lt(feed_bytes(hl7, (const u8 *)"\x0b", 1), 0);
	assert_wiped("refused");
	feeders_end(f);
	ruleset_free(rs);
}

/* It keeps words of lines, but no digit of them. */
Test(wiped, what_a_memo_remembered)
{
	static const char line[] = "of Vq-zKx-pWm, number 4713982650\n";
	char text[64 * sizeof(line)] = "";
	struct ruleset *rs = rules();
	struct feeder f;
	const struct scan_memo *m;

	feeder_begin(&f, rs, NULL, FORMAT_TEXT, ISA_SCALAR);
	m = f.scratch->memo;
	feed_begin(&f, &fed);
	for (int i = 0; i < 64; i++)
		strcat(text, line);
	feed(&f, text, 0);
	cr_assert_eq(feed_finish(&f), 0);
	cr_assert(has_word(m->memory, malloc_usable_size(m->memory)), "nothing was remembered");
	cr_assert_null(memmem(m->memory, malloc_usable_size(m->memory), "4713982650", 10));
	look();
	mask_scratch_forget(f.scratch);
	assert_wiped("forgotten");
	feeder_end(&f);
	ruleset_free(rs);
}

static void write_word(struct buffer *b)
{
	memcpy(b->base - 4, word, strlen(word));
	look();
}

Test(wiped, a_buffer_of_its_own)
{
	struct buffer *b = buffer_new(100);

	cr_assert_not_null(b);
	write_word(b);
	buffer_give(b);
	assert_wiped("given back");
}

Test(wiped, buffers_of_a_pool)
{
	struct io_uring ring = {0}; /* none: see buf_ring.c */
	struct pool pool;
	struct buffer *b;

	cr_assert_eq(pool_open(&pool, &ring, 0, 4096, 4, 4), 0);
	b = pool_take(&pool, pool.ring->bufs[0].bid, 10);
	write_word(b);
	cr_assert(has_word(pool.memory, pool.bytes));
	pool_close(&pool);
	assert_wiped("closed");
}
