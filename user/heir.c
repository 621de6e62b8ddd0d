/* SPDX-License-Identifier: BSD-2-Clause */
#include "heir.h"
#include "launcher.h"
#include <errno.h>
#include <scrim/control.h>
#include <scrim/log.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HEIR_MS 60000 /* for it to load its programs, on a busy host too */
#define WAIT_MS 5000  /* for workers, which take it between two turns of their loops */

/* Before it has anything: it is who the service manager is told of at the end. */
static int pid_of(int conn)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	return getsockopt(conn, SOL_SOCKET, SO_PEERCRED, &peer, &len) ? -errno : peer.pid;
}

int heir_begin(struct heir *h, int conn, const struct listen *l, int control, u32 version,
	       u64 now_ms)
{
	int rc;

	if (h->conn >= 0) {
		control_answer(conn, false, "another daemon is taking over already\n");
		close(conn);
		return -EBUSY;
	}
	h->pid = pid_of(conn);
	rc = h->pid < 0 ? h->pid : takeover_hand(conn, h->kern, l, control, version);
	if (rc) {
		log_line(LOG_LEVEL_ERROR, "another daemon was to take over: %s; this one goes on",
			 strerror(-rc));
		close(conn);
		return rc;
	}
	h->conn = conn;
	h->yielded = false;
	h->by_ms = now_ms + HEIR_MS;
	return 0;
}

/* Whoever had it started is told what has come of it. */
#define heir_tell(h, good, ...)                                                                    \
	do {                                                                                       \
		if ((h)->asker >= 0) {                                                             \
			control_answer((h)->asker, (good), __VA_ARGS__);                           \
			close((h)->asker);                                                         \
			(h)->asker = -1;                                                           \
		}                                                                                  \
	} while (0)

void heir_launch(struct heir *h, int asker, u64 now_ms)
{
	const char *why = NULL;

	if (h->conn >= 0 || h->asker >= 0)
		why = "another daemon is taking over already";
	else if (h->launcher < 0 || launcher_ask(h->launcher))
		why = "the launcher is gone: start scrimd with --takeover";
	if (why) {
		control_answer(asker, false, "%s\n", why);
		close(asker);
		return;
	}
	h->asker = asker;
	h->by_ms = now_ms + HEIR_MS;
}

void heir_launched(struct heir *h)
{
	int heard = launcher_heard(h->launcher);

	if (heard < 0)
		return;
	if (!heard) {
		close(h->launcher);
		h->launcher = -1;
	}
	if (h->conn < 0)
		heir_tell(h, false,
			  "the new daemon ended before it took over: its own lines say "
			  "why; the old one goes on\n");
}

static bool quiet(const struct heir *h)
{
	for (unsigned int i = 0; i < h->nworkers; i++)
		if (worker_accepting(&h->workers[i]))
			return false;
	return true;
}

static void accept_all(const struct heir *h, bool on)
{
	for (unsigned int i = 0; i < h->nworkers; i++)
		worker_accept(&h->workers[i], on);
}

/* Nobody is accepted here any more, and no accept is left in a ring. */
static bool let_go(const struct heir *h)
{
	const struct timespec ms = {.tv_nsec = 1000000};

	accept_all(h, false);
	for (int waited = 0; waited < WAIT_MS && !quiet(h); waited++)
		nanosleep(&ms, NULL);
	return quiet(h);
}

/* Whatever the other one had put in its place; until it is done. */
static void restore(struct heir *h)
{
	struct err wrong = {0};
	bool before = h->unrestored;

	h->unrestored = kern_restore(h->kern, &wrong);
	if (h->unrestored && !before)
		log_line(LOG_LEVEL_ERROR, "the kernel's side: %s; trying again", wrong.text);
	else if (before && !h->unrestored)
		log_line(LOG_LEVEL_NOTICE, "the kernel's side is this daemon's again");
}

/* rc: what the system said to it, or 0. */
static int fails(struct heir *h, const char *why, int rc, struct err *e)
{
	close(h->conn);
	h->conn = -1;
	restore(h);
	accept_all(h, true);
	err_set(e, ECANCELED, "%s%s%s", why, rc ? ": " : "", rc ? strerror(-rc) : "");
	heir_tell(h, false, "%s; the old daemon goes on\n", e->text);
	return -ECANCELED;
}

void heir_refuse(struct heir *h)
{
	if (h->conn < 0 || h->yielded)
		return;
	log_line(LOG_LEVEL_NOTICE, "another daemon was to take over: not from one that ends");
	close(h->conn);
	h->conn = -1;
	restore(h);
	heir_tell(h, false, "the old daemon was told to end\n");
}

int heir_listen(struct heir *h, bool readable, u64 now_ms, struct err *e)
{
	int rc;

	if (h->conn < 0 && h->asker >= 0 && now_ms >= h->by_ms)
		heir_tell(h, false, "the new daemon has not asked for anything yet\n");
	if (h->conn < 0 && h->unrestored)
		restore(h);
	if (h->conn < 0)
		return 0;
	if (!readable)
		return now_ms < h->by_ms ? 0 : fails(h, "it did not get ready in time", 0, e);
	rc = takeover_heard(h->conn, h->yielded ? "taken" : "ready");
	if (rc < 0 && rc != -ECONNRESET) /* that says nothing of the other one: once more */
		return now_ms < h->by_ms ? 0 : fails(h, "it could not be heard", rc, e);
	if (rc <= 0)
		return fails(h, "it ended before it was ready: its own lines say why", 0, e);
	if (h->yielded) {
		heir_tell(h, true, "process %d has taken over\n", h->pid);
		return 1;
	}
	if (!let_go(h))
		return fails(h, "a worker of this one did not stop to accept", 0, e);
	h->yielded = true;
	rc = takeover_yield(h->conn);
	return rc ? fails(h, "it could not be told to begin", rc, e) : 0;
}
