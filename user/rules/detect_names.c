/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of people, by what stands in front: a label of a form, a title, a salutation, an NPI.
 * Words with a capital follow, and none that forms are made of (validate_words.c).
 */
#include "builtin.h"

/* A byte of c3 to df, or e1, begins a letter that is not ASCII; e2, a dash or a quote. */
#define WORD_      "[A-Z\\xc3-\\xdf\\xe1][A-Za-z'\\x80-\\xff-]{1,20}"
#define SHORT_WORD "[A-Z\\xc3-\\xdf\\xe1][A-Za-z'\\x80-\\xff-]{1,14}"
#define INITIAL    "[A-Z]\\.?"
#define PARTICLES  "(?:(?:van|von|der|den|de|du|la|le|di|da|del|dos|bin|al|el|ter|S[tT]\\.) ){0,2}"
#define FRONT      "(?:[A-Z](?:\\. ?| )){0,2}"
/* "DOE, JANE", "DOE,JANE", and as HL7 and DICOM write it, "DOE^JANE". */
#define BETWEEN "(?:,? |,|\\^{1,3})"
/* One word and up to n more; initials may stand in front. */
#define NAME(n) FRONT PARTICLES WORD_ "(?:" BETWEEN PARTICLES "(?:" WORD_ "|" INITIAL ")){0," n "}"
/* Whoever makes names up writes numbers behind them: "Damon455". */
#define NUMBERED   WORD_ "\\d{0,4}"
#define SMALL_WORD "[a-z][a-z'-]{1,20}"
/* A key and what shows that its value follows. */
#define KEY(name) name "=", name "\":"

/* A character of Chinese, Japanese, Korean, or of India or Thailand: names in these have no capitals. */
#define CHARACTER "[\\xe0\\xe3-\\xed][\\x80-\\xbf]{2}"

#define NAME_LABELS                                                                                \
	LIST("name :", "name?", "names :", "name is", "name was", "your name", "my name",          \
	     "his name", "her name", "s name", "patient name", "pt name", "full name",             \
	     "first name", "last name", "given name", "family name", "middle name", "maiden name", \
	     "surname", "legal name", "preferred name", "insured name", "subscriber name",         \
	     "guarantor name", "guardian name", "contact name", "member name", "customer name",    \
	     "forename", "forenames", "fname", "lname", "provider name", "physician name",         \
	     "doctor name", "caregiver name",                                                      \
	     "name (last, first) :", "patient :", "pt :", "guarantor :", "guardian :",             \
	     "next of kin :", "nok :", "emergency contact :", "spouse :", "mother :", "father :",  \
	     "daughter :", "son :", "wife :", "husband :", "sister :", "brother :", "caregiver :", \
	     "insured :", "subscriber :", "beneficiary :", "signed by", "by :", "dictated by",     \
	     "attending :", "physician :", "pcp :", "surgeon :", "assistant :", "witness :",       \
	     "provider :", "cardholder :", "policyholder :", "member :", "contact person :",       \
	     "emerg contact", "caller :", "radiologist :", "pathologist :", "technologist :",      \
	     "anesthesiologist :", "interpreter :", "attending md :", "signed :", "signature :",   \
	     "author :", "responsible party :", "policy holder :", "account holder :",             \
	     "significant other :", "informant :", "decedent :", "veteran :", "resident :",        \
	     "consultant :", "social worker :", "case manager :", "therapist :", "pharmacist :",   \
	     "cardiologist :", "referring :", "clinician :", "person><name>",                      \
	     "beneficiary\":{\"display\":", "subscriber\":{\"display\":",                          \
	     "subject\":{\"display\":", "patient\":{\"display\":", "name\":{\"text\":",            \
	     "name\":[{\"text\":", "official\",\"text\":", "usual\",\"text\":", "\"family\" :",    \
	     "\"physician\" :", "\"attending\" :", "attending physician\":", "family value=\"",    \
	     "patient\":", "patient\":{\"name\":", "contact\":{\"name\":", "emergency contact\":", \
	     "next of kin\":", "guarantor\":", "guardian\":", "spouse\":", "mother\":",            \
	     "father\":", "subscriber\":", "insured\":", "caregiver\":", "surgeon\":",             \
	     "doctor\":", "physician\":", "ordering provider\":", "referring provider\":",         \
	     "rendering provider\":", "attending provider\":", "care provider\":", "patient=",     \
	     "attending=", "physician=", "nurse=", "guarantor=", "guarantor\":{\"name\":",         \
	     "next of kin\":[{\"name\":", "pat name", "mbr name", "holder name",                   \
	     "dependent :", "enrollee :", "claimant :", "payee :", "adjuster :", "ordering md :",  \
	     "partner :", "relative :", "emerg. contact",                                          \
	     "contact 1 :", "contact #1 :", "poa :", "health care proxy :", "technician :",        \
	     "phlebotomist :", "aka :", "attn :", "rn :", "verified by", "witnessed by",           \
	     "performed by", "transcribed by", "entered by", "ordered by", "administered by",      \
	     "sincerely,", "regards,", "pt. name", "patient.name", "name..", "patient><name>",     \
	     "physician>", "nickname", "maidenname\", \"valuestring\":", "given value=\"",         \
	     "given qualifier=\"cl\">",                                                            \
	     "\"given\" :", "\"first\" :", "\"middle\" :", "\"last\" :", "family>", "given>",      \
	     "scribe :", "fellow :", "intern :", "primary nurse :", "charge nurse :", "crna :",    \
	     "sonographer :", "hospitalist :", "intensivist :", "neurologist :", "psychiatrist :", \
	     "psychologist :", "oncologist :", "dietitian :", "dietician :", "chaplain :",         \
	     "circulator :", "proceduralist :", "endoscopist :", "perfusionist :", "prescriber :", \
	     "supervisor :", "attorney :", "deceased :", "funeral director :", "co-signer :",      \
	     "cosigner :", "mom :", "dad :", "dtr :", "parent :", "fiance :", "girlfriend :",      \
	     "boyfriend :", "grandmother :", "grandfather :", "niece :", "nephew :", "aunt :",     \
	     "uncle :", "stepfather :", "stepmother :", "neighbor :", KEY("first nm"),             \
	     KEY("last nm"), KEY("middle nm"), "patient nm", "pt nm", KEY("name first"),           \
	     KEY("name last"), "mname", "given names",                                             \
	     "pt first=", "pt last=", "nok first=", "nok last=", "name.given", "name.family",      \
	     "family=", "given=", KEY("patient first"), KEY("patient last"), "pn [", "vr=\"pn\">", \
	     "\"pn\",\"value\":[{\"alphabetic\":")

/* Behind these one word may be anything: names of two at least. */
#define NAME_VERBS                                                                                 \
	LIST("from :", "to :", "cc :", "bcc :", "copies to :", "authenticated by", "reviewed by",  \
	     "scribed by", "attested by", "edited by", "signed out by", "electronically by",       \
	     "read by", "seen by", "evaluated by", "examined by", "interpreted by",                \
	     "completed by", "cosigned by", "co-signed by", "pronounced by", "taken by",           \
	     "written by", "recorded by", "documented by", "prepared by", "reported by",           \
	     "approved by", "spoke with", "d/w", "s/w", "called to", "given to", "routed to",      \
	     "report to", "/es/", "/s/", "pcp", "pcp is", "identified as", "known as", "a/k/a",    \
	     KEY("provider"), KEY("practitioner"), KEY("prescriber"), KEY("pcp name"),             \
	     KEY("spouse name"), KEY("father name"), KEY("mother name"), KEY("resident name"),     \
	     KEY("cardholder name"), KEY("client name"), KEY("person name"), KEY("nok name"),      \
	     KEY("subscriber nm"),                                                                 \
	     "created by=", "author=", "surgeon=", "pcp=", "ordering provider=",                   \
	     "emergency contact=", "displayname :", "individual\":{\"display\":",                  \
	     "individual\":[{\"display\":", "performer\":{\"display\":",                           \
	     "performer\":[{\"display\":", "actor\":{\"display\":", "actor\":[{\"display\":",      \
	     "author\":{\"display\":", "author\":[{\"display\":", "requester\":{\"display\":",     \
	     "requester\":[{\"display\":", "recorder\":{\"display\":",                             \
	     "recorder\":[{\"display\":", "enterer\":{\"display\":", "enterer\":[{\"display\":",   \
	     "sender\":{\"display\":", "sender\":[{\"display\":", "recipient\":{\"display\":",     \
	     "recipient\":[{\"display\":", "who\":{\"display\":", "who\":[{\"display\":",          \
	     "practitioner\":{\"display\":", "practitioner\":[{\"display\":")
/* But "dad": a log is full of ids that may have it. */
#define RELATIONS                                                                                  \
	LIST("daughter", "son", "wife", "husband", "mother", "father", "sister", "brother",        \
	     "spouse", "next of kin", "girlfriend", "boyfriend", "partner", "fiance", "fiancee",   \
	     "niece", "nephew", "aunt", "uncle", "grandson", "granddaughter", "grandmother",       \
	     "grandfather", "stepfather", "stepmother", "stepson", "stepdaughter", "dtr", "mom",   \
	     "roommate", "neighbor", "friend", "caregiver", "guardian")
/* "Tesk, Odette M" or "Odette M. Tesk". */
#define WHOLE_NAME                                                                                 \
	"(?:(?:[A-Z]\\.? ){1,2}" WORD_ "|" WORD_ "(?:, ?| (?:[A-Z]\\.? )?)" WORD_ "(?: (?:" WORD_  \
	"|" INITIAL "))?)"
/*
 * What somebody has learnt, behind the name, in capitals: then only a comma with two of these behind it has to be looked at. No
 * "DO" without what ends it, no "MS" and no "PA".
 */
#define CREDENTIAL                                                                                 \
	"(?:M(?:\\.D\\.?|D|BBS|S[NW])|D(?:\\.O\\.|DS|MD|PM|NP|PT|O[.,;)])|PA-C"                    \
	"|(?:AG|PM|WH|[ACF])?NP(?:-B?C)?|A(?:PRN|RNP)|C(?:RNA|N[AM]|CC-SLP)|RN|RRT|L[PV]N|BSN"     \
	"|L(?:I?C|M|I)SW|OTR(?:/L)?|EMT(?:-P)?|F(?:AC[CPS]|ACOG))"

static const struct rule_def names[] = {
	{
		.name = "name",
		.class = ID_NAME,
		.group = "builtin",
		.what = "name of a person after a label, a title, a salutation or an NPI",
		.source = "45 CFR 164.514(b)(2)(i)(A)",
		.examples = LIST(
			"Patient: [Marrowby, Tamsin A.] DOB", "Name: [Odette O'Dorrin]",
			"my name is [Inés de la Cruz].", "seen by Dr. [Vant-Hollis] and Mrs [Tesk]",
			"Nurse [Odette Tesk]",
			"Surgeon: [Tesk, Odette] Assistant: [Marrowby, Tamsin]",
			"Name: [Odette Tesk], Med Rec No 1", "\"lastName\":\"[Quillfeather]\"",
			"Patient: [TESK,ODETTE M]", "Dr. [J. R. Tesk]", "patient [TESK^ODETTE^M]",
			"\"given\": \"[Peter\",\"James]\"", "first_name=[tamsin]&x=1",
			"Pt. [Corwin Tesk] fell", "|[1234567893^TESK^ODETTE]^MD|",
			"Name: Unknown, drug name: Metformin",
			"the Patient: Denies pain, Pt. Resting", "name of the clinic",
			"last_name=string",
			"Patient : [Odette Tesk], Patient: [\xe7\x8e\x8b\xe5\xb0\x8f\xe6\x98\x8e]",
			"Patient: [Day, Doris], Name: [Doris Day], Dr. [Day] left",
			"Patient: Male, 45", "Drs. [Tesk and Marrowby]",
			"Patient [Odette Tesk] was", "NM1*IL*1*[TESK*ODETTE*M]***MI*", "MR. [TESK]",
			"Patient Care Plan", "her daughter [Petra Tesk] and mother [Ada M. Tesk]",
			"RE: [Odette Tesk], DOB", "patientName=[odette+tesk]&x",
			"</LastName><DateOfBirth>", "her husband, [Corwin Tesk]",
			"wife ([Petra]), mother (Diabetes)", "[Odette Tesk], PA-C, [J. Tesk], RN",
			"Chest Pain, RN notified", "Reviewed by [O. Tesk], spoke with [Petra Tesk]",
			"Seen by Speech Therapy", "From: [Tesk, Odette] <", "/es/ [ODETTE M TESK]",
			"PER DR [MARROWBY]", "Patient ....... [Tesk, Odette M]",
			"Relieved by: Rest", "mother Denies Pain", "Patient: [Tesk] Aspirin",
			"Caused by: Timeout, verified by: [Odette Tesk]",
			"{\"patient\":{\"name\":\"[Odette Tesk]\"},\"nextOfKin\": \"[Corwin "
			"Tesk]\"}",
			"\"subject\":{\"reference\":\"Patient/f00\",\"display\":\"[Odette "
			"Tesk]\"}",
			"{\"reference\": \"Practitioner/eq081-V.9\", \"display\": \"[Odette "
			"Tesk]\"}",
			"{\"reference\":\"Device/f00\",\"display\":\"Odette Tesk\"}"),
		.nforms = 20,
		.forms = {FORM(NAME("3"), WORD, WORD, BYTES, 3, .validate = "name",
			       .labels = NAME_LABELS,
			       .unless = LIST(
				       "drug name", "drugs name", "brand name", "generic name",
				       "trade name", "product name", "medication name", "file name",
				       "test name", "company name", "organization name",
				       "facility name", "hospital name", "clinic name", "host name",
				       "domain name", "procedure name", "plan name", "display name",
				       "field name", "table name", "service name", "device name",
				       "study name", "code name", "job name", "unit name",
				       "payer name", "group name", "channel name", "allergy name",
				       "vaccine name", "location name", "form name", "role name",
				       "lab name", "schema name", "event name", "class name",
				       "queue name", "topic name", "step name", "caused by",
				       "sorted by", "sort by", "powered by", "due by",
				       "triggered by", "blocked by", "followed by", "relieved by",
				       "exacerbated by", "aggravated by", "alleviated by",
				       "evidenced by", "complicated by", "limited by",
				       "improved by", "worsened by"),
			       .distance = 12),
			  FORM(NAME("2"), WORD, WORD, BYTES, 3, .validate = "titled-name",
			       .labels = LIST("=Dr", "=Drs", "=Doctor", "=Mr", "=Mrs", "=Ms",
					      "=Miss", "=Mx", "=Prof", "=Rev", "=Dear", "=Nurse",
					      "=Hi", "=Hello", "=Hey", "=DR.", "=MRS", "=DEAR",
					      "=MR.", "=MS.", "=PROF", "=DOCTOR", "=NURSE",
					      "=Judge", "=Det.", "=Detective", "=Sgt.", "=Sergeant",
					      "=Capt.", "=Captain", "=Lt.", "=Deputy", "=Trooper",
					      "=Pastor", "=Rabbi", "=Chaplain", "=Hon.", "=Fr."),
			       .distance = 4),
			  /* "Pt. Denies pain": two words at least. */
			  FORM(WORD_ "(?: [A-Z]\\.?)? " WORD_ "(?: " WORD_ ")?", WORD, WORD, BYTES,
			       3, .validate = "name", .labels = LIST("=Pt", "=Pt."), .distance = 3),
			  FORM(WORD_ "(?: [A-Z]\\.?)? " WORD_, WORD, WORD, BYTES, 3,
			       .validate = "name", .labels = LIST("patient"), .distance = 1),
			  /* "daughter Petra Tesk", "her husband, Corwin Tesk". */
			  FORM(WORD_ " (?:[A-Z]\\.? )?" WORD_, WORD, WORD, BYTES, 3,
			       .validate = "whole-name", .labels = RELATIONS, .distance = 2),
			  /* "wife (Tess)". */
			  FORM("(" WORD_ ")\\)", WORD, NONE, BYTES, 3, .validate = "whole-name",
			       .labels = RELATIONS, .distance = 2),
			  FORM(WHOLE_NAME, WORD, WORD, BYTES, 3, .validate = "whole-name",
			       .labels = NAME_VERBS, .distance = 4),
			  FORM(WORD_ ", ?" WORD_ "(?: " INITIAL ")?", WORD, WORD, BYTES, 3,
			       .validate = "whole-name",
			       .labels = LIST("patient ..", "patient -",
					      "patient =", "pt =", "pt -"),
			       .distance = 12),
			  /* In capitals, where "DR" alone may be a drive. */
			  FORM("[A-Z]{4,20}(?: [A-Z]{4,20})?", WORD, WORD, BYTES, 3,
			       .validate = "whole-name", .labels = LIST("=DR", "=MISS"),
			       .distance = 1),
			  FORM("((?:[A-Z]\\. ?){1,2}" SHORT_WORD "|" SHORT_WORD " (?:" INITIAL
			       " )?" SHORT_WORD "(?: " SHORT_WORD ")?), " CREDENTIAL,
			       WORD, WORD, BYTES, 40, .validate = "learned-name"),
			  /* Of a letter: "RE: Odette Tesk, DOB ...". */
			  FORM("(" NAME("2") ")(?:, ?|; ?| \\(| - | {2,3})(?:DOB|MRN|D\\.O\\.B|MR "
					     "?#|ID ?#)",
			       WORD, NONE, BYTES, 3, .labels = LIST("re :"), .distance = 3),
			  FORM(WORD_ "(?:(?:, |/)" WORD_ "){0,3}(?:,? (?:and|&) |/|, )" WORD_, WORD,
			       WORD, BYTES, 3, .labels = LIST("=Drs"), .distance = 3),
			  /* X12: a person's, not an organization's. */
			  FORM(WORD_ "(?: " WORD_ ")?(?:\\*{1,2}(?:" WORD_ "|" INITIAL ")){0,2}",
			       WORD, WORD, BYTES, 3,
			       .labels = LIST("=NM1*IL*1*", "=NM1*QC*1*", "=NM1*82*1*",
					      "=NM1*85*1*", "=NM1*DN*1*", "=NM1*DK*1*",
					      "=NM1*71*1*", "=NM1*72*1*", "=NM1*P3*1*",
					      "=NM1*74*1*", "=NM1*03*1*", "=NM1*S1*1*",
					      "=NM1*77*1*", "=NM1*GD*1*", "=NM1*QD*1*"),
			       .distance = 0),
			  FORM(WORD_ "\\^" WORD_ "(?:\\^{1,3}(?:" WORD_ "|" INITIAL ")){0,3}", WORD,
			       WORD, BYTES, 3, .validate = "name",
			       .labels = LIST("patient", "pn [", "pn : '"), .distance = 3),
			  /* FHIR: all given names of somebody in a list. */
			  FORM(NUMBERED "(?:\", ?\"" NUMBERED "){1,4}|" WORD_ "\\d{1,4}", WORD,
			       WORD, BYTES, 3, .labels = LIST("\"given\" :", "\"family\" :"),
			       .distance = 4),
			  FORM("(?:" CHARACTER "){2}(?: ?" CHARACTER "){0,24}", WORD, DIGIT, BYTES,
			       3, .labels = NAME_LABELS, .distance = 12),
			  /* FHIR: what a reference to somebody shows. */
			  FORM("\", ?\"display\": ?\"(?:(?:Dr|Mr|Mrs|Ms)\\.? )?(" NUMBERED
			       "(?:,? (?:" NUMBERED "|" INITIAL ")){0,3})",
			       NONE, WORD, BYTES, 16, .preceded = behind_reference),
			  /* HL7: behind somebody's NPI. */
			  FORM("[12]\\d{9}\\^" WORD_ "\\^" WORD_ "(?:\\^" INITIAL ")?", WORD, WORD,
			       BYTES, 40, .validate = "npi", .never = never_named),
			  /* As a URL writes it. */
			  FORM("[A-Za-z][a-z'-]{1,20}(?:(?:,?%20|\\+|%2C|%2C%20|,)[A-Za-z][a-z'-]{"
			       "1,20}){1,3}",
			       WORD, WORD, BYTES, 3,
			       .labels = LIST(
				       "patient name=", "full name=", "first name=", "last name="),
			       .encoded = true, .distance = 0),
			  FORM(SMALL_WORD "(?: " SMALL_WORD "){0,2}", WORD, WORD, BYTES, 3,
			       .validate = "name",
			       .labels = LIST(KEY("patient name"), KEY("full name"),
					      KEY("first name"), KEY("last name")),
			       .distance = 2)},
	},
};

const struct rule_def *rules_names(size_t *ret_n)
{
	*ret_n = array_size(names);
	return names;
}
