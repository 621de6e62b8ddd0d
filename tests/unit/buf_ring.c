/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Buffer rings without a kernel: where the linker leads their registration to here, pools are
 * tested on machines that forbid io_uring, too. The relay's tests have real ones.
 */
#include <liburing.h>

int __wrap_io_uring_register_buf_ring(struct io_uring *ring, struct io_uring_buf_reg *reg,
				      unsigned int flags);
int __wrap_io_uring_register_buf_ring(struct io_uring *ring, struct io_uring_buf_reg *reg,
				      unsigned int flags)
{
	(void)ring, (void)reg, (void)flags;
	return 0;
}
