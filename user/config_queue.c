/* SPDX-License-Identifier: BSD-2-Clause */
/* Network cards' receive queues, each as `eth1:16`; `no-card`: one of no card. */
#include "config_read.h"
#include <net/if.h>
#include <string.h>

static void read_queue(struct reader *r, const struct yaml *value, void *field)
{
	static const char *const what =
		"an interface and one of its receive queues, such as eth1:16";
	struct io_queue *q = field;
	const char *colon;
	size_t digits, name;
	u32 number = 0;

	if (!expect(r, value, YAML_TEXT, what))
		return;
	if (!strcmp(value->text, "no-card")) {
		q->interface = "";
		return;
	}
	colon = strrchr(value->text, ':');
	name = colon ? (size_t)(colon - value->text) : 0;
	digits = colon ? strspn(colon + 1, "0123456789") : 0;
	if (!name || name >= IFNAMSIZ || strcspn(value->text, "/ \t") < name || !digits ||
	    digits > 5 || colon[1 + digits]) {
		wrong(r, value, "`%.40s` is not read here; write %s", value->text, what);
		return;
	}
	while (*++colon)
		number = number * 10 + (u32)(*colon - '0');
	q->interface = must_printf(&r->config->arena, "%.*s", (int)name, value->text);
	q->number = number;
}

void read_receive_queues(struct reader *r, const struct yaml *value)
{
	static const struct key keys[] = {
		{"clients", 0, read_queue, NULL},
		{"servers", sizeof(struct io_queue), read_queue, NULL},
	};

	if (!expect(r, value, YAML_MAP, "a map {clients: eth1:16, servers: eth2:16}"))
		return;
	read_map(r, value, "receive_queues", keys, array_size(keys), r->config->receive);
	if (!value->first)
		wrong(r, value, "`receive_queues` names no queue; add `clients` or `servers`");
}
