/* SPDX-License-Identifier: BSD-2-Clause */
/* HL7 v2: which fields of which segments matter, looked up by the state machine in hl7.c. */
#ifndef FRAME_HL7_H
#define FRAME_HL7_H

#include "format.h"

#define HL7_NAME 3 /* bytes of a segment's name */

/* One selector. */
struct hl7_field {
	u8 field;     /* 1... */
	u8 component; /* 0: the whole field */
	u16 rule;
};

/* A segment with something to look at. */
struct hl7_segment {
	char name[HL7_NAME];
	u8 last;      /* the last field that matters */
	u8 text;      /* free text; 0: none */
	u8 typed;     /* the field that says whether the text is text; 0: always */
	u16 first, n; /* its fields: hl7_fields.fields[first, first + n), those of rules first */
};

struct hl7_fields {
	u16 nsegments;
	const struct hl7_segment *segments;
	const struct hl7_field *fields;
};

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
