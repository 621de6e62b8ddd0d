/* SPDX-License-Identifier: BSD-2-Clause */
/* Sentences of clinical notes, as templates: with values, without, and with near misses. */
#include "gen.h"

static const char *const with_values[] = {
	"<name> (MRN <mrn>) seen in clinic today.",
	"SSN <ssn> confirmed by registration.",
	"Social security number: <ssn9>.",
	"Patient states SSN is <ssn>, card on file <card>.",
	"Call back at <phone> before discharge.",
	"Daughter can be reached at <phone> or <email>.",
	"DOB <dob>; next visit <date>.",
	"Moved to <street>, <place>.",
	"Lives at <street>, <city>; the ZIP code is <zip>.",
	"Paid the copay with card <card>, receipt <#6>.",
	"Referred by NPI <npi> for a second opinion.",
	"Portal login from <ip> on <date>.",
	"Fax results to <phone>.",
	"Chart number <mrn> was merged on <date>.",
	"Please send the letter to <email>.",
	"Wife of <name> asks for a copy, tel. <phone>.",
	"Symptoms since <date>, worse after <date>.",
	"Medical record number: <mrn>; SSN: <ssn>.",
	"Device at <ip> uploaded the trace at <time>.",
	"Per <name>, phone <phone>, no new complaints.",
	"National provider identifier <npi>, signed <date>.",
};

static const char *const without[] = {
	"Alert and oriented, in no acute distress.",
	"BP 120/80, pulse 72, temperature 37.2 C.",
	"Glucose 104 mg/dL, HbA1c 5.9 %, LDL 98.",
	"Lungs clear & heart regular; no edema.",
	"Continue metformin 500 mg twice a day.",
	"Repeat imaging if pain persists ~ 2 weeks.",
	"Wound 3 x 4 cm, clean, margins well defined.",
	"Follow-up as needed; advice on diet given.",
	"Family history: hypertension, type 2 diabetes.",
	"Creatinine stable at 1.<#2> over three draws.",
};

static const char *const near_misses[] = {
	"Order <order> repeated, same specimen.",
	"Old system shows <ssn-never>, never issued.",
	"Impossible day <date-never> in the old export.",
	"Pump firmware 10.2.3.4 is current.",
	"Gateway <ip-never> was a typing error.",
	"Voucher <card-wrong> was refused.",
	"Sample <order>, rack <#2>, tube <#1>.",
};

static const char *const short_texts[] = {
	"SSN <ssn>", "MRN <mrn>", "see <email>", "call <phone>", "DOB <dob>", "NPI <npi>",
	"<name>",    "negative",  "<order>",     "not detected", "1+ & rare",
};

const char *note_sentence(struct rng *r)
{
	switch (rng_below(r, 8)) {
	case 0:
		return rng_pick(r, near_misses);
	case 1:
	case 2:
		return rng_pick(r, without);
	default:
		return rng_pick(r, with_values);
	}
}

const char *note_short(struct rng *r)
{
	return rng_pick(r, short_texts);
}
