/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading single values: names, numbers, times, sizes, and maps by a table of their keys. */
#include "config_read.h"
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

bool expect(struct reader *r, const struct yaml *node, enum yaml_kind kind, const char *what)
{
	if (node->kind == kind && (kind != YAML_TEXT || *node->text))
		return true;
	if (node->key)
		wrong(r, node, "`%s` must be %s", node->key->text, what);
	else
		wrong(r, node, "here must stand %s", what);
	return false;
}

const char *words_joined(struct reader *r, const char *const *words, size_t n)
{
	const char *text = n ? words[0] : "nothing";

	for (size_t i = 1; i < n; i++)
		text = must_printf(r->faults->arena, "%s%s%s", text, i + 1 < n ? ", " : " or ",
				   words[i]);
	return text;
}

static void unknown_key(struct reader *r, const struct yaml *key, const char *what,
			const struct key *keys, size_t n)
{
	const char *names[KEYS_MOST], *near;

	for (size_t i = 0; i < n; i++)
		names[i] = keys[i].name;
	near = fault_nearest(key->text, names, n);
	if (near)
		wrong(r, key, "unknown key `%s` in %s; did you mean `%s`?", key->text, what, near);
	else
		wrong(r, key, "unknown key `%s` in %s; known are %s", key->text, what,
		      words_joined(r, names, n));
}

void read_keys(struct reader *r, const struct yaml *map, const char *what, const struct key *keys,
	       size_t n, void *into)
{
	const struct yaml *seen[KEYS_MOST] = {0};
	size_t k;

	for (const struct yaml *v = map->first; v; v = v->next) {
		for (k = 0; k < n && strcmp(keys[k].name, v->key->text); k++)
			;
		if (k == n) {
			unknown_key(r, v->key, what, keys, n);
			continue;
		}
		if (seen[k]) {
			wrong(r, v->key, "`%s` stands twice in %s; the first is on line %u",
			      v->key->text, what, seen[k]->key->line);
			continue;
		}
		seen[k] = v;
		keys[k].read(r, v, (char *)into + keys[k].offset);
	}
	for (k = 0; k < n; k++)
		if (keys[k].need && !seen[k])
			wrong(r, map, "%s has no `%s`; add %s", what, keys[k].name, keys[k].need);
}

int read_word(struct reader *r, const struct yaml *value, const char *const *words, size_t n)
{
	const char *all = words_joined(r, words, n), *near;

	if (!expect(r, value, YAML_TEXT, all))
		return -1;
	for (size_t i = 0; i < n; i++)
		if (!strcmp(value->text, words[i]))
			return (int)i;
	near = fault_nearest(value->text, words, n);
	if (near)
		wrong(r, value, "`%s` is not known here; did you mean `%s`?", value->text, near);
	else
		wrong(r, value, "`%s` is not known here; it must be %s", value->text, all);
	return -1;
}

void read_node(struct reader *r, const struct yaml *value, void *field)
{
	(void)r;
	*(const struct yaml **)field = value;
}

void read_name(struct reader *r, const struct yaml *value, void *field)
{
	size_t len;

	if (!expect(r, value, YAML_TEXT, "a name"))
		return;
	len = strlen(value->text);
	if (strspn(value->text, "abcdefghijklmnopqrstuvwxyz0123456789-") != len ||
	    len >= SCRIM_NAME_LEN)
		wrong(r, value, "`%.40s` cannot be a name; use at most %d of a-z, 0-9 and `-`",
		      value->text, SCRIM_NAME_LEN - 1);
	else
		*(const char **)field = value->text;
}

void read_text(struct reader *r, const struct yaml *value, void *field)
{
	if (expect(r, value, YAML_TEXT, "a text"))
		*(const char **)field = value->text;
}

void read_interface(struct reader *r, const struct yaml *value, void *field)
{
	if (!expect(r, value, YAML_TEXT, "an interface's name"))
		return;
	if (strlen(value->text) >= IFNAMSIZ || strpbrk(value->text, "/ \t"))
		wrong(r, value, "`%.40s` cannot be an interface's name", value->text);
	else
		*(const char **)field = value->text;
}

bool parse_number(const char *text, u32 *ret_n, const char **ret_rest)
{
	size_t digits = strspn(text, "0123456789");

	if (!digits || digits > 9)
		return false;
	*ret_n = (u32)strtoul(text, NULL, 10);
	*ret_rest = text + digits;
	return true;
}

void read_port(struct reader *r, const struct yaml *value, void *field)
{
	const char *rest;
	u32 n;

	if (!expect(r, value, YAML_TEXT, "a port, 1 to 65535"))
		return;
	if (!parse_number(value->text, &n, &rest) || *rest || n < 1 || n > 65535)
		wrong(r, value, "`%s` is not a port; a port is a number from 1 to 65535",
		      value->text);
	else
		*(u16 *)field = (u16)n;
}

void read_count(struct reader *r, const struct yaml *value, void *field)
{
	const char *rest;
	u32 n;

	if (!expect(r, value, YAML_TEXT, "a number over 0"))
		return;
	if (!parse_number(value->text, &n, &rest) || *rest || !n)
		wrong(r, value, "`%s` is not a number from 1 to 999999999", value->text);
	else
		*(u32 *)field = n;
}

void read_percent(struct reader *r, const struct yaml *value, void *field)
{
	const char *rest;
	u32 n;

	if (!expect(r, value, YAML_TEXT, "a percentage"))
		return;
	if (!parse_number(value->text, &n, &rest) || *rest || n < 1 || n > 100)
		wrong(r, value, "`%s` is not a percentage; a number from 1 to 100", value->text);
	else
		*(u32 *)field = n;
}

struct unit {
	const char *name;
	u32 factor;
};

/* A number with one of the units, in what the units' factors count. */
static void read_units(struct reader *r, const struct yaml *value, const struct unit *units,
		       size_t n, const char *example, void *field)
{
	const char *rest;
	u32 count, product;

	if (!expect(r, value, YAML_TEXT, example))
		return;
	if (parse_number(value->text, &count, &rest) && count)
		for (size_t i = 0; i < n; i++)
			if (!strcmp(rest, units[i].name) &&
			    !__builtin_mul_overflow(count, units[i].factor, &product)) {
				*(u32 *)field = product;
				return;
			}
	wrong(r, value, "`%s` is not read here; write %s", value->text, example);
}

void read_us(struct reader *r, const struct yaml *value, void *field)
{
	static const struct unit units[] = {{"us", 1}, {"ms", 1000}, {"s", 1000000}};

	read_units(r, value, units, array_size(units), "a time such as 500us, 2ms or 1s", field);
}

void read_ms(struct reader *r, const struct yaml *value, void *field)
{
	static const struct unit units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}};

	read_units(r, value, units, array_size(units), "a time such as 500ms, 10s or 2m", field);
}

void read_size(struct reader *r, const struct yaml *value, void *field)
{
	static const struct unit units[] = {{"KiB", 1024}, {"MiB", 1024 * 1024}, {"", 1}};

	read_units(r, value, units, array_size(units), "a size such as 64KiB", field);
}

void read_kib(struct reader *r, const struct yaml *value, void *field)
{
	static const struct unit units[] = {{"KiB", 1}, {"MiB", 1024}, {"GiB", 1024 * 1024}};

	read_units(r, value, units, array_size(units), "a size such as 512MiB or 2GiB", field);
}
