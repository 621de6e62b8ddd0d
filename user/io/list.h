/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A list whose links lie in what is listed: nothing is allocated, any entry leaves in one step.
 * A link that is on no list points to itself.
 */
#ifndef IO_LIST_H
#define IO_LIST_H

#include <scrim/base.h>

struct link {
	struct link *prev, *next;
};

#define container_of(ptr, type, member) ((type *)(void *)((char *)(ptr) - offsetof(type, member)))

static inline void link_init(struct link *l)
{
	l->prev = l->next = l;
}

static inline bool link_alone(const struct link *l)
{
	return l->next == l;
}

static inline void link_remove(struct link *l)
{
	l->prev->next = l->next;
	l->next->prev = l->prev;
	link_init(l);
}

/* Puts l at the end of the list, wherever it was before. */
static inline void list_append(struct link *list, struct link *l)
{
	link_remove(l);
	l->prev = list->prev;
	l->next = list;
	list->prev->next = l;
	list->prev = l;
}

#endif
