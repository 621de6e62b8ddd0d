/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the state machine of hl7.c is, which hl7_value.c goes on with inside of values. */
#ifndef FRAME_HL7_STATE_H
#define FRAME_HL7_STATE_H

#include "hl7.h"

#define VT 0x0b
#define FS 0x1c

#define ENCODING_MAX 5 /* component, repetition, escape, subcomponent, truncation */

enum hl7_place {
	OUTSIDE,    /* of a frame, or at the stream's begin */
	NAME,       /* at a segment's begin, `n` bytes of its name seen */
	SEPARATORS, /* in MSH-2, `n` bytes of it seen */
	VALUE,
	COMMIT, /* behind ACK or NAK, which stand alone in a frame */
};

struct hl7 {
	const struct hl7_segment *segment; /* NULL: nothing in it matters */
	u8 place;
	u8 n;
	bool begun;   /* the stream has */
	bool framed;  /* by MLLP */
	bool opened;  /* MSH, or what stands for it, was seen in this frame */
	bool running; /* bytes of a TEXT or FIELD run were given out */
	u8 field, component;
	u8 separator;
	u8 encoding[ENCODING_MAX];
	u8 end; /* of segments, CR or LF; 0: not known yet */
	struct hl7_intruder intruder;
	u8 designates; /* hl7_designates() */
	u8 name[HL7_NAME];
	u8 type[2], ntype; /* what the typed field holds: letters and digits, in front of others */
	bool type_ends;
	bool continues; /* ADD has a field to go on with */
	u8 kind;        /* of the value, enum run_kind */
	bool by_component;
	u16 rule;
} __attribute__((may_alias)); /* lies in struct frame's state */
_Static_assert(sizeof(struct hl7) <= sizeof(((struct frame *)0)->state), "the state fits");

/* The state is in a value, the next one: what that is. */
void hl7_value_begin(struct hl7 *h);
/*
 * The first byte behind the value that goes on at p, or end. Of ISA is the code that looks for it.
 *   ret_reason  set where the value is refused, else as it was
 */
const u8 *hl7_value_end(struct hl7 *h, enum isa isa, const u8 *p, const u8 *end, int *ret_reason);
/*
 * Where nothing is to be looked at in the field that goes on at p, but in a later one: goes on up to that, to a control,
 * or to where the text is about to break off. Else p.
 */
const u8 *hl7_skip_fields(struct hl7 *h, const u8 *p, const u8 *end);

#endif
