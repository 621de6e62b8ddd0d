/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What scanning and masking cost: scrim on every ISA this CPU has, Vectorscan, PCRE2, memcpy.
 *
 *   scan [--quick] TEXTS REPORT.json
 *
 * TEXTS is a directory of the generator's texts: clean.txt (logs without a value), unique.txt (the same, but
 * no line comes twice), mix.txt (the clinical mix), digits.txt (tables of numbers, some near misses), misses.txt
 * (full of those), density-N.txt (a value every N bytes), hl7.txt (HL7 in MLLP frames, which only scrim reads as
 * such: of its ISAs each judges the others). All who mask a text by the same rules must give the
 * same bytes. Chunks are refilled before each pass, as
 * a receive would; that is timed apart and not counted. Runs of all contenders are interleaved on
 * one core; figures are medians. --quick is for trying: short texts, few rounds.
 */
#include "scan.h"
#include "site_rules.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SWEEP_BYTES (1u << 20)
#define QUICK_BYTES (128u << 10)

/* The first `max` bytes of a text. */
static struct text text_read(const char *dir, const char *name, size_t max)
{
	char path[4096];
	struct text t;
	struct stat st;
	int fd;

	snprintf(path, sizeof(path), "%s/%s.txt", dir, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) || !st.st_size)
		die("%s cannot be read, or is empty", path);
	t.len = (size_t)st.st_size < max ? (size_t)st.st_size : max;
	t.p = memory(t.len);
	for (size_t at = 0; at < t.len;) {
		ssize_t n = read(fd, t.p + at, t.len - at);

		if (n <= 0)
			die("%s: %s", path, n ? strerror(errno) : "it became shorter");
		at += (size_t)n;
	}
	close(fd);
	return t;
}

/* Up to the end of its last whole frame. */
static size_t frames_end(const struct text *t)
{
	size_t len = t->len;

	while (len > 1 && (t->p[len - 2] != 0x1c || t->p[len - 1] != '\r'))
		len--;
	return len;
}

static void texts_read(struct bench *b, const char *dir, bool quick)
{
	static const char *const density[DENSITIES] = {"clean", "density-10000", "density-1000",
						       "density-100", "density-1"};
	size_t max = quick ? QUICK_BYTES : SWEEP_BYTES;
	struct ruleset_pair site = rules_of_site(SITE_RULES);

	for (int k = 0; k < NCORPORA; k++)
		b->corpus[k] = text_read(dir, corpus_names[k], quick ? QUICK_BYTES : SIZE_MAX);
	for (int i = 0; i < DENSITIES; i++)
		b->density[i] = text_read(dir, density[i], max);
	b->mix = text_read(dir, corpus_names[MIX], max);
	b->hl7 = text_read(dir, "hl7", max);
	b->hl7.len = frames_end(&b->hl7);
	b->site = (struct text){.p = memory(b->mix.len), .len = b->mix.len};
	site_text(site.rs, b->mix.p, b->mix.len, 1000, b->site.p);
}

/* The last core this process may use: the first one serves most interrupts. */
static void pin(void)
{
	cpu_set_t set, one;

	CPU_ZERO(&one);
	if (sched_getaffinity(0, sizeof(set), &set))
		die("sched_getaffinity: %s", strerror(errno));
	for (int i = CPU_SETSIZE - 1; i >= 0; i--) {
		if (CPU_ISSET(i, &set)) {
			CPU_SET(i, &one);
			break;
		}
	}
	if (sched_setaffinity(0, sizeof(one), &one))
		die("sched_setaffinity: %s", strerror(errno));
}

/*
 * Of text made to have no value scrim must say so, and in the others it must find some, more from
 * density to density. What the peers say is compared with that later.
 */
static void texts_judge(struct bench *b)
{
	struct contender c = scrim_on(&b->builtin, b->best, b->scrim);
	u64 n, before = 0;

	for (int k = 0; k < NCORPORA; k++) {
		n = drive_count(&b->drive, &c, &b->corpus[k]);
		if (k == MIX ? !n : n)
			die("%s: %lu values", corpus_names[k], n);
	}
	for (int i = 0; i < DENSITIES; i++) {
		n = drive_count(&b->drive, &c, &b->density[i]);
		if (i && n < 2 * before + 1)
			die("density: %lu values, and %lu in a text that should have several times "
			    "as many",
			    before, n);
		before = n;
	}
}

static void run(struct bench *b)
{
	grid_check(&b->race, &b->drive, &b->outcomes);
	for (int i = 0; i < NSWEEPS; i++)
		grid_check(&b->sweep[i], &b->drive, &b->outcomes);
	outcomes_judged(&b->outcomes);
	for (size_t i = 0; i < b->sweep[RULES].npoints; i++)
		if (!b->sweep[RULES].cell[0][i].matches)
			die("rules: no values at %s", b->sweep[RULES].point[i].label);
	grid_race(&b->race, &b->drive, b->seconds);
	for (int i = 0; i < NSWEEPS; i++)
		grid_race(&b->sweep[i], &b->drive, b->seconds);
}

int main(int argc, char **argv)
{
	static struct bench b;
	bool quick = argc > 1 && !strcmp(argv[1], "--quick");
	struct err e;

	argv += quick;
	argc -= quick;
	if (argc != 3 || argv[1][0] == '-') {
		fprintf(stderr, "usage: scan [--quick] TEXTS REPORT.json\n");
		return 2;
	}
	if (isa_choose(NULL, &b.best, &e))
		die("%s", e.text);
	snprintf(b.scrim, sizeof(b.scrim), "scrim, %s", isa_name(b.best));
	b.rounds = quick ? 3 : ROUNDS_MAX;
	b.sweep_rounds = quick ? 3 : 5;
	b.seconds = quick ? 0.002 : 0.05;
	pin();
	drive_init(&b.drive);
	texts_read(&b, argv[1], quick);
	b.builtin = rules_of_scrim();
	texts_judge(&b);
	b.team = team_of(&b, &b.builtin);
	race_make(&b);
	sweeps_make(&b);
	run(&b);
	scan_report(&b, argv[2]);
	return 0;
}
