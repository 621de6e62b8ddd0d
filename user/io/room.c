/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory of the kernel's for a connection: what the next socket has room for, and how far the
 * kernel may tune the buffers of both. It tunes them by itself, up to net.ipv4.tcp_rmem and
 * tcp_wmem, as for a direct connection; a socket that is found with a bigger buffer than its share
 * of `connection_memory` gets that size, for good.
 */
#include "worker.h"
#include <linux/sock_diag.h>

#define ROOM_LEAST 4096 /* what a socket that polls writable is given at least */

static void socket_size(int fd, int forced, int plain, u32 size)
{
	int value = (int)(size / 2); /* the kernel doubles it, for its own overhead */

	/* Without privilege it is at most net.core.[rw]mem_max. */
	if (setsockopt(fd, SOL_SOCKET, forced, &value, sizeof(value)))
		setsockopt(fd, SOL_SOCKET, plain, &value, sizeof(value));
}

/* Reads a socket's memory, and keeps it within its share. False: it cannot be read. */
static bool socket_look(int fd, u32 share, u32 mem[SK_MEMINFO_VARS])
{
	socklen_t len = SK_MEMINFO_VARS * sizeof(*mem);

	if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, mem, &len))
		return false;
	if (mem[SK_MEMINFO_SNDBUF] > share)
		socket_size(fd, SO_SNDBUFFORCE, SO_SNDBUF, share);
	if (mem[SK_MEMINFO_RCVBUF] > share)
		socket_size(fd, SO_RCVBUFFORCE, SO_RCVBUF, share);
	return true;
}

/* Two sockets, two buffers each. */
static u32 socket_share(struct direction *d)
{
	return direction_conn(d)->w->conf.limits.connection_memory / 4;
}

void room_look(struct direction *d)
{
	u32 mem[SK_MEMINFO_VARS];

	socket_look(direction_in(d), socket_share(d), mem);
	socket_look(direction_out(d), socket_share(d), mem);
}

u32 room_left(struct direction *d, u32 most)
{
	u32 size = mask_turn(d);
	u32 mem[SK_MEMINFO_VARS] = {0}, in[SK_MEMINFO_VARS], room, used;

	/* Each time: a single receive may make the kernel double what it offers the other end. */
	socket_look(direction_in(d), socket_share(d), in);
	if (!socket_look(direction_out(d), socket_share(d), mem))
		return ROOM_LEAST;
	/* The kernel counts its own overhead into wmem_queued: a sixteenth is left for that. */
	used = mem[SK_MEMINFO_WMEM_QUEUED] + d->queued;
	room = mem[SK_MEMINFO_SNDBUF] > used ? mem[SK_MEMINFO_SNDBUF] - used : 0;
	room -= room / 16;
	if (d->writable && room < ROOM_LEAST)
		return ROOM_LEAST;
	if (!d->writable && room < size / 2)
		return 0;
	return room < most ? room : most;
}
