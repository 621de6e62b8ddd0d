/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's interface for receiving without a copy, as of Linux 7.1: newer than the headers of
 * the systems that this is built on. Source: include/uapi/linux/io_uring.h and io_uring/zcrx.h.
 */
#ifndef IO_ZCRX_ABI_H
#define IO_ZCRX_ABI_H

#include <scrim/base.h>

#define ZCRX_OP_RECV        58 /* IORING_OP_RECV_ZC, Linux 6.15 */
#define ZCRX_REGISTER_QUEUE 32 /* IORING_REGISTER_ZCRX_IFQ */
#define ZCRX_REGISTER_CTRL  36 /* IORING_REGISTER_ZCRX_CTRL, Linux 7.0 */
#define ZCRX_NO_DEVICE      2U /* ZCRX_REG_NODEV, Linux 7.1 */
#define ZCRX_USER_MEMORY    1U /* IORING_MEM_REGION_TYPE_USER */
#define ZCRX_FLUSH          0U /* ZCRX_CTRL_FLUSH_RQ */
#define ZCRX_OFFSET_BITS    48 /* of a piece's place; above it is the area's number */

struct zcrx_region {
	u64 address, bytes;
	u32 flags, id;
	u64 mmap_offset, reserved[4];
};

struct zcrx_area {
	u64 address, bytes;
	u64 token; /* the kernel's: to be added to a place that is given back */
	u32 flags, dmabuf;
	u64 reserved[2];
};

struct zcrx_queue {
	u32 interface, queue;
	u32 entries; /* of the refill ring */
	u32 flags;
	u64 area, region; /* addresses of the two */
	struct {
		u32 head, tail, entries, reserved;
		u64 reserved_too[2];
	} offsets; /* the kernel's, in the region */
	u32 id;    /* the kernel's: what a receive is to name */
	u32 piece;
	u64 reserved[3];
};

/* What is given back. */
struct zcrx_refill {
	u64 place;
	u32 len, reserved;
};

struct zcrx_control {
	u32 id, op;
	u64 reserved[2], argument[6];
};

_Static_assert(sizeof(struct zcrx_region) == 64 && sizeof(struct zcrx_area) == 48 &&
		       sizeof(struct zcrx_queue) == 96 && sizeof(struct zcrx_refill) == 16 &&
		       sizeof(struct zcrx_control) == 72,
	       "as the kernel has them");

#endif
