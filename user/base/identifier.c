/* SPDX-License-Identifier: BSD-2-Clause */
/* The identifier classes' names and clauses, in the order of enum identifier. */
#include <errno.h>
#include <scrim/identifier.h>
#include <string.h>

static const struct {
	const char *name;
	char clause;
} classes[ID_COUNT] = {
	[ID_NAME] = {"name", 'A'},
	[ID_ADDRESS] = {"address", 'B'},
	[ID_DATE] = {"date", 'C'},
	[ID_PHONE] = {"phone", 'D'},
	[ID_FAX] = {"fax", 'E'},
	[ID_EMAIL] = {"email", 'F'},
	[ID_SSN] = {"ssn", 'G'},
	[ID_RECORD] = {"medical-record-number", 'H'},
	[ID_PLAN] = {"health-plan-number", 'I'},
	[ID_ACCOUNT] = {"account-number", 'J'},
	[ID_LICENSE] = {"license-number", 'K'},
	[ID_VEHICLE] = {"vehicle-id", 'L'},
	[ID_DEVICE] = {"device-id", 'M'},
	[ID_URL] = {"url", 'N'},
	[ID_IP] = {"ip-address", 'O'},
	[ID_BIOMETRIC] = {"biometric", 'P'},
	[ID_PHOTO] = {"photo", 'Q'},
	[ID_OTHER] = {"other-id", 'R'},
};

const char *identifier_name(enum identifier id)
{
	return (size_t)id < ID_COUNT ? classes[id].name : "unknown";
}

char identifier_clause(enum identifier id)
{
	return (size_t)id < ID_COUNT ? classes[id].clause : '?';
}

int identifier_parse(const char *name, enum identifier *ret_id)
{
	for (size_t i = 0; i < ID_COUNT; i++) {
		if (!strcmp(classes[i].name, name)) {
			*ret_id = (enum identifier)i;
			return 0;
		}
	}
	return -ENOENT;
}
