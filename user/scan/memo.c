/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lines that a thread remembers, found by a hash of their outline.
 *
 *     hash ──▶ set ──▶ MEMO_WAYS tags ──▶ line: outline, places
 *
 * In a full set the line goes that was not used since the set was full last.
 */
#include "memo.h"
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * Of a sample of the text, so many bytes or so many lines, it is asked how much was of lines seen before. If that is
 * less than half, or the lines are so short that to read them would be cheaper, one does without the memo.
 */
#define SAMPLE       (24u << 10)
#define SAMPLE_LINES 512
#define ENOUGH       2
#define LINE_COSTS   24           /* as much as to read so many bytes */
#define NAP          (256u << 10) /* bytes to do without it; each time in a row twice as many */
#define NAP_MOST     (4u << 20)

/* So many bytes that are read pay for as much learning as memo_learn() counts 1; so much may come at once. */
#define BYTES_PAY 4
#define CREDIT    (8u << 20)

/* Pages that no line comes to are never touched. */
int scan_memo_new(struct scan_memo **ret_m)
{
	const size_t align = _Alignof(struct scan_memo);
	u8 *memory = calloc(1, sizeof(struct scan_memo) + align);
	struct scan_memo *m;

	if (!memory)
		return -ENOMEM;
	m = (struct scan_memo *)(memory + (-(uintptr_t)memory & (align - 1)));
	m->memory = memory;
	m->credit = CREDIT;
	m->nap = NAP;
	*ret_m = m;
	return 0;
}

void scan_memo_free(struct scan_memo *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < MEMO_SETS * MEMO_WAYS; i++)
		if (m->tag[i / MEMO_WAYS][i % MEMO_WAYS])
			explicit_bzero(&m->line[i / MEMO_WAYS][i % MEMO_WAYS],
				       sizeof(m->line[0][0]));
	free(m->memory);
}

static void learn(struct scan_memo *m, const struct scanner *s, const u8 *bytes, size_t len,
		  struct memo_line *l)
{
	size_t work;

	if (m->credit < LEARN_MOST)
		return;
	l->scanner = s->serial;
	l->len = (u16)len;
	memcpy(l->outline, bytes, OUTLINE_SIZE(len));
	work = memo_learn(s, bytes, len, l);
	m->credit -= work < m->credit ? work : m->credit;
}

/* The way of a set for another line: one that is free, else one that was not used of late; MEMO_WAYS: none. */
static size_t way_for(const u64 tags[MEMO_WAYS], const struct memo_line lines[MEMO_WAYS])
{
	size_t unused = MEMO_WAYS;

	for (size_t way = 0; way < MEMO_WAYS; way++) {
		if (!tags[way])
			return way;
		if (!lines[way].used)
			unused = way;
	}
	return unused;
}

/* Remembers that a line of this hash was seen. */
static void keep(u64 tags[MEMO_WAYS], struct memo_line lines[MEMO_WAYS], u64 hash)
{
	size_t way = way_for(tags, lines);

	if (way < MEMO_WAYS) {
		tags[way] = hash;
		lines[way].state = LINE_SEEN;
		return;
	}
	for (way = 0; way < MEMO_WAYS; way++)
		lines[way].used = false;
}

const struct memo_line *memo_meet(struct scan_memo *m, const struct scanner *s, u64 hash,
				  const u8 *bytes, size_t len)
{
	u64 *tags = m->tag[hash % MEMO_SETS];
	struct memo_line *l = m->line[hash % MEMO_SETS];
	size_t way = 0;

	while (way < MEMO_WAYS && tags[way] != hash)
		way++;
	if (way == MEMO_WAYS) {
		keep(tags, l, hash);
		return NULL;
	}
	l += way;
	l->used = true;
	if (l->state == LINE_SEEN)
		learn(m, s, bytes, len, l);
	if (l->state != LINE_UNFIT)
		m->again += len;
	return memo_knows(l, s, len) && !memcmp(l->outline, bytes, len) ? l : NULL;
}

void memo_judge(struct scan_memo *m)
{
	size_t read = m->batch.bytes_read, credit = m->credit + read / BYTES_PAY;

	m->credit = credit < CREDIT ? credit : CREDIT;
	m->read += read;
	m->lines += m->batch.n;
	if (m->read < SAMPLE && m->lines < SAMPLE_LINES)
		return;
	if (m->again < m->read / ENOUGH || m->again < m->lines * LINE_COSTS) {
		m->asleep = m->nap;
		m->nap = m->nap < NAP_MOST ? 2 * m->nap : NAP_MOST;
	} else {
		m->nap = NAP;
	}
	m->read = m->lines = m->again = 0;
}
