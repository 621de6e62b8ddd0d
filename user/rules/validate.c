/* SPDX-License-Identifier: BSD-2-Clause */
/* Validators by name, as the built-in table and a site's rules ask for them. */
#include "validate.h"
#include <scrim/rules.h>
#include <string.h>

static const struct {
	const char *name;
	validate_fn fn;
} validators[] = {
	{"card-encoded", validate_card_encoded},
	{"date-encoded", validate_date_encoded},
	{"email-encoded", validate_email_encoded},
	{"phone-encoded", validate_phone_encoded},
	{"phone-groups-encoded", validate_phone_groups_encoded},
	{"ssn-encoded", validate_ssn_encoded},
	{"url-encoded", validate_url_encoded},
	{"aba", validate_aba},
	{"address", validate_address},
	{"card", validate_card},
	{"city", validate_city},
	{"date", validate_date},
	{"dea", validate_dea},
	{"email", validate_email},
	{"gtin", validate_gtin},
	{"iban", validate_iban},
	{"ipv4", validate_ipv4},
	{"ipv6", validate_ipv6},
	{"itin", validate_itin},
	{"learned-name", validate_learned_name},
	{"license", validate_license},
	{"list", validate_list},
	{"luhn", validate_luhn},
	{"mac", validate_mac},
	{"name", validate_name},
	{"npi", validate_npi},
	{"phone", validate_phone},
	{"phone-line", validate_phone_line},
	{"ssn", validate_ssn},
	{"street", validate_street},
	{"titled-name", validate_titled_name},
	{"trunk", validate_trunk},
	{"url", validate_url},
	{"vin", validate_vin},
	{"whole-name", validate_whole_name},
	{"zip", validate_zip},
};

validate_fn validator_find(const char *name)
{
	words_prepare();
	for (size_t i = 0; i < array_size(validators); i++)
		if (!strcmp(validators[i].name, name))
			return validators[i].fn;
	return NULL;
}

const char *validator_name(size_t i)
{
	return i < array_size(validators) ? validators[i].name : NULL;
}
