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

int heir_begin(struct heir *h, int conn, const struct listen *l, int control, u32 version,
	       u64 now_ms)
{
	int rc;

	if (h->conn >= 0) {
		control_answer(conn, false, "another daemon is taking over already\n");
		close(conn);
		return -EBUSY;
	}
	rc = takeover_hand(conn, h->kern, l, control, version);
	if (rc) {
		close(conn);
		return rc;
	}
	h->conn = conn;
	h->yielded = false;
	h->by_ms = now_ms + HEIR_MS;
	return 0;
}

int heir_pid(const struct heir *h)
{
	struct ucred peer = {0};
	socklen_t len = sizeof(peer);

	return getsockopt(h->conn, SOL_SOCKET, SO_PEERCRED, &peer, &len) ? 0 : peer.pid;
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
	bool ended = launcher_heard(h->launcher);

	if (!ended) {
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

static int fails(struct heir *h, const char *why, struct err *e)
{
	struct err wrong = {0};

	close(h->conn);
	h->conn = -1;
	if (kern_restore(h->kern, &wrong))
		log_line(LOG_LEVEL_ERROR, "the kernel's side: %s", wrong.text);
	accept_all(h, true);
	heir_tell(h, false, "%s; the old daemon goes on\n", why);
	return err_set(e, ECANCELED, "%s", why);
}

int heir_listen(struct heir *h, bool readable, u64 now_ms, struct err *e)
{
	if (h->conn < 0 && h->asker >= 0 && now_ms >= h->by_ms)
		heir_tell(h, false, "the new daemon has not asked for anything yet\n");
	if (h->conn < 0)
		return 0;
	if (!readable)
		return now_ms < h->by_ms ? 0 : fails(h, "it did not get ready in time", e);
	if (!takeover_heard(h->conn, h->yielded ? "taken" : "ready"))
		return fails(h, "it ended before it was ready: its own lines say why", e);
	if (h->yielded) {
		heir_tell(h, true, "process %d has taken over\n", heir_pid(h));
		return 1;
	}
	if (!let_go(h))
		return fails(h, "a worker of this one did not stop to accept", e);
	h->yielded = true;
	takeover_yield(h->conn);
	return 0;
}
