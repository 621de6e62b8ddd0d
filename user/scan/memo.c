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
 * Of a sample of the text, so many bytes or so many lines, it is asked how much was of lines that are known. If that is
 * less than half, or the lines are so short that to read them would be cheaper, one does without the memo.
 */
#define SAMPLE       (24u << 10)
#define SAMPLE_LINES 512
#define ENOUGH       2
#define LINE_COSTS   24           /* as much as to read so many bytes */
#define NAP          (256u << 10) /* bytes to do without it; each time in a row twice as many */
#define NAP_MOST     (4u << 20)

/*
 * So many bytes that are read pay for as much learning as memo_learn() counts 1; so much may come at once, and the last of it
 * may cost more than is left.
 */
#define BYTES_PAY 2
#define CREDIT    (8 << 20)

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

/* Of lines with the same hash those come first that stand for more. */
static size_t rank(const struct memo_line *l)
{
	size_t n = l->state == LINE_KNOWN;

	for (size_t i = 0; n && i < l->len; i++)
		n += l->outline[i] == ANY_HEX;
	return n;
}

static void learn(struct scan_memo *m, const struct scanner *s, const u8 *outline, size_t len,
		  struct memo_line *l)
{
	size_t work;

	l->scanner = s->serial;
	memo_line_begin(l, outline, len, scan_code(s->isa)->outline_code);
	work = memo_learn(s, outline, len, l);
	l->knows = memo_knows(s, len) | (l->state == LINE_UNFIT ? KNOWS_UNFIT : 0);
	m->credit -= (ssize_t)work;
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
		lines[way].knows = 0;
		return;
	}
	for (way = 0; way < MEMO_WAYS; way++)
		lines[way].used = false;
}

/* Moves a line of a set in front of those of its hash that stand for less, or behind one that stands for more. */
static struct memo_line *put_in_order(const u64 tags[MEMO_WAYS], struct memo_line lines[MEMO_WAYS],
				      struct memo_line *l)
{
	for (size_t way = 0; way < MEMO_WAYS; way++) {
		struct memo_line *other = &lines[way], between;

		if (tags[way] != tags[l - lines] ||
		    (other < l ? rank(l) <= rank(other) : rank(l) >= rank(other)))
			continue;
		between = *other;
		*other = *l;
		*l = between;
		explicit_bzero(&between, sizeof(between));
		return other;
	}
	return l;
}

/* The line of a set that has that hash and was seen, but not learnt; NULL: none. */
static struct memo_line *seen_line(const u64 tags[MEMO_WAYS], struct memo_line lines[MEMO_WAYS],
				   u64 hash)
{
	for (size_t way = 0; way < MEMO_WAYS; way++)
		if (tags[way] == hash && lines[way].state == LINE_SEEN)
			return &lines[way];
	return NULL;
}

static bool is_blank(u8 c)
{
	return c == ANY_DIGIT || c == ANY_HEX;
}

/* Makes an outline stand for the lines of l, too, if these differ in what is a digit or a hex digit only. */
static void join(const struct memo_line *l, u8 *outline, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (outline[i] != l->outline[i] &&
		    (!is_blank(outline[i]) || !is_blank(l->outline[i])))
			return;
	for (size_t i = 0; i < len; i++)
		if (l->outline[i] == ANY_HEX)
			outline[i] = ANY_HEX;
}

/*
 * Learns a line of a set that was seen before; returns where it is then. Ids without letters have another outline: so it
 * is learnt with what else is known of its hash, for else each mixture of such ids would be learnt by itself.
 */
static struct memo_line *learn_seen(struct scan_memo *m, const struct scanner *s,
				    const struct line *line, u64 tags[MEMO_WAYS],
				    struct memo_line lines[MEMO_WAYS], struct memo_line *l)
{
	u8 outline[LINE_ROOM];

	outline_of(line->text, line->len, outline);
	for (size_t way = 0; way < MEMO_WAYS; way++)
		if (tags[way] == line->hash && lines[way].state == LINE_KNOWN &&
		    lines[way].scanner == s->serial && lines[way].len == line->len)
			join(&lines[way], outline, line->len);
	learn(m, s, outline, line->len, l);
	explicit_bzero(outline, sizeof(outline));
	return put_in_order(tags, lines, l);
}

struct memo_line *memo_meet(struct scan_memo *m, const struct scanner *s, const struct line *line)
{
	size_t set = memo_set(line->hash);
	u64 *tags = m->tag[set];
	struct memo_line *lines = m->line[set], *l = seen_line(tags, lines, line->hash);

	if (!l) {
		keep(tags, lines, line->hash);
		return NULL;
	}
	l->used = true;
	if (m->credit <= 0)
		return NULL;
	l = learn_seen(m, s, line, tags, lines, l);
	if (l->state != LINE_KNOWN)
		return NULL;
	m->again += line->len;
	return l;
}

void memo_pay(struct scan_memo *m, size_t bytes)
{
	ssize_t credit = m->credit + (ssize_t)(bytes / BYTES_PAY);

	m->credit = credit < CREDIT ? credit : CREDIT;
}

void memo_judge(struct scan_memo *m)
{
	memo_pay(m, m->batch.bytes_read);
	m->read += m->batch.bytes_read;
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
