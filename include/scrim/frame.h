/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Framing: which bytes of a stream are structure, text, or a named field.
 *
 * A framer is a state machine without look-ahead: every byte it is given belongs to a run the
 * moment it is seen, so nothing is ever held for its sake.
 *
 *   bytes ─▶ frame_next() ─▶ SKIP | TEXT | FIELD pieces, RUN_ENDS and RECORD_ENDS marks
 *
 * Matches never cross a run's end. SKIP is passed on as it is; TEXT is scanned with patterns;
 * FIELD is a value masked whole.
 */
#ifndef SCRIM_FRAME_H
#define SCRIM_FRAME_H

#include <scrim/abi.h>
#include <scrim/rules.h>
#include <scrim/scan.h>

enum frame_format { FORMAT_TEXT, FORMAT_HL7, FORMAT_COUNT };

const char *format_name(enum frame_format f);
int format_parse(const char *name, enum frame_format *ret_format);

enum run_kind { RUN_SKIP, RUN_TEXT, RUN_FIELD };

struct run {
	enum run_kind kind;
	size_t len;        /* bytes of this piece, >= 0 (0 only to say that a run ends) */
	u16 rule;          /* RUN_FIELD: index of the rule whose field this is */
	bool ends;         /* the run ends with this piece: what follows is another run */
	bool record_ends;  /* and with it the record */
};

/*
 * Which fields of a format are masked, compiled from the enabled rules' `fields`.
 * Immutable; shared.
 */
struct frame_map;
/*
 *   enabled  rs->nrules flags or NULL for all
 * Returns 0; -EINVAL with e set (a selector that the format does not know), -ENOMEM.
 */
int frame_map_new(enum frame_format format, const struct ruleset *rs, const bool *enabled,
		  enum isa isa, struct frame_map **ret_map, struct err *e);
void frame_map_free(struct frame_map *m);

/* The state of one stream; small, copied by assignment. Zeroed by frame_init(). */
struct frame {
	const struct frame_map *map;
	u8 state[56];      /* the format's own */
};

void frame_init(struct frame *f, const struct frame_map *m);

/*
 * The next piece of [p, p + len), len > 0.
 * Returns 0 with *ret_run (its len <= len; a piece of length 0 makes progress in state),
 * or a negative reason: -FLOW_TLS, -FLOW_HL7_NO_MSH, ... (enum scrim_flow of abi.h).
 * Cost: linear. Invariant: the pieces of a stream, glued together, are the same however the
 * stream is cut (adjacent pieces of one run may be cut anywhere).
 */
int frame_next(struct frame *f, const u8 *p, size_t len, struct run *ret_run);

/* The stream ends here: 0, or a reason (-FLOW_HL7_UNFINISHED). */
int frame_finish(struct frame *f);

/* True between records: nothing of a record has been seen yet. */
bool frame_at_boundary(const struct frame *f);

/* HL7: the escape character in force (0: none); text: 0. Needed to keep escapes in a masked field. */
u8 frame_escape(const struct frame *f);

#endif
