/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an HL7 stream's bytes are, told slowly: the whole stream is cut into frames, lines,
 * segments, fields, repetitions and components, and the rules' selectors are looked up as text.
 * The judge of user/frame/hl7.c. Also the judge of `fill` in values with escapes.
 */
#ifndef TEST_HL7_ORACLE_H
#define TEST_HL7_ORACLE_H

#include <scrim/frame.h>

/* Who reads: a receiver that keeps to the standard as our framer does, or a lenient one. */
enum hl7_reader {
	READ_AS_FRAMED,
	/* These end lines; blanks before a segment's name do not matter. */
	READ_CR,
	READ_LF,
	READ_EITHER,
	READ_CONTROL, /* Python's str.splitlines(): the form feed and its like, too */
	READER_COUNT
};

struct hl7_byte {
	u8 kind; /* enum run_kind */
	u8 escape;
	u16 rule;  /* of a RUN_FIELD */
	u32 value; /* bytes of the same value, in a row, have the same number, not 0 */
};

/*
 * ret_bytes[0, len): what each byte of the stream is. The stream is one the framer accepts, or
 * the begin of one.
 */
void hl7_oracle(const struct ruleset *rs, const bool *enabled, enum hl7_reader reader,
		const u8 *stream, size_t len, struct hl7_byte *ret_bytes);

/*
 * Fills a value; ret_filled[i] says which bytes were replaced (may be the same afterwards).
 * Returns how many.
 */
size_t oracle_fill(u8 *value, size_t len, u8 escape, bool *ret_filled);

#endif
