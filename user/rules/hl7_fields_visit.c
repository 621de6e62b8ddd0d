/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every other segment that names the patient, the visit, a relative or somebody at home: visit
 * and account numbers, contacts, places where something happened to the patient or was brought
 * to, and queries, which ask for a person by name or number.
 */
#include "hl7_fields.h"

/* LA1 and LA2, a location and its address: the ward, room and bed in front stay. */
#define PLACE(field, text)                                                                         \
	{field ".9", HL7_ADDRESS, text ", street"},                                                \
		{field ".10", HL7_ADDRESS, text ", other designation"},                            \
		{field ".11", HL7_ADDRESS, text ", city"},                                         \
		{field ".13", HL7_ADDRESS, text ", ZIP"},                                          \
		{field ".16", HL7_ADDRESS, text ", other geographic designation"}

/* A person asked for, XCN: a number, then the name; who assigned the number stays. */
#define SUBJECT(field, text)                                                                       \
	{field ".1", HL7_RECORD, text ", ID number"},                                              \
		{field ".2", HL7_NAME, text ", family name"},                                      \
		{field ".3", HL7_NAME, text ", given name"},                                       \
		{field ".4", HL7_NAME, text ", middle name"},                                      \
		{field ".5", HL7_NAME, text ", suffix"}, {field ".6", HL7_NAME, text ", prefix"},  \
		{field ".7", HL7_NAME, text ", degree"}

/* A query's parameters are as many fields as its profile says: immunization registries ask by 11. */
#define PARAMETER(n) {"QPD-" #n, HL7_OTHER, "2.4-2.8 varies user parameters (in successive fields)"}

static const struct hl7_row rows[] = {
	NUMBER("PV1-5", HL7_ACCOUNT, "2.1-2.8 CX preadmit number"),
	NUMBER("PV1-19", HL7_ACCOUNT, "2.1-2.8 CX visit number"),
	NUMBER("PV1-50", HL7_ACCOUNT, "2.2-2.8 CX alternate visit ID"),
	NUMBER("PV1-54", HL7_ACCOUNT, "2.7-2.8 CX service episode identifier"),

	NUMBER("PD1-10", HL7_RECORD, "2.3-2.8 CX duplicate patient"),

	NUMBER("BLG-3", HL7_ACCOUNT, "2.1-2.8 CX account ID"),

	NUMBER("CSR-4", HL7_RECORD, "2.3-2.8 CX sponsor patient ID"),
	NUMBER("CSR-5", HL7_RECORD, "2.3-2.8 CX alternate patient ID"),

	NUMBER("DB1-3", HL7_OTHER, "2.3-2.8 CX disabled person identifier"),

	NUMBER("SCD-33", HL7_RECORD, "2.6-2.8 CX patient identifier list"),

	{"DON-16", HL7_NAME, "2.8 XPN intended recipient name"},
	{"DON-17", HL7_BIRTH_DATE, "2.8 DTM intended recipient date of birth"},

	{"ACC-3", HL7_ADDRESS, "2.1-2.8 ST accident location"},
	{"ACC-9", HL7_NAME, "2.4-2.8 ST brought in by"},
	{"ACC-11", HL7_ADDRESS, "2.5-2.8 XAD accident address"},
	{"ACC-13.1", HL7_OTHER, "2.8 EI accident identifier"},

	{"CON-24", HL7_NAME, "2.5-2.8 XPN consenter ID"},

	{"CTD-2", HL7_NAME, "2.3-2.8 XPN contact name"},
	{"CTD-3", HL7_ADDRESS, "2.3-2.8 XAD contact address"},
	{"CTD-5", HL7_PHONE, "2.3-2.8 XTN contact communication information"},
	{"CTD-7.1", HL7_OTHER, "2.3-2.8 PLN contact identifiers"},

	{"GOL-21", HL7_NAME, "2.3-2.8 XPN goal target name"},

	{"IAM-14", HL7_NAME, "2.4-2.8 XPN reported by"},

	{"PEO-7", HL7_ADDRESS, "2.3-2.8 XAD event location occurred address"},
	{"PEO-19", HL7_NAME, "2.3-2.8 XPN primary observer name"},
	{"PEO-20", HL7_ADDRESS, "2.3-2.8 XAD primary observer address"},
	{"PEO-21", HL7_PHONE, "2.3-2.8 XTN primary observer telephone"},

	{"PYE-5", HL7_NAME, "2.6-2.8 XPN payee person name"},
	{"PYE-6", HL7_ADDRESS, "2.6-2.8 XAD payee address"},

	NUMBER("PMT-10", HL7_ACCOUNT, "2.6-2.8 CX payee bank account ID"),

	{"BPO-12", HL7_ADDRESS, "2.5-2.8 XAD blood product requested dispense-to address"},

	{"BPX-19", HL7_ADDRESS, "2.5-2.8 XAD blood product actual dispensed-to address"},

	{"RXA-28", HL7_ADDRESS, "2.6-2.8 XAD administered-at address"},

	{"RXE-43", HL7_ADDRESS, "2.5-2.8 XAD deliver-to address"},

	{"RXG-30", HL7_ADDRESS, "2.6-2.8 XAD deliver-to address"},

	{"RXO-35", HL7_ADDRESS, "2.6-2.8 XAD deliver-to address"},

	PLACE("RXA-11", "2.2-2.7 LA2 administered-at location"),

	PLACE("RXD-13", "2.2-2.7 LA2 dispense-to location"),

	PLACE("RXE-8", "2.2-2.6 LA1 deliver-to location"),

	PLACE("RXG-11", "2.2-2.7 LA2 dispense-to location"),

	PLACE("RXO-8", "2.2-2.7 LA1 deliver-to location"),

	SUBJECT("QRD-8", "2.1-2.6 XCN who subject filter"),

	SUBJECT("URD-3", "2.1-2.6 XCN R/U who subject definition"),

	{"QRF-5", HL7_OTHER, "2.1-2.6 ST other query subject filter"},

	{"URS-5", HL7_OTHER, "2.1-2.6 ST R/U other results subject definition"},

	PARAMETER(3),
	PARAMETER(4),
	PARAMETER(5),
	PARAMETER(6),
	PARAMETER(7),
	PARAMETER(8),
	PARAMETER(9),
	PARAMETER(10),
	PARAMETER(11),
	PARAMETER(12),
	PARAMETER(13),
	PARAMETER(14),
	PARAMETER(15),
	PARAMETER(16),
	PARAMETER(17),
	PARAMETER(18),
	PARAMETER(19),
	PARAMETER(20),

	{"EQL-4", HL7_OTHER, "2.3-2.5.1 ST EQL query statement"},

	{"ERQ-3.2", HL7_OTHER, "2.3-2.5.1 QIP input parameter list"},

	{"SPR-4.2", HL7_OTHER, "2.3-2.5.1 QIP input parameter list"},

	{"VTQ-5.3", HL7_OTHER, "2.3-2.5.1 QSC selection criteria"},
};

_Static_assert(array_size(rows) <= HL7_ROWS_MAX, "more rows than a table may have");

const struct hl7_row *hl7_rows_visit(size_t *ret_n)
{
	*ret_n = array_size(rows);
	return rows;
}
