/* SPDX-License-Identifier: BSD-2-Clause */
/* gen: the command line of the generator. */
#include "hl7.h"
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MESSAGES_MAX 1000000

static const char help[] =
	"usage: gen hl7 --messages N [--seed S] [--truth FILE] [--cr | --lf | --crlf] [--bare | "
	"--mllp]\n"
	"       gen bench-clean | bench-unique | bench-mix | bench-digits | bench-misses | "
	"bench-log\n"
	"           --bytes N [--seed S]\n"
	"       gen bench-density --every N --bytes N [--seed S]\n"
	"\n"
	"Writes test streams to standard output: the same seed gives the same bytes everywhere.\n"
	"\n"
	"  hl7           HL7 v2 messages about invented people, in MLLP frames or bare\n"
	"  bench-clean   log lines in which no built-in rule finds anything\n"
	"  bench-unique  the same, with a word in each line that no other line has\n"
	"  bench-mix     HL7 and JSON, a value every 80 bytes or so\n"
	"  bench-digits  tables of numbers, some in the shape of a rule, refused by its check\n"
	"  bench-misses  full of those\n"
	"  bench-log     log lines with a date and an IPv4 address each\n"
	"  bench-density clean log lines, and lines of a value alone\n"
	"\n"
	"  --seed S      a number, 1 if not given\n"
	"  --messages N  how many, up to 1000000\n"
	"  --bytes N     how many, exactly\n"
	"  --every N     a value every N bytes; 1: nothing but values\n"
	"  --truth FILE  a JSON object a line and message: id, offset, len, type, version; "
	"`values`,\n"
	"                each with at, len, kind, where, covered, value; `fields`, all that are "
	"not\n"
	"                empty, with at, len, where. `at` counts from the message's first byte, "
	"the M\n"
	"                of MSH; `offset` is where that is in the output. covered: it stands in a\n"
	"                field of its own, or a built-in rule finds it in text\n"
	"  --cr --lf --crlf   what ends a segment (--cr)\n"
	"  --mllp --bare      in MLLP frames, or one message after the other (--mllp)\n"
	"  --help        this text\n"
	"\n"
	"exit codes: 0 written; 1 it could not be; 2 wrong command line\n";

struct args {
	const char *truth;
	struct hl7_style style;
	u64 seed, messages, bytes, every;
};

enum {
	OPT_SEED,
	OPT_MESSAGES,
	OPT_BYTES,
	OPT_EVERY,
	OPT_TRUTH,
	OPT_CR,
	OPT_LF,
	OPT_CRLF,
	OPT_BARE,
	OPT_MLLP,
	OPT_HELP
};

static const struct option options[] = {
	{"seed", required_argument, NULL, OPT_SEED},
	{"messages", required_argument, NULL, OPT_MESSAGES},
	{"bytes", required_argument, NULL, OPT_BYTES},
	{"every", required_argument, NULL, OPT_EVERY},
	{"truth", required_argument, NULL, OPT_TRUTH},
	{"cr", no_argument, NULL, OPT_CR},
	{"lf", no_argument, NULL, OPT_LF},
	{"crlf", no_argument, NULL, OPT_CRLF},
	{"bare", no_argument, NULL, OPT_BARE},
	{"mllp", no_argument, NULL, OPT_MLLP},
	{"help", no_argument, NULL, OPT_HELP},
	{0},
};

static _Noreturn void usage(const char *what)
{
	fprintf(stderr, "gen: %s; see gen --help\n", what);
	exit(2);
}

static u64 number(const char *s, const char *what)
{
	char *end;
	u64 n;

	errno = 0;
	n = strtoull(s, &end, 10);
	if (errno || *s < '0' || *s > '9' || *end)
		usage(what);
	return n;
}

static void set_option(int option, struct args *a)
{
	switch (option) {
	case OPT_SEED:
		a->seed = number(optarg, "--seed takes a number");
		break;
	case OPT_MESSAGES:
		a->messages = number(optarg, "--messages takes a number");
		break;
	case OPT_BYTES:
		a->bytes = number(optarg, "--bytes takes a number");
		break;
	case OPT_EVERY:
		a->every = number(optarg, "--every takes a number");
		break;
	case OPT_TRUTH:
		a->truth = optarg;
		break;
	case OPT_CR:
		a->style.segment_end = "\r";
		break;
	case OPT_LF:
		a->style.segment_end = "\n";
		break;
	case OPT_CRLF:
		a->style.segment_end = "\r\n";
		break;
	case OPT_BARE:
	case OPT_MLLP:
		a->style.mllp = option == OPT_MLLP;
		break;
	case OPT_HELP:
		fputs(help, stdout);
		exit(fflush(stdout) ? 1 : 0);
	default:
		usage("an option is not known, or lacks its value");
	}
}

static void truth_line(FILE *to, const struct msg *m, u64 offset)
{
	fprintf(to, "{\"id\":\"%s\",\"offset\":%llu,\"len\":%zu,\"type\":\"%s\",\"version\":\"%s\"",
		m->id, (unsigned long long)offset, m->b.len, m->type, m->version);
	fprintf(to, ",\"values\":[%s],\"fields\":[%s]}\n", m->values.p ? m->values.p : "",
		m->fields.p);
}

static void hl7(const struct args *a)
{
	FILE *truth = a->truth ? fopen(a->truth, "w") : NULL;
	u64 offset = 0;

	if (a->truth && !truth)
		die("%s: %s", a->truth, strerror(errno));
	for (u64 i = 0; i < a->messages; i++) {
		struct msg m = {.style = a->style};

		message_make(&m, a->seed, i);
		if (m.style.mllp)
			putchar('\v');
		fwrite(m.b.p, 1, m.b.len, stdout);
		if (m.style.mllp)
			fputs("\x1c\r", stdout);
		if (truth)
			truth_line(truth, &m, offset + m.style.mllp);
		offset += m.b.len + (m.style.mllp ? 3 : 0);
		message_free(&m);
	}
	if (truth && (ferror(truth) | fclose(truth)))
		die("%s cannot be written", a->truth);
}

int main(int argc, char **argv)
{
	static const char *const corpora[] = {
		[CORPUS_CLEAN] = "bench-clean",    [CORPUS_UNIQUE] = "bench-unique",
		[CORPUS_MIX] = "bench-mix",        [CORPUS_DIGITS] = "bench-digits",
		[CORPUS_MISSES] = "bench-misses",  [CORPUS_LOG] = "bench-log",
		[CORPUS_DENSITY] = "bench-density"};
	struct args a = {.seed = 1, .style = {.segment_end = "\r", .mllp = true}};
	int option, corpus = -1;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		set_option(option, &a);
	if (argc - optind != 1)
		usage("one of hl7 and the corpora of the benches is needed");
	for (int i = 0; i < (int)array_size(corpora); i++)
		if (!strcmp(argv[optind], corpora[i]))
			corpus = i;
	if (corpus < 0 && strcmp(argv[optind], "hl7"))
		usage("hl7, bench-clean, bench-unique, bench-mix, bench-digits, bench-misses, "
		      "bench-log "
		      "and bench-density are "
		      "known");
	if (corpus < 0 && (!a.messages || a.messages > MESSAGES_MAX))
		usage("hl7 needs --messages, 1 to 1000000");
	if (corpus >= 0 && !a.bytes)
		usage("a bench's corpus needs --bytes, at least 1");
	if ((corpus == CORPUS_DENSITY) != (a.every > 0))
		usage("--every, at least 1, goes with bench-density");
	if (corpus >= 0)
		bench_write(&(struct bench_text){.corpus = (enum corpus)corpus,
						 .bytes = a.bytes,
						 .seed = a.seed,
						 .every = a.every});
	else
		hl7(&a);
	if (fflush(stdout) || ferror(stdout))
		die("standard output cannot be written");
	return 0;
}
