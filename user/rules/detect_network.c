/* SPDX-License-Identifier: BSD-2-Clause */
/* What machines are called: IPv6 and MAC addresses, URLs. IPv4 is in detect_contacts.c. */
#include "builtin.h"

#define HEX   "[0-9A-Fa-f]"
#define GROUP HEX "{1,4}"
#define PAIR  HEX "{2}"
#define V4    "\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}"
/* What may stand in a URL, inside of [ ]. */
#define URL "0-9A-Za-z!#$%&*+./:;=?@_~\\x80-\\xff-"
/* What follows "::". */
#define TAIL "(?:(?:" GROUP ":){0,5}(?:" GROUP "|" V4 "))"

static const struct rule_def network[] = {
	{
		.name = "ipv6",
		.class = ID_IP,
		.group = "builtin",
		.what = "IPv6 address, whole or with \"::\"",
		.source = "45 CFR 164.514(b)(2)(i)(O); RFC 4291 2.2, RFC 5952",
		.examples = LIST("from [2001:db8:0:0:8:800:200c:417a] port", "peer [fe80::1]%eth0",
				 "[::ffff:192.0.2.1], [2001:db8::]/32", "at 10:15:30:123 std::add",
				 "Bad::Face, 1:2:3:4:5:6:7"),
		/*
		 * A time, "10:15:30", begins like an address, and is in every line of a log: so the
		 * first group has four digits, as all that is assigned has (IANA, IPv6 Address
		 * Space), or others follow that no time has.
		 */
		.nforms = 5,
		.forms = {FORM("(?:" HEX "{4}|" HEX "{3}:" HEX "{3,4})(?::" GROUP "){6,7}", WORD,
			       WORD, BYTES, 9, .validate = "ipv6"),
			  FORM("(?:(?:" HEX ":){7}|0:0:0:0:0:" GROUP ":" GROUP ":)" GROUP, WORD,
			       WORD, BYTES, 9, .validate = "ipv6"),
			  FORM(HEX "{4}(?::" GROUP "){0,6}::" TAIL "?", WORD, WORD, BYTES, 7,
			       .validate = "ipv6"),
			  FORM("64:[Ff]{2}9[Bb]::" TAIL, WORD, WORD, BYTES, 9, .validate = "ipv6"),
			  FORM("::" TAIL, WORD, WORD, BYTES, 6, .validate = "ipv6")},
	},
	{
		.name = "mac",
		.class = ID_DEVICE,
		.group = "builtin",
		.what = "MAC address in six pairs or eight, or three groups of four; twelve digits "
			"after a label",
		.source = "45 CFR 164.514(b)(2)(i)(M); IEEE 802-2014, 8",
		.examples = LIST("lease [00:1b:44:11:3a:b7] renewed", "[00-1B-44-11-3A-B7]",
				 "[001b.4411.3ab7] is up", "\"mac\":\"[001B44113AB7]\"",
				 "EUI-64 [00-1b-44-ff-fe-11-3a-b7]", "12-34-56-78-90-12",
				 "1234.5678.9012"),
		.nforms = 3,
		.forms = {FORM(PAIR "(?:(?::" PAIR "){5}(?:(?::" PAIR "){2})?|(?:-" PAIR
				    "){5}(?:(?:-" PAIR "){2})?)",
			       TOKEN, TOKEN, BYTES, 9, .validate = "mac"),
			  FORM(HEX "{4}\\." HEX "{4}\\." HEX "{4}", TOKEN, TOKEN, BYTES, 9,
			       .validate = "mac"),
			  FORM(HEX "{12}", WORD, WORD, BYTES, 8,
			       .labels = LIST("mac", "mac address", "mac addr", "hwaddr", "bssid"),
			       .distance = 8)},
	},
	{
		.name = "url",
		.class = ID_URL,
		.group = "builtin",
		.what = "URL, but for those of vocabularies (hl7.org, loinc.org, snomed.info ...)",
		.source = "45 CFR 164.514(b)(2)(i)(N); RFC 3986",
		.examples =
			LIST("see [https://chart.example.org/p?id=7], please",
			     "[www.example.com/~jane] and", "[ftp://files.example.org/jane.pdf]",
			     "\"system\":\"http://loinc.org\"",
			     "see https://www.hl7.org/fhir/R4, http:// alone"),
		.nforms = 3,
		.forms =
			{/* As JSON may write it. */
			 FORM("[Hh][Tt][Tt][Pp][Ss]?:\\\\/\\\\/(?:[" URL "]|\\\\/){3,120}", WORD,
			      NONE, BYTES, 10, ENCODED("url"), .tail = "[" URL "\\\\]"),
			 FORM("(?:(?:[Hh][Tt][Tt][Pp][Ss]?|[Ss]?[Ff][Tt][Pp][Ss]?)://"
			      "|[Ww][Ww][Ww]\\.)"
			      "(?:\\[[0-9A-Fa-f:.]{2,45}\\][" URL "]{0,150}|[" URL "]{3,200})",
			      WORD, NONE, BYTES, 10, .validate = "url", .encoded = true,
			      .refuses_shorter = true, .tail = "[" URL "]"),
			 /* As HL7 writes it: "&" is "\\T\\". */
			 FORM("(?:[Hh][Tt][Tt][Pp][Ss]?://|[Ww][Ww][Ww]\\.)"
			      "(?:[" URL "]|\\\\[EFRST]\\\\){3,80}",
			      WORD, NONE, BYTES, 10, .validate = "url", .encoded = true,
			      .refuses_shorter = true, .tail = "[" URL "\\\\]")},
	},
};

const struct rule_def *rules_network(size_t *ret_n)
{
	*ret_n = array_size(network);
	return network;
}
