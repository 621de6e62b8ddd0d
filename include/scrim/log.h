/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Log lines, to standard error: "<level>scrimd: sentence" under systemd, "scrimd: sentence" else.
 * Never a byte of payload: a line has names, addresses, rule, offset, length, counts.
 */
#ifndef SCRIM_LOG_H
#define SCRIM_LOG_H

#include <scrim/base.h>

enum log_level {
	LOG_LEVEL_ERROR = 3,
	LOG_LEVEL_WARNING = 4,
	LOG_LEVEL_NOTICE = 5,
	LOG_LEVEL_INFO = 6,
	LOG_LEVEL_DEBUG = 7
};

/* The program's name in front of lines, and the least urgent level to print. Call once, before threads. */
void log_init(const char *program, enum log_level most);

/* Prints a line; thread-safe (one write). */
void log_line(enum log_level level, const char *fmt, ...) printf_like(2, 3);

/*
 * A gate for a repeated line: at most one line per `every_ms` passes; *ret_missed receives how many
 * did not since the last one. now_ms is the caller's monotonic clock. A zeroed struct is ready. One thread.
 */
struct log_gate {
	u64 next_ms;
	u64 missed;
};
bool log_gate_open(struct log_gate *g, u64 now_ms, u32 every_ms, u64 *ret_missed);

#endif
