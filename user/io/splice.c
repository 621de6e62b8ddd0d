/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes that no rule applies to go through without a copy: by a pipe of the worker's, which takes
 * the pages of one socket's receive queue and hands them to the other.
 *
 *   in ══ splice ══▶ pipe ══ splice ══▶ out       empty again before anything else is done
 *                     └─ not taken ─▶ a buffer ─▶ queue ─▶ send, as all others
 *
 * A splice waits for bytes and for room, SPLICE_F_NONBLOCK or not: that speaks of the pipe. So it is
 * asked for no more than is there, and the socket that it goes to becomes O_NONBLOCK. (The ring's
 * receives from that socket wait as before: they are told by MSG_DONTWAIT only.)
 *
 * What is not bytes, an end, a reset, an urgent byte, is left to an ordinary receive, and so is what
 * is too little to be worth it.
 */
#include "worker.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define PIPE_BYTES  (1024 * 1024) /* what a user may have without privilege */
#define LEAST       32768         /* bytes: copying less costs less than two calls more */
#define SPLICE_ONCE (SPLICE_F_MOVE | SPLICE_F_NONBLOCK)

void splice_open(struct io_worker *w)
{
	int size;

	if (pipe2(w->pipe, O_CLOEXEC | O_NONBLOCK)) {
		w->pipe[0] = w->pipe[1] = -1;
		return;
	}
	size = fcntl(w->pipe[1], F_SETPIPE_SZ, PIPE_BYTES);
	if (size < 0) /* users have a limit in all: then what pipes have by themselves */
		size = fcntl(w->pipe[1], F_GETPIPE_SZ);
	w->pipe_size = size > 0 ? (u32)size : 0;
}

void splice_close(struct io_worker *w)
{
	for (int i = 0; i < 2; i++) {
		if (w->pipe[i] >= 0)
			close(w->pipe[i]);
		w->pipe[i] = -1;
	}
	w->pipe_size = 0;
}

bool splice_may(struct direction *d)
{
	const struct conn *c = direction_conn(d);

	return d->bulk && !d->masked && !d->head && c->w->pipe_size &&
	       c->l->conf.zero_copy == IO_ZERO_COPY_AUTO;
}

u32 splice_there(struct direction *d)
{
	int n;

	return ioctl(direction_in(d), SIOCINQ, &n) || n < 0 ? 0 : (u32)n;
}

/* Once: accepted and connected sockets have no other such flag. */
static bool splice_never_waits(struct direction *d)
{
	if (!d->spliced)
		d->spliced = !fcntl(direction_out(d), F_SETFL, O_NONBLOCK);
	return d->spliced;
}

/* The pipe's n bytes into the direction's queue. False: no memory for them, and the pipe is a new one. */
static bool splice_keep(struct direction *d, u32 n)
{
	struct io_worker *w = direction_conn(d)->w;
	struct buffer *b = worker_affords(w, n) ? buffer_new(n) : NULL;
	ssize_t r = 1;
	u32 got = 0;

	while (b && got < n && r > 0) {
		r = read(w->pipe[0], b->p + got, n - got);
		got += r > 0 ? (u32)r : 0;
	}
	if (b && got == n) {
		b->len = n;
		queue_append(d, b);
		return true;
	}
	if (b)
		buffer_give(b);
	splice_close(w);
	splice_open(w);
	return false;
}

u32 splice_take(struct direction *d, u32 len)
{
	struct io_worker *w = direction_conn(d)->w;
	ssize_t in;

	if (len < LEAST || !splice_never_waits(d))
		return 0;
	in = splice(direction_in(d), NULL, w->pipe[1], NULL, len, SPLICE_ONCE);
	if (in <= 0) {
		if (in < 0 && (errno == EINVAL || errno == ENOSYS || errno == EPERM))
			splice_close(w); /* not on this kernel, or forbidden */
		return 0;
	}
	return (u32)in;
}

void splice_pass(struct direction *d, u32 n)
{
	struct conn *c = direction_conn(d);
	ssize_t out = splice(c->w->pipe[0], NULL, direction_out(d), NULL, n, SPLICE_ONCE);
	u32 rest = n - (out > 0 ? (u32)out : 0); /* where that failed a send says why */

	if (rest && !splice_keep(d, rest))
		conn_reset(c, FLOW_MEMORY);
}
