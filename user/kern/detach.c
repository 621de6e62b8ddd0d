/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Taking down: what an opening leaves over because its configuration steers less (--replace), and
 * everything (`scrim detach`). Rules first: without them a live program still refuses.
 */
#include "private.h"
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct leftovers {
	struct scrim_steered *steered;
	size_t n;
};

/* What drops goes before the rules that lead past it. */
static int by_removal(const void *a, const void *b)
{
	const struct scrim_steered *s[] = {a, b};
	const bool drops[] = {s[0]->side && !s[0]->port, s[1]->side && !s[1]->port};

	return drops[1] - drops[0];
}

/* All keys of the pinned map "steered". */
static int read_steered(const char *dir, struct leftovers *to)
{
	int fd = pin_get(dir, "steered"), rc = 0;
	struct scrim_steered key;
	void *last = NULL, *more;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	while (!rc && !bpf_map_get_next_key(fd, last, &key)) {
		more = realloc(to->steered, (to->n + 1) * sizeof(key));
		if (!more) {
			rc = -ENOMEM;
			break;
		}
		to->steered = more;
		to->steered[to->n++] = key;
		last = &key;
	}
	close(fd);
	if (to->n)
		qsort(to->steered, to->n, sizeof(key), by_removal);
	return rc;
}

int leftovers_find(struct kern *k, struct leftovers **ret_old, struct err *e)
{
	struct leftovers *old = calloc(1, sizeof(*old));
	int rc = old ? read_steered(k->dir, old) : -ENOMEM;

	if (rc) {
		leftovers_free(old);
		return err_set(e, -rc, "%s/steered: %s", k->dir, strerror(-rc));
	}
	*ret_old = old;
	return 0;
}

void leftovers_free(struct leftovers *old)
{
	if (old)
		free(old->steered);
	free(old);
}

bool leftovers_any(const struct kern *k, const struct leftovers *old)
{
	for (size_t i = 0; i < old->n; i++)
		if (!steered_has(k, &old->steered[i]))
			return true;
	return false;
}

bool leftovers_had_local(const struct leftovers *old, u16 port)
{
	for (size_t i = 0; i < old->n; i++)
		if (!*old->steered[i].ifname && old->steered[i].port == htons(port))
			return true;
	return false;
}

static bool ours(const struct kern *k, const char *pin)
{
	static const char *const always[] = {"rules", "flow", "listeners", "meta", "steered"};
	char qdisc[32];

	for (size_t i = 0; i < k->nifaces; i++) {
		iface_pin(qdisc, "qdisc", k->ifaces[i].name);
		if (!strcmp(qdisc, pin))
			return true;
	}
	for (size_t i = 0; i < array_size(always); i++)
		if (!strcmp(always[i], pin))
			return true;
	for (size_t i = 0; i < k->nlinks; i++)
		if (!strcmp(k->links[i].pin, pin))
			return true;
	return false;
}

void leftovers_remove(struct kern *k, const struct leftovers *old)
{
	DIR *d = opendir(k->dir);
	struct dirent *entry;

	for (size_t i = 0; i < old->n; i++)
		if (!steered_has(k, &old->steered[i]) && !others_steer(k->dir, &old->steered[i]))
			route_remove(&old->steered[i]);
	if (!k->tcx)
		filters_sweep(k, k->dir);
	while (d && (entry = readdir(d)))
		if (entry->d_name[0] != '.' && !ours(k, entry->d_name))
			pin_remove(k->dir, entry->d_name);
	if (d)
		closedir(d);
}

/* What a pin is, in words. */
static void say_pin(const char *pin, void (*said)(void *, const char *), void *ctx)
{
	char text[320];

	if (!strncmp(pin, "tcx-", 4) || !strncmp(pin, "clsact-", 7))
		snprintf(text, sizeof(text), "program on interface %s", strchr(pin, '-') + 1);
	else if (strstr(pin, "-lookup"))
		snprintf(text, sizeof(text), "socket lookup program %s", pin);
	else if (!strcmp(pin, "own-connect"))
		snprintf(text, sizeof(text), "cgroup program own-connect");
	else
		snprintf(text, sizeof(text), "pin %s", pin);
	said(ctx, text);
}

/* A daemon that lives on (--force) holds its links: without the pin alone they would stay attached. */
static void detach_pin(const char *dir, const char *pin)
{
	int fd = pin_get(dir, pin);

	if (fd < 0)
		return;
	bpf_link_detach(fd); /* fails where it is a map or the iterator: nothing is attached */
	close(fd);
}

static void remove_pins(const char *dir, void (*said)(void *, const char *), void *ctx)
{
	DIR *d = opendir(dir);
	struct dirent *entry;

	while (d && (entry = readdir(d)))
		if (entry->d_name[0] != '.') {
			detach_pin(dir, entry->d_name);
			pin_remove(dir, entry->d_name);
			say_pin(entry->d_name, said, ctx);
		}
	if (d)
		closedir(d);
	if (!rmdir(dir))
		said(ctx, dir);
}

/* Its rules can be removed only in the network namespace they are in. */
static int check_netns(const char *dir, bool force, bool *ret_here, struct err *e)
{
	struct scrim_meta meta;
	bool here = old_meta(dir, &meta) || meta.netns == netns_cookie();

	if (!here && !force)
		return err_set(e, EBUSY,
			       "%s belongs to another network namespace: run this there; --force "
			       "removes it here and leaves that namespace's rules, and before "
			       "Linux 6.6 its filters, which refuse on",
			       dir);
	*ret_here = here;
	return 0;
}

static int take_down(const char *dir, bool here, void (*said)(void *, const char *), void *ctx,
		     struct err *e)
{
	struct leftovers all = {0};
	char what[128], text[160];
	int rc = read_steered(dir, &all);

	if (rc)
		return err_set(e, -rc, "%s/steered: %s", dir, strerror(-rc));
	for (size_t i = 0; here && i < all.n; i++) {
		if (others_steer(dir, &all.steered[i]) || route_remove(&all.steered[i]))
			continue;
		steered_print(&all.steered[i], what, sizeof(what));
		snprintf(text, sizeof(text), "policy rules: %s", what);
		said(ctx, text);
	}
	free(all.steered);
	if (here)
		routes_table_remove(said, ctx);
	if (here && !check_tcx())
		filters_sweep(NULL, dir);
	remove_pins(dir, said, ctx);
	return 0;
}

int kern_detach(const char *instance, bool force, void (*said)(void *ctx, const char *what),
		void *ctx, struct err *e)
{
	bool here = true;
	char dir[64];
	int fd, rc;

	rc = dir_name(instance, dir, sizeof(dir), e);
	if (rc)
		return rc;
	rc = dir_open(dir, false, &fd, e);
	if (rc == -ENOENT)
		return 0;
	if (rc)
		return rc;
	rc = dir_lock(dir, fd, e);
	if (rc == -EBUSY && force)
		rc = 0;
	if (!rc)
		rc = check_netns(dir, force, &here, e);
	if (!rc)
		rc = take_down(dir, here, said, ctx, e);
	close(fd);
	return rc;
}
