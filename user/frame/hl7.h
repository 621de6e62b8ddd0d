/* SPDX-License-Identifier: BSD-2-Clause */
/* HL7 v2: which fields of which segments matter, looked up by the state machine in hl7.c. */
#ifndef FRAME_HL7_H
#define FRAME_HL7_H

#include "format.h"

#define HL7_NAME 3 /* bytes of a segment's name */

/* A component that is masked by itself. */
struct hl7_component {
	u8 number; /* 1... */
	u16 rule;
};

struct hl7_field {
	bool whole; /* all of it is masked, by `rule` */
	bool text;  /* what of it no rule names is text */
	u8 matters; /* the first field from this one on in which there is something to look at */
	u16 rule;
	u16 first, n; /* of hl7_segment.components */
};

/* A segment with something to look at. */
struct hl7_segment {
	char name[HL7_NAME];
	u8 last;  /* the last field that matters */
	u8 text;  /* free text; 0: none */
	u8 typed; /* the field that says whether the text is text; 0: always */
	const struct hl7_field *fields; /* by number, 0 to `last` */
	const struct hl7_component *components;
};

struct hl7_fields {
	u16 nsegments;
	const struct hl7_segment *segments;
};

/* Whether two names of segments are the same. */
static inline bool hl7_same_name(const void *a, const void *b)
{
	const u8 *x = a, *y = b;

	return x[0] == y[0] && x[1] == y[1] && x[2] == y[2];
}

int hl7_compile(struct frame_map *m, const struct ruleset *rs, const bool *enabled, struct err *e);
const char *hl7_text_field(size_t i);

/* NULL: nothing in it matters. */
const struct hl7_segment *hl7_segment_find(const struct hl7_fields *f, const u8 *name);

/* ASCII letters in capitals. */
u8 hl7_upper(u8 c);
/* Whether c can be the i-th byte of a segment's name. */
bool hl7_in_name(u8 c, unsigned int i);
/* Whether the first n bytes of a name, in capitals, are those of MSH, FHS or BHS. */
bool hl7_is_head(const u8 *name, size_t n);
/* Whether c may be a separator: not what values are made of, nor what ends a line. */
bool hl7_separates(u8 c);

/* What stands behind a byte inside a value that another reader may take for a line's end. */
struct hl7_intruder {
	u8 state; /* enum intruder, + the bytes of a name there */
	u8 name[HL7_NAME];
};

enum intruder {
	NO_INTRUDER,
	AFTER_LINE, /* right behind CR or LF */
	AFTER_BLANK, /* blanks or controls have followed, or it was a rarer line end; n more: bytes of a name */
};

/* c is in a value of a message whose segments end with `end` (0: not known yet). */
void hl7_intruder_find(struct hl7_intruder *n, u8 c, u8 end);
/* The next byte, n->state not being NO_INTRUDER: true where a segment has begun. */
bool hl7_intruder_step(struct hl7_intruder *n, u8 c, u8 separator);

/*
 * Bytes of a character that are taken for separators lead every reader astray. Whether c, in a value,
 * ends an escape of ISO/IEC 2022 that turns to another character set.
 *   state  of the value so far, 0 at its begin
 */
bool hl7_designates(u8 *state, u8 c);
/* Whether a name of HL7's table 0211 that begins with these two letters is of such a set. */
bool hl7_hides_separators(const u8 *name);

#endif
