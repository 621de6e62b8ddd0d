/* SPDX-License-Identifier: BSD-2-Clause */
/* The worker's io_uring: how it is set up, how operations are put in. */
#include "worker.h"
#include <errno.h>
#include <string.h>

#define SQ_ENTRIES 512
#define CQ_ENTRIES 8192

int ring_open(struct io_uring *ring, unsigned int flags, struct err *e)
{
	struct io_uring_params params = {
		.flags = RING_FLAGS | IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP | flags,
		.cq_entries = CQ_ENTRIES,
	};
	int r = io_uring_queue_init_params(SQ_ENTRIES, ring, &params);

	if (r)
		ring->ring_fd = -1;
	if (r == -ENOMEM)
		return ring_no_memory(e);
	if (r)
		return io_probe(NULL, e) ?: err_set(e, -r, "io_uring_setup: %s", strerror(-r));
	io_uring_register_ring_fd(ring); /* saves a look-up a call; the ring works without */
	return 0;
}

bool ring_broke(int r)
{
	return r < 0 && r != -ETIME && r != -EINTR && r != -EBUSY && r != -EAGAIN;
}

bool call_failed(int error)
{
	switch (error) {
	case EPERM:
	case EACCES:
	case EBADF:
	case EFAULT:
	case EINVAL:
	case EIO:
	case ENOTSOCK:
	case EOPNOTSUPP:
		return true;
	default:
		return false;
	}
}

struct io_uring_sqe *ring_sqe(struct io_worker *w, void *what, enum op op)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&w->ring);

	while (!sqe && !w->broke) {
		int r = io_uring_submit(&w->ring);

		w->broke = ring_broke(r) ? r : 0;
		sqe = io_uring_get_sqe(&w->ring);
	}
	if (!sqe)
		sqe = &w->nowhere; /* the loop ends, and with it everything that waits */
	/* The preparing functions leave user_data alone. */
	io_uring_sqe_set_data64(sqe, (u64)(uintptr_t)what | op);
	if (op >= OP_CONNECT)
		direction_conn(what)->pending++;
	return sqe;
}

/* What is cancelled says so itself; the cancelling only says when there was nothing. */
void ring_cancel(struct io_worker *w, void *what, enum op op)
{
	struct io_uring_sqe *sqe = ring_sqe(w, NULL, OP_IGNORE);

	io_uring_prep_cancel64(sqe, (u64)(uintptr_t)what | op, 0);
	io_uring_sqe_set_flags(sqe, IOSQE_CQE_SKIP_SUCCESS);
}
