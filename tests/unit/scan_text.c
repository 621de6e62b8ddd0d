/* SPDX-License-Identifier: BSD-2-Clause */
#include "scan_text.h"
#include <string.h>

static const char *const pieces[] = {
	/* values */
	"123-45-6789",
	"SSN: 123456789",
	"ssn=234 56 7890",
	"4111111111111111",
	"4111-1111-1111-1111",
	"NPI: 1234567893",
	"MRN: A1234567",
	"mrn 550e8400-e29b-41d4",
	"(212) 555-0123",
	"212-555-0123 x45",
	"+44 20 7946 0958",
	"Tel: 555-0123",
	"089 72 63 41 office",
	"1-800-555-0199",
	"jane.doe+x@mail.example.org",
	"a@b.com",
	"jos\xc3\xa9@ex\xc3\xa4mple.de",
	"10.2.0.1",
	"192.168.1.254",
	"1970-01-15",
	"1/15/1970",
	"20240229101530.123",
	"March 14, 2024",
	"3rd of September 1999",
	"14MAR2024",
	"Nov 24",
	"IL 62704",
	"zip code: 12345",
	"12 december 2001",
	"15.1.1970",
	"0049 30 1234567",
	/* near misses */
	"000-12-3456",
	"123-45-678",
	"4111111111111112",
	"user@localhost",
	"1.2.3.4.5",
	"2023-02-29",
	"v1.2.3.4",
	"0.123-45-6789",
	"1234567890",
	"12,345.67",
	"ID 12345",
	"May 99",
	"+1",
	"@",
	"5",
	"42",
	"E11.9",
	"8480-6",
	"100 mg",
	"120/80",
	"2.16.840.1.113883",
	/* words and structure */
	"patient",
	"the",
	"Call",
	"record number",
	"of",
	"is",
	"OBX|1|NM|",
	"\"value\": ",
	"{\"id\":\"",
	"^",
	"~",
	"|",
	"||",
	"\n",
	"\n\n",
	"\r",
	", ",
	". ",
	": ",
	"- ",
	"=",
	"(",
	")",
	"_",
	"\xc3\xa9",
};

u32 draw(u64 *seed, u32 below)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (u32)(*seed >> 20) % below;
}

void scan_text_dense(u64 *seed, u8 *text, size_t len)
{
	size_t at = 0;

	while (at < len) {
		const char *piece = pieces[draw(seed, array_size(pieces))];
		size_t n = strlen(piece);

		if (draw(seed, 12) == 0)
			n -= draw(seed, (u32)n);
		n = n < len - at ? n : len - at;
		memcpy(text + at, piece, n);
		at += n;
		if (at < len && draw(seed, 3))
			text[at++] = " \n,;|\"'"[draw(seed, 7)];
	}
	for (size_t i = 0; i < len / 200; i++)
		text[draw(seed, (u32)len)] = (u8) "0123-./ @aZ\n\x80+("[draw(seed, 16)];
}

void scan_text_random(u64 *seed, const char *alphabet, u8 *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		text[i] = (u8)alphabet[draw(seed, (u32)strlen(alphabet))];
}
