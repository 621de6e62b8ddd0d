/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HL7 v2 messages: a writer that knows where it is, and so what the truth is.
 *
 *   seg(m, "PID"); at(m, 5); plant(m, "name", "Tesk"); comp(m); plant(m, "name", "Odette");
 *        ─▶  PID|||||Tesk^Odette   and   {at: 8, len: 4, kind: name, where: PID-5} ...
 */
#ifndef TESTS_GEN_HL7_H
#define TESTS_GEN_HL7_H

#include "gen.h"

struct hl7_style {
	const char *segment_end; /* "\r", "\n", "\r\n" */
	bool mllp;
};

struct hl7_separators {
	char field, component, repetition, escape, sub;
	const char *encoding; /* MSH-2 */
};

/* A message as it is written. */
struct msg {
	struct sink sink; /* free text goes in here: note_put() */
	struct rng r;
	struct person p;
	struct hl7_style style;
	const struct hl7_separators *seps;
	const char *version;
	char type[16], id[16];
	struct buf b;              /* from the first byte of MSH */
	struct buf values, fields; /* the truth, JSON objects with commas between */
	char segment[4];
	u32 field;
	size_t field_from;
};

/* Writer: segments, fields, components. */
void seg(struct msg *m, const char *name);
void seg_end(struct msg *m);
void at(struct msg *m, u32 field);
void comp(struct msg *m, u32 n); /* n component separators */
void sub(struct msg *m);
void rep(struct msg *m);
/* Text with what would be structure escaped; raw() writes as it is. */
void text(struct msg *m, const char *s);
void raw(struct msg *m, const char *s);
void escape(struct msg *m, const char *what); /* ".br" */
void plant(struct msg *m, const char *kind, const char *value);
/* at() and text(), for the many fields with one component. */
void field(struct msg *m, u32 n, const char *s);
void field_shape(struct msg *m, u32 n, const char *as);
void field_day(struct msg *m, u32 n, struct day d);
/* An expanded template: what it plants is noted. */
void note(struct msg *m, const char *template);

/* Segments (hl7_patient.c: about people; hl7_segments.c: the others). */
void msh(struct msg *m);
void evn(struct msg *m);
void pid(struct msg *m);
void pd1(struct msg *m);
void nk1(struct msg *m, u32 set);
void gt1(struct msg *m);
void in1(struct msg *m);
void mrg(struct msg *m);
void pv1(struct msg *m);
void orc(struct msg *m);
void obr(struct msg *m, u32 set);
void obx(struct msg *m, u32 set);
void nte(struct msg *m, u32 set);
void sch(struct msg *m);
void ais(struct msg *m);

/* Message i of a seed; the same bytes whatever the style but for its segment ends. */
void message_make(struct msg *m, u64 seed, u64 i);
void message_free(struct msg *m);

#endif
