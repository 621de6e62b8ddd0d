/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Segments about orders, results and visits. They are full of what must arrive as it was sent:
 * order numbers that pass the check of an NPI, results, codes, providers' names, timestamps.
 */
#include "hl7.h"
#include <stdio.h>
#include <string.h>

/* A timestamp of the system's own. */
static void field_time(struct msg *m, u32 n)
{
	const struct day d = day_make(&m->r, 2024, 2026);
	const u32 t = rng_below(&m->r, 86400);

	field_day(m, n, d);
	buf_printf(&m->b, "%02u%02u%02u", t / 3600, t / 60 % 60, t % 60);
}

/* EI: an order's number; one in two passes the check of an NPI. */
static void field_order(struct msg *m, u32 n)
{
	char out[VALUE_MAX];

	if (rng_one_in(&m->r, 2))
		npi_make(&m->r, out);
	else
		shape(&m->r, "*#########", out);
	field(m, n, out);
	comp(m, 1);
	text(m, "OE");
}

/* XCN */
static void field_provider(struct msg *m, u32 n)
{
	char out[VALUE_MAX];

	npi_make(&m->r, out);
	field(m, n, out);
	comp(m, 1);
	text(m, person_provider(&m->r));
	comp(m, 1);
	shape(&m->r, "@", out);
	text(m, out);
}

static void field_set(struct msg *m, u32 set)
{
	char out[16];

	snprintf(out, sizeof(out), "%u", set);
	field(m, 1, out);
}

void msh(struct msg *m)
{
	seg(m, "MSH");
	buf_put(&m->b, &m->seps->field, 1);
	m->field = 2;
	m->field_from = m->b.len;
	raw(m, m->seps->encoding);
	field(m, 3, "REGISTER");
	field(m, 4, "TARROW");
	field(m, 5, "ARCHIVE");
	field(m, 6, "QUAY & SONS");
	field_time(m, 7);
	at(m, 9);
	for (const char *c = m->type; *c; c++)
		if (*c == '^')
			comp(m, 1);
		else
			buf_put(&m->b, c, 1);
	field(m, 10, m->id);
	field(m, 11, "P");
	field(m, 12, m->version);
	field(m, 18, "UNICODE UTF-8");
	seg_end(m);
}

void evn(struct msg *m)
{
	char event[4];

	snprintf(event, sizeof(event), "%.3s", m->type + 4); /* "A01" */
	seg(m, "EVN");
	if (strcmp(m->version, "2.7") < 0)
		field(m, 1, event);
	field_time(m, 2);
	field_provider(m, 5);
	seg_end(m);
}

void pd1(struct msg *m)
{
	seg(m, "PD1");
	field(m, 3, "Stonequay Clinic");
	field_provider(m, 4);
	seg_end(m);
}

void pv1(struct msg *m)
{
	seg(m, "PV1");
	field(m, 1, "1");
	field(m, 2, rng_one_in(&m->r, 2) ? "I" : "O");
	field_shape(m, 3, "W*");
	comp(m, 1);
	text(m, "104");
	field_provider(m, 7);
	field_provider(m, 8);
	field(m, 10, "MED");
	at(m, 19);
	plant(m, "visit", m->p.visit);
	field_time(m, 44);
	if (rng_one_in(&m->r, 3)) {
		at(m, 50);
		plant(m, "visit", m->p.account);
	}
	seg_end(m);
}

void orc(struct msg *m)
{
	seg(m, "ORC");
	field(m, 1, "NW");
	field_order(m, 2);
	field_order(m, 3);
	field(m, 5, "SC");
	field_time(m, 9);
	field_provider(m, 12);
	seg_end(m);
}

void obr(struct msg *m, u32 set)
{
	seg(m, "OBR");
	field_set(m, set);
	field_order(m, 2);
	field_order(m, 3);
	field(m, 4, "24323-8");
	comp(m, 1);
	text(m, "Comprehensive panel");
	comp(m, 1);
	text(m, "LN");
	field_time(m, 7);
	field_provider(m, 16);
	field_time(m, 22);
	field(m, 25, "F");
	seg_end(m);
}

void sch(struct msg *m)
{
	seg(m, "SCH");
	field_order(m, 1);
	field_order(m, 2);
	field(m, 6, "ROUTINE");
	field(m, 9, "30");
	field(m, 10, "min");
	seg_end(m);
}

void ais(struct msg *m)
{
	seg(m, "AIS");
	field(m, 1, "1");
	field(m, 3, "MRI");
	field_time(m, 4);
	field(m, 7, "45");
	seg_end(m);
}

/* Sentences one after the other; in formatted text lines end in an escape. */
static void sentences(struct msg *m, u32 n, bool formatted)
{
	for (u32 i = 0; i < n; i++) {
		if (i && formatted && rng_one_in(&m->r, 2))
			escape(m, ".br");
		else if (i)
			text(m, " ");
		note(m, note_sentence(&m->r));
	}
}

void nte(struct msg *m, u32 set)
{
	seg(m, "NTE");
	field_set(m, set);
	field(m, 2, "L");
	at(m, 3);
	/* Some notes are long: they do not fit a packet. */
	sentences(m, rng_one_in(&m->r, 24) ? rng_range(&m->r, 40, 120) : rng_range(&m->r, 1, 5),
		  false);
	if (rng_one_in(&m->r, 4)) {
		rep(m);
		sentences(m, 2, false);
	}
	seg_end(m);
}

static void obx_head(struct msg *m, u32 set, const char *type, const char *code, const char *name)
{
	seg(m, "OBX");
	field_set(m, set);
	field(m, 2, type);
	field(m, 3, code);
	comp(m, 1);
	text(m, name);
	comp(m, 1);
	text(m, "LN");
	at(m, 5);
}

static void obx_number(struct msg *m, u32 set)
{
	char out[VALUE_MAX];

	obx_head(m, set, "NM", "2345-7", "Glucose");
	if (rng_one_in(&m->r, 3))
		npi_make(&m->r, out); /* a count of ten digits */
	else
		shape(&m->r, "1##.#", out);
	text(m, out);
	field(m, 6, "mg/dL");
	field(m, 7, "70-99");
	field(m, 8, "H");
}

static void obx_coded(struct msg *m, u32 set)
{
	char out[VALUE_MAX];

	obx_head(m, set, strcmp(m->version, "2.6") < 0 ? "CE" : "CWE", "883-9", "ABO group");
	npi_make(&m->r, out);
	text(m, out);
	comp(m, 1);
	text(m, "Group A & B");
	comp(m, 1);
	text(m, "L");
}

static void obx_structured(struct msg *m, u32 set)
{
	obx_head(m, set, "SN", "5196-1", "HBsAg");
	raw(m, ">");
	comp(m, 1);
	text(m, "1000");
}

static void obx_text(struct msg *m, u32 set)
{
	static const char *const types[] = {"TX", "FT", "FT"};
	const char *type = rng_pick(&m->r, types);

	obx_head(m, set, type, "11502-2", "Report");
	sentences(m, rng_range(&m->r, 2, 6), *type == 'F');
	if (rng_one_in(&m->r, 3)) {
		rep(m);
		sentences(m, 1, false);
	}
}

void obx(struct msg *m, u32 set)
{
	switch (rng_below(&m->r, 7)) {
	case 0:
		obx_number(m, set);
		break;
	case 1:
		obx_coded(m, set);
		break;
	case 2:
		obx_structured(m, set);
		break;
	case 3:
		obx_head(m, set, "ST", "664-3", "Remark");
		note(m, note_short(&m->r));
		break;
	case 4:
		/* ED: source ^ type ^ subtype ^ encoding ^ data */
		obx_head(m, set, "ED", "18842-5", "Summary");
		text(m, "ARCHIVE");
		comp(m, 1);
		text(m, "TEXT");
		comp(m, 2);
		text(m, "A");
		comp(m, 1);
		sentences(m, 2, false);
		break;
	default:
		obx_text(m, set);
	}
	field(m, 11, "F");
	field_time(m, 14);
	seg_end(m);
}
