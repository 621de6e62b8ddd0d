/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rules: what to look for, as written and as compiled.
 *
 *   struct rule_def  (text: name, class, forms, fields)     the built-in table, or the config
 *        │ ruleset_compile()
 *        ▼
 *   struct ruleset   (immutable: every form is a small DFA)  shared by all threads
 *
 * A rule is a name with one or more forms. A form is a pattern with its guards, validator and
 * labels; "123-45-6789" and "SSN: 123456789" are two forms of one rule. A rule may also, or
 * only, name fields ("PID-5"), whose whole value is masked.
 *
 * What a match is (tests/unit/oracle.c is this definition, written slowly):
 *   form f matches [p, e) of a text when all of these hold
 *     - the pattern matches exactly text[p, e), and e - p <= SCRIM_WINDOW;
 *     - guards: the byte before p and the byte at e are not of the guarded class (a text's
 *       begin, its end, and a newline satisfy every guard);
 *     - labels, if any: one of them stands before p within `distance` bytes, on word
 *       boundaries, in any case, and only bytes and small words that may separate a label from
 *       its value lie between (user/rules/label.c); none of `unless` stands there;
 *     - what must stand before p, of a few built-in forms, does (preceded_fn);
 *     - the validator, if any, accepts text[p, e).
 *   The text is read from left to right; at each p the longest e over all forms is taken, of
 *   equals the one whose rule comes first; reading goes on at e.
 *
 * A pattern is a regular expression whose every repeat has a bound:
 *   a \. \x41 \t      bytes; "(?i)" at its begin makes ASCII letters match in both cases
 *   [a-z_] [^,] . \d \w \s   one byte of a set, never a newline (\s: space or tab)
 *   x? x{3} x{1,5}    repeats;  x|y  either;  (?:x)  a group
 *   (x)               once in a pattern, and in no repeat but "?": the part to mask; without it the
 *                     whole match is
 * What can match nothing, or more than SCRIM_WINDOW bytes (enum guard), is refused.
 *
 * A match whose part to mask is a value that its rule allows (rule_def.allow, rule_def.except) is a
 * match like any other, and takes its bytes from all others; who masks leaves it as it is.
 *
 * A rule of a site, alone; with the built-in ones it would stand in one array with copies of them:
 *
 *	static const char *const labels[] = {"badge", "staff id", NULL};
 *	const struct rule_def badge = {
 *		.name = "badge", .class = ID_OTHER, .nforms = 1,
 *		.forms = {{.pattern = "[0-9]{5}", .labels = labels, .distance = 16,
 *			   .before = GUARD_WORD, .after = GUARD_WORD}}};
 *
 *	if (ruleset_compile(&badge, 1, &rules, &e))
 *		fprintf(stderr, "%s\n", e.text);
 *
 * Nothing here makes a system call, and only compiling allocates. What follows the compiled types
 * is for scanners and framers: a program needs ruleset_compile(), ruleset_free(), rules_builtin().
 */
#ifndef SCRIM_RULES_H
#define SCRIM_RULES_H

#include <scrim/base.h>
#include <scrim/err.h>
#include <scrim/identifier.h>

#define RULE_MAX          256  /* rules in a ruleset */
#define RULE_MAX_FORMS    20   /* forms of a rule */
#define RULE_MAX_LABELS   1024 /* of a form */
#define RULE_MAX_DISTANCE 64   /* from a label to its value, bytes */

/*
 * The class of byte that must not touch a match, on that side. A comma never counts: values
 * stand side by side in a line of CSV.
 */
enum guard {
	GUARD_NONE,
	GUARD_DIGIT, /* [0-9] */
	GUARD_WORD,  /* [0-9A-Za-z_] and bytes over 0x7f but for those of Unicode spaces, dashes and
			  quotes: before the match U+00A0 to U+00BF less three letters, U+2000 to
			  U+207F, U+2212, U+3000, U+FEFF; behind it what c2 and e2 begin, U+0080 to
			  U+00BF and U+2000 to U+2FFF */
	/* These may hold a byte behind a match: a pattern before them matches at most SCRIM_WINDOW - 1. */
	GUARD_DECIMAL, /* a digit, or a '.' with a digit on its other side */
	GUARD_NUMBER,  /* a digit, or a '.' or '-' with a digit on its other side */
	GUARD_TOKEN,   /* what GUARD_WORD and GUARD_NUMBER forbid */
	GUARD_SLASH,   /* the same, and a '/' with a digit on its other side */
	GUARD_GROUP /* a digit; behind a match that ends in a group of digits behind another one and a
			  space also '.', '-', '/' or ':' with a digit on its other side: with that
			  group another value begins ("5550123 03/14/2024") */
};

/*
 * True when [text, text+len) is a value of its kind (check digit, calendar, octets...). Whatever
 * the bytes are, it reads no others; len is at most SCRIM_WINDOW. No state: any thread, any time.
 */
typedef bool (*validate_fn)(const u8 *text, size_t len);

/* What is held when the idle timer fires is masked once this much of a value is there. */
enum commit_unit {
	COMMIT_NEVER,  /* released: a part says nothing */
	COMMIT_DIGITS, /* `commit` digits */
	COMMIT_BYTES,  /* `commit` bytes */
	COMMIT_PAST    /* the byte `commit` (an '@') has been passed */
};

/*
 * A form's pattern, guard behind and validator in one, for how it is most often written: the length
 * of the longest match at text; QUICK_REFUSED where the pattern and the guard find some, and the validator none
 * of them; or 0 for "ask the automaton". Such a form masks all of a match.
 * Reads at most text[0, QUICK_READ), which is there. Its guard in front is not that of a word.
 */
#define QUICK_READ    24
#define QUICK_REFUSED ((size_t)-1)
typedef size_t (*quick_fn)(const u8 *text);

/*
 * What a quick_fn says of many texts at once, of those whose digits stand where the blanks of an outline are: four
 * times four of a text's first 16 bytes are read as a number, and if each is in its range, it says `len`.
 */
struct sure_ranges {
	u8 len;
	u8 from[16]; /* the bytes, the one that counts least first */
	u32 low[4];
	u32 span[4]; /* a number less `low` is this at most */
};

/*
 * Finds what a form's quick_fn is sure of; false where that depends on more.
 *   outline  of QUICK_READ bytes (scrim/outline.h)
 *   ret      untouched if false
 */
typedef bool (*sure_fn)(const u8 *outline, struct sure_ranges *ret);

/*
 * Whether a form can have neither a match at text nor one that its validator refuses, for what stands
 * most often where it may begin; false for "ask the automaton". Reads what a quick_fn does.
 */
typedef bool (*never_fn)(const u8 *text);

/*
 * Whether what stands before text[p] allows a form to begin there, as a label would that no list could say. Looks at most
 * SCRIM_LOOKBACK bytes back, and not before text[0].
 */
typedef bool (*preceded_fn)(const u8 *text, size_t p);

struct form_def {
	const char *pattern;  /* 1 to 1024 bytes */
	const char *validate; /* a validator's name (validator_find), or NULL */
	quick_fn quick;       /* or NULL; for the built-in rules */
	sure_fn sure;         /* or NULL; of `quick` */
	/* Or NULL: as `quick`, for a form that is not found often; its guard in front may be any. */
	quick_fn brief;
	never_fn never;       /* or NULL; likewise */
	preceded_fn preceded; /* or NULL; for the built-in rules */
	/*
	 * NULL-ended, or NULL: no label needed. At most RULE_MAX_LABELS of them, each 1 to 31 bytes
	 * of one line (label_check()); a space in one is any or no separator, but in front of a last
	 * sign ("bed :") a blank, a tab or nothing; "=OK" asks for the case as written.
	 */
	const char *const *labels;
	const char *const *unless; /* labels that forbid a match, likewise */
	u16 distance;              /* bytes from a label to the value, at most RULE_MAX_DISTANCE */
	enum guard before, after;
	enum commit_unit commit_unit;
	u8 commit;
	/*
	 * A class "[...]" or NULL. Where a match could only be longer if the pattern's repeats could
	 * be, who masks goes on over the bytes of this class behind it, however many there are.
	 */
	const char *tail;
	/* Its matches may hold escapes (escape.h): those that are no letter or digit stay. */
	bool encoded;
	/* Of a match that its validator refuses, it refuses every shorter one, too; for the built-in rules. */
	bool refuses_shorter;
};

/* A rule as written. All strings are borrowed for the time of ruleset_compile() only. */
struct rule_def {
	const char *name; /* 1 to SCRIM_NAME_LEN - 1 bytes of [a-z0-9-], no other rule's */
	enum identifier class;
	const char
		*group; /* "builtin", "providers", or NULL: a rule of the site. At most 15 bytes */
	const char *what;   /* one line for `scrim rules`, or NULL */
	const char *source; /* where the rule's law stands: a standard, a document; or NULL */
	/*
	 * NULL-ended, or NULL: lines of text, of a rule by field segments, [ and ] around what the rule
	 * masks in them; in a line without brackets it masks nothing. `scrim rules NAME` prints them, and the tests run them.
	 */
	const char *const *examples;
	struct form_def forms[RULE_MAX_FORMS];
	u16 nforms;
	const char *const *fields;      /* "PID-5", "PID-11.1", NULL-ended; or NULL */
	const char *const *field_names; /* what each of them is, for `scrim rules`; or NULL */
	/*
	 * NULL-ended, or NULL: values that are found and left as they are; see value_set_build().
	 */
	const char *const *allow, *const *except;
	bool unused; /* by any policy: it keeps its place and its name, and nothing else is compiled */
};

/*
 * A pattern as an automaton over byte classes. State 0 is dead, state 1 the start.
 *   next state = trans[state * nclasses + class[byte]]
 * Every path from the start dies within SCRIM_WINDOW + 1 bytes.
 */
struct dfa {
	u16 nstates;
	u16 nclasses;
	u16 min, max; /* shortest and longest match, bytes */
	u8 class[256];
	const u16 *trans;
	const u8 *accept; /* by state: 1 if a match may end here */
};

#define DFA_START 1 /* the state before any byte */

/* Where a byte leads; 0: nowhere. */
static inline u16 dfa_step(const struct dfa *d, u16 state, u8 c)
{
	return d->trans[state * d->nclasses + d->class[c]];
}

/* Whether some match has that byte. */
static inline bool dfa_has_byte(const struct dfa *d, u8 c)
{
	for (u16 state = DFA_START; state < d->nstates; state++)
		if (dfa_step(d, state, c))
			return true;
	return false;
}

/* The part of a match to mask, when a pattern marks one with ( ): an opaque program. */
struct group_prog;

struct form {
	u16 rule; /* index into ruleset.rules */
	struct dfa dfa;
	const struct group_prog *group; /* NULL: the whole match is masked */
	enum guard before, after;
	validate_fn validate;           /* NULL: all accepted */
	quick_fn quick;                 /* NULL: none */
	sure_fn sure;                   /* NULL: none */
	quick_fn brief;                 /* the quick way, or else the brief one; NULL: none */
	never_fn never;                 /* NULL: none */
	preceded_fn preceded;           /* NULL: all may stand before it */
	const struct label_set *labels; /* NULL: none needed */
	const struct label_set *unless; /* NULL: none forbids */
	enum commit_unit commit_unit;
	u8 commit;
	const bool *tail; /* by byte; NULL: none */
	bool encoded, refuses_shorter;
	bool numeric; /* no match has a letter, or a byte that is no ASCII */
};

struct rule {
	char name[32];
	enum identifier class;
	char group[16]; /* "" for a site's own */
	u16 first_form, nforms;
	const char *const *fields;       /* NULL-ended, owned by the ruleset; NULL if none */
	const struct value_set *allowed; /* NULL: all that is found is masked */
};

/* Immutable after compile; shared without locks. */
struct ruleset {
	u16 nrules, nforms;
	const struct rule *rules;
	const struct form *forms;
};

/*
 * Compiles n definitions, 0 to RULE_MAX of them. Their order is the order of precedence, and
 * (*ret_rs)->rules[i] is defs[i], its forms in their order from rules[i].first_form on; none of a
 * rule that is unused.
 *   defs    borrowed for the call, with all that they point to
 *   ret_rs  the caller's, for ruleset_free(); untouched on failure
 *   e       what is wrong, where, and what would be right; NULL: nobody wants to know
 * Returns 0; -EINVAL (a pattern, label, validator or name that is none, a name used twice, too many
 * rules or forms; e says which rule, form and column), -E2BIG (a pattern whose automaton is over its
 * limit of states; e says so), -ENOMEM (e may be as it was).
 * Cost: by the automata's states; milliseconds for the built-in rules, bounded for any pattern.
 * Invariant: what compiles matches no empty text and none longer than SCRIM_WINDOW.
 */
int ruleset_compile(const struct rule_def *defs, size_t n, struct ruleset **ret_rs, struct err *e);
/* Scanners and policies made of it must be gone. NULL is allowed. */
void ruleset_free(struct ruleset *rs);

/*
 * Compiles a single pattern for a caller that wants to check it (config, tests).
 *   after       the guard that is to stand behind its matches
 *   ret_column  on -EINVAL the column in pattern where it went wrong, bytes from 1; may be NULL
 *   e           may be NULL
 * Returns 0, -EINVAL, -E2BIG or -ENOMEM, as ruleset_compile(); keeps nothing. Cost: that of the
 * automaton, which is bounded for any pattern.
 */
int pattern_check(const char *pattern, enum guard after, unsigned int *ret_column, struct err *e);

/* Whether a text can be a label: 0, or -EINVAL with e (may be NULL) set. Keeps nothing. */
int label_check(const char *label, struct err *e);

/*
 * Whether text[0, len) can be the part that f masks, guards and labels aside: its pattern matches
 * that, and its validator accepts it; or a group that marks a part does. Cost: len times the
 * pattern's length.
 */
bool form_may_mask(const struct form *f, const u8 *text, size_t len);

/*
 * The part to mask of a match of f at text[0, len): *ret_from, *ret_to, offsets from text. Where
 * alternatives could mark several parts, it is the one of a backtracking matcher anchored at both
 * ends: the earlier alternative, the longer repeat.
 * Cost: none for a form that marks nothing, else len times the pattern's length.
 */
void form_masked_part(const struct form *f, const u8 *text, size_t len, size_t *ret_from,
		      size_t *ret_to);

/*
 * Values that are left as they are, as compiled. Immutable; shared without locks.
 *   a       owns the set; it ends with the arena
 *   allow   NULL-ended, or NULL: values, each 1 to SCRIM_WINDOW bytes; ASCII letters are in it in
 *           both cases, everything else as written
 *   except  NULL-ended, or NULL: patterns; what one of them matches from begin to end is in it
 *   ret_set NULL where both are empty
 * Returns 0, -EINVAL or -E2BIG with e set, -ENOMEM.
 */
struct arena;
struct value_set;
int value_set_build(struct arena *a, const char *const *allow, const char *const *except,
		    const struct value_set **ret_set, struct err *e);
/*
 * Whether it holds [value, value + len). Reads no other bytes; its cost is len times the patterns
 * and the logarithm of the values, and none for what is longer than all of them.
 */
bool value_set_has(const struct value_set *set, const u8 *value, size_t len);
/* How long a value that it holds can be, bytes. */
size_t value_set_max(const struct value_set *set);

/*
 * Whether what stands at text has reached the end of f's pattern, so that only its window keeps f
 * from matching more: the automaton reads as far as it can, and then goes on with no byte at all.
 * Reads at most SCRIM_WINDOW bytes, and none behind len.
 */
bool form_full(const struct form *f, const u8 *text, size_t len);

/*
 * Whether f's guard before p holds. text[0, p) is what can be looked back at (SCRIM_LOOKBACK
 * bytes are always enough); p == 0 means the text begins there. Reads three bytes at most.
 */
bool form_guard_before(const struct form *f, const u8 *text, size_t p);

/*
 * Whether f's guard after a match that ends before text[e] holds: 1 yes, 0 no, -EAGAIN if that
 * depends on bytes not there yet (only when !ends); a form with a tail waits for the byte at e, too.
 * Reads two bytes at most, none at len or behind, and for GUARD_GROUP 24 before e.
 */
int form_guard_after(const struct form *f, const u8 *text, size_t e, size_t len, bool ends);

/*
 * Whether a match of f may begin at p for its labels' sake: one stands before p if f needs
 * any, and none that forbids; and what else must stand there does. Reads text[p], which must be there, and at most SCRIM_LOOKBACK
 * bytes before it; its cost is theirs times the labels.
 */
bool form_labelled(const struct form *f, const u8 *text, size_t p);

/*
 * The labels of many forms, looked up together: at a place one look backwards tells for all.
 * Immutable once built; shared without locks.
 *   a     owns the index; it ends with the arena
 *   sets  1 to 64 of them; what they point to must outlive the index
 * Returns 0 with *ret_index, or -ENOMEM.
 */
struct label_index;
int label_index_build(struct arena *a, const struct label_set *const *sets, size_t nsets,
		      const struct label_index **ret_index);
/*
 * Bit i: a label of sets[i] stands before p. Reads what form_labelled() does,
 * and costs one such look for all sets together.
 */
u64 label_index_find(const struct label_index *x, const u8 *text, size_t p);
/*
 * What stands around the end of the i-th label of an index, each place a set of bytes: place 0
 * is the byte behind it, 1 its last byte, and so on backwards.
 * Returns false behind the last label.
 */
#define LABEL_PLACES 7
bool label_index_tail(const struct label_index *x, size_t i, bool ret_places[LABEL_PLACES][256]);
/*
 * Calls take() with the last bytes of the i-th label in each way that it may be written: with any separator, or none, where it
 * has a space, and with a last letter of either case unless it is exact. Other letters are in lower case, unless so.
 *   bytes  n of them, the last one first; fewer than LABEL_TAIL if that is all of the label
 * Returns false behind the last label.
 */
#define LABEL_TAIL 6
typedef void (*label_tail_fn)(void *arg, const u8 bytes[LABEL_TAIL], size_t n);
bool label_index_tails(const struct label_index *x, size_t i, label_tail_fn take, void *arg);
/*
 * The sets that have a label which ends at text[end), end < len.
 *   ret_gap  unless there are none: bit k if only what may stand between a label and its value stands
 *            in text[end, end + k + 1), as far as the farthest of the sets looks; how far each of
 *            them does says label_index_near()
 */
u64 label_index_ends(const struct label_index *x, const u8 *text, size_t end, size_t len,
		     u64 *ret_gap);
/*
 * Of an outline (outline.h): the sets that have a label which ends before outline[end] in some text that it
 * is of; 0 < end, and outline[end] is there. There may be too many, none is missing.
 *   ret_sure  those that have one in each of them
 *   looked    += labels that it took a look at: what it cost
 */
u64 label_index_may_end(const struct label_index *x, const u8 *outline, size_t end, u64 *ret_sure,
			size_t *looked);
/*
 * label_index_ends()'s gap, n bytes of it, of an outline: what it is in some text that it is of. There may be
 * too many bits, none is missing.
 *   ret_sure  what it is in each of them
 */
u64 label_may_gap(const u8 *outline, size_t end, size_t n, u64 *ret_sure);
/*
 * Bit k - 1 of that, 0 < k <= 64, where the bits before it are known: those of `gap`. Its others count for nothing.
 */
bool label_may_lead(const u8 *outline, size_t end, size_t k, u64 gap);
/* By distance, 0 to RULE_MAX_DISTANCE: the sets that look so far for a label. Lives as long as x. */
const u64 *label_index_near(const struct label_index *x);
/* Whether two sets answer the same everywhere, as far as their labels as written tell. Not NULL. */
bool label_set_same(const struct label_set *a, const struct label_set *b);

/*
 * The built-in rules, in order of precedence; *ret_n of them, for ruleset_compile(). Static
 * storage. Each names its source: the law, standard or registry that says what its values are.
 */
const struct rule_def *rules_builtin(size_t *ret_n);

/* A validator by its name ("ssn", "luhn", "npi", ...), for form_def.validate; NULL: there is none. */
validate_fn validator_find(const char *name);

/* The i-th validator's name, i from 0; NULL behind the last. Static storage. */
const char *validator_name(size_t i);

#endif
