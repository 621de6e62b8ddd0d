/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Framing: which bytes of a stream are structure, text, or a named field.
 *
 * A framer is a state machine without look-ahead: every byte it is given belongs to a run the
 * moment it is seen, so nothing is ever held for its sake.
 *
 *     PID|1||123456^^^HOSP^MR||DOE^JANE|                NTE|1||SSN 123-45-6789
 *     SKIP...FIELD..SKIP......FIELD....SKIP             SKIP...TEXT...........
 *
 * SKIP is passed on as it is; TEXT is scanned with patterns; FIELD is a value masked whole.
 * Matches never cross a run's end.
 */
#ifndef SCRIM_FRAME_H
#define SCRIM_FRAME_H

#include <scrim/abi.h>
#include <scrim/rules.h>
#include <scrim/scan.h>

enum frame_format { FORMAT_TEXT, FORMAT_HL7, FORMAT_COUNT };

/* "text", "hl7" */
const char *format_name(enum frame_format f);
/* By name: 0 and *ret_format, or -ENOENT. */
int format_parse(const char *name, enum frame_format *ret_format);

enum run_kind { RUN_SKIP, RUN_TEXT, RUN_FIELD };

/* A piece of a run. */
struct run {
	enum run_kind kind;
	size_t len; /* bytes; 0 only to say that a run that began earlier ends here */
	u16 rule;   /* RUN_FIELD: index of the rule whose field this is */
	bool ends; /* what follows is another run. Else a TEXT or FIELD piece goes to the chunk's end */
};

/*
 * Which fields of a format are masked, compiled from the enabled rules' `fields`.
 * Immutable; shared.
 */
struct frame_map;
/*
 *   enabled  rs->nrules flags or NULL for all; a field that two rules name is the first one's
 *   isa      whose code looks for separators
 * Returns 0; -EINVAL with e set (a selector that the format does not know), -ENOMEM.
 */
int frame_map_new(enum frame_format format, const struct ruleset *rs, const bool *enabled,
		  enum isa isa, struct frame_map **ret_map, struct err *e);
/* Frames of it must be gone. NULL is allowed. */
void frame_map_free(struct frame_map *m);

/* The state of one stream; small, copied by assignment. */
struct frame {
	const struct frame_map *map;
	u64 state[6]; /* the format's own */
};

/* The begin of a stream; m must outlive f. */
void frame_init(struct frame *f, const struct frame_map *m);

/*
 * The next piece of [p, p + len), len > 0.
 * Returns 0 with *ret_run (its len <= len; a piece of length 0 makes progress in state),
 * or a negative reason: -FLOW_TLS, -FLOW_HL7_NO_MSH, ... (enum scrim_flow of abi.h).
 * Cost: linear. Invariant: the pieces of a stream, glued together, are the same however the
 * stream is cut.
 */
int frame_next(struct frame *f, const u8 *p, size_t len, struct run *ret_run);

/* The stream ends here: 0, or a reason (-FLOW_HL7_UNFINISHED). */
int frame_finish(const struct frame *f);

/*
 * Records: a line of text, an HL7 message. Between two of them nothing of the map is in use, and
 * another one of the same format may take its place. A bare HL7 message ends where the next one
 * has said that it is one: "between" is then behind its name, of which nothing is ever masked.
 */
bool frame_between(const struct frame *f);
/* How many bytes of [p, p + len) go up to such a place, at least one; 0: there is none. Linear. */
size_t frame_record_end(const struct frame *f, const u8 *p, size_t len);
/* Goes on with another map of the same format. Only where frame_between(). */
void frame_change(struct frame *f, const struct frame_map *m);

/* The escape character now in force, which a masked value keeps with what it escapes; 0: none. */
u8 frame_escape(const struct frame *f);

/* The i-th place where a format has free text ("NTE-3"), NULL behind the last; text: none. */
const char *frame_text_field(enum frame_format format, size_t i);

#endif
