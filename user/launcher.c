/* SPDX-License-Identifier: BSD-2-Clause */
#include "launcher.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define TAKEOVER "--takeover"

/* The command line, with the option. */
static void run_daemon(char **argv, const sigset_t *mask)
{
	char **more, pid[24];
	int n = 0;
	bool has = false;

	for (; argv[n]; n++)
		has |= !strcmp(argv[n], TAKEOVER);
	more = calloc((size_t)n + 2, sizeof(*more));
	if (!more)
		_exit(1);
	memcpy(more, argv, (size_t)n * sizeof(*more));
	if (!has)
		more[n] = (char *)TAKEOVER;
	snprintf(pid, sizeof(pid), "%d", getpid());
	if (getenv("WATCHDOG_PID"))
		setenv("WATCHDOG_PID", pid, 1);
	sigprocmask(SIG_SETMASK, mask, NULL);
	execvp(more[0], more);
	perror(more[0]);
	_exit(1);
}

/*
 * Not as a child: it outlives this process, and is the service manager's to wait for. False: it was
 * not started. *ret_fd tells of its end; -1 where that cannot be had.
 */
static bool start_daemon(char **argv, const sigset_t *mask, int *ret_fd)
{
	pid_t middle, pid = -1;
	int told[2];

	*ret_fd = -1;
	if (pipe(told))
		return false;
	middle = fork();
	if (!middle) {
		pid = fork();
		if (!pid) {
			close(told[0]);
			close(told[1]);
			run_daemon(argv, mask);
		}
		_exit(write(told[1], &pid, sizeof(pid)) != sizeof(pid));
	}
	close(told[1]);
	if (middle < 0 || read(told[0], &pid, sizeof(pid)) != sizeof(pid))
		pid = -1;
	close(told[0]);
	/* That there is nobody to wait for, as with SIGCHLD ignored, says nothing of the daemon. */
	if (middle > 0)
		waitpid(middle, NULL, 0);
	if (pid < 0)
		return false;
	*ret_fd = (int)syscall(SYS_pidfd_open, pid, 0);
	return *ret_fd >= 0 || errno != ESRCH; /* or it has ended already, and is reaped */
}

static void launcher_run(int fd, char **argv, const sigset_t *mask)
{
	struct pollfd polled[2] = {{.fd = fd, .events = POLLIN}, {.fd = -1, .events = POLLIN}};
	char word;

	for (;;) {
		if (poll(polled, array_size(polled), -1) < 0)
			continue; /* what it told the last time it leaves there */
		if (polled[0].revents) {
			if (read(fd, &word, 1) != 1)
				_exit(0); /* the daemon has ended */
			if (polled[1].fd >= 0)
				close(polled[1].fd);
			polled[1].revents = start_daemon(argv, mask, &polled[1].fd) ? 0 : POLLIN;
		}
		if (polled[1].revents) {
			if (polled[1].fd >= 0)
				close(polled[1].fd);
			polled[1].fd = -1;
			if (send(fd, "e", 1, MSG_NOSIGNAL) < 0)
				_exit(0);
		}
	}
}

int launcher_start(char **argv)
{
	sigset_t all, mask;
	int pair[2], rc;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return -errno;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &mask); /* what is sent to the whole group is the daemon's */
	pid = fork();
	rc = pid < 0 ? -errno : 0;
	if (!pid) {
		/* Nothing else that the daemon has been given is kept open here, and it is not given on. */
		if (pair[1] != 3 && dup3(pair[1], 3, O_CLOEXEC) != 3)
			_exit(1);
		/* The daemon's end among it: with that open here its end would not be seen. */
		if (close_range(4, ~0U, 0))
			_exit(1);
		prctl(PR_SET_NAME, "scrimd-launcher");
		launcher_run(3, argv, &mask);
	}
	sigprocmask(SIG_SETMASK, &mask, NULL);
	close(pair[1]);
	if (!rc)
		return pair[0];
	close(pair[0]);
	return rc;
}

int launcher_ask(int fd)
{
	return send(fd, "r", 1, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int launcher_heard(int fd)
{
	char word;
	ssize_t n = recv(fd, &word, 1, MSG_DONTWAIT);

	return n < 0 ? -errno : (int)n;
}
