/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libfyaml's events to a tree.
 *
 *   file ─▶ buffer ─▶ fy_parser events ─▶ struct yaml
 *
 * Events and not libfyaml's documents: a document's maps and lists do not say where they begin.
 */
#include "yaml.h"
#include <errno.h>
#include <libfyaml.h>
#include <stdlib.h>
#include <string.h>

#define INPUT_ROOM 16384

struct build {
	struct fy_parser *parser;
	struct faults *faults;
	const char *source;
	size_t len;
	bool failed;
};

static void release_parser(struct fy_parser **p)
{
	if (*p)
		fy_parser_destroy(*p);
}

static void release_diag(struct fy_diag **d)
{
	if (*d)
		fy_diag_destroy(*d);
}

/* at NULL: there was no memory for it, which yaml_read() says. */
static void wrong(struct build *b, const struct yaml *at, const char *what)
{
	if (at)
		fault_add(b->faults, at->line, at->column, "%s", what);
	b->failed = true;
}

void yaml_no_memory(struct faults *f, unsigned int line, unsigned int column, const char *what)
{
	fault_add(f, line, column, "%sout of memory", what);
	f->failed = -ENOMEM;
}

static struct fy_token *anchor_or_tag(const struct fy_event *event)
{
	switch (event->type) {
	case FYET_SCALAR:
		return event->scalar.anchor ? event->scalar.anchor : event->scalar.tag;
	case FYET_MAPPING_START:
		return event->mapping_start.anchor ? event->mapping_start.anchor
						   : event->mapping_start.tag;
	case FYET_SEQUENCE_START:
		return event->sequence_start.anchor ? event->sequence_start.anchor
						    : event->sequence_start.tag;
	default:
		return NULL;
	}
}

/* As struct yaml says. */
static char scalar_style(struct fy_event *event)
{
	switch (fy_token_scalar_style(event->scalar.value)) {
	case FYSS_SINGLE_QUOTED:
		return '\'';
	case FYSS_DOUBLE_QUOTED:
		return '"';
	case FYSS_LITERAL:
	case FYSS_FOLDED:
		return '|';
	default:
		return 0;
	}
}

/* To where a text's first byte stands: some versions of libfyaml point at its quote, all before its indentation. */
static void begin_text(const struct build *b, struct yaml *node)
{
	size_t n = 0;

	if (node->style == '|')
		n = strspn(node->raw, " ");
	else if (node->style)
		n = *node->raw == node->style && node->raw > b->source &&
		    node->raw[-1] != *node->raw;
	node->raw += n;
	node->column += (unsigned int)n;
}

/* NULL: there is no memory. */
static struct yaml *new_node(struct build *b, struct fy_event *event, const struct yaml *key)
{
	struct yaml *node = arena_alloc(b->faults->arena, sizeof(*node));
	const struct fy_mark *mark = fy_event_start_mark(event);

	if (!node)
		return NULL;
	node->key = key;
	node->raw = b->source;
	node->text = "";
	if (mark && (event->type != FYET_SCALAR || event->scalar.value)) {
		node->line = (unsigned int)mark->line + 1;
		node->column = (unsigned int)mark->column + 1;
		if (mark->input_pos < b->len)
			node->raw += mark->input_pos;
		if (event->type == FYET_SCALAR)
			node->style = scalar_style(event);
		begin_text(b, node);
	} else if (key) { /* nothing stands there: point at the key */
		node->line = key->line;
		node->column = key->column;
	}
	if (anchor_or_tag(event))
		wrong(b, node, "anchors and tags (& and !) are not read here; write the value out");
	return node;
}

/* An empty text is also what libfyaml gives where it had no memory for one. */
static bool lost_text(const struct build *b, struct fy_event *event)
{
	const struct fy_mark *from = fy_event_start_mark(event);
	const struct fy_mark *to = fy_event_end_mark(event);

	if (!from || !to || from->input_pos >= to->input_pos || to->input_pos > b->len)
		return false;
	for (const char *p = b->source + from->input_pos; p < b->source + to->input_pos; p++)
		if (!strchr("\"'\\|>+- \t\r\n", *p))
			return true;
	return false;
}

static void read_text(struct build *b, struct yaml *node, struct fy_event *event)
{
	const char *text;
	size_t len = 0;
	char *copy;

	node->kind = YAML_TEXT;
	if (!event->scalar.value)
		return;
	text = fy_token_get_text(event->scalar.value, &len);
	copy = text && (len || !lost_text(b, event)) ? arena_alloc(b->faults->arena, len + 1)
						     : NULL;
	if (!copy) {
		yaml_no_memory(b->faults, node->line, node->column, "");
		b->failed = true;
		return;
	}
	if (memchr(text, '\0', len))
		wrong(b, node, "a value with a NUL byte");
	memcpy(copy, text, len);
	node->text = copy;
}

static struct yaml *read_node(struct build *b, struct fy_event *event, const struct yaml *key,
			      unsigned int depth);

/* The values of a list or map, up to its end. */
static void read_values(struct build *b, struct yaml *node, enum fy_event_type end,
			unsigned int depth)
{
	const struct yaml *key = NULL;
	const struct yaml **tail = &node->first;
	struct fy_event *event;

	while (!b->failed) {
		event = fy_parser_parse(b->parser);
		if (!event) {
			b->failed = true;
			return;
		}
		if (event->type == end) {
			fy_parser_event_free(b->parser, event);
			return;
		}
		struct yaml *value = read_node(b, event, key, depth + 1);

		fy_parser_event_free(b->parser, event);
		if (!value)
			return;
		if (node->kind == YAML_MAP && !key) {
			if (value->kind != YAML_TEXT)
				wrong(b, value, "a key must be a word");
			key = value;
			continue;
		}
		*tail = value;
		tail = &value->next;
		node->n++;
		key = NULL;
	}
}

static struct yaml *read_node(struct build *b, struct fy_event *event, const struct yaml *key,
			      unsigned int depth)
{
	struct yaml *node = new_node(b, event, key);

	if (!node || depth > YAML_DEPTH_MAX) {
		wrong(b, node, "nested too deeply");
		return NULL;
	}
	switch (event->type) {
	case FYET_SCALAR:
		read_text(b, node, event);
		break;
	case FYET_MAPPING_START:
		node->kind = YAML_MAP;
		read_values(b, node, FYET_MAPPING_END, depth);
		break;
	case FYET_SEQUENCE_START:
		node->kind = YAML_LIST;
		read_values(b, node, FYET_SEQUENCE_END, depth);
		break;
	default:
		wrong(b, node, "aliases (*) are not read here; write the value out");
		return NULL;
	}
	return node;
}

/* The one document of the stream; NULL if there is none. */
static struct yaml *read_document(struct build *b)
{
	struct yaml *root = NULL;
	struct fy_event *event;

	while (!b->failed && (event = fy_parser_parse(b->parser))) {
		switch (event->type) {
		case FYET_STREAM_START:
		case FYET_STREAM_END:
		case FYET_DOCUMENT_END:
			break;
		case FYET_DOCUMENT_START:
			if (root)
				wrong(b, new_node(b, event, root),
				      "a second document begins; one file holds one configuration");
			break;
		default:
			root = read_node(b, event, NULL, 0);
		}
		fy_parser_event_free(b->parser, event);
	}
	return root;
}

/* What libfyaml itself found wrong. */
static void collect(struct fy_diag *diag, struct faults *f)
{
	struct fy_diag_error *error;
	void *iter = NULL;

	while ((error = fy_diag_errors_iterate(diag, &iter)))
		if (error->type >= FYET_ERROR && error->msg)
			fault_add(f, (unsigned int)(error->line > 0 ? error->line : 1),
				  (unsigned int)(error->column > 0 ? error->column : 1),
				  "not YAML: %s", error->msg);
}

/*
 * libfyaml takes a null pointer where it has no memory for a small record of its input. What was
 * just given back is there to be had.
 */
static bool room_for_input(void)
{
	void *volatile room = malloc(INPUT_ROOM);
	bool there = room != NULL;

	free(room);
	return there;
}

int yaml_read(const char *file, struct faults *f, const struct yaml **ret_root)
{
	struct fy_diag_cfg quiet;
	struct fy_parse_cfg conf = {.flags = FYPCF_QUIET};
	struct fy_diag *diag cleanup(release_diag) = NULL;
	struct fy_parser *parser cleanup(release_parser) = NULL;
	struct build b = {.faults = f};

	b.source = yaml_file(file, f, &b.len);
	if (!b.source)
		return -EINVAL;
	fy_diag_cfg_default(&quiet);
	quiet.fp = NULL;
	diag = fy_diag_create(&quiet);
	if (!diag) {
		yaml_no_memory(f, 0, 0, "the YAML parser cannot be started: ");
		return -EINVAL;
	}
	fy_diag_set_collect_errors(diag, true);
	conf.diag = diag;
	parser = b.parser = fy_parser_create(&conf);
	if (!parser || !room_for_input() || fy_parser_set_string(parser, b.source, b.len)) {
		yaml_no_memory(f, 0, 0, "the YAML parser cannot be started: ");
		return -EINVAL;
	}

	struct yaml *root = read_document(&b);

	if (!f->n)
		collect(diag, f);
	/* It says what it finds wrong in a text; without a word it had no memory. */
	if (!f->n && (b.failed || fy_parser_get_stream_error(parser)))
		yaml_no_memory(f, 0, 0, "the YAML parser gave up: ");
	if (!f->n && !root)
		fault_add(f, 0, 0, "empty; begin with `version: 1`");
	if (f->n)
		return -EINVAL;
	*ret_root = root;
	return 0;
}
