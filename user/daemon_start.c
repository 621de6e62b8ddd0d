/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The start: puts the parts together in an order in which nothing is forwarded unmasked.
 *
 *   compile ─▶ (what another daemon hands over) ─▶ kernel's side loaded ─▶ roles, rows ─▶ sockets
 *           ─▶ workers ─▶ sockets taken over into the kernel's side ─▶ in force ─▶ those of new listeners
 *           ─▶ privileges given up ─▶ (the other daemon lets go) ─▶ mode proxy listens
 *           ─▶ clients led to their workers' and roles' sockets ─▶ all accept
 */
#include "daemon_start.h"
#include "limits.h"
#include "privilege.h"
#include <errno.h>
#include <scrim/log.h>
#include <scrim/steer.h>
#include <string.h>
#include <sys/utsname.h>

/* The kernel's side, or private counters where only mode proxy runs and there is no privilege. */
static int open_kern(struct daemon *d, const struct daemon_args *args, struct err *e)
{
	const struct kern_handed *from = args->takeover ? &d->from.kern : NULL;
	int rc;

	d->kern_conf = (struct kern_conf){
		.instance = args->instance, .replace = args->replace, .from = from};
	steer_conf(d->config, &d->kern_conf);
	rc = kern_open(&d->kern_conf, &d->kern, e);
	if (rc != -EPERM || d->steers)
		return rc;
	log_line(LOG_LEVEL_NOTICE,
		 "no privilege for pinned counters (%s); they live in this process only", e->text);
	*e = (struct err){0}; /* told; what fails later has a reason of its own */
	d->is_private = true;
	return kern_open_private(from, &d->kern, e);
}

/*
 * In force. What was taken over stands in the new programs before they are swapped in; listeners that
 * are new come to it when the port is refused to all.
 */
static int put_in_force(struct daemon *d, struct err *e)
{
	int rc = listen_stand_in(&d->listen, d->kern, e);

	if (!rc && !d->is_private)
		rc = kern_attach(d->kern, &d->kern_conf, e);
	return rc ? rc : listen_steer(&d->listen, d->kern, false, e);
}

/*
 * Nothing is left that could fail: this daemon accepts, and another one stops to. Workers that accept
 * shut the sockets when they end, and with them the other one's; and who came to a socket that is
 * new would be reset with it. So clients are led to their roles' and workers' sockets, of which some may
 * be new, as late as here; until then all come to those of the old daemon.
 */
static int begin(struct daemon *d, bool takeover, struct err *e)
{
	int rc = takeover ? takeover_ready(&d->from, e) : 0;

	if (!rc)
		rc = listen_begin(&d->listen, e);
	if (!rc)
		rc = listen_steer(&d->listen, d->kern, true, e);
	if (!rc)
		rc = roles_steer(d->config, d->config, d->kern, e);
	if (!rc && takeover)
		rc = kern_alone(d->kern, e);
	if (!rc && takeover)
		rc = takeover_taken(&d->from, e);
	for (unsigned int i = 0; i < d->nworkers && !rc; i++)
		worker_accept(&d->workers[i], true);
	return rc;
}

static int own(void *ctx, int fd)
{
	return kern_own(ctx, fd);
}

static int reclaim(void *ctx, const union io_addr *local, const union io_addr *remote)
{
	return kern_reclaim(ctx, &local->sa, &remote->sa);
}

static int start_worker(struct daemon *d, unsigned int i, struct err *e)
{
	struct worker *w = &d->workers[i];

	w->conf.limits = d->limits;
	w->conf.gate = &d->gate;
	w->conf.cpu = steer_cpu(i);
	w->conf.flow = kern_flow(d->kern);
	w->conf.rules = &d->reload.now->rules;
	w->conf.own = d->steers ? own : NULL;
	w->conf.reclaim = d->steers ? reclaim : NULL;
	w->conf.ctx = d->kern;
	w->conf.waits = true;
	if (d->nworkers == 1)
		memcpy(w->conf.receive, d->config->receive, sizeof(w->conf.receive));
	w->conf.alive_ms = d->notify.watchdog_ms ? d->tick_ms : 0;
	w->listeners = listen_worker(&d->listen, d->config, i, &w->nlisteners);
	w->steers = d->steers;
	w->main = pthread_self();
	return worker_start(w, e);
}

/* Once: what of two kinds this kernel has. */
static void say_kernel(const struct daemon *d)
{
	const char *attachment = kern_attachment(d->kern);
	struct utsname u = {0};

	uname(&u);
	log_line(LOG_LEVEL_NOTICE, "kernel %s: %s%s%s", u.release, attachment ?: "",
		 attachment ? ", " : "", d->ring);
}

/* What comes by a card's queue one worker alone can read, and any may be given the connection. */
static void say_queues(const struct daemon *d)
{
	const struct io_queue *q = d->config->receive;

	if (d->nworkers > 1 && (q[0].interface || q[1].interface))
		log_line(LOG_LEVEL_WARNING,
			 "receive_queues: received with a copy, for there are %u workers and a "
			 "queue has one; write `workers: 1`",
			 d->nworkers);
}

int daemon_start(struct daemon *d, const struct daemon_args *args, struct err *e)
{
	int rc;

	rc = limits_fit(&d->limits, d->nworkers, listen_places(d->config), e);
	d->gate = (struct io_gate){.most = d->limits.connections, .rate = d->limits.accept_rate};
	if (!rc)
		rc = generation_new(d->config, &d->reload.now, e);
	if (!rc)
		rc = io_probe(&d->ring, e);
	if (!rc && args->takeover)
		rc = takeover_ask(args->instance, &d->from, e);
	if (!rc)
		rc = open_kern(d, args, e);
	if (!rc)
		say_kernel(d);
	if (!rc)
		say_queues(d);
	if (!rc)
		rc = generation_roles(d->reload.now, d->config, d->kern, e);
	if (!rc)
		rc = listen_open(&d->listen, d->config, d->nworkers, d->from.sockets, d->from.n, e);
	for (unsigned int i = 0; i < d->nworkers && !rc; i++)
		rc = start_worker(d, i, e);
	if (!rc)
		rc = put_in_force(d, e);
	if (!rc)
		rc = privilege_drop(d->steers);
	if (!rc)
		rc = begin(d, args->takeover, e);
	if (rc && !e->text[0])
		err_set(e, -rc, "giving up privileges: %s", strerror(-rc));
	return rc;
}
