/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A pattern is read anew at every place of the text, and turns the set of offsets where it may
 * stand into the set of offsets where it may have ended. No automaton, no tree, nothing shared
 * with the compiler: what is wrong in one is hardly wrong in both.
 *
 * Guards are written out here, too. Labels, the validators and the marked part have tests of
 * their own and are taken from the library.
 */
#include "oracle.h"
#include <criterion/criterion.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Offsets from p, 0 to SCRIM_WINDOW. */
struct offsets {
	u64 w[SCRIM_WINDOW / 64 + 1];
};

struct place {
	const u8 *text;
	size_t len, p;
	bool fold;
};

static bool has(const struct offsets *o, size_t i)
{
	return o->w[i / 64] >> (i % 64) & 1;
}

static void put(struct offsets *o, size_t i)
{
	if (i <= SCRIM_WINDOW)
		o->w[i / 64] |= 1ULL << (i % 64);
}

static bool empty(const struct offsets *o)
{
	u64 any = 0;

	for (size_t i = 0; i < array_size(o->w); i++)
		any |= o->w[i];
	return !any;
}

static void join(struct offsets *o, const struct offsets *other)
{
	for (size_t i = 0; i < array_size(o->w); i++)
		o->w[i] |= other->w[i];
}

static bool named(char name, u8 c)
{
	bool in;

	switch (tolower(name)) {
	case 'd':
		in = c >= '0' && c <= '9';
		break;
	case 's':
		in = c == ' ' || c == '\t';
		break;
	default:
		in = c < 0x80 && (isalnum(c) || c == '_');
	}
	return isupper((unsigned char)name) ? !in : in;
}

/* The byte an escape stands for, *pat at the letter behind the backslash; moves behind it. */
static u8 escaped_byte(const char **pat)
{
	char hex[3] = {0}, c = *(*pat)++;

	if (c == 'x') {
		memcpy(hex, *pat, 2);
		*pat += 2;
		return (u8)strtoul(hex, NULL, 16);
	}
	return c == 't' ? '\t' : c == 'r' ? '\r' : (u8)c;
}

/* Whether the class at pat, behind its '[', holds c. */
static bool class_has(const char *pat, u8 c)
{
	bool negated = *pat == '^', in = false;

	pat += negated;
	while (*pat != ']') {
		u8 from, to;

		if (*pat == '\\' && strchr("dwsDWS", pat[1])) {
			in |= named(pat[1], c);
			pat += 2;
			continue;
		}
		if (*pat == '\\') {
			pat++;
			from = escaped_byte(&pat);
		} else {
			from = (u8)*pat++;
		}
		to = from;
		if (*pat == '-' && pat[1] != ']') {
			pat++;
			if (*pat == '\\') {
				pat++;
				to = escaped_byte(&pat);
			} else {
				to = (u8)*pat++;
			}
		}
		in |= c >= from && c <= to;
	}
	return in != negated;
}

/* Whether the single-byte atom at pat matches c, case apart. */
static bool atom_has(const char *pat, u8 c)
{
	switch (*pat++) {
	case '.':
		return true;
	case '[':
		return class_has(pat, c);
	case '\\':
		if (strchr("dwsDWS", *pat))
			return named(*pat, c);
		return escaped_byte(&pat) == c;
	}
	return (u8)pat[-1] == c;
}

static bool atom_matches(const struct place *at, const char *pat, u8 c)
{
	u8 other = c < 0x80 && islower(c) ? (u8)toupper(c) : c < 0x80 ? (u8)tolower(c) : c;
	bool negated = pat[0] == '[' && pat[1] == '^';

	if (c == '\n')
		return false;
	if (!at->fold)
		return atom_has(pat, c);
	/* [^a] without case refuses both a and A. */
	return negated ? atom_has(pat, c) && atom_has(pat, other)
		       : atom_has(pat, c) || atom_has(pat, other);
}

/* Behind the single-byte atom at pat. */
static const char *atom_end(const char *pat)
{
	if (*pat == '\\')
		return pat + (pat[1] == 'x' ? 4 : 2);
	if (*pat != '[')
		return pat + 1;
	for (pat++; *pat != ']'; pat++)
		if (*pat == '\\')
			pat++;
	return pat + 1;
}

static void one_byte(const struct place *at, const char *pat, const struct offsets *in,
		     struct offsets *ret_out)
{
	*ret_out = (struct offsets){0};
	for (size_t w = 0; w < array_size(in->w); w++) {
		for (u64 left = in->w[w]; left; left &= left - 1) {
			size_t i = 64 * w + (size_t)__builtin_ctzll(left);

			if (at->p + i < at->len && atom_matches(at, pat, at->text[at->p + i]))
				put(ret_out, i + 1);
		}
	}
}

static const char *choice(const struct place *at, const char *pat, struct offsets in,
			  struct offsets *ret_out);

/* A group, a UTF-8 character or a single byte; returns the pattern behind it. */
static const char *atom(const struct place *at, const char *pat, struct offsets in,
			struct offsets *ret_out)
{
	const char *from = pat;

	if (*pat == '(') {
		pat = choice(at, pat + (pat[1] == '?' ? 3 : 1), in, ret_out);
		return pat + 1;
	}
	one_byte(at, pat, &in, ret_out);
	if ((u8)*pat < 0x80)
		return atom_end(pat);
	for (pat++; ((u8)*pat & 0xc0) == 0x80 && pat < from + 4; pat++) {
		in = *ret_out;
		one_byte(at, pat, &in, ret_out);
	}
	return pat;
}

static const char *repeat(const struct place *at, const char *pat, struct offsets in,
			  struct offsets *ret_out)
{
	struct offsets now = in, out = {0};
	const char *behind = atom(at, pat, in, ret_out);
	unsigned long from = 1, to = 1;
	char *end;

	if (*behind == '?') {
		from = 0;
		behind++;
	} else if (*behind == '{') {
		from = to = strtoul(behind + 1, &end, 10);
		if (*end == ',')
			to = strtoul(end + 1, &end, 10);
		behind = end + 1;
	}
	for (unsigned long i = 0; i <= to; i++) {
		if (i >= from)
			join(&out, &now);
		if (i == to || empty(&now))
			break;
		in = now;
		atom(at, pat, in, &now);
	}
	*ret_out = out;
	return behind;
}

static const char *choice(const struct place *at, const char *pat, struct offsets in,
			  struct offsets *ret_out)
{
	struct offsets all = {0}, now;

	for (;;) {
		now = in;
		while (*pat && *pat != '|' && *pat != ')')
			pat = repeat(at, pat, now, &now);
		join(&all, &now);
		if (*pat != '|')
			break;
		pat++;
	}
	*ret_out = all;
	return pat;
}

void oracle_ends(const char *pattern, const u8 *text, size_t len, size_t p, bool *ends)
{
	struct place at = {.text = text, .len = len, .p = p};
	struct offsets in = {0}, out;

	if (!strncmp(pattern, "(?i)", 4)) {
		at.fold = true;
		pattern += 4;
	}
	put(&in, 0);
	choice(&at, pattern, in, &out);
	for (size_t e = 0; e <= SCRIM_WINDOW; e++)
		ends[e] = has(&out, e);
}

/* The byte at i, or a newline where the text has none: that satisfies every guard. */
static u8 byte_at(const u8 *text, size_t len, size_t i)
{
	return i < len ? text[i] : '\n';
}

/* What a word may touch though it is over 0x7f, as the last byte before it or the first behind. */
static bool gap_ends(u8 first, u8 middle, u8 last)
{
	static const char gaps[][4] = {"\xe2\x88\x92", "\xe3\x80\x80", "\xef\xbb\xbf"};
	const char whole[4] = {(char)first, (char)middle, (char)last, '\0'};

	for (size_t i = 0; i < array_size(gaps); i++)
		if (!strcmp(gaps[i], whole))
			return true;
	if (last < 0x80 || last >= 0xc0)
		return false;
	return (first == 0xe2 && (middle | 1) == 0x81) ||
	       (middle == 0xc2 && last >= 0xa0 && !strchr("\xaa\xb5\xba", last));
}

static bool guard_holds(enum guard g, u8 touching, u8 beyond)
{
	bool digit = isdigit(touching), joined = isdigit(beyond);

	switch (g) {
	case GUARD_NONE:
		return true;
	case GUARD_DIGIT:
	case GUARD_GROUP: /* see group_goes_on() */
		return !digit;
	case GUARD_WORD:
		return touching < 0x80 && !isalnum(touching) && touching != '_';
	case GUARD_DECIMAL:
		return !digit && !(touching == '.' && joined);
	case GUARD_NUMBER:
		return !digit && !((touching == '.' || touching == '-') && joined);
	case GUARD_TOKEN:
	case GUARD_SLASH:
		return touching < 0x80 && !isalnum(touching) && touching != '_' &&
		       !((touching == '.' || touching == '-') && joined) &&
		       !(g == GUARD_SLASH && touching == '/' && joined);
	}
	return false;
}

/* Whether text[0, e) ends in a number, a space and a number, within 24 bytes, and behind them one goes on. */
static bool group_goes_on(const u8 *text, size_t len, size_t e)
{
	size_t least = e > 24 ? e - 24 : 0, from = e;

	while (from > least && (isdigit(text[from - 1]) || memchr(".-/:", text[from - 1], 4)))
		from--;
	return from < e && from >= least + 2 && text[from - 1] == ' ' &&
	       (isdigit(text[from - 2]) || text[from - 2] == ')') && e + 1 < len &&
	       memchr(".-/:", text[e], 4) && isdigit(text[e + 1]);
}

/* Whose matches are asked for. */
struct asked {
	ends_fn ends;
	void *arg;
	const struct ruleset *rs;
	const struct rule_def *defs;
	const bool *enabled;
};

static const struct form_def *def_of(const struct asked *a, u16 form)
{
	u16 rule = a->rs->forms[form].rule;

	return &a->defs[rule].forms[form - a->rs->rules[rule].first_form];
}

/* Said by the pattern as it is written. */
static void written_ends(void *arg, u16 form, const u8 *text, size_t len, size_t p, bool *ends)
{
	oracle_ends(def_of(arg, form)->pattern, text, len, p, ends);
}

/*
 * The longest end of a form at p, or 0; *ret_rejected when there were ends and the validator
 * took none.
 */
static size_t form_longest(const struct asked *a, u16 form, const u8 *text, size_t len, size_t p,
			   bool *ret_rejected)
{
	const struct form *f = &a->rs->forms[form];
	const struct form_def *def = def_of(a, form);
	bool ends[SCRIM_WINDOW + 1];
	u8 before, after;

	*ret_rejected = false;
	/* Before the text is a newline: SIZE_MAX is beyond every length. */
	before = byte_at(text, len, p - 1);
	if (gap_ends(byte_at(text, len, p - 3), byte_at(text, len, p - 2), before))
		before = ' ';
	if (!guard_holds(def->before, before, byte_at(text, len, p - 2)))
		return 0;
	a->ends(a->arg, form, text, len, p, ends);
	for (size_t e = SCRIM_WINDOW; e > 0; e--) {
		after = byte_at(text, len, p + e);
		if (after == 0xc2 || after == 0xe2)
			after = ' ';
		if (!ends[e] || !guard_holds(def->after, after, byte_at(text, len, p + e + 1)))
			continue;
		if (def->after == GUARD_GROUP && group_goes_on(text, len, p + e))
			continue;
		if (!form_labelled(f, text, p))
			return 0;
		if (!f->validate || f->validate(text + p, e)) {
			*ret_rejected = false;
			return e;
		}
		*ret_rejected = true;
	}
	return 0;
}

/* The best match at p over all forms; its length, 0 if there is none. */
static size_t longest(const struct asked *a, const u8 *text, size_t len, size_t p, u16 *ret_form,
		      u64 *rejected)
{
	size_t best = 0, n;
	bool refused;

	for (u16 i = 0; i < a->rs->nforms; i++) {
		u16 rule = a->rs->forms[i].rule;

		if (a->enabled && !a->enabled[rule])
			continue;
		n = form_longest(a, i, text, len, p, &refused);
		if (refused && rejected)
			rejected[rule]++;
		if (n > best) {
			best = n;
			*ret_form = i;
		}
	}
	return best;
}

static size_t matches_of(const struct asked *a, const u8 *text, size_t len, struct match *matches,
			 size_t cap, u64 *rejected)
{
	size_t n = 0, p = 0, span, from, to;
	u16 form = 0;

	while (p < len) {
		span = longest(a, text, len, p, &form, rejected);
		if (!span) {
			p++;
			continue;
		}
		cr_assert(n < cap, "room for the oracle's matches");
		form_masked_part(&a->rs->forms[form], text + p, span, &from, &to);
		matches[n++] = (struct match){
			.from = (u32)p,
			.to = (u32)(p + span),
			.mask_from = (u32)(p + from),
			.mask_to = (u32)(p + to),
			.rule = a->rs->forms[form].rule,
			.form = form,
		};
		p += span;
	}
	return n;
}

size_t oracle_scan_by(ends_fn ends, void *arg, const struct ruleset *rs,
		      const struct rule_def *defs, const bool *enabled, const u8 *text, size_t len,
		      struct match *matches, size_t cap, u64 *rejected)
{
	struct asked a = {ends, arg, rs, defs, enabled};

	return matches_of(&a, text, len, matches, cap, rejected);
}

size_t oracle_scan(const struct ruleset *rs, const struct rule_def *defs, const bool *enabled,
		   const u8 *text, size_t len, struct match *matches, size_t cap, u64 *rejected)
{
	struct asked a = {written_ends, &a, rs, defs, enabled};

	return matches_of(&a, text, len, matches, cap, rejected);
}
