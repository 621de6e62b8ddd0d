/* SPDX-License-Identifier: BSD-2-Clause */
#include "race.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int ascending(const void *a, const void *b)
{
	double d = *(const double *)a - *(const double *)b;

	return (d > 0) - (d < 0);
}

/* The median of ROUNDS values; *ret_spread: how far they lie apart, in percent of it. */
static double median(const double *values, double *ret_spread)
{
	double v[ROUNDS];

	memcpy(v, values, sizeof(v));
	qsort(v, ROUNDS, sizeof(*v), ascending);
	if (ret_spread)
		*ret_spread = (v[ROUNDS - 1] - v[0]) / v[ROUNDS / 2] * 100;
	return v[ROUNDS / 2];
}

static const struct lane *find(const struct race *r, const char *name)
{
	for (size_t i = 0; i < r->n; i++)
		if (!strcmp(r->lane[i].c.name, name))
			return &r->lane[i];
	die("no contender %s", name);
}

static double rate(const struct race *r, const char *name, enum corpus_id k)
{
	return median(find(r, name)->rate[k], NULL);
}

static void cpu_model(char *ret, size_t len)
{
	FILE *f = fopen("/proc/cpuinfo", "re");
	char line[256];

	snprintf(ret, len, "unknown CPU");
	while (f && fgets(line, sizeof(line), f)) {
		char *colon = strchr(line, ':');

		if (!strncmp(line, "model name", 10) && colon) {
			snprintf(ret, len, "%.*s", (int)strcspn(colon + 2, "\n"), colon + 2);
			break;
		}
	}
	if (f)
		fclose(f);
}

static void print_table(const struct race *r, const char *cpu)
{
	double spread, m;

	m = median(r->copy, &spread);
	printf("\n%s; scrim runs %s\nmemcpy 64 MiB to 64 MiB: %.2f GB/s (spread %.0f%%); refilling "
	       "a "
	       "chunk: %.1f GB/s\n",
	       cpu, r->lane[0].c.name, m, spread, median(r->refill, NULL));
	printf("%-26s", "scan + mask, GB/s");
	for (int k = 0; k < NCORPORA; k++)
		printf(" %12s", r->corpus[k].name);
	for (size_t i = 0; i < r->n; i++) {
		printf("\n%-26s", r->lane[i].c.name);
		for (int k = 0; k < NCORPORA; k++) {
			m = median(r->lane[i].rate[k], &spread);
			printf(" %6.2f (%2.0f%%)", m, spread);
		}
	}
	printf("\n%-26s", "values, per KB");
	for (int k = 0; k < NCORPORA; k++)
		printf(" %12.2f",
		       (double)r->corpus[k].matches * 1e3 / (double)r->corpus[k].text.len);
	printf("\n%-26s", "refused by a check, per KB");
	for (int k = 0; k < NCORPORA; k++)
		printf(" %12.2f", r->corpus[k].rejected);
	printf("\n");
}

static void print_ratios(const struct race *r, FILE *f)
{
	const char *best = r->lane[0].c.name;
	double copy = median(r->copy, NULL);
	const struct {
		const char *key;
		double value;
	} ratios[] = {
		{"S1_memcpy", rate(r, best, CLEAN) / copy},
		{"S1_vectorscan", rate(r, best, CLEAN) / rate(r, STREAM, CLEAN)},
		{"S2_memcpy", rate(r, best, MIX) / copy},
		{"S2_vectorscan", rate(r, best, MIX) / rate(r, STREAM, MIX)},
		{"S3", rate(r, best, DIGITS) / rate(r, best, CLEAN)},
		{"S4_rules", rate(r, RULES_5, MIX) / rate(r, RULES_50, MIX)},
		{"S4_chunks", rate(r, best, MIX) / rate(r, SMALL_CHUNKS, MIX)},
	};

	for (size_t i = 0; i < array_size(ratios); i++) {
		printf("%-14s %6.2f\n", ratios[i].key, ratios[i].value);
		fprintf(f, "  \"%s\": %.3f%s\n", ratios[i].key, ratios[i].value,
			i + 1 < array_size(ratios) ? "," : "");
	}
}

void race_report(const struct race *r, const char *name)
{
	FILE *f = fopen(name, "we");
	char cpu[128];

	if (!f)
		die("%s: %s", name, strerror(errno));
	cpu_model(cpu, sizeof(cpu));
	print_table(r, cpu);
	fprintf(f, "{\n \"cpu\": \"%s\",\n \"isa\": \"%s\",\n \"memcpy\": %.3f,\n \"rates\": {\n",
		cpu, r->lane[0].c.name, median(r->copy, NULL));
	for (size_t i = 0; i < r->n; i++) {
		fprintf(f, "  \"%s\": {", r->lane[i].c.name);
		for (int k = 0; k < NCORPORA; k++)
			fprintf(f, "%s\"%s\": %.3f", k ? ", " : "", r->corpus[k].name,
				median(r->lane[i].rate[k], NULL));
		fprintf(f, "}%s\n", i + 1 < r->n ? "," : "");
	}
	fprintf(f, " },\n \"ratios\": {\n");
	print_ratios(r, f);
	fprintf(f, " }\n}\n");
	if (fclose(f))
		die("%s: %s", name, strerror(errno));
}
