/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ring. liburing makes its system calls without libc, so its own functions are the calls here.
 *
 *   submission queue ─▶ each entry is counted; the one to fail becomes a NOP with the error ─▶ kernel
 *
 * Cancelling is left as it is: it fails only when there is nothing to cancel. So are the look at what
 * has completed and the ring's end, which do not fail.
 */
#include "inject.h"
#include <errno.h>
#include <liburing.h>

#ifndef IORING_NOP_INJECT_RESULT
#define IORING_NOP_INJECT_RESULT 1U
#endif

static void sqe_fail(struct io_uring_sqe *sqe, int error)
{
	const u64 data = sqe->user_data;

	*sqe = (struct io_uring_sqe){.opcode = IORING_OP_NOP,
				     .fd = -1,
				     .len = (u32)-error,
				     .rw_flags = IORING_NOP_INJECT_RESULT,
				     .user_data = data};
}

static const char *op_name(const struct io_uring_sqe *sqe)
{
	switch (sqe->opcode) {
	case IORING_OP_ACCEPT:
		return "accept";
	case IORING_OP_CONNECT:
		return "connect";
	case IORING_OP_RECV:
		return sqe->ioprio & IORING_RECV_MULTISHOT ? "multishot receive" : "receive";
	case IORING_OP_POLL_ADD:
		return "poll";
	case IORING_OP_SEND_ZC:
		return "zero copy send";
	default:
		return "operation";
	}
}

/* What is in the queue and not yet the kernel's. */
static void look_at_queue(struct io_uring *ring, const void *caller)
{
	const u32 mask = ring->sq.ring_mask;

	for (u32 i = ring->sq.sqe_head; i != ring->sq.sqe_tail; i++) {
		struct io_uring_sqe *sqe = &ring->sq.sqes[i & mask];

		if (sqe->opcode != IORING_OP_ASYNC_CANCEL &&
		    inject_hit(INJECT_OP, op_name(sqe), ENOMEM, caller))
			sqe_fail(sqe, errno);
	}
}

#define CALLER __builtin_return_address(0)

#define RING(usual, queue, name, params, ...)                                                      \
	int name params                                                                            \
	{                                                                                          \
		static int(*next) params;                                                          \
                                                                                                   \
		if (inject_hit(INJECT_CALL, #name, usual, CALLER))                                 \
			return -errno;                                                             \
		if (queue)                                                                         \
			look_at_queue(ring, CALLER);                                               \
		if (!next)                                                                         \
			next = inject_next(#name);                                                 \
		return next(__VA_ARGS__);                                                          \
	}

RING(ENOMEM, false, io_uring_queue_init_params,
     (unsigned int entries, struct io_uring *ring, struct io_uring_params *p), entries, ring, p)
RING(ENOMEM, false, io_uring_register_buf_ring,
     (struct io_uring * ring, struct io_uring_buf_reg *reg, unsigned int flags), ring, reg, flags)
RING(EINVAL, false, io_uring_register_ring_fd, (struct io_uring * ring), ring)

/* By its descriptor: what liburing has no function for, the queues of network cards. */
int io_uring_register(unsigned int fd, unsigned int opcode, const void *arg, unsigned int n)
{
	static int (*next)(unsigned int, unsigned int, const void *, unsigned int);

	if (inject_hit(INJECT_CALL, "io_uring_register", ENOMEM, CALLER))
		return -errno;
	if (!next)
		next = inject_next("io_uring_register");
	return next(fd, opcode, arg, n);
}

struct io_uring_probe *io_uring_get_probe_ring(struct io_uring *ring)
{
	static struct io_uring_probe *(*next)(struct io_uring *);

	if (inject_hit(INJECT_CALL, "io_uring_get_probe_ring", ENOMEM, CALLER))
		return NULL;
	if (!next)
		next = inject_next("io_uring_get_probe_ring");
	return next(ring);
}

RING(EAGAIN, true, io_uring_submit, (struct io_uring * ring), ring)
RING(EINTR, true, io_uring_submit_and_wait, (struct io_uring * ring, unsigned int n), ring, n)
RING(EINTR, true, io_uring_submit_and_wait_timeout,
     (struct io_uring * ring, struct io_uring_cqe **to, unsigned int n,
      struct __kernel_timespec *ts, sigset_t *set),
     ring, to, n, ts, set)
RING(EBUSY, true, io_uring_submit_and_get_events, (struct io_uring * ring), ring)
RING(EINTR, false, io_uring_get_events, (struct io_uring * ring), ring)
RING(ENOMEM, false, io_uring_register_buffers_sparse, (struct io_uring * ring, unsigned int n),
     ring, n)
RING(ENOMEM, false, io_uring_register_buffers_update_tag,
     (struct io_uring * ring, unsigned int at, const struct iovec *list, const __u64 *tags,
      unsigned int n),
     ring, at, list, tags, n)
