/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests and answers over a UNIX socket, each a message of its own (SOCK_SEQPACKET). */
#include <errno.h>
#include <scrim/control.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG  16
#define HEAR_S   3   /* for a request, once somebody has dialled: the daemon waits for it */
#define ANSWER_S 120 /* longer than a new daemon is given to take over */

/* "@scrim": a name that begins with a NUL is no file. */
static socklen_t control_name(const char *instance, struct sockaddr_un *ret_name)
{
	int n;

	*ret_name = (struct sockaddr_un){.sun_family = AF_UNIX};
	n = snprintf(ret_name->sun_path + 1, sizeof(ret_name->sun_path) - 1, "scrim%s%s",
		     instance ? "-" : "", instance ? instance : "");
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n);
}

/* 0 for root and this process's own user, 1 for another, or why it cannot be told. */
static int control_trust(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len))
		return -errno;
	return peer.uid && peer.uid != geteuid();
}

int control_listen(const char *instance, struct err *e)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), rc;
	struct sockaddr_un name;
	socklen_t len = control_name(instance, &name);

	if (fd < 0)
		return err_set(e, errno, "a control socket: %s", strerror(errno));
	if (!bind(fd, (struct sockaddr *)&name, len) && !listen(fd, BACKLOG))
		return fd;
	rc = err_set(e, errno, "the name @%s of a UNIX socket: %s", name.sun_path + 1,
		     strerror(errno));
	close(fd);
	return rc;
}

static ssize_t receive_text(int fd, char *text)
{
	ssize_t n = TEMP_FAILURE_RETRY(recv(fd, text, CONTROL_TEXT - 1, 0));

	if (n >= 0)
		text[n] = 0;
	return n < 0 ? -errno : n;
}

/* Not listened to: a request left unread would take the answer away with it. */
static void control_refuse(int fd, int rc)
{
	char unread[CONTROL_TEXT];

	if (rc > 0)
		control_answer(fd, false, "only root and the daemon's own user may ask\n");
	else
		control_answer(fd, false, "whose request it is cannot be told: %s\n",
			       strerror(-rc));
	shutdown(fd, SHUT_RD);
	while (recv(fd, unread, sizeof(unread), MSG_DONTWAIT) > 0)
		;
}

/* The length of the request, or negative as of control_accept(). */
static int control_hear(int fd, char *text)
{
	const struct timeval wait = {.tv_sec = HEAR_S};
	int rc = control_trust(fd);

	if (rc) {
		control_refuse(fd, rc);
		return rc < 0 ? rc : -ECANCELED;
	}
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)))
		return -errno;
	rc = (int)receive_text(fd, text);
	/* On a host that is very busy; without an answer it would seem that the daemon has ended. */
	if (rc == -EAGAIN)
		control_answer(fd, false, "no request came within %d seconds; ask again\n", HEAR_S);
	return rc ? rc : -ECANCELED;
}

int control_accept(int listening, char *ret_request)
{
	int fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC), rc;

	if (fd < 0)
		return -errno;
	rc = control_hear(fd, ret_request);
	if (rc > 0)
		return fd;
	close(fd);
	return rc;
}

void control_answer(int fd, bool good, const char *fmt, ...)
{
	char text[CONTROL_TEXT];
	va_list ap;
	int n = snprintf(text, sizeof(text), good ? "ok " : "no ");

	va_start(ap, fmt);
	vsnprintf(text + n, sizeof(text) - (size_t)n, fmt, ap);
	va_end(ap);
	if (send(fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		return; /* whoever asked is gone */
}

/* Before anything is asked: 0, or negative with e set. */
static int control_known(int fd, const char *name, struct err *e)
{
	int rc = control_trust(fd);

	if (rc < 0)
		return err_set(e, -rc, "who answers as @%s cannot be told: %s", name,
			       strerror(-rc));
	if (rc)
		return err_set(e, EPERM,
			       "who answers as @%s is neither root's nor this user's: not asked",
			       name);
	return 0;
}

int control_dial(const char *instance, struct err *e)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0), rc;
	struct sockaddr_un name;
	socklen_t len = control_name(instance, &name);

	if (fd < 0)
		return err_set(e, errno, "a socket: %s", strerror(errno));
	if (connect(fd, (struct sockaddr *)&name, len))
		rc = err_set(
			e, errno,
			"no scrimd of this instance answers in this network namespace (@%s: %s)",
			name.sun_path + 1, strerror(errno));
	else
		rc = control_known(fd, name.sun_path + 1, e);
	if (!rc)
		return fd;
	close(fd);
	return rc;
}

int control_ask(int fd, const char *request, char *ret_text)
{
	const struct timeval wait = {.tv_sec = ANSWER_S};
	ssize_t n = setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	bool good;

	if (!n)
		n = TEMP_FAILURE_RETRY(send(fd, request, strlen(request), MSG_NOSIGNAL));

	/* Who may not ask is told so without being listened to. */
	n = n < 0 && errno != EPIPE ? -errno : receive_text(fd, ret_text);
	if (n < 3) {
		snprintf(ret_text, CONTROL_TEXT, "the daemon did not answer: %s",
			 n < 0 ? strerror((int)-n) : "it has ended");
		return n < 0 ? (int)n : -EPIPE;
	}
	good = !strncmp(ret_text, "ok ", 3);
	memmove(ret_text, ret_text + 3, (size_t)n - 2);
	return good ? 0 : -EREMOTEIO;
}
