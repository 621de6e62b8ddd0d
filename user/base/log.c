/* SPDX-License-Identifier: BSD-2-Clause */
/* Log lines: built in one buffer, written with one write, so that threads do not mix them. */
#include <scrim/log.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *log_program = "scrim";
static enum log_level log_most = LOG_LEVEL_INFO;
static bool log_journal;

void log_init(const char *program, enum log_level most)
{
	log_program = program;
	log_most = most;
	log_journal = getenv("JOURNAL_STREAM") != NULL;
}

void log_line(enum log_level level, const char *fmt, ...)
{
	char line[1024];
	va_list ap;
	int n;

	if (level > log_most)
		return;
	n = log_journal ? snprintf(line, sizeof(line), "<%d>%s: ", (int)level, log_program)
			: snprintf(line, sizeof(line), "%s: ", log_program);
	va_start(ap, fmt);
	n += vsnprintf(line + n, sizeof(line) - (size_t)n - 1, fmt, ap);
	va_end(ap);
	if ((size_t)n > sizeof(line) - 2)
		n = sizeof(line) - 2;
	line[n++] = '\n';
	if (write(STDERR_FILENO, line, (size_t)n) < 0)
		return; /* nowhere left to say so */
}

bool log_gate_open(struct log_gate *g, u64 now_ms, u32 every_ms, u64 *ret_missed)
{
	if (now_ms < g->next_ms) {
		g->missed++;
		return false;
	}
	*ret_missed = g->missed;
	g->missed = 0;
	g->next_ms = now_ms + every_ms;
	return true;
}
