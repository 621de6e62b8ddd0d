/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The order of an opening. Until the pins are renamed everything can be taken back, and what was
 * pinned works on as it was; no step leaves a moment in which a steered port is forwarded.
 *
 *   check ─▶ lock ─▶ load ─▶ fill ─▶│─▶ swap programs ─▶ rules ─▶ old connections ─▶ pins ─▶ leftovers
 *                                    └────────── undone in reverse ───────────┘
 */
#include "private.h"
#include <bpf/bpf.h>
#include <errno.h>
#include <export.skel.h>
#include <fcntl.h>
#include <stdlib.h>
#include <steer_gateway.skel.h>
#include <steer_local.skel.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LOCK_SECONDS 5 /* a killed daemon is gone by then, on a busy host too */

/*
 * Local: connections to a port that this opening begins to steer never went through scrim. Those
 * to a port that was steered before did, and an old daemon's last bytes may be on their way.
 */
static int end_existing(struct kern *k, const struct kern_conf *conf, const struct leftovers *old,
			struct err *e)
{
	int rc;

	for (size_t i = 0; i < conf->nlisteners; i++) {
		const struct kern_listener *l = &conf->listeners[i];

		if (l->mode != KERN_LOCAL || leftovers_had_local(old, l->port))
			continue;
		rc = existing_close(k, l, l->refuse_existing, e);
		if (rc < 0)
			return rc;
		if (rc && l->refuse_existing)
			return err_set(e, EBUSY,
				       "listener %s: %d connections to port %u are open and would "
				       "go on unmasked; end them, or set `existing: close`",
				       l->name, rc, l->port);
	}
	return 0;
}

static int pin_everything(struct kern *k, struct err *e)
{
	struct kern_pin pins[KERN_PINS] = {
		{"rules", bpf_map__fd(k->export->maps.scrim_rule)},
		{"flow", bpf_map__fd(k->export->maps.scrim_flow)},
		{"listeners", bpf_map__fd(k->export->maps.scrim_listener)},
		{"meta", bpf_map__fd(k->export->maps.meta)},
		{"steered", bpf_map__fd(k->export->maps.steered)},
	};
	size_t n = 5;

	for (size_t i = 0; i < k->nlinks; i++, n++) {
		memcpy(pins[n].name, k->links[i].pin, sizeof(pins[n].name));
		pins[n].fd = k->links[i].fd;
	}
	return pin_all(k->dir, pins, n, e);
}

/* Of two instances that start at the same time the second sees what the first has pinned. */
static int pin_alone(struct kern *k, const struct kern_conf *conf, struct err *e)
{
	int lock = pins_lock(e), rc;

	if (lock < 0)
		return lock;
	rc = others_check(k, conf, e);
	if (!rc)
		rc = pin_everything(k, e);
	close(lock);
	return rc;
}

/* From here on nothing is taken back. */
static void keep(struct kern *k)
{
	for (size_t i = 0; i < k->nlinks; i++)
		link_settle(&k->links[i]);
	memset(k->added, 0, k->nsteered * sizeof(*k->added));
}

static int prepare(struct kern *k, const struct kern_conf *conf, struct err *e)
{
	int rc = others_check(k, conf, e);

	if (!rc)
		rc = load_all(k, conf, e);
	if (!rc)
		rc = rows_map(k, e);
	if (!rc)
		rc = steered_list(k, conf, e);
	if (!rc)
		rc = fill_maps(k, conf, e);
	return rc;
}

int kern_attach(struct kern *k, const struct kern_conf *conf, struct err *e)
{
	struct leftovers *old = NULL;
	int rc = leftovers_find(k, &old, e);

	/* The connections of what is not steered any more would have to end, raw bytes on their way. */
	if (!rc && conf->from && leftovers_any(k, old))
		rc = err_set(
			e, EBUSY,
			"the daemon to take over from steers a port, network or interface that "
			"this configuration does not: stop it, and start anew");
	if (!rc)
		rc = links_attach(k, e);
	if (!rc) {
		rc = routes_add(k, e);
		rc = rc < 0 ? rc : end_existing(k, conf, old, e);
	}
	if (!rc)
		rc = pin_alone(k, conf, e);
	if (!rc) {
		keep(k);
		check_settings(k);
		leftovers_remove(k, old);
	} else {
		routes_undo(k);
		links_undo(k);
	}
	leftovers_free(old);
	return rc;
}

int kern_restore(struct kern *k, struct err *e)
{
	struct leftovers *old = NULL;
	int rc, one;

	if (k->dir_fd < 0)
		return 0;
	rc = leftovers_find(k, &old, e);
	for (size_t i = 0; i < k->nlinks; i++) {
		const struct kern_link *l = &k->links[i];

		if (l->ifindex)
			one = filter_again(k->dir, l);
		else
			one = bpf_link_update(l->fd, l->prog, NULL) ? -errno : 0;
		if (one && !rc) /* the others all the same */
			rc = err_set(e, -one, "swapping %s back: %s", l->pin, strerror(-one));
	}
	if (!rc)
		rc = pin_everything(k, e);
	if (!rc)
		leftovers_remove(k, old);
	leftovers_free(old);
	return rc;
}

static int check_conf(const struct kern_conf *conf, struct err *e)
{
	if (conf->nlisteners > SCRIM_MAX_LISTENERS || conf->nworkers > SCRIM_MAX_WORKERS)
		return err_set(e, EINVAL, "at most %d listeners and %d workers",
			       SCRIM_MAX_LISTENERS, SCRIM_MAX_WORKERS);
	return 0;
}

/*
 * A daemon that was killed holds the lock until the kernel has taken its rings down and closed its
 * descriptors; on a busy host that is longer than the next one takes to come here.
 */
static int wait_for_lock(const struct kern *k, struct err *e)
{
	const struct timespec moment = {.tv_nsec = 20000000};
	struct timespec began, now;
	int rc;

	clock_gettime(CLOCK_MONOTONIC, &began);
	do {
		rc = dir_lock(k->dir, k->dir_fd, e);
		if (rc != -EBUSY || dir_gone(k->dir, k->dir_fd))
			return rc;
		nanosleep(&moment, NULL);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec - began.tv_sec < LOCK_SECONDS);
	return rc;
}

/* The lock of the daemon that is taken over from: it is its open file's, and so ours with it. */
static int take_lock(struct kern *k, int lock, struct err *e)
{
	int rc = lock < 0 ? 1 : dir_gone(k->dir, lock);

	if (rc < 0)
		return err_set(e, -rc, "%s: %s", k->dir, strerror(-rc));
	if (rc)
		return err_set(e, ENOENT,
			       "the daemon to take over from has its pins elsewhere than in %s: in "
			       "another mount namespace, or without privilege",
			       k->dir);
	k->dir_fd = fcntl(lock, F_DUPFD_CLOEXEC, 3);
	return k->dir_fd < 0 ? err_set(e, errno, "a lock: %s", strerror(errno)) : 0;
}

void kern_hand(const struct kern *k, struct kern_handed *ret_to)
{
	*ret_to = (struct kern_handed){{
		[KERN_LOCK] = k->dir_fd,
		[KERN_ALIVE] = k->alive[0],
		[KERN_OWN_SOCKETS] = k->local ? bpf_map__fd(k->local->maps.own_sockets) : -1,
		[KERN_OWN_TUPLES] = k->local ? bpf_map__fd(k->local->maps.own_tuples) : -1,
		[KERN_RULES] = k->memory[0],
		[KERN_FLOW] = k->memory[1],
		[KERN_LISTENERS] = k->memory[2],
	}};
}

int kern_open(const struct kern_conf *conf, struct kern **ret_k, struct err *e)
{
	struct kern *k = calloc(1, sizeof(*k));
	int rc;

	if (!k)
		return err_set(e, ENOMEM, "out of memory");
	kern_empty(k);
	k->nlisteners = conf->nlisteners;
	k->nworkers = conf->nworkers ? conf->nworkers : 1;
	for (size_t i = 0; i < conf->nlisteners && i < SCRIM_MAX_LISTENERS; i++) {
		const enum kern_mode mode = conf->listeners[i].mode;

		k->is_steered |= (u32)(mode != KERN_PROXY) << i;
		k->is_local |= (u32)(mode == KERN_LOCAL) << i;
	}
	rc = check_conf(conf, e);
	if (!rc)
		rc = check_system(e);
	if (!rc) {
		k->tcx = check_tcx();
		rc = dir_name(conf->instance, k->dir, sizeof(k->dir), e);
	}
	if (!rc)
		rc = conf->from ? take_lock(k, conf->from->fd[KERN_LOCK], e)
				: dir_open(k->dir, true, &k->dir_fd, e);
	if (!rc && !conf->from)
		rc = wait_for_lock(k, e);
	if (!rc)
		rc = prepare(k, conf, e);
	if (rc) {
		kern_close(k);
		return rc;
	}
	*ret_k = k;
	return 0;
}

void kern_close(struct kern *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < k->nlinks; i++)
		close(k->links[i].fd);
	for (size_t i = 0; i < array_size(k->memory); i++)
		if (k->memory[i] >= 0)
			close(k->memory[i]);
	for (size_t i = 0; i < array_size(k->alive); i++)
		if (k->alive[i] >= 0)
			close(k->alive[i]);
	rows_unmap(k);
	load_free(k);
	free(k->steered);
	free(k->added);
	if (k->dir_fd >= 0) {
		rmdir(k->dir);    /* with pins it stays */
		close(k->dir_fd); /* last: it is the lock */
	}
	free(k);
}

const char *kern_attachment(const struct kern *k)
{
	if (k->dir_fd < 0)
		return NULL;
	return k->tcx ? "tcx links" : "clsact filters";
}
