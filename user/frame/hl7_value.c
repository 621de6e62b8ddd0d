/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values of HL7: what one is, and where it ends. A segment has many fields, most of them empty or of no interest: those
 * are gone over sixteen bytes at a time.
 *
 *     PID|1||82155^^^HOSP^MR||DOE^JANE|||F|||
 *         ──▶────────────────▶────────          from one field that matters to the next
 */
#include "hl7_state.h"
#include <scrim/sixteen.h>
#include <string.h>

static bool is_text_type(const struct hl7 *h)
{
	static const char types[][3] = {"TX", "FT", "ST", "ED"};

	for (size_t i = 0; i < array_size(types); i++)
		if (h->ntype == 2 && !memcmp(h->type, types[i], 2))
			return true;
	return false;
}

/* The rule of a component that is masked by itself; NULL: it is not. */
static const struct hl7_component *component_find(const struct hl7_segment *s,
						  const struct hl7_field *f, u8 number)
{
	for (const struct hl7_component *c = s->components + f->first;
	     c < s->components + f->first + f->n; c++)
		if (c->number == number)
			return c;
	return NULL;
}

void hl7_value_begin(struct hl7 *h)
{
	const struct hl7_segment *s = h->segment;
	const struct hl7_component *c;
	const struct hl7_field *f;

	h->place = VALUE;
	h->kind = RUN_SKIP;
	h->running = h->by_component = false;
	if (!s || h->field > s->last)
		return;
	f = &s->fields[h->field];
	h->by_component = !f->whole && f->n;
	c = h->by_component ? component_find(s, f, h->component) : NULL;
	if (f->whole || c) {
		h->kind = RUN_FIELD;
		h->rule = c ? c->rule : f->rule;
	} else if (f->text && (!s->typed || is_text_type(h))) {
		h->kind = RUN_TEXT; /* of a field that rules name parts of, each other part */
	}
}

static void step_type(struct hl7 *h, u8 c)
{
	if (!hl7_in_name(c, 1)) {
		h->type_ends |= h->ntype != 0;
	} else if (!h->type_ends && h->ntype < 3) {
		if (h->ntype < array_size(h->type))
			h->type[h->ntype] = hl7_upper(c);
		h->ntype++;
	}
}

/* Whether c ends the value. */
static bool ends_value(const struct hl7 *h, u8 c)
{
	if (c == h->separator || c == FS || c == VT)
		return true;
	if (h->by_component && c && (c == h->encoding[0] || c == h->encoding[1]))
		return true;
	return h->end ? c == h->end : c == '\r' || c == '\n';
}

/* The first byte of [p, end) that may end the value, or is a control. Most values are short. */
static const u8 *find_stop(const struct hl7 *h, enum isa isa, const u8 *p, const u8 *end,
			   u8 separator)
{
	if (end - p >= 16) {
		sixteen v = sixteen_load(p), stops = (sixteen)(v < ' ') | (sixteen)(v == separator);
		unsigned int bits;

		if (h->by_component)
			stops |= (sixteen)(v == h->encoding[0]) | (sixteen)(v == h->encoding[1]);
		bits = sixteen_bits(stops);
		if (bits)
			return p + __builtin_ctz(bits);
		p += 16;
	}
	return h->by_component ? p : scan_find_control(isa, p, end, separator);
}

const u8 *hl7_value_end(struct hl7 *h, enum isa isa, const u8 *p, const u8 *end, int *ret_reason)
{
	bool whole = !h->segment || h->field > h->segment->last;
	bool typed = h->segment && h->segment->typed == h->field;

	for (; p < end; p++) {
		/* In a file two of the other line ends in a row part messages. */
		if (h->intruder.state == AFTER_LINE && !h->framed && (*p == '\r' || *p == '\n') &&
		    *p != h->end)
			return p;
		if (h->intruder.state && hl7_intruder_step(&h->intruder, *p, h->separator)) {
			*ret_reason = -FLOW_HL7_SEGMENT;
			return p;
		}
		if (h->designates && hl7_designates(&h->designates, *p)) {
			*ret_reason = -FLOW_HL7_SEPARATOR;
			return p;
		}
		/* In the rest of a segment separators do not matter, but for what is checked. */
		if (!typed && !h->intruder.state && !h->designates)
			p = find_stop(h, isa, p, end, whole ? 0 : h->separator);
		if (p == end || (ends_value(h, *p) && !(whole && *p == h->separator)))
			return p;
		hl7_intruder_find(&h->intruder, *p, h->end);
		if (*p == 0x1b)
			hl7_designates(&h->designates, *p);
		if (typed)
			step_type(h, *p);
	}
	return end;
}

/* Whether there is nothing to look at in the field that is read, but in a later one. */
static bool may_skip(const struct hl7 *h)
{
	return h->segment && h->field <= h->segment->last && !h->intruder.state && !h->designates &&
	       h->segment->fields[h->field].matters > h->field;
}

const u8 *hl7_skip_fields(struct hl7 *h, const u8 *p, const u8 *end)
{
	u8 to;

	if (!may_skip(h))
		return p;
	to = h->segment->fields[h->field].matters;
	for (; end - p >= 16; p += 16) {
		sixteen v = sixteen_load(p);
		unsigned int controls = sixteen_bits((sixteen)(v < ' '));
		unsigned int ends =
			sixteen_bits((sixteen)(v == h->separator)) & ~(controls | -controls);

		for (; ends; ends &= ends - 1) {
			if (++h->field < to)
				continue;
			hl7_value_begin(h);
			return p + __builtin_ctz(ends) + 1;
		}
		if (controls)
			return p + __builtin_ctz(controls);
	}
	return p;
}
