/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading by lines, with a memo (memo.h), once for every ISA: behind scan_generic.h, and what has
 * line_read() and line_fits().
 *
 *      text   known│new ···│new ·····│known ····│known ··│what has no end yet
 *                  └──── run() ──────┘                    └───── run() ────
 */
#include "ends_generic.h"
#include <stddef.h>

typedef u32 four_u32 __attribute__((vector_size(16)));

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

/* Those of `forms` of a group, at p, that its first three bytes allow: mostly none. */
static inline u64 begin_so(const struct group *g, u64 forms, const u8 *t)
{
	return forms & g->at[0][t[0]] & g->at[1][t[1]] & g->at[2][t[2]];
}

/* Those of them that its first bytes and what stands before them allow. */
static inline u64 forms_left(const struct group *g, u64 forms, const u8 *text, size_t p)
{
	forms = begin_so(g, forms, text + p);
	if (!forms)
		return 0;
#pragma GCC unroll 12
	for (size_t k = 3; k < FILTER_DEPTH; k++)
		forms &= g->at[k][text[p + k]];
	return p ? forms & group_before(g, text, p) : forms;
}

/* Whether the numbers that r has of a text are all in its ranges. */
static inline bool is_sure(const struct memo_sure *r, const u8 *text)
{
	sixteen v = __builtin_shuffle(sixteen_load(text), sixteen_load(r->from));
	four_u32 low, span;

	memcpy(&low, r->low, sizeof(low));
	memcpy(&span, r->span, sizeof(span));
	return sixteen_bits((sixteen)((four_u32)v - low <= span)) == 0xffff;
}

/* Whether the one form that is left of a place, if it is one, sees quickly that it does not match. */
static inline bool never_matches(const struct group *g, u64 forms, const u8 *t)
{
	return !(forms & (forms - 1)) && forms & g->often && g->never[__builtin_ctzll(forms)](t);
}

static inline void add_quickly(struct scan_job *job, size_t p, size_t len, struct form_id id)
{
	job->matches[job->nmatches++] = (struct match){
		.from = (u32)p,
		.to = (u32)(p + len),
		.mask_from = (u32)p,
		.mask_to = (u32)(p + len),
		.rule = id.rule,
		.form = id.form,
	};
	job->walked += len;
}

/* Asks the forms of some places of a line, which are all at p, and returns where reading goes on. */
static size_t ask_known(const struct scanner *s, struct scan_job *job, const struct memo_line *l,
			u32 places, size_t p)
{
	struct match *m = &job->matches[job->nmatches];
	u64 forms[GROUPS_MAX];
	bool labelled = false;

	memset(forms, 0, s->ngroups * sizeof(*forms));
	for (; places; places &= places - 1) {
		const struct memo_place *place = &l->places[__builtin_ctz(places)];

		forms[place->group] = place->forms;
		labelled |= place->labelled;
	}
	if (confirm_among(s, job, p, forms, labelled, m) != MATCH)
		return p + 1;
	job->nmatches++;
	return m->to;
}

/* Whether any form of some places of a line, which are all at p, is left that may match. */
static inline bool any_left(const struct scanner *s, const struct scan_job *job,
			    const struct memo_line *l, u32 places, size_t p)
{
	bool any = false;

	for (; places; places &= places - 1) {
		const struct memo_place *at = &l->places[__builtin_ctz(places)];
		const struct group *g = &s->groups[at->group];
		u64 forms = forms_left(g, at->forms, job->text, p);

		any |= forms && !never_matches(g, forms, job->text + p);
	}
	return any;
}

/*
 * Reads a place at p, for which no label matters and which has QUICK_READ bytes, and returns where reading goes on. Its
 * quick way has the last word where no other form could be as long, or be refused.
 */
static size_t read_alone(const struct scanner *s, struct scan_job *job,
			 const struct memo_place *place, size_t p)
{
	const struct group *g = &s->groups[place->group];
	const u8 *t = job->text + p;
	u64 forms = place->forms;
	size_t len = place->quick ? place->quick(t) : 0;
	struct match *m = &job->matches[job->nmatches];

	if (len == QUICK_REFUSED) {
		count_refused(job, place->id.rule);
		forms = place->others;
	} else if (len && !begin_so(g, place->others & g->reach[len], t)) {
		add_quickly(job, p, len, place->id);
		return p + len;
	}
	forms = forms_left(g, forms, job->text, p);
	if (!forms || never_matches(g, forms, t) ||
	    confirm_group(s, job, p, place->group, forms, m) != MATCH)
		return p + 1;
	job->nmatches++;
	return m->to;
}

/* Those of the places `left` that are where the first of them is. */
static inline u32 places_here(const struct memo_line *l, u32 left)
{
	u32 here = left & -left;
	u16 at = l->at[__builtin_ctz(left)];

	for (left ^= here; left && l->at[__builtin_ctz(left)] == at; left &= left - 1)
		here |= left & -left;
	return here;
}

/* Reads the places `here` of a line, which are all at p, and returns where reading goes on. */
static __attribute__((noinline)) size_t read_place(const struct scanner *s, struct scan_job *job,
						   const struct memo_line *l, u32 here, size_t p)
{
	const struct memo_place *place = &l->places[__builtin_ctz(here)];
	bool far = job->len - p >= QUICK_READ;

	if (far && !(here & (here - 1)) && !place->labelled)
		return read_alone(s, job, place, p);
	if (!far || any_left(s, job, l, here, p))
		return ask_known(s, job, l, here, p);
	return p + 1;
}

/*
 * Reads the places `left` of a line that is known, behind the match before them.
 *   surely  those of them that may be sure of a match
 */
static __attribute__((noinline)) void read_known(const struct scanner *s, struct scan_job *job,
						 const struct line *line, u32 left, u32 surely)
{
	const struct memo_line *l = line->expected;
	const size_t at = (size_t)(line->text - job->text);
	size_t next = job->nmatches ? job->matches[job->nmatches - 1].to : job->start;

	for (u32 here; left; left ^= here) {
		size_t i = (size_t)__builtin_ctz(left), p = at + l->at[i];

		here = places_here(l, left);
		if (p < next)
			continue;
		if (here & surely && is_sure(&l->sure[i], job->text + p)) {
			add_quickly(job, p, l->sure_len[i], l->places[i].id);
			next = p + l->sure_len[i];
		} else {
			next = read_place(s, job, l, here, p);
		}
	}
}

/* Whether some places of a line, that may be sure of a match, all are. */
static inline bool are_sure(const struct line *line, u32 places)
{
	const struct memo_line *l = line->expected;
	bool sure = true;

	for (; places && sure; places &= places - 1) {
		size_t i = (size_t)__builtin_ctz(places);

		sure = is_sure(&l->sure[i], line->text + l->at[i]);
	}
	return sure;
}

/* Adds the matches of such places. */
static inline void add_surely(struct scan_job *job, const struct line *line, u32 places)
{
	const struct memo_line *l = line->expected;

	for (; places; places &= places - 1) {
		size_t i = (size_t)__builtin_ctz(places);

		add_quickly(job, (size_t)(line->text - job->text) + l->at[i], l->sure_len[i],
			    l->places[i].id);
	}
}

/* Fills them. */
static inline void fill_surely(const struct scan_fill *fill, u8 *text, const struct memo_line *l,
			       u32 places)
{
	const sixteen digit = sixteen_all(fill->digit);

	for (; places; places &= places - 1) {
		size_t i = (size_t)__builtin_ctz(places);
		struct scan_filled *filled = &fill->filled[l->sure_rule[i]];
		u8 *p = text + l->at[i];
		const sixteen v = sixteen_load(p);

		sixteen_store(p, v ^ ((v ^ digit) & sixteen_load(l->sure[i].digits)));
		filled->digits += l->sure_digits[i];
		if (!filled->matches++)
			fill->touched[l->sure_rule[i] / 64] |= 1ULL << l->sure_rule[i] % 64;
	}
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

/* Reads the lines that text[at, len) begins with, as far as there is room, but those that are too long. */
static void batch_fill(const struct scanner *s, const struct scan_job *job, size_t at)
{
	const struct line_reader r = line_reader(s->line_end, s->memo_key);
	struct line_batch *b = &job->memo->batch;
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
		line->hash = line_read(&r, end, line);
		line++;
	}
	b->n = (size_t)(line - b->line);
	b->bytes = begins[lines];
	b->bytes_read = b->bytes - skipped;
}

/* Finds which places of some lines are left, a bit for each line, and returns the lines that have any. */
static __attribute__((noinline)) u64 places_find(const struct scan_job *job, u64 lines)
{
	const u8 *end = job->text + job->len;
	struct line_batch *b = &job->memo->batch;
	u64 left = 0;

	for (; lines; lines &= lines - 1) {
		unsigned int i = (unsigned int)__builtin_ctzll(lines);
		struct line *line = &b->line[i];

		line->left = places_left(line->expected, line, end);
		left |= (u64)(line->left != 0) << i;
	}
	return left;
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

/* Those that have behind them what ranges read, or their forms ask for. */
static inline struct lines_at lines_sure(const struct scan_job *job)
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
 * Reads the places of lines that are known. Half of all lines have none, and few have any left: which ones is hard
 * to guess, and so these are found first. Most often each place that is left is sure of a match.
 */
static __attribute__((noinline)) void read_places(const struct scanner *s, struct scan_job *job,
						  u64 lines)
{
	const struct lines_at sure = lines_sure(job), fill = lines_filled(job);

	for (u64 left = places_find(job, lines); left; left &= left - 1) {
		const struct line *line = &job->memo->batch.line[__builtin_ctzll(left)];
		u32 places = line->left;

		u32 surely = is_at(&sure, line) ? line->expected->surely : 0;

		if (places & ~surely || !are_sure(line, places))
			read_known(s, job, line, places, surely);
		else if (is_at(&fill, line))
			fill_surely(&job->fill, job->fill.text + (line->text - job->text),
				    line->expected, places);
		else
			add_surely(job, line, places);
	}
}

/*
 * Finds which line of the memo each line is expected to be. That is done for all of them first, for it is at the end of a
 * chain of lookups.
 */
static inline void expect_lines(struct scan_memo *m)
{
	struct line_batch *b = &m->batch;

	for (struct line *line = b->line; line < b->line + b->n; line++) {
		size_t set = memo_set(line->hash);

		line->expected = memo_line_at(m, set, first_way(m->tag[set], line->hash));
	}
}

/* Reads a batch of lines; what is from `done` on in front of them is still to be read. Returns the same of what is behind. */
static const u8 *read_batch(const struct scanner *s, struct scan_job *job, const u8 *done)
{
	const struct line_reader r = line_reader(s->line_end, s->memo_key);
	struct scan_memo *m = job->memo;
	struct line_batch *b = &m->batch;
	const u64 knows = memo_knows(s, 0);
	size_t n = b->n, expected = b->bytes_read;
	u64 placed = 0; /* lines that have places, a bit for each */

	expect_lines(m);
	for (size_t i = 0; i < n; i++) {
		struct line *line = &b->line[i];
		struct memo_line *l = line->expected;
		/* Nearly always it is what it is expected to be, and stands right behind the one before. */
		bool fits = l->knows == (knows | line->len) && line_fits(&r, l, line);

		if (!fits || done != line->text) {
			/* Matches are found in order; and to learn a line moves those that are known. */
			read_places(s, job, placed);
			placed = 0;
		}
		if (!fits) {
			expected -= line->len;
			l = line->expected = memo_meet(m, s, line);
			if (!l)
				continue;
		}
		run_part(s, job, done, line->text);
		done = line->text + line->len;
		l->used = true;
		placed |= (u64)l->placed << i;
	}
	read_places(s, job, placed);
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
