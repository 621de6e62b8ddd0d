/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * People who do not exist. The lists are invented for this program; telephone numbers are of
 * the exchange kept for fiction (555-0100 to 555-0199), mail goes to domains of RFC 2606.
 */
#include "gen.h"
#include <stdio.h>
#include <string.h>

static const char *const families[] = {
	"Marrowby",   "Tesk",      "Ollivane",   "O'Dorrin",    "Vant-Hollis", "Quillfeather",
	"Harnessy",   "Brambeck",  "Lowenthorp", "Siddlecombe", "Varga-Lund",  "Pellingsworth",
	"Ashdale",    "Crannock",  "Duvenport",  "Eskerling",   "Fenmoor",     "Gastrell",
	"Hollowick",  "Istermann", "Jarrowell",  "Kestrelman",  "Lanternby",   "Moorcastle",
	"Nethersby",  "Ortolan",   "Penhallick", "Ravensthorp", "Stillwater",  "Thackeridge",
	"Umberfield", "Wexcombe",  "Yarrowgate", "Zellinger",   "Brënnvik",    "Łasztowski",
	"Ñandúquez",  "Sørvåg",    "Gröttmann",  "D'Ambrelle",
};
static const char *const given_female[] = {
	"Maribel", "Tamsin", "Odette",  "Ilse",    "Petra", "Rosalind", "Wilma",   "Greta",
	"Nadia",   "Fiona",  "Beatrix", "Celeste", "Zoë",   "Inés",     "Harriet", "Leonie",
};
static const char *const given_male[] = {
	"Ansel", "Bertrand", "Corwin", "Dmitri", "Edgar",  "Florian", "Gideon", "Hollis",
	"Ivo",   "Jasper",   "Konrad", "Linus",  "Néstor", "Otto",    "Rufus",  "Søren",
};
static const char *const streets[] = {
	"Quarry",      "Lantern",  "Alder Creek",  "Millrace",    "Copperfield",
	"Old Tannery", "Juniper",  "Windlass",     "Saddler's",   "Harrowgate",
	"Fifth",       "Ropewalk", "Larch Hollow", "St. Bride's",
};
static const char *const street_kinds[] = {"St", "Ave", "Rd", "Ln", "Blvd", "Ct", "Way", "Dr"};
static const char *const cities[] = {
	"Fernhollow", "Port Addle", "Graymere",    "New Tarrow",  "Ellsbrook",  "Cape Winnow",
	"Stonequay",  "Mount Hask", "Bellweather", "Lower Thorn", "San Averil", "Oxbow Falls",
};
static const char *const counties[] = {"Tarrowshire", "Addlemark", "Winnow", "Haskett"};
/* A state and the first three digits of its ZIP codes, from and to (USPS L002). */
static const struct {
	const char *state;
	u16 from, to;
} places[] = {
	{"NY", 100, 149}, {"PA", 150, 196}, {"MA", 10, 27},   {"VA", 220, 246}, {"FL", 320, 339},
	{"OH", 430, 459}, {"MI", 480, 499}, {"IL", 600, 629}, {"TX", 750, 799}, {"CO", 800, 816},
	{"CA", 900, 961}, {"WA", 980, 994}, {"OR", 970, 979}, {"ID", 832, 838}, {"ME", 39, 49},
};
static const char *const providers[] = {
	"Hartigrew", "Bellamonte", "Ostrander-Kay", "Finchley",  "Okonedo-Ray",
	"Rasmusk",   "Tolliver",   "Vandermeer",    "Abernathe", "Sandoval-Pike",
};
static const char *const domains[] = {"example.org", "example.com", "example.net",
				      "mail.example.org", "post-box.example.net"};

void phone_make(struct rng *r, char *out)
{
	shape(r, "+*#55501##", out);
	if (out[1] == '1') /* an area code in 11 is a service */
		out[1] = '2';
}

/* Luhn over 80840 and nine digits, the tenth is the check digit (45 CFR 162.406). */
void npi_make(struct rng *r, char *out)
{
	u32 sum = 24, d;

	shape(r, "1########", out);
	out[0] = rng_one_in(r, 2) ? '1' : '2';
	for (int i = 0; i < 9; i++) {
		d = (u32)(out[8 - i] - '0') * (i % 2 ? 1 : 2);
		sum += d > 9 ? d - 9 : d;
	}
	sprintf(out + 9, "%u", (10 - sum % 10) % 10);
}

/* Lower-case letters of the names, what is not ASCII left out. */
static void email_make(struct person *p, struct rng *r)
{
	const char *const parts[] = {p->given, p->family};
	size_t n = 0;

	for (int i = 0; i < 2; i++) {
		for (const char *c = parts[i]; *c; c++)
			if ((*c | 0x20) >= 'a' && (*c | 0x20) <= 'z')
				p->email[n++] = (char)(*c | 0x20);
		p->email[n++] = i ? "+_-"[rng_below(r, 3)] : '.';
	}
	n += (size_t)sprintf(p->email + n, "%u", rng_below(r, 1000));
	sprintf(p->email + n, "@%s", rng_pick(r, domains));
}

static void first_names(struct person *p, struct rng *r)
{
	p->female = rng_one_in(r, 2);
	p->given = p->female ? rng_pick(r, given_female) : rng_pick(r, given_male);
	p->middle = p->female ? rng_pick(r, given_female) : rng_pick(r, given_male);
	email_make(p, r);
}

/* Nothing of what was never issued: area 000, 666, 900 to 999, group 00, serial 0000. */
static void ssn_make(struct rng *r, char *out)
{
	shape(r, "###-*#-*###", out);
	if (out[0] == '9' || !memcmp(out, "000", 3) || !memcmp(out, "666", 3))
		out[0] = '4';
}

static void own_numbers(struct person *p, struct rng *r)
{
	ssn_make(r, p->ssn);
	shape(r, rng_one_in(r, 3) ? "HX*######" : "0*######", p->mrn);
	shape(r, "AC*#######", p->account);
	shape(r, "V*#######", p->visit);
	shape(r, "@*######", p->licence);
	shape(r, "@@*########", p->plan);
}

static void address_make(struct person *p, struct rng *r)
{
	u32 place = rng_below(r, array_size(places));
	size_t n = (size_t)sprintf(p->street, "%u ", rng_range(r, 2, 9899));

	n += (size_t)sprintf(p->street + n, "%s ", rng_pick(r, streets));
	sprintf(p->street + n, "%s", rng_pick(r, street_kinds));
	p->city = rng_pick(r, cities);
	p->county = rng_pick(r, counties);
	p->state = places[place].state;
	sprintf(p->zip, "%03u", rng_range(r, places[place].from, places[place].to));
	shape(r, rng_one_in(r, 4) ? "##-*###" : "##", p->zip + 3);
}

void person_make(struct person *p, struct rng *r)
{
	memset(p, 0, sizeof(*p));
	p->family = rng_pick(r, families);
	p->birth = day_make(r, 1931, 2019);
	first_names(p, r);
	own_numbers(p, r);
	phone_make(r, p->phone);
	phone_make(r, p->work_phone);
	address_make(p, r);
}

void person_relative(struct person *p, const struct person *of, struct rng *r)
{
	*p = *of;
	p->birth = day_make(r, 1931, 2000);
	first_names(p, r);
	own_numbers(p, r);
	phone_make(r, p->phone);
}

const char *person_provider(struct rng *r)
{
	return rng_pick(r, providers);
}
