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

#endif
