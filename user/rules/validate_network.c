/* SPDX-License-Identifier: BSD-2-Clause */
/* IPv6 and MAC addresses, and URLs. */
#include "bytes.h"
#include "validate.h"
#include <string.h>
#include <strings.h>

static bool hex_digit(u8 c)
{
	return byte_is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* Groups of 16 bits of text[0, len), each with a colon behind or the end; -1: it is none. */
static int ipv6_groups(const u8 *text, size_t len)
{
	size_t from = 0;
	int n = 0;

	for (size_t i = 0; i <= len; i++) {
		if (i < len && text[i] == '.') /* the last 32 bits as an IPv4 address */
			return validate_ipv4(text + from, len - from) ? n + 2 : -1;
		if (i < len && text[i] != ':') {
			if (!hex_digit(text[i]))
				return -1;
			continue;
		}
		if (i == from || i - from > 4)
			return -1;
		n++;
		from = i + 1;
	}
	return n;
}

/*
 * RFC 4291 2.2: eight groups, or fewer around one "::". Without a digit it is taken for two names
 * of a program ("Bad::Face").
 */
bool validate_ipv6(const u8 *text, size_t len)
{
	const u8 *gap = memmem(text, len, "::", 2);
	size_t left = gap ? (size_t)(gap - text) : len;
	bool digit = false;
	int head, tail = 0;

	for (size_t i = 0; i < len; i++)
		digit |= byte_is_digit(text[i]);
	head = left ? ipv6_groups(text, left) : 0;
	if (gap && left + 2 < len)
		tail = ipv6_groups(gap + 2, len - left - 2);
	if (!digit || head < 0 || tail < 0 || (gap && left && memchr(text, '.', left)))
		return false;
	return gap ? head + tail < 8 : head == 8;
}

/* IEEE 802: 48 bits, or 64; one of the digits is a letter, or it may be any numbers. */
bool validate_mac(const u8 *text, size_t len)
{
	size_t digits = 0, letters = 0;

	for (size_t i = 0; i < len; i++) {
		digits += byte_is_digit(text[i]);
		letters += byte_is_letter(text[i]);
	}
	return letters && (digits + letters == 12 || digits + letters == 16);
}

/* What stands behind the "://" of a URL that begins with its scheme; else all of it. */
static const u8 *host_of(const u8 *text, size_t len)
{
	size_t at = 0;

	while (at < len && byte_is_letter(text[at]))
		at++;
	return len - at >= 3 && !memcmp(text + at, "://", 3) ? text + at + 3 : text;
}

static bool host_ends(u8 c)
{
	return c == '/' || c == '?' || c == '#' || c == ':';
}

/*
 * A URL that names no vocabulary: "http://loinc.org" says which code is meant, and no receiver
 * does without. A host that one of theirs begins with is refused, too: of a longer URL that is
 * refused, no shorter part is taken.
 */
bool validate_url(const u8 *text, size_t len)
{
	static const char *const vocabularies[] = {"hl7.org",
						   "www.hl7.org",
						   "terminology.hl7.org",
						   "loinc.org",
						   "www.loinc.org",
						   "snomed.info",
						   "www.snomed.org",
						   "unitsofmeasure.org",
						   "www.w3.org",
						   "nucc.org",
						   "www.nucc.org",
						   "www.ama-assn.org",
						   "www.nlm.nih.gov",
						   "phinvads.cdc.gov",
						   "www.cms.gov",
						   "bluebutton.cms.gov",
						   "ihe.net",
						   "www.ihe.net",
						   "dicom.nema.org",
						   "www.whocc.no",
						   "ncimeta.nci.nih.gov",
						   "www.iana.org",
						   "schemas.xmlsoap.org",
						   "purl.org",
						   "json-schema.org"};
	const u8 *host = host_of(text, len);
	size_t n = 0, rest = len - (size_t)(host - text);

	while (n < rest && !host_ends(host[n]))
		n++;
	/* A host that nothing ends may go on: what is the begin of a vocabulary's counts as that. */
	for (size_t i = 0; i < array_size(vocabularies); i++)
		if ((!n || byte_lower(host[0]) == (u8)vocabularies[i][0]) &&
		    (n == strlen(vocabularies[i]) || (n == rest && n < strlen(vocabularies[i]))) &&
		    !strncasecmp((const char *)host, vocabularies[i], n))
			return false;
	return true;
}
