/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One thing differs from point to point, all else stays: how many values there are, how many rules,
 * how long the chunks, which instructions.
 */
#include "scan.h"
#include "site_rules.h"

static void team_at(struct bench *b, enum sweep s, size_t point, const struct team *t, size_t chunk,
		    const struct text *text)
{
	struct grid *g = &b->sweep[s];

	grid_set(g, grid_series(g, b->scrim), point, &t->scrim, chunk, text);
	for (int i = 0; i < NPEERS; i++)
		grid_set(g, grid_series(g, peer_names[i]), point, &t->peer[i], chunk, text);
}

static void density_make(struct bench *b)
{
	static const char *const labels[DENSITIES] = {"none", "1 in 10 KB", "1 in 1 KB",
						      "1 in 100 B", "all values"};
	struct grid *g = &b->sweep[DENSITY];

	*g = (struct grid){.name = "density",
			   .title = "Scan and mask by how many values there are",
			   .axis = "values in the text (built-in rules, chunks of 64 KiB)"};
	for (size_t i = 0; i < DENSITIES; i++) {
		grid_point(g, (double)i, "%s", labels[i]);
		team_at(b, DENSITY, i, &b->team, CHUNK, &b->density[i]);
	}
}

static void rules_make(struct bench *b)
{
	static const size_t n[] = {1, 2, 5, 10, 20, 30, 40, SITE_RULES};
	struct grid *g = &b->sweep[RULES];

	*g = (struct grid){.name = "rules",
			   .title = "Scan and mask by how many rules there are",
			   .axis = "rules of a site (clinical mix, chunks of 64 KiB)"};
	for (size_t i = 0; i < array_size(n); i++) {
		struct ruleset_pair site = rules_of_site(n[i]);
		struct team t = team_of(b, &site);

		grid_point(g, (double)n[i], "%zu", n[i]);
		team_at(b, RULES, i, &t, CHUNK, &b->site);
	}
}

static void chunks_make(struct bench *b)
{
	struct grid *g = &b->sweep[CHUNKS];
	size_t i = 0;

	*g = (struct grid){.name = "chunk",
			   .title = "Scan and mask by how long the chunks are",
			   .axis = "chunk, bytes (built-in rules, clinical mix)"};
	for (size_t chunk = CHUNK_SMALL; chunk <= CHUNK; chunk *= 2, i++) {
		if (chunk < 1024)
			grid_point(g, (double)i, "%zu", chunk);
		else
			grid_point(g, (double)i, "%zu Ki", chunk / 1024);
		team_at(b, CHUNKS, i, &b->team, chunk, &b->mix);
	}
}

/* Their texts are those of the race, so that its other contenders judge this one's output, too; but for HL7. */
static void isas_make(struct bench *b)
{
	struct ruleset_pair fields = rules_of_hl7(&b->builtin);
	struct grid *g = &b->sweep[ISAS];

	*g = (struct grid){.name = "isa",
			   .title = "Scan and mask by instruction set",
			   .axis = "instruction set (built-in rules, chunks of 64 KiB)"};
	for (int isa = 0; isa < ISA_COUNT; isa++) {
		const char *name = isa_name((enum isa)isa);
		struct contender c;
		size_t point;

		if (!isa_usable((enum isa)isa))
			continue;
		point = grid_point(g, (double)g->npoints, "%s", name);
		c = scrim_on(&b->builtin, (enum isa)isa, name);
		for (int k = 0; k < NCORPORA; k++)
			grid_set(g, grid_series(g, corpus_names[k]), point, &c, CHUNK,
				 &b->corpus[k]);
		c = scrim_reading(&fields, FORMAT_HL7, (enum isa)isa, name);
		grid_set(g, grid_series(g, "HL7, by fields"), point, &c, CHUNK, &b->hl7);
	}
}

void sweeps_make(struct bench *b)
{
	density_make(b);
	rules_make(b);
	chunks_make(b);
	isas_make(b);
	for (int i = 0; i < NSWEEPS; i++)
		b->sweep[i].rounds = b->sweep_rounds;
}
