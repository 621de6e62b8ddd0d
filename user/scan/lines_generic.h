/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading by lines, with a memo (memo.h), once for every ISA: behind scan_generic.h, and what has
 * line_read() and line_fits().
 *
 *      text   known│new ···│new ·····│known ····│known ··│what has no end yet
 *                  └──── run() ──────┘                    └───── run() ────
 */
#include "ends_generic.h"
#include "known_generic.h"

/* Reads what is from `from` to `to` as if there were no memo; it ends with a line, or the text does. */
static void run_part(const struct scanner *s, struct scan_job *job, const u8 *from, const u8 *to)
{
	size_t start = job->start, len = job->len;
	bool ends = job->ends;

	if (from >= to)
		return;
	job->start = (size_t)(from - job->text);
	job->len = (size_t)(to - job->text);
	job->ends = ends || job->len < len;
	run(s, job);
	job->start = start;
	job->len = len;
	job->ends = ends;
}

/* Behind the first end of a line in text[at, len), or len. */
static size_t line_end(const struct scanner *s, const struct scan_job *job, size_t at)
{
	const u8 *end = job->text + job->len, *p = job->text + at;

	for (; p < end; p++) {
		p = find_control(p, end, '\n');
		if (p < end && ends_line(s, *p))
			return (size_t)(p + 1 - job->text);
	}
	return job->len;
}

/*
 * Where the line begins that `start` is in; the next one where the text does not tell, or that is a line too
 * long.
 */
static size_t first_line(const struct scanner *s, const struct scan_job *job)
{
	size_t at = job->start, back = at < LINE_ROOM ? at : LINE_ROOM;

	for (; back > 0 && !ends_line(s, job->text[at - 1]); back--)
		at--;
	return back || job->start < SCRIM_LOOKBACK ? at : line_end(s, job, job->start);
}

/*
 * Which lines of the memo those of a batch are expected to be, by their hashes: behind all of these, for so more of them are
 * under way at once.
 */
static inline void expect_lines(struct scan_memo *m, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct line *line = &m->batch.line[i];
		size_t set = memo_set(line->hash);

		line->expected = memo_line_at(m, set, first_way(m->tag[set], line->hash));
	}
}

/*
 * Reads the lines that text[at, len) begins with, as far as there is room, but those that are too long; and finds what they
 * are expected to be.
 */
static void batch_fill(const struct scanner *s, const struct scan_job *job, size_t at)
{
	const struct line_reader r = line_reader(s->line_end, s->memo_key);
	struct scan_memo *const m = job->memo;
	struct line_batch *b = &m->batch;
	const u8 *text = job->text + at, *end = job->text + job->len;
	u32 begins[BEGINS_ROOM];
	size_t lines = find_lines(&r, text, job->len - at, begins), skipped = 0;
	struct line *line = b->line;

	for (size_t i = 0; i < lines; i++) {
		line->text = text + begins[i];
		line->len = begins[i + 1] - begins[i];
		if (line->len > LINE_ROOM) {
			skipped += line->len;
			continue;
		}
		line->hash = line->len > CODED_ROOM ? long_line_read(&r, line)
						    : line_read(&r, end, line);
		line++;
	}
	b->n = (size_t)(line - b->line);
	expect_lines(m, b->n);
	b->bytes = begins[lines];
	b->bytes_read = b->bytes - skipped;
}

/* Lines that begin in some part of the text. */
struct lines_at {
	const u8 *from;
	size_t room;
};

static inline struct lines_at lines_at(const struct scan_job *job, size_t from, size_t behind)
{
	size_t room = job->len > from ? job->len - from : 0;

	return (struct lines_at){job->text + from, room > behind ? room - behind : 0};
}

static inline bool is_at(const struct lines_at *at, const struct line *line)
{
	return (size_t)(line->text - at->from) < at->room;
}

/* A line, and what is read around it. */
struct line_copy {
	u8 bytes[1 + LINE_ROOM + SPOTS_BEHIND];
};

static const u8 *copy_around(const struct line *line, struct line_copy *ret_copy)
{
	memset(ret_copy, 0, sizeof(*ret_copy));
	memcpy(ret_copy->bytes + 1, line->text, line->len);
	return ret_copy->bytes + 1;
}

/* Which spots of a line are left, of which it is not known whether there is room around it. */
static __attribute__((noinline)) void find_left_at_ends(const struct scan_job *job,
							struct line *line)
{
	size_t behind = (size_t)(job->text + job->len - line->text);
	struct line_copy copy;

	if (line->text > job->text && behind >= line->len + SPOTS_BEHIND) {
		line->left = spots_left(line->expected, line, line->text);
		return;
	}
	line->left = spots_left(line->expected, line, copy_around(line, &copy));
	explicit_bzero(&copy, sizeof(copy));
}

/* Finds which spots of some lines are left, and returns the lines that have any: a bit for each. */
static __attribute__((noinline)) u64 lines_left(const struct scan_job *job, u64 lines)
{
	const struct lines_at roomy = lines_at(job, 1, LINE_ROOM + SPOTS_BEHIND);
	struct line_batch *b = &job->memo->batch;
	u64 left = 0;

	for (; lines; lines &= lines - 1) {
		unsigned int i = (unsigned int)__builtin_ctzll(lines);
		struct line *line = &b->line[i];

		if (is_at(&roomy, line))
			line->left = spots_left(line->expected, line, line->text);
		else
			find_left_at_ends(job, line);
		left |= (u64)(line->left != 0) << i;
	}
	return left;
}

/* Those that have behind them what ranges read, or their forms ask for. */
static inline struct lines_at lines_roomy(const struct scan_job *job)
{
	return lines_at(job, job->start, LINE_ROOM + QUICK_READ);
}

/* Those of them that may be filled: what is looked back at later, or given again, stays as it is. */
static inline struct lines_at lines_filled(const struct scan_job *job)
{
	size_t from = job->fill.from > job->start ? job->fill.from : job->start;

	if (!job->fill.text)
		return (struct lines_at){job->text, 0};
	return lines_at(job, from, LINE_ROOM + SCRIM_WINDOW + SCRIM_LOOKBACK);
}

/*
 * Reads the spots of lines that are known. Half of all lines have none, and few have any left: which ones is hard
 * to guess, and so these are found first. Most often each spot that is left is sure of a match.
 */
static __attribute__((noinline)) void read_spots(const struct scanner *s, struct scan_job *job,
						 u64 lines)
{
	const struct lines_at roomy = lines_roomy(job), filled = lines_filled(job);
	const struct scan_fill fill = job->fill;
	const u8 *const text = job->text;
	u64 rules = 0;

	for (u64 left = lines_left(job, lines); left; left &= left - 1) {
		const struct line *line = &job->memo->batch.line[__builtin_ctzll(left)];
		const struct memo_line *l = line->expected;

		if (line->left == l->surely && is_at(&filled, line) &&
		    fill_if_sure(&fill, fill.text + (line->text - text), l))
			rules |= l->sure_rules;
		else
			read_known(s, job, line, is_at(&roomy, line));
	}
	job->filled |= rules;
}

/* What is known of a line that is not what it is expected to be; NULL if nothing is, or it is unfit. */
static __attribute__((noinline)) struct memo_line *meet_line(struct scan_memo *m,
							     const struct scanner *s,
							     const struct line_reader *r,
							     const struct line *line)
{
	const size_t set = memo_set(line->hash);
	struct memo_line *unfit = NULL;

	for (size_t way = 0; way < MEMO_WAYS; way++) {
		struct memo_line *l = memo_line_at(m, set, way);
		u64 differs = l->knows ^ memo_knows(s, line->len);

		if (m->tag[set][way] != line->hash || differs & ~(u64)KNOWS_UNFIT ||
		    !line_fits(r, l, line))
			continue;
		l->used = true;
		if (!differs) {
			m->again += line->len;
			return l;
		}
		unfit = l;
	}
	return unfit ? NULL : memo_meet(m, s, line);
}

/* Reads a batch of lines; what is from `done` on in front of them is still to be read. Returns the same of what is behind. */
static const u8 *read_batch(const struct scanner *s, struct scan_job *job, const u8 *done)
{
	const struct line_reader r = line_reader(s->line_end, s->memo_key);
	struct scan_memo *m = job->memo;
	struct line_batch *b = &m->batch;
	const u64 knows = memo_knows(s, 0);
	size_t n = b->n, expected = b->bytes_read;
	u64 placed = 0; /* lines that have spots, a bit for each */

	for (size_t i = 0; i < n; i++) {
		struct line *line = &b->line[i];
		struct memo_line *l = line->expected;
		/* Nearly always it is what it is expected to be, and stands right behind the one before. */
		bool fits = l->knows == (knows | line->len) && line_fits(&r, l, line);

		if (!fits || done != line->text) {
			/* Matches are found in order; and to learn a line moves those that are known. */
			read_spots(s, job, placed);
			placed = 0;
		}
		if (!fits) {
			expected -= line->len;
			l = line->expected = meet_line(m, s, &r, line);
			if (!l)
				continue;
		}
		run_part(s, job, done, line->text);
		done = line->text + line->len;
		if (!l->used) /* what is not written needs no writing back */
			l->used = true;
		placed |= (u64)l->placed << i;
	}
	read_spots(s, job, placed);
	m->again += expected;
	return done;
}

static void run_lines(const struct scanner *s, struct scan_job *job)
{
	struct scan_memo *m = job->memo;
	struct line_batch *b = &m->batch;
	const u8 *done = job->text + job->start;
	size_t at = first_line(s, job), used = 0;

	while (at < job->len) {
		if (m->asleep) {
			size_t n = job->len - at < m->asleep ? job->len - at : m->asleep;

			m->asleep -= n;
			memo_pay(m, n);
			at = line_end(s, job, at + n - 1);
			continue;
		}
		batch_fill(s, job, at);
		used = b->n > used ? b->n : used;
		done = read_batch(s, job, done);
		memo_judge(m);
		/* Where no line ends, all of it has been looked at. */
		at = b->bytes ? at + b->bytes : job->len;
	}
	run_part(s, job, done, job->text + job->len);
	/* What is by codes is all but text. */
	explicit_bzero(b->line, used * sizeof(b->line[0]));
}
