/* SPDX-License-Identifier: BSD-2-Clause */
/* Validators by name, as the built-in table and a site's rules ask for them. */
#include "validate.h"
#include <scrim/rules.h>
#include <string.h>

static const struct {
	const char *name;
	validate_fn fn;
} validators[] = {
	{"card", validate_card}, {"date", validate_date},   {"email", validate_email},
	{"ipv4", validate_ipv4}, {"luhn", validate_luhn},   {"npi", validate_npi},
	{"ssn", validate_ssn},   {"phone", validate_phone}, {"zip", validate_zip},
};

validate_fn validator_find(const char *name)
{
	for (size_t i = 0; i < array_size(validators); i++)
		if (!strcmp(validators[i].name, name))
			return validators[i].fn;
	return NULL;
}

const char *validator_name(size_t i)
{
	return i < array_size(validators) ? validators[i].name : NULL;
}
