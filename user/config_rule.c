/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The site's rules: read into the same definitions that the built-in ones are written as. What is
 * added to a built-in one is in config_amend.c.
 */
#include "config_read.h"
#include <errno.h>
#include <string.h>
#include <strings.h>

/* A rule's map as it stands. */
struct rule_map {
	const char *name, *what;
	const struct yaml *class, *patterns, *labels, *context, *unless, *fields, *validate,
		*before, *after, *distance, *allow, *except, *tail;
};

static const struct key rule_keys[] = {
	{"name", offsetof(struct rule_map, name), read_name, "`name: site-mrn`"},
	{"class", offsetof(struct rule_map, class), read_node,
	 "the kind of identifier, such as `class: medical-record-number`"},
	{"pattern", offsetof(struct rule_map, patterns), read_node, NULL},
	{"labels", offsetof(struct rule_map, labels), read_node, NULL},
	{"context", offsetof(struct rule_map, context), read_node, NULL},
	{"unless", offsetof(struct rule_map, unless), read_node, NULL},
	{"distance", offsetof(struct rule_map, distance), read_node, NULL},
	{"fields", offsetof(struct rule_map, fields), read_node, NULL},
	{"validate", offsetof(struct rule_map, validate), read_node, NULL},
	{"before", offsetof(struct rule_map, before), read_node, NULL},
	{"after", offsetof(struct rule_map, after), read_node, NULL},
	{"allow", offsetof(struct rule_map, allow), read_node, NULL},
	{"except", offsetof(struct rule_map, except), read_node, NULL},
	{"tail", offsetof(struct rule_map, tail), read_node, NULL},
	{"what", offsetof(struct rule_map, what), read_text, NULL},
};

#define DISTANCE_DEFAULT 24
/* A site's rule says nothing of when a part of a value matters; four bytes of it do. */
#define COMMIT_DEFAULT 4

static enum identifier read_class(struct reader *r, const struct yaml *value)
{
	const char *names[ID_COUNT];
	int i;

	for (i = 0; i < ID_COUNT; i++)
		names[i] = identifier_name((enum identifier)i);
	i = read_word(r, value, names, ID_COUNT);
	return i < 0 ? ID_OTHER : (enum identifier)i;
}

const char *const *read_texts(struct reader *r, const struct yaml *value, const char *what)
{
	const struct yaml *item = value->kind == YAML_LIST ? value->first : value;
	const char **texts = must_new(&r->config->arena, const char *,
				      (value->kind == YAML_LIST ? value->n : 1) + 1);
	size_t n = 0;

	if (!item)
		wrong(r, value, "`%s` is an empty list; give %s", value->key->text, what);
	for (; item; item = value->kind == YAML_LIST ? item->next : NULL)
		if (expect(r, item, YAML_TEXT, what))
			texts[n++] = item->text;
	return n ? texts : NULL;
}

const char *const *read_labels(struct reader *r, const struct yaml *value)
{
	const struct yaml *item = value->kind == YAML_LIST ? value->first : value;
	struct err e;

	if (value->kind == YAML_LIST && value->n > RULE_MAX_LABELS)
		wrong(r, value, "%zu labels; a pattern has at most %d", value->n, RULE_MAX_LABELS);
	for (; item; item = value->kind == YAML_LIST ? item->next : NULL)
		if (item->kind == YAML_TEXT && *item->text && label_check(item->text, &e))
			wrong(r, item, "label `%.40s`: %s", item->text, e.text);
	return read_texts(r, value, "a label such as `MRN`");
}

const struct yaml *either_labels(struct reader *r, const struct yaml *labels,
				 const struct yaml *context)
{
	if (labels && context)
		wrong(r, context->key, "`context` is another word for `labels`; put both in one");
	return labels ? labels : context;
}

/* A pattern's fault without its own column, which the file's stands for. */
static const char *without_column(const char *text)
{
	const char *colon = strstr(text, ": ");

	return !strncmp(text, "column ", 7) && colon ? colon + 2 : text;
}

/* Who had no memory for it has found nothing wrong with it. */
static void compiled(struct reader *r, int rc)
{
	if (rc == -ENOMEM)
		r->faults->failed = rc;
}

bool check_pattern(struct reader *r, const struct yaml *item, enum guard after)
{
	unsigned int column = 0;
	struct err e = {0};
	int rc = pattern_check(item->text, after, &column, &e);

	if (!rc)
		return true;
	compiled(r, rc);
	fault_add(r->faults, item->line, yaml_column(item, column ? column - 1 : 0), "pattern: %s",
		  without_column(e.text));
	return false;
}

/*
 * Where a pattern is faulty, nothing is known of what the rule finds: it is left empty, so that no
 * fault is told of what a policy or an allowed value then lacks.
 */
static void read_patterns(struct reader *r, const struct yaml *value, enum guard after,
			  struct rule_def *def)
{
	const struct yaml *item = value->kind == YAML_LIST ? value->first : value;
	bool good = item != NULL;

	if (value->kind == YAML_LIST && value->n > RULE_MAX_FORMS) {
		wrong(r, value, "%zu patterns; a rule has at most %d", value->n, RULE_MAX_FORMS);
		good = false;
		item = NULL;
	} else if (!item) {
		wrong(r, value, "`pattern` is an empty list; give a pattern");
	}
	for (; item; item = value->kind == YAML_LIST ? item->next : NULL) {
		if (expect(r, item, YAML_TEXT, "a pattern such as 'HX-[0-9]{8}'") &&
		    check_pattern(r, item, after))
			def->forms[def->nforms++].pattern = item->text;
		else
			good = false;
	}
	if (!good) {
		def->nforms = 0;
		def->fields = NULL;
	}
}

/* One selector by itself, so that a fault points at it. */
static void check_field(struct reader *r, const struct yaml *item)
{
	const char *const fields[] = {item->text, NULL};
	struct rule_def def = {.name = "field", .group = "", .fields = fields};
	struct frame_map *map = NULL;
	struct ruleset *rs = NULL;
	struct err e = {"out of memory"};
	int rc = ruleset_compile(&def, 1, &rs, &e);

	if (!rc)
		rc = frame_map_new(FORMAT_HL7, rs, NULL, ISA_SCALAR, &map, &e);
	if (rc)
		wrong(r, item, "%s", e.text);
	compiled(r, rc);
	frame_map_free(map);
	ruleset_free(rs);
}

static void read_fields(struct reader *r, const struct yaml *value, struct rule_def *def)
{
	const struct yaml *item = value->kind == YAML_LIST ? value->first : value;

	def->fields = read_texts(r, value, "a field such as `PID-5`");
	if (!def->fields)
		return;
	for (; item; item = value->kind == YAML_LIST ? item->next : NULL)
		if (item->kind == YAML_TEXT)
			check_field(r, item);
}

/* The class of byte that must not touch a value on that side; a word's by default. */
static enum guard read_guard(struct reader *r, const struct yaml *value)
{
	static const char *const names[] = {"none",   "digit", "word",  "decimal",
					    "number", "token", "slash", "group"};
	static const enum guard guards[] = {GUARD_NONE,   GUARD_DIGIT, GUARD_WORD,  GUARD_DECIMAL,
					    GUARD_NUMBER, GUARD_TOKEN, GUARD_SLASH, GUARD_GROUP};
	int i = value ? read_word(r, value, names, array_size(names)) : -1;

	return i < 0 ? GUARD_WORD : guards[i];
}

static const char *read_validator(struct reader *r, const struct yaml *value)
{
	const char *names[40];
	size_t n = 0;
	int i;

	while (n < array_size(names) && validator_name(n)) {
		names[n] = validator_name(n);
		n++;
	}
	i = read_word(r, value, names, n);
	return i < 0 ? NULL : names[i];
}

/* How far a label may stand from its value. */
static void read_distance(struct reader *r, const struct rule_map *map, struct form_def *form)
{
	u32 distance = DISTANCE_DEFAULT;

	if (map->distance) {
		read_count(r, map->distance, &distance);
		if (!map->labels && !map->unless)
			wrong(r, map->distance,
			      "`distance` says how far a label may stand from its value; add "
			      "`labels`");
		if (distance > RULE_MAX_DISTANCE)
			wrong(r, map->distance, "a distance of %u bytes; at most %d", distance,
			      RULE_MAX_DISTANCE);
	}
	form->distance = (u16)distance;
}

/* The bytes that may follow a match without end: nothing else may forbid that they do. */
static void read_tail(struct reader *r, const struct rule_map *map, struct form_def *form)
{
	const char *text = map->tail->text;

	if (!expect(r, map->tail, YAML_TEXT, "a class of bytes such as '[0-9A-Za-z]'") ||
	    !check_pattern(r, map->tail, GUARD_NONE))
		return;
	if (*text != '[' || strcspn(text, "]") + 1 != strlen(text))
		wrong(r, map->tail,
		      "`%s` is no class; write what each byte may be in [ ], such as "
		      "'[0-9A-Za-z]'",
		      text);
	if (map->after && form->after != GUARD_NONE)
		wrong(r, map->after,
		      "with a `tail` nothing can be kept from following; write `after: none`");
	form->after = GUARD_NONE;
	form->tail = text;
}

/* Whether `unless` forbids whatever the label stands before; "=OK" asks for the case as written. */
static bool forbids(const char *unless, const char *label)
{
	if (*unless == '=')
		return !strcmp(unless, label);
	return !strcasecmp(unless, label + (*label == '='));
}

static void check_unless(struct reader *r, const struct yaml *value, const char *const *labels)
{
	const struct yaml *item = value->kind == YAML_LIST ? value->first : value;

	for (; item; item = value->kind == YAML_LIST ? item->next : NULL)
		for (size_t i = 0; labels && labels[i] && item->kind == YAML_TEXT; i++)
			if (forbids(item->text, labels[i]))
				wrong(r, item,
				      "`%.40s` is a label, too: behind it nothing would be found; "
				      "leave it out of one",
				      item->text);
}

/* What all of a rule's patterns share. */
static void read_form(struct reader *r, const struct rule_map *map, struct form_def *form)
{
	form->before = read_guard(r, map->before);
	form->after = read_guard(r, map->after);
	if (map->labels)
		form->labels = read_labels(r, map->labels);
	if (map->unless) {
		form->unless = read_labels(r, map->unless);
		check_unless(r, map->unless, form->labels);
	}
	read_distance(r, map, form);
	if (map->validate)
		form->validate = read_validator(r, map->validate);
	if (map->tail)
		read_tail(r, map, form);
	form->commit_unit = COMMIT_BYTES;
	form->commit = COMMIT_DEFAULT;
}

/* A name must say which rule, group or class is meant, wherever a policy writes it. */
static void check_name(struct reader *r, const struct yaml *at, const char *name, size_t before)
{
	const struct config *c = r->config;
	enum identifier id;

	if (!identifier_parse(name, &id)) {
		wrong(r, at, "`%s` is the name of a class of identifiers; give the rule another",
		      name);
		return;
	}
	for (size_t i = 0; i < before; i++)
		if (c->defs[i].name && !strcmp(c->defs[i].name, name))
			wrong(r, at, "a second rule named `%s`; give it another name", name);
	for (size_t i = c->nsite; i < c->ndefs; i++) {
		if (strcmp(c->defs[i].group, name))
			continue;
		wrong(r, at, "`%s` is a group of built-in rules; give yours another name", name);
		return;
	}
}

static void read_rule(struct reader *r, const struct yaml *node, size_t index)
{
	struct rule_def *def = &r->config->defs[index];
	struct rule_map map = {0};
	struct form_def form = {0};

	def->group = ""; /* also where a fault leaves the rest unread */
	if (!expect(r, node, YAML_MAP, "a rule, such as {name: ..., class: ..., pattern: ...}"))
		return;
	read_map(r, node, "a rule", rule_keys, array_size(rule_keys), &map);
	def->what = map.what ? map.what : "a rule of the site";
	def->source = "configuration";
	def->class = map.class ? read_class(r, map.class) : ID_OTHER;
	if (map.name) {
		def->name = map.name;
		check_name(r, node, map.name, index);
	}
	if (!map.patterns && !map.fields)
		wrong(r, node, "a rule has neither `pattern` nor `fields`; add what it looks for");
	if (!map.patterns && (map.labels || map.context || map.unless || map.validate ||
			      map.before || map.after || map.tail))
		wrong(r, node,
		      "`labels`, `unless`, `validate`, `before`, `after` and `tail` belong to a "
		      "`pattern`; add one");
	map.labels = either_labels(r, map.labels, map.context);
	if (map.fields)
		read_fields(r, map.fields, def);
	read_form(r, &map, &form);
	if (map.patterns)
		read_patterns(r, map.patterns, form.after, def);
	for (size_t i = 0; i < def->nforms; i++) {
		form.pattern = def->forms[i].pattern;
		def->forms[i] = form;
	}
	if (map.except)
		def->except = read_except(r, map.except);
	if (map.allow) {
		def->allow = read_allow(r, map.allow);
		check_allow(r, map.allow, def);
	}
}

/* Makes room for the site's rules in front of the built-in ones. */
static void make_room(struct config *c, const struct yaml *rules)
{
	size_t n;
	const struct rule_def *builtin = rules_builtin(&n);
	/* Entries that amend a built-in rule take no room; which they are shows once it is there. */
	size_t most = rules ? rules->n : 0;
	struct rule_def *defs = must_new(&c->arena, struct rule_def, most + n);

	memcpy(defs + most, builtin, n * sizeof(*builtin));
	c->defs = defs;
	c->nsite = most;
	c->ndefs = most + n;
	for (const struct yaml *item = rules ? rules->first : NULL; item; item = item->next)
		most -= amended(c, item) != NULL;
	c->defs += c->nsite - most;
	c->ndefs -= c->nsite - most;
	c->nsite = most;
}

void read_rules(struct reader *r, const struct yaml *value)
{
	struct config *c = r->config;
	struct rule_def *def;
	size_t i = 0;

	if (value && !expect(r, value, YAML_LIST, "a list of rules"))
		value = NULL;
	make_room(c, value);
	if (c->ndefs > RULE_MAX)
		wrong(r, value, "%zu rules with the built-in ones; at most %d", c->ndefs, RULE_MAX);
	for (const struct yaml *item = value ? value->first : NULL; item; item = item->next) {
		def = amended(c, item);
		if (def)
			amend_rule(r, value, item, def);
		else
			read_rule(r, item, i++);
	}
}
