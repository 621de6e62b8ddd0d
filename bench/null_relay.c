/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The floor: the least an io_uring relay can do. It copies bytes and knows nothing of records,
 * roles or rules; what scrim costs over it is the price of being scrim.
 *
 *   null_relay LISTEN_PORT UPSTREAM_PORT BUFFER_BYTES BUFFERS
 *
 *   accept ─▶ connect ─▶ per direction: multishot recv ─▶ queue ─▶ one send in flight ─▶ buffer back
 *
 * All buffers are one provided ring. When it runs dry a direction's recv ends with ENOBUFS and is
 * armed again when a buffer comes back. It serves until it is killed.
 */
#include <errno.h>
#include <liburing.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <scrim/base.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define ENTRIES   256
#define MAX_POOL  1024
#define POOL_ID   0
#define OP_ACCEPT 0 /* user_data: 0, or a direction's address with the operation in its low bits */
#define OP_RECV   1
#define OP_SEND   2
#define OP_MASK   3

struct item {
	u16 id;
	u32 len;
};

struct pair;

struct direction {
	struct pair *pair;
	int in, out;
	struct item queue[MAX_POOL]; /* received, not yet sent, oldest first */
	unsigned int head, count;
	u32 sent; /* of the oldest */
	bool receiving, sending, ended;
	struct direction *starving; /* next in the list of those that wait for a buffer */
};

struct pair {
	struct direction dir[2];
};

struct relay {
	struct io_uring ring;
	struct io_uring_buf_ring *pool;
	u8 *memory;
	u32 size;
	unsigned int n;
	int listener;
	struct sockaddr_in upstream;
	struct direction *starving;
};

static struct io_uring_sqe *relay_sqe(struct relay *r)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&r->ring);

	if (!sqe) {
		io_uring_submit(&r->ring);
		sqe = io_uring_get_sqe(&r->ring);
	}
	if (!sqe)
		abort();
	return sqe;
}

static void relay_recv(struct relay *r, struct direction *d)
{
	struct io_uring_sqe *sqe = relay_sqe(r);

	io_uring_prep_recv_multishot(sqe, d->in, NULL, 0, 0);
	sqe->flags |= IOSQE_BUFFER_SELECT;
	sqe->buf_group = POOL_ID;
	sqe->ioprio |= IORING_RECVSEND_POLL_FIRST;
	io_uring_sqe_set_data64(sqe, (u64)(uintptr_t)d | OP_RECV);
	d->receiving = true;
}

static void relay_send(struct relay *r, struct direction *d)
{
	const struct item *it = &d->queue[d->head];
	struct io_uring_sqe *sqe = relay_sqe(r);

	io_uring_prep_send(sqe, d->out, r->memory + (size_t)it->id * r->size + d->sent,
			   it->len - d->sent, MSG_WAITALL);
	io_uring_sqe_set_data64(sqe, (u64)(uintptr_t)d | OP_SEND);
	d->sending = true;
}

static void relay_give_back(struct relay *r, u16 id)
{
	struct direction *d = r->starving;

	io_uring_buf_ring_add(r->pool, r->memory + (size_t)id * r->size, r->size, id,
			      io_uring_buf_ring_mask(r->n), 0);
	io_uring_buf_ring_advance(r->pool, 1);
	if (d) {
		r->starving = d->starving;
		relay_recv(r, d);
	}
}

/* Passes the end on when all before it is sent; the second end closes both sockets. */
static void direction_settle(struct direction *d)
{
	struct pair *p = d->pair;
	struct direction *other = d == &p->dir[0] ? &p->dir[1] : &p->dir[0];

	if (!d->ended || d->count || d->sending)
		return;
	shutdown(d->out, SHUT_WR);
	if (!other->ended || other->count || other->sending || other->receiving)
		return;
	close(d->in);
	close(d->out);
	free(p);
}

static void on_recv(struct relay *r, struct direction *d, const struct io_uring_cqe *cqe)
{
	d->receiving = cqe->flags & IORING_CQE_F_MORE;
	if (cqe->res > 0) {
		d->queue[(d->head + d->count++) % MAX_POOL] = (struct item){
			.id = (u16)(cqe->flags >> IORING_CQE_BUFFER_SHIFT), .len = (u32)cqe->res};
		if (!d->sending)
			relay_send(r, d);
		if (!d->receiving)
			relay_recv(r, d);
	} else if (cqe->res == -ENOBUFS) {
		d->starving = r->starving;
		r->starving = d;
	} else {
		d->ended = true;
		direction_settle(d);
	}
}

static void on_send(struct relay *r, struct direction *d, int res)
{
	struct item it = d->queue[d->head];

	d->sending = false;
	if (res > 0 && d->sent + (u32)res < it.len) {
		d->sent += (u32)res;
		relay_send(r, d);
		return;
	}
	d->sent = 0;
	d->head = (d->head + 1) % MAX_POOL;
	d->count--;
	relay_give_back(r, it.id);
	if (d->count)
		relay_send(r, d);
	else
		direction_settle(d);
}

static void on_accept(struct relay *r, int client)
{
	struct pair *p;
	int one = 1, server;

	if (client < 0)
		return;
	p = calloc(1, sizeof(*p));
	server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (!p || server < 0 || connect(server, (void *)&r->upstream, sizeof(r->upstream))) {
		free(p);
		close(client);
		if (server >= 0)
			close(server);
		return;
	}
	setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	p->dir[0] = (struct direction){.pair = p, .in = client, .out = server};
	p->dir[1] = (struct direction){.pair = p, .in = server, .out = client};
	relay_recv(r, &p->dir[0]);
	relay_recv(r, &p->dir[1]);
}

static int relay_open(struct relay *r, u16 port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct io_uring_params params = {
		.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
			 IORING_SETUP_CQSIZE,
		.cq_entries = 4096,
	};
	int one = 1, err;

	r->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(r->listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(r->listener, (void *)&a, sizeof(a)) || listen(r->listener, 128))
		return -errno;
	err = io_uring_queue_init_params(ENTRIES, &r->ring, &params);
	if (err)
		return err;
	r->pool = io_uring_setup_buf_ring(&r->ring, r->n, POOL_ID, 0, &err);
	if (!r->pool)
		return err;
	r->memory = mmap(NULL, (size_t)r->n * r->size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (r->memory == MAP_FAILED)
		return -ENOMEM;
	for (unsigned int i = 0; i < r->n; i++)
		relay_give_back(r, (u16)i);
	return 0;
}

static void relay_run(struct relay *r)
{
	struct io_uring_sqe *sqe = relay_sqe(r);
	struct io_uring_cqe *cqe;
	struct direction *d;
	unsigned int i, n;

	io_uring_prep_multishot_accept(sqe, r->listener, NULL, NULL, SOCK_CLOEXEC);
	io_uring_sqe_set_data64(sqe, OP_ACCEPT);
	for (;;) {
		io_uring_submit_and_wait(&r->ring, 1);
		n = 0;
		io_uring_for_each_cqe(&r->ring, i, cqe)
		{
			d = (struct direction *)(uintptr_t)(cqe->user_data & ~(u64)OP_MASK);
			if ((cqe->user_data & OP_MASK) == OP_RECV)
				on_recv(r, d, cqe);
			else if ((cqe->user_data & OP_MASK) == OP_SEND)
				on_send(r, d, cqe->res);
			else
				on_accept(r, cqe->res);
			n++;
		}
		io_uring_cq_advance(&r->ring, n);
	}
}

int main(int argc, char **argv)
{
	struct relay r = {0};
	int err;

	if (argc != 5) {
		fprintf(stderr,
			"usage: null_relay LISTEN_PORT UPSTREAM_PORT BUFFER_BYTES BUFFERS\n");
		return 2;
	}
	r.upstream = (struct sockaddr_in){.sin_family = AF_INET,
					  .sin_port = htons((u16)atoi(argv[2])),
					  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	r.size = (u32)strtoul(argv[3], NULL, 10);
	r.n = (unsigned int)strtoul(argv[4], NULL, 10);
	if (!r.size || !r.n || r.n > MAX_POOL || (r.n & (r.n - 1))) {
		fprintf(stderr, "null_relay: BUFFERS must be a power of two up to %d\n", MAX_POOL);
		return 2;
	}
	err = relay_open(&r, (u16)atoi(argv[1]));
	if (err) {
		fprintf(stderr, "null_relay: %s\n", strerror(-err));
		return 1;
	}
	relay_run(&r);
	return 0;
}
