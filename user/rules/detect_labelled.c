/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers of no universal form, known by the label in front: accounts, members of a health plan,
 * licenses, plates, devices. What follows is taken as it stands; a digit is near its begin, or
 * it is a word ("policy holder").
 */
#include "builtin.h"

#define ID_REST "(?:-?[0-9A-Za-z]){2,39}"
#define ID_TAIL .tail = "[0-9A-Za-z-]"
/* Digits may touch their label: "ACCT123456". */
#define ID_DIGITS(labels_, ...)                                                                    \
	FORM("\\d(?:-?[0-9A-Za-z])" ID_REST, DECIMAL, NONE, DIGITS, 4, .labels = labels_,          \
	     .distance = 24, ID_TAIL, ##__VA_ARGS__)
#define ID_LETTERS(labels_, ...)                                                                   \
	FORM("(?:(?:[A-Za-z]{1,3}-?|[A-Za-z]{4,5}-)\\d|[A-Z]{4,12}\\d|[a-z]{4,8}\\d{4})" ID_REST,  \
	     WORD, NONE, DIGITS, 4, .labels = labels_, .distance = 24, ID_TAIL, ##__VA_ARGS__)
#define ID_GROUPS(labels_, ...)                                                                    \
	FORM("(?:[A-Z]{1,3} ?)?\\d{2,6}(?: \\d{2,6}){1,5}", WORD, GROUP, DIGITS, 4,                \
	     .labels = labels_, .distance = 24, ##__VA_ARGS__)

/* "no", "number", "id", "#" and "is" may follow any of them (label.c), but not as "policyNumber". */
#define ACCOUNT_LABELS                                                                             \
	LIST("account", "account number", "account numbers", "account num", "account nbr",         \
	     "acct num", "acct nbr", "accounts :", "accounts\":", "account no", "account id",      \
	     "acct", "acct no", "a/c", "visit no", "visit number", "encounter no",                 \
	     "encounter number", "encounter id", "visit #", "encounter #",                         \
	     "encounter :", "visit id", "har :", "guarantor no", "guarantor id", "guarantor #",    \
	     "admission no", "admission #", "fin", "fin nbr",                                      \
	     "visit :", "visit=", "har=", "har\":", "enc no", "enc #", "csn", "=CLM*",             \
	     "visit num", "visit nbr", "encounter num", "enc id", "enc num", "acc no", "acc num",  \
	     "statement #", "statement no", "stmt #", "invoice #", "invoice no", "invoice number", \
	     "receipt #", "receipt no", "receipt number", "billing #", "encounters/", "accounts/", \
	     "visits/")
#define PLAN_LABELS                                                                                \
	LIST("member id", "member ids", "member no", "member number", "member numbers",            \
	     "member #", "member's id", "subscriber's id", "insured's id", "mbr id", "group id",   \
	     "contract number", "contract id", "subscriber", "subscriber id", "subscriber ids",    \
	     "subscriber number", "policy", "policy id", "policy no", "policy number",             \
	     "policy numbers", "plan id", "plan no", "plan number", "group no", "group number",    \
	     "group #", "grp", "insurance id", "insurance no", "insurance number", "insured id",   \
	     "insured no", "beneficiary", "beneficiary id", "medicaid", "medicaid id", "medicare", \
	     "medicare id", "hic", "hicn", "enrollee", "enrollee id", "rx id", "ins id",           \
	     "ins. id", "ins no", "ins #", "insurance #", "medi-cal", "dod id", "edipi",           \
	     "recipient id", "cardholder id", "contract no", "contract #", "rx group",             \
	     "health card", "claim id", "claim no", "claim number", "claim #", "=*MI*", "ref*1l",  \
	     "ref*6p", "ref*0f", "ref*1w", "policy num", "policy nbr", "policy #", "group num",    \
	     "group nbr", "member num", "member nbr", "mbr no", "mbr #", "sub id", "claim num",    \
	     "claim nbr", "claim :", "subscriber no", "subscriber #", "plan #", "contract num",    \
	     "tricare", "members/", "claims/")
#define LICENSE_LABELS                                                                             \
	LIST("license", "license no", "license number", "license numbers", "licence",              \
	     "licence no", "licence number", "lic", "=DLN", "dl no", "dl number", "dl #",          \
	     "certificate", "certificate no", "certificate number", "cert no", "cert #", "permit", \
	     "permit no", "permit number", "passport", "passport no", "passport number",           \
	     "state id", "cdl", "military id", "a-number", "green card", "license num",            \
	     "license nbr", "license #", "dl num", "lic num", "alien #", "alien no", "visa no",    \
	     "visa number")
#define PLATE_LABELS                                                                               \
	LIST("license plate", "licence plate", "number plate", "registration plate", "plate no",   \
	     "plate number", "plate #", "tag no", "tag number", "tag #")
#define DEVICE_LABELS                                                                              \
	LIST("s/n", "sn :", "sn #", "serial :", "serial\":", "serial no", "serial number",         \
	     "serial numbers", "serial #", "ser no", "ser #", "device id", "device no",            \
	     "device number", "device sn", "imei", "imsi", "iccid", "meid", "device #",            \
	     "asset tag", "serial num", "serial nbr", "transmitter id", "asset #")
/* "case" and "badge" are words: not without "no", "id" or "#". */
#define OTHER_LABELS                                                                               \
	LIST("accession", "accession number", "specimen id", "specimen no", "specimen number",     \
	     "specimen #", "case id", "case no", "case number", "case #", "employee id",           \
	     "employee no", "employee number", "employee #", "emp id", "emp no", "badge id",       \
	     "badge no", "badge number", "badge #", "student id", "student no", "subject id",      \
	     "participant id", "prior auth", "auth no", "auth number", "auth #",                   \
	     "authorization no", "authorization number", "authorization #", "referral no",         \
	     "referral number", "referral #", "reference no", "reference number", "reference #",   \
	     "ref*g1", "ref*9f", "ref*ej", "control number", "=ICN", "=DCN", "=TCN",               \
	     "trace number", "donor id", "inmate no", "inmate number", "inmate #", "inmate id",    \
	     "incident no", "incident number", "incident #", "rx no", "rx number", "rx #",         \
	     "prescription no", "prescription number", "prescription #", "=EIN", "employer id",    \
	     "ein\":", "national id", "tax id", "tax identification", "pathology no",              \
	     "pathology number", "=TIN", "taxpayer id", "job #", "job no", "document #",           \
	     "document no", "document number", "report #", "report no", "order #",                 \
	     "requisition #", "requisition no", "requisition number", "req #", "req no", "lab #",  \
	     "exam #", "exam no", "slide #", "slide no", "ref #", "ref no", "reference num",       \
	     "conf #", "confirmation #", "confirmation no", "confirmation number", "tracking #",   \
	     "tracking no", "tracking number", "transaction #", "ticket #", "ticket no",           \
	     "ticket number", "trip id", "file #", "file no", "file number", "run #", "run no",    \
	     "pcr #", "docket #", "docket no", "docket number", "booking #", "booking no",         \
	     "study #", "subject #", "subject no", "auth code", "auth num", "case num",            \
	     "case nbr", "rx num", "emp #", "emp num", "interpreter id", "interpreter #",          \
	     "unos id", "check #", "check no", "client #", "(0008,0050) sh")

static const struct rule_def labelled[] = {
	{
		.name = "account",
		.class = ID_ACCOUNT,
		.group = "builtin",
		.what = "account or visit number after a label",
		.source = "45 CFR 164.514(b)(2)(i)(J)",
		.examples = LIST("Account No: [00123456]", "acct# [AC-1234567]",
				 "account number is [1234 5678 9012]", "acct [12345] 12/15 of",
				 "account [WXYZ21793639700389]", "account: [WXYZ2024]",
				 "acct# [AC-1234567, AC-1234568]",
				 "account numbers [12345678; 12345679]",
				 "account [12345678], 2024 and 5", "account 30 days overdue",
				 "accounts of 2019 and accounting 12345"),
		.nforms = 5,
		.forms = {ID_DIGITS(ACCOUNT_LABELS), ID_LETTERS(ACCOUNT_LABELS),
			  ID_GROUPS(ACCOUNT_LABELS), ID_VALUES(ACCOUNT_LABELS)},
	},
	{
		.name = "plan-id",
		.class = ID_PLAN,
		.group = "builtin",
		.what = "number of a member, subscriber, policy or group after a label",
		.source = "45 CFR 164.514(b)(2)(i)(I)",
		.examples = LIST("Member ID: [XYZ123456789]", "Policy [H-0012345], group # [70012]",
				 "\"subscriberId\": \"[W1234567801]\"",
				 "member IDs: [XYZ123456789 and XYZ123456790]",
				 "Member ID: [W12345678 02], policy no [XYZ 123456789]",
				 "subscriber id [123456789] 30 days", "policy holder, plan B",
				 "member since 2019"),
		.nforms = 6,
		.forms = {ID_DIGITS(PLAN_LABELS), ID_LETTERS(PLAN_LABELS), ID_GROUPS(PLAN_LABELS),
			  ID_VALUES(PLAN_LABELS),
			  /* Blue Cross: three letters in front; which member of a family behind. */
			  FORM("(?:[A-Z]{1,3} ?)?\\d{6,12} 0\\d|[A-Z]{3} \\d{6,12}(?:-\\d{2})?",
			       WORD, GROUP, DIGITS, 4,
			       .labels = LIST("member id", "member no", "member number", "member #",
					      "subscriber id", "subscriber no", "subscriber number",
					      "policy id", "policy no", "policy number", "policy #",
					      "plan id", "insurance id", "insured id",
					      "beneficiary id", "enrollee id"),
			       .distance = 12)},
	},
	{
		.name = "plate",
		.class = ID_VEHICLE,
		.group = "builtin",
		.what = "license plate after a label",
		.source = "45 CFR 164.514(b)(2)(i)(L)",
		.examples = LIST("License plate: [7ABC123]", "plate no [ABC 1234], tag # [12-XY34]",
				 "Plate [XYZ 4321], plate: [BB10 MXF], vehicle reg. [1LY 434]",
				 "plate no [479 PDX] 12-99-21", "agar plate 12 wells",
				 "plate number pending"),
		.nforms = 3,
		.forms =
			{FORM("\\d{1,4}[- ]?[0-9A-Z]{1,6}(?:[- ][0-9A-Z]{1,4})?", WORD, TOKEN,
			      BYTES, 4, .labels = PLATE_LABELS, .distance = 24),
			 FORM("[A-Z]{1,3}[- ]?\\d[- ]?[0-9A-Z]{1,5}(?:[- ][0-9A-Z]{1,4})?"
			      "|[A-Z]{2} \\d[A-Z]{3}\\d{3}",
			      WORD, TOKEN, BYTES, 4, .labels = PLATE_LABELS, .distance = 24),
			 /* A plate may be a dish or of bone: then no letters stand beside its number. */
			 FORM("[A-Z]{2}(?:[A-Z]?[- ]?\\d{3,5}|\\d{2} ?[A-Z]{3})"
			      "|\\d{1,3}[- ]?[A-Z]{3}(?:[- ]?\\d{1,4})?|\\d[A-Z]{2} ?\\d{3}",
			      WORD, TOKEN, BYTES, 4,
			      .labels = LIST("plate", "plates", "vehicle reg",
					     "vehicle registration"),
			      .distance = 8)},
	},
	{
		.name = "license",
		.class = ID_LICENSE,
		.group = "builtin",
		.what = "number of a license, certificate or passport after a label",
		.source = "45 CFR 164.514(b)(2)(i)(K)",
		.examples = LIST("driver's license number is [A56319335]",
				 "DL: [D1234567], dl=[D6816969], lic. "
				 "[MD-12345]",
				 "passport [C01234567], DL: [CA D1234567]",
				 "DL: [S123-4567-8901], DL [123 456 789], license [WDLABCD456DG]",
				 "license no. [832 359 431]", "licensed in 2019",
				 "GLUCOSE 104 MG/DL 1500 KCAL", "License: BSD-3-Clause OR 0BSD"),
		.nforms = 6,
		.forms = {ID_DIGITS(LICENSE_LABELS, .validate = "license"),
			  ID_LETTERS(LICENSE_LABELS, .validate = "license"),
			  ID_VALUES(LICENSE_LABELS),
			  /* Behind its state, or its kind: "RN 558812"; or in threes. */
			  FORM("[A-Z]{1,2} [A-Z]{0,2}\\d{5,13}|\\d{3} \\d{3} \\d{3}", WORD, WORD,
			       DIGITS, 4, .labels = LICENSE_LABELS, .distance = 24),
			  /* "MG/DL 1500": a decilitre has fewer digits, and none in groups. */
			  FORM("(?:[A-Z]{2} )?(?:[A-Z]{1,2}-?)?\\d{5}(?:-?\\d){0,12}"
			       "|[A-Z]?\\d{3,4}(?:-\\d{1,5}){2,4}|[A-Z]\\d{3,4}(?: \\d{2,5}){2,3}"
			       "|\\d{3} \\d{3} \\d{3}",
			       WORD, WORD, DIGITS, 4, .labels = LIST("=DL", "dl="),
			       .unless = LIST("mg/dl", "g/dl", "mcg/dl", "ug/dl", "ng/dl"),
			       .distance = 8)},
	},
	{
		.name = "device-serial",
		.class = ID_DEVICE,
		.group = "builtin",
		.what = "serial number or identifier of a device after a label",
		.source = "45 CFR 164.514(b)(2)(i)(M)",
		.examples =
			LIST("pacemaker S/N [PJN7654321]", "serial numbers [4402918, 4402919]",
			     "serial number: [GTX-00123-A]",
			     "lead SN [4402918], serial [RNB123456H], S/N [VVPK905043]",
			     "serial troponins 3 times, serial 12-lead EKGs", "device is 12 mm"),
		.nforms = 5,
		.forms = {ID_DIGITS(DEVICE_LABELS), ID_LETTERS(DEVICE_LABELS),
			  ID_VALUES(DEVICE_LABELS),
			  FORM("(?:[A-Z]{1,4}-?)?\\d{5,20}[A-Z]?", WORD, WORD, DIGITS, 4,
			       .labels = LIST("serial", "=SN", "s/n"), .distance = 8)},
	},
	{
		.name = "unique-id",
		.class = ID_OTHER,
		.group = "builtin",
		.what = "number of a specimen, case, employee, prescription or taxpayer after a "
			"label",
		.source = "45 CFR 164.514(b)(2)(i)(R), DICOM PS3.15 E.1",
		.examples = LIST("Accession #: [S07-12345], specimen id [2460716436]",
				 "employee ID [E104577], badge no. [88213]",
				 "\"accessionNumber\": \"[20240611-0042]\"",
				 "EIN [12-3456789], tax ID: [98-7654321]", "Rx # [6601234]",
				 "case no [CV-2023-00417]", "specimen id [4460716, 4460717]",
				 "a case of 2019, in case 12345 calls", "badge 12, ein 12345"),
		.nforms = 4,
		.forms = {ID_DIGITS(OTHER_LABELS), ID_LETTERS(OTHER_LABELS),
			  ID_VALUES(OTHER_LABELS)},
	},
};

const struct rule_def *rules_labelled(size_t *ret_n)
{
	*ret_n = array_size(labelled);
	return labelled;
}
