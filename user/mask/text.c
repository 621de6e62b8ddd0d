/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The matches of a text, masked in place, and what reaches over a match's ends:
 *
 *     https://portal.example.org/...200 bytes...|...and many more?user=jane next
 *     ├─────────── match, its window full ──────┤├─────── its tail ───────┤
 *
 * A value that goes on behind its pattern's window is masked to where its class of bytes ends
 * (form_def.tail). A character of UTF-8 in whose middle a match ends is masked whole; of one in
 * whose middle it begins, what is left is left: what was valid UTF-8 stays so; and so does JSON,
 * when a value seems to begin with the letter of an escape, or is a number with an exponent. All of it is
 * known by the bytes as received and by what is open in the stream, so cuts do not matter.
 */
#include "fill_sixteen.h"
#include "syntax.h"
#include "work.h"
#include <string.h>

static const struct form *form_of(const struct work *k, u16 form)
{
	return &k->s->policy->rs->forms[form];
}

static bool continues(u8 c)
{
	return (c & 0xc0) == 0x80;
}

/* How long a character is that begins with c; 1 where c begins none of several bytes. */
static size_t character_length(u8 c)
{
	return c < 0xc2 || c > 0xf4 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

/* How many bytes at the begin of [from, to) belong to a character that begins in [text, from). */
static size_t begun_before(const u8 *text, const u8 *from, const u8 *to)
{
	size_t n = 0, had = 1, length;

	if (!continues(*from))
		return 0;
	while (had < 3 && from - text > (ptrdiff_t)had && continues(from[-(ptrdiff_t)had]))
		had++;
	if (from - text < (ptrdiff_t)had)
		return 0;
	length = character_length(from[-(ptrdiff_t)had]);
	while (had + n < length && from + n < to && continues(from[n]))
		n++;
	return n;
}

/*
 * How many bytes at the begin of [from, to) are no part of a value: of a character or an escape that
 * began before. Of one that is masked (`lacks` bytes more) they are.
 */
static size_t begins_with_others(const struct work *k, const u8 *from, const u8 *to, u8 lacks)
{
	size_t begun = lacks ? 0 : begun_before(k->text, from, to);
	size_t escaped = frame_escape(&k->s->frame) ? 0 : syntax_escape(k->text, from, to);

	return begun > escaped ? begun : escaped;
}

/* How many bytes the character at the end of [from, to) still lacks. */
static u8 lacks_at_end(const u8 *from, const u8 *to)
{
	size_t had = 1, length;

	while (had < 3 && to - from > (ptrdiff_t)had && continues(to[-(ptrdiff_t)had]))
		had++;
	length = character_length(to[-(ptrdiff_t)had]);
	return (u8)(length > had ? length - had : 0);
}

/* The same, where a character that began before `from` lacks so many bytes there. */
static u8 lacks_behind(u8 lacks, const u8 *from, const u8 *to)
{
	for (; from < to && lacks && continues(*from); lacks--)
		from++;
	return from == to ? lacks : lacks_at_end(from, to);
}

/* Fills a part of what form f found. */
static void fill_part(struct work *k, const struct form *f, u8 *from, u8 *to,
		      struct filled *ret_filled)
{
	struct fill_job job = {.p = from, .len = (size_t)(to - from)};

	if (!f->encoded || frame_escape(&k->s->frame)) {
		work_fill(k, from, to, true, ret_filled);
		return;
	}
	if (from < k->unsent)
		job.sent = (size_t)((k->unsent < to ? k->unsent : to) - from);
	fill_encoded(&job, ret_filled);
}

/* Fills what form f found, so that what reads the text around it still can. */
static void fill_found(struct work *k, const struct form *f, u8 *from, u8 *to,
		       struct filled *ret_filled)
{
	bool text = !frame_escape(&k->s->frame);
	bool percent = text && syntax_percent(k->text, from, to);
	u8 *e = text ? syntax_exponent(k->text, from, to) : NULL;
	struct filled rest;

	fill_part(k, f, from, e ? e : to, ret_filled);
	if (percent)
		syntax_hex(from);
	if (!e)
		return;
	fill_part(k, f, e + 1, to, &rest);
	ret_filled->all += rest.all;
	ret_filled->now += rest.now;
}

static bool tail_open(const struct stream *s)
{
	return s->tail || s->lacks;
}

/* Where what is open ends in [from, to), and how much of a character is lacking then. */
static u8 *tail_end(const struct work *k, u8 *from, u8 *to, u8 *ret_lacks)
{
	const struct stream *s = k->s;
	const bool *class = s->tail ? form_of(k, (u16)(s->tail - 1))->tail : NULL;
	u8 lacks = s->lacks;

	for (; from < to; from++) {
		if (lacks && continues(*from))
			lacks--;
		else if (class && class[*from])
			lacks = (u8)(character_length(*from) - 1);
		else
			break;
	}
	*ret_lacks = lacks;
	return from;
}

/* Masks what is open as far as it goes in [from, to); it is over where something else follows. */
static void mask_tail(struct work *k, u8 *from, u8 *to)
{
	struct stream *s = k->s;
	struct filled filled;
	u8 *end = tail_end(k, from, to, &s->lacks), lacks;

	if (end < to || (to < k->run_end && tail_end(k, to, to + 1, &lacks) == to))
		s->tail = s->lacks = 0;
	work_fill(k, from, end, true, &filled);
	tally_of(k->w, s->tail_rule)->masked_bytes += filled.now;
}

/* Whether what f found, up to `end`, may go on there: then how much it found tells whether it does. */
static bool may_go_on(const struct work *k, const struct form *f, const u8 *end)
{
	return f->tail && (end == k->run_end || f->tail[*end] || continues(*end));
}

/* A match that more may go on behind, or whose ends may be in the middle of a character. */
static size_t mask_slowly(struct work *k, const struct match *m, u8 *from, u8 *to)
{
	u8 *begin = k->text + m->from, *end = k->text + m->to, lacks;
	const struct form *f = form_of(k, m->form);
	struct stream *s = k->s;
	/* All of this is of the bytes as received. */
	bool full = may_go_on(k, f, end) && form_full(f, begin, (size_t)(k->run_end - begin));
	bool within = s->tail && tail_end(k, begin, end, &lacks) == end;
	struct filled filled;

	if (!within)
		s->tail = 0; /* but for the rest of a character */
	if (tail_open(s))
		mask_tail(k, begin, from);
	lacks = lacks_behind(s->lacks, from, to);
	fill_found(k, f, from + begins_with_others(k, from, to, s->lacks), to, &filled);
	s->lacks = lacks;
	if (!within)
		s->tail_rule = m->rule;
	if (tail_open(s))
		mask_tail(k, to, end);
	if (full) {
		s->tail = (u16)(m->form + 1);
		s->tail_rule = m->rule;
	}
	return filled.now;
}

/*
 * Whether m is left as it is. The whole of a value has to be allowed: of what goes on behind its pattern, in
 * text[0, len), that is never all.
 */
static bool match_allowed(const struct work *k, const struct match *m, size_t len)
{
	const struct form *f = form_of(k, m->form);

	if (!policy_allows(k->s->policy, m->rule, k->text + m->mask_from,
			   m->mask_to - m->mask_from))
		return false;
	return !f->tail || m->to == len || !f->tail[k->text[m->to]] ||
	       !form_full(f, k->text + m->from, len - m->from);
}

/* Whether [from, to), found by f, is all that is to be masked, each byte by itself: no part of a character or an escape. */
static inline bool is_plain(const struct form *f, const u8 *text, const u8 *from, const u8 *to)
{
	return !f->tail && !f->encoded && !((*from | to[-1]) & 0x80) &&
	       !(from > text && from[-1] == '\\');
}

/* Whether a value may be a number of JSON with an exponent; `roomy`: FILL_ROOM bytes are there, and it has no more. */
static inline bool may_have_exponent(const u8 *text, const u8 *from, const u8 *to, bool roomy)
{
	if (roomy && !fill_has_e(from, (size_t)(to - from)))
		return false;
	return syntax_behind_colon(text, from);
}

/* Masks a match, or leaves it; `at` is where the one before it ended. */
static __attribute__((noinline)) void work_match(struct work *k, const struct scan_job *job,
						 const struct match *m, u8 *at)
{
	const struct policy *p = k->s->policy;
	struct tally *t = tally_of(k->w, m->rule);
	u8 *text = k->text, *from = text + m->mask_from, *to = text + m->mask_to;
	bool roomy = to - from <= FILL_ROOM && k->end - from >= FILL_ROOM;
	bool open = tail_open(k->s);
	struct filled filled;

	if (open) {
		mask_tail(k, at, text + m->from);
		open = tail_open(k->s);
	}
	if (p->allows && !open && match_allowed(k, m, job->len)) {
		t->allowed++;
		return;
	}
	if (open || !is_plain(&p->rs->forms[m->form], text, from, to) ||
	    may_have_exponent(text, from, to, roomy))
		filled.now = mask_slowly(k, m, from, to);
	else if (roomy && !frame_escape(&k->s->frame) && from >= k->unsent)
		filled.now = fill_roomy(from, (size_t)(to - from));
	else
		work_fill(k, from, to, true, &filled);
	t->matches++;
	t->masked_bytes += filled.now;
}

/*
 * Whether every match is masked as it stands, whatever the rule: nothing is allowed, '\\' is no escape, and nothing is open
 * from before.
 */
static bool matches_are_plain(const struct stream *s)
{
	return !s->policy->allows && !frame_escape(&s->frame) && !tail_open(s);
}

/*
 * Masks matches that are plain numbers, which most are, from `m` on, and returns the first that is none; or whose rule is the
 * first time in this chunk, which is for tally_of(). Nothing is called here: what a vector has would be loaded anew.
 */
static const struct match *work_numbers(struct work *k, const struct match *m,
					const struct match *end)
{
	/* What is written to the text might be any of this, for all that a compiler knows. */
	const struct form *const forms = k->s->policy->rs->forms;
	struct tally *const tally = k->w->tally;
	u8 *const text = k->text;
	/* Where FILL_ROOM bytes may be written. */
	u8 *const first = k->unsent > text ? k->unsent : text;
	const size_t room = (size_t)(k->end - FILL_ROOM - first);

	if (k->end - first < FILL_ROOM)
		return m;
	for (; m < end; m++) {
		u8 *from = text + m->mask_from;
		size_t len = m->mask_to - m->mask_from;
		struct tally *t = &tally[m->rule];

		if (!forms[m->form].numeric || len > FILL_ROOM || (size_t)(from - first) > room ||
		    !t->matches)
			break;
		t->matches++;
		t->masked_bytes += fill_digits(from, len);
	}
	return m;
}

static void work_matches(struct work *k, const struct scan_job *job)
{
	const struct match *const begin = job->matches, *const end = begin + job->nmatches;
	u8 *at = k->from;

	for (const struct match *m = begin; m < end; m++) {
		if (matches_are_plain(k->s)) {
			m = work_numbers(k, m, end);
			if (m == end)
				break;
		}
		work_match(k, job, m, m > begin ? k->text + m[-1].to : at);
	}
	if (tail_open(k->s))
		mask_tail(k, end > begin ? k->text + end[-1].to : at, k->decided);
}

int work_text(struct work *k, u8 *end, bool ends)
{
	struct scan_job job;
	int r = 0;

	if (!k->s->policy->scanner) {
		k->decided = end;
		return 0;
	}
	k->run_end = end;
	/* Field by field: clearing the rest, too, which scan() fills in, costs a short chunk dearly. */
	job.text = k->text;
	job.start = (size_t)(k->from - k->text);
	job.len = (size_t)(end - k->text);
	job.ends = ends;
	job.matches = k->w->matches;
	job.cap = k->w->cap;
	job.rejected = k->w->rejected;
	job.memo = k->w->memo;
	job.fill.text = NULL;
	if (matches_are_plain(k->s))
		job.fill = (struct scan_fill){
			.text = k->text,
			.from = k->unsent > k->text ? (size_t)(k->unsent - k->text) : 0,
			.digit = FILL_DIGIT,
			.counts = k->w->filled,
		};
	scan(k->s->policy->scanner, &job);
	for (size_t i = 0; i < array_size(job.refused); i++)
		k->w->touched[i] |= job.refused[i];
	k->w->touched[0] |= job.filled;
	k->decided = k->text + job.decided;
	if (!ends)
		r = work_carry(k, k->decided, end, true);
	if (!r)
		work_matches(k, &job);
	return r;
}

/*
 * What of a match in the held text [0, len) the idle timer masks: mask_from to mask_to and, where the value
 * goes on behind its pattern, `from` to `to`.
 */
static struct match idle_parts(const struct work *k, struct match m, size_t len)
{
	const struct form *f = form_of(k, m.form);
	const u8 *from = k->text + m.mask_from, *to = k->text + m.mask_to;
	bool full = f->tail && form_full(f, k->text + m.from, len - m.from);

	m.mask_from += (u32)begins_with_others(k, from, to, 0);
	for (u8 lacks = lacks_at_end(from, to); lacks && m.mask_to < len; lacks--, m.mask_to++)
		if (!continues(k->text[m.mask_to]))
			break;
	m.from = m.to = m.to > m.mask_to ? m.to : m.mask_to;
	while (full && m.to < len && f->tail[k->text[m.to]])
		m.to++;
	return m;
}

/*
 * What of the held text [start, len) the idle timer masks: `matches`, room for k->w->cap, by
 * idle_parts(). Of what may go on, a value that is allowed as it stands is not masked before it does.
 */
static size_t idle_matches(const struct work *k, size_t start, size_t len, struct match *matches)
{
	size_t n, kept = 0;
	u8 lacks;

	n = scan_partial(k->s->policy->scanner, k->text, start, len, matches, k->w->cap - 1);
	for (size_t i = 0; i < n; i++) {
		if (!match_allowed(k, &matches[i], len))
			matches[kept++] = idle_parts(k, matches[i], len);
	}
	if (tail_open(k->s))
		matches[kept++] = (struct match){
			.mask_from = (u32)start,
			.mask_to = (u32)(tail_end(k, k->text + start, k->text + len, &lacks) -
					 k->text),
			.rule = k->s->tail_rule,
			.form = k->s->tail ? (u16)(k->s->tail - 1) : 0,
		};
	return kept;
}

/* Counts text[from, to), as far as it was neither sent nor counted before. Returns how much that is. */
static size_t idle_count(struct work *k, u16 rule, size_t from, size_t to, bool *masked)
{
	size_t at = (size_t)(k->unsent - k->text), n = 0;

	for (at = at > from ? at : from; at < to; at++) {
		n += !masked[at];
		masked[at] = true;
	}
	tally_of(k->w, rule)->idle += n;
	return n;
}

void idle_text(struct work *k, u8 *end)
{
	size_t start = (size_t)(k->from - k->text), len = (size_t)(end - k->text);
	size_t unsent = (size_t)(k->unsent - k->text), left = len - unsent, n;
	u16 holder = scan_holder(k->s->policy->scanner, k->text, start, len);
	bool masked[SCRIM_LOOKBACK + HELD_MAX] = {false};
	struct match *m = k->w->matches;
	struct filled filled;

	n = idle_matches(k, start, len, m);
	for (size_t i = 0; i < n; i++) {
		left -= idle_count(k, m[i].rule, m[i].mask_from, m[i].mask_to, masked);
		left -= idle_count(k, m[i].rule, m[i].from, m[i].to, masked);
	}
	for (size_t i = 0; i < n; i++) {
		fill_found(k, form_of(k, m[i].form), k->text + m[i].mask_from,
			   k->text + m[i].mask_to, &filled);
		work_fill(k, k->text + m[i].from, k->text + m[i].to, true, &filled);
	}
	tally_of(k->w, holder)->released += left;
}
