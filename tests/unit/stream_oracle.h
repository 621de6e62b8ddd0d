/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What must come of a whole stream: the format's oracle says what its runs are, oracle_scan()
 * what is found in each text, oracle_fill() what becomes of it.
 */
#ifndef TEST_STREAM_ORACLE_H
#define TEST_STREAM_ORACLE_H

#include "stream_feed.h"

/*
 * ret_fed receives bytes and counts; ret_filled[0, len) the bytes that are replaced. The stream
 * is one that is accepted.
 */
void stream_oracle(const struct ruleset *rs, const struct rule_def *defs, enum frame_format format,
		   const u8 *stream, size_t len, struct fed *ret_fed, bool *ret_filled);

#endif
