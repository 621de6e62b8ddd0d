/* SPDX-License-Identifier: BSD-2-Clause */
#include "site_maker.h"
#include "scan_text.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A pattern being written. */
struct pattern {
	u64 *seed;
	char *text;
	size_t len;
	bool marked;
};

static void add(struct pattern *p, const char *s)
{
	size_t n = strlen(s);

	/* What is cut off here is refused by pattern_check(), or is a pattern all the same. */
	if (p->len + n >= SITE_PATTERN)
		n = SITE_PATTERN - 1 - p->len;
	memcpy(p->text + p->len, s, n);
	p->len += n;
	p->text[p->len] = '\0';
}

static const char *one_of(u64 *seed, const char *const *list, size_t n)
{
	return list[draw(seed, (u32)n)];
}

static void add_choice(struct pattern *p, unsigned int depth);

static void add_atom(struct pattern *p, unsigned int depth)
{
	static const char *const atoms[] = {
		"a",   "B",   "x",      "1",    "0",     "-",        ":",        "#",
		"/",   "\\.", "\\x41",  "@",    "_",     "\xc3\xa9", "\\d",      "\\d",
		"\\d", "\\w", "\\s",    ".",    "[A-Z]", "[0-9]",    "[a-f0-9]", "[^\\s,]",
		"\\D", "\\W", "[^a-z]", "[ -]", "[_-]",  "[a-z]",    "[1-9]",
	};
	u32 kind = draw(p->seed, 9);

	if (!depth || kind < 7) {
		add(p, one_of(p->seed, atoms, array_size(atoms)));
		return;
	}
	add(p, kind == 7 && !p->marked ? "(" : "(?:");
	p->marked |= kind == 7;
	add_choice(p, depth - 1);
	add(p, ")");
}

static void add_sequence(struct pattern *p, unsigned int depth)
{
	static const char *const repeats[] = {"?",     "{2}",   "{3}",   "{4}",
					      "{1,3}", "{0,2}", "{2,9}", "{3,20}"};

	for (u32 n = 1 + draw(p->seed, 4); n > 0; n--) {
		add_atom(p, depth);
		if (draw(p->seed, 3) == 0)
			add(p, one_of(p->seed, repeats, array_size(repeats)));
	}
}

static void add_choice(struct pattern *p, unsigned int depth)
{
	add_sequence(p, depth);
	while (depth && draw(p->seed, 4) == 0) {
		add(p, "|");
		add_sequence(p, depth);
	}
}

/* Much that could be anything, perhaps none of it, then a byte it cannot do without. */
static void add_anchored(struct pattern *p)
{
	static const char *const before[] = {"[a-z]", "[0-9a-z.]", "[A-Za-z0-9_]", "\\w", "[^@ ]"};
	static const char *const repeats[] = {"{0,20}", "{1,30}", "?", "{0,64}", "{3,9}"};
	static const char *const anchors[] = {"@", "#", "[@#]", "\\$", "::", "%"};
	static const char *const after[] = {"[a-z]{2,6}", "\\d{3,8}", "\\w{1,12}", "[a-z.]{3,30}"};

	add(p, one_of(p->seed, before, array_size(before)));
	add(p, one_of(p->seed, repeats, array_size(repeats)));
	add(p, one_of(p->seed, anchors, array_size(anchors)));
	add(p, one_of(p->seed, after, array_size(after)));
}

/* As bench and README show them: fixed letters, then digits. */
static void add_numbered(struct pattern *p)
{
	static const char *const heads[] = {"HX-",   "AC",      "(?:MR|PT)",
					    "case ", "\\d{2}/", "[A-Z]{2}"};
	static const char *const tails[] = {"[0-9]{8}", "(\\d{4})-\\d{2}", "\\d{16}", "\\d{6,10}",
					    "[A-Z0-9]{4}(?:-\\d{2})?"};

	add(p, one_of(p->seed, heads, array_size(heads)));
	add(p, one_of(p->seed, tails, array_size(tails)));
}

void site_pattern(u64 *seed, char *text)
{
	struct pattern p = {.seed = seed, .text = text};
	u32 kind;

	do {
		p.len = 0;
		p.marked = false;
		kind = draw(seed, 10);
		if (draw(seed, 6) == 0)
			add(&p, "(?i)");
		if (kind < 2)
			add_anchored(&p);
		else if (kind < 4)
			add_numbered(&p);
		else
			add_choice(&p, 2);
	} while (pattern_check(text, GUARD_TOKEN, NULL, NULL));
}

static const char *const label_words[] = {
	"case",    "file no", "account", "mrn",    "ref",    "=HX",  "=ID",    "patient id",
	"order",   "nr",      "chart #", "policy", "member", "lab",  "ticket", "v",
	"serial",  "unit no", "bed",     "visit",  "=Visit", "room", "plan",   "claim number",
	"dossier", "bill to", "device",  "batch",  "=x y",   "zip",  "code",   "phone",
};

static void make_labels(u64 *seed, struct site_form *names, struct form_def *def)
{
	u32 n = draw(seed, 5) ? 0 : 1 + draw(seed, SITE_LABELS_MAX);

	for (u32 i = 0; i < n; i++)
		names->labels[i] = one_of(seed, label_words, array_size(label_words));
	if (n)
		def->labels = names->labels;
	if (draw(seed, 8) == 0) {
		names->unless[0] = one_of(seed, label_words, array_size(label_words));
		def->unless = names->unless;
	}
	def->distance = (u16)draw(seed, RULE_MAX_DISTANCE + 1);
}

static void make_form(u64 *seed, struct site_form *names, struct form_def *def)
{
	static const char *const validators[] = {"luhn", "date", "ssn", "npi", "email"};

	site_pattern(seed, names->pattern);
	*def = (struct form_def){.pattern = names->pattern,
				 .before = (enum guard)draw(seed, GUARD_GROUP + 1),
				 .after = (enum guard)draw(seed, GUARD_GROUP + 1),
				 .commit_unit = (enum commit_unit)draw(seed, COMMIT_PAST + 1)};
	def->commit = def->commit_unit == COMMIT_PAST ? '@' : (u8)(1 + draw(seed, 6));
	if (draw(seed, 6) == 0)
		def->validate = one_of(seed, validators, array_size(validators));
	make_labels(seed, names, def);
}

struct site *site_new(u64 *seed, size_t n)
{
	struct site *site = calloc(1, sizeof(*site));

	cr_assert_not_null(site);
	cr_assert_leq(n, RULE_MAX);
	site->n = n;
	for (size_t i = 0; i < n; i++) {
		struct rule_def *def = &site->defs[i];

		snprintf(site->names[i], sizeof(site->names[i]), "site-%zu", i);
		*def = (struct rule_def){.name = site->names[i],
					 .class = ID_OTHER,
					 .nforms = (u16)(1 + draw(seed, SITE_FORMS))};
		for (u16 f = 0; f < def->nforms; f++)
			make_form(seed, &site->forms[i][f], &def->forms[f]);
	}
	return site;
}

/* By state: the longest way on, in bytes; room for nstates of them. */
static void longest_ways(const struct dfa *d, u16 *far)
{
	bool changed = true;

	memset(far, 0, d->nstates * sizeof(*far));
	while (changed) {
		changed = false;
		for (u16 s = 1; s < d->nstates; s++) {
			for (u16 c = 0; c < d->nclasses; c++) {
				u16 next = d->trans[s * d->nclasses + c];

				if (!next || far[s] > far[next])
					continue;
				far[s] = (u16)(far[next] + 1);
				changed = true;
			}
		}
	}
}

static u16 next_state(const struct dfa *d, u16 s, u8 c)
{
	return d->trans[s * d->nclasses + d->class[c]];
}

/* A byte that leads on from state s, most often one that stands in texts; 0 if there is none. */
static u8 any_way(u64 *seed, const struct dfa *d, u16 s)
{
	u8 first = (u8)draw(seed, 256), found = 0;

	for (u32 i = 0; i < 256; i++) {
		u8 c = (u8)(first + i);

		if (!next_state(d, s, c))
			continue;
		found = c;
		if ((c >= 0x20 && c < 0x7f) || draw(seed, 8) == 0)
			break;
	}
	return found;
}

/* The same, but one that leads on longest. */
static u8 longest_way(u64 *seed, const struct dfa *d, u16 s, const u16 *far)
{
	u8 first = (u8)draw(seed, 256), found = 0;
	u16 best = 0;

	for (u32 i = 0; i < 256; i++) {
		u8 c = (u8)(first + i);
		u16 next = next_state(d, s, c);

		if (!next || (best && far[next] < best))
			continue;
		found = c;
		best = far[next];
	}
	return found;
}

size_t dfa_word(u64 *seed, const struct dfa *d, bool longest, u8 *word, size_t room)
{
	u16 *far = malloc(d->nstates * sizeof(*far)), s = 1;
	size_t n = 0;

	cr_assert_not_null(far);
	longest_ways(d, far);
	while (n < room && far[s]) {
		word[n] = longest ? longest_way(seed, d, s, far) : any_way(seed, d, s);
		s = next_state(d, s, word[n++]);
		if (!longest && d->accept[s] && draw(seed, 4) == 0)
			break;
	}
	free(far);
	return n;
}

static void put(u8 *text, size_t len, size_t *at, const void *bytes, size_t n)
{
	n = n < len - *at ? n : len - *at;
	memcpy(text + *at, bytes, n);
	*at += n;
}

static void put_string(u8 *text, size_t len, size_t *at, const char *s)
{
	put(text, len, at, s, strlen(s));
}

/* What makes of the digits behind it a group behind another one, which is looked back at for 24 bytes. */
static void put_group(u64 *seed, u8 *text, size_t len, size_t *at)
{
	static const char *const begins[] = {"0 ", "(1) ", "6 ", "x "};

	put_string(text, len, at, one_of(seed, begins, array_size(begins)));
	if (draw(seed, 2))
		put(text, len, at, "12345.67-89012/3456:789", draw(seed, 24));
}

/* What form f of the ruleset matches, or nearly. */
static void put_value(u64 *seed, const struct form *f, const struct form_def *def, u8 *text,
		      size_t len, size_t *at)
{
	static const char *const gaps[] = {" ",
					   ": ",
					   "=",
					   "\xc2\xa0",
					   " is ",
					   " | ",
					   "</b> ",
					   "",
					   ": \xe2\x80\x8b",
					   "\xe2\x80\x93",
					   " no. ",
					   "#",
					   " the number ",
					   "\xc3\xa0"};
	static const char *const more[] = {"/4", "-31", ".5", ":06", "-x", ", 3"};
	bool grouped = def->after == GUARD_GROUP && draw(seed, 2);
	u8 word[SCRIM_WINDOW];
	size_t n = dfa_word(seed, &f->dfa, false, word, sizeof(word));

	if (def->labels && draw(seed, 8)) {
		const char *label = def->labels[0];

		put_string(text, len, at, label + (label[0] == '='));
		put_string(text, len, at, one_of(seed, gaps, array_size(gaps)));
	}
	if (n && draw(seed, 6) == 0)
		word[draw(seed, (u32)n)] = (u8) "0123-./ @aZ\n\x80#"[draw(seed, 14)];
	if (n && draw(seed, 10) == 0)
		n -= draw(seed, (u32)n);
	if (grouped)
		put_group(seed, text, len, at);
	put(text, len, at, word, n);
	if (grouped)
		put_string(text, len, at, one_of(seed, more, array_size(more)));
}

void site_text(u64 *seed, const struct site *site, const struct ruleset *rs, u8 *text, size_t len)
{
	static const char *const between[] = {" ",
					      " ",
					      "\n",
					      ", ",
					      "|",
					      "-",
					      ".",
					      "1",
					      "x",
					      "@",
					      "\xc2\xa0",
					      "\xc2\xb5",
					      "\xe2\x80\x93",
					      "\xe2\x88\x91",
					      "\xc3\xa9",
					      "\xef\xbb\xbf"};
	size_t at = 0;

	while (at < len) {
		u16 i = (u16)draw(seed, rs->nforms);
		const struct form *f = &rs->forms[i];
		const struct rule *r = &rs->rules[f->rule];

		put_value(seed, f, &site->defs[f->rule].forms[i - r->first_form], text, len, &at);
		if (draw(seed, 5))
			put_string(text, len, &at, one_of(seed, between, array_size(between)));
		if (draw(seed, 8) == 0)
			put_string(text, len, &at,
				   one_of(seed, label_words, array_size(label_words)));
	}
}
