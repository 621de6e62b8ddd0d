/* SPDX-License-Identifier: BSD-2-Clause */
#include "takeover.h"
#include <errno.h>
#include <scrim/control.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define WAIT_S 10 /* for the old daemon's next message */

/* Calls are tried again: the end of a ring interrupts one (EINTR) where no signal can. */

enum kind { ITEM_KERN, ITEM_CONTROL, ITEM_SOCKET, ITEM_END };

/* A message of what is handed over, with its descriptor. Both sides may be of different builds. */
struct item {
	u32 kind;
	u32 value; /* which of kern's; a socket's mode; at the end the ruleset's version */
	char way[SCRIM_NAME_LEN]; /* to a socket's listener */
};

union control {
	struct cmsghdr head; /* for its alignment */
	char room[CMSG_SPACE(sizeof(int))];
};

static int item_send(int conn, const struct item *item, int fd)
{
	struct iovec data = {.iov_base = (void *)item, .iov_len = sizeof(*item)};
	union control c = {.room = {0}};
	struct msghdr m = {.msg_iov = &data, .msg_iovlen = 1};
	struct cmsghdr *head;

	if (fd >= 0) {
		m.msg_control = &c;
		m.msg_controllen = sizeof(c.room);
		head = CMSG_FIRSTHDR(&m);
		*head = (struct cmsghdr){.cmsg_level = SOL_SOCKET,
					 .cmsg_type = SCM_RIGHTS,
					 .cmsg_len = CMSG_LEN(sizeof(int))};
		memcpy(CMSG_DATA(head), &fd, sizeof(fd));
	}
	return TEMP_FAILURE_RETRY(sendmsg(conn, &m, MSG_NOSIGNAL)) < 0 ? -errno : 0;
}

/* *ret_fd is -1 where none came. */
static int item_receive(int conn, struct item *ret_item, int *ret_fd)
{
	struct iovec data = {.iov_base = ret_item, .iov_len = sizeof(*ret_item)};
	union control c;
	struct msghdr m = {.msg_iov = &data,
			   .msg_iovlen = 1,
			   .msg_control = &c,
			   .msg_controllen = sizeof(c.room)};
	const struct cmsghdr *head;
	ssize_t n = TEMP_FAILURE_RETRY(recvmsg(conn, &m, MSG_CMSG_CLOEXEC));

	*ret_fd = -1;
	if (n < 0)
		return -errno;
	head = CMSG_FIRSTHDR(&m);
	if (head && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS &&
	    head->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(ret_fd, CMSG_DATA(head), sizeof(*ret_fd));
	if (m.msg_flags & MSG_CTRUNC) /* there was no descriptor free for it */
		return -EMFILE;
	return n == sizeof(*ret_item) ? 0 : n ? -EPROTO : -EPIPE;
}

static int keep_socket(struct takeover *t, const struct item *item, int fd)
{
	struct listen_inherited *more;

	if (t->n == t->cap) {
		more = realloc(t->sockets, (t->cap + 64) * sizeof(*more));
		if (!more)
			return -ENOMEM;
		t->sockets = more;
		t->cap += 64;
	}
	t->sockets[t->n] = (struct listen_inherited){.mode = (enum io_mode)item->value, .fd = fd};
	memcpy(t->sockets[t->n].way, item->way, SCRIM_NAME_LEN - 1);
	t->n++;
	return 0;
}

/* 1 at the end, 0, or -errno. */
static int keep(struct takeover *t, const struct item *item, int fd)
{
	if (item->kind == ITEM_END) {
		t->version = item->value;
		return 1;
	}
	if (fd >= 0 && item->kind == ITEM_SOCKET)
		return keep_socket(t, item, fd);
	if (fd >= 0 && item->kind == ITEM_KERN && item->value < KERN_HANDED &&
	    t->kern.fd[item->value] < 0)
		t->kern.fd[item->value] = fd;
	else if (fd >= 0 && item->kind == ITEM_CONTROL && t->control < 0)
		t->control = fd;
	else
		return -EPROTO;
	return 0;
}

static int receive_all(struct takeover *t)
{
	struct item item;
	int fd = -1, rc;

	do {
		rc = item_receive(t->conn, &item, &fd);
		if (!rc)
			rc = keep(t, &item, fd);
		if (rc < 0 && fd >= 0)
			close(fd);
	} while (!rc);
	return rc < 0 ? rc : 0;
}

void takeover_init(struct takeover *t)
{
	*t = (struct takeover){.conn = -1, .control = -1};
	for (int i = 0; i < KERN_HANDED; i++)
		t->kern.fd[i] = -1;
}

int takeover_ask(const char *instance, struct takeover *ret_t, struct err *e)
{
	const struct timeval wait = {.tv_sec = WAIT_S};
	struct takeover t;
	int rc;

	takeover_init(&t);
	t.conn = control_dial(instance, e);
	if (t.conn < 0)
		return t.conn;
	rc = setsockopt(t.conn, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) ||
			     send(t.conn, TAKEOVER_ASK, strlen(TAKEOVER_ASK), MSG_NOSIGNAL) < 0
		     ? -errno
		     : receive_all(&t);
	if (rc) {
		takeover_end(&t);
		return err_set(e, -rc, "the daemon to take over from: %s",
			       rc == -EPROTO ? "it does not hand over now, or is another version"
					     : strerror(-rc));
	}
	*ret_t = t;
	return 0;
}

static int say(int conn, const char *word)
{
	return TEMP_FAILURE_RETRY(send(conn, word, strlen(word), MSG_NOSIGNAL)) < 0 ? -errno : 0;
}

int takeover_heard(int conn, const char *word)
{
	char text[16];
	ssize_t n = TEMP_FAILURE_RETRY(recv(conn, text, sizeof(text), 0));

	if (n < 0)
		return -errno;
	return n == (ssize_t)strlen(word) && !memcmp(text, word, (size_t)n);
}

int takeover_ready(struct takeover *t, struct err *e)
{
	int rc = say(t->conn, "ready");

	if (!rc)
		rc = takeover_heard(t->conn, "yours");
	if (rc <= 0)
		return err_set(e, EPIPE,
			       "the daemon to take over from did not let go%s%s; it goes on",
			       rc ? ": " : "", rc ? strerror(-rc) : "");
	return 0;
}

int takeover_taken(struct takeover *t, struct err *e)
{
	int rc = say(t->conn, "taken");

	if (rc)
		return err_set(e, -rc, "the daemon to take over from: %s", strerror(-rc));
	close(t->conn);
	t->conn = -1;
	return 0;
}

void takeover_end(struct takeover *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (!t->sockets[i].used)
			close(t->sockets[i].fd);
	free(t->sockets);
	for (int i = 0; i < KERN_HANDED; i++)
		if (t->kern.fd[i] >= 0)
			close(t->kern.fd[i]);
	if (t->control >= 0)
		close(t->control);
	if (t->conn >= 0)
		close(t->conn);
	takeover_init(t);
}

int takeover_hand(int conn, const struct kern *k, const struct listen *l, int control, u32 version)
{
	struct item item = {.kind = ITEM_CONTROL};
	struct kern_handed kern;
	int rc = control < 0 ? 0 : item_send(conn, &item, control);

	kern_hand(k, &kern);
	for (u32 i = 0; i < KERN_HANDED && !rc; i++) {
		item = (struct item){.kind = ITEM_KERN, .value = i};
		if (kern.fd[i] >= 0)
			rc = item_send(conn, &item, kern.fd[i]);
	}
	for (const struct listen_socket *s = l->sockets; s < l->sockets + l->n && !rc; s++) {
		const struct config_listener *conf = &l->config->listeners[s->listener];

		item = (struct item){.kind = ITEM_SOCKET, .value = conf->mode};
		listen_way(conf, item.way);
		rc = item_send(conn, &item, s->fd);
	}
	item = (struct item){.kind = ITEM_END, .value = version};
	return rc ? rc : item_send(conn, &item, -1);
}

int takeover_yield(int conn)
{
	return say(conn, "yours");
}
