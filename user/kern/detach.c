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
#include <scrim/log.h>
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
	int fd = pin_get(dir, "steered"), rc;
	struct scrim_steered key;
	void *last = NULL, *more;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	while ((rc = steered_next(fd, last, &key)) > 0) {
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

/* The rules of one thing that is steered, unless another instance needs them. -ENOENT: none was there. */
static int rules_let_go(const char *dir, const struct scrim_steered *s)
{
	int rc = others_steer(dir, s);

	if (rc)
		return rc < 0 ? rc : -ENOENT;
	return route_remove(s);
}

/* Calls f for each pin of the directory, up to the first failure. */
static int each_pin(const char *dir, int (*f)(void *ctx, const char *pin), void *ctx, struct err *e)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	int rc = 0;

	if (!d)
		return err_set(e, errno, "%s: %s", dir, strerror(errno));
	while (!rc && (errno = 0, entry = readdir(d)))
		if (entry->d_name[0] != '.')
			rc = f(ctx, entry->d_name);
	if (!rc && errno)
		rc = err_set(e, errno, "%s: %s", dir, strerror(errno));
	closedir(d);
	return rc;
}

/* What stays refuses more than is wanted, and forwards nothing: no reason to end. */
static void stays(const char *what, int rc)
{
	if (rc && rc != -ENOENT)
		log_line(LOG_LEVEL_WARNING, "left behind: %s: %s", what, strerror(-rc));
}

static int pin_let_go(void *ctx, const char *pin)
{
	const struct kern *k = ctx;

	if (!ours(k, pin))
		stays(pin, pin_remove(k->dir, pin));
	return 0;
}

void leftovers_remove(struct kern *k, const struct leftovers *old)
{
	char what[128];
	struct err e;

	for (size_t i = 0; i < old->n; i++) {
		steered_print(&old->steered[i], what, sizeof(what));
		if (!steered_has(k, &old->steered[i]))
			stays(what, rules_let_go(k->dir, &old->steered[i]));
	}
	if (!k->tcx)
		filters_sweep(k, k->dir);
	if (each_pin(k->dir, pin_let_go, k, &e))
		log_line(LOG_LEVEL_WARNING, "left behind: %s", e.text);
}

/* What a pin is, in words. */
static void say_pin(const char *pin, void (*said)(void *, const char *), void *ctx)
{
	char text[320];

	if (!strncmp(pin, "tcx-", 4) || !strncmp(pin, "clsact-", 7))
		snprintf(text, sizeof(text), "program on interface %s", strchr(pin, '-') + 1);
	else if (!strncmp(pin, "egress-", 7))
		snprintf(text, sizeof(text), "program on the egress of interface %s", pin + 7);
	else if (strstr(pin, "-lookup"))
		snprintf(text, sizeof(text), "socket lookup program %s", pin);
	else if (!strcmp(pin, "own-connect"))
		snprintf(text, sizeof(text), "cgroup program own-connect");
	else
		snprintf(text, sizeof(text), "pin %s", pin);
	said(ctx, text);
}

/* A daemon that lives on (--force) holds its links: without the pin alone they would stay attached. */
static int detach_pin(const char *dir, const char *pin)
{
	int fd = pin_get(dir, pin), rc;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	rc = bpf_link_detach(fd) ? -errno : 0;
	close(fd);
	/* A map, a program or the iterator: nothing is attached. */
	return rc == -EINVAL || rc == -EOPNOTSUPP ? 0 : rc;
}

/* A taking down: of what, and who is told. */
struct removal {
	const char *dir;
	void (*said)(void *, const char *);
	void *ctx;
	struct err *err;
};

static int remove_pin(void *ctx, const char *pin)
{
	const struct removal *r = ctx;
	int rc = detach_pin(r->dir, pin);

	if (!rc)
		rc = pin_remove(r->dir, pin);
	if (rc)
		return err_set(r->err, -rc, "%s/%s: %s", r->dir, pin, strerror(-rc));
	say_pin(pin, r->said, r->ctx);
	return 0;
}

static int remove_pins(struct removal *r)
{
	int rc = each_pin(r->dir, remove_pin, r, r->err);

	if (rc)
		return rc;
	if (rmdir(r->dir) && errno != ENOENT)
		return err_set(r->err, errno, "%s: %s", r->dir, strerror(errno));
	r->said(r->ctx, r->dir);
	return 0;
}

/* Its rules can be removed only in the network namespace they are in. */
static int check_netns(const char *dir, bool force, bool *ret_here, struct err *e)
{
	struct scrim_meta meta;
	u64 cookie = 0;
	bool here = true;
	int rc = old_meta(dir, &meta), asked = netns_cookie(&cookie);

	if ((rc && rc != -ENOENT && rc != -ESTALE) || asked)
		return err_set(e, asked ? -asked : -rc,
			       "whether %s belongs to this network namespace: %s", dir,
			       strerror(asked ? -asked : -rc));
	if (!rc)
		here = meta.netns == cookie;
	if (!here && !force)
		return err_set(e, EBUSY,
			       "%s belongs to another network namespace: run this there; --force "
			       "removes it here and leaves that namespace's rules, and before "
			       "Linux 6.6 its filters, which refuse on",
			       dir);
	*ret_here = here;
	return 0;
}

static int remove_rules(const struct removal *r)
{
	struct leftovers all = {0};
	char what[128], text[160];
	int rc = read_steered(r->dir, &all);

	if (rc)
		err_set(r->err, -rc, "%s/steered: %s", r->dir, strerror(-rc));
	for (size_t i = 0; !rc && i < all.n; i++) {
		rc = rules_let_go(r->dir, &all.steered[i]);
		steered_print(&all.steered[i], what, sizeof(what));
		snprintf(text, sizeof(text), "policy rules: %s", what);
		if (!rc)
			r->said(r->ctx, text);
		else if (rc == -ENOENT)
			rc = 0;
		else
			err_set(r->err, -rc, "%s: %s", text, strerror(-rc));
	}
	free(all.steered);
	return rc;
}

/* The pins last: who fails before them can be run once more, and finds what there is. */
static int take_down(struct removal *r, bool here)
{
	int rc = here ? remove_rules(r) : 0;

	if (!rc && here)
		rc = routes_table_remove(r->said, r->ctx, r->err);
	if (!rc && here && !check_tcx())
		filters_sweep(NULL, r->dir);
	return rc ? rc : remove_pins(r);
}

int kern_detach(const char *instance, bool force, void (*said)(void *ctx, const char *what),
		void *ctx, struct err *e)
{
	char dir[64];
	struct removal r = {.dir = dir, .said = said, .ctx = ctx, .err = e};
	bool here = true;
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
		rc = take_down(&r, here);
	close(fd);
	return rc;
}
