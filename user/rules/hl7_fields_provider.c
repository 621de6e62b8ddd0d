/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Providers, and others who are named because it is their work: physicians, nurses, clerks,
 * an insurer's reviewers, contacts at a facility. Masked whole, numbers included, by those who
 * ask for the group "providers".
 */
#include "hl7_fields.h"

static const struct hl7_row rows[] = {
	{"PV1-7", HL7_PROVIDER, "2.1-2.8 XCN attending doctor"},
	{"PV1-8", HL7_PROVIDER, "2.1-2.8 XCN referring doctor"},
	{"PV1-9", HL7_PROVIDER, "2.1-2.8 XCN consulting doctor"},
	{"PV1-17", HL7_PROVIDER, "2.1-2.8 XCN admitting doctor"},
	{"PV1-52", HL7_PROVIDER, "2.3-2.6 XCN other healthcare provider"},

	{"PV2-13", HL7_PROVIDER, "2.3-2.8 XCN referral source code"},

	{"PD1-4", HL7_PROVIDER, "2.3-2.6 XCN patient primary care provider, name and ID number"},

	{"PDA-5", HL7_PROVIDER, "2.4-2.8 XCN death certified by"},
	{"PDA-8", HL7_PROVIDER, "2.4-2.8 XCN autopsy performed by"},

	{"EVN-5", HL7_PROVIDER, "2.2-2.8 XCN operator ID"},

	{"ABS-1", HL7_PROVIDER, "2.4-2.8 XCN discharge care provider"},
	{"ABS-5", HL7_PROVIDER, "2.4-2.8 XCN attested by"},
	{"ABS-8", HL7_PROVIDER, "2.4-2.8 XCN abstracted by"},

	{"ACC-7", HL7_PROVIDER, "2.4-2.8 XCN entered by"},

	{"DG1-16", HL7_PROVIDER, "2.2-2.8 XCN diagnosing clinician"},

	{"DRG-12", HL7_PROVIDER, "2.6-2.8 XPN name of coder"},

	{"PR1-8", HL7_PROVIDER, "2.1-2.5.1 XCN anesthesiologist"},
	{"PR1-11", HL7_PROVIDER, "2.1-2.5.1 XCN surgeon"},
	{"PR1-12", HL7_PROVIDER, "2.1-2.5.1 XCN procedure practitioner"},

	{"FT1-20", HL7_PROVIDER, "2.1-2.8 XCN performed by code"},
	{"FT1-21", HL7_PROVIDER, "2.1-2.8 XCN ordered by code"},
	{"FT1-24", HL7_PROVIDER, "2.3-2.8 XCN entered by code"},

	{"IAM-18", HL7_PROVIDER, "2.4-2.8 XCN statused by person"},
	{"IAM-21", HL7_PROVIDER, "2.7-2.8 XCN inactivated by person"},
	{"IAM-23", HL7_PROVIDER, "2.7-2.8 XCN initially recorded by person"},
	{"IAM-25", HL7_PROVIDER, "2.7-2.8 XCN modified by person"},

	{"ORC-10", HL7_PROVIDER, "2.1-2.8 XCN entered by"},
	{"ORC-11", HL7_PROVIDER, "2.1-2.8 XCN verified by"},
	{"ORC-12", HL7_PROVIDER, "2.1-2.8 XCN ordering provider"},
	{"ORC-14", HL7_PROVIDER_PHONE, "2.1-2.8 XTN call back phone number"},
	{"ORC-19", HL7_PROVIDER, "2.2-2.8 XCN action by"},
	{"ORC-24", HL7_PROVIDER_ADDRESS, "2.3.1-2.8 XAD ordering provider address"},

	{"ORO-3", HL7_PROVIDER, "2.1 CN results copies to"},

	{"OBR-10", HL7_PROVIDER, "2.1-2.8 XCN collector identifier"},
	{"OBR-16", HL7_PROVIDER, "2.1-2.8 XCN ordering provider"},
	{"OBR-17", HL7_PROVIDER_PHONE, "2.1-2.8 XTN order callback phone number"},
	{"OBR-28", HL7_PROVIDER, "2.1-2.8 XCN result copies to"},
	{"OBR-32", HL7_PROVIDER, "2.1-2.8 NDL principal result interpreter"},
	{"OBR-33", HL7_PROVIDER, "2.1-2.8 NDL assistant result interpreter"},
	{"OBR-34", HL7_PROVIDER, "2.1-2.8 NDL technician"},
	{"OBR-35", HL7_PROVIDER, "2.1-2.8 NDL transcriptionist"},

	{"OBX-16", HL7_PROVIDER, "2.2-2.8 XCN responsible observer"},
	{"OBX-25", HL7_PROVIDER, "2.5.1-2.8 XCN performing organization medical director"},

	{"NTE-5", HL7_PROVIDER, "2.6-2.8 XCN entered by"},

	{"TXA-5", HL7_PROVIDER, "2.3-2.8 XCN primary activity provider code/name"},
	{"TXA-9", HL7_PROVIDER, "2.3-2.8 XCN originator code/name"},
	{"TXA-10", HL7_PROVIDER, "2.3-2.8 XCN assigned document authenticator"},
	{"TXA-11", HL7_PROVIDER, "2.3-2.8 XCN transcriptionist code/name"},
	{"TXA-22", HL7_PROVIDER, "2.3-2.8 PPN authentication person, time stamp"},
	{"TXA-23", HL7_PROVIDER, "2.3-2.8 XCN distributed copies code and name of recipients"},

	{"RXA-10", HL7_PROVIDER, "2.2-2.8 XCN administering provider"},

	{"RXD-10", HL7_PROVIDER, "2.2-2.8 XCN dispensing provider"},

	{"RXE-13", HL7_PROVIDER, "2.2-2.8 XCN ordering provider's DEA number"},
	{"RXE-14", HL7_PROVIDER, "2.2-2.8 XCN pharmacist/treatment supplier's verifier ID"},

	{"RXO-14", HL7_PROVIDER, "2.2-2.8 XCN ordering provider's DEA number"},
	{"RXO-15", HL7_PROVIDER, "2.2-2.8 XCN pharmacist/treatment supplier's verifier ID"},

	{"BPX-20", HL7_PROVIDER, "2.5-2.8 XCN blood product dispensed-to receiver"},
	{"BPX-21", HL7_PROVIDER, "2.5-2.8 XCN blood product dispensing individual"},

	{"BTX-14", HL7_PROVIDER, "2.5-2.8 XCN blood product transfusion administrator"},
	{"BTX-15", HL7_PROVIDER, "2.5-2.8 XCN blood product transfusion verifier"},

	{"DON-20", HL7_PROVIDER, "2.8 XPN intended recipient ordering provider"},
	{"DON-23", HL7_PROVIDER, "2.8 XPN bleed start phlebotomist"},
	{"DON-24", HL7_PROVIDER, "2.8 XPN bleed end phlebotomist"},
	{"DON-28", HL7_PROVIDER, "2.8 XPN final review staff ID"},
	{"DON-32", HL7_PROVIDER, "2.8 XCN donation accept staff"},
	{"DON-33", HL7_PROVIDER, "2.8 XCN donation material review staff"},

	{"ROL-4", HL7_PROVIDER, "2.3-2.8 XCN role person"},
	{"ROL-11", HL7_PROVIDER_ADDRESS, "2.4-2.8 XAD office/home address/birthplace"},
	{"ROL-12", HL7_PROVIDER_PHONE, "2.4-2.8 XTN phone"},

	{"PRT-5", HL7_PROVIDER, "2.7-2.8 XCN participation person"},
	{"PRT-14", HL7_PROVIDER_ADDRESS, "2.7-2.8 XAD participation address"},
	{"PRT-15", HL7_PROVIDER_PHONE, "2.7-2.8 XTN participant telecommunication address"},

	{"PRD-2", HL7_PROVIDER, "2.3-2.8 XPN provider name"},
	{"PRD-3", HL7_PROVIDER_ADDRESS, "2.3-2.8 XAD provider address"},
	{"PRD-5", HL7_PROVIDER_PHONE, "2.3-2.8 XTN provider communication information"},
	{"PRD-7", HL7_PROVIDER, "2.3-2.8 PLN provider identifiers"},

	{"PRA-6", HL7_PROVIDER, "2.2-2.8 PLN practitioner ID numbers"},

	{"STF-2", HL7_PROVIDER, "2.2-2.8 CX staff identifier list"},
	{"STF-3", HL7_PROVIDER, "2.2-2.8 XPN staff name"},
	{"STF-10", HL7_PROVIDER_PHONE, "2.2-2.8 XTN phone"},
	{"STF-11", HL7_PROVIDER_ADDRESS, "2.2-2.8 XAD office/home address/birthplace"},
	{"STF-14", HL7_PROVIDER, "2.2-2.8 CWE backup person ID"},
	{"STF-15", HL7_PROVIDER_PHONE, "2.2-2.8 ST e-mail address"},
	{"STF-22", HL7_PROVIDER, "2.3-2.8 DLN driver's license number"},

	{"CER-12", HL7_PROVIDER, "2.5-2.8 EI subject ID"},
	{"CER-13", HL7_PROVIDER, "2.5-2.8 ST subject name"},

	{"AIP-3", HL7_PROVIDER, "2.3-2.8 XCN personnel resource ID"},

	{"ARQ-15", HL7_PROVIDER, "2.3-2.8 XCN placer contact person"},
	{"ARQ-16", HL7_PROVIDER_PHONE, "2.3-2.8 XTN placer contact phone number"},
	{"ARQ-17", HL7_PROVIDER_ADDRESS, "2.3-2.8 XAD placer contact address"},
	{"ARQ-19", HL7_PROVIDER, "2.3-2.8 XCN entered by person"},
	{"ARQ-20", HL7_PROVIDER_PHONE, "2.3-2.8 XTN entered by phone number"},

	{"SCH-12", HL7_PROVIDER, "2.3-2.8 XCN placer contact person"},
	{"SCH-13", HL7_PROVIDER_PHONE, "2.3-2.8 XTN placer contact phone number"},
	{"SCH-14", HL7_PROVIDER_ADDRESS, "2.3-2.8 XAD placer contact address"},
	{"SCH-16", HL7_PROVIDER, "2.3-2.8 XCN filler contact person"},
	{"SCH-17", HL7_PROVIDER_PHONE, "2.3-2.8 XTN filler contact phone number"},
	{"SCH-18", HL7_PROVIDER_ADDRESS, "2.3-2.8 XAD filler contact address"},
	{"SCH-20", HL7_PROVIDER, "2.3-2.8 XCN entered by person"},
	{"SCH-21", HL7_PROVIDER_PHONE, "2.3-2.8 XTN entered by phone number"},

	{"AUT-24", HL7_PROVIDER, "2.8 XCN authorized health professional"},

	{"RF1-20", HL7_PROVIDER, "2.8 XCN authorized health professional"},

	{"IN2-22", HL7_PROVIDER, "2.2-2.8 XPN special coverage approval name"},

	{"IN3-3", HL7_PROVIDER, "2.2-2.8 XCN certified by"},
	{"IN3-8", HL7_PROVIDER, "2.2-2.8 XCN operator"},
	{"IN3-14", HL7_PROVIDER, "2.2-2.8 XCN physician reviewer"},
	{"IN3-15", HL7_PROVIDER, "2.2-2.8 ST certification contact"},
	{"IN3-16", HL7_PROVIDER_PHONE, "2.2-2.8 XTN certification contact phone number"},
	{"IN3-21", HL7_PROVIDER, "2.2-2.8 ST case manager"},
	{"IN3-25", HL7_PROVIDER, "2.2-2.8 XCN second opinion physician"},

	{"IVC-12", HL7_PROVIDER, "2.6-2.8 XCN attention"},
	{"IVC-19", HL7_PROVIDER, "2.6-2.8 XCN responsible physician"},

	{"PSL-29", HL7_PROVIDER, "2.6-2.8 XCN executing physician ID"},
	{"PSL-30", HL7_PROVIDER, "2.6-2.8 XCN responsible physician ID"},

	{"CM0-5", HL7_PROVIDER, "2.3-2.8 XCN chairman of study"},
	{"CM0-9", HL7_PROVIDER, "2.3-2.8 XCN contact for study"},
	{"CM0-10", HL7_PROVIDER_PHONE, "2.3-2.8 XTN contact's telephone number"},
	{"CM0-11", HL7_PROVIDER_ADDRESS, "2.3-2.8 XAD contact's address"},

	{"CSR-7", HL7_PROVIDER, "2.3-2.8 XCN person performing study registration"},
	{"CSR-8", HL7_PROVIDER, "2.3-2.8 XCN study authorizing provider"},

	{"FAC-5", HL7_PROVIDER, "2.3-2.8 XCN contact person"},
	{"FAC-7", HL7_PROVIDER_ADDRESS, "2.3-2.8 XAD contact address"},
	{"FAC-8", HL7_PROVIDER_PHONE, "2.3-2.8 XTN contact telecommunication"},
	{"FAC-9", HL7_PROVIDER, "2.3-2.8 XCN signature authority"},
	{"FAC-11", HL7_PROVIDER_ADDRESS, "2.3-2.8 XAD signature authority address"},
	{"FAC-12", HL7_PROVIDER_PHONE, "2.3-2.8 XTN signature authority telecommunication"},

	{"MFE-7", HL7_PROVIDER, "2.6-2.8 XCN entered by"},

	{"OM7-20", HL7_PROVIDER, "2.4-2.8 XCN entered by"},

	{"OVR-4", HL7_PROVIDER, "2.5-2.8 XCN override entered by"},
	{"OVR-5", HL7_PROVIDER, "2.5-2.8 XCN override authorized by"},

	{"PES-2", HL7_PROVIDER, "2.3-2.8 XCN sender individual name"},
	{"PES-3", HL7_PROVIDER_ADDRESS, "2.3-2.8 XAD sender address"},
	{"PES-4", HL7_PROVIDER_PHONE, "2.3-2.8 XTN sender telephone"},

	{"REL-7", HL7_PROVIDER, "2.6-2.8 XCN asserting person"},
	{"REL-9", HL7_PROVIDER_ADDRESS, "2.6-2.8 XAD assertor address"},
	{"REL-10", HL7_PROVIDER_PHONE, "2.6-2.8 XTN assertor contact"},

	{"SCD-25", HL7_PROVIDER, "2.6-2.8 XCN operator unload"},
	{"SCD-34", HL7_PROVIDER, "2.6-2.8 XCN attending doctor"},

	{"SDD-7", HL7_PROVIDER, "2.6-2.8 ST operator name"},

	{"VAR-4", HL7_PROVIDER, "2.3-2.8 XCN variance originator"},
};

_Static_assert(array_size(rows) <= HL7_ROWS_MAX, "more rows than a table may have");

const struct hl7_row *hl7_rows_provider(size_t *ret_n)
{
	*ret_n = array_size(rows);
	return rows;
}
