/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages: which kind, which version, which separators, which segments. */
#include "hl7.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const versions[] = {"2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.8"};

/* The usual ones, those of 2.7 with their truncation character, and others that are allowed. */
static const struct hl7_separators usual = {'|', '^', '~', '\\', '&', "^~\\&"};
static const struct hl7_separators with_truncation = {'|', '^', '~', '\\', '&', "^~\\&#"};
static const struct hl7_separators others[] = {
	{'!', '$', '*', '?', '%', "$*?%"},
	{'|', '^', '~', '?', '&', "^~?&"},
	{'|', '*', '~', '\\', '%', "*~\\%"},
};

static void notes(struct msg *m, u32 n)
{
	for (u32 i = 0; i < n; i++)
		nte(m, i + 1);
}

/* A registration, a change, or a visit: everything about the patient. */
static void admit(struct msg *m)
{
	evn(m);
	pid(m);
	pd1(m);
	for (u32 i = 0, n = rng_below(&m->r, 3); i < n; i++)
		nk1(m, i + 1);
	pv1(m);
	for (u32 i = 0, n = rng_below(&m->r, 3); i < n; i++)
		obx(m, i + 1);
	if (rng_one_in(&m->r, 2))
		gt1(m);
	if (rng_one_in(&m->r, 2))
		in1(m);
}

static void merge(struct msg *m)
{
	evn(m);
	pid(m);
	mrg(m);
	pv1(m);
}

static void results(struct msg *m)
{
	const u32 n = rng_range(&m->r, 2, 8);

	pid(m);
	notes(m, rng_below(&m->r, 2));
	pv1(m);
	orc(m);
	obr(m, 1);
	notes(m, rng_below(&m->r, 3));
	for (u32 i = 0; i < n; i++) {
		obx(m, i + 1);
		if (rng_one_in(&m->r, 3))
			nte(m, 1);
	}
}

static void order(struct msg *m)
{
	pid(m);
	pv1(m);
	gt1(m);
	orc(m);
	obr(m, 1);
	notes(m, rng_range(&m->r, 1, 2));
}

static void schedule(struct msg *m)
{
	sch(m);
	notes(m, 1);
	pid(m);
	pv1(m);
	ais(m);
}

/* What a message is made of, and how often of 16. The type is written with '^'. */
static const struct {
	const char *type, *since_2_5;
	u32 weight;
	void (*write)(struct msg *m);
} types[] = {
	{"ADT^A01", "ADT^A01^ADT_A01", 3, admit}, {"ADT^A08", "ADT^A08^ADT_A01", 2, admit},
	{"ADT^A40", "ADT^A40^ADT_A39", 2, merge}, {"ORU^R01", "ORU^R01^ORU_R01", 5, results},
	{"ORM^O01", "OMG^O19^OMG_O19", 2, order}, {"SIU^S12", "SIU^S12^SIU_S12", 2, schedule},
};

static size_t type_pick(struct rng *r)
{
	u32 at = rng_below(r, 16);
	size_t i = 0;

	for (; at >= types[i].weight; i++)
		at -= types[i].weight;
	return i;
}

static const struct hl7_separators *separators_pick(struct msg *m)
{
	if (rng_one_in(&m->r, 8))
		return &rng_pick(&m->r, others);
	return strcmp(m->version, "2.7") < 0 ? &usual : &with_truncation;
}

void message_make(struct msg *m, u64 seed, u64 i)
{
	const struct hl7_style style = m->style;
	size_t type;

	memset(m, 0, sizeof(*m));
	m->style = style;
	rng_seed(&m->r, seed, i);
	person_make(&m->p, &m->r);
	m->version = rng_pick(&m->r, versions);
	m->seps = separators_pick(m);
	type = type_pick(&m->r);
	snprintf(m->type, sizeof(m->type), "%s",
		 strcmp(m->version, "2.5") < 0 ? types[type].type : types[type].since_2_5);
	snprintf(m->id, sizeof(m->id), "M%07llu", (unsigned long long)(i + 1));
	msh(m);
	types[type].write(m);
}

void message_free(struct msg *m)
{
	free(m->b.p);
	free(m->values.p);
	free(m->fields.p);
}
