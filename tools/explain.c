/* SPDX-License-Identifier: BSD-2-Clause */
/* scrim check --explain: a rule's forms, and what each of them costs. */
#include "explain.h"
#include "tool.h"
#include <errno.h>
#include <stdlib.h>

/* A form as it will be printed. */
struct row {
	const struct form *form;
	const struct form_def *def;
	struct scan_cost cost;
	char commit[32];
};

void explain_commit(enum commit_unit unit, u8 commit, char *text, size_t size)
{
	switch (unit) {
	case COMMIT_NEVER:
		snprintf(text, size, "never");
		break;
	case COMMIT_PAST:
		snprintf(text, size, "past '%c'", commit);
		break;
	case COMMIT_DIGITS:
		snprintf(text, size, "%u digits", commit);
		break;
	case COMMIT_BYTES:
		snprintf(text, size, "%u bytes", commit);
		break;
	}
}

/* The dead state is none. */
static unsigned int states(const struct form *f)
{
	return f->dfa.nstates - 1u;
}

static void print_row(const struct row *row)
{
	const struct form *f = row->form;
	double places = row->cost.rate > 0 ? 1 / (double)row->cost.rate : 1e9;

	printf("  pattern  %s\n", row->def->pattern);
	printf("    path     %s%s, about one place in ", scan_path_name(row->cost.path),
	       f->quick ? ", with a quick way" : "");
	if (places < 1e6)
		printf("%.0f", places);
	else
		fputs("a million or more", stdout);
	puts(row->cost.path == PATH_LABEL ? " behind its labels" : "");
	printf("    states   %u, of %u classes of bytes\n", states(f), f->dfa.nclasses);
	printf("    window   %u to %u bytes", f->dfa.min, f->dfa.max);
	if (row->def->labels || row->def->unless)
		printf(", a label within %u before", row->def->distance);
	printf("\n    commit   %s\n", row->commit);
}

static void print_row_json(const struct row *row)
{
	const struct form *f = row->form;

	fputs("{\"pattern\":", stdout);
	tool_json(stdout, row->def->pattern);
	printf(",\"path\":\"%s\",\"quick\":%s,\"rate\":%.3g,\"states\":%u,\"classes\":%u,"
	       "\"shortest\":%u,\"window\":%u,\"distance\":%u,\"commit\":",
	       scan_path_name(row->cost.path), f->quick ? "true" : "false", (double)row->cost.rate,
	       states(f), f->dfa.nclasses, f->dfa.min, f->dfa.max,
	       row->def->labels || row->def->unless ? row->def->distance : 0u);
	tool_json(stdout, row->commit);
	putchar('}');
}

static int print_rule(const struct engine *g, const struct scanner *s, u16 index, bool json)
{
	const struct rule *rule = &g->rules->rules[index];
	const struct rule_def *def = &g->config->defs[index];
	int r;

	if (json) {
		fputs("{\"rule\":", stdout);
		tool_json(stdout, rule->name);
		fputs(",\"forms\":[", stdout);
	} else {
		printf("%s: %s\n", rule->name, identifier_name(rule->class));
	}
	for (u16 i = 0; i < rule->nforms; i++) {
		struct row row = {.form = &g->rules->forms[rule->first_form + i],
				  .def = &def->forms[i]};

		r = scan_explain(s, (u16)(rule->first_form + i), &row.cost);
		if (r)
			return r;
		explain_commit(row.form->commit_unit, row.form->commit, row.commit,
			       sizeof(row.commit));
		if (json && i)
			putchar(',');
		(json ? print_row_json : print_row)(&row);
	}
	if (json)
		fputs("],\"fields\":[", stdout);
	for (size_t k = 0; rule->fields && rule->fields[k]; k++)
		printf(json ? "%s\"%s\"" : "%s%s",
		       k      ? json ? "," : ", "
		       : json ? ""
			      : "  fields   ",
		       rule->fields[k]);
	fputs(json ? "]}" : rule->fields ? ", masked whole\n" : "", stdout);
	return 0;
}

int explain(const struct engine *g, bool json, struct err *e)
{
	const struct config *c = g->config;
	bool *on = calloc(c->ndefs + 1, sizeof(*on)), any = false;
	struct scanner *s = NULL;
	int r = on ? 0 : -ENOMEM;

	for (size_t p = 0; !r && p < c->npolicies; p++)
		for (size_t i = 0; i < c->ndefs; i++)
			on[i] |= c->policies[p].enabled[i];
	if (!r)
		r = scanner_new(g->rules, on, g->isa, &s);
	if (!r && json)
		printf("{\"isa\":\"%s\",\"rules\":[", isa_name(g->isa));
	for (u16 i = 0; !r && i < c->ndefs; i++) {
		if (!on[i])
			continue;
		if (json)
			puts(any ? "," : "");
		any = true;
		r = print_rule(g, s, i, json);
	}
	if (!r && json)
		puts("\n]}");
	scanner_free(s);
	free(on);
	return r ? err_set(e, -r, "out of memory") : 0;
}
