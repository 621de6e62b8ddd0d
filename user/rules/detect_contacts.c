/* SPDX-License-Identifier: BSD-2-Clause */
/* Ways to reach somebody: telephone, email, IPv4 address. */
#include "builtin.h"
#include "validate.h"

/* What follows a number on the same line: an extension, or what kind of line it is. */
#define EXTENSION "(?: ?,? ?(?:[Ee]xt[.:]?|EXT[.:]?|[Ee]xtension:?|[Xx]\\.?|#) ?\\d{1,6})?"
#define LINE_KIND "[ -]\\(?(?:[Oo]ffice|[Ff]ax|[Mm]obile|[Cc]ell|[Hh]ome|[Ww]ork|[Pp]ager)"

#define PHONE_LABELS                                                                               \
	LIST("tel", "telephone", "telephones", "phones",                                           \
	     "telefon :", "telefono :", "teléfono :", "téléphone :", "phone", "ph", "call",        \
	     "answering", "ring", "fax", "facsimile", "cell", "cellphone", "cellular", "mobile",   \
	     "mob", "pager", "beeper", "voicemail", "whatsapp", "dial", "contact", "reach",        \
	     "reached", "hotline", "landline", "phone number", "fax number", "mobile number",      \
	     "my number", "his number", "her number",                                              \
                                                                                                   \
	     "phone (home", "phone (work", "phone (cell", "phone (mobile", "phone (h", "phone (w", \
	     "phone (c", "phone (m", "phone 1", "phone 2", "faxed to", "call back", "msisdn",      \
	     "contact number", "home :", "work :", "use\":\"home", "use\":\"work",                 \
	     "use\":\"mobile", "callback", "caller id", "texted", "sms", "dialed",                 \
                                                                                                   \
	     "text me", "caller", "my registered", "number on file", "home number", "work number", \
	     "messages to", /* X12, PER */ "=*TE*", "=*CP*", "=*HP*", "=*WP*", "=*FX*",            \
	     "toll free", "call from", "text to", "office number", "your number?", "me back",      \
	     "voicemail from", "daytime number", "number on record", "phone numbers",              \
	     "message to", "called from", "calling from", "results to", "phone nbr", "phone num",  \
	     "phone no", "fax nbr", "fax no", "fax num", "mobile no", "mobile num", "cell no",     \
	     "cell num", "tel no", "tel num")

/* As it is dialled at home, behind the trunk prefix 0 (ITU-T E.123): in groups. */
#define TRUNK                 "(?:0|\\(0\\))[1-9]\\d{0,4}[ /-]\\d{2,8}(?:[ -]\\d{2,5}){0,3}"
#define PHONE_FORM(text, ...) FORM(text EXTENSION, NUMBER, DIGIT, DIGITS, 7, ##__VA_ARGS__)
/* Of groups, however many. */
#define PHONE_GROUPS(text, ...)                                                                    \
	FORM(text EXTENSION, NUMBER, GROUP, DIGITS, 7, .validate = "phone", ##__VA_ARGS__)
#define NANP_GROUPS "[2-9]\\d{2}(?:-\\d{3}-|\\.\\d{3}\\.|[ /][2-9]\\d{2}-| - [2-9]\\d{2} - )\\d{4}"
#define DASH        "(?: ?[-.] ?| )?"
/* Of an area that cannot be: an extension says what it is. */
#define EXTENDED "[01]\\d{2}(?:-\\d{3}-|\\.\\d{3}\\.)\\d{4} ?[Xx]\\d{2,6}"
#define NAMED_PHONE(text)                                                                          \
	FORM("(" text EXTENSION ")" LINE_KIND, NUMBER, WORD, DIGITS, 7, .validate = "phone-line")

/* A local part and a domain of so many bytes behind the first. */
#define EMAIL(local, domain, ...)                                                                  \
	FORM("[0-9A-Za-z_\\x80-\\xff][0-9A-Za-z_.%+'\\x80-\\xff-]" local "@"                       \
	     "[0-9A-Za-z\\x80-\\xff][0-9A-Za-z.\\x80-\\xff-]" domain,                              \
	     NONE, NONE, PAST, '@', .validate = "email", .tail = "[0-9A-Za-z.\\x80-\\xff-]",       \
	     ##__VA_ARGS__)

static const struct rule_def contacts[] = {
	{
		/*
		 * Punctuation makes a telephone number of ten digits; digits and spaces alone also
		 * need an exchange that can be, or a 0 in front of groups as other countries write
		 * them; anything else, a label in front or a kind behind.
		 */
		.name = "phone",
		.class = ID_PHONE,
		.group = "builtin",
		.what = "telephone or fax number: North American, international, national behind a "
			"0, "
			"or by its label",
		.source = "45 CFR 164.514(b)(2)(i)(D), (E); ATIS-0300051 (NANP), ITU-T E.164",
		.examples = LIST("call [212-555-0123 x45] now",
				 "or [020 7946 0958], [06 12 34 56 78], [030/1234567]",
				 "[(11) 98765-4321], [(02) 9876 5432], [+(370) 61234567]",
				 "[+44 20 7946 0958], fax [030 123456]", "[089 72 63 41] office",
				 "tel [555-1234, 555-9876], phones [5551234567/5559876543]",
				 "Phone/Fax: [617-555-0123]/[617-555-0124], tel [5550101 or "
				 "5550102]",
				 "pager [31245], \"phoneNumber\":[2125550123]",
				 "[212-555-0123 #204], tel [(0)617 5550155]",
				 "phone: [(212)  555-0123], tel [212 - 555 - 0123]",
				 "[212-555-0123 x.45], ([+44) 7400 123456], [02.98.95.39.81]",
				 "tel [5550123] 12-34-56-78-90, tel [212-555-0123] 12 34 5",
				 "[030 123456] 13/14/1999, phone [1-093-184-8018]",
				 "[(112) 555-0123], [012-555-0123x45], [(06227) 93966]",
				 "[(212) 555 - 0123], [+1 (212) 555 - 0123], [212 - 555 - 0123]",
				 "[1 - 212 - 555 - 0123], [(212)555 -0123], 212 - 155 - 0123",
				 "112-555-0123 and 212 155 0123", "0055 0308 0340",
				 "NDC 0378-0023-01, 0-306-40615-2", "call 911, pager 2 times"),
		.nforms = 17,
		.forms =
			{PHONE_FORM(EXTENDED "|" NANP_GROUPS),
			 PHONE_FORM("\\((?:0\\d{2,4}\\) ?\\d{5,6}|(?:[1-9]\\d{2}\\)" DASH "\\d{3}"
				    "|0\\d{1,4}\\)[-. ]?\\d{3,5}|[1-9]\\d\\) ?\\d{4,5})" DASH
				    "\\d{4})"),
			 FORM(TRUNK EXTENSION, TOKEN, GROUP, DIGITS, 7, .validate = "trunk",
			      .brief = brief_trunk),
			 /* France: pairs, with full stops or dashes too. Australia: an area and two fours. */
			 FORM("0[1-9](?:(?:[.-]\\d{2}){4}|(?:\\.\\d{4}){2})", TOKEN, NUMBER, DIGITS,
			      7),
			 PHONE_FORM("(?:[78] ?)?\\([2-9]\\d{2}\\) ?\\d{3}-\\d{2}-\\d{2}"
				    "|8[ -]9\\d{2}[ -]\\d{3}[ -]\\d{2}[ -]\\d{2}"),
			 PHONE_FORM("(?:00)?1(?:[-. ](?:[2-9]\\d{2}[-. ]|\\([1-9]\\d{2}\\)[-. ]?)"
				    "\\d{3}[-. ]| - [2-9]\\d{2} - \\d{3} - )\\d{4}"),
			 PHONE_FORM("\\+1\\)?" DASH "(?:\\d{3}|\\(\\d{3}\\))" DASH "\\d{3}" DASH
				    "\\d{4}"),
			 PHONE_GROUPS("\\+(?:[2-9]\\d{0,14}|[01]\\d\\(\\d\\)\\d{5}|\\([2-9]\\d{0,3}"
				      "\\)|[2-9]\\d{0,3}\\))"
				      "(?:[ ./-]?\\(\\d{1,5}\\)|[ ./-]?\\d{1,7}){1,6}"),
			 /* Not "0071-0155-23", an NDC: two digits end more groups than that. */
			 PHONE_GROUPS("(?:00|011[ -])[1-9]\\d{0,2}(?:[ ./-]\\d{1,8}){1,2}"
				      "(?:[ ./-]\\d{3,8}|(?:[ ./-]\\d{1,8}){2,3})"),
			 /* Not the end of an id or a fraction in front of other numbers. */
			 FORM("[2-9]\\d{2} [2-9]\\d{2} \\d{4}" EXTENSION, SLASH, NUMBER, DIGITS, 7),
			 FORM("(?:\\(\\d{3}\\)  |[0-9(][0-9+-]\\)?)(?:(?:[ ./-]| - "
			      ")?\\(?\\d\\)?){5,14}" EXTENSION,
			      DIGIT, GROUP, DIGITS, 5, .validate = "phone", .labels = PHONE_LABELS,
			      .distance = 24),
			 FORM("\\(?[+0]?\\d{1,5}\\)?" GAP "\\(?\\d{1,5}\\)?(?:(?:[ ./-]|" GAP
			      ")?\\(?\\d{1,5}\\)?){0,4}" EXTENSION,
			      DIGIT, GROUP, DIGITS, 5, ENCODED("phone-groups"),
			      .labels = PHONE_LABELS, .distance = 24),
			 FORM("[2-9]\\d{2}" GAP "\\d{3}(?:" GAP "|[-. ])\\d{4}"
			      "|\\([2-9]\\d{2}\\)(?:" GAP "\\d{3}(?:" GAP "|[-. ])|[-. ]?\\d{3}" GAP
			      ")\\d{4}",
			      NUMBER, DIGIT, DIGITS, 7, ENCODED("phone")),
			 FORM("\\+[1-9]\\d{0,3}" GAP "\\(?\\d{1,5}\\)?(?:(?:[ ./-]|" GAP
			      ")?\\d{1,7}){1,5}",
			      NUMBER, GROUP, DIGITS, 7, ENCODED("phone-groups")),
			 NAMED_PHONE("(?:\\d|\\(\\d{1,5}\\))(?:[ .-]?\\d){5,12}"),
			 FORM("\\d{4,6}", DECIMAL, DECIMAL, DIGITS, 3,
			      .labels = LIST("pager", "beeper", "bleep", "pgr", "vocera", "ascom",
					     "spectralink", "ext"),
			      .distance = 8),
			 VALUES("(?:\\d{3}-\\d{4}|\\d{7}|\\d{10})", DIGIT, GROUP,
				.validate = "list", .labels = PHONE_LABELS, .distance = 24)},
	},
	{
		/* The longest that validates is taken: a full stop behind it stays outside. */
		.name = "email",
		.class = ID_EMAIL,
		.group = "builtin",
		.what = "email address",
		.source = "45 CFR 164.514(b)(2)(i)(F); RFC 5321 4.5.3.1, RFC 6531",
		.examples =
			LIST("write to [jane.doe+x@mail.example.org].", "user@localhost, a@b.c0m1"),
		.nforms = 3,
		.forms = {EMAIL("{0,63}", "{3,189}"),
			  EMAIL("{64,127}", "{3,125}", .never = never_email),
			  /* In a URL or a form. */
			  FORM("[0-9A-Za-z_](?:[0-9A-Za-z_.+'-]|%2[0-9A-Fa-f]){0,40}%40"
			       "[0-9A-Za-z][0-9A-Za-z.-]{3,120}",
			       NONE, NONE, PAST, '%', .validate = "email-encoded", .encoded = true,
			       .never = never_email)},
	},
	{
		.name = "ipv4",
		.class = ID_IP,
		.group = "builtin",
		.what = "IPv4 address; not a version, nor a part of a longer dotted run",
		.source = "45 CFR 164.514(b)(2)(i)(O); RFC 791, RFC 6943 3.1.1",
		.examples = LIST("from [10.2.0.1] to [192.168.1.254]:8080",
				 "version 1.2.3.4, 1.2.3.4.5", "256.1.1.1"),
		.nforms = 1,
		.forms = {FORM("\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}", DECIMAL, DECIMAL, BYTES,
			       6, .validate = "ipv4", .quick = quick_ipv4, .sure = sure_ipv4,
			       .unless = VERSION_LABELS, .distance = 8)},
	},
};

const struct rule_def *rules_contacts(size_t *ret_n)
{
	*ret_n = array_size(contacts);
	return contacts;
}
