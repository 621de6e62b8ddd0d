/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TLS and compressed streams, known by their first bytes: RFC 8446 (a handshake record), gzip
 * of RFC 1952, zlib of RFC 1950, zstd of RFC 8878, and the file formats of xz, lzma, 7z, bzip2, zip, lz4,
 * compress and framed snappy.
 *
 * zlib's header of levels 2 to 5 is two characters that a text may begin with, "x^": what follows tells.
 */
#include "format.h"
#include <string.h>

static const struct {
	const char *bytes;
	u8 len;
	enum scrim_flow reason;
} begins[] = {
	{"\x16\x03", 2, FLOW_TLS},
	{"\x1f\x8b", 2, FLOW_COMPRESSED},
	{"\x28\xb5\x2f\xfd", 4, FLOW_COMPRESSED},
	{"\xfd\x37\x7a\x58\x5a\x00", 6, FLOW_COMPRESSED},
	{"BZh#1AY&SY", 10, FLOW_COMPRESSED},
	{"PK\x03\x04", 4, FLOW_COMPRESSED},
	{"\x04\x22\x4d\x18", 4, FLOW_COMPRESSED},
	{"\x78\x01", 2, FLOW_COMPRESSED},
	{"\x78\x9c", 2, FLOW_COMPRESSED},
	{"\x78\xda", 2, FLOW_COMPRESSED},
	{"\x78\x5e@@@@@@@@@@@@@@@@", 18, FLOW_COMPRESSED},
	{"\x5d\x00\x00", 3, FLOW_COMPRESSED},
	{"7z\xbc\xaf\x27\x1c", 6, FLOW_COMPRESSED},
	{"\x1f\x9d", 2, FLOW_COMPRESSED},
	{"\xff\x06\x00\x00sNaPpY", 10, FLOW_COMPRESSED},
};

_Static_assert(array_size(begins) <= 16, "a bit each in magic.refuted");

#define PLAIN '@' /* in the table: a byte of ASCII text; any other tells at once */

static bool is_plain(u8 c)
{
	return (c >= ' ' && c < 0x7f) || (c >= '\t' && c <= '\r');
}

/* In the table '#' stands for a digit. */
static bool fits(u8 byte, u8 c)
{
	return byte == '#' ? c >= '0' && c <= '9' : byte == PLAIN || byte == c;
}

/* Whether the i-th of `begins` is there with its n-th byte, c. */
static bool is_whole(size_t i, u8 n, u8 c)
{
	if ((u8)begins[i].bytes[n] == PLAIN)
		return !is_plain(c);
	return n + 1 == begins[i].len;
}

int magic_step(struct magic *m, u8 c)
{
	bool open = false;

	for (size_t i = 0; i < array_size(begins); i++) {
		if (m->refuted >> i & 1)
			continue;
		if (!fits((u8)begins[i].bytes[m->n], c))
			m->refuted = (u16)(m->refuted | 1u << i);
		else if (is_whole(i, m->n, c))
			return -(int)begins[i].reason;
		else if (m->n + 1 == begins[i].len)
			m->refuted = (u16)(m->refuted | 1u << i);
		else
			open = true;
	}
	m->n++;
	m->settled = !open;
	return 0;
}
