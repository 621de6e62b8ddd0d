/* SPDX-License-Identifier: BSD-2-Clause */
/* The loop of scrim filter: memory is one chunk and its head room, whatever the stream is. */
#include "filter.h"
#include <errno.h>
#include <inttypes.h>
#include <scrim/flow.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define HEAD               3   /* bytes of a segment's name */
#define PEEK               512 /* at most so many tell the format */
#define PROGRESS_FROM      ((off_t)256 << 20)
#define PROGRESS_PERIOD_NS 500000000

struct filter {
	struct engine *engine;
	const struct config_policy *policy;
	int format;
	enum frame_format used; /* by the last stream */
	size_t chunk;
	u8 *memory; /* head room, then a chunk */
	struct mask_scratch *scratch;
	struct scrim_rule_row *counts; /* by rule */
	struct scrim_rule_row **rows;
};

/* A descriptor whose first bytes were looked at. */
struct input {
	int fd;
	u8 peeked[PEEK];
	size_t from, to;
	off_t size, done; /* size 0: unknown, or too small to speak of */
	struct timespec said;
};

int filter_new(struct engine *engine, const struct config_policy *policy, int format, size_t chunk,
	       struct filter **ret_f, struct err *e)
{
	struct filter *f = calloc(1, sizeof(*f));
	size_t n = engine->rules->nrules;

	if (!f)
		return err_set(e, ENOMEM, "out of memory");
	f->engine = engine;
	f->policy = policy;
	f->format = format;
	f->chunk = chunk;
	f->memory = malloc(SCRIM_HEADROOM + chunk);
	f->counts = calloc(n, sizeof(*f->counts));
	f->rows = calloc(n, sizeof(*f->rows));
	if (!f->memory || !f->counts || !f->rows || mask_scratch_new(chunk, &f->scratch)) {
		filter_free(f);
		return err_set(e, ENOMEM, "out of memory");
	}
	for (size_t i = 0; i < n; i++)
		f->rows[i] = &f->counts[i];
	*ret_f = f;
	return 0;
}

static int write_all(const u8 *p, size_t len, struct err *e)
{
	ssize_t n;

	for (; len; p += n, len -= (size_t)n) {
		n = write(STDOUT_FILENO, p, len);
		if (n < 0 && errno == EINTR)
			n = 0;
		else if (n < 0)
			return err_set(e, errno, "standard output: %s", strerror(errno));
	}
	return 0;
}

/* Up to `most` bytes; 0 at the end. */
static ssize_t read_some(int fd, u8 *p, size_t most, struct err *e)
{
	ssize_t n;

	do
		n = read(fd, p, most);
	while (n < 0 && errno == EINTR);
	return n < 0 ? err_set(e, errno, "%s", strerror(errno)) : n;
}

/* The same, what was looked at first. */
static ssize_t input_read(struct input *in, u8 *p, size_t most, struct err *e)
{
	size_t n = in->to - in->from < most ? in->to - in->from : most;

	if (!n)
		return read_some(in->fd, p, most, e);
	memcpy(p, in->peeked + in->from, n);
	in->from += n;
	return (ssize_t)n;
}

/*
 * What the format is told by: HL7's first name in either case, blank lines, a byte order mark or the
 * zeros of UTF-16 around it. The framer refuses some of these; taken for text, fields that have to be
 * masked would go out as they are. -1: the bytes so far do not tell.
 */
static int format_told(const u8 *p, size_t len)
{
	static const char heads[][HEAD + 1] = {"MSH", "FHS", "BHS"};
	char name[HEAD + 1] = {0};
	size_t n = 0;

	for (size_t i = 0; i < len && n < HEAD; i++) {
		if (!p[i] || (!n && memchr("\r\n\f\t \xef\xbb\xbf\xfe\xff", p[i], 10)))
			continue;
		if (!n && p[i] == 0x0b)
			return FORMAT_HL7;
		name[n++] = (char)p[i];
	}
	for (size_t i = 0; i < array_size(heads); i++)
		if (!strncasecmp(name, heads[i], n))
			return n == HEAD ? FORMAT_HL7 : -1;
	return FORMAT_TEXT;
}

/* Makes room: line ends in front are passed on as they are in either format. */
static int pass_line_ends(struct input *in, struct err *e)
{
	size_t n = 0;
	int rc;

	while (n < in->to && (in->peeked[n] == '\r' || in->peeked[n] == '\n'))
		n++;
	rc = write_all(in->peeked, n, e);
	in->to -= n;
	memmove(in->peeked, in->peeked + n, in->to);
	return rc;
}

/* Reads until the format is told, if it has to be. */
static int input_open(struct input *in, int fd, int *format, struct err *e)
{
	struct stat st;
	ssize_t n = 1;
	int rc;

	*in = (struct input){.fd = fd};
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size >= PROGRESS_FROM &&
	    isatty(STDERR_FILENO))
		in->size = st.st_size;
	while (*format < 0) {
		rc = in->to == PEEK ? pass_line_ends(in, e) : 0;
		if (rc)
			return rc;
		if (in->to == PEEK)
			break;
		n = read_some(in->fd, in->peeked + in->to, PEEK - in->to, e);
		if (n <= 0)
			break;
		in->to += (size_t)n;
		*format = format_told(in->peeked, in->to);
	}
	if (*format < 0)
		*format = FORMAT_TEXT;
	return n < 0 ? (int)n : 0;
}

/* On a terminal, how far a big file is. */
static void input_progress(struct input *in, size_t n)
{
	struct timespec now;

	if (!in->size)
		return;
	in->done += (off_t)n;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (in->done < in->size &&
	    (now.tv_sec - in->said.tv_sec) * 1000000000L + now.tv_nsec - in->said.tv_nsec <
		    PROGRESS_PERIOD_NS)
		return;
	in->said = now;
	fprintf(stderr, "\rscrim filter: %3d%% of %jd MiB%s", (int)(in->done * 100 / in->size),
		(intmax_t)(in->size >> 20), in->done < in->size ? "" : "\n");
}

static int refused(int reason, struct err *e)
{
	return err_set(e, EPROTO, "refused, %s: %s", flow_name(-reason), flow_what(-reason));
}

/* A policy that passes: bytes as they are. */
static int copy(struct filter *f, struct input *in, struct err *e)
{
	ssize_t n;
	int rc = 0;

	while (!rc && (n = input_read(in, f->memory, f->chunk, e)) != 0)
		rc = n < 0 ? (int)n : write_all(f->memory, (size_t)n, e);
	return rc;
}

static int mask(struct filter *f, struct input *in, struct stream *s, struct err *e)
{
	u8 *data = f->memory + SCRIM_HEADROOM;
	struct span out = {0};
	ssize_t n;
	int rc, last;

	while ((n = input_read(in, data, f->chunk, e)) > 0) {
		rc = stream_feed(s, f->scratch, data, (size_t)n, &out);
		if (rc)
			return refused(rc, e);
		rc = write_all(out.p, out.len, e);
		if (rc)
			return rc;
		input_progress(in, (size_t)n);
	}
	if (n < 0)
		return (int)n;
	out.len = 0;
	last = stream_finish(s, f->scratch, data, &out);
	rc = last && last != -FLOW_HL7_UNFINISHED ? 0 : write_all(out.p, out.len, e);
	return last ? refused(last, e) : rc;
}

int filter_run(struct filter *f, int fd, struct err *e)
{
	const struct policy *policy;
	struct stream s;
	struct input in;
	int format = f->format, rc;

	rc = input_open(&in, fd, &format, e);
	if (rc)
		return rc;
	f->used = (enum frame_format)format;
	rc = engine_policy(f->engine, f->policy, f->used, &policy, e);
	if (rc)
		return rc;
	if (!policy)
		return copy(f, &in, e);
	if (!config_policy_masks(f->engine->config, f->policy, f->used))
		return err_set(
			e, EINVAL,
			"it is text, in which policy %s looks for nothing, only in HL7 fields",
			f->policy->name);
	stream_init(&s, policy, (struct mask_counters){.rows = f->rows});
	rc = mask(f, &in, &s, e);
	stream_drop(&s);
	return rc;
}

void filter_report(const struct filter *f, FILE *to)
{
	fprintf(to, "isa %s, policy %s, format %s\n", isa_name(f->engine->isa), f->policy->name,
		format_name(f->used));
	for (size_t i = 0; i < f->engine->rules->nrules; i++) {
		const struct scrim_rule_row *row = &f->counts[i];

		if (row->matches || row->rejected || row->allowed)
			fprintf(to,
				"%s: %" PRIu64 " matches, %" PRIu64 " bytes masked, %" PRIu64
				" rejected, %" PRIu64 " allowed\n",
				f->engine->rules->rules[i].name, (u64)row->matches,
				(u64)row->masked_bytes, (u64)row->rejected, (u64)row->allowed);
	}
}

void filter_free(struct filter *f)
{
	if (!f)
		return;
	mask_scratch_free(f->scratch);
	free(f->memory);
	free(f->counts);
	free(f->rows);
	free(f);
}
