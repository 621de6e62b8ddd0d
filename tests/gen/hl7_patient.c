/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Segments about people: values stand where HL7 v2 (chapters 3 and 6) puts a person's name,
 * address, telephone, identifier or birth date. What is planted here is what must not arrive.
 */
#include "hl7.h"
#include <stdio.h>

/* XPN: family ^ given ^ middle ^^ prefix ^^ type */
static void name(struct msg *m, const struct person *p, const char *type)
{
	plant(m, "name", p->family);
	comp(m, 1);
	plant(m, "name", p->given);
	comp(m, 1);
	if (rng_one_in(&m->r, 2))
		plant(m, "name", p->middle);
	comp(m, 2);
	if (rng_one_in(&m->r, 3))
		text(m, p->female ? "Ms." : "Mr.");
	comp(m, 2);
	text(m, type);
}

/* XAD: street ^ other ^ city ^ state ^ zip ^ country ^ type */
static void address(struct msg *m, const struct person *p)
{
	plant(m, "address", p->street);
	comp(m, 1);
	if (rng_one_in(&m->r, 4))
		plant(m, "address", "Apt 3 & 4");
	comp(m, 1);
	plant(m, "address", p->city);
	comp(m, 1);
	text(m, p->state);
	comp(m, 1);
	plant(m, "zip", p->zip);
	comp(m, 1);
	text(m, "USA");
	comp(m, 1);
	text(m, "H");
}

/* XTN: as one string, as it was up to 2.2, or in its components. */
static void telecom(struct msg *m, const char *n, const char *email)
{
	char out[VALUE_MAX];

	if (rng_one_in(&m->r, 2)) {
		sprintf(out, "(%.3s)%.3s-%.4s", n, n + 3, n + 6);
		plant(m, "phone", out);
	} else {
		comp(m, 1);
		text(m, "PRN");
		comp(m, 1);
		text(m, "PH");
		comp(m, 2);
		text(m, "1");
		comp(m, 1);
		sprintf(out, "%.3s", n);
		plant(m, "phone", out);
		comp(m, 1);
		plant(m, "phone", n + 3);
	}
	if (email) {
		rep(m);
		comp(m, 1);
		text(m, "NET");
		comp(m, 1);
		text(m, "Internet");
		comp(m, 1);
		plant(m, "email", email);
	}
}

/* CX: id ^ check digit ^ scheme ^ authority & its id & type ^ type */
static void cx(struct msg *m, const char *kind, const char *id, const char *type)
{
	plant(m, kind, id);
	comp(m, 3);
	text(m, "TARROW");
	if (rng_one_in(&m->r, 3)) {
		sub(m);
		text(m, "2.16.840.1.113883.19");
		sub(m);
		text(m, "ISO");
	}
	comp(m, 1);
	text(m, type);
}

static void birth(struct msg *m, u32 n, struct day d)
{
	char out[VALUE_MAX];
	int len = sprintf(out, "%u%02u%02u", d.year, d.month, d.day);

	if (rng_one_in(&m->r, 4))
		sprintf(out + len, "%02u30", rng_below(&m->r, 24));
	at(m, n);
	plant(m, "date", out);
}

static void ssn(struct msg *m, u32 n, const struct person *p)
{
	char out[VALUE_MAX];

	sprintf(out, rng_one_in(&m->r, 2) ? "%.3s-%.2s-%.4s" : "%.3s%.2s%.4s", p->ssn, p->ssn + 4,
		p->ssn + 7);
	at(m, n);
	plant(m, "ssn", out);
}

static void pid_numbers(struct msg *m)
{
	if (rng_one_in(&m->r, 3)) {
		at(m, 2);
		plant(m, "id", m->p.plan);
	}
	at(m, 3);
	cx(m, "mrn", m->p.mrn, "MR");
	if (rng_one_in(&m->r, 3)) {
		rep(m);
		cx(m, "id", m->p.licence, "PI");
	}
	if (rng_one_in(&m->r, 4)) {
		at(m, 4);
		plant(m, "id", m->p.account + 2);
	}
}

void pid(struct msg *m)
{
	struct person other;

	person_relative(&other, &m->p, &m->r);
	seg(m, "PID");
	field(m, 1, "1");
	pid_numbers(m);
	at(m, 5);
	name(m, &m->p, "L");
	if (rng_one_in(&m->r, 4)) {
		rep(m);
		name(m, &other, "A");
	}
	if (rng_one_in(&m->r, 2)) {
		at(m, 6);
		name(m, &other, "M");
	}
	birth(m, 7, m->p.birth);
	field(m, 8, m->p.female ? "F" : "M");
	if (rng_one_in(&m->r, 4)) {
		at(m, 9);
		name(m, &other, "A");
	}
	field(m, 10, "2106-3");
	at(m, 11);
	address(m, &m->p);
	at(m, 13);
	telecom(m, m->p.phone, rng_one_in(&m->r, 2) ? m->p.email : NULL);
	at(m, 14);
	if (rng_one_in(&m->r, 3))
		text(m, "\"\""); /* delete what you have */
	else
		telecom(m, m->p.work_phone, NULL);
	field(m, 15, "EN");
	field(m, 16, "M");
	at(m, 18);
	cx(m, "account", m->p.account, "AN");
	ssn(m, 19, &m->p);
	if (rng_one_in(&m->r, 2)) {
		at(m, 20);
		plant(m, "id", m->p.licence);
		comp(m, 1);
		text(m, m->p.state);
	}
	if (rng_one_in(&m->r, 5)) {
		at(m, 21);
		cx(m, "mrn", other.mrn, "MR");
	}
	field(m, 30, "N");
	seg_end(m);
}

void mrg(struct msg *m)
{
	struct person old;

	person_relative(&old, &m->p, &m->r);
	seg(m, "MRG");
	at(m, 1);
	cx(m, "mrn", old.mrn, "MR");
	at(m, 3);
	cx(m, "account", old.account, "AN");
	if (rng_one_in(&m->r, 2)) {
		at(m, 4);
		plant(m, "id", old.plan);
	}
	at(m, 5);
	cx(m, "visit", old.visit, "VN");
	at(m, 7);
	name(m, &old, "L");
	seg_end(m);
}

void nk1(struct msg *m, u32 set)
{
	struct person kin;
	char out[8];

	person_relative(&kin, &m->p, &m->r);
	seg(m, "NK1");
	sprintf(out, "%u", set);
	field(m, 1, out);
	at(m, 2);
	name(m, &kin, "L");
	field(m, 3, "SPO");
	comp(m, 1);
	text(m, "Spouse & partner");
	at(m, 4);
	address(m, &kin);
	at(m, 5);
	telecom(m, kin.phone, kin.email);
	if (rng_one_in(&m->r, 2)) {
		at(m, 6);
		telecom(m, kin.work_phone, NULL);
	}
	field(m, 7, "EMC");
	if (rng_one_in(&m->r, 3)) {
		at(m, 12);
		cx(m, "id", kin.account, "EI");
	}
	if (rng_one_in(&m->r, 3))
		birth(m, 16, kin.birth);
	if (rng_one_in(&m->r, 3)) {
		at(m, 33);
		cx(m, "mrn", kin.mrn, "MR");
	}
	if (rng_one_in(&m->r, 2))
		ssn(m, 37, &kin);
	seg_end(m);
}

void gt1(struct msg *m)
{
	struct person payer;

	person_relative(&payer, &m->p, &m->r);
	seg(m, "GT1");
	field(m, 1, "1");
	at(m, 2);
	cx(m, "id", payer.account, "AN");
	at(m, 3);
	name(m, &payer, "L");
	if (rng_one_in(&m->r, 3)) {
		at(m, 4);
		name(m, &m->p, "L");
	}
	at(m, 5);
	address(m, &payer);
	at(m, 6);
	telecom(m, payer.phone, NULL);
	at(m, 7);
	telecom(m, payer.work_phone, NULL);
	birth(m, 8, payer.birth);
	field(m, 9, payer.female ? "F" : "M");
	field(m, 11, "SEL");
	ssn(m, 12, &payer);
	if (rng_one_in(&m->r, 3)) {
		at(m, 19);
		cx(m, "id", payer.licence, "EI");
	}
	seg_end(m);
}

void in1(struct msg *m)
{
	seg(m, "IN1");
	field(m, 1, "1");
	field_shape(m, 2, "PLAN##");
	field_shape(m, 3, "9####");
	field(m, 4, "Averil Mutual");
	field(m, 15, "HMO");
	at(m, 16);
	name(m, &m->p, "L");
	field(m, 17, "SEL");
	birth(m, 18, m->p.birth);
	at(m, 19);
	address(m, &m->p);
	at(m, 36);
	plant(m, "plan", m->p.plan);
	field(m, 43, m->p.female ? "F" : "M");
	at(m, 49);
	cx(m, "plan", m->p.plan, "MB");
	seg_end(m);
}
