/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Scanning: all matches of a ruleset in a run of text, exact on every split.
 *
 *      text                     start                                        len
 *        │ looked back at, decided │ to be scanned                            │
 *        ▼                         ▼                                          ▼
 *        ............................................................[ undecided ]
 *                                                                    ▲
 *                                                                 decided
 *
 * The caller keeps [decided, len) and up to SCRIM_LOOKBACK bytes before it, and gives them
 * again in front of the next bytes; what is decided never depends on where the text was cut.
 * mask.h does so for a stream. A text that is all there needs a single call:
 *
 *	const struct rule_def *builtin;
 *	struct ruleset *rules;
 *	struct scanner *scanner;
 *	struct match found[1024];
 *	struct scan_job job = {.text = (const u8 *)text, .len = strlen(text), .ends = true,
 *			       .matches = found, .cap = 1024};
 *	enum isa isa;
 *	size_t n;
 *
 *	builtin = rules_builtin(&n);
 *	if (job.len >= job.cap || isa_choose(NULL, &isa, NULL) ||
 *	    ruleset_compile(builtin, n, &rules, NULL) || scanner_new(rules, NULL, isa, &scanner))
 *		return 1;
 *	scan(scanner, &job);
 *	for (size_t i = 0; i < job.nmatches; i++)
 *		printf("%s %u %u\n", rules->rules[found[i].rule].name, found[i].from, found[i].to);
 *	scanner_free(scanner);
 *	ruleset_free(rules);
 *
 * What a match is stands in rules.h. How it is found, and why cuts do not matter, is told in
 * user/scan/README.md. Nothing here makes a system call; only scanner_new() allocates.
 */
#ifndef SCRIM_SCAN_H
#define SCRIM_SCAN_H

#include <scrim/rules.h>

/*
 * Instruction sets, worst first. All of them find the same matches, undecided tails and counts.
 * scrim's own programs take one from SCRIM_ISA in the environment; the library reads none.
 */
enum isa { ISA_SCALAR, ISA_NEON, ISA_SSE42, ISA_AVX2, ISA_AVX512, ISA_COUNT };

/* "scalar", "neon" (arm64), "sse42", "avx2", "avx512" (x86-64): static storage. */
const char *isa_name(enum isa isa);
/*
 * Whether this CPU, and the kernel under it, has all that the code of this ISA uses. False for what
 * is not built in (x86-64's on arm64, and the other way round) and for ISA_COUNT; ISA_SCALAR is
 * usable everywhere.
 */
bool isa_usable(enum isa isa);
/*
 * The ISA to scan with.
 *   forced   a name of isa_name(), borrowed for the call; NULL: the best usable one
 *   ret_isa  untouched on failure
 *   e        may be NULL
 * Returns 0; -EINVAL (no ISA is called so) or -ENOTSUP (this CPU does not have it), e set. With
 * NULL it never fails. Cost: a few looks at what the CPU said when the program began.
 */
int isa_choose(const char *forced, enum isa *ret_isa, struct err *e);

/* A ruleset prepared for scanning with an ISA. Immutable; shared by threads without locks. */
struct scanner;

/*
 * Builds all tables that scanning reads.
 *   rs       borrowed: must outlive the scanner
 *   enabled  rs->nrules flags, or NULL for all: the rules this scanner looks for; borrowed for the
 *            call. A rule that is off takes no match from another one
 *   isa      a usable one (isa_choose()); scanning with another one ends in SIGILL
 *   ret_s    the caller's, for scanner_free(); untouched on failure
 * Returns 0, or -ENOMEM: there is no other failure. Cost: it grows with the forms; for the built-in
 * rules some tenths of a second, and some hundred KiB that stay.
 */
int scanner_new(const struct ruleset *rs, const bool *enabled, enum isa isa,
		struct scanner **ret_s);
/* Whether scanner_new() would make the same of these. */
bool scanner_is_of(const struct scanner *s, const struct ruleset *rs, const bool *enabled,
		   enum isa isa);
/* Returns s, which has one owner more, for scanner_free(). Owners come and go in one thread at a time. */
struct scanner *scanner_share(struct scanner *s);
/* It goes with its last owner; no thread may be scanning with it then. NULL is allowed. */
void scanner_free(struct scanner *s);
/* The ISA whose code really runs. */
enum isa scanner_isa(const struct scanner *s);

/* How the matches of a form are found; the automaton always has the last word. */
enum scan_path {
	PATH_SHAPE,    /* its first bytes, as one of the shapes that all forms share */
	PATH_ANCHOR,   /* a byte that it cannot do without, and what stands around that */
	PATH_LABEL,    /* only behind a label that was seen, then by its first bytes */
	PATH_AUTOMATON /* its first bytes say too little: it is asked about wherever it may begin */
};
/* "shape", "anchor", "label", "automaton": static storage. */
const char *scan_path_name(enum scan_path path);

struct scan_cost {
	enum scan_path path;
	/*
	 * How many places of a byte of ordinary text are asked about, an estimate: of
	 * PATH_LABEL, behind its labels; else anywhere.
	 */
	float rate;
};
/*
 * What a form costs the scanner.
 *   form  index into ruleset.forms
 * Returns 0; -ENOENT (the form's rule is off), -ENOMEM. Cost: some milliseconds; for tools.
 */
int scan_explain(const struct scanner *s, u16 form, struct scan_cost *ret_cost);

/* from <= mask_from <= mask_to <= to, all of them byte offsets into the job's text. */
struct match {
	u32 from, to;           /* the span */
	u32 mask_from, mask_to; /* the part to mask: what a pattern marks with ( ), else the span */
	u16 rule;               /* index into ruleset.rules */
	u16 form;               /* index into ruleset.forms */
};

/*
 * What a thread remembers of lines: machines write the same ones again and again, with other numbers, and where
 * something may match in such a line need be found out only once. It saves time and changes nothing else.
 * Some 19 MiB, of which only what repeats is touched. It holds the words of lines that came twice, not their
 * digits. One thread at a time may use it, with any scanners, and after them.
 */
struct scan_memo;
/* Returns 0 with *ret_m, the caller's, for scan_memo_free(); -ENOMEM. */
int scan_memo_new(struct scan_memo **ret_m);
/* Wipes it. NULL is allowed. */
void scan_memo_free(struct scan_memo *m);

/*
 * For a caller who masks what is a number (form.numeric) by one digit in place of all of its digits, and whatever the rule
 * is: that may be done at once for some of the matches, which are not returned then but counted. Which ones is up to scan();
 * none of what may be looked back at, or be given again, is changed.
 */
#define SCAN_FILL_RULES 64           /* it is done for the first ones only */
#define SCAN_FILLED     (1ULL << 32) /* what a match adds to a count, beside its digits */
struct scan_fill {
	u8 *text;    /* scan_job.text; NULL: nothing is filled */
	size_t from; /* no byte before it is changed */
	u8 digit;    /* in place of each digit */
	u64 *counts; /* by rule, SCAN_FILL_RULES: added to */
};

/* A call of scan(): what to read, and what was found. All memory is the caller's. */
struct scan_job {
	const u8 *text;        /* any bytes, at any alignment; NUL is a byte like others */
	size_t start;          /* where scanning begins; text[0, start) is only looked back at */
	size_t len;            /* bytes, less than 4 GiB: offsets are 32 bits */
	bool ends;             /* nothing follows: everything is decided */
	struct match *matches; /* room for `cap` matches */
	size_t cap;            /* at least len - start + 1, which is always enough; not checked */
	u64 *rejected; /* by rule: += candidates decided here that a validator refused; may be NULL */
	struct scan_memo *memo; /* this thread's, changed; or NULL */
	struct scan_fill fill;  /* zeros: nothing is filled */
	/* out */
	size_t nmatches;            /* in order of from, not overlapping */
	size_t decided;             /* start <= decided <= len; everything before it is final */
	u64 refused[RULE_MAX / 64]; /* a bit for each rule of which a candidate was refused */
	u64 filled;                 /* a bit for each rule whose count was added to */
	u64 walked;                 /* bytes that automata read: what confirming cost */
	u64 looked_up;              /* places where a label was looked up: what labels cost */
};

/*
 * All matches of text[start, decided), from left to right: at each place the longest, of equals
 * the one whose rule comes first, and none inside of another.
 *   s    of a ruleset and an ISA; any number of threads may use it at once
 *   job  its inputs are read, its outputs overwritten; `rejected` is added to
 * Reads only text[0, len), not a byte beyond it. No system call, no allocation, no failure.
 * Cost: linear. Each place is asked about once, by each form at most, and no form reads more
 * than SCRIM_WINDOW + 8 bytes there. Labels are looked up behind each byte of [start, len) and of the
 * RULE_MAX_DISTANCE before it once at most. `walked` and `looked_up` say what it came to. They do not say
 * what a memo learns of lines that come again: that takes up to about 2 ms for a line, and in all no more
 * than about 10 ms for a beginning and half a nanosecond for each byte read since.
 * A match that may still grow, or whose end may still be refused by a guard, is undecided.
 * Invariants: len - decided <= SCRIM_WINDOW; with `ends`, decided == len; glued together the
 * matches and the rejected candidates of all calls are the same for every cut of a text.
 * A rejected candidate is counted once per (form, p) where the pattern, guards and labels hold
 * for some e, the validator accepts none of them, and p was not inside a chosen match.
 */
void scan(const struct scanner *s, struct scan_job *job);

/*
 * What the idle timer should mask of an undecided tail text[start, len): complete matches as if
 * the text ended here, and partial values that have reached their form's commit point
 * (form_def.commit_unit).
 *   text     as for scan(): up to SCRIM_LOOKBACK bytes before start are looked back at
 *   matches  room for `cap`; they may overlap, in order of from; of a partial value the whole of
 *            what is there is to be masked
 * Returns how many, at most cap; twice the tail's length is always enough. The tail stays
 * undecided: scan() sees it again with the bytes that follow, and counts are its business.
 * Reads only text[0, len). As scan(), for any number of threads at once.
 * Cost: the tail's length times the forms that its bytes fit, and no prefilter: for tails only.
 */
size_t scan_partial(const struct scanner *s, const u8 *text, size_t start, size_t len,
		    struct match *matches, size_t cap);

/*
 * For whose sake an undecided tail text[start, len) is held, start < len: the first rule that may
 * still match from start on, an index into ruleset.rules; 0 where none could. Reads only
 * text[0, len). Cost: that of one place.
 */
u16 scan_holder(const struct scanner *s, const u8 *text, size_t start, size_t len);

/*
 * The first byte in [p, end) that is c or below 0x20, else end. A framer finds its separators
 * with it. Reads only [p, end); isa must be usable. Cost: linear, some bytes a cycle.
 */
const u8 *scan_find_control(enum isa isa, const u8 *p, const u8 *end, u8 c);

#endif
