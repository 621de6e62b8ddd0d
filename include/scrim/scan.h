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
 */
#ifndef SCRIM_SCAN_H
#define SCRIM_SCAN_H

#include <scrim/rules.h>

/* Instruction sets, worst first. SCRIM_ISA=scalar|avx2|avx512 in the environment forces one. */
enum isa { ISA_SCALAR, ISA_AVX2, ISA_AVX512, ISA_COUNT };

const char *isa_name(enum isa isa);
/* Whether this CPU has it. */
bool isa_usable(enum isa isa);
/* The best usable one, or the one named by `forced` ("avx2"; NULL: none): -EINVAL, -ENOTSUP with e set. */
int isa_choose(const char *forced, enum isa *ret_isa, struct err *e);

/* A ruleset prepared for scanning with an ISA. Immutable; shared without locks. */
struct scanner;

/*
 *   rs       must outlive the scanner
 *   enabled  rs->nrules flags, or NULL for all: the rules this scanner looks for
 * Returns 0, -ENOMEM.
 */
int scanner_new(const struct ruleset *rs, const bool *enabled, enum isa isa,
		struct scanner **ret_s);
void scanner_free(struct scanner *s);
/* The ISA whose code really runs. */
enum isa scanner_isa(const struct scanner *s);

struct match {
	u32 from, to;           /* the span, offsets into text */
	u32 mask_from, mask_to; /* the part to mask */
	u16 rule;
	u16 form;
};

struct scan_job {
	const u8 *text;
	size_t start; /* where scanning begins; text[0, start) is only looked back at */
	size_t len;
	bool ends;             /* nothing follows: everything is decided */
	struct match *matches; /* room for `cap` matches: len - start + 1 is always enough */
	size_t cap;
	u64 *rejected; /* by rule: += candidates decided here that a validator refused; may be NULL */
	/* out */
	size_t nmatches; /* in order of from, not overlapping */
	size_t decided;  /* start <= decided <= len; everything before it is final */
	u64 walked;      /* bytes that automata read: what confirming cost */
};

/*
 * Scans. Reads only text[0, len). No system call, no allocation. Linear: each place is asked
 * about once, by each form at most, and no form reads more than SCRIM_WINDOW + 17 bytes there.
 * Labels are looked for behind each byte once, and before each place that follows one once.
 * A match that may still grow, or whose end may still be refused by a guard, is undecided.
 * Invariant: len - decided <= SCRIM_WINDOW + 1.
 * A rejected candidate is counted once per (form, p) where the pattern, guards and labels hold
 * for some e, the validator accepts none of them, and p was not inside a chosen match.
 */
void scan(const struct scanner *s, struct scan_job *job);

/*
 * What the idle timer should mask of an undecided tail text[start, len): complete matches as if
 * the text ended here, and partial values that have reached their form's commit point.
 *   matches  room for `cap`; may overlap; mask_from/mask_to are set
 * Returns how many. The tail stays undecided: scan() sees it again with the bytes that follow.
 */
size_t scan_partial(const struct scanner *s, const u8 *text, size_t start, size_t len,
		    struct match *matches, size_t cap);

/* For whose sake an undecided tail is held: the first rule that may still
 * match from start on; start < len. */
u16 scan_holder(const struct scanner *s, const u8 *text, size_t start, size_t len);

/* The first byte in [p, end) that is c or below 0x20, else end. Reads only [p, end). */
const u8 *scan_find_control(enum isa isa, const u8 *p, const u8 *end, u8 c);

#endif
