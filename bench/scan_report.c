/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What bench-scan found: tables for the reader, JSON for bench/plot and whoever keeps figures.
 *
 *   {"cpu", "isa", "date", "rounds", "memcpy": figure,
 *    "rates": {contender: {corpus: median}}, "spread": {contender: {corpus: percent}},
 *    "ratios": {key: of medians}, "ratio_spread": {key: percent},
 *    "sweeps": [{"name", "title", "axis", "unit", "labels", "at", "values_per_kb" (if of one text),
 *                "series": [{"name", "median": [], "low": [], "high": []}]}]}
 */
#include "scan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct ratio {
	const char *key;
	double of_medians;
	double round[ROUNDS_MAX];
};

#define NRATIOS 7

static void cpu_model(char *ret, size_t len)
{
	FILE *f = fopen("/proc/cpuinfo", "re");
	char line[256];

	snprintf(ret, len, "unknown CPU");
	while (f && fgets(line, sizeof(line), f)) {
		char *colon = strchr(line, ':');

		if (!strncmp(line, "model name", 10) && colon) {
			snprintf(ret, len, "%.*s", (int)strcspn(colon + 2, "\n\"\\"), colon + 2);
			break;
		}
	}
	if (f)
		fclose(f);
}

static double median(const double *rounds, int n)
{
	return figure_of(rounds, n).median;
}

/* a and b of the same rounds. */
static struct ratio ratio(const char *key, const double *a, const double *b, int rounds)
{
	struct ratio r = {.key = key, .of_medians = median(a, rounds) / median(b, rounds)};

	for (int i = 0; i < rounds; i++)
		r.round[i] = a[i] / b[i];
	return r;
}

static const double *rate(const struct bench *b, const char *name, enum corpus k)
{
	return b->race.cell[grid_find(&b->race, name)][k].rate;
}

static void ratios_of(const struct bench *b, struct ratio r[NRATIOS])
{
	const char *peer = peer_names[STREAM];
	const double *clean = rate(b, b->scrim, CLEAN), *mix = rate(b, b->scrim, MIX);
	const double *copy = b->race.copy;
	int n = b->rounds;

	r[0] = ratio("S1_memcpy", clean, copy, n);
	r[1] = ratio("S1_vectorscan", clean, rate(b, peer, CLEAN), n);
	r[2] = ratio("S2_memcpy", mix, copy, n);
	r[3] = ratio("S2_vectorscan", mix, rate(b, peer, MIX), n);
	r[4] = ratio("S3", rate(b, b->scrim, DIGITS), clean, n);
	r[5] = ratio("S4_rules", rate(b, RULES_5, MIX), rate(b, RULES_50, MIX), n);
	r[6] = ratio("S4_chunks", mix, rate(b, SMALL_CHUNKS, MIX), n);
}

/* Whether the series at a point mask the same text. */
static bool one_text(const struct grid *g)
{
	return g->cell[0][0].text == g->cell[g->nseries - 1][0].text;
}

static void print_grid(const struct grid *g)
{
	printf("\n%s, GB/s (spread); %s\n%-22s", g->title, g->axis, "");
	for (size_t p = 0; p < g->npoints; p++)
		printf(" %13s", g->point[p].label);
	for (size_t s = 0; s < g->nseries; s++) {
		printf("\n%-22s", g->series[s]);
		for (size_t p = 0; p < g->npoints; p++) {
			struct figure f = figure_of(g->cell[s][p].rate, g->rounds);

			printf(" %7.3f (%2.0f%%)", f.median, figure_spread(&f));
		}
	}
	if (one_text(g))
		printf("\n%-22s", "values per KB");
	for (size_t p = 0; p < g->npoints && one_text(g); p++)
		printf(" %13.2f",
		       (double)g->cell[0][p].matches * 1e3 / (double)g->cell[0][p].text->len);
	printf("\n");
}

static void print_rejected(const struct bench *b)
{
	printf("%-22s", "refused, per KB");
	for (int k = 0; k < NCORPORA; k++)
		printf(" %13.2f",
		       outcome_find(&b->outcomes, &b->corpus[k], b->builtin.rs)->rejected);
	printf("\n");
}

static void write_figures(FILE *f, const struct grid *g, size_t series, const char *key)
{
	fprintf(f, ", \"%s\": [", key);
	for (size_t p = 0; p < g->npoints; p++) {
		struct figure v = series == g->nseries
					  ? figure_of(g->copy, g->rounds)
					  : figure_of(g->cell[series][p].rate, g->rounds);

		fprintf(f, "%s%.4g", p ? ", " : "",
			*key == 'm'   ? v.median
			: *key == 'l' ? v.low
				      : v.high);
	}
	fprintf(f, "]");
}

static void write_sweep(FILE *f, const struct grid *g)
{
	fprintf(f,
		"  {\"name\": \"%s\", \"title\": \"%s\", \"axis\": \"%s\", \"unit\": \"GB/s\",\n",
		g->name, g->title, g->axis);
	fprintf(f, "   \"labels\": [");
	for (size_t p = 0; p < g->npoints; p++)
		fprintf(f, "%s\"%s\"", p ? ", " : "", g->point[p].label);
	fprintf(f, "],\n   \"at\": [");
	for (size_t p = 0; p < g->npoints; p++)
		fprintf(f, "%s%g", p ? ", " : "", g->point[p].at);
	if (one_text(g))
		fprintf(f, "],\n   \"values_per_kb\": [");
	for (size_t p = 0; p < g->npoints && one_text(g); p++)
		fprintf(f, "%s%.3f", p ? ", " : "",
			(double)g->cell[0][p].matches * 1e3 / (double)g->cell[0][p].text->len);
	fprintf(f, "],\n   \"series\": [\n");
	for (size_t s = 0; s <= g->nseries; s++) {
		fprintf(f, "    {\"name\": \"%s\"", s == g->nseries ? "memcpy" : g->series[s]);
		write_figures(f, g, s, "median");
		write_figures(f, g, s, "low");
		write_figures(f, g, s, "high");
		fprintf(f, "}%s\n", s < g->nseries ? "," : "]}");
	}
}

/* Medians or spreads of the race, by contender and corpus. */
static void write_rates(FILE *f, const struct grid *g, const char *key, bool spread)
{
	fprintf(f, " \"%s\": {\n", key);
	for (size_t s = 0; s < g->nseries; s++) {
		fprintf(f, "  \"%s\": {", g->series[s]);
		for (size_t p = 0; p < g->npoints; p++) {
			struct figure v = figure_of(g->cell[s][p].rate, g->rounds);

			fprintf(f, "%s\"%s\": %.4g", p ? ", " : "", g->point[p].label,
				spread ? figure_spread(&v) : v.median);
		}
		fprintf(f, "}%s\n", s + 1 < g->nseries ? "," : "");
	}
	fprintf(f, " },\n");
}

static void write_ratios(FILE *f, const struct bench *b, const char *key, bool spread)
{
	struct ratio r[NRATIOS];

	ratios_of(b, r);
	fprintf(f, " \"%s\": {\n", key);
	for (size_t i = 0; i < NRATIOS; i++) {
		struct figure v = figure_of(r[i].round, b->rounds);

		fprintf(f, "  \"%s\": %.4g%s\n", r[i].key,
			spread ? figure_spread(&v) : r[i].of_medians, i + 1 < NRATIOS ? "," : "");
	}
	fprintf(f, " },\n");
}

static void write_all(FILE *f, const struct bench *b, const char *cpu)
{
	time_t t = time(NULL);
	char date[32];
	struct tm tm;

	strftime(date, sizeof(date), "%F", localtime_r(&t, &tm));
	fprintf(f, "{\n \"cpu\": \"%s\",\n \"isa\": \"%s\",\n \"date\": \"%s\",\n", cpu,
		isa_name(b->best), date);
	fprintf(f, " \"rounds\": %d,\n \"memcpy\": %.3f,\n", b->rounds,
		median(b->race.copy, b->rounds));
	write_rates(f, &b->race, "rates", false);
	write_rates(f, &b->race, "spread", true);
	write_ratios(f, b, "ratios", false);
	write_ratios(f, b, "ratio_spread", true);
	fprintf(f, " \"sweeps\": [\n");
	for (int i = 0; i < NSWEEPS; i++) {
		write_sweep(f, &b->sweep[i]);
		fprintf(f, "%s\n", i + 1 < NSWEEPS ? "," : "\n ]");
	}
	fprintf(f, "}\n");
}

void scan_report(const struct bench *b, const char *name)
{
	struct figure copy = figure_of(b->race.copy, b->rounds);
	struct ratio r[NRATIOS];
	char cpu[128];
	FILE *f;

	cpu_model(cpu, sizeof(cpu));
	printf("%s; %s\nmemcpy 64 MiB to 64 MiB: %.2f GB/s (%.0f%%); refilling a chunk: %.1f "
	       "GB/s\n",
	       cpu, b->scrim, copy.median, figure_spread(&copy),
	       b->drive.refill_bytes / b->drive.refill_seconds / 1e9);
	print_grid(&b->race);
	print_rejected(b);
	for (int i = 0; i < NSWEEPS; i++)
		print_grid(&b->sweep[i]);
	printf("\n");
	ratios_of(b, r);
	for (int i = 0; i < NRATIOS; i++) {
		struct figure v = figure_of(r[i].round, b->rounds);

		printf("%-14s %6.2f (%.0f%%)\n", r[i].key, r[i].of_medians, figure_spread(&v));
	}
	f = fopen(name, "we");
	if (!f)
		die("%s: %s", name, strerror(errno));
	write_all(f, b, cpu);
	if (ferror(f) | fclose(f))
		die("%s cannot be written", name);
}
