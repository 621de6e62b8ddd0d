/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The identifiers of 45 CFR 164.514(b)(2)(i), (A) to (R): the class every rule names.
 * Clause (B), geographic subdivisions, and (O), addresses on a network, keep their clause.
 */
#ifndef SCRIM_IDENTIFIER_H
#define SCRIM_IDENTIFIER_H

#include <scrim/base.h>

enum identifier {
	ID_NAME,      /* (A) name */
	ID_ADDRESS,   /* (B) address: street, city, county, ZIP */
	ID_DATE,      /* (C) date, and ages over 89 */
	ID_PHONE,     /* (D) phone */
	ID_FAX,       /* (E) fax */
	ID_EMAIL,     /* (F) email */
	ID_SSN,       /* (G) ssn */
	ID_RECORD,    /* (H) medical-record-number */
	ID_PLAN,      /* (I) health-plan-number */
	ID_ACCOUNT,   /* (J) account-number */
	ID_LICENSE,   /* (K) license-number */
	ID_VEHICLE,   /* (L) vehicle-id */
	ID_DEVICE,    /* (M) device-id */
	ID_URL,       /* (N) url */
	ID_IP,        /* (O) ip-address */
	ID_BIOMETRIC, /* (P) biometric */
	ID_PHOTO,     /* (Q) photo */
	ID_OTHER,     /* (R) other-id */
	ID_COUNT
};

/* The class's name as the configuration writes it ("medical-record-number"). Never NULL. */
const char *identifier_name(enum identifier id);

/* The class's clause in the rule ('A' to 'R'). */
char identifier_clause(enum identifier id);

/* Looks a name up; 0 and *ret_id, or -ENOENT. */
int identifier_parse(const char *name, enum identifier *ret_id);

#endif
