/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The daemon from its start (daemon_start.c) to its end.
 *
 *   start ─▶ serve: signals, requests, looks at the kernel's side ─▶ drain ─▶ finish
 *              └─ another daemon takes over ───────────────────────────┘
 */
#include "daemon_start.h"
#include "privilege.h"
#include <errno.h>
#include <poll.h>
#include <scrim/control.h>
#include <scrim/log.h>
#include <scrim/steer.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#define TICK_MS        1000  /* between looks at the kernel's side */
#define DRAIN_SPARE_MS 10000 /* behind the drain's limit, for what is then still to be done */

/* Before any thread: they inherit that the signals come by the descriptor. It, or -errno. */
static int catch_signals(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1); /* a worker ended */
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

/* Without it `scrim reload` finds nobody; all else works. */
static void open_control(struct daemon *d, const char *instance)
{
	struct err e = {0};

	d->control = d->from.control >= 0 ? d->from.control : control_listen(instance, &e);
	d->from.control = -1;
	if (d->control < 0)
		log_line(LOG_LEVEL_WARNING,
			 "%s: `scrim reload` does not reach this daemon, SIGHUP does", e.text);
}

static unsigned int running(const struct daemon *d)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < d->nworkers; i++)
		n += d->workers[i].started && !worker_ended(&d->workers[i]);
	return n;
}

static u64 now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (u64)now.tv_sec * 1000 + (u64)now.tv_nsec / 1000000;
}

/* A sign of life for the service manager: every worker has done a turn since the last one. */
static void sign_of_life(struct daemon *d)
{
	if (!d->notify.watchdog_ms)
		return;
	for (unsigned int i = 0; i < d->nworkers; i++)
		if (worker_still(&d->workers[i]))
			return;
	for (unsigned int i = 0; i < d->nworkers; i++)
		worker_mark(&d->workers[i]);
	notify_send(&d->notify, "WATCHDOG=1");
}

static void warn_passing(const struct config *c)
{
	for (size_t i = 0; i < c->nlisteners; i++)
		for (size_t j = 0; j < c->listeners[i].nroles; j++)
			if (c->listeners[i].roles[j].policy->pass)
				log_line(LOG_LEVEL_WARNING,
					 "listener %s: role %s passes its streams on unmasked, as "
					 "configured",
					 c->listeners[i].name, c->listeners[i].roles[j].name);
}

/*
 * Reads the configuration again. *ret_said is freed by the caller: a line for each fault; NULL where
 * there was no memory for them.
 */
static int reload(struct daemon *d, char **ret_said)
{
	size_t len;
	FILE *said = open_memstream(ret_said, &len);
	int rc = -ENOMEM;

	notify_send(&d->notify, "RELOADING=1\nMONOTONIC_USEC=%llu", 1000ULL * now_ms());
	if (said) {
		rc = reload_run(&d->reload, said);
		fclose(said);
	}
	for (char *line = *ret_said, *end; line && (end = strchr(line, '\n')); line = end + 1)
		log_line(LOG_LEVEL_ERROR, "reload: %.*s", (int)(end - line), line);
	if (rc) {
		log_line(LOG_LEVEL_ERROR, "reload: nothing has changed");
	} else {
		log_line(LOG_LEVEL_NOTICE, "reload: ruleset version %u", d->reload.now->version);
		warn_passing(d->reload.now->config);
	}
	notify_send(&d->notify, "READY=1\nSTATUS=ruleset version %u%s", d->reload.now->version,
		    rc ? ", the last reload was faulty" : "");
	return rc;
}

static void answer(struct daemon *d)
{
	const struct timespec moment = {.tv_nsec = 100000000};
	char request[CONTROL_TEXT], *said = NULL;
	int fd = control_accept(d->control, request);
	u64 missed;

	if (fd < 0) {
		if (fd != -ECANCELED && log_gate_open(&d->unheard, now_ms(), 10000, &missed))
			log_line(LOG_LEVEL_WARNING, "a request could not be taken: %s",
				 strerror(-fd));
		nanosleep(&moment, NULL); /* who was not taken waits, and is readable still */
		return;
	}
	if (!strcmp(request, "reload") && d->heir.conn >= 0) {
		control_answer(fd, false, "another daemon is taking over\n");
	} else if (!strcmp(request, "reload")) {
		if (!reload(d, &said))
			control_answer(fd, true, "ruleset version %u\n", d->reload.now->version);
		else
			control_answer(fd, false, "%s", said && *said ? said : "out of memory\n");
		free(said);
	} else if (!strcmp(request, "restart")) {
		heir_launch(&d->heir, fd, now_ms());
		return;
	} else if (!strcmp(request, TAKEOVER_ASK)) {
		heir_begin(&d->heir, fd, &d->listen, d->control, d->reload.now->version, now_ms());
		return;
	} else {
		control_answer(fd, false, "`%s` is nothing that this version does\n", request);
	}
	close(fd);
}

/* What the daemon says that takes over. */
static void hear_heir(struct daemon *d, bool readable)
{
	struct err e = {0};
	int rc = heir_listen(&d->heir, readable, now_ms(), &e);

	if (rc < 0)
		log_line(LOG_LEVEL_ERROR, "another daemon was to take over: %s; this one goes on",
			 e.text);
	if (rc <= 0)
		return;
	d->handed_over = true;
	log_line(LOG_LEVEL_NOTICE, "process %d has taken over", d->heir.pid);
	notify_send(&d->notify, "MAINPID=%d", d->heir.pid);
	notify_close(&d->notify); /* what is to be told from here on is the other one's */
	close(d->heir.conn);
	d->heir.conn = -1;
	if (d->heir.launcher >= 0)
		close(d->heir.launcher); /* it ends */
	d->heir.launcher = -1;
}

/* The next signal, or -1 after a tick; meanwhile requests are answered. */
static int wait_signal(struct daemon *d)
{
	struct pollfd polled[] = {
		{.fd = d->signals, .events = POLLIN},
		{.fd = d->control, .events = POLLIN},
		{.fd = d->heir.conn, .events = POLLIN},
		{.fd = d->heir.launcher, .events = POLLIN},
	};
	struct signalfd_siginfo info;

	poll(polled, array_size(polled), (int)d->tick_ms);
	sign_of_life(d);
	hear_heir(d, polled[2].revents);
	if (polled[3].revents)
		heir_launched(&d->heir);
	if (polled[1].revents && !d->handed_over)
		answer(d);
	return read(d->signals, &info, sizeof(info)) == sizeof(info) ? (int)info.ssi_signo : -1;
}

/* Until a signal to end, or another daemon has taken over (true); or a worker ended unasked. */
static bool serve(struct daemon *d)
{
	struct log_gate gate = {0};
	char *said = NULL;
	struct err e;
	u64 missed;
	int sig;

	for (;;) {
		sig = wait_signal(d);
		if (sig == SIGTERM || sig == SIGINT || d->handed_over)
			return true;
		if (running(d) < d->nworkers)
			return false;
		if (sig == SIGHUP && d->heir.conn < 0) {
			reload(d, &said);
			free(said);
			said = NULL;
		}
		reload_sweep(&d->reload);
		if (!d->steers || d->heir.conn >= 0)
			continue;
		sig = kern_refresh(d->kern, &e);
		refusals_tell(&d->refusals, kern_flow(d->kern), now_ms());
		if (sig > 0)
			log_line(LOG_LEVEL_NOTICE,
				 "attached again to an interface that was made anew");
		else if (sig < 0 && log_gate_open(&gate, now_ms(), 60000, &missed))
			log_line(LOG_LEVEL_ERROR, "the kernel's side: %s", e.text);
	}
}

/* Lets open connections end; false if a second signal said not to wait. */
static bool drain(struct daemon *d)
{
	bool again = !d->handed_over; /* a signal is the second one */
	int sig;

	if (d->control >= 0)
		close(d->control);
	d->control = -1;
	/* The manager's own limit must not cut the drain short. */
	notify_send(&d->notify, "STOPPING=1\nEXTEND_TIMEOUT_USEC=%llu",
		    1000ULL * d->config->limits.drain_ms + 1000ULL * DRAIN_SPARE_MS);
	heir_refuse(&d->heir);
	if (!d->handed_over)
		kern_clear_sockets(d->kern);
	for (unsigned int i = 0; i < d->nworkers; i++)
		worker_stop(&d->workers[i]);
	while (running(d)) {
		sig = wait_signal(d);
		if (d->steers && !d->handed_over)
			refusals_tell(&d->refusals, kern_flow(d->kern), now_ms());
		if ((sig == SIGTERM || sig == SIGINT) && again)
			return false;
		again |= sig == SIGTERM || sig == SIGINT;
	}
	return true;
}

/* A worker ended unasked: its connections are reset at once, those of the others drain. */
static void broken(struct daemon *d)
{
	log_line(LOG_LEVEL_ERROR, "a worker broke; ending, connections are refused");
	for (unsigned int i = 0; i < d->nworkers; i++)
		if (worker_ended(&d->workers[i]))
			worker_join(&d->workers[i]);
}

static int finish(struct daemon *d, struct err *e)
{
	int rc = 0, one;

	if (d->control >= 0)
		close(d->control);
	for (unsigned int i = 0; d->workers && i < d->nworkers; i++) {
		worker_stop(&d->workers[i]);
		one = worker_join(&d->workers[i]);
		if (one && !rc)
			rc = err_set(e, -one, "worker %u: %s", i, strerror(-one));
	}
	listen_close(&d->listen);
	kern_close(d->kern);
	reload_end(&d->reload);
	free(d->workers);
	notify_close(&d->notify);
	if (d->signals >= 0)
		close(d->signals);
	if (d->heir.launcher >= 0)
		close(d->heir.launcher);
	return rc;
}

static void say_ready(const struct daemon *d)
{
	const struct config *c = d->config;

	warn_passing(c);
	log_line(LOG_LEVEL_NOTICE, "ready: version %s, %zu listeners, %u workers, scanning with %s",
		 SCRIM_VERSION, c->nlisteners, d->nworkers, isa_name(d->reload.now->engine->isa));
	notify_send(&d->notify, "READY=1\nSTATUS=%zu listeners, %u workers", c->nlisteners,
		    d->nworkers);
}

int daemon_run(struct config *c, const struct daemon_args *args, struct err *e)
{
	struct daemon d = {.config = c,
			   .limits = c->limits,
			   .steers = steer_needed(c),
			   .nworkers = steer_workers(c),
			   .control = -1,
			   .heir = {.conn = -1, .asker = -1, .launcher = args->launcher}};
	int rc, broke;

	takeover_init(&d.from);
	d.signals = catch_signals();
	privilege_start();
	notify_open(&d.notify);
	d.tick_ms = TICK_MS;
	if (d.notify.watchdog_ms / 4 < TICK_MS && d.notify.watchdog_ms)
		d.tick_ms = d.notify.watchdog_ms / 4 ?: 1;
	d.workers = calloc(d.nworkers, sizeof(*d.workers));
	d.reload = (struct reload){
		.file = args->file, .base = c, .workers = d.workers, .nworkers = d.nworkers};
	if (d.signals < 0)
		rc = err_set(e, -d.signals, "a signalfd: %s", strerror(-d.signals));
	else
		rc = d.workers ? daemon_start(&d, args, e) : err_set(e, ENOMEM, "out of memory");
	if (rc) {
		struct err second;

		if (d.kern)
			kern_clear_sockets(d.kern);
		takeover_end(&d.from);
		finish(&d, &second); /* the first reason is the one to tell */
		return rc;
	}
	d.reload.kern = d.heir.kern = d.kern;
	d.heir.workers = d.workers;
	d.heir.nworkers = d.nworkers;
	d.reload.now->version = d.from.version + 1;
	open_control(&d, args->instance);
	takeover_end(&d.from);
	refusals_begin(&d.refusals, kern_flow(d.kern));
	say_ready(&d);
	if (serve(&d))
		log_line(LOG_LEVEL_NOTICE, "draining: no new connections; open ones have %u s",
			 c->limits.drain_ms / 1000);
	else
		broken(&d);
	if (!drain(&d)) {
		log_line(LOG_LEVEL_NOTICE,
			 "a second signal: ending at once, open connections are reset");
		_exit(0);
	}
	broke = finish(&d, e);
	log_line(LOG_LEVEL_NOTICE, "ended");
	return broke;
}
