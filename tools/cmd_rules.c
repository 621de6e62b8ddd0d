/* SPDX-License-Identifier: BSD-2-Clause */
/* scrim rules: what is built in, to read and to check against the standards. */
#include "explain.h"
#include "tool.h"
#include <scrim/frame.h>
#include <scrim/rules.h>
#include <string.h>

static const struct option options[] = {
	{"help", no_argument, NULL, OPT_HELP},
	{"json", no_argument, NULL, OPT_JSON},
	{0},
};

static const char *const guards[] = {
	[GUARD_NONE] = "none",       [GUARD_DIGIT] = "digit",   [GUARD_WORD] = "word",
	[GUARD_DECIMAL] = "decimal", [GUARD_NUMBER] = "number", [GUARD_TOKEN] = "token",
	[GUARD_SLASH] = "slash",     [GUARD_GROUP] = "group"};

static void print_list(const char *head, const char *const *words)
{
	size_t column = strlen(head);

	fputs(head, stdout);
	for (const char *const *w = words; *w; w++) {
		if (column + strlen(*w) + 2 > 90) {
			fputs("\n             ", stdout);
			column = 13;
		}
		column += (size_t)printf("%s%s", *w, w[1] ? ", " : "\n");
	}
}

static const char *field_name(const struct rule_def *d, size_t i)
{
	return d->field_names ? d->field_names[i] : "";
}

static void print_short(const struct rule_def *d)
{
	printf("%-20s %-22s (%c) %-9s %s\n", d->name, identifier_name(d->class),
	       identifier_clause(d->class), d->group, d->what);
}

static void print_long(const struct rule_def *d)
{
	printf("%s: %s\n", d->name, d->what);
	printf("  class    %s, 45 CFR 164.514(b)(2)(i)(%c)\n", identifier_name(d->class),
	       identifier_clause(d->class));
	printf("  group    %s\n", d->group);
	printf("  source   %s\n", d->source);
	for (size_t i = 0; i < d->nforms; i++) {
		const struct form_def *f = &d->forms[i];
		char commit[32];

		printf("  pattern  %s\n", f->pattern);
		printf("    guards   before %s, after %s\n", guards[f->before], guards[f->after]);
		if (f->tail)
			printf("    tail     %s\n", f->tail);
		if (f->validate)
			printf("    validate %s\n", f->validate);
		if (f->labels)
			print_list("    labels   ", f->labels);
		if (f->unless)
			print_list("    unless   ", f->unless);
		if (f->labels || f->unless)
			printf("    within   %u bytes\n", f->distance);
		explain_commit(f->commit_unit, f->commit, commit, sizeof(commit));
		printf("    commit   %s\n", commit);
	}
	for (size_t i = 0; d->fields && d->fields[i]; i++)
		printf("  field    %-9s %s\n", d->fields[i], field_name(d, i));
	for (const char *const *x = d->examples; x && *x; x++)
		printf("  %s   %s\n", strchr(*x, '[') ? "finds " : "leaves", *x);
}

static void json_list(const char *name, const char *const *words)
{
	printf(",\"%s\":[", name);
	for (const char *const *w = words; w && *w; w++) {
		if (w != words)
			putchar(',');
		tool_json(stdout, *w);
	}
	putchar(']');
}

static void json_text(const char *name, const char *text)
{
	printf(",\"%s\":", name);
	tool_json(stdout, text);
}

static void print_json(const struct rule_def *d)
{
	fputs("{\"name\":", stdout);
	tool_json(stdout, d->name);
	json_text("class", identifier_name(d->class));
	printf(",\"clause\":\"%c\"", identifier_clause(d->class));
	json_text("group", d->group);
	json_text("what", d->what);
	json_text("source", d->source);
	fputs(",\"patterns\":[", stdout);
	for (size_t i = 0; i < d->nforms; i++) {
		const struct form_def *f = &d->forms[i];
		char commit[32];

		printf("%s{\"pattern\":", i ? "," : "");
		tool_json(stdout, f->pattern);
		json_text("before", guards[f->before]);
		json_text("after", guards[f->after]);
		if (f->tail)
			json_text("tail", f->tail);
		if (f->validate)
			json_text("validate", f->validate);
		json_list("labels", f->labels);
		json_list("unless", f->unless);
		printf(",\"distance\":%u", f->distance);
		explain_commit(f->commit_unit, f->commit, commit, sizeof(commit));
		json_text("commit", commit);
		putchar('}');
	}
	putchar(']');
	json_list("fields", d->fields);
	json_list("field_names", d->field_names);
	json_list("examples", d->examples);
	putchar('}');
}

/* The table of fields, one a line, in the order of the rules. */
static void print_fields(const struct rule_def *defs, size_t n)
{
	puts("\nHL7 fields and components masked whole, with versions, data type and name:");
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; defs[i].fields && defs[i].fields[k]; k++)
			printf("%-9s %-20s %-21s %-9s %s\n", defs[i].fields[k], defs[i].name,
			       identifier_name(defs[i].class), defs[i].group,
			       field_name(&defs[i], k));
	fputs("\nHL7 fields in which patterns are looked for:", stdout);
	for (size_t i = 0; frame_text_field(FORMAT_HL7, i); i++)
		printf(" %s", frame_text_field(FORMAT_HL7, i));
	puts(" (OBX-5 of type TX, FT, ST and ED)");
}

static int print_all(const struct tool *self, const struct rule_def *defs, size_t n, bool json)
{
	if (json)
		putchar('[');
	for (size_t i = 0; i < n; i++) {
		if (!json) {
			print_short(&defs[i]);
			continue;
		}
		fputs(i ? ",\n" : "\n", stdout);
		print_json(&defs[i]);
	}
	if (json) {
		puts("\n]");
	} else {
		print_fields(defs, n);
		fputs("\nChecks for `validate` of a site's rule:", stdout);
		for (size_t i = 0; validator_name(i); i++)
			printf(" %s", validator_name(i));
		putchar('\n');
	}
	return tool_flush(self);
}

static int run(const struct tool *self, int argc, char **argv)
{
	const struct rule_def *defs;
	bool json = false;
	int option, rc = 0;
	size_t n, i;

	while ((option = tool_option(self, argc, argv, options, &rc)) != -1) {
		if (option == '?')
			return rc;
		json = true;
	}
	defs = rules_builtin(&n);
	if (optind == argc)
		return print_all(self, defs, n, json);
	for (; optind < argc; optind++) {
		for (i = 0; i < n && strcmp(defs[i].name, argv[optind]); i++)
			;
		if (i == n)
			return tool_usage(self, "no built-in rule is named `%s`", argv[optind]);
		if (json) {
			print_json(&defs[i]);
			putchar('\n');
		} else {
			print_long(&defs[i]);
		}
	}
	return tool_flush(self);
}

const struct tool tool_rules = {
	.name = "rules",
	.summary = "prints the built-in rules and the table of HL7 fields",
	.run = run,
	.help = "usage: scrim rules [--json] [NAME...]\n"
		"\n"
		"Prints the built-in rules: name, class of identifier with its clause in 45 CFR\n"
		"164.514(b)(2)(i), group, what it finds; then the HL7 fields that are masked "
		"whole,\n"
		"and those whose text is searched.\n"
		"With NAMEs: all of these rules, patterns, labels, checks and sources, how much "
		"of\n"
		"a value the idle flush asks for, and examples: lines, or segments of HL7, that\n"
		"they find something in, between [ and ], and those that they leave alone.\n"
		"\n"
		"  --json  the same as JSON\n"
		"  --help  this text\n"
		"\n"
		"exit codes: 0 printed; 1 standard output failed; 2 wrong command line\n",
};
