/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HL7 v2, as MLLP frames or as bare messages: a state machine over its bytes.
 *
 *             ┌──────────────────────── segment's end ───────────────────────┐
 *     VT ─▶  NAME ── MSH ─▶ SEPARATORS ─▶ VALUE ◀─┬─ separator ─┐            │
 *     ▲        └─── others ──────────────▶        └─────────────┘ ───────────┘
 *     └── CR ◀─ FS at a segment's end
 *
 * Who reads the message next may take another byte for a line's end than we do, so:
 *   - what ends MSH (CR or LF) ends every segment of the message; the other one is data, as are
 *     the form feed and its like, and if what would be a segment follows one there, after blanks
 *     or at once, the message is refused;
 *   - a line that is no segment is refused, for it may be the rest of a value that was cut;
 *   - a character set in which separators may be parts of characters is refused (hl7_charset.c).
 * Names of segments count in either case. ADD goes on with the field before it, and is refused where
 * there is none: behind MSH and behind a name without fields. ADD by itself is but a marker.
 *
 * Sources: HL7 v2.8.2 chapter 2, sections 2.4 to 2.6 and 2.10; HL7 Transport Specification, MLLP
 * releases 1 and 2.
 */
#include "hl7_state.h"
#include <errno.h>
#include <string.h>

#define ACK 0x06 /* MLLP release 2 */
#define NAK 0x15

/* MSH, as far as it is read: the first character set of MSH-18 is what the message is written in. */
#define MSH_CHARACTER_SET 18
static const struct hl7_field head_fields[] = {
	[0 ... MSH_CHARACTER_SET] = {.matters = MSH_CHARACTER_SET},
};
static const struct hl7_segment head = {
	.last = MSH_CHARACTER_SET, .typed = MSH_CHARACTER_SET, .fields = head_fields};

static struct hl7 *hl7_of(struct frame *f)
{
	return (struct hl7 *)f->state;
}

/* The name is whole and c stands behind it. */
static int segment_begin(struct hl7 *h, const struct frame_map *m, u8 c)
{
	if (hl7_same_name(h->name, "ADD")) {
		/* In a message that continues another one what it goes on with is not known. */
		if (!h->continues)
			return -FLOW_HL7_SEGMENT;
		hl7_value_begin(h);
		return 0;
	}
	h->segment = hl7_segment_find(m->fields, h->name);
	h->field = h->component = 1;
	h->ntype = 0;
	h->type_ends = false;
	h->continues = !hl7_is_head(h->name, HL7_NAME);
	if (hl7_is_head(h->name, HL7_NAME)) {
		if (!hl7_separates(c))
			return -FLOW_HL7_SEPARATOR;
		h->separator = c;
		h->n = h->end = 0;
		memset(h->encoding, 0, sizeof(h->encoding));
		h->opened = true;
		h->place = SEPARATORS;
		return 0;
	}
	hl7_value_begin(h);
	return 0;
}

static void segment_end(struct hl7 *h)
{
	h->place = NAME;
	h->n = 0;
	h->intruder.state = NO_INTRUDER;
}

/* Outside of a frame: what may begin. */
static int step_outside(struct hl7 *h, u8 c)
{
	if (!h->begun && c == 0x16)
		return -FLOW_TLS;
	if (!h->begun && c == 0x1f)
		return -FLOW_COMPRESSED;
	if (c == '\r' || c == '\n')
		return 0;
	if (c != VT)
		return h->begun ? -FLOW_HL7_FRAME : -FLOW_HL7_NO_MSH;
	h->begun = h->framed = true;
	h->opened = false;
	segment_end(h);
	return 0;
}

static int step_frame_end(struct hl7 *h)
{
	if (!h->framed)
		return -FLOW_HL7_FRAME;
	h->place = OUTSIDE;
	return 0;
}

static int step_name(struct hl7 *h, const struct frame_map *m, u8 c)
{
	if (!h->n) {
		if (c == '\r' || c == '\n')
			return 0;
		if (c == FS)
			return step_frame_end(h);
		if (!h->opened && h->framed && (c == ACK || c == NAK)) {
			h->place = COMMIT;
			return 0;
		}
	}
	if (c == VT || c == FS)
		return -FLOW_HL7_FRAME;
	if (h->n < HL7_NAME) {
		h->name[h->n] = hl7_upper(c);
		if (!h->opened && !hl7_is_head(h->name, h->n + 1u))
			return -FLOW_HL7_NO_MSH;
		if (!hl7_in_name(c, h->n))
			return -FLOW_HL7_SEGMENT;
		h->n++;
		return 0;
	}
	if (c == h->separator || hl7_is_head(h->name, HL7_NAME))
		return segment_begin(h, m, c);
	if (c != h->end)
		return -FLOW_HL7_SEGMENT;
	/* A segment without fields leaves ADD none to go on with, unless it is the marker ADD. */
	h->continues &= hl7_same_name(h->name, "ADD");
	segment_end(h);
	return 0;
}

/* In MSH-2. */
static int step_separators(struct hl7 *h, u8 c)
{
	if (h->n && (c == h->separator || c == '\r' || c == '\n')) {
		/* Receivers take what is not said for what is recommended. */
		if (h->n == 1 && h->separator != '~' && h->encoding[0] != '~')
			h->encoding[1] = '~';
		h->segment = &head;
		h->field = 3;
		hl7_value_begin(h);
		if (c != h->separator) {
			h->end = c;
			segment_end(h);
		}
		return 0;
	}
	if (!hl7_separates(c) || c == h->separator || h->n == ENCODING_MAX ||
	    memchr(h->encoding, c, h->n))
		return -FLOW_HL7_SEPARATOR;
	h->encoding[h->n++] = c;
	return 0;
}

/* c ended a value. */
static int step_value(struct hl7 *h, u8 c)
{
	if (h->segment == &head && h->ntype > 1 && hl7_hides_separators(h->type))
		return -FLOW_HL7_SEPARATOR;
	h->designates = 0;
	switch (c) {
	case FS:
		return step_frame_end(h);
	case VT:
		return -FLOW_HL7_FRAME;
	case '\r':
	case '\n':
		if (h->end && c != h->end)
			h->opened = false; /* a blank line, of a file: the next message */
		h->end = c;
		segment_end(h);
		return 0;
	}
	h->intruder.state = NO_INTRUDER;
	h->type_ends |= h->ntype != 0; /* TX^A, of which a rule names a component, is TX */
	if (c == h->separator) {
		h->field = (u8)(h->field + (h->field < UINT8_MAX));
		h->component = 1;
	} else if (c == h->encoding[1]) {
		h->component = 1;
	} else {
		h->component = (u8)(h->component + (h->component < UINT8_MAX));
	}
	hl7_value_begin(h);
	return 0;
}

static int step_commit(struct hl7 *h, u8 c)
{
	return c == FS ? step_frame_end(h) : -FLOW_HL7_FRAME;
}

static int step(struct hl7 *h, const struct frame_map *m, u8 c)
{
	switch ((enum hl7_place)h->place) {
	case OUTSIDE:
		/* The first byte of a bare message is that of its name. */
		if (!h->begun && hl7_upper(c) >= 'A' && hl7_upper(c) <= 'Z') {
			h->begun = true;
			segment_end(h);
			return step_name(h, m, c);
		}
		return step_outside(h, c);
	case NAME:
		return step_name(h, m, c);
	case SEPARATORS:
		return step_separators(h, c);
	case VALUE:
		return step_value(h, c);
	case COMMIT:
		return step_commit(h, c);
	}
	return -FLOW_INTERNAL;
}

static int hl7_next(struct frame *f, const u8 *p, size_t len, struct run *ret_run)
{
	struct hl7 *h = hl7_of(f);
	const u8 *at = p, *end = p + len, *to;
	int r = 0;

	while (at < end) {
		if (h->place != VALUE) {
			r = step(h, f->map, *at++);
			if (r)
				return r;
			continue;
		}
		at = hl7_skip_fields(h, at, end);
		/* What was skipped so far is a run by itself. */
		if (h->kind != RUN_SKIP && at > p)
			break;
		to = hl7_value_end(h, f->map->isa, at, end, &r);
		if (r)
			return r;
		if (h->kind != RUN_SKIP && (to > at || h->running)) {
			*ret_run = (struct run){.kind = (enum run_kind)h->kind,
						.len = (size_t)(to - at),
						.rule = h->rule,
						.ends = to < end};
			h->running = true;
			if (to < end)
				h->kind = RUN_SKIP, h->running = false;
			return 0;
		}
		at = to;
		if (at < end) {
			r = step(h, f->map, *at++);
			if (r)
				return r;
		}
	}
	*ret_run = (struct run){.kind = RUN_SKIP, .len = (size_t)(at - p)};
	return 0;
}

static int hl7_finish(const struct frame *f)
{
	const struct hl7 *h = (const struct hl7 *)f->state;

	if (h->framed)
		return h->place == OUTSIDE ? 0 : -FLOW_HL7_UNFINISHED;
	if (h->place == SEPARATORS || (h->place == NAME && h->n))
		return -FLOW_HL7_UNFINISHED;
	return 0;
}

/* Of a file: its name says that the next message has begun. */
static bool hl7_between(const struct frame *f)
{
	const struct hl7 *h = (const struct hl7 *)f->state;

	if (h->place == OUTSIDE)
		return true;
	return !h->framed && h->place == NAME && h->n == HL7_NAME && hl7_is_head(h->name, HL7_NAME);
}

static const u8 *hl7_find_end(const u8 *p, const u8 *end)
{
	while (p < end && *p != FS && hl7_upper(*p) != 'H' && hl7_upper(*p) != 'S')
		p++;
	return p < end ? p + 1 : end;
}

static u8 hl7_escape(const struct frame *f)
{
	return ((const struct hl7 *)f->state)->encoding[2];
}

const struct format format_hl7 = {
	.name = "hl7",
	.compile = hl7_compile,
	.next = hl7_next,
	.finish = hl7_finish,
	.between = hl7_between,
	.find_end = hl7_find_end,
	.escape = hl7_escape,
	.text_field = hl7_text_field,
};
