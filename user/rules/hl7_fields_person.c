/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The patient, next of kin, guarantor and insured: PID, MRG, NK1, GT1, IN1 and IN2, every field
 * that holds a person's name, address, telephone, identifier, birth or death date.
 *
 * Of organizations only employers and groups of insured are here: the insurer's own name, address
 * and number (IN1-3, 4, 5, 7) identify nobody, and receivers route claims by them. Neither do
 * authorizations (IN1-14, 28), which are numbers of a transaction, as an order's number is.
 */
#include "hl7_fields.h"

static const struct hl7_row rows[] = {
	NUMBER("PID-2", HL7_RECORD, "2.1-2.6 CX patient ID"),
	NUMBER("PID-3", HL7_RECORD, "2.1-2.8 CX patient identifier list"),
	NUMBER("PID-4", HL7_RECORD, "2.1-2.6 CX alternate patient ID"),
	{"PID-5", HL7_NAME, "2.1-2.8 XPN patient name"},
	{"PID-6", HL7_NAME, "2.1-2.8 XPN mother's maiden name"},
	{"PID-7", HL7_BIRTH_DATE, "2.1-2.8 DTM date and time of birth"},
	{"PID-9", HL7_NAME, "2.1-2.6 XPN patient alias"},
	{"PID-11", HL7_ADDRESS, "2.1-2.8 XAD patient address"},
	{"PID-12", HL7_ADDRESS, "2.1-2.6 IS county code"},
	{"PID-13", HL7_PHONE, "2.1-2.8 XTN phone number, home"},
	{"PID-14", HL7_PHONE, "2.1-2.8 XTN phone number, business"},
	NUMBER("PID-18", HL7_ACCOUNT, "2.1-2.8 CX patient account number"),
	{"PID-19", HL7_SSN, "2.1-2.6 ST SSN, patient"},
	{"PID-20", HL7_LICENSE, "2.1-2.6 DLN driver's license number"},
	NUMBER("PID-21", HL7_RECORD, "2.2-2.8 CX mother's identifier"),
	{"PID-23", HL7_ADDRESS, "2.2-2.8 ST birth place"},
	{"PID-29", HL7_DEATH_DATE, "2.3-2.8 DTM patient death date and time"},
	{"PID-40", HL7_PHONE, "2.7-2.8 XTN patient telecommunication information"},

	NUMBER("MRG-1", HL7_RECORD, "2.1-2.8 CX prior patient identifier list"),
	NUMBER("MRG-2", HL7_RECORD, "2.1-2.6 CX prior alternate patient ID"),
	NUMBER("MRG-3", HL7_ACCOUNT, "2.1-2.8 CX prior patient account number"),
	NUMBER("MRG-4", HL7_RECORD, "2.2-2.6 CX prior patient ID"),
	NUMBER("MRG-5", HL7_ACCOUNT, "2.3-2.8 CX prior visit number"),
	NUMBER("MRG-6", HL7_ACCOUNT, "2.3-2.8 CX prior alternate visit ID"),
	{"MRG-7", HL7_NAME, "2.3-2.8 XPN prior patient name"},

	{"NK1-2", HL7_NAME, "2.1-2.8 XPN name"},
	{"NK1-4", HL7_ADDRESS, "2.1-2.8 XAD address"},
	{"NK1-5", HL7_PHONE, "2.1-2.8 XTN phone number"},
	{"NK1-6", HL7_PHONE, "2.2-2.8 XTN business phone number"},
	NUMBER("NK1-12", HL7_OTHER, "2.2-2.8 CX next of kin/associated parties employee number"),
	{"NK1-13", HL7_NAME, "2.2-2.8 XON organization name"},
	{"NK1-16", HL7_BIRTH_DATE, "2.3-2.8 DTM date and time of birth"},
	{"NK1-26", HL7_NAME, "2.3-2.8 XPN mother's maiden name"},
	{"NK1-30", HL7_NAME, "2.3-2.8 XPN contact person's name"},
	{"NK1-31", HL7_PHONE, "2.3-2.8 XTN contact person's telephone number"},
	{"NK1-32", HL7_ADDRESS, "2.3-2.8 XAD contact person's address"},
	NUMBER("NK1-33", HL7_OTHER, "2.3-2.8 CX next of kin/associated party's identifiers"),
	{"NK1-37", HL7_SSN, "2.3-2.8 ST contact person social security number"},
	{"NK1-38", HL7_ADDRESS, "2.5-2.8 ST next of kin birth place"},
	{"NK1-40", HL7_PHONE, "2.7-2.8 XTN next of kin telecommunication information"},
	{"NK1-41", HL7_PHONE, "2.7-2.8 XTN contact person's telecommunication information"},

	NUMBER("GT1-2", HL7_ACCOUNT, "2.1-2.8 CX guarantor number"),
	{"GT1-3", HL7_NAME, "2.1-2.8 XPN guarantor name"},
	{"GT1-4", HL7_NAME, "2.1-2.8 XPN guarantor spouse name"},
	{"GT1-5", HL7_ADDRESS, "2.1-2.8 XAD guarantor address"},
	{"GT1-6", HL7_PHONE, "2.1-2.8 XTN guarantor phone number, home"},
	{"GT1-7", HL7_PHONE, "2.1-2.8 XTN guarantor phone number, business"},
	{"GT1-8", HL7_BIRTH_DATE, "2.1-2.8 DTM guarantor date and time of birth"},
	{"GT1-12", HL7_SSN, "2.1-2.8 ST guarantor SSN"},
	{"GT1-16", HL7_NAME, "2.1-2.8 XPN guarantor employer name"},
	{"GT1-17", HL7_ADDRESS, "2.1-2.8 XAD guarantor employer address"},
	{"GT1-18", HL7_PHONE, "2.1-2.8 XTN guarantor employer phone number"},
	NUMBER("GT1-19", HL7_OTHER, "2.1-2.8 CX guarantor employee ID number"),
	{"GT1-21", HL7_NAME, "2.2-2.8 XON guarantor organization name"},
	{"GT1-24", HL7_DEATH_DATE, "2.3-2.8 DTM guarantor death date and time"},
	NUMBER("GT1-29", HL7_OTHER, "2.3-2.8 CX guarantor employer ID number"),
	{"GT1-42", HL7_NAME, "2.3-2.8 XPN mother's maiden name"},
	{"GT1-45", HL7_NAME, "2.3-2.8 XPN contact person's name"},
	{"GT1-46", HL7_PHONE, "2.3-2.8 XTN contact person's telephone number"},
	{"GT1-51", HL7_NAME, "2.3-2.8 XON guarantor employer's organization name"},
	{"GT1-56", HL7_ADDRESS, "2.5-2.8 ST guarantor birth place"},

	{"IN1-6", HL7_NAME, "2.1-2.8 XPN insurance company contact person"},
	{"IN1-8", HL7_PLAN, "2.1-2.8 ST group number"},
	{"IN1-9", HL7_NAME, "2.1-2.8 XON group name"},
	NUMBER("IN1-10", HL7_OTHER, "2.1-2.8 CX insured's group employer ID"),
	{"IN1-11", HL7_NAME, "2.1-2.8 XON insured's group employer name"},
	{"IN1-16", HL7_NAME, "2.1-2.8 XPN name of insured"},
	{"IN1-18", HL7_BIRTH_DATE, "2.1-2.8 DTM insured's date of birth"},
	{"IN1-19", HL7_ADDRESS, "2.1-2.8 XAD insured's address"},
	{"IN1-30", HL7_NAME, "2.1-2.8 XCN verification by"},
	{"IN1-36", HL7_PLAN, "2.1-2.8 ST policy number"},
	{"IN1-44", HL7_ADDRESS, "2.1-2.8 XAD insured's employer's address"},
	NUMBER("IN1-49", HL7_PLAN, "2.3-2.8 CX insured's ID number"),
	{"IN1-52", HL7_ADDRESS, "2.5-2.8 ST insured's birth place"},

	NUMBER("IN2-1", HL7_OTHER, "2.2-2.8 CX insured's employee ID"),
	{"IN2-2", HL7_SSN, "2.2-2.8 ST insured's social security number"},
	{"IN2-3", HL7_NAME, "2.2-2.8 XCN insured's employer's name and ID"},
	{"IN2-6", HL7_PLAN, "2.2-2.8 ST Medicare health insurance card number"},
	{"IN2-7", HL7_NAME, "2.2-2.8 XPN Medicaid case name"},
	{"IN2-8", HL7_PLAN, "2.2-2.8 ST Medicaid case number"},
	{"IN2-9", HL7_NAME, "2.2-2.8 XPN military sponsor name"},
	{"IN2-10", HL7_PLAN, "2.2-2.8 ST military ID number"},
	{"IN2-12", HL7_NAME, "2.2-2.8 ST military organization"},
	{"IN2-13", HL7_ADDRESS, "2.2-2.8 ST military station"},
	NUMBER("IN2-26", HL7_PLAN, "2.2-2.8 CX payor subscriber ID"),
	{"IN2-40", HL7_NAME, "2.3-2.8 XPN mother's maiden name"},
	{"IN2-49", HL7_NAME, "2.3-2.8 XPN employer contact person name"},
	{"IN2-50", HL7_PHONE, "2.3-2.8 XTN employer contact person phone number"},
	{"IN2-52", HL7_NAME, "2.3-2.8 XPN insured's contact person's name"},
	{"IN2-53", HL7_PHONE, "2.3-2.8 XTN insured's contact person phone number"},
	NUMBER("IN2-61", HL7_PLAN, "2.3-2.8 CX patient member number"),
	{"IN2-63", HL7_PHONE, "2.3-2.8 XTN insured's phone number, home"},
	{"IN2-64", HL7_PHONE, "2.3-2.8 XTN insured's employer phone number"},
	{"IN2-69", HL7_NAME, "2.3-2.8 XON insured organization name and ID"},
	{"IN2-70", HL7_NAME, "2.3-2.8 XON insured employer organization name and ID"},
};

_Static_assert(array_size(rows) <= HL7_ROWS_MAX, "more rows than a table may have");

const struct hl7_row *hl7_rows_person(size_t *ret_n)
{
	*ret_n = array_size(rows);
	return rows;
}
