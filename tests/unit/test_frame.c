/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Framing: each byte of an HL7 stream is what the oracle says it is, what a lenient receiver would
 * take for a protected field is one for us, and what cannot be read is refused for its reason.
 */
#include "frame_bytes.h"
#include "hl7_lenient.h"
#include "hl7_oracle.h"
#include "hl7_text.h"
#include "scanners.h"
#include "stream_feed.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define CAP 4096

static struct hl7_byte want[CAP], got[CAP];

static struct frame_map *map_of(enum frame_format format, const struct ruleset *rs)
{
	struct frame_map *m = NULL;
	struct err e = {0};

	cr_assert_eq(frame_map_new(format, rs, NULL, isa_best(), &m, &e), 0, "%s", e.text);
	return m;
}

/* A stream as C writes it, for messages. */
static const char *shown(const u8 *text, size_t len)
{
	static char buf[4 * CAP + 1];
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += (size_t)snprintf(buf + n, sizeof(buf) - n,
				      text[i] >= ' ' && text[i] < 0x7f ? "%c" : "\\x%02x", text[i]);
	buf[n] = '\0';
	return buf;
}

static bool same_byte(size_t i)
{
	return got[i].kind == want[i].kind && got[i].rule == want[i].rule &&
	       got[i].escape == want[i].escape &&
	       (!i || (got[i].value == got[i - 1].value) == (want[i].value == want[i - 1].value));
}

static void assert_bytes(const u8 *text, size_t len, u64 seed)
{
	size_t i = 0;

	while (i < len && same_byte(i))
		i++;
	cr_assert(i == len, "seed %lx, byte %zu (%c): kind %u rule %u, not %u %u, of: %s",
		  (unsigned long)seed, i, text[i], got[i].kind, got[i].rule, want[i].kind,
		  want[i].rule, shown(text, len));
}

/* What a lenient reader sees in a field of a rule, or in text, is that for us, too. */
static void assert_lenient(const struct ruleset *rs, const u8 *text, size_t len)
{
	enum hl7_reader reader = READ_AS_FRAMED;
	size_t i = hl7_lenient(rs, text, len, got, &reader);

	cr_assert(i == len, "reader %d takes byte %zu (%c) for a value of: %s", reader, i, text[i],
		  shown(text, len));
}

/* Drawn messages, against the oracle and lenient readers. Adds up the bytes of each kind. */
static void assert_drawn(const struct ruleset *rs, size_t kinds[3])
{
	struct frame_map *m = map_of(FORMAT_HL7, rs);
	u64 seed = 0xf00d, begun;
	static u8 text[CAP];
	int reason;

	for (int round = 0; round < 400; round++) {
		bool framed = round & 1;
		size_t n, len = 0;

		begun = seed;
		for (u32 k = 1 + draw(&seed, 3); k; k--)
			len += hl7_text(&seed, framed, text + len, 1024);
		n = frame_bytes(m, text, len, 1 + (size_t)round % 50, got, &reason);
		cr_assert(n == len && !reason, "seed %lx: refused at %zu for %d: %s",
			  (unsigned long)begun, n, reason, shown(text, len));
		hl7_oracle(rs, NULL, READ_AS_FRAMED, text, len, want);
		assert_bytes(text, len, begun);
		assert_lenient(rs, text, len);
		for (size_t i = 0; i < len; i++)
			kinds[got[i].kind]++;
	}
	frame_map_free(m);
}

Test(frame, hl7_bytes_are_what_the_oracle_says)
{
	const struct rule_def *defs;
	struct ruleset *rs = builtin_rules(&defs);
	size_t kinds[3] = {0};

	assert_drawn(rs, kinds);
	cr_assert(kinds[RUN_TEXT] > 3000 && kinds[RUN_FIELD] > 10000 && kinds[RUN_SKIP] > 10000);
	ruleset_free(rs);
}

/*
 * A rule that names a component of where people write text leaves the others free text; of the type of
 * the text, leaves it the type.
 */
Test(frame, hl7_text_beside_a_component)
{
	static const char *const fields[] = {"OBX-2.1", "OBX-5.2", "NTE-3.1", NULL};
	const struct rule_def part = {.name = "part", .class = ID_NAME, .fields = fields};
	struct ruleset *rs = NULL;
	size_t kinds[3] = {0};
	struct err e = {0};

	cr_assert_eq(ruleset_compile(&part, 1, &rs, &e), 0, "%s", e.text);
	assert_drawn(rs, kinds);
	cr_assert(kinds[RUN_TEXT] > 500 && kinds[RUN_FIELD] > 500, "%zu, %zu", kinds[RUN_TEXT],
		  kinds[RUN_FIELD]);
	ruleset_free(rs);
}

Test(frame, hl7_mutated_up_to_the_refusal)
{
	const struct rule_def *defs;
	struct ruleset *rs = builtin_rules(&defs);
	struct frame_map *m = map_of(FORMAT_HL7, rs);
	u64 seed = 0xbadc0de, begun;
	static u8 text[CAP];
	size_t accepted = 0, n, len;
	int reasons[FLOW_COUNT] = {0}, reason;

	for (int round = 0; round < 1200; round++) {
		begun = seed;
		len = hl7_text(&seed, round & 1, text, 1024);
		len += hl7_text(&seed, round & 1, text + len, 1024);
		for (u32 k = 1 + draw(&seed, 4); k && len > 1; k--)
			len = hl7_text_mutate(&seed, text, len);
		n = frame_bytes(m, text, len, 1, got, &reason);
		reasons[-reason]++;
		accepted += n == len;
		hl7_oracle(rs, NULL, READ_AS_FRAMED, text, n, want);
		assert_bytes(text, n, begun);
		assert_lenient(rs, text, n);
	}
	cr_assert_gt(accepted, 200);
	cr_assert_gt(reasons[FLOW_HL7_NO_MSH], 5);
	cr_assert_gt(reasons[FLOW_HL7_SEPARATOR], 5);
	cr_assert_gt(reasons[FLOW_HL7_FRAME], 5);
	cr_assert_gt(reasons[FLOW_HL7_SEGMENT], 50);
	frame_map_free(m);
	ruleset_free(rs);
}

#define MSH   "MSH|^~\\&|A|B\r"
#define MSH18 "MSH|^~\\&|||||||ADT^A01|1|P|2.5||||||" /* what follows is MSH-18 */

#define CASE(format, reason, text) {format, reason, text, sizeof(text) - 1}

static const struct {
	enum frame_format format;
	int reason; /* 0: accepted */
	const char *text;
	size_t len;
} decisions[] = {
	/* What may begin. */
	CASE(FORMAT_HL7, 0, ""),
	CASE(FORMAT_HL7, 0, "\r\n\n"),
	CASE(FORMAT_HL7, 0, MSH),
	CASE(FORMAT_HL7, 0, "msh|^~\\&|A\rpid|1\r"),
	CASE(FORMAT_HL7, 0, "FHS|^~\\&\rBHS|^~\\&\r" MSH "BTS|1\rFTS|1"),
	CASE(FORMAT_HL7, 0, "\r\n\x0b" MSH "\x1c\r\n\x0b" MSH "\x1c"),
	CASE(FORMAT_HL7, 0, "\x0b\x1c\r\x0b\r\x1c\r"),
	CASE(FORMAT_HL7, 0, "\x0b\x06\x1c\r\x0b\x15\x1c\r"),
	CASE(FORMAT_HL7, 0, "\x0b" MSH "PID|1||1\x1c\r"),
	CASE(FORMAT_HL7, FLOW_HL7_NO_MSH, "PID|1||1\r"),
	CASE(FORMAT_HL7, FLOW_HL7_NO_MSH, "MSX|^~\\&"),
	CASE(FORMAT_HL7, FLOW_HL7_NO_MSH, " MSH|^~\\&\r"),
	CASE(FORMAT_HL7, FLOW_HL7_NO_MSH, "\xef\xbb\xbfMSH|^~\\&\r"),
	CASE(FORMAT_HL7, FLOW_HL7_NO_MSH, "\x0bPID|1||1\r\x1c\r"),
	CASE(FORMAT_HL7, FLOW_HL7_NO_MSH, "\x0b" MSH "\x1c\r\x0bPID|1||1\r\x1c\r"),
	CASE(FORMAT_HL7, FLOW_HL7_NO_MSH, "\x1c\r"),
	CASE(FORMAT_HL7, FLOW_HL7_NO_MSH, "\x06"),
	CASE(FORMAT_HL7, FLOW_HL7_NO_MSH, "GET / HTTP/1.1\r\n"),
	CASE(FORMAT_HL7, FLOW_HL7_NO_MSH, "\0"),
	/* Separators. */
	CASE(FORMAT_HL7, 0, "MSH#@*!%\rPID#1\r"),
	CASE(FORMAT_HL7, 0, "MSH|^\r"),
	CASE(FORMAT_HL7, 0, "MSH|^~\\&#\r"),
	CASE(FORMAT_HL7, FLOW_HL7_SEPARATOR, "MSHA^~\\&\r"),
	CASE(FORMAT_HL7, FLOW_HL7_SEPARATOR, "MSH1^~\\&\r"),
	CASE(FORMAT_HL7, FLOW_HL7_SEPARATOR, "MSH ^~\\&\r"),
	CASE(FORMAT_HL7, FLOW_HL7_SEPARATOR, "MSH\r"),
	CASE(FORMAT_HL7, FLOW_HL7_SEPARATOR, "MSH\xc3^~\\&\r"),
	CASE(FORMAT_HL7, FLOW_HL7_SEPARATOR, "MSH||~\\&\r"),
	CASE(FORMAT_HL7, FLOW_HL7_SEPARATOR, "MSH|\r"),
	CASE(FORMAT_HL7, FLOW_HL7_SEPARATOR, "MSH|^^\\&|\r"),
	CASE(FORMAT_HL7, FLOW_HL7_SEPARATOR, "MSH|^~A&|\r"),
	CASE(FORMAT_HL7, FLOW_HL7_SEPARATOR, "MSH|^~\\&#$|\r"),
	CASE(FORMAT_HL7, FLOW_HL7_SEPARATOR, "MSH|^~\x1c\r"),
	/* Characters that hide one: by an escape of ISO 2022, or as MSH-18 says. */
	CASE(FORMAT_HL7, FLOW_HL7_SEPARATOR, MSH "PID|1||1||\x1b$BF|\x1b(B"),
	CASE(FORMAT_HL7, FLOW_HL7_SEPARATOR, MSH "OBR|1||\x1b$)C\x0e"),
	CASE(FORMAT_HL7, FLOW_HL7_SEPARATOR, MSH "NTE|1||\x1b\x1b(I1^"),
	CASE(FORMAT_HL7, FLOW_HL7_SEPARATOR, "MSH$^~\\&$a\x1b$B"),
	CASE(FORMAT_HL7, FLOW_HL7_SEPARATOR, "MSH|^~\\&|A\x1b-A"),
	CASE(FORMAT_HL7, FLOW_HL7_SEPARATOR, MSH18 "BIG-5\r"),
	CASE(FORMAT_HL7, FLOW_HL7_SEPARATOR, MSH18 "GB 18030-2000|x"),
	CASE(FORMAT_HL7, FLOW_HL7_SEPARATOR, MSH18 "~sjis^x\r"),
	CASE(FORMAT_HL7, FLOW_HL7_SEPARATOR, "\x0b" MSH18 "big5\x1c\r"),
	CASE(FORMAT_HL7, FLOW_HL7_SEPARATOR, MSH MSH18 "Shift_JIS|"),
	CASE(FORMAT_HL7, 0,
	     MSH "NTE|1||\x1b&l0O\x1b(s0p\x1b(8U\x1b%0B\x1b|$\x1b|(B\x1b\rNTE|1||$B"),
	CASE(FORMAT_HL7, 0, MSH18 "UNICODE UTF-8\rPID|1||1\rOBX|1|GB|||BIG\r"),
	CASE(FORMAT_HL7, 0, MSH18 "8859/1~ISO IR87|x\rPID|1||1"),
	CASE(FORMAT_HL7, 0, MSH18 "|BIG-5|GB 18030\r" MSH18 "\r"),
	/* MLLP. */
	CASE(FORMAT_HL7, FLOW_HL7_FRAME, "\x0b" MSH "\x1cX"),
	CASE(FORMAT_HL7, FLOW_HL7_FRAME, "\x0b" MSH "\x1c\x1c"),
	CASE(FORMAT_HL7, FLOW_HL7_FRAME, "\x0b" MSH "\x0b"),
	CASE(FORMAT_HL7, FLOW_HL7_FRAME, "\x0b" MSH "PID|1\x0b"),
	CASE(FORMAT_HL7, FLOW_HL7_FRAME, "\x0b" MSH "PI\x1c"),
	CASE(FORMAT_HL7, FLOW_HL7_FRAME, "\x0b\x0b" MSH),
	CASE(FORMAT_HL7, FLOW_HL7_FRAME, "\x0b\x06\r"),
	CASE(FORMAT_HL7, FLOW_HL7_FRAME, "\x0b\x06" MSH),
	CASE(FORMAT_HL7, FLOW_HL7_FRAME, MSH "PID|1\x1c"),
	CASE(FORMAT_HL7, FLOW_HL7_FRAME, MSH "\x0b" MSH "\x1c\r"),
	/* Segments. */
	CASE(FORMAT_HL7, 0, MSH "Z99|x\rDSC\rPV1\r"),
	CASE(FORMAT_HL7, 0, MSH "\r\n\rPID|1\r"),
	CASE(FORMAT_HL7, 0, MSH "NTE|1||one\nmore|x\r"),
	CASE(FORMAT_HL7, 0, MSH "NTE|1||one\r\nNTE|1||two\r\n"),
	CASE(FORMAT_HL7, 0, MSH "PID|1||1\n\n" MSH),
	CASE(FORMAT_HL7, 0, MSH "NTE|1||x\rADD|y\rADD|z|\r"),
	CASE(FORMAT_HL7, FLOW_HL7_SEGMENT, MSH "ADD|y\r"),
	CASE(FORMAT_HL7, FLOW_HL7_SEGMENT, MSH "NTE|1||x\r" MSH "ADD|y\r"),
	CASE(FORMAT_HL7, 0, MSH "NTE|1||x\rADD\rADD|y\rOBX\rADD\r"),
	CASE(FORMAT_HL7, FLOW_HL7_SEGMENT, MSH "NTE|1||x\rPID\rADD|1||123456789\r"),
	CASE(FORMAT_HL7, FLOW_HL7_SEGMENT, MSH "NTE|1||x\rPID\rADD\rADD|1||123456789\r"),
	CASE(FORMAT_HL7, FLOW_HL7_SEGMENT, MSH "the rest of a value\r"),
	CASE(FORMAT_HL7, FLOW_HL7_SEGMENT, MSH " PID|1\r"),
	CASE(FORMAT_HL7, FLOW_HL7_SEGMENT, MSH "PID |1\r"),
	CASE(FORMAT_HL7, FLOW_HL7_SEGMENT, MSH "PID^1\r"),
	CASE(FORMAT_HL7, FLOW_HL7_SEGMENT, MSH "1ID|1\r"),
	CASE(FORMAT_HL7, FLOW_HL7_SEGMENT, MSH "PI|1\r"),
	CASE(FORMAT_HL7, FLOW_HL7_SEGMENT, MSH "|PID|1\r"),
	CASE(FORMAT_HL7, FLOW_HL7_NO_MSH, MSH "PID|1||1\n\nPID|2"),
	/* What another reader takes for a segment. */
	CASE(FORMAT_HL7, FLOW_HL7_SEGMENT, MSH "NTE|1||one\nPID|1||1\r"),
	CASE(FORMAT_HL7, FLOW_HL7_SEGMENT, MSH "NTE|1||one\n \tpid|1||1\r"),
	CASE(FORMAT_HL7, FLOW_HL7_SEGMENT, MSH "NTE|1||one\n\x01 \x1f\0PID|1||1\r"),
	CASE(FORMAT_HL7, FLOW_HL7_SEGMENT, MSH "NTE|1||one\fPID|1||1\r"),
	CASE(FORMAT_HL7, FLOW_HL7_SEGMENT, MSH "NTE|1||one\f\0PID|1||1\r"),
	CASE(FORMAT_HL7, FLOW_HL7_SEGMENT, MSH "OBR|1||one\x1ePID|1||1\r"),
	CASE(FORMAT_HL7, FLOW_HL7_SEGMENT, "MSH|^~\\&|A\fPID|1||1\r"),
	CASE(FORMAT_HL7, FLOW_HL7_SEGMENT, "MSH|^~\\&\nOBR|1||one\rPID|1||1\n"),
	CASE(FORMAT_HL7, FLOW_HL7_SEGMENT, MSH "NTE|1||one\nMSH#@*!%\nPID#1##1\r"),
	CASE(FORMAT_HL7, FLOW_HL7_SEGMENT, "\x0b" MSH "NTE|1||one\n\nPID|1||1\r"),
	/* Ends. */
	CASE(FORMAT_HL7, 0, MSH "PID|1||1"),
	CASE(FORMAT_HL7, FLOW_HL7_UNFINISHED, "\x0b"),
	CASE(FORMAT_HL7, FLOW_HL7_UNFINISHED, "\x0b" MSH "PID|1||1\r"),
	CASE(FORMAT_HL7, FLOW_HL7_UNFINISHED, "\x0b\x06"),
	CASE(FORMAT_HL7, FLOW_HL7_UNFINISHED, "MSH|^~"),
	CASE(FORMAT_HL7, FLOW_HL7_UNFINISHED, MSH "PID"),
	CASE(FORMAT_HL7, FLOW_HL7_UNFINISHED, "MS"),
	/* What cannot be seen into. */
	CASE(FORMAT_HL7, FLOW_TLS, "\x16\x03\x01"),
	CASE(FORMAT_HL7, FLOW_COMPRESSED, "\x1f\x8b\x08"),
	CASE(FORMAT_TEXT, FLOW_TLS, "\x16\x03\x01"),
	CASE(FORMAT_TEXT, FLOW_TLS, "\x16\x03\x03\x02"),
	CASE(FORMAT_TEXT, FLOW_COMPRESSED, "\x1f\x8b\x08"),
	CASE(FORMAT_TEXT, FLOW_COMPRESSED, "\x28\xb5\x2f\xfd"),
	CASE(FORMAT_TEXT, FLOW_COMPRESSED,
	     "\xfd"
	     "7zXZ\0"),
	CASE(FORMAT_TEXT, FLOW_COMPRESSED, "BZh91AY&SY"),
	CASE(FORMAT_TEXT, FLOW_COMPRESSED, "BZh11AY&SY"),
	CASE(FORMAT_TEXT, FLOW_COMPRESSED, "PK\x03\x04"),
	CASE(FORMAT_TEXT, FLOW_COMPRESSED, "\x04\x22\x4d\x18"),
	CASE(FORMAT_TEXT, FLOW_COMPRESSED, "\x78\x9c"),
	CASE(FORMAT_TEXT, FLOW_COMPRESSED, "x^+H\x2c\xc9"),
	CASE(FORMAT_TEXT, FLOW_COMPRESSED, "x^+H 3456789abcde\x01"),
	CASE(FORMAT_TEXT, FLOW_COMPRESSED, "]\0\0\x80"),
	CASE(FORMAT_TEXT, FLOW_COMPRESSED, "7z\xbc\xaf'\x1c"),
	CASE(FORMAT_TEXT, FLOW_COMPRESSED, "\x1f\x9d\x90"),
	CASE(FORMAT_TEXT, FLOW_COMPRESSED,
	     "\xff\x06\0\0"
	     "sNaPpY"),
	CASE(FORMAT_TEXT, 0, ""),
	CASE(FORMAT_TEXT, 0, "\x16"),
	CASE(FORMAT_TEXT, 0, "\x16\x04"),
	CASE(FORMAT_TEXT, 0, "x\x16\x03"),
	CASE(FORMAT_TEXT, 0, "BZh is a name"),
	CASE(FORMAT_TEXT, 0, "x^2 + y^2\r\n\t= z^2"),
	CASE(FORMAT_TEXT, 0, "x^3456789abcdefghi\xc3\xa9"),
	CASE(FORMAT_TEXT, 0, "7z is a program"),
	CASE(FORMAT_TEXT, 0, "PK\x03"),
	CASE(FORMAT_TEXT, 0, "\0\xff\xfe"),
};

Test(frame, decisions_have_their_reason)
{
	const struct rule_def *defs;
	struct ruleset *rs = builtin_rules(&defs);
	struct frame_map *maps[FORMAT_COUNT];
	int reason;

	for (int i = 0; i < FORMAT_COUNT; i++)
		maps[i] = map_of((enum frame_format)i, rs);
	for (size_t i = 0; i < array_size(decisions); i++) {
		const u8 *text = (const u8 *)decisions[i].text;
		size_t len = decisions[i].len;

		for (size_t step = 1; step <= len + 1; step++) {
			frame_bytes(maps[decisions[i].format], text, len, step, got, &reason);
			cr_assert_eq(reason, -decisions[i].reason, "%d, not %d, by %zu: %s", reason,
				     -decisions[i].reason, step, shown(text, len));
		}
	}
	for (int i = 0; i < FORMAT_COUNT; i++)
		frame_map_free(maps[i]);
	ruleset_free(rs);
}
